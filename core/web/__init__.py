"""The web shell: what every page has, whoever wrote it."""
