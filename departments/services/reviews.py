"""The quarterly account review: every account and role with a decision, signed, kept as a row."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.compliance import ComplianceRecord
from departments.models.people import Membership, User
from departments.permissions import can_review_accounts
from departments.services.accounts import last_used_on
from departments.services.memberships import membership_end
from departments.services.policies import account_rule
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

KIND = ComplianceRecord.Kind.ACCESS_REVIEW
DAYS_TO_SIGN = 14
KEEP, END = "keep", "end"
DECISIONS = {KEEP: _("保留"), END: _("结束")}


@dataclass(frozen=True)
class Decision:
    """What the reviewer says of one role: `keep`, `end` or "" so far, and why."""

    choice: str
    note: str = ""


def reviews_of(*, by: User) -> list[ComplianceRecord]:
    """The reviews of the house, newest first."""
    rows = ComplianceRecord.objects.visible_to(by).filter(kind=KIND)
    return list(rows.select_related("signer_1").order_by("-id")[:40])


def review_due_on(organization_id: int, today: dt.date | None = None) -> dt.date:
    """When the next review must be signed; needs a scope of the house."""
    rows = ComplianceRecord.objects.filter(organization_id=organization_id, kind=KIND)
    newest = rows.filter(state=ComplianceRecord.State.CLOSED).order_by("-closed_at").first()
    if newest is None or newest.closed_at is None:
        return today or timezone.localdate()
    return _months_later(timezone.localdate(newest.closed_at), account_rule().review_months)


@command
def review_start(*, by: User) -> ComplianceRecord:
    """Take down every account and role in force now, to be decided one by one.

    Raises:
        DomainError: `compliance_one_review_open` (409) while another is not signed.
    """
    require(can_review_accounts, by, None)
    today = timezone.localdate()
    held = Membership.objects.filter(organization_id=by.house_id).active(today)
    rows = [
        _line(row)
        for row in held.select_related("user", "department").order_by("user__username", "role")
    ]
    review = ComplianceRecord(
        organization_id=by.house_id,
        kind=KIND,
        payload={"as_of": today.isoformat(), "rows": rows},
        due_on=today + dt.timedelta(days=DAYS_TO_SIGN),
        created_by=by,
    )
    review.save(force_insert=True)
    audit.record("review.start", by=by, on=review, count=len(rows))
    return review


@command
def review_decide(
    *,
    review: ComplianceRecord,
    decisions: Mapping[str, Decision],
    base: int | None = None,
    by: User,
) -> ComplianceRecord:
    """Keep what has been decided so far; a membership's uid -> its decision. `base` is the page's version.

    Raises:
        DomainError: `review.signed` (409); `form.stale` (409) after somebody else's decisions; `review.own_role` for ending one's own;
            `review.needs_note` when a role is to end without a reason.
    """
    review = ComplianceRecord.objects.locked().get(pk=review.pk)
    require(can_review_accounts, by, review)
    _open_check(review)
    check_base(base, review.row_version)
    own = str(by.acting.membership_uid)
    payload = dict(review.payload)
    rows = [dict(row) for row in payload["rows"]]
    for row in rows:
        decision = decisions.get(row["membership"])
        if decision is None or decision.choice not in {"", *DECISIONS}:
            continue
        if decision.choice == END and row["membership"] == own:
            raise DomainError(
                "review.own_role", _("不能结束自己的角色，请由另一位安全管理员办理。")
            )
        if decision.choice == END and len(decision.note.strip()) < 2:
            raise DomainError(
                "review.needs_note",
                _("“%(name)s”的角色要结束，请写明原因。") % {"name": row["name"]},
            )
        row |= {"decision": decision.choice, "note": decision.note.strip()[:200]}
    review.payload = {**payload, "rows": rows}
    review.save(update_fields=["payload"])
    decided = sum(1 for row in rows if row["decision"])
    audit.record("review.decide", by=by, on=review, count=decided)
    return review


@command
def review_sign(*, review: ComplianceRecord, by: User) -> ComplianceRecord:
    """Sign a review that is decided to the last row: what is to end ends now, all of it or nothing.

    Raises:
        DomainError: `review.undecided` with how many are left; `review.signed` (409);
            `membership.last_secadmin` as membership_end.
    """
    review = ComplianceRecord.objects.locked().get(pk=review.pk)
    require(can_review_accounts, by, review)
    _open_check(review)
    rows = review.payload["rows"]
    left = sum(1 for row in rows if not row["decision"])
    if left:
        raise DomainError("review.undecided", _("还有 %(n)s 行没有决定，不能签署。") % {"n": left})
    ended = 0
    today = timezone.localdate()
    for row in rows:
        if row["decision"] != END:
            continue
        membership = Membership.objects.filter(uid=row["membership"]).active(today).first()
        if membership is not None:
            membership_end(membership=membership, reason=row["note"], by=by)
            ended += 1
    review.state, review.closed_at = ComplianceRecord.State.CLOSED, timezone.now()
    review.signer_1 = by
    review.save(update_fields=["state", "closed_at", "signer_1"])
    audit.record("review.sign", by=by, on=review, count=len(rows), ended=ended)
    return review


@command
def review_finish(
    *,
    review: ComplianceRecord,
    decisions: Mapping[str, Decision],
    base: int | None = None,
    by: User,
) -> ComplianceRecord:
    """Keep the decisions and sign them, in one step: what was on the screen is what is signed.

    Raises:
        DomainError: as review_decide and review_sign.
    """
    decided = review_decide(review=review, decisions=decisions, base=base, by=by)
    return review_sign(review=decided, by=by)


def _open_check(review: ComplianceRecord) -> None:
    if review.state != ComplianceRecord.State.OPEN:
        raise DomainError("review.signed", _("这次复核已签署，不能再改。"), status=409)


def _line(row: Membership) -> dict[str, Any]:
    """An account and role as they stood; what is known of idleness helps to decide."""
    upper = row.valid.upper
    return {
        "membership": str(row.uid),
        "username": row.user.username,
        "name": row.user.display_name,
        "role": row.role,
        "department": row.department.name if row.department else "",
        "since": row.valid.lower.isoformat() if row.valid.lower else "",
        "until": (upper - dt.timedelta(days=1)).isoformat() if upper else "",
        "last_used": last_used_on(row).isoformat(),
        "is_service": row.user.is_service,
        "decision": "",
        "note": "",
    }


def _months_later(day: dt.date, months: int) -> dt.date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    # 30 November and three months: the last day that February has.
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
