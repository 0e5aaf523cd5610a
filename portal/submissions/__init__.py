"""Drafts from the systems of departments: what comes in by a key waits in the gate as what a person typed does."""
