"""Patients of one family, linked without opening each other's files: joined, left with a reason, dissolved."""

import re

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import Relation, Sex
from cases.models.families import Household, HouseholdMember
from cases.models.people import Client
from cases.person_permissions import can_link_household
from cases.services.finding import by_numbers
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

LEAST = 5
FEWEST = 2  # one person alone is no family
# What A is to B when B is this to A; a child is a son or a daughter by the child's own sex.
BACK = {
    Relation.SPOUSE: Relation.SPOUSE,
    Relation.SIBLING: Relation.SIBLING,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
}
PARENTS, CHILDREN = (Relation.FATHER, Relation.MOTHER), (Relation.SON, Relation.DAUGHTER)


def memberships(client: Client) -> QuerySet[HouseholdMember]:
    """In which families the person is now: one, unless merged records brought another."""
    return HouseholdMember.objects.filter(
        organization_id=client.organization_id,
        client__root_id=client.root_id,
        left_on__isnull=True,
    ).order_by("id")


def membership_of(client: Client) -> HouseholdMember | None:
    """The family the person belongs to now."""
    return memberships(client).select_related("household", "client").first()


def relation_back(relation: str, sex: str) -> str:
    """What the first member is to somebody who is `relation` to the first; OTHER when it cannot be told.

    `sex` is the first member's own.
    """
    if relation in PARENTS:
        return {Sex.MALE: Relation.SON, Sex.FEMALE: Relation.DAUGHTER}.get(sex, Relation.OTHER)
    if relation in CHILDREN:
        return {Sex.MALE: Relation.FATHER, Sex.FEMALE: Relation.MOTHER}.get(sex, Relation.OTHER)
    return BACK.get(relation, Relation.OTHER)


def found_by_number(who: str, by: User) -> Client:
    """The one person of the house a case number, a hospital number or a document points to."""
    typed = re.sub(r"\s", "", who)
    roots = set(by_numbers(typed, "", typed, by)) if typed else set()
    if typed:
        numbered = Case.objects.visible_to(by).filter(number__iexact=typed)
        numbered = numbered.exclude(pk=by.acting.glass) if by.acting.glass else numbered
        roots |= set(numbered.values_list("client__root_id", flat=True))
    if len(roots) != 1:
        raise DomainError(
            "household.not_found",
            _("没有找到，或不止一位。请填住院号、证件号码，或您能打开的个案号。"),
            "who",
        )
    return Client.objects.get(pk=roots.pop(), organization_id=by.house_id)


@command
def household_link(*, client: Client, who: str, relation: str, by: User) -> Household:
    """Put another patient of the house into the person's family; `relation` is theirs to the person.

    Raises:
        DomainError: `household.not_found`, `household.same_person`, `household_one_per_client` on who,
            `household.relation_unknown` on relation.
    """
    require(can_link_household, by, client)
    if relation not in Relation.values or relation == Relation.SELF:
        raise DomainError("household.relation_unknown", _("请从列表中选择关系。"), "relation")
    other = found_by_number(who, by)
    if other.root_id == client.root_id:
        raise DomainError("household.same_person", _("这是同一个人。"), "who")
    # In the order of ids, so that two links at once do not wait for each other.
    list(Client.objects.locked().filter(pk__in=(client.root_id, other.root_id)).order_by("pk"))
    if membership_of(other) is not None:
        raise DomainError(
            "household_one_per_client", _("此人已属于一个家庭，请先移出。"), "who", status=409
        )
    mine = membership_of(client)
    household = mine.household if mine else Household(organization_id=client.organization_id)
    if mine is None:
        household.created_by = by
        household.save(force_insert=True)
        mine = _join(household, client.root_id, Relation.SELF, by)
    # To another member than the first the relation is known only on paper.
    known = relation if mine.relation == Relation.SELF else Relation.OTHER
    _join(household, other.root_id, known, by)
    audit.record(
        "household.member_add",
        by=by,
        on=household,
        client=client.uid,
        person=other.uid,
        relation=relation,
    )
    return household


def _join(household: Household, root_id: int, relation: str, by: User) -> HouseholdMember:
    member = HouseholdMember(
        organization_id=household.organization_id,
        household=household,
        client_id=root_id,
        relation=relation,
        created_by=by,
    )
    member.save(force_insert=True)
    return member


def _checked(reason: str) -> str:
    if len(reason.strip()) < LEAST:
        raise DomainError("household.needs_reason", _("请写明理由，至少 5 个字。"), "reason")
    return reason.strip()


def _locked(client: Client, household_id: int | None = None) -> HouseholdMember:
    """The person's membership, its family locked; in one family, where merged records brought several."""
    mine = membership_of(client)
    if household_id is not None:
        inside = memberships(client).filter(household_id=household_id)
        mine = inside.select_related("household").first() or mine
    if mine is None:
        raise DomainError("household.none", _("此人现在不属于任何家庭。"), status=409)
    Household.objects.locked().get(pk=mine.household_id)
    return mine


def _leave(members: list[HouseholdMember], reason: str) -> None:
    for member in members:
        member.left_on, member.left_reason = timezone.localdate(), reason
        member.save(update_fields=["left_on", "left_reason"])


@command
def household_leave(*, client: Client, member: HouseholdMember, reason: str, by: User) -> Household:
    """Take one member out of the person's family; a family of one is dissolved with the same reason.

    Raises:
        DomainError: `household.needs_reason` on reason, `household.none`, `household.not_member` (409).
    """
    require(can_link_household, by, client)
    reason = _checked(reason)
    household = _locked(client, member.household_id).household
    current = list(household.members.filter(left_on__isnull=True).order_by("id"))
    leaving = [one for one in current if one.pk == member.pk]
    if not leaving:
        raise DomainError("household.not_member", _("此人已不在这个家庭。"), status=409)
    staying = [one for one in current if one.pk != member.pk]
    if len(staying) < FEWEST:
        return _dissolve(household, current, reason, by)
    _leave(leaving, reason)
    if leaving[0].relation == Relation.SELF:
        # The relations of the others were to somebody who is gone.
        household.members.filter(left_on__isnull=True).update(relation=Relation.OTHER)
    audit.record(
        "household.member_end", by=by, on=household, client=client.uid, subject_uid=member.uid
    )
    return household


@command
def household_dissolve(*, client: Client, reason: str, by: User) -> Household:
    """End the link of the whole family; the rows stay with the reason.

    Raises:
        DomainError: `household.needs_reason` on reason, `household.none` (409).
    """
    require(can_link_household, by, client)
    reason = _checked(reason)
    household = _locked(client).household
    current = list(household.members.filter(left_on__isnull=True).order_by("id"))
    return _dissolve(household, current, reason, by)


def _dissolve(
    household: Household, current: list[HouseholdMember], reason: str, by: User
) -> Household:
    _leave(current, reason)
    household.dissolved_on, household.dissolved_reason = timezone.localdate(), reason
    household.save(update_fields=["dissolved_on", "dissolved_reason"])
    audit.record("household.end", by=by, on=household, count=len(current))
    return household
