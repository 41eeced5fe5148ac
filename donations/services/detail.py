"""What a foundation's program reads of one request, in plain values; the copies come from reading.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from departments.models.mechanisms import Message, Transition
from donations.models.aid_agreements import AidAgreement
from donations.models.payout import Disbursement
from donations.models.requests import FundingAct, FundingRequest, RequestDocument
from donations.services.advice import Advice, advice_for_foundation
from donations.services.copies import note_of
from donations.services.payable import Granted, Payable, payable_of
from donations.services.reading import Copies
from donations.workflow import BEFORE_APPROVAL
from msw_portal.kernel.rules import RuleError
from msw_portal.kernel.together import together


@dataclass(frozen=True)
class Detail:
    """The lists of one request as its foundation reads them: plain values, each in its order."""

    papers: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    acts: list[dict[str, Any]]
    history: list[dict[str, Any]]
    disbursements: list[dict[str, Any]]
    agreement: dict[str, Any] | None


def detail_of(request: FundingRequest) -> Detail:
    """All in one statement. The history holds the moves that both houses know; what happened
    before the sending is the hospital's own."""
    papers = RequestDocument.objects.filter(request=request).select_related("masked").order_by("id")
    about = {
        "subject_kind": "fundingrequest",
        "subject_id": request.pk,
        "counterparty_id": request.counterparty_id,
    }
    messages = Message.objects.filter(**about).order_by("id")
    acts = FundingAct.objects.filter(request=request).order_by("id")
    moves = Transition.objects.filter(**about).order_by("at")
    payouts = Disbursement.objects.filter(request=request).order_by("instalment")
    signed = AidAgreement.objects.filter(request=request)
    together(papers, messages, acts, moves, payouts, signed)
    return Detail(
        _papers(request, papers),
        [_message(request, row) for row in messages],
        [_act(row) for row in acts],
        [_picked(row, "step", "from_state", "to_state", "at") for row in moves],
        [
            _picked(row, "uid", "instalment", "amount", "state", "released_at", "paid_on")
            for row in payouts
        ],
        next(
            (_picked(row, "amount", "way", "signer", "signed_on", "text") for row in signed), None
        ),
    )


def _picked(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _papers(request: FundingRequest, rows: Iterable[RequestDocument]) -> list[dict[str, Any]]:
    """The papers with their copies; none are readable while the consent is withdrawn."""
    labels = {
        row["type"]: row.get("text", row["type"]) for row in request.programme_version.documents
    }
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
                "note": str(note_of(paper)) if is_there else _("没有副本。"),
            }
        )
    return found


def _message(request: FundingRequest, row: Message) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "side": "hospital" if row.side_id == request.organization_id else "foundation",
        "at": row.created_at,
        "body": row.body,
    }


def _act(row: FundingAct) -> dict[str, Any]:
    return {
        "step": row.step,
        "duty": row.duty,
        "at": row.at,
        "amount": row.amount,
        "opinion": row.opinion,
        "by_client": row.client_id is not None,
    }


def advice_of(
    request: FundingRequest, copies: Copies, granted: Granted | None = None
) -> Advice | None:
    """None without a copy, or when a condition does not fit what the copy holds."""
    if copies.review is None:
        return None
    try:
        return advice_for_foundation(request, copies.review, granted)
    except RuleError:
        return None


def payable_before_approval(
    request: FundingRequest, granted: Granted | None = None
) -> Payable | None:
    return payable_of(request, granted) if request.state in BEFORE_APPROVAL else None
