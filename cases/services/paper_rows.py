"""What the other tables hold, in the words of their paper: consent, plan, contact, referral, activity."""

import re
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.form_schemas.planning import LEVELS
from cases.models.activities import Activity
from cases.models.casework import Referral
from cases.models.codes import LegalBasis, NeedCategory, NoHelpReason
from cases.models.consents import Consent
from cases.models.service_codes import ActivityKind, PlanItemKind
from cases.models.work import Contact, Plan
from cases.need_codes import icd10_said
from cases.services.form_facts import gas_words
from cases.services.referral_targets import receiver_of
from cases.workflow import ReferralState as R
from msw_portal.kernel.masking import mask_name, mask_phone

NEEDS = dict(NeedCategory.choices)
REPLIES = {R.ACCEPTED: "accepted", R.COMPLETED: "accepted", R.REFUSED: "refused"}
REFERRAL_JOINS = ("organization", "from_department", "to_organization", "consent")
ACTIVITY_FORMS = {
    ActivityKind.WARD_VISIT: "F9",
    ActivityKind.OUTREACH: "F9",
    ActivityKind.CONSULTATION: "F10",
    ActivityKind.PHONE: "F10",
}
ONE_PERSON = frozenset({ActivityKind.CONSULTATION, ActivityKind.PHONE})
NUMBER = re.compile(r"\d[\d -]{6,}\d")
REFUSALS = {NoHelpReason.PASSED_ON: "passed_on", NoHelpReason.NEEDS_MORE: "returned"}
HANDLINGS = {
    R.SENT: "waiting",
    R.ACCEPTED: "taken",
    R.COMPLETED: "done",
    R.FAILED: "failed",
    R.REFUSED: "failed",
}


def _day(value: Any) -> str:
    if value is None:
        return ""
    return f"{timezone.localdate(value) if hasattr(value, 'hour') else value:%Y-%m-%d}"


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def consent_values(one: Consent, *, is_named: bool) -> dict[str, Any]:
    """F2; the text is the one that was signed."""
    return {
        "kind": one.kind,
        "purpose": one.purpose,
        "recipient": one.recipient.name if one.recipient else one.recipient_text,
        "items": one.items,
        "text": one.template.text,
        "signer": one.signer if is_named else mask_name(one.signer),
        "relation": one.signer_relation,
        "method": one.method,
        "signed_at": _moment(one.signed_at),
        "valid_to": _day(one.valid_to),
        "withdrawn_at": _day(one.withdrawn_at),
    }


def plan_values(one: Plan) -> dict[str, Any]:
    """F4 with its goals and its tasks."""
    details = one.details or {}
    goals = one.goals.order_by("rank", "id").prefetch_related("needs")
    return {
        "aim": one.aim,
        "theory": one.theory,
        "goals": [
            {
                "need": "、".join(str(need.get_category_display()) for need in goal.needs.all()),
                "statement": goal.statement,
                "indicator": goal.indicator,
                "baseline": goal.baseline,
                "target": goal.target,
                "due_on": _day(goal.due_on),
                "weight": f"{goal.weight.normalize():f}",
                "gas": "" if goal.gas is None else gas_words(goal),
                "comment": goal.comment or "",
            }
            for goal in goals
        ],
        "levels": [
            {"goal": str(goal.rank)}
            | {name: goal.gas_levels.get(level, "") for name, level in LEVELS.items()}
            for goal in goals
            if goal.gas_levels
        ],
        "tasks": _plan_items(one, PlanItemKind.TASK),
        "packages": _plan_items(one, PlanItemKind.PACKAGE),
        "sessions": str(details.get("sessions") or details.get("expected_sessions") or ""),
        "resources": str(details.get("resources") or ""),
        "risks": "\n".join(filter(None, (details.get("risks"), details.get("fallback")))),
        "client_agrees": str(details.get("client_opinion") or ""),
        "review_due_on": _day(one.review_due_on),
        "supervisor_comment": one.supervisor_comment or "",
        "state": _approved(one),
    }


def _plan_items(one: Plan, kind: str) -> list[dict[str, Any]]:
    return [
        {
            "what": item.what,
            "who": item.who,
            "when": "–".join(filter(None, (_day(item.starts_on), _day(item.ends_on)))),
            "frequency": item.frequency,
            "place": item.place,
            "paid": " ".join(filter(None, (f"{item.cost or ''}", item.payer))),
            "state": item.get_state_display(),
        }
        for item in one.items.filter(kind=kind).order_by("id")
    ]


def _approved(one: Plan) -> str:
    said = str(one.get_state_display())
    if one.approved_by is None:
        return said
    return f"{said}　{one.approved_by.display_name} {_day(one.approved_at)}"


def contact_values(one: Contact, *, session_no: int, addenda: list[Contact]) -> dict[str, Any]:
    """F5; addenda stand below, each with its author and day."""
    details = one.details or {}
    when = _day(one.occurred_on)
    if one.starts_at:
        when = f"{_moment(one.starts_at)}–{timezone.localtime(one.ends_at):%H:%M}"
    return {
        **details,
        "progress": [
            {"goal": row["statement"], "state": row["state"], "note": row["note"]}
            for row in details.get("progress", [])
        ],
        "session_no": str(session_no),
        "when": when,
        "minutes": one.minutes,
        "mode": one.mode,
        "target": one.target,
        "services": one.services,
        "needs": one.needs,
        "techniques": one.techniques,
        "facts": one.facts,
        "analysis": one.analysis or "",
        "next_on": _day(one.next_on),
        "addenda": "\n".join(_addendum(row) for row in addenda),
    }


def _addendum(row: Contact) -> str:
    by = row.created_by.display_name if row.created_by else ""
    text = row.facts + (f"\n{row.analysis}" if row.analysis else "")
    return f"{by} {_moment(row.created_at)}：{text}"


def referral_values(one: Referral) -> dict[str, Any]:
    """F6 of an outgoing referral: who it went to, on what ground, what came back."""
    where = one.from_department.name if one.from_department else ""
    return {
        "from": " ".join(filter(None, (one.organization.name, where, one.from_text))),
        "to": receiver_of(one),
        "sent_on": _day(one.sent_at),
        "urgency": one.urgency,
        "reply_due_on": _day(one.reply_due_on),
        "client_aware": "yes" if one.client_aware else "no",
        "consent": _ground(one),
        "reason": one.reason,
        "needs": "\n".join(_need(code) for code in one.needs),
        "reply": _reply(one),
        "handling": HANDLINGS.get(one.state, ""),
        "feedback": "\n".join(filter(None, (_why_no_help(one), one.feedback))),
        "follow_up_on": _day(one.follow_up_on),
    }


def _ground(one: Referral) -> str:
    if one.consent is not None:
        return f"{one.consent.get_kind_display()} {_day(one.consent.signed_at)}"
    return str(LegalBasis(one.legal_basis).label) if one.legal_basis else ""


def _need(code: str) -> str:
    said = icd10_said(code)
    return f"{NEEDS.get(code, code)}（{said}）" if said else str(NEEDS.get(code, code))


def _reply(one: Referral) -> str:
    """A refusal that says why is told apart: passed on, or returned for what is missing."""
    if one.state == R.REFUSED and one.no_help_reason in REFUSALS:
        return REFUSALS[one.no_help_reason]
    return REPLIES.get(one.state, "")


def _why_no_help(one: Referral) -> str:
    return str(NoHelpReason(one.no_help_reason).label) if one.no_help_reason else ""


def activity_form(kind: str) -> str:
    """The numbered form an activity prints on; nothing for one that has none."""
    return ACTIVITY_FORMS.get(kind, "")


def activity_values(one: Activity) -> dict[str, Any]:
    """F9 or F10: counted without a name; beds and what was done."""
    return {
        "on": _moment(one.starts_at) or _day(one.occurred_on),
        "ward": one.ward.name if one.ward else one.place,
        "minutes": one.minutes,
        "worker": one.created_by.display_name if one.created_by else "",
        "volunteers": str(one.volunteers),
        "persons": _("%(persons)d 人，%(times)d 人次")
        % {"persons": one.persons, "times": one.person_times},
        "services": one.services,
        "lines": [
            {
                "bed": line.bed,
                "need": line.get_need_display() if line.need else "",
                "action": line.action,
                "note": line.note or "",
            }
            for line in one.lines.order_by("id")
        ],
        "record": one.record or "",
        "topic": one.topic,
        "enquirer": NUMBER.sub(lambda found: mask_phone(found.group()), _enquirer(one)),
        "result": one.result,
    }


def _enquirer(one: Activity) -> str:
    """Who asked, as the only line of a call or consultation keeps it."""
    line = one.lines.order_by("id").first() if one.kind in ONE_PERSON else None
    return (line.note if line else "") or ""
