"""The chain drawn: of a gift to what it paid, and of a payout to whose gifts paid it."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from donations.forms.statements import PlainForm
from donations.models.giving import Donation
from donations.models.orders import LedgerOrder
from donations.models.payout import Disbursement
from donations.models.statements import StatementLine
from donations.permissions import can_give_trace_code, can_view_fund, can_view_payers
from donations.services.looking_up import code_shown, trace_code_give
from donations.services.tracing import Payer, payers_of_disbursement
from donations.services.trails import (
    BACK,
    CARRIED,
    FEE,
    GRANT,
    HANDED,
    HELD,
    LOST,
    MOVED,
    PAID,
    PLACE,
    Hop,
    Trail,
    trail_of,
)
from donations.views.guards import foundation_page, money_page
from donations.views.wording import joined
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment
from msw_portal.kernel.drawings.chain import Box, Ribbon, chain_svg
from msw_portal.kernel.htmx import answer

# More boxes than these make no picture: the rest stands in the table and in one box together.
MOST_BOXES = 12


@require_safe
@money_page
def gift_trail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _gift_or_404(request, uid)
    return render(request, "donations/gift_trail.html", _gift_page(request, found))


def _gift_or_404(request: HttpRequest, uid: uuid.UUID) -> Donation:
    rows = Donation.objects.visible_to(request.user).select_related("donor", "fund", "purpose")
    found = get_object_or_404(rows.prefetch_related("statement_lines"), uid=uid)
    require(can_view_fund, request.user, found)
    return found


def _gift_page(request: HttpRequest, found: Donation) -> dict[str, Any]:
    trail = trail_of(found)
    return {
        "donation": found,
        "trail": trail,
        "picture": gift_picture(found.number, found.donor.name_masked, trail),
        "rows": hop_rows(trail, with_links=True),
        "sums": sum_lines(trail),
        "donation_url": reverse("donations:donation", args=[found.uid]),
        "code_url": reverse("books:trace_code", args=[found.uid])
        if can_give_trace_code(request.user, found)
        else "",
        "lines": StatementLine.objects.visible_to(request.user).filter(donation=found),
    }


@require_POST
@money_page
def trace_code(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The donor's code, to be read out or printed on the slip."""
    found = _gift_or_404(request, uid)
    form = PlainForm(request.POST)
    ok = form.command(trace_code_give, donation=found, by=request.user)
    page = _gift_page(request, found) | {"form": form}
    if ok:
        page["code"] = code_shown(form.result)
        page["look_up_url"] = request.build_absolute_uri(reverse("gifts:look_up"))
    return answer(request, "donations/gift_trail.html", page, ok=ok)


def fate(hop: Hop) -> tuple[str, str]:
    """What became of a piece of the gift, in two lines."""
    where = joined([hop.fund, hop.purpose or _("不限定用途")])
    if hop.kind == PAID:
        month = f"{moment(hop.at)[:7]}" if hop.at else ""
        return _("拨付 · %(where)s") % {"where": hop.hospital}, joined(
            # A class kept as a bare code says nothing to a donor.
            [month, hop.programme, "" if hop.group.isascii() else hop.group]
        )
    if hop.kind == HELD:
        return _("已批准，待拨付"), joined([hop.programme, hop.hospital])
    if hop.kind == GRANT:
        return _("划转给其他慈善组织"), hop.other
    if hop.kind == FEE:
        return _("管理费用"), where
    if hop.kind in (HANDED, LOST):
        title = _("物资发放") if hop.kind == HANDED else _("物资报损")
        return title, joined([f"{moment(hop.at)[:7]}" if hop.at else "", hop.purpose])
    if hop.kind == CARRIED:
        return _("启用本系统前已使用"), where
    if hop.kind == BACK:
        return _("退回捐赠人"), ""
    if hop.kind == MOVED:
        return _("转到 %(where)s") % {"where": where}, basis_words(hop.basis)
    return _("还可使用"), where


def basis_words(basis: str) -> str:
    known = dict(LedgerOrder.Basis.choices)
    return str(known.get(basis, ""))


def gift_picture(number: str, donor: str, trail: Trail) -> Any:
    """gift → fund and purpose → what became of it."""
    if not trail.hops:
        return ""
    places: dict[tuple[str, str], Decimal] = {}
    fates = _gathered(trail.of(PAID, CARRIED, HANDED, HELD, GRANT, FEE, BACK, LOST, PLACE))
    for hop in fates:
        key = (hop.fund, hop.purpose)
        places[key] = places.get(key, Decimal(0)) + hop.amount
    note = joined([donor, trail.origin.get("giver", "")])
    boxes = [Box("gift", 0, number, note, trail.given)]
    ribbons = []
    for place, amount in places.items():
        key = f"p{place}"
        boxes.append(Box(key, 1, place[0] or _("多个基金"), place[1] or _("不限定用途"), amount))
        ribbons.append(Ribbon("gift", key, amount))
    for n, hop in enumerate(fates):
        title, words = fate(hop)
        boxes.append(Box(f"f{n}", 2, title, words, hop.amount, is_open=hop.kind in {HELD, PLACE}))
        ribbons.append(Ribbon(f"p{(hop.fund, hop.purpose)}", f"f{n}", hop.amount))
    return chain_svg(_("这笔捐赠去了哪里"), boxes, ribbons)


def _gathered(hops: Sequence[Hop]) -> list[Hop]:
    """The largest pieces one by one, the rest of the payouts as one."""
    kept = sorted(hops, key=lambda hop: hop.amount, reverse=True)
    if len(kept) <= MOST_BOXES:
        return list(hops)
    rest = kept[MOST_BOXES - 1 :]
    together = Hop(
        PAID,
        None,
        sum((hop.amount for hop in rest), Decimal(0)),
        hospital=_("其余 %(n)d 项") % {"n": len(rest)},
    )
    return [*kept[: MOST_BOXES - 1], together]


def hop_rows(trail: Trail, *, with_links: bool = False) -> list[dict[str, Any]]:
    """The table of the picture; `with_links` shows requests, which are the foundation's own."""
    rows = []
    for hop in trail.hops:
        title, words = fate(hop)
        rows.append(
            {
                "at": moment(hop.at) if with_links else moment(hop.at)[:7] if hop.at else "",
                "title": title,
                "note": joined([words, hop.number, hop.subject_code]),
                "url": reverse("donations:review", args=[hop.request_uid])
                if with_links and hop.request_uid
                else "",
                "place": joined([hop.fund, hop.purpose]),
                "amount": hop.amount,
                "is_move": hop.kind == MOVED,
            }
        )
    return rows


def sum_lines(trail: Trail) -> list[dict[str, Any]]:
    """given − what left = what is still there."""
    gone = [(PAID, _("已拨付")), (GRANT, _("划转给其他慈善组织")), (FEE, _("管理费用"))]
    gone += [(HANDED, _("物资发放")), (LOST, _("物资报损"))]
    gone += [(CARRIED, _("启用本系统前已使用"))]
    gone += [(HELD, _("已承诺，待拨付")), (BACK, _("退回捐赠人"))]
    left = [
        {"label": label, "amount": trail.total(kind), "kind": "minus"}
        for kind, label in gone
        if trail.total(kind)
    ]
    return [
        {"label": _("捐赠"), "amount": trail.given},
        *left,
        {"label": _("还可使用"), "amount": trail.total(PLACE), "kind": "sum"},
    ]


@require_safe
@foundation_page
def payout_trail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Whose gifts paid an instalment."""
    rows = Disbursement.objects.visible_to(request.user)
    one = get_object_or_404(
        rows.select_related("request__organization", "request__programme_version"), uid=uid
    )
    require(can_view_payers, request.user, one)
    payers = payers_of_disbursement(disbursement=one, by=request.user)
    context = {
        "payout": one,
        "request_url": reverse("donations:review", args=[one.request.uid]),
        "picture": _payout_picture(one, payers),
        "payers": [
            {
                "number": payer.number,
                "url": reverse("books:gift_trail", args=[payer.donation_uid])
                if payer.donation_uid
                else "",
                "donor": payer.donor,
                "on": payer.received_on,
                "amount": payer.amount,
            }
            for payer in payers
        ],
    }
    return render(request, "donations/payout_trail.html", context)


def _payout_picture(one: Disbursement, payers: Sequence[Payer]) -> Any:
    if not payers:
        return ""
    kept = sorted(payers, key=lambda payer: payer.amount, reverse=True)
    shown, rest = kept[:MOST_BOXES], kept[MOST_BOXES:]
    boxes = [
        Box(
            f"g{n}", 0, payer.number, joined([payer.donor, moment(payer.received_on)]), payer.amount
        )
        for n, payer in enumerate(shown)
    ]
    if rest:
        total = sum((payer.amount for payer in rest), Decimal(0))
        boxes.append(Box("rest", 0, _("其余 %(n)d 笔") % {"n": len(rest)}, "", total))
    ribbons = [Ribbon(box.key, "paid", box.amount) for box in boxes]
    aid = one.request
    title = joined([aid.number, _("第 %(n)d 期") % {"n": one.instalment}])
    note = joined([aid.organization.name, str(aid.programme_version)])
    boxes.append(Box("paid", 1, title, note, one.amount))
    return chain_svg(_("谁的捐赠付了这笔"), boxes, ribbons)
