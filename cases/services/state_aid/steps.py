"""The steps of an application for state aid, as the authority took them; what is granted is told to the bill."""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.state_aid import StateAid, StateAidRefusal
from cases.services.state_aid.opening import clock, granted_by_layer, known, locked, rule_of
from cases.signals import state_aid_counted
from cases.state_aid_workflow import STATE_AID
from departments import audit
from departments.models.people import User
from departments.services.moving import move
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

# Agreed: two weeks after a grant somebody asks whether the money has come.
ARRIVAL = dt.timedelta(days=14)


def _step(
    aid: StateAid,
    step: str,
    *,
    by: User,
    reason: str = "",
    also: tuple[str, ...] = (),
    **facts: Any,
) -> StateAid:
    move(aid, STATE_AID, step, by=by, reason=reason, also=(*also, "next_on"))
    clock(aid, by=by)
    audit.record(f"state_aid.{step}", by=by, on=aid, case=aid.case.uid, **facts)
    return aid


def _not_later(day: dt.date, field: str) -> None:
    if day > timezone.localdate():
        raise DomainError("state_aid.in_future", _("日期不能在将来。"), field)


@command
def state_aid_file(
    *,
    aid: StateAid,
    filed_on: dt.date,
    answer_due_on: dt.date | None = None,
    next_on: dt.date | None = None,
    by: User,
) -> StateAid:
    """The application went to the authority; without a day the answer is due after the kind's agreed days.

    Raises:
        DomainError: `state_aid.file.wrong_state` (409), `state_aid.in_future` on `filed_on`,
            `state_aid.due_before_filing` on `answer_due_on`.
    """
    aid = locked(aid, by)
    _not_later(filed_on, "filed_on")
    due = answer_due_on or filed_on + dt.timedelta(days=rule_of(aid).days)
    if due < filed_on:
        raise DomainError(
            "state_aid.due_before_filing", _("应答复日期不能早于递交日期。"), "answer_due_on"
        )
    aid.filed_on, aid.answer_due_on, aid.next_on = filed_on, due, next_on
    return _step(aid, "file", by=by, also=("filed_on", "answer_due_on"), due_on=due)


@command
def state_aid_accept(*, aid: StateAid, next_on: dt.date | None = None, by: User) -> StateAid:
    """The authority has admitted it. Raises DomainError `state_aid.accept.wrong_state` (409)."""
    aid = locked(aid, by)
    aid.next_on = next_on
    return _step(aid, "accept", by=by)


@command
def state_aid_ask_papers(
    *,
    aid: StateAid,
    papers: Collection[str],
    reason: str,
    next_on: dt.date | None = None,
    by: User,
) -> StateAid:
    """The authority wants papers: those named are wanted anew, whatever was handed in before.

    Raises:
        DomainError: `state_aid.ask_papers.wrong_state` (409), `.needs_reason` on `reason`,
            `state_aid.paper_unknown` on `papers`.
    """
    aid = locked(aid, by)
    aid.papers = aid.papers | dict.fromkeys(known(papers))
    aid.next_on = next_on
    return _step(aid, "ask_papers", by=by, reason=reason, also=("papers",))


@command
def state_aid_hand_in(*, aid: StateAid, next_on: dt.date | None = None, by: User) -> StateAid:
    """Every paper that was wanted has been handed in today or before.

    Raises:
        DomainError: `state_aid.hand_in.wrong_state` (409).
    """
    aid = locked(aid, by)
    today = timezone.localdate().isoformat()
    aid.papers = {code: day or today for code, day in aid.papers.items()}
    aid.next_on = next_on
    return _step(aid, "hand_in", by=by, also=("papers",))


@command
def state_aid_notice(*, aid: StateAid, next_on: dt.date | None = None, by: User) -> StateAid:
    """The authority has put it on public notice. Raises DomainError `state_aid.notice.wrong_state` (409)."""
    aid = locked(aid, by)
    aid.next_on = next_on
    return _step(aid, "notice", by=by)


def _answer(aid: StateAid, answered_on: dt.date, answer: str) -> None:
    _not_later(answered_on, "answered_on")
    if aid.filed_on is not None and answered_on < aid.filed_on:
        raise DomainError("state_aid_days_in_order", _("答复日期不能早于递交日期。"), "answered_on")
    aid.answered_on, aid.answer = answered_on, answer.strip() or None


@command
def state_aid_grant(
    *,
    aid: StateAid,
    answered_on: dt.date,
    granted: Decimal | None = None,
    answer: str = "",
    by: User,
) -> StateAid:
    """What the authority granted; a sum counts into the gap of the case's running requests at once.

    Whether the money has come is looked at again after ARRIVAL.

    Raises:
        DomainError: `state_aid.grant.wrong_state` (409), `state_aid.needs_sum`,
            `state_aid.status_has_no_sum` on `granted`, `state_aid.in_future`, `state_aid_days_in_order`
            on `answered_on`.
    """
    aid = locked(aid, by)
    if rule_of(aid).is_status:
        if granted is not None:
            raise DomainError(
                "state_aid.status_has_no_sum", _("这一种是身份认定，不填金额。"), "granted"
            )
    elif granted is None or granted <= 0:
        raise DomainError("state_aid.needs_sum", _("请填写批准的金额。"), "granted")
    _answer(aid, answered_on, answer)
    before = granted_by_layer(aid.case)
    aid.granted, aid.refusal = granted, ""
    aid.next_on = timezone.localdate() + ARRIVAL
    also = ("granted", "answered_on", "answer", "refusal")
    _step(aid, "grant", by=by, also=also, granted=granted)
    _count(aid, before, by=by)
    return aid


@command
def state_aid_refuse(
    *, aid: StateAid, answered_on: dt.date, refusal: str, answer: str = "", by: User
) -> StateAid:
    """What the authority answered and why it was no.

    Raises:
        DomainError: `state_aid.refuse.wrong_state` (409), `state_aid_refused_says_why` on `refusal`,
            `state_aid.in_future`, `state_aid_days_in_order` on `answered_on`.
    """
    aid = locked(aid, by)
    if refusal not in StateAidRefusal.values:
        raise DomainError("state_aid_refused_says_why", _("请选择未批准的原因。"), "refusal")
    _answer(aid, answered_on, answer)
    aid.refusal, aid.next_on = refusal, None
    also = ("refusal", "answered_on", "answer")
    reason = str(StateAidRefusal(refusal).label)
    return _step(aid, "refuse", by=by, reason=reason, also=also, refusal=refusal)


@command
def state_aid_receive(
    *, aid: StateAid, received: Decimal | None = None, received_on: dt.date, by: User
) -> StateAid:
    """The money is there; of a standing, the certificate is.

    Raises:
        DomainError: `state_aid.receive.wrong_state` (409), `state_aid.needs_sum`,
            `state_aid_received_was_granted` on `received`, `state_aid.in_future` on `received_on`.
    """
    aid = locked(aid, by)
    STATE_AID.check(aid, "receive")
    _not_later(received_on, "received_on")
    if not rule_of(aid).is_status:
        if received is None or received <= 0:
            raise DomainError("state_aid.needs_sum", _("请填写到账的金额。"), "received")
        if received > (aid.granted or Decimal(0)):
            raise DomainError(
                "state_aid_received_was_granted", _("到账金额不能超过批准金额。"), "received"
            )
        aid.received = received
    aid.received_on, aid.next_on = received_on, None
    return _step(aid, "receive", by=by, also=("received", "received_on"), received=aid.received)


@command
def state_aid_appeal(
    *,
    aid: StateAid,
    reason: str,
    answer_due_on: dt.date | None = None,
    next_on: dt.date | None = None,
    by: User,
) -> StateAid:
    """A second look was asked for. Raises DomainError `state_aid.appeal.wrong_state` (409), `.needs_reason`."""
    aid = locked(aid, by)
    agreed = timezone.localdate() + dt.timedelta(days=rule_of(aid).days)
    aid.answer_due_on, aid.next_on = answer_due_on or agreed, next_on
    return _step(aid, "appeal", by=by, reason=reason, also=("answer_due_on",))


@command
def state_aid_end(*, aid: StateAid, reason: str, by: User) -> StateAid:
    """Nothing more is done about it; a sum that was granted and never came no longer counts.

    Raises:
        DomainError: `state_aid.end.wrong_state` (409), `.needs_reason` on `reason`.
    """
    aid = locked(aid, by)
    aid.next_on = None
    before = granted_by_layer(aid.case)
    _step(aid, "end", by=by, reason=reason)
    _count(aid, before, by=by)
    return aid


def _count(aid: StateAid, before: Mapping[str, Decimal], *, by: User) -> None:
    """Tell the bill what the line of this kind was and is."""
    layer, none = rule_of(aid).layer, Decimal(0)
    if layer:
        after = granted_by_layer(aid.case)
        sums = {"before": before.get(layer, none), "after": after.get(layer, none)}
        state_aid_counted.send(sender=StateAid, case=aid.case, layer=layer, by=by, **sums)
