"""Monthly lists of what was due, what was published and what was not, and why: one unbroken row of numbers."""
