"""The pages of group work."""
