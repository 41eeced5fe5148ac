"""The decision as a letter: what was granted or why not, in plain words, and how to ask for a second look.

The hospital's paper names the person; the foundation's and the family's own copy, read behind a code,
hold what each may read: the pseudonym, the masked name.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments import audit
from departments.models.mechanisms import Transition
from donations.appeal_workflow import REFUSED
from donations.models.giving import CharityProfile
from donations.models.payout import Disbursement
from donations.models.requests import FundingAct, FundingRequest
from donations.permissions import can_view_request
from donations.querysets import FOUNDATION_ROLES
from donations.services.appeal_rules import days_to_raise, rule_on
from donations.services.payable import cap_of
from donations.services.payout import NOT_PAID
from donations.services.raised_sums import raised_of
from donations.workflow import GRANTED, RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.money import capital_amount, format_amount
from msw_portal.kernel.typesetting import typeset

TEMPLATE = "decision_letter.typ"
# Whose paper it is decides how the person is named.
HOSPITAL, FOUNDATION, FAMILY = "hospital", "foundation", "family"


@dataclass(frozen=True)
class Decided:
    """Granted or not, when, and the words the decision was given with."""

    is_granted: bool
    at: dt.datetime
    reason: str


def decided_of(request: FundingRequest) -> Decided | None:
    """The decision that stands; None while there is none."""
    if request.state in REFUSED:
        move = (
            Transition.objects.filter(
                subject_kind="fundingrequest", subject_id=request.pk, to_state=request.state
            )
            .order_by("-at")
            .first()
        )
        return Decided(False, request.state_entered_at, (move.reason if move else "") or "")
    act = FundingAct.objects.filter(request=request, step="approve").first()
    if act is not None and request.approved is not None:
        # What was cut by judgement was given a reason that the family reads (PIPL 24).
        return Decided(True, act.at, act.opinion if request.is_least is False else "")
    return None


def has_letter(request: FundingRequest) -> bool:
    """Whether a decision stands, without asking the database."""
    after = GRANTED | {RequestState.DECEASED, RequestState.RECOVERED}
    return request.state in REFUSED or (request.approved is not None and request.state in after)


def decision_letter(*, request: FundingRequest, by: Any) -> bytes:
    """PDF in Chinese for either house, audited.

    Raises:
        DomainError: `permission.can_view_request` (403), `decision_letter.none` (409) before a decision.
    """
    require(can_view_request, by, request)
    reader = FOUNDATION if by.role in FOUNDATION_ROLES else HOSPITAL
    paper = _paper(request, reader=reader)
    audit.record("decision_letter.print", by=by, on=request)
    return paper


def family_letter(request: FundingRequest) -> bytes:
    """The family's own copy, behind its code; the caller has counted and written down who came.

    Raises:
        DomainError: `decision_letter.none` (409) before a decision.
    """
    return _paper(request, reader=FAMILY)


def _paper(request: FundingRequest, *, reader: str) -> bytes:
    decided = decided_of(request)
    if decided is None:
        raise DomainError("decision_letter.none", _("这份申请还没有决定。"), status=409)
    with override(settings.LANGUAGE_CODE):
        return typeset(TEMPLATE, _content(request, decided, reader=reader), at=decided.at)


def _content(request: FundingRequest, decided: Decided, *, reader: str) -> dict[str, Any]:
    foundation, version = request.counterparty, request.programme_version
    return {
        "title": "救助决定书" if decided.is_granted else "不予救助决定书",
        "granted": decided.is_granted,
        "training": foundation.is_training or request.organization.is_training,
        "house": foundation.name,
        "number": request.number,
        "day": day_words(timezone.localdate(decided.at)),
        "person": person_named(request, reader),
        "hospital": request.organization.name,
        "programme": version.name,
        "asked": format_amount(request.requested),
        "asked_on": day_words(timezone.localdate(request.submitted_at)),
        "conditions": [str(one["zh"]) for one in version.conditions if one.get("zh")],
        "reason": _said(request, decided),
        **(_granted(request) if decided.is_granted else {}),
        "days": days_to_raise(request, rule_on(timezone.localdate())),
        "contact": contact_of(request),
    }


def person_named(request: FundingRequest, reader: str) -> str:
    """As `reader` may read it: by name, masked, or by the pseudonym; a project by its title."""
    if reader == FOUNDATION:
        return f"对象代号 {request.subject_code}"
    if request.is_for_project:
        return request.project.title
    name = request.case.client.person.name
    return name if reader == HOSPITAL else mask_name(name)


def _said(request: FundingRequest, decided: Decided) -> str:
    if not decided.is_granted:
        return decided.reason or "申请不符合项目的资助条件。"
    if request.approved == request.requested:
        return "申请符合项目的资助条件，材料经审核齐全，按申请金额批准。"
    if raised_of(request) is not None:
        return "批准金额按复核的答复提高，在申请金额、项目限额和家庭仍需自付的费用之内。"
    if request.is_least:
        return "批准金额按申请金额、项目限额、医保和其他救助后家庭仍需自付的费用、基金余额四者中最少的一项核定。"
    if decided.reason:
        return f"批准金额少于申请金额。批准人说明的理由：{decided.reason}"
    return "批准金额由批准人在申请金额、项目限额、医保和其他救助后家庭仍需自付的费用、基金余额之内核定。"


def _granted(request: FundingRequest) -> dict[str, Any]:
    """The sum in letters and figures, the limits it was measured by, the instalments so far."""
    cap = cap_of(request.programme_version)
    rows = Disbursement.objects.filter(request=request).exclude(state__in=NOT_PAID)
    return {
        "figure": format_amount(request.approved),
        "capitals": capital_amount(request.approved),
        "cap": format_amount(cap) if cap is not None else "",
        "gap": format_amount(request.gap),
        "raised": _raised(request),
        "mode": str(dict(request.programme_version.PayoutMode.choices)[request.payout_mode]),
        "instalments": [
            {
                "n": row.instalment,
                "amount": format_amount(row.amount),
                "state": str(row.get_state_display()),
                "day": day_words(timezone.localdate(row.released_at)) if row.released_at else "—",
            }
            for row in rows.order_by("instalment")
        ],
    }


def _raised(request: FundingRequest) -> dict[str, str] | None:
    raised = raised_of(request)
    if raised is None:
        return None
    return {
        "before": format_amount(raised.before),
        "after": format_amount(raised.after),
        "day": day_words(timezone.localdate(raised.at)),
    }


def contact_of(request: FundingRequest) -> str:
    """Where the foundation is reached, in its own public words."""
    # The hospital and the family cannot read the foundation's own tables: its public word stands in the register.
    profile = CharityProfile.objects.filter(organization_id=request.counterparty_id).first()
    stated = profile.public_contact if profile else ""
    return stated or str((request.counterparty.profile or {}).get("contact", ""))


def day_words(day: dt.date) -> str:
    """A day as Chinese papers write it."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
