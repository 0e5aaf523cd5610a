"""Search over what has been published."""
