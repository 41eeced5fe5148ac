"""Surveys, registers and the coverage map."""

from django.utils.functional import Promise

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {}
