"""The small query language of lists: `状态:在案 社工:@我 住院>2026-01`, the same words in English.

A condition is a field's name, an operator (`:` `=` `>` `>=` `<` `<=`, full width too) and a value; values
are separated by commas (any of them) or given as a range `a..b`; `-` in front turns a condition round;
quotes hold a value with spaces together. What stands without a name is a free word.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from msw_portal.kernel.display import SHANGHAI, enumerated

LONGEST = 300
LANGUAGES = ("zh-hans", "en")
ME = "@me"
NOBODY = "@nobody"
Kind = Literal["choice", "date", "number", "text", "person"]
COMPARISONS = frozenset({">", ">=", "<", "<="})

_OPERATOR = r">=|<=|≥|≤|[:=<>]"
_QUOTED = r"\"[^\"]*\"?|“[^”]*”?"
_TERM = re.compile(
    rf"(?P<sign>-)?(?P<name>[^\s:=<>≥≤\"“”-][^\s:=<>≥≤\"“”]*)\s*(?P<operator>{_OPERATOR})\s*"
    rf"(?P<value>(?:{_QUOTED}|[^\s\"“]+)*)"
)
_WORD = re.compile(rf"{_QUOTED}|\S+")
_OPERATORS = {"=": ":", "≥": ">=", "≤": "<="}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_AGO = re.compile(r"(\d{1,4})\s*(?:天前?|d)")
_LISTED = re.compile(r"[,，、|]")


@dataclass(frozen=True, eq=False)
class Field:
    """What a list can be asked by; made once in a module. `names`: the Chinese name, the English one, then others.

    `choices` are (code, label) pairs, `also` other words for a code. `column` is what is compared, or
    `narrow(values, by)` makes the condition of a choice or a text. `is_instant`: the column is a datetime.
    """

    names: tuple[str, ...]
    kind: Kind
    column: str = ""
    choices: Sequence[tuple[str, Any]] = ()
    also: Mapping[str, str] = field(default_factory=dict)
    narrow: Callable[[tuple[str, ...], Any], Q] | None = None
    is_instant: bool = False
    example: str = ""

    @property
    def key(self) -> str:
        return self.names[1]

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.names[0] if (get_language() or "zh").startswith("zh") else self.names[1]


@dataclass(frozen=True)
class Condition:
    """One condition that was understood; `values` are codes, periods (first, last), amounts or texts.

    `start` and `end` say where it stands in the text, `said` its values in words.
    """

    field: Field
    operator: str
    values: tuple[Any, ...]
    is_not: bool
    start: int
    end: int
    said: str


@dataclass
class Query:
    """What was typed, understood as far as it could be; `faults` are sentences about the rest."""

    text: str = ""
    conditions: list[Condition] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def has(self, *keys: str) -> bool:
        return any(one.field.key in keys for one in self.conditions)

    def where(self, by: Any = None) -> Q:
        """All conditions as one; `by` is who `@me` is."""
        asked = Q()
        for one in self.conditions:
            made = _condition(one, by)
            asked &= ~made if one.is_not else made
        return asked

    def without(self, condition: Condition) -> str:
        """The text with one condition taken out."""
        return " ".join(f"{self.text[: condition.start]} {self.text[condition.end :]}".split())

    def terms(self) -> str:
        """The text without its free words: what may stand in an address."""
        return " ".join(one[0] for one in _terms(self.text) if one.lastgroup != "word")


class _Unread(ValueError):
    """A sentence about a value that was not understood."""


def parse(text: str, fields: Iterable[Field], *, takes_words: bool = False) -> Query:
    """Read a query; never refuses. Free words are faults unless the list `takes_words`.

    >>> parse("risk:high", [Field(("风险", "risk"), "choice", "risk", [("high", "高")])]).conditions[0].values
    ('high',)
    """
    text = _plain(text)[:LONGEST].strip()
    query, known = Query(text), {}
    fields = list(fields)
    for one in fields:
        known |= {name.casefold(): one for name in one.names}
    for match in _terms(text):
        if match.lastgroup == "word":
            query.words.append(match[0].strip('"“”'))
            if not takes_words:
                query.faults.append(
                    _("“%(word)s”没有看懂，条件写成“名称:内容”。") % {"word": match[0]}
                )
            continue
        asked = known.get(match["name"].casefold())
        if asked is None:
            names = enumerated(one.label for one in fields)
            query.faults.append(
                _("没有“%(name)s”这个条件，可以用：%(names)s。")
                % {"name": match["name"], "names": names}
            )
            continue
        try:
            query.conditions.append(_read(asked, match))
        except _Unread as fault:
            query.faults.append(str(fault))
    return query


def said(fields: Iterable[Field]) -> list[dict[str, str]]:
    """For the help beside the box: each field with an example, in the language of the page."""
    return _said(get_language(), tuple(fields))


@lru_cache
def _said(_language: str, fields: tuple[Field, ...]) -> list[dict[str, str]]:
    lines = []
    for one in fields:
        if one.kind == "choice":
            words = enumerated(str(label) for _code, label in one.choices)
        else:
            words = {
                "date": _("日期：2026-01、2026-01-15、本月、30天；可用 > < .."),
                "number": _("数字；可用 > < .."),
                "person": _("@我、姓名或登录名"),
                "text": _("文字"),
            }[one.kind]
        lines.append({"name": one.label, "words": words})
    return lines


# ── reading ──────────────────────────────────────────────────────────────────


def _plain(text: str) -> str:
    """Full-width signs of operators, digits and spaces as plain ones; words as typed."""
    return "".join(
        unicodedata.normalize("NFKC", c) if unicodedata.east_asian_width(c) == "F" else c
        for c in text.replace("\u3000", " ")
    )


_ONE = re.compile(f"(?P<term>{_TERM.pattern})|(?P<word>{_WORD.pattern})")


def _terms(text: str) -> Iterable[re.Match[str]]:
    return _ONE.finditer(text)


def _read(asked: Field, match: re.Match[str]) -> Condition:
    operator = _OPERATORS.get(match["operator"], match["operator"])
    raw = match["value"]
    if not raw:
        raise _Unread(_("“%(name)s”后面要写内容。") % {"name": asked.label})
    if operator in COMPARISONS and asked.kind not in ("date", "number"):
        raise _Unread(_("“%(name)s”不能比大小，请用冒号。") % {"name": asked.label})
    quoted = raw[0] in '"“'
    parts = [raw.strip('"“”')] if quoted else [p.strip('"“”') for p in _LISTED.split(raw)]
    parts = [part for part in parts if part]
    if not parts:
        raise _Unread(_("“%(name)s”后面要写内容。") % {"name": asked.label})
    if operator in COMPARISONS and len(parts) > 1:
        raise _Unread(_("“%(name)s”比大小时只写一个值。") % {"name": asked.label})
    read = {"choice": _choice, "date": _period, "number": _range, "text": _text, "person": _named}
    found = [read[asked.kind](asked, part) for part in parts]
    values = tuple(value for some, _words in found for value in some)
    words = enumerated(words for _some, words in found)
    sign = f"{operator} " if operator in COMPARISONS else ""
    return Condition(
        asked, operator, values, bool(match["sign"]), match.start(), match.end(), f"{sign}{words}"
    )


def _choice(asked: Field, part: str) -> tuple[list[str], str]:
    wanted = part.casefold()
    labels: dict[str, list[str]] = {code: [code.casefold()] for code, _label in asked.choices}
    for language in LANGUAGES:
        with override(language):
            for code, label in asked.choices:
                labels[code].append(str(label).casefold())
    exact = [code for code, names in labels.items() if wanted in names]
    exact += [code for word, code in asked.also.items() if word.casefold() == wanted]
    begun = [code for code, names in labels.items() if any(n.startswith(wanted) for n in names)]
    held = [code for code, names in labels.items() if any(wanted in n for n in names)]
    found = exact[:1] or begun or held
    spoken = dict(asked.choices)
    if len(found) == 1:
        return found, str(spoken.get(found[0], part))
    if found:
        may_be = enumerated(str(spoken[code]) for code in found)
        raise _Unread(
            _("“%(name)s”里的“%(value)s”可以是：%(choices)s，请写全。")
            % {"name": asked.label, "value": part, "choices": may_be}
        )
    raise _Unread(
        _("“%(name)s”没有“%(value)s”，可以是：%(choices)s。")
        % {
            "name": asked.label,
            "value": part,
            "choices": enumerated(str(label) for _code, label in asked.choices),
        }
    )


def _text(_asked: Field, part: str) -> tuple[list[str], str]:
    return [part], part


def _named(_asked: Field, part: str) -> tuple[list[str], str]:
    if part.casefold() in ("@我", "我", ME, "me"):
        return [ME], _("我")
    if part.casefold() in ("无", "none"):
        return [NOBODY], _("无")
    return [part], part


def _period(asked: Field, part: str) -> tuple[list[tuple[dt.date, dt.date]], str]:
    first, dots, last = part.partition("..")
    try:
        period = _days(first)
        if dots:
            period = (period[0], _days(last)[1])
    except (ValueError, OverflowError):
        raise _Unread(
            _("“%(name)s”后面要写日期，如 2026-01、2026-01-15、本月、30天，不能是“%(value)s”。")
            % {"name": asked.label, "value": part}
        ) from None
    if period[1] < period[0]:
        raise _Unread(_("“%(name)s”的结束日期早于开始日期。") % {"name": asked.label})
    return [period], part


def _days(text: str) -> tuple[dt.date, dt.date]:
    """The first and last day of what is named."""
    today = timezone.localdate()
    word = text.strip().casefold()
    if found := _DAY.fullmatch(word):
        day = dt.date(int(found[1]), int(found[2]), int(found[3]))
        return day, day
    if found := _MONTH.fullmatch(word):
        return _month(dt.date(int(found[1]), int(found[2]), 1))
    if found := _YEAR.fullmatch(word):
        return dt.date(int(found[1]), 1, 1), dt.date(int(found[1]), 12, 31)
    if found := _AGO.fullmatch(word):
        day = today - dt.timedelta(days=int(found[1]))
        return day, day
    made = _NAMED.get(word)
    if made is None:
        raise ValueError(word)
    return made(today)


def _month(day: dt.date) -> tuple[dt.date, dt.date]:
    first = day.replace(day=1)
    return first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def _week(day: dt.date) -> tuple[dt.date, dt.date]:
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


def _back(days: int) -> Callable[[dt.date], tuple[dt.date, dt.date]]:
    return lambda today: (today - dt.timedelta(days=days),) * 2


_PERIODS: dict[tuple[str, str], Callable[[dt.date], tuple[dt.date, dt.date]]] = {
    ("今天", "today"): _back(0),
    ("昨天", "yesterday"): _back(1),
    ("本周", "this-week"): _week,
    ("上周", "last-week"): lambda today: _week(today - dt.timedelta(days=7)),
    ("本月", "this-month"): _month,
    ("上月", "last-month"): lambda today: _month(today.replace(day=1) - dt.timedelta(days=1)),
    ("今年", "this-year"): lambda today: _days(str(today.year)),
    ("去年", "last-year"): lambda today: _days(str(today.year - 1)),
}
_NAMED = {word: made for words, made in _PERIODS.items() for word in words}


def _range(asked: Field, part: str) -> tuple[list[tuple[Decimal, Decimal]], str]:
    first, dots, last = part.partition("..")
    try:
        low = _number(first)
        high = _number(last) if dots else low
    except InvalidOperation:
        raise _Unread(
            _("“%(name)s”后面要写数字，不能是“%(value)s”。") % {"name": asked.label, "value": part}
        ) from None
    return [(low, high)], part


def _number(text: str) -> Decimal:
    text = text.strip().removesuffix("元").replace("，", "")
    times = 10_000 if text.endswith("万") else 1
    value = Decimal(text.removesuffix("万"))
    # A column of money or counts is compared: what no column can hold is no number here.
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
        raise InvalidOperation
    return value * times


# ── conditions ───────────────────────────────────────────────────────────────


def _condition(one: Condition, by: Any) -> Q:
    if one.field.narrow is not None:
        return one.field.narrow(one.values, by)
    if one.field.kind == "choice":
        return Q(**{f"{one.field.column}__in": list(one.values)})
    made = Q(pk__in=[])
    for value in one.values:
        made |= _one_value(one, value, by)
    return made


def _one_value(one: Condition, value: Any, by: Any) -> Q:
    column = one.field.column
    if one.field.kind == "person":
        return _person(column, value, by)
    if one.field.kind == "text":
        return Q(**{f"{column}__icontains": value})
    first, last = value
    if one.field.kind == "date" and one.field.is_instant:
        # A range of instants is what an index can serve; days are those of the wall clock in Shanghai.
        first = dt.datetime.combine(first, dt.time(), SHANGHAI)
        last = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), SHANGHAI)
        upto, beyond = "lt", "gte"
    else:
        upto, beyond = "lte", "gt"
    return {
        ":": Q(**{f"{column}__gte": first, f"{column}__{upto}": last}),
        ">": Q(**{f"{column}__{beyond}": last}),
        ">=": Q(**{f"{column}__gte": first}),
        "<": Q(**{f"{column}__lt": first}),
        "<=": Q(**{f"{column}__{upto}": last}),
    }[one.operator]


def _person(column: str, value: str, by: Any) -> Q:
    if value == ME:
        return Q(**{column: by}) if by is not None else Q(pk__in=[])
    if value == NOBODY:
        return Q(**{f"{column}__isnull": True})
    return Q(**{f"{column}__display_name": value}) | Q(**{f"{column}__username": value})
