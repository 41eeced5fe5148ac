"""A charity's years: figures beside the books, ratios with where each number comes from, the forecast."""

import uuid
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from departments.services.history import history_lines
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from donations.disclosure_permissions import can_keep_year, can_settle_year
from donations.forms.disclosure import FiguresForm, YearForm
from donations.models.disclosure import CharityYear
from donations.rule_words import BASES, CHARITIES
from donations.services.agreed_shares import agreed_shares
from donations.services.disclosure_figures import LINES
from donations.services.ratios import Assessment, Share
from donations.services.year_figures import (
    FIGURES,
    YearView,
    year_begin,
    year_figures_set,
    year_settle,
    year_view,
)
from donations.views.disclosures import BOTH
from donations.views.guards import foundation_page
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.htmx import answer

TOTALS = {
    "income": gettext_lazy("总收入（按规定口径）"),
    "spend": gettext_lazy("慈善活动支出"),
    "management": gettext_lazy("管理费用"),
    "total_spend": gettext_lazy("总支出"),
    "net_assets": gettext_lazy("年末净资产"),
    "balance": gettext_lazy("年末基金余额"),
}


@require_safe
@foundation_page
def years(request: HttpRequest) -> HttpResponse:
    """The years of the house, the newest first."""
    rows = list(CharityYear.objects.visible_to(request.user).order_by("-year"))
    context = {"rows": rows, "may_keep": can_keep_year(request.user)}
    return render(request, "donations/charity_years.html", context)


@BOTH
@foundation_page
def year_new(request: HttpRequest) -> HttpResponse:
    """Begin a year."""
    require(can_keep_year, request.user, None)
    back = reverse("donations:charity_years")
    step = Step(
        form=YearForm,
        service=year_begin,
        initial={"year": timezone.localdate().year},
        to=lambda made: reverse("donations:charity_year_edit", args=[made.uid]),
        done=_("已建立。"),
        title=_("新的年度"),
        button=_("建立"),
        url=request.path,
        back_url=back,
        crumbs=((back, _("收支比例")),),
    )
    return take(request, step)


def _one(request: HttpRequest, uid: uuid.UUID) -> CharityYear:
    rows = CharityYear.objects.visible_to(request.user).select_related("rule", "settled_by")
    return get_object_or_404(rows, uid=uid)


@require_safe
@foundation_page
def year(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One year: verdicts in words, where each number comes from, what is still missing."""
    found = _one(request, uid)
    return render(request, "donations/charity_year.html", _page(request.user, found))


def _page(user: Any, found: CharityYear) -> dict[str, Any]:
    view = year_view(found)
    assessed = view.assessment
    return {
        "year": found,
        "verdicts": [
            *(_verdicts(assessed, found.year) if assessed else []),
            *(_verdicts(view.older, found.year) if view.older else []),
        ],
        "no_rule": _no_rule(view),
        "missing": [_missing(one) for one in assessed.missing] if assessed else [],
        "books": [
            {"label": LINES[line], "amount": amount} for line, amount in view.books.lines.items()
        ],
        "figures": [
            {"label": label, "figure": found.figures.get(name)} for name, label in FIGURES.items()
        ],
        "totals": [
            {"year": of, "cells": [getattr(total, name) for name in TOTALS]}
            for of, total in sorted(view.totals.items(), reverse=True)
        ],
        "heads": list(TOTALS.values()),
        "forecast": view.forecast,
        "agreed": agreed_shares(user, year=found.year),
        "needed": _needed(assessed, view),
        "may_keep": can_keep_year(user, found),
        "may_settle": can_settle_year(user, found)
        and not found.settled_at
        and found.year < timezone.localdate().year
        and assessed is not None
        and not assessed.missing,
        "history": history_lines(found),
    }


def _no_rule(view: YearView) -> str:
    if view.assessment is not None:
        return ""
    if view.totals[view.year.year - 1].net_assets is None and not view.year.is_public:
        return _("还不能确定适用哪一档：没有填写 %(year)s 年末净资产，所以不显示比例。") % {
            "year": view.year.year - 1
        }
    return _("规则登记簿里没有适用于这一年的比例规定，所以不显示比例。")


def _missing(one: tuple[int, str]) -> str:
    year, name = one
    return _("%(year)s 年：%(what)s") % {"year": year, "what": TOTALS[name]}


def _needed(found: Assessment | None, view: YearView) -> Decimal | None:
    """What a running year still has to spend to reach the floor, promises counted as spent."""
    if found is None or view.forecast is None or found.spend.needed is None:
        return None
    return max(Decimal(0), found.spend.needed - view.forecast.committed)


def _verdicts(found: Assessment, of: int) -> list[dict[str, Any]]:
    """The lines of the table of ratios: one for each way the rule allows."""
    base = BASES[found.rule.params["base"]]
    name = CHARITIES.get(found.rule.applies_key, found.rule.applies_key)
    lines = [
        _line(name, _("慈善活动支出 ÷ %(base)s") % {"base": base}, found.spend, found.rule),
        _line(
            name,
            _("慈善活动支出 ÷ 前三年平均（%(base)s）") % {"base": base},
            found.average,
            found.rule,
        ),
    ]
    if found.income_floor is not None:
        lines.append(_line(name, _("慈善活动支出 ÷ 上年总收入"), found.income_floor, found.rule))
    management = _line(name, _("管理费用 ÷ 当年总支出"), found.management, found.rule)
    if found.is_exempt:
        management |= {
            "words": _("管理费用不足 20 万元，不适用比例（规定第十一条）"),
            "tone": "accent",
        }
    return [*lines, management]


def _line(name: Any, formula: str, share: Share, rule: Any) -> dict[str, Any]:
    words, tone = _verdict(share)
    return {
        "rule": name,
        "article": rule.article,
        "formula": formula,
        "part": share.part,
        "base": share.base,
        "ratio": None if share.ratio is None else f"{share.ratio * 100:.2f}%",
        "limit": _limit(share),
        "words": words,
        "tone": tone,
    }


def _limit(share: Share) -> str:
    percent = f"{(share.limit or 0) * 100:.0f}%"
    return (_("不低于 %(n)s") if share.is_floor else _("不高于 %(n)s")) % {"n": percent}


def _verdict(share: Share) -> tuple[str, str]:
    if share.missing:
        named = "、".join(dict.fromkeys(_missing(one) for one in share.missing))
        return _("资料不全：%(what)s") % {"what": named}, ""
    if share.is_met is None:
        return _("没有基数，不能得出比例"), ""
    return (_("达到"), "accent") if share.is_met else (_("没有达到"), "danger")


@BOTH
@foundation_page
def year_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Enter the figures with their sources."""
    found = _one(request, uid)
    require(can_keep_year, request.user, found)
    return fill_in(
        request,
        Filling(
            page="donations/charity_year_edit.html",
            form=FiguresForm,
            service=year_figures_set,
            given={"year": found},
            to=reverse("donations:charity_year", args=[uid]),
            done=_("已保存。"),
            draft="donations-charity_year",
            subject=found.uid,
            context={"year": found},
            current=lambda: Current(
                found.row_version, FiguresForm.initial_of(found.figures, found.is_public)
            ),
        ),
    )


@require_POST
@foundation_page
def settle(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Keep the ratios of a year that is over."""
    found = _one(request, uid)
    to = reverse("donations:charity_year", args=[uid])
    try:
        year_settle(year=found, by=request.user)
    except DomainError as error:
        if error.status == 403:
            raise
        context = _page(request.user, found) | {"refusal": str(error)}
        return answer(request, "donations/charity_year.html", context, ok=False, to=to)
    return answer(request, "donations/charity_year.html", {}, ok=True, to=to, done=_("已核定。"))
