"""State aid: kinds as data, applications, their steps."""
