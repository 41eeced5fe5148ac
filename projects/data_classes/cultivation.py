"""Projects, their cultivation and incubation."""

from msw_portal.kernel.data_classes import Level

CLASSES: dict[str, dict[Level, str]] = {}
