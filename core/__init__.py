"""What both modules stand on."""
