"""The yearly census: entering, reviewing, figures, what others may see of them."""
