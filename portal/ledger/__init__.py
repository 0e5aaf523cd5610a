"""The ledger as the public meets it: checkpoints, tiles, proofs, and pages that explain them."""
