"""Members (G2): looked for or nameless, screened, admitted with consent, leaving."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.group_permissions import can_keep_group
from cases.group_workflow import GROUP_RUNNING, MEMBER, GroupStage, MemberState
from cases.models.codes import ConsentKind, Relation
from cases.models.consents import Consent
from cases.models.group_codes import AgreedBy
from cases.models.groups import Group, GroupMember
from cases.models.people import Client
from cases.services.groups.planning import group_locked
from cases.services.guardians import OF_AGE
from departments import audit
from departments.models.people import User
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import age_at

# Any of these says yes to taking part; the first is the text made for groups.
CONSENTS = (ConsentKind.GROUP_CONFIDENTIALITY, ConsentKind.SERVICE, ConsentKind.MINOR_GUARDIAN)


def check_running(group: Group) -> None:
    """Members come and go, sessions are held, while the group runs.

    Raises:
        DomainError: `group.not_running` (409).
    """
    if group.stage not in GROUP_RUNNING:
        raise DomainError(
            "group.not_running", _("计划批准之后、提交总结之前才能做这一步。"), status=409
        )


def is_under_age(client: Client, on: dt.date) -> bool:
    """Younger than 18 on that day, as far as the birth date is known."""
    return client.birth_date is not None and age_at(client.birth_date, on) < OF_AGE


def consents_for(client: Client, on: dt.date) -> list[Consent]:
    """The live consents of the person under which a member may join; of a minor those a guardian signed."""
    rows = Consent.objects.filter(
        organization_id=client.organization_id,
        client__root_id=client.root_id,
        kind__in=CONSENTS,
        compartment_id__isnull=True,
    ).select_related("template")
    found = [one for one in rows.order_by("-signed_at") if one.is_live]
    if is_under_age(client.person, on):
        found = [one for one in found if one.signer_relation != Relation.SELF]
    return found


@command
def member_register(
    *,
    group: Group,
    client: Client | None = None,
    alias: str = "",
    contact: str = "",
    is_minor: bool = False,
    screening: str = "",
    by: User,
) -> GroupMember:
    """Write somebody down who wants to take part: a person of the register, or an alias.

    Raises:
        DomainError: `group_member_is_somebody`, `group_member_once` on `client` (asked by root),
            `group_alias_once` on `alias`, `group.not_running` (409).
    """
    group = group_locked(group)
    require(can_keep_group, by, group)
    check_running(group)
    alias = alias.strip()
    if (client is None) == (not alias):
        raise DomainError(
            "group_member_is_somebody",
            _("组员是已登记的服务对象，或写一个组内代号，两者选一。"),
            "alias",
        )
    if client is not None:
        client = client.root
        if group.members.filter(client__root_id=client.root_id).exists():
            raise DomainError("group_member_once", _("这位服务对象已登记在这个小组。"), "client")
        is_minor = is_under_age(client, timezone.localdate())
    elif group.members.filter(alias=alias).exists():
        raise DomainError("group_alias_once", _("这个代号在小组里已经有人用。"), "alias")
    member = GroupMember(
        organization_id=group.organization_id,
        group=group,
        client=client,
        alias=alias,
        contact=contact.strip() or None,
        is_minor=is_minor,
        screening=screening.strip() or None,
        created_by=by,
    )
    member.save(force_insert=True)
    write_transition(member, MEMBER, "register", before="", by=by)
    audit.record(
        "group_member.register", by=by, on=member, group=group.uid, has_client=client is not None
    )
    return member


def _locked(member: GroupMember) -> GroupMember:
    group = group_locked(member.group)
    member = GroupMember.objects.locked().get(pk=member.pk)
    member.group = group
    return member


@command
def member_amend(
    *,
    member: GroupMember,
    contact: str = "",
    screening: str = "",
    is_minor: bool | None = None,
    base: int | None = None,
    by: User,
) -> GroupMember:
    """Correct what G2 says of the member; whether a person of the register is a minor says the birth date.

    Raises:
        DomainError: `group.not_running` (409), `form.stale` (409).
    """
    member = _locked(member)
    require(can_keep_group, by, member.group)
    check_running(member.group)
    check_base(base, member.row_version)
    member.contact, member.screening = contact.strip() or None, screening.strip() or None
    if is_minor is not None and member.client_id is None and member.joined_on is None:
        member.is_minor = is_minor
    member.save()
    audit.record("group_member.amend", by=by, on=member, group=member.group.uid)
    return member


def _check_agreement(
    member: GroupMember,
    consent: Consent | None,
    agreed_by: str,
    agreed_on: dt.date | None,
    on: dt.date,
) -> None:
    if member.client_id is not None:
        allowed = {one.pk for one in consents_for(member.client, on)}
        if consent is None:
            raise DomainError(
                "group_member_joined_agreed", _("请选这位服务对象签过的同意书。"), "consent"
            )
        if consent.pk not in allowed:
            raise DomainError(
                "group.consent_not_live",
                _("请选本人有效的同意书；未成年人须由监护人签署。"),
                "consent",
            )
        return
    if agreed_by not in AgreedBy.values:
        raise DomainError("group_member_joined_agreed", _("请选由谁同意。"), "agreed_by")
    if member.is_minor and agreed_by != AgreedBy.GUARDIAN:
        raise DomainError(
            "group_member_minor_has_guardian", _("未成年人入组须由监护人同意。"), "agreed_by"
        )
    if agreed_on is None:
        raise DomainError("group.needs_agreed_on", _("请填同意日期。"), "agreed_on")
    if agreed_on > on:
        raise DomainError("group.agreed_in_future", _("同意日期不能晚于入组日期。"), "agreed_on")


@command
def member_admit(
    *,
    member: GroupMember,
    joined_on: dt.date,
    consent: Consent | None = None,
    agreed_by: str = "",
    agreed_on: dt.date | None = None,
    by: User,
) -> GroupMember:
    """Screened and agreed: a member from `joined_on`. A closed group takes nobody after it has formed.

    Raises:
        DomainError: `group.is_full` (409), `group.is_closed` (409), `group.consent_not_live` and
            `group_member_joined_agreed` on `consent`, `group_member_minor_has_guardian` on `agreed_by`.
    """
    member = _locked(member)
    group = member.group
    require(can_keep_group, by, group)
    check_running(group)
    MEMBER.check(member, "admit")
    today = timezone.localdate()
    if joined_on > today:
        raise DomainError("group.joined_in_future", _("入组日期不能在将来。"), "joined_on")
    if group.openness == "closed" and group.stage not in (
        GroupStage.PREPARATION,
        GroupStage.FORMING,
    ):
        raise DomainError("group.is_closed", _("封闭式小组过了形成期不再收新组员。"), status=409)
    if group.members.filter(state=MemberState.JOINED).count() >= group.size_most:
        raise DomainError(
            "group.is_full",
            _("小组最多 %(most)s 人，已经满了。") % {"most": group.size_most},
            status=409,
        )
    _check_agreement(member, consent, agreed_by, agreed_on, joined_on)
    if member.client_id is not None:
        member.is_minor = is_under_age(member.client.person, joined_on)
        member.consent = consent
    else:
        member.agreed_by, member.agreed_on = agreed_by, agreed_on
    member.joined_on = joined_on
    also = ("joined_on", "consent", "agreed_by", "agreed_on", "is_minor")
    move(member, MEMBER, "admit", by=by, also=also)
    audit.record("group_member.admit", by=by, on=member, group=group.uid, joined_on=joined_on)
    return member


@command
def member_decline(*, member: GroupMember, reason: str, by: User) -> GroupMember:
    """Not for this group: the reason stays with the move.

    Raises:
        DomainError: `group_member.decline.needs_reason`, `group_member.decline.wrong_state`.
    """
    member = _locked(member)
    require(can_keep_group, by, member.group)
    check_running(member.group)
    move(member, MEMBER, "decline", by=by, reason=reason)
    audit.record("group_member.decline", by=by, on=member, group=member.group.uid)
    return member


@command
def member_leave(*, member: GroupMember, left_on: dt.date, reason: str, by: User) -> GroupMember:
    """A member leaves before the end; what was recorded of the member stays.

    Raises:
        DomainError: `group_member_dates_in_order` on `left_on`, `group_member.leave.wrong_state`.
    """
    member = _locked(member)
    require(can_keep_group, by, member.group)
    check_running(member.group)
    MEMBER.check(member, "leave", reason)
    if not member.joined_on <= left_on <= timezone.localdate():
        raise DomainError(
            "group_member_dates_in_order", _("退出日期在入组之后，不晚于今天。"), "left_on"
        )
    member.left_on = left_on
    move(member, MEMBER, "leave", by=by, reason=reason, also=("left_on",))
    audit.record("group_member.leave", by=by, on=member, group=member.group.uid, left_on=left_on)
    return member


def members_on(group: Group, day: dt.date) -> list[GroupMember]:
    """Who was a member on that day, in the order of joining: whom a session expects."""
    rows = group.members.filter(joined_on__lte=day).exclude(left_on__lt=day)
    return list(rows.select_related("client__root").order_by("joined_on", "id"))


def said_of(member: GroupMember) -> dict[str, Any]:
    """What the amending form starts from."""
    return {
        "contact": member.contact or "",
        "screening": member.screening or "",
        "is_minor": member.is_minor,
    }
