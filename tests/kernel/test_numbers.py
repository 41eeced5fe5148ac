"""Numbers people read, from their patterns."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.numbers import render_number, validate_pattern

DAY = dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{ORG}-C-{YYYY}-{SEQ4}", "HA-C-2026-0007"),
        ("{YY}{MM}{DD}{SEQ3}", "260305007"),
        ("京社工〔{YYYY}〕{SEQ1}号", "京社工〔2026〕7号"),
        ("{ORG}/{YYYY}.{MM}_{SEQ9}#", "HA/2026.03_000000007#"),
    ],
)
def test_tokens_are_written(pattern, number):
    assert render_number(pattern, seq=7, on=DAY, org="HA") == number


def test_more_tokens_may_be_given():
    assert render_number("{KIND}{YYYY}{SEQ2}", seq=7, on=DAY, org="HA", KIND="R") == "R202607"


def test_what_a_token_brings_is_not_read_as_a_pattern():
    assert render_number("{ORG}{YYYY}{SEQ2}", seq=7, on=DAY, org="{SEQ4}") == "{SEQ4}202607"


def test_a_longer_sequence_is_written_whole():
    assert render_number("{YYYY}-{SEQ4}", seq=12_345, on=DAY, org="HA") == "2026-12345"


@pytest.mark.parametrize(
    ("pattern", "code", "sentence"),
    [
        ("{YYYY}{SEQ4}{X}", "pattern_token", "编号规则里没有“{X}”这个变量。"),
        ("{YYYY}{SEQ0}", "pattern_token", "编号规则里没有“{SEQ0}”这个变量。"),
        ("{YYYY}{SEQ10}", "pattern_token", "编号规则里没有“{SEQ10}”这个变量。"),
        ("{YYYY}{seq4}", "pattern_token", "编号规则里没有“{seq4}”这个变量。"),
        ("{YYYY}{SEQ4}{}", "pattern_token", "编号规则里没有“{}”这个变量。"),
        ("{YYYY}", "pattern_sequence", "编号规则里要有且只有一个流水号变量，如 {SEQ4}。"),
        (
            "{YYYY}{SEQ4}{SEQ4}",
            "pattern_sequence",
            "编号规则里要有且只有一个流水号变量，如 {SEQ4}。",
        ),
        ("", "pattern_sequence", "编号规则里要有且只有一个流水号变量，如 {SEQ4}。"),
        ("{ORG}{SEQ4}", "pattern_year", "流水号每年从 1 开始，编号规则里要有年份，如 {YYYY}。"),
        (
            "{YYYY} {SEQ4}",
            "pattern_literal",
            "编号规则里只能用汉字、字母、数字和 - / _ . # 等符号。",
        ),
        (
            "{YYYY{SEQ4}{YY}",
            "pattern_literal",
            "编号规则里只能用汉字、字母、数字和 - / _ . # 等符号。",
        ),
        (
            "<b>{YYYY}{SEQ4}",
            "pattern_literal",
            "编号规则里只能用汉字、字母、数字和 - / _ . # 等符号。",
        ),
    ],
)
def test_each_refusal_names_its_rule(pattern, code, sentence):
    with pytest.raises(ValidationError) as caught:
        validate_pattern(pattern)
    assert (caught.value.code, caught.value.messages) == (code, [sentence])
    with pytest.raises(ValueError, match=code):
        render_number(pattern, seq=1, on=DAY, org="HA")


def test_numbers_are_counted_from_one():
    with pytest.raises(ValueError, match="from 1"):
        render_number("{YYYY}{SEQ4}", seq=0, on=DAY, org="HA")


@given(st.lists(st.integers(1, 10**6), unique=True, min_size=2, max_size=20), st.integers(1, 9))
@trials(max_examples=100, deadline=None)
def test_different_sequences_never_share_a_number(sequences, width):
    pattern = f"{{ORG}}-{{YYYY}}-{{SEQ{width}}}"
    numbers = {render_number(pattern, seq=seq, on=DAY, org="HA") for seq in sequences}
    assert len(numbers) == len(sequences)
