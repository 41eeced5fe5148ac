"""Fields that read what people really type: full-width digits, 年月日, spaces inside numbers."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EMPTY = ("", _("请选择"))
_SEPARATORS = re.compile(r"[年月/.]")
_NOT_A_DATE = _("请写成 2026-11-23 这样的日期。")
_FILL_IN = _("请填写这一项。")
_CHOOSE = _("请选择一项。")
_OUT_OF_RANGE = _("请核对年份，须在 1900 年到 2100 年之间。")


def half_width(value: Any) -> Any:
    """`１２` as `12`: what an input method typed in full width, in half width."""
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


def choices_of(
    choices: Iterable[tuple[Any, Any]], *, with_empty: bool = True
) -> list[tuple[Any, Any]]:
    """A code list for a select, with 请选择 in front."""
    return [EMPTY, *choices] if with_empty else list(choices)


class WideDate(forms.DateField):
    """A local date; `not_future` and `not_past` refuse the other side of today."""

    default_error_messages = {"invalid": _NOT_A_DATE, "required": _FILL_IN}

    def __init__(self, *, not_future: bool = False, not_past: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.not_future, self.not_past = not_future, not_past

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, str):
            value = _SEPARATORS.sub("-", half_width(value).removesuffix("日")).replace(" ", "")
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(_NOT_A_DATE, code="invalid") from error

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value is None:
            return
        today = timezone.localdate()
        if not 1900 <= value.year <= 2100:
            raise forms.ValidationError(_OUT_OF_RANGE, code="out_of_range")
        if self.not_future and value > today:
            raise forms.ValidationError(_("不能晚于今天。"), code="future")
        if self.not_past and value < today:
            raise forms.ValidationError(_("不能早于今天。"), code="past")


class WideTime(forms.TimeField):
    """A time of day, by the browser's own picker."""

    default_error_messages = {"invalid": _("请写成 14:30 这样的时间。")}

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.widget.input_type = "time"

    def to_python(self, value: Any) -> dt.time | None:
        return super().to_python(half_width(value))


class WideInteger(forms.IntegerField):
    """A whole number."""

    default_error_messages = {"invalid": _("请填整数。"), "required": _FILL_IN}

    def to_python(self, value: Any) -> int | None:
        value = half_width(value)
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


class WideDecimal(forms.DecimalField):
    """A number with decimals; thousands separators may be typed."""

    default_error_messages = {"invalid": _("请填数字。"), "required": _FILL_IN}

    def to_python(self, value: Any) -> Any:
        value = half_width(value)
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


class Line(forms.CharField):
    """One line of text; line breaks become spaces."""

    default_error_messages = {"required": _FILL_IN}

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class Story(forms.CharField):
    """Several lines of text."""

    default_error_messages = {"required": _FILL_IN}

    def __init__(self, *, rows: int = 4, **kwargs: Any):
        kwargs.setdefault("max_length", 8000)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class Reason(Story):
    """Why: at least `least` characters, so that a dot is not a reason."""

    def __init__(self, *, least: int = 5, **kwargs: Any):
        kwargs.setdefault("label", _("理由"))
        super().__init__(rows=3, max_length=500, **kwargs)
        self.least = least

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and len(value) < self.least:
            raise forms.ValidationError(
                _("请写明理由，至少 %(least)s 个字。") % {"least": self.least}, code="too_short"
            )


class Digits(forms.CharField):
    """A number read digit by digit (identity, telephone, inpatient): half width, upper case, no spaces."""

    def to_python(self, value: Any) -> str:
        text = half_width(super().to_python(value))
        return re.sub(r"[\s\-]", "", text).upper()


class OneOf(forms.ChoiceField):
    """A choice from a code list; `widget` decides whether it is a select or a group."""

    default_error_messages = {"invalid_choice": _("请从列出的选项中选择。"), "required": _CHOOSE}


class SomeOf(forms.MultipleChoiceField):
    """Several choices from a code list, as ticks."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": _("请从列出的选项中选择。"), "required": _CHOOSE}


class Yes(forms.BooleanField):
    """A tick that is never set beforehand; `must` makes it required, with its own sentence."""

    def __init__(self, *, must: str = "", **kwargs: Any):
        super().__init__(required=bool(must), **kwargs)
        if must:
            self.error_messages["required"] = must


def paper_file(accept: str = ".pdf,.jpg,.jpeg,.png", **given: Any) -> forms.FileField:
    """A paper as PDF or picture, by choosing or by the camera; `accept` names other endings."""
    return forms.FileField(
        allow_empty_file=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": accept}),
        error_messages={
            "required": _("请选择文件。"),
            "empty": _("文件是空的。"),
            "missing": _("请选择文件。"),
            "max_length": _("文件名太长，请改短。"),
        },
        **given,
    )
