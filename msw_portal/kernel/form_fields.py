"""How a Django form field is drawn: which control, with which classes, help and error sentences.

Forms carry no widget classes by hand; this module decides them once (field_drawing.py draws).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from msw_portal.kernel import display

GROUPS = (forms.CheckboxSelectMultiple, forms.RadioSelect)
SHAPES = ("checks", "tiles", "scale", "pick")


@dataclass
class ShownField:
    """Everything that is drawn of one field."""

    bound: BoundField
    kind: str
    label: str
    help: str
    control: SafeString | str = ""
    options: list[dict[str, Any]] = field(default_factory=list)
    affix: str = ""
    prefix: str = ""
    is_optional_said: bool = False
    is_typed: bool = False

    @property
    def is_group(self) -> bool:
        return self.kind in SHAPES

    @property
    def errors(self) -> list[str]:
        return list(self.bound.errors)

    @property
    def help_id(self) -> str:
        return f"{self.bound.auto_id}_helptext"

    @property
    def error_id(self) -> str:
        return f"{self.bound.auto_id}_error"

    @property
    def described_by(self) -> str:
        return " ".join(
            name
            for name, there in ((self.help_id, self.help), (self.error_id, self.errors))
            if there
        )


def show_field(
    bound: BoundField,
    *,
    shape: str = "",
    label: str | None = None,
    help: str | None = None,
    affix: str = "",
    prefix: str = "",
    optional: bool = False,
    typed: bool = False,
    **attributes: Any,
) -> ShownField:
    """Decide how a bound field is drawn.

    `shape` is `tiles`, `scale`, `pick` or `checks` for a group of choices, `money` for an amount in
    CNY, `code` for a number read digit by digit (monospaced). With `typed` its words are somebody's own
    and stay as they were written in every language. Further keywords become attributes
    of the control, underscores as hyphens (`autocomplete="off"`, `hx_get="..."`).

    Raises:
        ValueError: for a shape that does not exist.
    """
    if shape not in ("", "money", "code", *SHAPES):
        raise ValueError(f"{bound.name}: no such shape {shape!r}")
    widget = bound.field.widget
    shown = ShownField(
        bound=bound,
        kind=_kind(bound, shape),
        label=str(bound.label if label is None else label),
        help=str(bound.help_text if help is None else help),
        affix=affix,
        prefix=prefix,
        is_optional_said=optional and not bound.field.required,
        is_typed=typed,
    )
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    if shown.described_by:
        attrs["aria-describedby"] = shown.described_by
    if shown.errors:
        attrs["aria-invalid"] = "true"
    if shown.kind == "money":
        shown.affix = shown.affix or _("元")
        attrs |= {"inputmode": "decimal", "autocomplete": "off"}
    if shown.is_group:
        shown.options = _options(bound, attrs)
        return shown
    classes = [
        widget.attrs.get("class", ""),
        _CLASS.get(shown.kind, "input"),
        attrs.pop("class", ""),
    ]
    if shape == "code":
        classes.append("mono")
    if shown.kind in ("money", "number"):
        classes.append("input--num")
    if any(classes):
        attrs["class"] = " ".join(filter(None, classes))
    if bound.field.required and shown.kind not in ("check", "hidden"):
        attrs["aria-required"] = "true"
    shown.control = _control(bound, shown.kind, attrs)
    return shown


_CLASS = {
    "select": "select",
    "area": "area",
    "check": "",
    "file": "input input--file",
    "hidden": "",
}


def _kind(bound: BoundField, shape: str) -> str:
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, GROUPS):
        return shape if shape in SHAPES else "checks"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "area"
    if isinstance(widget, forms.FileInput):
        return "file"
    if shape == "money" or getattr(bound.field, "is_money", False):
        return "money"
    if isinstance(bound.field, forms.DateTimeField):
        return "moment"
    if isinstance(bound.field, forms.DateField):
        return "date"
    if isinstance(bound.field, forms.IntegerField | forms.FloatField | forms.DecimalField):
        return "number"
    return "input"


def _options(bound: BoundField, attrs: dict[str, Any]) -> list[dict[str, Any]]:
    options = []
    for one in bound.subwidgets:
        one.data["attrs"] = {
            name: value
            for name, value in {**one.data["attrs"], **attrs}.items()
            if name not in ("required", "aria-describedby")
        }
        options.append({"control": one.tag(), "label": one.choice_label, "id": one.id_for_label})
    return options


def _control(bound: BoundField, kind: str, attrs: dict[str, Any]) -> SafeString:
    if kind in ("money", "number", "date", "moment"):
        # Full-width digits and thousands separators must reach the server as typed: no type=number.
        widget = forms.TextInput(attrs=dict(bound.field.widget.attrs))
        value = bound.value()
        if kind in ("date", "moment"):
            value = _native(value, kind)
            if value is not None:
                attrs["type"] = "date" if kind == "date" else "datetime-local"
                widget.input_type = attrs.pop("type")
            else:
                value = bound.value()
        elif kind == "number":
            attrs.setdefault("inputmode", "decimal" if _has_decimals(bound) else "numeric")
        elif isinstance(value, Decimal | int):
            value = display.money(value)
        return _render(bound, widget, value, attrs)
    return _render(bound, bound.field.widget, bound.value(), attrs)


def _render(bound: BoundField, widget: forms.Widget, value: Any, attrs: dict) -> SafeString:
    # Not BoundField.as_widget: it adds `required`, whose bubble speaks the browser's language and
    # hides the sentence that the server says beside the field.
    if bound.auto_id and "id" not in widget.attrs:
        attrs.setdefault("id", bound.auto_id)
    if bound.field.disabled:
        attrs["disabled"] = True
    return widget.render(bound.html_name, value, attrs=attrs, renderer=bound.form.renderer)


def _has_decimals(bound: BoundField) -> bool:
    return not isinstance(bound.field, forms.IntegerField) or isinstance(
        bound.field, forms.DecimalField | forms.FloatField
    )


def _native(value: Any, kind: str) -> str | None:
    """The ISO text for a native picker; None for what it could not show: a text box keeps that."""
    if value in (None, ""):
        return ""
    if isinstance(value, datetime):
        # A form hands out instants without a zone, already on the clock of Shanghai.
        shown = display.local(value) if timezone.is_aware(value) else value
        return shown.strftime("%Y-%m-%dT%H:%M") if kind == "moment" else shown.strftime("%Y-%m-%d")
    if isinstance(value, date):
        return value.isoformat()
    try:
        parsed = parse_date(value) if kind == "date" else parse_datetime(value)
    except ValueError:
        return None
    if parsed is None:
        return None
    return parsed.isoformat() if kind == "date" else parsed.strftime("%Y-%m-%dT%H:%M")
