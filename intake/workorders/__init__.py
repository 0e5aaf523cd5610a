"""Work orders of the 12345 hotline, taken in from its files: sealed and routed like any report."""
