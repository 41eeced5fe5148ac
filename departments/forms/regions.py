"""The field in which a region is written: by its name with those above it, or its code."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Region
from departments.services.regions import region_path, region_read


def suggesting(listed: str, address: str) -> dict[str, Any]:
    """Attributes of a text box whose `datalist` of that id is filled by an address while one types."""
    return {
        "list": listed,
        "autocomplete": "off",
        "hx-get": reverse_lazy(address),
        "hx-trigger": "input changed delay:250ms",
        "hx-target": f"#{listed}",
        "hx-select": "unset",
        "hx-swap": "innerHTML",
    }


class RegionField(forms.Field):
    """Gives a Region; its page includes `departments/_datalists.html`, which is filled while one types."""

    widget = forms.TextInput

    def __init__(self, *, level: int | None = None, **kwargs: Any) -> None:
        self.level = level
        given = {
            "label": _("地区"),
            "help_text": _("全名或六位代码，如“江苏省 南京市 鼓楼区”；全国性的写“全国”"),
        }
        super().__init__(**given | kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return suggesting("regions", "departments:regions_suggest")

    def prepare_value(self, value: Any) -> Any:
        return region_path(value) if isinstance(value, Region) else value

    def to_python(self, value: Any) -> Region | None:
        if value is None or isinstance(value, Region) or not value.strip():
            return value or None
        region = region_read(value)
        if self.level is not None and region.level != self.level:
            raise ValidationError(_("请写到县（市、区）。"), code="region_level")
        return region

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = region_path(initial) if isinstance(initial, Region) else initial or ""
        return (data or "") != before
