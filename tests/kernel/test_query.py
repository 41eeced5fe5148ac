"""The query language: what is understood, what is said about the rest."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.query import ME, NOBODY, Field, parse, said

STATES = [("open", "未结案"), ("ended", "已结束"), ("ended_early", "已结束（中途）")]
FIELDS = [
    Field(("状态", "status"), "choice", "state", STATES, also={"在案": "open"}),
    Field(("社工", "worker", "主责"), "person", "worker"),
    Field(("住院", "admitted"), "date", "admitted_on"),
    Field(("登记", "opened"), "date", "opened_at", is_instant=True),
    Field(("金额", "amount"), "number", "requested"),
    Field(("病区", "ward"), "text", "ward__name"),
]


def read(text: str) -> list[tuple]:
    query = parse(text, FIELDS, takes_words=True)
    assert query.faults == []
    return [(one.field.key, one.operator, *one.values) for one in query.conditions]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("", []),
        ("状态:在案", [("status", ":", "open")]),
        ("状态：在案", [("status", ":", "open")]),
        ("状态: 在案", [("status", ":", "open")]),
        ("STATUS=open", [("status", ":", "open")]),
        ("状态:未结", [("status", ":", "open")]),
        ("状态:已结束", [("status", ":", "ended")]),
        ("状态:在案,ended", [("status", ":", "open", "ended")]),
        ("状态:在案、已结束", [("status", ":", "open", "ended")]),
        ("社工:@我", [("worker", ":", ME)]),
        ("主责:me", [("worker", ":", ME)]),
        ("社工:无", [("worker", ":", NOBODY)]),
        ("社工:“王 芳”", [("worker", ":", "王 芳")]),
        ('ward:"内科 一区"', [("ward", ":", "内科 一区")]),
        ("住院>2026-01", [("admitted", ">", (day("2026-01-01"), day("2026-01-31")))]),
        ("住院＞２０２６-01", [("admitted", ">", (day("2026-01-01"), day("2026-01-31")))]),
        ("住院 >= 2026年1月5日", [("admitted", ">=", (day("2026-01-05"), day("2026-01-05")))]),
        ("住院≤2024", [("admitted", "<=", (day("2024-01-01"), day("2024-12-31")))]),
        ("住院:2026-01..2026-02", [("admitted", ":", (day("2026-01-01"), day("2026-02-28")))]),
        ("金额>1万", [("amount", ">", (Decimal(10000), Decimal(10000)))]),
        ("金额:100..200.5元", [("amount", ":", (Decimal(100), Decimal("200.5")))]),
        (
            "状态:在案 社工:@我 住院>2026-01",
            [
                ("status", ":", "open"),
                ("worker", ":", ME),
                ("admitted", ">", (day("2026-01-01"), day("2026-01-31"))),
            ],
        ),
    ],
)
def test_what_is_understood(text, conditions):
    assert read(text) == conditions


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("今天", 0, 0),
        ("昨天", 1, 1),
        ("30天", 30, 30),
        ("30天前", 30, 30),
        ("7d", 7, 7),
    ],
)
def test_days_are_counted_from_today(word, first, last):
    today = timezone.localdate()
    [(_key, _operator, period)] = read(f"住院:{word}")
    assert period == (today - dt.timedelta(days=first), today - dt.timedelta(days=last))


def test_this_month_and_the_one_before_touch():
    [(_k, _o, this)], [(_k2, _o2, before)] = read("住院:本月"), read("住院:上月")
    assert before[1] + dt.timedelta(days=1) == this[0]
    assert this[0].day == before[0].day == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("颜色:红", "没有“颜色”这个条件，可以用：状态、社工、住院、登记、金额、病区。"),
        ("状态:丢了", "“状态”没有“丢了”，可以是：未结案、已结束、已结束（中途）。"),
        ("状态:结", "“状态”里的“结”可以是：未结案、已结束、已结束（中途），请写全。"),
        ("状态:", "“状态”后面要写内容。"),
        ("状态:,,", "“状态”后面要写内容。"),
        ("状态>在案", "“状态”不能比大小，请用冒号。"),
        ("住院>昨晚", "“住院”后面要写日期，如 2026-01、2026-01-15、本月、30天，不能是“昨晚”。"),
        (
            "住院:2026-13",
            "“住院”后面要写日期，如 2026-01、2026-01-15、本月、30天，不能是“2026-13”。",
        ),
        ("住院:2026-02..2026-01", "“住院”的结束日期早于开始日期。"),
        ("住院>2026-01,2026-02", "“住院”比大小时只写一个值。"),
        ("金额>很多", "“金额”后面要写数字，不能是“很多”。"),
        ("金额>1e30", "“金额”后面要写数字，不能是“1e30”。"),
        ("张三", "“张三”没有看懂，条件写成“名称:内容”。"),
    ],
)
def test_what_is_not_understood_is_said(text, sentence):
    with override("zh-hans"):
        query = parse(text, FIELDS)
    assert query.faults == [sentence]
    assert query.conditions == []
    assert query.text == text


def test_what_is_understood_holds_beside_what_is_not():
    query = parse("状态:在案 颜色:红 0012", FIELDS, takes_words=True)
    assert [one.field.key for one in query.conditions] == ["status"]
    assert query.words == ["0012"]
    assert len(query.faults) == 1
    assert query.terms() == "状态:在案 颜色:红"
    assert query.without(query.conditions[0]) == "颜色:红 0012"


def test_conditions_become_one_of_the_database():
    query = parse("状态:在案 -社工:@我 住院>2026-01 登记<2026-02 病区:内科", FIELDS)
    midnight = dt.datetime.fromisoformat("2026-02-01T00:00:00+08:00")
    nothing = Q(pk__in=[])
    assert query.where(by=7) == (
        Q(state__in=["open"])
        & ~(nothing | Q(worker=7))
        & (nothing | Q(admitted_on__gt=day("2026-01-31")))
        & (nothing | Q(opened_at__lt=midnight))
        & (nothing | Q(ward__name__icontains="内科"))
    )


def test_the_fields_are_named_in_the_language_of_the_page():
    with override("en"):
        assert [line["name"] for line in said(FIELDS)][:2] == ["status", "worker"]
    with override("zh-hans"):
        assert [line["name"] for line in said(FIELDS)][:2] == ["状态", "社工"]


@trials(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_without_a_refusal(text):
    query = parse(text, FIELDS, takes_words=True)
    query.where(by=1)
    assert len(query.text) <= 300
    again = parse(query.terms(), FIELDS, takes_words=True)
    assert [one.values for one in again.conditions] == [one.values for one in query.conditions]
