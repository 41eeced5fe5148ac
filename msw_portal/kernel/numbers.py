"""Numbers people read: patterns such as `{ORG}-C-{YYYY}-{SEQ4}`."""

import datetime as dt
import re
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST = 40

_TOKEN = re.compile(r"\{([^{}]*)\}")
_SEQUENCE = re.compile(r"SEQ([1-9]?)")
_LITERAL = re.compile(r"[A-Za-z0-9\u4e00-\u9fff〔〕\[\]()#/_.-]*")
_DATES: dict[str, Callable[[dt.date], str]] = {
    "YYYY": lambda on: f"{on:%Y}",
    "YY": lambda on: f"{on:%y}",
    "MM": lambda on: f"{on:%m}",
    "DD": lambda on: f"{on:%d}",
}


def render_number(pattern: str, *, seq: int, on: dt.date, org: str, **more: str) -> str:
    """The number of `seq` on a day; a sequence longer than its token is written whole.

    Tokens: `{ORG}`, `{YYYY}`, `{YY}`, `{MM}`, `{DD}`, `{SEQ1}` to `{SEQ9}` (digits, zeros in
    front), `{SEQ}` (as it is), and the upper-case names of `more`.

    Raises:
        ValueError: for a pattern that validate_pattern refuses, a missing token, or seq < 1.
    """
    if seq < 1:
        raise ValueError("numbers are counted from 1")
    try:
        validate_pattern(pattern, more=tuple(more))
    except ValidationError as error:
        raise ValueError(f"pattern {pattern!r}: {error.code}") from error

    def written(token: re.Match[str]) -> str:
        name = token[1]
        if name in _DATES:
            return _DATES[name](on)
        sequence = _SEQUENCE.fullmatch(name)
        if sequence:
            return f"{seq:0{sequence[1] or 1}d}"
        return org if name == "ORG" else more[name]

    return _TOKEN.sub(written, pattern)


def validate_pattern(pattern: str, *, more: tuple[str, ...] = ()) -> None:
    """Refuse a pattern whose numbers would repeat or could not be read.

    Counters begin again every year, so the year must stand in the pattern beside one sequence.

    Raises:
        ValidationError: `pattern_token`, `pattern_sequence`, `pattern_year` or `pattern_literal`.
    """
    tokens = _TOKEN.findall(pattern)
    known = {"ORG", *_DATES, *more}
    for token in tokens:
        if token not in known and not _SEQUENCE.fullmatch(token):
            sentence = _("编号规则里没有“{%(token)s}”这个变量。")
            raise ValidationError(sentence, "pattern_token", {"token": token})
    if sum(bool(_SEQUENCE.fullmatch(token)) for token in tokens) != 1:
        sentence = _("编号规则里要有且只有一个流水号变量，如 {SEQ4}。")
        raise ValidationError(sentence, "pattern_sequence")
    if not {"YYYY", "YY"}.intersection(tokens):
        sentence = _("流水号每年从 1 开始，编号规则里要有年份，如 {YYYY}。")
        raise ValidationError(sentence, "pattern_year")
    literal = _TOKEN.sub("", pattern)
    if not _LITERAL.fullmatch(literal) or len(pattern) > 2 * LONGEST:
        sentence = _("编号规则里只能用汉字、字母、数字和 - / _ . # 等符号。")
        raise ValidationError(sentence, "pattern_literal")
