"""The gate: nothing becomes public except through here."""
