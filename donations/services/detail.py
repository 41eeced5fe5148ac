"""What a foundation's program reads of one request, in plain values; the copies come from reading.py."""

from typing import Any

from django.utils.translation import gettext as _

from departments.models.mechanisms import Message, Transition
from donations.models.payout import Disbursement
from donations.models.requests import FundingAct, FundingRequest, RequestDocument
from donations.services.advice import Advice, advice_for_foundation
from donations.services.copies import COPY_NOTE
from donations.services.payable import Payable, payable_of
from donations.services.reading import Copies
from donations.workflow import BEFORE_APPROVAL
from msw_portal.kernel.rules import RuleError


def papers_of(request: FundingRequest) -> list[dict[str, Any]]:
    """The papers with their copies; none are readable while the consent is withdrawn."""
    labels = {
        row["type"]: row.get("text", row["type"]) for row in request.programme_version.documents
    }
    rows = RequestDocument.objects.filter(request=request).select_related("masked").order_by("id")
    found = []
    for paper in rows:
        copy = paper.masked
        is_there = copy is not None and copy.voided_at is None and request.on_hold_at is None
        found.append(
            {
                "uid": paper.uid,
                "type": paper.type,
                "label": str(labels.get(paper.type, paper.type)),
                "required": paper.required,
                "state": paper.state,
                "has_copy": is_there,
                "mime": copy.mime if is_there else None,
                "size": copy.size if is_there else None,
                "note": str(COPY_NOTE) if is_there else _("没有副本。"),
            }
        )
    return found


def messages_of(request: FundingRequest) -> list[dict[str, Any]]:
    rows = Message.objects.filter(
        subject_kind="fundingrequest",
        subject_id=request.pk,
        counterparty_id=request.counterparty_id,
    ).order_by("id")
    return [
        {
            "uid": row.uid,
            "side": "hospital" if row.side_id == request.organization_id else "foundation",
            "at": row.created_at,
            "body": row.body,
        }
        for row in rows
    ]


def acts_of(request: FundingRequest) -> list[dict[str, Any]]:
    return [
        {
            "step": row.step,
            "duty": row.duty,
            "at": row.at,
            "amount": row.amount,
            "opinion": row.opinion,
            "by_client": row.client_id is not None,
        }
        for row in FundingAct.objects.filter(request=request).order_by("id")
    ]


def history_of(request: FundingRequest) -> list[dict[str, Any]]:
    """The moves that both houses know; what happened before the sending is the hospital's own."""
    rows = Transition.objects.filter(
        subject_kind="fundingrequest",
        subject_id=request.pk,
        counterparty_id=request.counterparty_id,
    ).order_by("at")
    return list(rows.values("step", "from_state", "to_state", "at"))


def disbursements_of(request: FundingRequest) -> list[dict[str, Any]]:
    rows = Disbursement.objects.filter(request=request).order_by("instalment")
    return list(rows.values("uid", "instalment", "amount", "state", "released_at", "paid_on"))


def advice_of(request: FundingRequest, copies: Copies) -> Advice | None:
    """None without a copy, or when a condition does not fit what the copy holds."""
    if copies.review is None:
        return None
    try:
        return advice_for_foundation(request, copies.review)
    except RuleError:
        return None


def payable_before_approval(request: FundingRequest) -> Payable | None:
    return payable_of(request) if request.state in BEFORE_APPROVAL else None
