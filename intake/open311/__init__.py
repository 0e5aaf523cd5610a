"""Open311 GeoReport v2: civic apps file a report and follow it. What is public of it: docs/adr/0008."""
