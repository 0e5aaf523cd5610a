"""Keys of people and departments, and the escrow: public keys lie open, secret ones only in envelopes."""
