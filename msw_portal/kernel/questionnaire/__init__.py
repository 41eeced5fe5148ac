"""Questionnaires as data: what they look like, who is asked what, scores, and the check on import."""
