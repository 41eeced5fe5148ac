"""The column of an amount."""

from typing import Any

from django.db import models


def money(label: Any = "", **options: Any) -> models.DecimalField:
    """An amount in yuan with two decimals, numeric(14,2)."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)
