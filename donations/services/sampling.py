"""Checks after payment: a dated rule, a sample that nobody chooses, a result by somebody who had no hand in it."""

import calendar
import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move, write_transition
from departments.services.tasks import task_open, tasks_close
from donations.models.payout import Disbursement
from donations.models.requests import FundingDuty
from donations.models.sampling import Verification, VerificationDraw, VerificationRule
from donations.payment_permissions import can_check_payment, can_draw_sample, can_keep_rule
from donations.payment_workflow import VERIFICATION, CheckState
from donations.workflow import DisbursementState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

PAID = (
    DisbursementState.RELEASED,
    DisbursementState.CONFIRMED,
    DisbursementState.RECONCILED,
    DisbursementState.REFUNDED,
)
DRAW_TASK, RECOVER_TASK = "aid_checks", "aid_recover"
Why = Verification.Why


# ── the sample ───────────────────────────────────────────────────────────────


def sample_of(
    seed: str,
    population: Sequence[Sequence[str]],
    *,
    share: Decimal,
    least: int,
    always_above: Decimal | None,
) -> dict[str, str]:
    """{uid: why} of a month: all above the sum, and of the rest those whose hash with the seed is smallest.

    `population` are [uid, amount] pairs. `share` percent of the rest, rounded up, at least `least` of
    them. The same seed and population give the same sample, here and in the proof.
    """
    always = {uid for uid, amount in population if always_above and Decimal(amount) > always_above}
    rest = [uid for uid, _amount in population if uid not in always]
    part = (Decimal(len(rest)) * share / 100).quantize(Decimal(1), rounding=ROUND_CEILING)
    wanted = min(len(rest), max(int(part), least))
    ranked = sorted(rest, key=lambda uid: hashlib.sha256(f"{seed}|{uid}".encode()).digest())
    drawn = set(ranked[:wanted])
    return {
        uid: str(Why.ALWAYS if uid in always else Why.DRAWN)
        for uid, _amount in population
        if uid in always or uid in drawn
    }


def draw_again(draw: VerificationDraw) -> dict[str, str]:
    """The sample of a stored draw, computed anew from what it was drawn from."""
    rule = draw.rule
    return sample_of(
        draw.seed,
        draw.population,
        share=rule.share,
        least=rule.least,
        always_above=rule.always_above,
    )


@command
def rule_keep(
    *,
    starts_on: dt.date,
    share: Decimal,
    least: int,
    always_above: Decimal | None = None,
    days: int = 30,
    basis: str = "",
    by: Any,
) -> VerificationRule:
    """A rule from a day on; the one before ends the day before. What was drawn keeps its rule.

    Raises:
        DomainError: on `starts_on`: `verification_rule.in_past` for a later rule that would change
            what has been, `verification_rule.not_after` for one that does not follow the last.
    """
    require(can_keep_rule, by, None)
    last = (
        VerificationRule.objects.locked()
        .filter(organization_id=by.house_id)
        .order_by("-valid")
        .first()
    )
    if last is not None:
        if starts_on < timezone.localdate():
            raise DomainError(
                "verification_rule.in_past", _("新规则不能早于今天生效。"), "starts_on"
            )
        if starts_on <= last.valid.lower:
            raise DomainError(
                "verification_rule.not_after",
                _("生效日期要晚于现行规则的 %(on)s。") % {"on": last.valid.lower},
                "starts_on",
            )
        last.valid = DateRange(last.valid.lower, starts_on)
        last.save(update_fields=["valid"])
    made = VerificationRule(
        organization_id=by.house_id,
        valid=DateRange(starts_on, None),
        share=share,
        least=least,
        always_above=always_above,
        days=days,
        basis=basis.strip(),
        created_by=by,
    )
    made.save(force_insert=True)
    audit.record(
        "verification_rule.keep", by=by, on=made, share=share, least=least, above=always_above
    )
    return made


def rule_of(house: int, month: dt.date) -> VerificationRule | None:
    """The rule in force on the last day of a month."""
    return VerificationRule.objects.filter(
        organization_id=house, valid__contains=_end_of(month)
    ).first()


def _end_of(month: dt.date) -> dt.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def month_before(day: dt.date) -> dt.date:
    return (day.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


@command
def sample_draw(*, month: dt.date, by: Any) -> VerificationDraw:
    """Draw a month that is over, once and for all; the seed comes from the system's generator.

    Raises:
        DomainError: on `month`: `verification_draw.not_over`, `verification_draw.no_rule`,
            `verification_draw.nothing_paid`; `verification_draw_once` (409).
    """
    require(can_draw_sample, by, None)
    return draw_write(by.house_id, month.replace(day=1), seed=secrets.token_hex(16), by=by)


def paid_in(house: int, month: dt.date) -> QuerySet[Disbursement]:
    """What left in a month and was drawn in none."""
    return Disbursement.objects.filter(
        counterparty_id=house,
        state__in=PAID,
        verifications__isnull=True,
        released_at__date__gte=month,
        released_at__date__lte=_end_of(month),
    )


def draw_write(house: int, month: dt.date, *, seed: str, by: Any) -> VerificationDraw:
    """The draw itself; its callers take the seed from the system's generator, the demo world from its own dice."""
    last = _end_of(month)
    if last >= timezone.localdate():
        raise DomainError("verification_draw.not_over", _("这个月还没有过完。"), "month")
    if VerificationDraw.objects.filter(organization_id=house, month=month).exists():
        raise DomainError(
            "verification_draw_once", _("这个月已经抽过，不能重抽。"), "month", status=409
        )
    rule = rule_of(house, month)
    if rule is None:
        raise DomainError("verification_draw.no_rule", _("这个月没有抽查规则。"), "month")
    rows = list(paid_in(house, month).order_by("id"))
    if not rows:
        raise DomainError("verification_draw.nothing_paid", _("这个月没有拨付。"), "month")
    draw = VerificationDraw(
        organization_id=house,
        month=month,
        rule=rule,
        seed=seed,
        population=[[str(row.uid), f"{row.amount:.2f}"] for row in rows],
        drawn_count=0,
        created_by=by,
    )
    found = draw_again(draw)
    draw.drawn_count = len(found)
    draw.save(force_insert=True)
    due = timezone.localdate() + dt.timedelta(days=rule.days)
    for row in rows:
        if str(row.uid) in found:
            _check_open(draw, row, found[str(row.uid)], due, by=by)
    if found:
        task_open(
            kind=DRAW_TASK,
            organization_id=house,
            subject=draw,
            role="foundation_officer",
            due_at=timezone.make_aware(dt.datetime.combine(due, dt.time(17))),
            by=by,
        )
    audit.record(
        "verification.sample",
        by=by,
        on=draw,
        organization_id=house,
        of=len(rows),
        drawn=draw.drawn_count,
        month=f"{month:%Y-%m}",
    )
    return draw


def _check_open(
    draw: VerificationDraw, row: Disbursement, why: str, due: dt.date, *, by: Any
) -> None:
    made = Verification(
        organization_id=draw.organization_id,
        draw=draw,
        disbursement=row,
        why=why,
        due_on=due,
        created_by=by,
    )
    made.save(force_insert=True)
    write_transition(made, VERIFICATION, "draw", before="", by=by)


def samples_due(*, house: int) -> int:
    """The month before today is drawn from its fifth day on, in the house's own scope; how many payments."""
    today = timezone.localdate()
    month = month_before(today)
    known = VerificationDraw.objects.filter(organization_id=house, month=month)
    if today.day < 5 or known.exists() or rule_of(house, month) is None:
        return 0
    if not paid_in(house, month).exists():
        return 0
    return draw_write(house, month, seed=secrets.token_hex(16), by=None).drawn_count


# ── the check ────────────────────────────────────────────────────────────────


def had_a_hand(one: Verification, user: Any) -> bool:
    """Whether the person prepared, released, listed or decided anything of this aid."""
    payout = one.disbursement
    if user.pk in {payout.prepared_by_id, payout.released_by_id}:
        return True
    listed = payout.payment_lines.filter(
        Q(list__made_by_id=user.pk) | Q(list__approved_by_id=user.pk)
    )
    duties = FundingDuty.objects.filter(request_id=payout.request_id, user_id=user.pk)
    return duties.exists() or listed.exists()


@command
def verification_record(
    *,
    verification: Verification,
    papers: Collection[str],
    call: str,
    called_on: dt.date,
    said: str = "",
    findings: str = "",
    to_recover: Decimal | None = None,
    by: Any,
) -> Verification:
    """What papers and family say of a payment; with findings the recovery is asked for.

    Raises:
        DomainError: `verification.<step>.wrong_state` (409), `verification_by_another` (409), on
            `papers`: `verification.needs_papers`; on `called_on`: `verification.in_future`; on `said`:
            `verification.needs_words`; on `to_recover`: `verification.over_paid`,
            `verification.nothing_found`.
    """
    held = (
        Verification.objects.locked()
        .select_related("disbursement__request")
        .get(pk=verification.pk)
    )
    require(can_check_payment, by, held)
    step = "find" if findings.strip() else "pass"
    VERIFICATION.check(held, step)
    if had_a_hand(held, by):
        raise DomainError(
            "verification_by_another",
            _("办理过这笔救助的人不能核查它，请由没有经手的人核查。"),
            status=409,
        )
    _check_words(held, papers, call, called_on, said, findings, to_recover)
    held.papers, held.call, held.called_on = sorted(set(papers)), call, called_on
    held.said, held.findings = said.strip() or None, findings.strip() or None
    held.to_recover, held.checked_by, held.checked_at = to_recover, by, timezone.now()
    names = ("papers", "call", "called_on", "said", "findings", "to_recover")
    move(held, VERIFICATION, step, by=by, also=(*names, "checked_by", "checked_at"))
    if step == "find":
        # Recovery itself stands with the request: its refunds are entered there and it is marked then.
        task_open(
            kind=RECOVER_TASK,
            organization_id=held.organization_id,
            subject=held,
            role="foundation_officer",
            by=by,
        )
    draw = held.draw
    if not draw.checks.filter(state=CheckState.DRAWN).exists():
        tasks_close(kind=DRAW_TASK, subject=draw)
    audit.record("verification.record", by=by, on=held, result=held.state, to_recover=to_recover)
    return held


def _check_words(
    held: Verification,
    papers: Collection[str],
    call: str,
    called_on: dt.date,
    said: str,
    findings: str,
    to_recover: Decimal | None,
) -> None:
    if not papers or set(papers) - set(Verification.Paper.values):
        raise DomainError("verification.needs_papers", _("请勾选看过的材料。"), "papers")
    if called_on > timezone.localdate():
        raise DomainError("verification.in_future", _("日期不能晚于今天。"), "called_on")
    if called_on < timezone.localdate(held.disbursement.released_at):
        raise DomainError(
            "verification.before_payment", _("联系日期不能早于放款日期。"), "called_on"
        )
    if not said.strip():
        raise DomainError(
            "verification.needs_words",
            _("请写下家庭的说法；没有联系上的，写联系了几次、怎样联系的。"),
            "said",
        )
    if to_recover is not None and not findings.strip():
        raise DomainError(
            "verification.nothing_found", _("没有发现问题就没有应追回的金额。"), "to_recover"
        )
    if to_recover is not None and not 0 < to_recover <= held.disbursement.amount:
        raise DomainError(
            "verification.over_paid", _("应追回金额须大于零且不超过这一期的金额。"), "to_recover"
        )


@dataclass(frozen=True)
class Tally:
    """How far a house's checks are: numbers of payments."""

    drawn: int
    checked: int
    findings: int
    overdue: int

    @property
    def percent(self) -> int:
        return self.checked * 100 // self.drawn if self.drawn else 100


def tally_of(rows: Any) -> Tally:
    """Counted over rows of Verification, one query."""
    waiting = Q(state=CheckState.DRAWN)
    found = rows.aggregate(
        drawn=Count("id"),
        checked=Count("id", filter=~waiting),
        findings=Count("id", filter=Q(state=CheckState.FINDING)),
        overdue=Count("id", filter=waiting & Q(due_on__lt=timezone.localdate())),
    )
    return Tally(**found)
