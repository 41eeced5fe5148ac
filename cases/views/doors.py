"""What the referral pages show: the clocks first."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.door_permissions import can_manage_doors
from cases.filters.referrals import REFERRAL_FIELDS
from cases.forms.doors import RELATIONS, WHEN
from cases.models.casework import Case, Referral
from cases.models.codes import DisclosureLevel, Priority
from cases.models.consents import Disclosure
from cases.permissions import (
    can_claim_referral,
    can_discard_referral,
    can_open_case,
    can_receive_referral,
    can_refuse_referral,
    can_release_referral,
    can_reveal_referral,
    can_view_case,
)
from cases.services.crisis_words import crisis_words
from cases.services.exports import REFERRALS
from cases.workflow import REFERRAL_OPEN, ReferralState
from departments.models.doors import InboxItem
from departments.models.mechanisms import Transition
from departments.permissions import can_export_listing
from departments.views.list_box import asked_of, list_box, view_tabs, with_query
from msw_portal.kernel import keyset, masking
from msw_portal.kernel.query import Query

PAGE = 30
JOINS = ("client__root", "from_department", "claimed_by", "inbox_item")
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
    return _rows(user, "").select_related(*JOINS).order_by("due_at", "id")


def lines(rows: Any) -> list[dict[str, Any]]:
    """Rows of the inbox with who it is about, how it came, and why it stands where it stands."""
    now = timezone.now()
    return [
        {"row": row, "about": about(row), "came_by": came_by(row), "why": why_first(row, now)}
        for row in rows
    ]


def why_first(row: Referral, now: dt.datetime) -> Any:
    """Why a waiting row comes early; nothing for one in its ordinary turn."""
    if row.state not in REFERRAL_OPEN or row.due_at is None:
        return ""
    is_urgent = row.urgency == Priority.URGENT
    if row.due_at < now and row.state == ReferralState.CLAIMED:
        return _("已接，还没有开案或答复")
    if row.due_at < now:
        return _("危机，已过时限") if is_urgent else _("已过时限，没有人接")
    if not is_urgent:
        return ""
    item = row.inbox_item
    if item is None:
        return _("登记为紧急")
    if item.payload.get("is_crisis"):
        return _("对方勾了危机")
    words = crisis_words(item.payload.get("reason", ""))
    return _("写到“%(word)s”") % {"word": words[0]} if words else _distress_said(item.payload)


def _distress_said(said: Mapping[str, Any]) -> Any:
    return _("难受程度 %(n)s 分") % {"n": said.get("distress", "")}


def came_by(row: Referral) -> Any:
    """By which door; nothing for what a colleague wrote down."""
    return row.inbox_item.get_kind_display() if row.inbox_item_id else ""


def about(row: Referral) -> dict[str, str]:
    """Of whom a request without a registered person speaks: bed and masked name, as it was sent."""
    return {} if row.inbox_item_id is None else about_item(row.inbox_item)


def about_item(item: InboxItem) -> dict[str, str]:
    """The same of what was sent."""
    said = item.payload
    name = said.get("patient_name") or (said.get("name") if said.get("who") == "patient" else "")
    return {"bed": said.get("bed", ""), "name": masking.mask_name(name) if name else ""}


def shown_rows(request: HttpRequest) -> tuple[Any, str]:
    """Every row of the view of the inbox that the address names, and the address of that view."""
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    order = ("-received_at", "-id") if show == "done" else ("due_at", "id")
    here = reverse("cases:referrals")
    query = asked_of(request, REFERRAL_FIELDS)
    rows = _rows(request.user, show).filter(query.where(request.user)).select_related(*JOINS)
    kept = {"show": show, "query": query.text}
    address = urlencode({name: value for name, value in kept.items() if value})
    return rows.order_by(*order), f"{here}?{address}" if address else here


def inbox_page(request: HttpRequest, query: Query) -> dict[str, Any]:
    """One page of the inbox, narrowed by what was asked."""
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    rows = _rows(request.user, show).filter(query.where(request.user)).select_related(*JOINS)
    order = ("-received_at", "-id") if show == "done" else ("due_at", "id")
    return _inbox(request, query, show, _page(request, rows, order))


def _inbox(request: HttpRequest, query: Query, show: str, page: keyset.Page) -> dict[str, Any]:
    here = reverse("cases:referrals")
    said = {"query": query.text} if query.text and not query.faults else {}

    def link(**more: str) -> str:
        kept = {name: value for name, value in (said | {"show": show} | more).items() if value}
        return f"{here}?{urlencode(kept)}" if kept else here

    return {
        "before_url": link(before=page.previous) if page.previous else "",
        "after_url": link(after=page.next) if page.next else "",
        "show": show,
        "tabs": [
            *(
                {"label": label, "url": link(show=key), "is_now": key == show and not said}
                for key, label in SHOWS
            ),
            *view_tabs(request, "referrals"),
        ],
        "is_narrowed": bool(query.conditions),
        "export_query": link().partition("?")[2],
        "box": list_box(
            request,
            key="referrals",
            fields=REFERRAL_FIELDS,
            typed=query.text,
            faults=query.faults,
            kept=with_query(request, None),
            hint=_("按条件查，如 紧急:紧急 来源:心内 收到>2026-01"),
        ),
        "rows": lines(page.rows),
        "can_receive": can_receive_referral(request.user),
        "can_export": can_export_listing(request.user, REFERRALS),
        "can_manage_doors": can_manage_doors(request.user),
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
    has_copy = arrived_copy(user, referral) is not None
    last = Transition.objects.visible_to(user).of(referral).last() if not is_open else None
    return {
        "referral": referral,
        "made_case": made,
        "can_open_made": made is not None and can_view_case(user, made),
        "can_claim": referral.state == ReferralState.RECEIVED
        and can_claim_referral(user, referral),
        "can_release": referral.state == ReferralState.CLAIMED
        and can_release_referral(user, referral),
        "can_end": is_open and can_refuse_referral(user, referral),
        "can_discard": is_open and can_discard_referral(user, referral),
        "can_make_case": is_open and can_open_case(user, referral),
        "why": why_first(referral, timezone.now()),
        "ended_with": last.reason if last is not None else "",
        "sent": _sent(user, referral),
        "has_copy": has_copy,
        "was_emptied": referral.origin_uid is not None and not has_copy,
    }


def arrived_copy(user: Any, referral: Referral) -> Disclosure | None:
    """The live copy another hospital sent with this referral; None when it was withdrawn."""
    if referral.origin_uid is None:
        return None
    rows = Disclosure.objects.visible_to(user).live().select_related("organization", "recipient")
    return rows.filter(
        subject_uid=referral.origin_uid,
        level=DisclosureLevel.REFERRAL,
        recipient_id=referral.organization_id,
    ).first()


def _sent(user: Any, referral: Referral) -> dict[str, Any] | None:
    """What came in by a door, identity masked."""
    if referral.inbox_item_id is None:
        return None
    said = referral.inbox_item.payload
    name, asker = said.get("patient_name", ""), said.get("name", "")
    parts = [masking.mask_name(one) for one in (name, asker) if one]
    if record := said.get("mrn"):
        parts.append(masking.mask_account(record))
    phone = said.get("phone", "")
    return {
        "came_by": came_by(referral),
        "masked": " · ".join([*parts, *([masking.mask_phone(phone)] if phone else [])]),
        "can_reveal": can_reveal_referral(user, referral),
        "relation": dict(RELATIONS).get(said.get("relation", ""), ""),
        "ward": said.get("ward", ""),
        "bed": said.get("bed", ""),
        "distress": said.get("distress"),
        "when": dict(WHEN).get(said.get("call_when", ""), ""),
        "agrees_stay": said.get("agrees_stay"),
    }
