"""Calls, applications and their parts."""

from django.utils.functional import Promise

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {}
