"""The case list's conditions: read from the address, written as chips, narrowing one queryset."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from cases.models.codes import CaseSource, NeedCategory, Priority, RiskLevel
from cases.services.case_numbers import by_case_number
from cases.services.list_conditions import in_need_of
from cases.workflow import CaseStage
from msw_portal.kernel.display import SHANGHAI, enumerated
from msw_portal.kernel.query import Field, Query, parse

MINE, ALL = "me", "all"
OPEN, ENDED = "open", "ended"
MINE_BY_DEFAULT = frozenset({"worker", "supervisor"})


def _in_status(codes: tuple[str, ...], _by: Any) -> Q:
    if ALL in codes or {OPEN, ENDED} <= set(codes):
        return Q()
    return Q(closed_at__isnull=OPEN in codes)


def _numbered(numbers: tuple[str, ...], by: Any) -> Q:
    asked = Q(pk__in=[])
    for number in numbers:
        asked |= by_case_number(number, by)
    return asked


CASE_FIELDS = (
    Field(
        ("状态", "status"),
        "choice",
        choices=[(OPEN, _("未结案")), (ENDED, _("已结束")), (ALL, _("全部"))],
        also={"在案": OPEN, "在办": OPEN, "已结案": ENDED, "结案": ENDED},
        narrow=_in_status,
    ),
    Field(("阶段", "stage"), "choice", "stage", CaseStage.choices),
    Field(("社工", "worker", "主责"), "person", "worker"),
    Field(("督导", "supervisor"), "person", "supervisor"),
    Field(("风险", "risk"), "choice", "risk_level", RiskLevel.choices),
    Field(
        ("需求", "need"),
        "choice",
        choices=NeedCategory.choices,
        narrow=lambda codes, _by: in_need_of(codes),
    ),
    Field(("登记", "opened"), "date", "opened_at", is_instant=True),
    Field(("结案", "closed"), "date", "closed_at", is_instant=True),
    Field(("住院", "admitted", "入院"), "date", "episode__admitted_on"),
    Field(("出院", "discharged"), "date", "episode__discharged_on"),
    Field(("病区", "ward"), "text", "episode__ward__name"),
    Field(("床号", "bed", "床"), "text", narrow=lambda beds, _by: Q(episode__bed__in=beds)),
    Field(("来源", "source"), "choice", "source", CaseSource.choices),
    Field(("优先", "priority"), "choice", "priority", Priority.choices),
    Field(("编号", "number"), "text", narrow=_numbered),
)


@dataclass(frozen=True)
class Chip:
    """A condition that is on, and the list without it."""

    label: Any
    value: Any
    remove_url: str


@dataclass(frozen=True)
class Option:
    """A choice in a chip's menu; two are equal when they choose the same, in whatever language."""

    value: str
    label: Any = field(compare=False)
    is_on: bool


class CaseFilter:
    """The conditions of one address; what does not stand in a code list is left out."""

    kept = ("stage", "risk", "need", "worker", "status", "from", "to", "number", "found", "query")

    def __init__(
        self, query: QueryDict, *, path: str, user: Any, found: Iterable[str] | None = None
    ) -> None:
        self.query, self.path, self.user = query, path, user
        self.asked: Query = parse(query.get("query", ""), CASE_FIELDS)
        self.stages = _listed(query, "stage", CaseStage.values)
        self.risks = _listed(query, "risk", RiskLevel.values)
        self.needs = _listed(query, "need", NeedCategory.values)
        self.since, self.until = _day(query, "from"), _day(query, "to")
        self.number = query.get("number", "").strip()[:40]
        self.status = query.get("status", "")
        if self.status not in (OPEN, ENDED, ALL):
            is_search = self.stages or self.number or found is not None
            is_said = self.asked.has("status", "stage", "closed", "number")
            self.status = ALL if is_search or is_said else OPEN
        self.found = found
        self.worker = self._asked_worker()

    def _asked_worker(self) -> str:
        asked = self.query.get("worker", "")
        if asked in (MINE, ALL) or _uid(asked):
            return asked
        is_search = (
            self.number
            or self.found is not None
            or self.asked.has("worker", "supervisor", "number")
        )
        return MINE if self.user.role in MINE_BY_DEFAULT and not is_search else ALL

    def narrow(self, rows: QuerySet) -> QuerySet:
        """The rows that meet every condition."""
        rows = rows.filter(self._where, self.asked.where(self.user))
        if self.needs:
            rows = rows.needing(self.needs)
        return rows

    @cached_property
    def _where(self) -> Q:
        """Made once for the rows and their count: a number asks how the house writes its numbers."""
        where = Q()
        if self.worker == MINE:
            where &= (
                Q(supervisor=self.user) if self.user.role == "supervisor" else Q(worker=self.user)
            )
        elif self.worker != ALL:
            where &= Q(worker__uid=self.worker)
        if self.stages:
            where &= Q(stage__in=self.stages)
        if self.risks:
            where &= Q(risk_level__in=self.risks)
        if self.status != ALL:
            where &= Q(closed_at__isnull=self.status == OPEN)
        if self.since:
            where &= Q(opened_at__gte=dt.datetime.combine(self.since, dt.time(), SHANGHAI))
        if self.until:
            where &= Q(
                opened_at__lt=dt.datetime.combine(
                    self.until + dt.timedelta(days=1), dt.time(), SHANGHAI
                )
            )
        if self.number:
            where &= by_case_number(self.number, self.user)
        if self.found is not None:
            where &= Q(client__uid__in=list(self.found))
        return where

    def url(self, **change: Any) -> str:
        """The list with some conditions changed; None takes one away. A page's cursor is never carried."""
        asked = []
        for name in self.kept:
            values = change[name] if name in change else self.query.getlist(name)
            values = [values] if isinstance(values, str) else values or []
            asked += [(name, value) for value in values if value != ""]
        asked += [(name, value) for name, value in change.items() if name not in self.kept]
        return f"{self.path}?{urlencode(asked)}" if asked else self.path

    def chips(self, workers: dict[str, str]) -> list[Chip]:
        """What is on, in words."""
        chips = []
        if self.found is not None:
            chips.append(Chip(_("查找"), _("找到的人"), self.url(found=None)))
        if self.number:
            chips.append(Chip(_("编号"), self.number, self.url(number=None)))
        for one in self.asked.conditions:
            label = (
                _("不是 %(name)s") % {"name": one.field.label} if one.is_not else one.field.label
            )
            chips.append(Chip(label, one.said, self.url(query=self.asked.without(one) or None)))
        if self.worker == MINE:
            label = _("督导") if self.user.role == "supervisor" else _("主责")
            chips.append(Chip(label, _("我"), self.url(worker=ALL)))
        elif self.worker != ALL:
            chips.append(Chip(_("主责"), workers.get(self.worker, _("同事")), self.url(worker=ALL)))
        if self.status != ALL and not self.stages:
            word = _("未结案") if self.status == OPEN else _("已结束")
            chips.append(Chip(_("状态"), word, self.url(status=ALL)))
        for name, label, values, codes in (
            ("stage", _("阶段"), self.stages, CaseStage),
            ("risk", _("风险"), self.risks, RiskLevel),
            ("need", _("需求"), self.needs, NeedCategory),
        ):
            if values:
                words = enumerated(str(codes(value).label) for value in values)
                chips.append(Chip(label, words, self.url(**{name: None})))
        if self.since or self.until:
            words = f"{self.since or ''} – {self.until or ''}"
            chips.append(
                Chip(pgettext("column", "登记"), words, self.url(**{"from": None, "to": None}))
            )
        return chips

    def options(self, name: str) -> list[Option]:
        """The choices of a menu, with those that are on."""
        codes, values = {
            "stage": (CaseStage, self.stages),
            "risk": (RiskLevel, self.risks),
            "need": (NeedCategory, self.needs),
        }[name]
        return [Option(value, label, value in values) for value, label in codes.choices]

    def kept_fields(self) -> list[dict[str, str]]:
        """The conditions as hidden fields, so that a menu's form keeps the others; `group` is their menu."""
        groups = {"from": "dates", "to": "dates"}
        return [
            {"name": name, "value": value, "group": groups.get(name, name)}
            for name in self.kept
            for value in self.query.getlist(name)
        ]


def _listed(query: QueryDict, name: str, values: Iterable[str]) -> list[str]:
    known = set(values)
    return [value for value in dict.fromkeys(query.getlist(name)) if value in known]


def _day(query: QueryDict, name: str) -> dt.date | None:
    try:
        return parse_date(query.get(name, ""))
    except ValueError:
        return None


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
