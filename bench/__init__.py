"""How fast is it: each figure beside a peer's in the same run, so that the machine cancels out."""
