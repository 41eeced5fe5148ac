"""Amounts: what is read, what is refused with which sentence, and how they are written."""

import contextlib
import json
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from rest_framework import serializers

from msw_portal.kernel.money import (
    LARGEST,
    AmountApiField,
    AmountField,
    capital_amount,
    format_amount,
    parse_amount,
    round_half_up,
)

amounts = st.decimals(0, LARGEST, places=2)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12345.67", "12345.67"),
        ("12,345.67", "12345.67"),
        ("1,234,567", "1234567.00"),
        ("１２，３４５．６７", "12345.67"),
        ("￥12,345.67", "12345.67"),
        ("¥ 100", "100.00"),
        ("100元", "100.00"),
        ("人民币 12.5 元", "12.50"),
        (" 0 ", "0.00"),
        ("0.1", "0.10"),
        ("007", "7.00"),
        ("999,999,999,999.99", "999999999999.99"),
    ],
)
def test_amounts_are_read_as_typed(typed, amount):
    assert (parse_amount(typed), str(parse_amount(typed))) == (Decimal(amount), amount)


NUMBER = "这不是金额，请写成 12345.67 这样的数字。"
GROUPING = "千位分隔符的位置不对，请写成 12,345.67 或 12345.67。"
LARGE = "金额不能超过 999,999,999,999.99 元。"


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("-5", "amount_negative", "金额不能是负数。"),
        ("−5.00", "amount_negative", "金额不能是负数。"),
        ("－１，０００", "amount_negative", "金额不能是负数。"),
        ("1e5", "amount_exponent", "金额请写成普通数字，不要用科学计数法。"),
        ("1E-2", "amount_exponent", "金额请写成普通数字，不要用科学计数法。"),
        ("NaN", "amount_number", NUMBER),
        ("Infinity", "amount_number", NUMBER),
        ("", "amount_number", NUMBER),
        ("元", "amount_number", NUMBER),
        ("3元5", "amount_number", NUMBER),
        ("三百", "amount_number", NUMBER),
        ("3万", "amount_number", NUMBER),
        ("٣", "amount_number", NUMBER),
        ("1 234", "amount_number", NUMBER),
        (".5", "amount_number", NUMBER),
        ("5.", "amount_number", NUMBER),
        ("1.2.3", "amount_number", NUMBER),
        ("+5", "amount_number", NUMBER),
        ("0x10", "amount_number", NUMBER),
        ("1_000", "amount_number", NUMBER),
        ("1,23", "amount_grouping", GROUPING),
        ("1234,567", "amount_grouping", GROUPING),
        ("1,2345.00", "amount_grouping", GROUPING),
        (",123", "amount_grouping", GROUPING),
        ("1.234", "amount_decimals", "金额最多两位小数（精确到分）。"),
        ("1.000", "amount_decimals", "金额最多两位小数（精确到分）。"),
        ("1000000000000", "amount_too_large", LARGE),
        ("1,000,000,000,000.00", "amount_too_large", LARGE),
        ("9" * 5000, "amount_too_large", LARGE),
    ],
)
def test_each_refusal_names_its_rule(typed, code, sentence):
    with pytest.raises(ValidationError) as caught:
        parse_amount(typed)
    assert (caught.value.code, caught.value.messages) == (code, [sentence])


@given(amounts)
@trials(max_examples=300, deadline=None)
def test_what_is_written_is_read_again(amount):
    written = format_amount(amount)
    full_width = written.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,."})
    assert parse_amount(written) == parse_amount(f"¥{full_width}元") == amount


@given(st.text(max_size=30))
@trials(max_examples=300, deadline=None)
def test_any_text_is_an_amount_or_a_sentence(typed):
    with contextlib.suppress(ValidationError):
        amount = parse_amount(typed)
        assert 0 <= amount <= LARGEST
        assert amount.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("amount", "places", "rounded"),
    [
        ("0.005", 2, "0.01"),
        ("0.004", 2, "0.00"),
        ("2.675", 2, "2.68"),
        ("-0.005", 2, "-0.01"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("12", 2, "12.00"),
    ],
)
def test_halves_go_away_from_zero(amount, places, rounded):
    assert str(round_half_up(Decimal(amount), places)) == rounded


@pytest.mark.parametrize("number", [1.5, True, "1"])
def test_a_float_is_no_amount(number):
    with pytest.raises(TypeError, match="Decimal or an int"):
        round_half_up(number)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "0.00"),
        ("1234.5", "1,234.50"),
        ("999999999999.99", "999,999,999,999.99"),
        ("-1000", "-1,000.00"),
    ],
)
def test_amounts_are_written_with_groups(amount, written):
    assert format_amount(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("0", "零元整"),
        ("0.07", "柒分"),
        ("0.50", "伍角"),
        ("1.05", "壹元零伍分"),
        ("10", "壹拾元整"),
        ("12345.67", "壹万贰仟叁佰肆拾伍元陆角柒分"),
        ("100000", "壹拾万元整"),
        ("10000001", "壹仟万零壹元整"),
        ("100.01", "壹佰元零壹分"),
        ("1010", "壹仟零壹拾元整"),
        ("30000", "叁万元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capitals(amount, capitals):
    assert capital_amount(Decimal(amount)) == capitals


@pytest.mark.parametrize("amount", ["-0.01", "1000000000000"])
def test_capitals_are_written_in_bounds(amount):
    with pytest.raises(ValueError, match="from 0 to"):
        capital_amount(Decimal(amount))


@given(amounts)
@trials(max_examples=200, deadline=None)
def test_capitals_say_the_amount(amount):
    digits = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    capitals = capital_amount(amount)
    total = section = digit = 0
    for character in capitals:
        if character in digits:
            digit = digits[character]
        elif character in units:
            section, digit = section + digit * units[character], 0
        elif character == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        elif character == "亿":
            total, section, digit = (total + section + digit) * 100_000_000, 0, 0
        elif character == "元":
            total, section, digit = (total + section + digit) * 100, 0, 0
        elif character == "角":
            total, digit = total + digit * 10, 0
        elif character == "分":
            total, digit = total + digit, 0
    assert total == int(amount * 100)


# ── in forms ─────────────────────────────────────────────────────────────────


class MoneyForm(forms.Form):
    amount = AmountField(most=Decimal("30000"))
    other = AmountField(required=False, least=None)


def test_the_form_field_gives_a_decimal():
    form = MoneyForm({"amount": "３０，０００", "other": "0"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"amount": Decimal("30000.00"), "other": Decimal("0.00")}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请填写金额。"),
        ("  ", "请填写金额。"),
        ("0", "金额不能小于 0.01 元。"),
        ("30000.01", "金额不能超过 30,000.00 元。"),
        ("三万", NUMBER),
    ],
)
def test_the_form_field_refuses_beside_what_was_typed(typed, sentence):
    form = MoneyForm({"amount": typed})
    assert form.errors == {"amount": [sentence]}
    assert form["amount"].value() == typed


def test_an_optional_amount_may_stay_empty():
    form = MoneyForm({"amount": "1", "other": " "})
    assert form.is_valid()
    assert form.cleaned_data["other"] is None


def test_the_form_field_tells_what_it_takes_and_knows_a_change():
    field = AmountField()
    assert (field.is_money, str(field.help_text)) == (
        True,
        "单位：元，最多两位小数；可用全角数字和千位分隔符。",
    )
    assert not field.has_changed(Decimal("1200"), "1,200.00")
    assert field.has_changed(Decimal("1200"), "1,200.01")
    assert field.has_changed(Decimal("1200"), "x")


# ── in the API ───────────────────────────────────────────────────────────────


class MoneySerializer(serializers.Serializer):
    amount = AmountApiField()


@pytest.mark.parametrize(
    ("sent", "amount"),
    [
        ('"12345.67"', "12345.67"),
        ('"12,345.6"', "12345.60"),
        ("12345", "12345.00"),
        ("0", "0.00"),
        ("12.5", "12.50"),
        ("0.1", "0.10"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_the_api_takes_text_whole_numbers_and_cents(sent, amount):
    serializer = MoneySerializer(data={"amount": json.loads(sent)})
    assert serializer.is_valid(), serializer.errors
    assert str(serializer.validated_data["amount"]) == amount


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("0.30000000000000004", "amount_decimals"),
        ("12.345", "amount_decimals"),
        ('"12.345"', "amount_decimals"),
        ("1e22", "amount_too_large"),
        ("1e400", "amount_number"),
        ("NaN", "amount_number"),
        ('"NaN"', "amount_number"),
        ('"1e3"', "amount_exponent"),
        ("-1", "amount_negative"),
        ('"-0.01"', "amount_negative"),
        ("true", "amount_type"),
        ("[]", "amount_type"),
        ("{}", "amount_type"),
        ("null", "null"),
        ('""', "amount_number"),
    ],
)
def test_the_api_refuses_with_a_code(sent, code):
    serializer = MoneySerializer(data={"amount": json.loads(sent)})
    assert not serializer.is_valid()
    assert [error.code for error in serializer.errors["amount"]] == [code]


@pytest.mark.parametrize(
    ("amount", "sent"), [("1", "1.00"), ("1234.5", "1234.50"), ("2.675", "2.68"), ("0", "0.00")]
)
def test_the_api_answers_text_with_two_decimals(amount, sent):
    assert MoneySerializer({"amount": Decimal(amount)}).data == {"amount": sent}


@given(amounts)
@trials(max_examples=200, deadline=None)
def test_what_the_api_answers_it_takes_again(amount):
    sent = MoneySerializer({"amount": amount}).data
    serializer = MoneySerializer(data=sent)
    assert serializer.is_valid()
    assert serializer.validated_data["amount"] == amount
