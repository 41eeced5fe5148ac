"""Readers of cells: text, days, codes and whole numbers, each refusing with the rule in one sentence."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError

DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
DAY_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：]\d{2})?")
EMPTY_WORDS = frozenset({"", "/", "-", "--", "—", "无", "空", "null", "none", "n/a"})


def refused(code: str, sentence: Any, **facts: Any) -> DomainError:
    return DomainError(f"import.{code}", sentence % facts if facts else sentence)


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def text(longest: int) -> Callable[[str], str]:
    """Any text up to so many characters."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise refused(
                "long", _("最多 %(n)s 个字，现在是 %(now)s 个。"), n=longest, now=len(cell)
            )
        return cell

    return read


def line_text(longest: int) -> Callable[[str], str]:
    """A text of one line: what stands on several is joined by spaces."""
    whole = text(longest)
    return lambda cell: whole(" ".join(cell.split()))


def parsed(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """A parser of the kernel, whose refusals are ValidationErrors."""

    def read(cell: str) -> Any:
        try:
            return parse(cell)
        except ValidationError as error:
            raise refused(error.code or "value", error.messages[0]) from None

    return read


def email(cell: str) -> str:
    """An address of mail."""
    try:
        validate_email(folded(cell))
    except ValidationError:
        raise refused("email", _("这不是邮箱地址。")) from None
    return folded(cell)


def day(cell: str) -> dt.date:
    """A day: 2026-11-29, 2026/11/29, 2026.11.29, 20261129 or 2026年11月29日; a time after it is left out."""
    typed = folded(cell)
    found = DAY.fullmatch(typed) or DAY_TOGETHER.fullmatch(typed)
    if found is None:
        if SHORT_YEAR.fullmatch(typed):
            raise refused("day_order", _("年份要写四位并写在最前，如 2026-11-29。"))
        if SERIAL.fullmatch(typed):
            raise refused(
                "day_serial",
                _("这像是 Excel 的日期序号，请把此列设为日期格式，或写成 2026-11-29。"),
            )
        raise refused("day_form", _("日期请写成 2026-11-29 的样子。"))
    try:
        return dt.date(*map(int, found.groups()))
    except ValueError:
        raise refused("day_missing", _("这一天不存在，请核对。")) from None


def revive_day(kept: str) -> dt.date:
    return dt.date.fromisoformat(kept)


def clock(cell: str) -> str:
    """A time of day, `09:30`."""
    found = CLOCK.fullmatch(folded(cell).split(" ")[-1])
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise refused("clock", _("时间请写成 09:30 的样子。"))
    return f"{int(found[1]):02d}:{found[2]}"


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds; full-width digits and thousands are read."""

    def read(cell: str) -> int:
        typed = folded(cell).replace(",", "")
        if not re.fullmatch(r"\d{1,12}(?:\.0+)?", typed) or not least <= int(float(typed)) <= most:
            raise refused(
                "whole", _("请填 %(least)s 到 %(most)s 之间的整数。"), least=least, most=most
            )
        return int(float(typed))

    return read


def code(
    choices: type[models.TextChoices], also: Mapping[str, str] | None = None
) -> Callable[[str], str]:
    """One of a list, by its Chinese or its code; `also` are other words people use."""
    words = {_word(str(label)): value for value, label in choices.choices}
    words |= {_word(value): value for value in choices.values}
    words |= {_word(word): value for word, value in (also or {}).items()}

    def read(cell: str) -> str:
        found = words.get(_word(cell))
        if found is None:
            shown = "、".join(str(label) for label in list(choices.labels)[:12])
            raise refused("code", _("没有这个选项，可填：%(words)s。"), words=shown)
        return found

    return read


def codes(
    choices: type[models.TextChoices], also: Mapping[str, str] | None = None
) -> Callable[[str], list[str]]:
    """Several of a list, between commas, semicolons or line ends."""
    one = code(choices, also)
    return lambda cell: [one(part) for part in re.split(r"[,，;；、\n]", cell) if part.strip()]


def flag(cell: str) -> bool:
    """是 or 否."""
    typed = _word(cell)
    if typed in {"是", "y", "yes", "true", "1", "√", "有"}:
        return True
    if typed in {"否", "n", "no", "false", "0", "×", "无"}:
        return False
    raise refused("flag", _("请填“是”或“否”。"))


def _word(typed: str) -> str:
    return re.sub(r"[\s/·]", "", folded(typed)).casefold()


def labels(choices: type[models.TextChoices]) -> tuple[str, ...]:
    return tuple(str(label) for label in choices.labels)
