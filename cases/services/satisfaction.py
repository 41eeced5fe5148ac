"""Satisfaction that people give themselves: a code for a group or an activity, one to five on the own phone.

An answer carries no name. The code lives until the summary is written, at most two weeks, and takes no
more answers than people took part.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.door_permissions import can_amend_activity
from cases.group_permissions import can_keep_group
from cases.group_workflow import GROUP_RUNNING, EventState, GroupStage
from cases.models.activities import Activity
from cases.models.groups import Group
from cases.models.satisfaction import SatisfactionMark
from cases.services.groups.figures import mean_of, signed_in
from departments import audit
from departments.models.mechanisms import AccessLink
from departments.models.people import User
from departments.services.entering import house_scope, token_scope
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

TOKEN_BYTES = 16
DAYS = 14
MOST_WORDS = 300
FULL = _("收到的份数已经和参加的人数一样多，这个码不再收了。谢谢您。")
KINDS = {Group._meta.model_name: Group, Activity._meta.model_name: Activity}
Subject = Group | Activity


@dataclass(frozen=True)
class MadeCode:
    """A new code with its token, which is shown once and kept nowhere."""

    link: AccessLink
    token: str


@dataclass(frozen=True)
class Asked:
    """What the page behind a live code says: whose house, and of what it asks."""

    house: str
    title: str


@dataclass(frozen=True)
class Given:
    """The answers of a group or an activity: how many, their mean (two decimals, None without any), their words."""

    count: int
    mean: Decimal | None
    words: list[str]


def marks_of(subject: Subject) -> QuerySet[SatisfactionMark]:
    """The answers; who may read them has been found by the caller's view."""
    name = "group" if isinstance(subject, Group) else "activity"
    own = {"organization_id": subject.organization_id, name: subject}
    return SatisfactionMark.objects.filter(**own).order_by("id")


def given_for(subject: Subject) -> Given:
    """The answers of a subject whose inside the caller may read."""
    rows = list(marks_of(subject))
    return Given(
        len(rows), mean_of(one.mark for one in rows), [one.words for one in rows if one.words]
    )


def people_of(subject: Subject) -> int:
    """How many people may answer: members who ever joined; who signed in or was counted."""
    if isinstance(subject, Group):
        return subject.members.filter(joined_on__isnull=False).count()
    return max(subject.persons, signed_in(subject).heads)


def takes_answers(subject: Subject) -> bool:
    """A group that has begun and is not summed up; an activity from its day until its summary."""
    if isinstance(subject, Group):
        return subject.stage in GROUP_RUNNING and subject.stage != GroupStage.PREPARATION
    if subject.state == EventState.PLANNED:
        return subject.occurred_on <= timezone.localdate()
    return subject.state == EventState.HELD


def can_ask_satisfaction(user: User, subject: Subject) -> bool:
    """Who keeps the group or wrote the activity."""
    if isinstance(subject, Group):
        return can_keep_group(user, subject)
    return can_amend_activity(user, subject)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _live(subject: Subject) -> QuerySet[AccessLink]:
    return AccessLink.objects.filter(
        organization_id=subject.organization_id,
        kind=AccessLink.Kind.SATISFACTION,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
    )


def satisfaction_code_of(*, subject: Subject) -> AccessLink | None:
    """The live code of a subject; None without one."""
    return _live(subject).first()


def _locked(subject: Subject) -> Subject:
    return type(subject).objects.locked().get(pk=subject.pk)


@command
def satisfaction_code_create(*, subject: Subject, by: User) -> MadeCode:
    """A code to scan; an older one stops working at once.

    Raises:
        DomainError: `satisfaction.not_open` (409), `satisfaction.nobody_there` (409).
    """
    subject = _locked(subject)
    require(can_ask_satisfaction, by, subject)
    if not takes_answers(subject):
        raise DomainError(
            "satisfaction.not_open", _("开始以后、写总结之前才收满意度。"), status=409
        )
    if not people_of(subject):
        raise DomainError(
            "satisfaction.nobody_there", _("还没有人参加：先让组员入组，或先签到。"), status=409
        )
    now = timezone.now()
    replaced = _live(subject).update(revoked_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = AccessLink(
        organization_id=subject.organization_id,
        kind=AccessLink.Kind.SATISFACTION,
        token_hash=_digest(token),
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        expires_at=now + dt.timedelta(days=DAYS),
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("satisfaction_code.create", by=by, on=subject, replaced=replaced)
    return MadeCode(link, token)


@command
def satisfaction_code_revoke(*, subject: Subject, by: User) -> int:
    """Stop taking answers; what came in stays. How many codes there were."""
    subject = _locked(subject)
    require(can_ask_satisfaction, by, subject)
    count = _live(subject).update(revoked_at=timezone.now())
    audit.record("satisfaction_code.revoke", by=by, on=subject)
    return count


# ── named services of the link ───────────────────────────────────────────────


def _found(token: str) -> tuple[int, str, int] | None:
    digest = _digest(token)
    with token_scope(digest):
        rows = AccessLink.objects.filter(
            token_hash=digest,
            kind=AccessLink.Kind.SATISFACTION,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        return rows.values_list("organization_id", "subject_kind", "subject_id").first()


def asked_at(token: str) -> Asked | None:
    """What the code asks about; None for any that is not live or whose matter is summed up."""
    found = _found(token)
    if found is None:
        return None
    house, kind, pk = found
    with house_scope(house, care=True):
        subject = KINDS[kind].objects.select_related("organization").get(pk=pk)
        if not takes_answers(subject):
            return None
        title = subject.name if isinstance(subject, Group) else subject.topic
        return Asked(house=subject.organization.name, title=title)


def mark_give(*, token: str, mark: int, words: str = "") -> SatisfactionMark | None:
    """Keep one answer; None for a dead code.

    Acts as the system in the house of the code. Raises as mark_keep.
    """
    found = _found(token)
    if found is None:
        return None
    house, kind, pk = found
    with house_scope(house, care=True):
        subject = KINDS[kind].objects.get(pk=pk)
        return mark_keep(subject=subject, mark=mark, words=words)


def mark_keep(*, subject: Subject, mark: int, words: str = "") -> SatisfactionMark | None:
    """Keep one answer about a subject, in a scope of its house; None when it takes none any more.

    The matter is locked, so that of many answers at the same moment no more are kept than people took part.

    Raises:
        DomainError: `satisfaction_mark_in_range` on `mark`, `satisfaction.full` (409).
    """
    subject = _locked(subject)
    if not takes_answers(subject):
        return None
    if mark not in range(1, 6):
        raise DomainError("satisfaction_mark_in_range", _("请选 1 到 5 分。"), "mark")
    if marks_of(subject).count() >= people_of(subject):
        raise DomainError("satisfaction.full", FULL, status=409)
    name = "group" if isinstance(subject, Group) else "activity"
    house = subject.organization_id
    row = SatisfactionMark(
        organization_id=house,
        mark=mark,
        words=words.strip()[:MOST_WORDS] or None,
        given_on=timezone.localdate(),
        **{name: subject},
    )
    row.save(force_insert=True)
    audit.record("satisfaction.give", by=None, on=row, organization_id=house)
    return row
