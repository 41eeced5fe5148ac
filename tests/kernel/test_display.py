from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from msw_portal.kernel import display

NOW = datetime(2026, 11, 23, 2, 32, tzinfo=UTC)  # 10:32 in Shanghai


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("1234.5"), "1,234.50"),
        (Decimal("0"), "0.00"),
        (Decimal("-61240"), "-61,240.00"),
        (Decimal("1000000"), "1,000,000.00"),
        (Decimal("0.005"), "0.01"),
        (30000, "30,000.00"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_money_has_two_decimals_and_grouped_thousands(amount, written):
    assert display.money(amount) == written


def test_money_refuses_what_is_not_a_number():
    with pytest.raises(ValueError, match="not an amount"):
        display.money("三万")


def test_figure_keeps_the_decimals_of_the_number():
    assert [display.figure(n) for n in (1486, Decimal("40.0"), 52.5, None)] == [
        "1,486",
        "40.0",
        "52.5",
        "—",
    ]


def test_when_leaves_out_this_year_and_speaks_shanghai():
    assert display.when(NOW, NOW) == "11-23 10:32"
    assert display.when(datetime(2025, 12, 31, 16, 30, tzinfo=UTC), NOW) == "01-01 00:30"
    assert display.when(datetime(2025, 12, 31, 15, 30, tzinfo=UTC), NOW) == "2025-12-31 23:30"
    assert display.when(date(2026, 11, 5), NOW) == "11-05"
    assert display.when(None) == "—"


def test_moment_is_whole():
    assert display.moment(NOW) == "2026-11-23 10:32"
    assert display.moment(date(2026, 11, 5)) == "2026-11-05"


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (timedelta(minutes=20), "剩 20 分", "soon"),
        (timedelta(seconds=10), "剩 1 分", "soon"),
        (timedelta(hours=5, minutes=8), "剩 5 小时 8 分", ""),
        (timedelta(hours=3), "剩 3 小时", "soon"),
        (timedelta(hours=21, minutes=40), "剩 21 小时", ""),
        (timedelta(days=6, hours=5), "剩 6 天", ""),
        (timedelta(hours=-2), "逾期 2 小时", "late"),
        (timedelta(days=-3), "逾期 3 天", "late"),
    ],
)
def test_deadline_says_what_is_left_in_words(left, words, tone):
    shown = display.deadline(NOW + left, NOW)
    assert (shown.words, shown.tone) == (words, tone)


def test_deadline_of_a_date_is_its_end_in_shanghai():
    assert display.deadline(date(2026, 11, 23), NOW).words == "剩 13 小时"
    assert display.deadline(date(2026, 11, 22), NOW).tone == "late"
    assert display.deadline(date(2026, 11, 22), NOW).exact == "2026-11-22"


def test_deadline_is_soon_within_the_given_time():
    assert display.deadline(NOW + timedelta(hours=20), NOW, soon=timedelta(days=1)).tone == "soon"


def test_span_is_the_same_for_late_and_left():
    with translation.override("zh-hans"):
        assert display.span(-3600) == display.span(3600) == "1 小时"


def test_one_of_a_unit_is_said_in_the_singular():
    with translation.override("en"):
        assert [display.unit_of(n, "persons") for n in (0, 1, "1", 2)] == [
            *("persons", "person", "person", "persons"),
        ]
        assert (display.unit_of(1, "yuan"), display.unit_of(1, "%")) == ("yuan", "%")
    assert (display.unit_of(1, "人"), display.unit_of(1, "")) == ("人", "")
    assert {display.unit_of(nothing, "%") for nothing in (None, "", "—")} == {""}
    assert display.unit_of(0, "%") == "%"
