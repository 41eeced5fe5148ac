"""Columns that several tables of this app share."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


def money(label: Any = "", **options: Any) -> models.DecimalField:
    """An amount in yuan with two decimals, numeric(14,2)."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


def figure(label: Any = "", **options: Any) -> models.DecimalField:
    """A value of an indicator, numeric(14,2)."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


def _codes(label: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=60), verbose_name=label, default=list, blank=True)


class Tagged(models.Model):
    """What the work is about, in codes of the lists of the installation; column name = TAGS' key."""

    settings = _codes(_("服务场景"))
    disease_themes = _codes(_("病种"))
    fields = _codes(_("领域"))
    integration = _codes(_("融合方向"))
    outputs = _codes(_("服务产出"))
    strategies = _codes(_("对接战略"))
    service_modes = _codes(_("服务模式"))
    practice_areas = _codes(_("社会工作领域"))

    class Meta:
        abstract = True


# Column -> the scheme of its codes in departments.Code.
TAGS = {
    "settings": "setting",
    "disease_themes": "disease_theme",
    "fields": "field",
    "integration": "integration",
    "outputs": "service_output",
    "strategies": "strategy",
    "service_modes": "service_mode",
    "practice_areas": "practice_area",
}
