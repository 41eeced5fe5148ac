"""The conflict register: found by the portal from rows, declared by experts, lifted by somebody else with a reason.

Found are: the same employer (also of a co-applicant), a part in the application (by account, or by the same name
in the team), the same hospital group, consortium or sister agency, a body named as partner of the application or
of the call, and every tie the expert has declared beforehand.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.models.register_parts import OrganizationLink
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application, ApplicationParty
from projects.models.calls import Call
from projects.models.experts import Conflict, ConflictKind, ExpertProfile
from projects.models.reviews import Review
from projects.permissions.experts import can_keep_expert, can_lift_conflict, can_run_review_of
from projects.services.results import review_end
from projects.workflow.calls import ApplicationState

GROUP_LINKS = ("parent", "consortium", "sister_agency")
PARTNER_LINKS = ("cooperates", "operates")
A = ApplicationState
# Those that are, or may yet be, before experts.
CONCERNED = frozenset(
    {
        *(A.SUBMITTED, A.SUPPLEMENT_REQUIRED, A.ACCEPTED_FORMAL, A.IN_REVIEW, A.SCORED),
        *(A.PROPOSED, A.RESERVE, A.NOT_SELECTED),
    }
)


@dataclass(frozen=True)
class Found:
    application_id: int
    expert: ExpertProfile
    kind: str
    evidence: dict[str, Any]

    @property
    def key(self) -> tuple[int, int, str]:
        return (self.application_id, self.expert.pk, self.kind)


def conflicts_found(call: Call, applications: Iterable[Application] | None = None) -> list[Found]:
    """What the rows say today, one for each application, expert and kind; a constant number of queries."""
    rows = list(
        applications
        if applications is not None
        else Application.objects.filter(
            counterparty_id=call.organization_id, call=call, state__in=CONCERNED
        ).select_related("organization")
    )
    experts = list(
        ExpertProfile.objects.on_roll()
        .filter(organization_id=call.organization_id)
        .select_related("user", "employer")
    )
    parties: dict[int, list[ApplicationParty]] = defaultdict(list)
    for party in (
        ApplicationParty.objects.filter(counterparty_id=call.organization_id, application__in=rows)
        .exclude(state__in=("refused", "ended"))
        .select_related("partner")
    ):
        parties[party.application_id].append(party)
    groups, partners = _links()
    found: dict[tuple[int, int, str], Found] = {}
    for row in rows:
        side = _side_of(row, parties[row.pk], groups, call.partner_id)
        for expert in experts:
            for kind, evidence in _reasons(side, expert, groups, partners):
                one = Found(row.pk, expert, kind, evidence)
                found.setdefault(one.key, one)
    return list(found.values())


def _links() -> tuple[dict[int, int], set[frozenset[int]]]:
    """(body -> the smallest id of its group, pairs that work together) as the register says today."""
    today = timezone.localdate()
    links = list(
        OrganizationLink.objects.filter(
            Q(valid__isnull=True) | Q(valid__contains=today), kind__in=GROUP_LINKS + PARTNER_LINKS
        ).values_list("from_organization_id", "to_organization_id", "kind")
    )
    root: dict[int, int] = {}

    def top(one: int) -> int:
        while root.get(one, one) != one:
            one = root[one]
        return one

    for first, second, kind in links:
        if kind in GROUP_LINKS:
            low, high = sorted((top(first), top(second)))
            root[low] = low
            root[high] = low
    pairs = {frozenset((a, b)) for a, b, kind in links if kind in PARTNER_LINKS}
    return {one: top(one) for one in root}, pairs


@dataclass(frozen=True)
class _Side:
    """What of an application meets an expert, read once for all experts."""

    unit_name: str
    own: set[int]
    helping: set[int | None]
    groups: set[int]
    accounts: set[int | None]
    names: set[str]
    uids: set[str]


def _side_of(
    row: Application,
    parties: list[ApplicationParty],
    groups: dict[int, int],
    call_partner: int | None,
) -> _Side:
    own = {row.organization_id} | {
        party.partner_id
        for party in parties
        if party.role == ApplicationParty.Role.CO_APPLICANT and party.partner_id
    }
    uids = {str(row.organization.uid)} | {
        str(party.partner.uid)
        for party in parties
        if party.role == ApplicationParty.Role.CO_APPLICANT and party.partner
    }
    return _Side(
        unit_name=row.unit_name,
        own=own,
        helping={party.partner_id for party in parties if party.partner_id} - own | {call_partner},
        groups={groups[one] for one in own if one in groups},
        accounts={row.leader_id, row.created_by_id, *(party.user_id for party in parties)},
        names={party.name for party in parties if party.role in ("leader", "member")},
        uids=uids,
    )


def _reasons(
    side: _Side, expert: ExpertProfile, groups: dict[int, int], partners: set[frozenset[int]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    at = expert.employer_id
    if at in side.own:
        yield ConflictKind.EMPLOYER, {"employer": expert.works_at}
    elif at and groups.get(at) in side.groups:
        yield ConflictKind.HOSPITAL_GROUP, {"employer": expert.works_at, "unit": side.unit_name}
    if at and (at in side.helping or any(frozenset((at, o)) in partners for o in side.own)):
        yield ConflictKind.FUNDED_PARTNER, {"employer": expert.works_at, "unit": side.unit_name}
    if _text_is(expert.employer_text, side.unit_name):
        yield ConflictKind.EMPLOYER, {"employer": expert.employer_text}
    if expert.user_id in side.accounts:
        yield ConflictKind.CO_APPLICATION, {"by": "account"}
    elif expert.user.display_name in side.names:
        yield ConflictKind.CO_APPLICATION, {"by": "name"}
    for tie in expert.ties:
        if tie.get("organization") in side.uids:
            yield tie["kind"], {"tie": tie.get("name", ""), "note": tie.get("note", "")}


def _text_is(first: str, second: str) -> bool:
    return bool(first.strip()) and first.strip() == second.strip()


@command
def conflicts_compute(*, call: Call, by: User) -> int:
    """Bring the register up to date; how many are new. Who is conflicted now no longer marks: open reviews are
    taken back, sent ones declared void."""
    require(can_run_review_of, by, call)
    known = {
        (row.application_id, row.expert_id, row.kind): row
        for row in Conflict.objects.filter(
            organization_id=call.organization_id, application__call=call
        )
    }
    found = {one.key: one for one in conflicts_found(call)}
    stale = [
        row.pk
        for key, row in known.items()
        if row.is_computed and row.lifted_at is None and key not in found
    ]
    Conflict.objects.filter(pk__in=stale).delete()
    new = [
        Conflict(
            organization_id=call.organization_id,
            application_id=one.application_id,
            expert=one.expert,
            user_id=one.expert.user_id,
            kind=one.kind,
            evidence=one.evidence,
        )
        for key, one in found.items()
        if key not in known
    ]
    Conflict.objects.bulk_create(new)
    for row in new:
        exclude(row, by=by)
    if new or stale:
        audit.record("conflict.compute", by=by, on=call, added=len(new), removed=len(stale))
    return len(new)


def exclude(conflict: Conflict, *, by: User | None) -> None:
    """The expert of a standing conflict marks the application no longer."""
    from_review = Review.objects.locked().filter(
        application_id=conflict.application_id, expert_id=conflict.expert_id
    )
    for review in from_review.live():
        reason = str(_("发现利益关系：%(kind)s") % {"kind": conflict.get_kind_display()})
        review_end(review, reason, by=by)


@command
def conflict_add(
    *, application: Application, expert: ExpertProfile, kind: str, note: str, by: User
) -> Conflict:
    """What the desk knows beside the portal: kin, a quarrel, a common project.

    Raises:
        DomainError: `conflict.needs_note` on `note`, `conflict_once`.
    """
    require(can_run_review_of, by, application.call)
    require(can_keep_expert, by, expert)
    if application.counterparty_id != by.house_id:
        raise DomainError("conflict.application", _("请从列表中选择。"), "application")
    if len(note.strip()) < 2:
        raise DomainError("conflict.needs_note", _("请写明是什么关系。"), "note")
    made = Conflict(
        organization_id=by.house_id,
        application=application,
        expert=expert,
        user_id=expert.user_id,
        kind=kind,
        note=note.strip(),
        is_computed=False,
        created_by=by,
    )
    made.save(force_insert=True)
    exclude(made, by=by)
    audit.record("conflict.add", by=by, on=made, kind=kind)
    return made


@command
def conflict_lift(*, conflict: Conflict, reason: str, by: User) -> Conflict:
    """Somebody who neither entered it nor is concerned decides that it does not stand in the way.

    Raises:
        DomainError: `conflict.needs_reason` on `reason`, `conflict.is_lifted` (409).
    """
    held = Conflict.objects.locked().get(pk=conflict.pk)
    require(can_lift_conflict, by, held)
    if held.lifted_at is not None:
        raise DomainError("conflict.is_lifted", _("已经解除。"), status=409)
    if len(reason.strip()) < 4:
        raise DomainError("conflict.needs_reason", _("请写明为什么可以解除回避。"), "reason")
    held.lifted_at, held.lifted_by, held.lift_reason = timezone.now(), by, reason.strip()
    held.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    audit.record("conflict.lift", by=by, on=held, kind=held.kind)
    return held


def barred_pairs(call: Call) -> set[tuple[int, int]]:
    """(application, expert) that must not meet: standing conflicts of the call."""
    return set(
        Conflict.objects.standing()
        .filter(organization_id=call.organization_id, application__call=call)
        .values_list("application_id", "expert_id")
    )
