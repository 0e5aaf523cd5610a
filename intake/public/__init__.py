"""What reporters see: the wizard and the tracking page."""
