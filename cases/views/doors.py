"""What the referral pages show: the clocks first."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, Referral
from cases.permissions import (
    can_claim_referral,
    can_open_case,
    can_receive_referral,
    can_refuse_referral,
    can_view_case,
)
from cases.workflow import REFERRAL_OPEN, ReferralState
from msw_portal.kernel import keyset

PAGE = 30
SHOWS = (
    ("", _("待接")),
    ("mine", _("我认领的")),
    ("done", _("已办")),
)


def _rows(user: Any, show: str) -> Any:
    rows = Referral.objects.visible_to(user).filter(direction=Referral.Direction.IN)
    if show == "mine":
        return rows.filter(state=ReferralState.CLAIMED, claimed_by=user)
    if show == "done":
        return rows.exclude(state__in=REFERRAL_OPEN)
    return rows.waiting()


def waiting(user: Any) -> Any:
    """The referrals nobody has answered, the soonest due first."""
    return (
        _rows(user, "")
        .select_related("client", "from_department", "claimed_by")
        .order_by("due_at", "id")
    )


def inbox_page(request: HttpRequest) -> dict[str, Any]:
    """One page of the inbox."""
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    rows = _rows(request.user, show).select_related("client", "from_department", "claimed_by")
    order = ("-received_at", "-id") if show == "done" else ("due_at", "id")
    page = _page(request, rows, order)
    here = reverse("cases:referrals")
    link = f"{here}?show={show}&" if show else f"{here}?"
    return {
        "before_url": f"{link}before={page.previous}" if page.previous else "",
        "after_url": f"{link}after={page.next}" if page.next else "",
        "show": show,
        "tabs": [
            {"label": label, "url": f"{here}?show={key}" if key else here, "is_now": key == show}
            for key, label in SHOWS
        ],
        "rows": page.rows,
        "can_receive": can_receive_referral(request.user),
    }


def _page(request: HttpRequest, rows: Any, order: tuple[str, ...]) -> keyset.Page:
    """The asked page; the first one for a cursor that was not made here."""
    after, before = request.GET.get("after"), request.GET.get("before")
    try:
        return keyset.page(rows, order=order, after=after, before=before, size=PAGE)
    except keyset.BadCursor:
        return keyset.page(rows, order=order, size=PAGE)


def referral_page(user: Any, referral: Referral) -> dict[str, Any]:
    """One referral with what may be done."""
    made = Case.objects.listed_to(user).filter(referral=referral).first()
    is_open = referral.state in REFERRAL_OPEN
    return {
        "referral": referral,
        "made_case": made,
        "can_open_made": made is not None and can_view_case(user, made),
        "can_claim": referral.state == ReferralState.RECEIVED
        and can_claim_referral(user, referral),
        "can_end": is_open and can_refuse_referral(user, referral),
        "can_make_case": is_open and can_open_case(user, referral),
    }
