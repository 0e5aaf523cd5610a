"""Penalties and the credit blacklist."""
