"""The instruments this portal knows: with their text (class A), as scoring slots (B), as names only (C)."""
