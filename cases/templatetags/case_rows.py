"""The rows and menus of the case list, written here: a template per row took half of the page's time.

Every cell is text that was escaped where it was made, so that a row is put together and not looked through again.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.filters.listing import Option
from cases.templatetags.casework import (
    age_about,
    bed_word,
    needs_words,
    risk_rank,
    sex_word,
    stage_rank,
    stage_word,
    task_word,
)
from msw_portal.kernel import display
from msw_portal.kernel.templatetags.portal import badge, clock, escaped, masked, risk, ticks

register = template.Library()

ROW = (
    '<tr><th scope="row" class="wide"><span class="two">{}<small>{}{}</small></span></th>'
    '<td class="mono hide-s nowrap">{}</td><td>{}{}</td><td>{}</td><td class="wide{}">{}</td>'
    '<td data-l="{}">{}</td><td class="hide-s nowrap">{}</td><td data-l="{}">{}</td><td{}>{}</td></tr>'
)
NOTHING_DUE = format_html('<span class="faint">{}</span>', display.NOTHING)
NEEDS_SHOWN = 2
# On a phone a cell has no column over it: a lone dash there says nothing.
LONE = SafeString(" hide-s"), SafeString(' class="hide-s"')
NOBODY = UUID(int=0)


@register.simple_tag
def case_rows(rows: Iterable[Any]) -> SafeString:
    """One table row per case of the list, masked; a case that is not the reader's has no link.

    A row is a Case with the list's facts (`with_list_facts`) and `is_mine`.
    """
    said = _said(get_language(), timezone.localdate().year)
    return SafeString("".join([ROW.format(*said.cells(row)) for row in rows]))  # nosec B703


@lru_cache(maxsize=4)
def _said(_language: str, year: int) -> "_Said":
    return _Said(year)


class _Said:
    """The words of one language and year: what stands in many rows is translated and escaped once.

    Nothing of a person is kept here: the keys are codes, years, days and beds.
    """

    def __init__(self, year: int) -> None:
        this_year = dt.date(year, 1, 1)
        self.case_url, self.reveal_url = _addresses("cases:case"), _addresses("cases:reveal")
        self.what, self.worker, self.contact = (
            conditional_escape(_("姓名、证件号与电话")),
            conditional_escape(_("主责")),
            conditional_escape(_("最近接触")),
        )
        self.suspended = format_html(" {}", badge(_("暂停"), "warn"))
        self.stage = cache(lambda code: ticks(stage_rank(code), stage_word(code)))
        self.risk = cache(lambda level: risk(risk_rank(level)))
        self.need = cache(lambda code: conditional_escape(needs_words([code])))
        self.who = cache(lambda sex, born: conditional_escape(f"{sex_word(sex)} {age_about(born)}"))
        self.task = cache(lambda kind: conditional_escape(task_word(kind)))
        self.day = lru_cache(4096)(lambda day: conditional_escape(display.when(day, this_year)))
        self.bed = lru_cache(4096)(lambda bed: conditional_escape(bed_word(bed)))

    def cells(self, row: Any) -> tuple[str, ...]:
        """What stands in the places of ROW, escaped."""
        client, url = row.client.person, self.case_url(row.uid) if row.is_mine else ""
        number = escaped(row.number or display.NOTHING)
        needs = [self.need(code) for code in (row.need_codes or [])[:NEEDS_SHOWN]]
        return (
            masked(client.name_masked, url=self.reveal_url(client.uid), what=self.what, href=url),
            self.who(client.sex, client.birth_year),
            self._place(row),
            f'<a href="{url}">{number}</a>' if url else number,
            self.stage(row.stage),
            self.suspended if row.suspended_at else "",
            self.risk(row.risk_level),
            "" if needs else LONE[0],
            " · ".join(needs) or display.NOTHING,
            self.worker,
            escaped(row.worker.display_name if row.worker else display.NOTHING),
            self.day(display.local(row.opened_at).date()),
            self.contact,
            self.day(row.last_contact_on),
            "" if row.next_due_at else LONE[1],
            clock(row.next_due_at, before=self.task(row.next_due_kind))
            if row.next_due_at
            else NOTHING_DUE,
        )

    def _place(self, row: Any) -> str:
        """` · 血液科一病区 32 床`, or nothing for who is in no ward."""
        if not row.ward_name:
            return ""
        ward = escaped(row.ward_name)
        return f" · {ward} {self.bed(row.bed)}" if row.bed else f" · {ward}"


def _addresses(name: str) -> Callable[[UUID], str]:
    """The address of each of many things: looked up once, then only the id is put in."""
    before, after = reverse(name, args=[NOBODY]).split(str(NOBODY))
    return lambda uid: f"{before}{uid}{after}"


@register.simple_tag
def option_boxes(name: str, options: Iterable[Option]) -> SafeString:
    """The choices of a filter's menu as boxes to tick."""
    return _boxes(get_language(), name, tuple(options))


@lru_cache(maxsize=256)
def _boxes(_language: str, name: str, options: tuple[Option, ...]) -> SafeString:
    """Sixty boxes stand on every list, nearly always the same ones: they are written once."""
    return format_html_join(
        "",
        '<label class="check"><input type="checkbox" name="{}" value="{}"{}><span>{}</span></label>',
        (
            (name, one.value, SafeString(" checked") if one.is_on else "", one.label)
            for one in options
        ),
    )
