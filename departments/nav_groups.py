"""Long navigations stand in groups by job; a short one needs no headings. One longer than a window is folded."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# More entries than are found at a glance.
MOST_UNGROUPED = 10
# What a window 900 pixels high shows beside the headings.
MOST_OPEN = 20
# The cookies of static/js/preferences.js in which this browser keeps what was opened and folded by hand: `fold5=o`.
_BY_HAND = re.compile(r"(?:__Host-)?fold(\d)")
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
    (
        pgettext_lazy("nav group", "统计报表"),
        ("reports:", "departments:census", "departments:regions"),
    ),
    (_("机构与资料"), ("",)),
)
# The groups that are opened least often in a day, the least first.
_SELDOM = (5, 7, 4, 6, 3, 2)


def grouped(shown: list[dict[str, Any]], cookies: Mapping[str, str]) -> list[dict[str, Any]]:
    """The entries by group, each in its order; all of a group carry its heading.

    Of a list that is too long each entry also says in `fold` which group it folds with and in `is_open` whether that
    stands open: as chosen by hand, else the least needed are folded until the rest fit. A group with a place on the
    phone's bar, and the one of the page itself, stay open.
    """
    if len(shown) <= MOST_UNGROUPED:
        return shown
    groups: dict[int, list[dict[str, Any]]] = {at: [] for at in range(len(GROUPS))}
    for one in shown:
        groups[_group_of(one["name"])].append(one)
    folds = _folds(groups, cookies) if len(shown) > MOST_OPEN else {}
    made: list[dict[str, Any]] = []
    for at, of_group in groups.items():
        more = {"group": GROUPS[at][0]}
        if at in folds:
            more |= {"fold": at, "is_open": folds[at]}
        made += [one | more for one in of_group]
    return made


def _folds(groups: dict[int, list[dict[str, Any]]], cookies: Mapping[str, str]) -> dict[int, bool]:
    """Whether each group that may be folded stands open."""
    by_hand = {
        int(found[1]): value
        for name, value in cookies.items()
        if (found := _BY_HAND.fullmatch(name))
    }
    folds: dict[int, bool] = {}
    left = sum(map(len, groups.values()))
    for at in _SELDOM:
        of_group = groups[at]
        if not of_group or any(one["on_phone"] for one in of_group):
            continue
        is_here = any(one.get("current") for one in of_group)
        by_itself = is_here or left <= MOST_OPEN
        left -= len(of_group) * (not by_itself)
        folds[at] = is_here or {"o": True, "f": False}.get(by_hand.get(at, ""), by_itself)
    return folds


@cache
def _group_of(name: str) -> int:
    return next(at for at, (_heading, starts) in enumerate(GROUPS) if name.startswith(starts))
