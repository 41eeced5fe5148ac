"""Projects, their cultivation and incubation."""

from django.utils.functional import Promise

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {}
