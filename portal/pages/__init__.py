"""The site's own pages as search finds them."""
