"""统一发布: what the city promised to publish, when and by whom, and whether it kept its word."""
