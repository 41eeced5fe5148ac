"""Pages of the yearly census."""
