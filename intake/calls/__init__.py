"""Calls: what an operator types while somebody speaks, kept sealed until it is filed."""
