"""Amounts in CNY: read as typed, rounded half up, written for people, in capitals, in JSON."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.99")

_SIGNS = re.compile(r"(?:人民币|CNY|RMB|¥)*(.*?)(?:元|圆|CNY|RMB)?", re.IGNORECASE | re.DOTALL)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_EXPONENT = re.compile(r"[+-]?[0-9.,]+E[+-]?[0-9]+", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def parse_amount(text: str) -> Decimal:
    """Read an amount of 0 to 999,999,999,999.99 with at most two decimals.

    Accepts full-width digits, thousands separators (only in groups of three), 元 and ¥.

    Raises:
        ValidationError: `amount_negative`, `amount_exponent`, `amount_grouping`, `amount_number`,
            `amount_decimals` or `amount_too_large`.
    """
    folded = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    typed = _SIGNS.fullmatch(folded)[1].strip()
    if _EXPONENT.fullmatch(typed):
        raise ValidationError(_("金额请写成普通数字，不要用科学计数法。"), "amount_exponent")
    if typed.startswith("-") and _PLAIN.fullmatch(typed[1:].replace(",", "")):
        raise ValidationError(_("金额不能是负数。"), "amount_negative")
    if "," in typed:
        if not _GROUPED.fullmatch(typed):
            sentence = _("千位分隔符的位置不对，请写成 12,345.67 或 12345.67。")
            raise ValidationError(sentence, "amount_grouping")
        typed = typed.replace(",", "")
    if not _PLAIN.fullmatch(typed):
        raise ValidationError(_("这不是金额，请写成 12345.67 这样的数字。"), "amount_number")
    whole, _point, decimals = typed.partition(".")
    if len(decimals) > 2:
        raise ValidationError(_("金额最多两位小数（精确到分）。"), "amount_decimals")
    if len(whole.lstrip("0")) > 12:
        sentence = _("金额不能超过 999,999,999,999.99 元。")
        raise ValidationError(sentence, "amount_too_large")
    return Decimal(typed).quantize(CENT)


def round_half_up(amount: Decimal | int, places: int = 2) -> Decimal:
    """Rounded to `places` decimals, halves away from zero.

    Raises:
        TypeError: for a float, which is no amount.
    """
    if not isinstance(amount, Decimal | int) or isinstance(amount, bool):
        raise TypeError(f"an amount is a Decimal or an int, not {type(amount).__name__}")
    return Decimal(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def format_amount(amount: Decimal | int) -> str:
    """`12,345.67`: two decimals, thousands grouped."""
    return f"{round_half_up(amount):,}"


def capital_amount(amount: Decimal | int) -> str:
    """The amount in banker's capitals: `壹万贰仟叁佰肆拾伍元陆角柒分`, `零元整`.

    Raises:
        ValueError: for a negative amount or one above 999,999,999,999.99.
    """
    exact = round_half_up(amount)
    if not 0 <= exact <= LARGEST:
        raise ValueError("capitals are written for amounts from 0 to 999,999,999,999.99")
    return _capitals()(str(exact), "rmb")


@cache
def _capitals() -> Any:
    # 180 ms on import, needed only where a receipt or an agreement is printed.
    from cn2an import an2cn

    return an2cn


class AmountField(forms.Field):
    """A form field for CNY: gives a Decimal with two decimals, keeps what was typed.

    `least` and `most` bound the amount; by default it must be above zero.
    """

    is_money = True
    widget = forms.TextInput
    default_error_messages = {"required": _("请填写金额。")}

    def __init__(
        self, *, least: Decimal | None = CENT, most: Decimal | None = None, **kwargs: Any
    ) -> None:
        self.least, self.most = least, most
        help_text = _("单位：元，最多两位小数；可用全角数字和千位分隔符。")
        super().__init__(**{"help_text": help_text, **kwargs})

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return parse_amount(str(value))

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.least is not None and value < self.least:
            sentence = _("金额不能小于 %(least)s 元。")
            raise ValidationError(sentence, "amount_least", {"least": format_amount(self.least)})
        if self.most is not None and value > self.most:
            sentence = _("金额不能超过 %(most)s 元。")
            raise ValidationError(sentence, "amount_most", {"most": format_amount(self.most)})

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class AmountApiField(serializers.DecimalField):
    """CNY in JSON: out a string with two decimals; in a string, or a number with at most two."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"max_digits": 14, "decimal_places": 2, "min_value": 0, "rounding": ROUND_HALF_UP}
        super().__init__(**{**given, **kwargs, "coerce_to_string": True})

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | float | Decimal):
            raise serializers.ValidationError(_('金额请写成字符串，如 "12345.67"。'), "amount_type")
        # repr is the shortest text of a float, so 0.1 has one decimal and 0.1 + 0.2 has seventeen.
        text = (
            data
            if isinstance(data, str)
            else format(Decimal(repr(data) if isinstance(data, float) else data), "f")
        )
        try:
            return parse_amount(text)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages, error.code) from error
