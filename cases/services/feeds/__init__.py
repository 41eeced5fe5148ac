"""What the hospital's own system says: about stays, one by one through the API or line by line in files it drops."""
