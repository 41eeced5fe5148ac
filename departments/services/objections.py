"""Objections to what a house has published: anybody sends one, somebody of the house answers every one."""

from typing import Any

from django.db.models import Case, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import OrganizationKind
from departments.models.people import Role
from departments.models.publishing import EntryKind, Objection, PublicEntry
from departments.publishing_permissions import can_answer_objection
from departments.services.entering import house_scope
from departments.services.moving import move, write_transition
from departments.services.rate import hit
from departments.services.tasks import task_open, tasks_close
from departments.workflow import OBJECTION, ObjectionState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope

TASK, MANY_TASK = "objection", "objections_unseen"
OPEN_STATES = (ObjectionState.RECEIVED, ObjectionState.INVESTIGATING, ObjectionState.UNSEEN)
# What may be objected to: a notice of a grant, a list of projects.
OBJECTABLE = frozenset({EntryKind.NOTICE, EntryKind.LIST})
LONGEST = 2000
AN_HOUR, FROM_ONE_PLACE, AGAINST_ONE = 3600, 5, 60
ANSWERERS = {
    OrganizationKind.FOUNDATION: Role.FOUNDATION_OFFICER,
    OrganizationKind.GOVERNMENT: Role.AUTHORITY_OFFICER,
}


def objectionable_at(slug: str) -> PublicEntry | None:
    """The entry at an address that takes objections now; outside a scope."""
    with scope():
        return (
            PublicEntry.objects.public()
            .filter(slug=slug, kind__in=sorted(OBJECTABLE), visible_to__isnull=False)
            .select_related("organization")
            .order_by("-version")
            .first()
        )


def objection_receive(*, entry: PublicEntry, text: str, contact: str = "", place: str) -> None:
    """Keep what somebody without an account says against an entry that stands open; `place` is where it came from.

    One place is held to a few in an hour. What comes from many places is never refused, or a dozen of
    them could silence everybody else while the notice runs: it is kept apart, with one task for all.
    Call it outside a scope: it enters the entry's house for one row and one task, and reads nothing back.

    Raises:
        DomainError: `objection.closed` (409), `objection.needs_text` or `objection.too_long` on `text`,
            `objection.too_many` (429).
    """
    said = text.strip()
    if not said:
        raise DomainError("objection.needs_text", _("请写明您对哪一点有异议。"), "text")
    if len(said) > LONGEST:
        raise DomainError("objection.too_long", _("异议最多 %(n)d 字。") % {"n": LONGEST}, "text")
    if not hit(f"objection:{place}", limit=FROM_ONE_PLACE, window=AN_HOUR):
        raise DomainError("objection.too_many", _("提交过于频繁，请一小时后再试。"), status=429)
    is_usual = bool(hit(f"objection-to:{entry.slug}", limit=AGAINST_ONE, window=AN_HOUR))
    with house_scope(entry.organization_id):
        held = PublicEntry.objects.select_related("organization").get(pk=entry.pk)
        if held.kind not in OBJECTABLE or not held.is_open:
            raise DomainError("objection.closed", _("公示已经结束，不再接收异议。"), status=409)
        made = Objection(
            organization=held.organization,
            entry=held,
            text=said,
            contact=contact.strip()[:200] or None,
            state=ObjectionState.RECEIVED if is_usual else ObjectionState.UNSEEN,
        )
        made.save(force_insert=True)
        write_transition(made, OBJECTION, "receive", before="", by=None)
        task_open(
            kind=TASK if is_usual else MANY_TASK,
            organization_id=held.organization_id,
            subject=made if is_usual else held,
            dedup_key="" if is_usual else f"{MANY_TASK}:{held.slug}:{timezone.now():%Y%m%d%H}",
            role=ANSWERERS.get(held.organization.kind, Role.DEPT_HEAD),
        )
        audit.record("objection.receive", by=None, on=made, organization_id=held.organization_id)


@command
def objection_answer(*, objection: Objection, answer: str, is_upheld: bool, by: Any) -> Objection:
    """Look into it and answer, by somebody else than who published the entry.

    Raises:
        DomainError: `objection.needs_answer` on `answer`, `objection.own_entry` (409),
            `objection.answered` (409).
    """
    held = Objection.objects.select_for_update(no_key=True, of=("self",)).get(pk=objection.pk)
    require(can_answer_objection, by, held)
    if held.state not in OPEN_STATES:
        raise DomainError("objection.answered", _("这条异议已经答复。"), status=409)
    if held.entry.created_by_id == by.pk:
        raise DomainError(
            "objection.own_entry", _("发布公示的人不能答复对它的异议，请由他人办理。"), status=409
        )
    if not answer.strip():
        raise DomainError("objection.needs_answer", _("请写明核查的情况和结论。"), "answer")
    if held.state != ObjectionState.INVESTIGATING:
        move(held, OBJECTION, "accept", by=by)
    held.answer, held.answered_at, held.answered_by = answer.strip(), timezone.now(), by
    step = "uphold" if is_upheld else "dismiss"
    move(held, OBJECTION, step, by=by, reason=answer, also=("answer", "answered_at", "answered_by"))
    tasks_close(kind=TASK, subject=held)
    unseen = Objection.objects.filter(
        organization_id=held.organization_id,
        entry__slug=held.entry.slug,
        state=ObjectionState.UNSEEN,
    )
    if not unseen.exists():
        tasks_close(kind=MANY_TASK, subject=held.entry)
    audit.record("objection.respond", by=by, on=held, state=held.state)
    return held


def seen_first(rows: QuerySet[Objection]) -> QuerySet[Objection]:
    """The newest first, what is kept apart after all others: many of those must not push out the rest."""
    apart = Case(When(state=ObjectionState.UNSEEN, then=1), default=0)
    return rows.order_by(apart, "-id")


def waits_for_answer(entry: PublicEntry) -> bool:
    """Whether an objection to any version of the entry is still open."""
    return Objection.objects.filter(
        organization_id=entry.organization_id, entry__slug=entry.slug, state__in=OPEN_STATES
    ).exists()
