"""Announcements, warnings, interviews, inspection results."""
