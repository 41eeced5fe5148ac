"""The desk of likely pairs: two records side by side, merged fact by fact, put aside, taken apart again."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.forms.duplicates import (
    DIFFERS,
    SAME,
    DecideForm,
    DuplicateReportForm,
    MergeForm,
    Row,
)
from cases.models.duplicates import DuplicatePair, Likeness
from cases.models.people import Client
from cases.person_permissions import can_decide_duplicate, can_list_duplicates
from cases.services.capacity import capacity_said
from cases.services.duplicates import (
    duplicate_dismiss,
    duplicate_reopen,
    duplicate_report,
    pairs_open,
)
from cases.services.merged_facts import PARTS, differing, only_on
from cases.services.merging import (
    clients_merge,
    clients_unmerge,
    merged_since,
    written_since,
)
from cases.services.person_copy import household_pairs
from cases.templatetags.casework import age_exact, sex_word
from cases.views.filling import Filling, fill_in
from cases.views.finding import client_or_404
from cases.views.sides import Side, sides_of
from cases.workflow import PairState
from departments.views.paging import page_of
from msw_portal.kernel import keyset
from msw_portal.kernel.masking import mask_address, mask_id_no, mask_phone

BOTH = require_http_methods(["GET", "POST"])
PAGE = 20
STATES = {
    "": PairState.OPEN,
    "merged": PairState.MERGED,
    "dismissed": PairState.DISMISSED,
}


# ── the list ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Line:
    """A pair of the list, with what is known of both."""

    pair: DuplicatePair
    sides: tuple[Side, Side]
    reasons: list[Any]


def _words(pair: DuplicatePair) -> list[Any]:
    return [Likeness(code).label for code in pair.reasons]


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The pairs that wait, the surest first; `?show=` those that were merged or put aside."""
    user, shown = request.user, request.GET.get("show", "")
    if not can_list_duplicates(user) or shown not in STATES:
        raise Http404
    rows = DuplicatePair.objects.visible_to(user).with_both()
    order = ("-score", "-id") if not shown else ("-decided_at", "-id")
    rows = rows.filter(state=STATES[shown]) if shown else rows.open()
    context = page_of(request, rows, order=order, size=PAGE)
    pairs = context["rows"]
    side = sides_of(user, [one for pair in pairs for one in (pair.first, pair.second)])
    context |= {
        "lines": [
            Line(pair, (side[pair.first_id], side[pair.second_id]), _words(pair)) for pair in pairs
        ],
        "tabs": _tabs(shown, _count(user)),
        "shown": shown,
        "can_decide": can_decide_duplicate(user),
    }
    return render(request, "cases/duplicates.html", context)


def _count(user: Any) -> int:
    return keyset.capped_count(DuplicatePair.objects.visible_to(user).open(), 1000)[0]


def _tabs(shown: str, count: int) -> list[dict[str, Any]]:
    words = {
        "": _("待核对 %(n)d") % {"n": count},
        "merged": _("已合并"),
        "dismissed": _("不是同一人"),
    }
    here = reverse("cases:duplicates")
    return [
        {"label": label, "url": f"{here}?show={code}" if code else here, "is_now": code == shown}
        for code, label in words.items()
    ]


# ── one pair ─────────────────────────────────────────────────────────────────


def _pair_or_404(request: HttpRequest, uid: uuid.UUID) -> DuplicatePair:
    rows = DuplicatePair.objects.visible_to(request.user).with_both()
    return get_object_or_404(rows, uid=uid)


@BOTH
def pair(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Both records side by side; a POST merges them as was chosen."""
    one = _pair_or_404(request, uid)
    context = _beside(request.user, one)
    return fill_in(
        request,
        Filling(
            page="cases/duplicate.html",
            form=MergeForm,
            service=clients_merge,
            given={"pair": one},
            form_args={"rows": _rows(one, is_asked=context["may_merge"])},
            to=lambda done: reverse("cases:client", args=[done.kept.uid]),
            done=_("已合并为一个人。两份记录都保留着，可以随时撤销。"),
            context=context,
        ),
    )


def _beside(user: Any, one: DuplicatePair) -> dict[str, Any]:
    """What the page shows around the rows, and what may be done."""
    is_apart = one.first.root_id == one.first_id and one.second.root_id == one.second_id
    can_decide = can_decide_duplicate(user, one)
    side = sides_of(user, [one.first, one.second])
    return {
        "pair": one,
        "sides": (side[one.first_id], side[one.second_id]),
        "reasons": _words(one),
        "can_decide": can_decide,
        "may_merge": can_decide and one.state == PairState.OPEN and is_apart,
        "is_apart": is_apart,
        "next": pairs_open(user).exclude(pk=one.pk).first(),
    }


def _rows(one: DuplicatePair, *, is_asked: bool) -> list[Row]:
    """The parts that at least one of the two knows; those that differ are asked when the pair can be merged."""
    asked = differing(one.first, one.second) if is_asked else []
    alone = only_on(one.first, one.second)
    rows = []
    for code, part in PARTS.items():
        if not part.is_known(one.first) and not part.is_known(one.second):
            continue
        state = alone.get(code) or (SAME if part.is_same(one.first, one.second) else DIFFERS)
        said = (_said(code, one.first), _said(code, one.second))
        rows.append(Row(code, part.label, *said, state, code in asked))
    return rows


def _document(one: Client) -> str:
    return f"{one.get_id_type_display()} {mask_id_no(one.id_no)}" if one.id_no else ""


def _birth(one: Client) -> str:
    if one.birth_date is None:
        return ""
    return _now("%(year)d 年 · %(age)s") % {
        "year": one.birth_date.year,
        "age": age_exact(one.birth_date),
    }


SAID: dict[str, Callable[[Client], Any]] = {
    "name": lambda one: one.name_masked,
    "document": _document,
    "birth": _birth,
    "sex": lambda one: sex_word(one.sex),
    "phone": lambda one: mask_phone(one.phone or ""),
    "address": lambda one: mask_address(one.address or ""),
    "region": lambda one: one.region.name if one.region else "",
    "household": lambda one: "；".join(f"{label} {word}" for label, word in household_pairs(one)),
    "capacity": capacity_said,
    "deceased": lambda one: f"{one.deceased_on:%Y-%m-%d}" if one.deceased_on else "",
}


def _said(code: str, one: Client) -> str:
    """A part as it may be shown: masked as everywhere."""
    return str(SAID[code](one)) if PARTS[code].is_known(one) else ""


def _decide(
    request: HttpRequest, uid: uuid.UUID, service: Any, to: Any, done: Any, **words: Any
) -> HttpResponse:
    one = _pair_or_404(request, uid)
    if not can_decide_duplicate(request.user, one):
        raise Http404
    if one.state == PairState.MERGED:
        words |= {"since": written_since(one, request.user), "later": merged_since(one)}
    return fill_in(
        request,
        Filling(
            page="cases/duplicate_decide.html",
            form=DecideForm,
            service=service,
            given={"pair": one},
            to=to,
            done=done,
            context={"pair": one, **words},
        ),
    )


@BOTH
def dismiss(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """They are two persons."""
    return _decide(
        request,
        uid,
        duplicate_dismiss,
        reverse("cases:duplicates"),
        _("已记下不是同一个人，不再列出。"),
        heading=_("不是同一个人"),
        button=_("不是同一个人"),
        label=_("怎么知道的"),
    )


@BOTH
def reopen(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Back onto the desk."""
    return _decide(
        request,
        uid,
        duplicate_reopen,
        reverse("cases:duplicate", args=[uid]),
        _("已放回待核对。"),
        heading=_("重新核对"),
        button=_("放回待核对"),
    )


@BOTH
def unmerge(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Two persons again."""
    return _decide(
        request,
        uid,
        clients_unmerge,
        reverse("cases:duplicate", args=[uid]),
        _("已撤销合并，两份记录恢复原样。"),
        heading=_("撤销合并"),
        button=_("撤销合并"),
    )


@BOTH
def report(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A colleague says that another record is the same person."""
    person = client_or_404(request, uid)
    if not can_list_duplicates(request.user):
        raise Http404
    return fill_in(
        request,
        Filling(
            page="cases/duplicate_report.html",
            form=DuplicateReportForm,
            service=duplicate_report,
            given={"client": person},
            to=lambda made: reverse("cases:duplicate", args=[made.uid]),
            done=_("已提出，等督导或部门主任核对。"),
            context={"client": person},
        ),
    )
