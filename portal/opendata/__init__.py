"""Feeds; open data comes here too."""
