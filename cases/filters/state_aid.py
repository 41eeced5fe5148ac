"""What the list of state aid can be narrowed by: how far, which kind; the address is the state."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.state_aid import StateAidKind
from cases.state_aid_workflow import RUNNING, StateAidState

SHOWS: tuple[tuple[str, Any], ...] = (
    ("", _("在办")),
    ("late", _("逾期未答复")),
    ("granted", _("已批准")),
    ("refused", _("未批准")),
    ("all", _("全部")),
)


class StateAidFilter:
    """`show` and `kind` of an address; what is not known narrows nothing."""

    def __init__(self, given: Mapping[str, str]):
        show, kind = given.get("show", ""), given.get("kind", "")
        self.show = show if show in dict(SHOWS) else ""
        self.kind = kind if kind in StateAidKind.values else ""

    def narrow(self, rows: QuerySet) -> QuerySet:
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.show == "late":
            return rows.overdue(timezone.localdate())
        if self.show == "granted":
            return rows.filter(state__in=(StateAidState.GRANTED, StateAidState.RECEIVED))
        if self.show == "refused":
            return rows.filter(state=StateAidState.REFUSED)
        return rows if self.show == "all" else rows.filter(state__in=sorted(RUNNING))

    def query(self, **more: str) -> dict[str, str]:
        """The address's conditions with some changed; empty ones are left out."""
        asked = {"show": self.show, "kind": self.kind} | more
        return {name: value for name, value in asked.items() if value}
