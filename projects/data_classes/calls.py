"""Calls, applications and their parts."""

from msw_portal.kernel.data_classes import Level

CLASSES: dict[str, dict[Level, str]] = {}
