"""Long navigations stand in groups by job; a short one needs no headings."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# More entries than are found at a glance.
MOST_UNGROUPED = 10
# (heading, beginnings of the names of addresses); the first has no heading, the last takes what no other names.
GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    ("", ("departments:workbench", "departments:start")),
    (
        _("服务"),
        (
            *("cases:list", "cases:referrals", "cases:ward", "cases:groups", "cases:activities"),
            *("cases:shared", "cases:subject_requests", "cases:reports", "volunteers:", "hours:"),
        ),
    ),
    (
        _("救助与拨付"),
        (
            *("donations:requests", "donations:board", "donations:appeals", "cases:state_aids"),
            *("donations:programmes", "payments:"),
        ),
    ),
    (
        _("筹资与捐赠"),
        (
            *("donations:campaigns", "donations:donations", "donations:approaches"),
            *("donations:hospital_gifts", "receipts:", "goods:"),
        ),
    ),
    (_("账目与公开"), ("books:", "donations:funds", "donations:disclosures")),
    (
        pgettext_lazy("nav group", "项目"),
        ("calls:", "applications:", "experts:", "projects:", "surveys:", "registers:"),
    ),
    (_("机构与资料"), ("",)),
)


def grouped(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries by group, each in its order; the first of a group carries the heading."""
    if len(shown) <= MOST_UNGROUPED:
        return shown
    made: list[dict[str, Any]] = []
    for at, (heading, _starts) in enumerate(GROUPS):
        of_group = [one for one in shown if _group_of(one["name"]) == at]
        made += [one | {"group": heading} for one in of_group]
    return made


def _group_of(name: str) -> int:
    return next(at for at, (_heading, starts) in enumerate(GROUPS) if name.startswith(starts))
