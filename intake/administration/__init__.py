"""What administrators set and try: the working calendar, the routing table."""
