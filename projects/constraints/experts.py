"""Experts, conflicts, assignment and review."""

from django.utils.functional import Promise

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {}
