"""The reporting hotline."""
