"""Uses of the escrow, told to the public: each one a record that went through the gate and stands in the ledger."""
