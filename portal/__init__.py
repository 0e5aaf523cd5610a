"""The public disclosure portal."""
