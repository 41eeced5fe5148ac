"""Sharing inside the hospital: a clinician reads what the person's `mdt_share` consent names, for its time."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from cases.consent_permissions import can_share_mdt
from cases.models.casework import Case
from cases.models.codes import ConsentKind, DisclosureLevel, Secrecy, ShareItem, TeamItem
from cases.models.consents import Consent, Disclosure
from cases.models.team import CaseMember
from cases.models.work import Goal, Need
from cases.services.clocks import end_of_day
from cases.services.disclosures import copy_empty, copy_freeze, payload_hash
from cases.services.intake import holds_role
from cases.services.referral_copies import case_facts
from departments import audit
from departments.models.people import Role, User
from departments.services import outbox
from departments.services.tasks import notify
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import enter

MAX_DAYS = 180


def clinicians(*, by: User) -> QuerySet[User]:
    """Who may be given a share today: doctors and nurses of the own house with an account."""
    return (
        User.objects.filter(
            memberships__organization_id=by.house_id,
            memberships__role=Role.CLINICIAN,
            memberships__valid__contains=timezone.localdate(),
            is_active=True,
        )
        .distinct()
        .order_by("display_name", "pk")
    )


def mdt_consent(case: Case) -> Consent | None:
    """The live consent to share inside the hospital, for this case or the person as a whole."""
    live = (
        Consent.objects.live()
        .of_person(case.client)
        .filter(kind=ConsentKind.MDT_SHARE, case__in=[case.pk])
    ) | Consent.objects.live().of_person(case.client).filter(
        kind=ConsentKind.MDT_SHARE, case__isnull=True
    )
    return live.order_by("-signed_at").first()


def team_facts(case: Case) -> Mapping[str, Any]:
    """What a summary may say, by the code of the consent's item; papers and narrative are never in it."""
    needs = Need.objects.filter(organization_id=case.organization_id, case=case)
    goals = Goal.objects.filter(
        organization_id=case.organization_id, case=case, plan__state="approved"
    ).order_by("rank", "id")
    return {
        **case_facts(case),
        ShareItem.SEX.value: str(case.client.person.get_sex_display()),
        TeamItem.NEEDS.value: "；".join(
            dict.fromkeys(str(one.get_category_display()) for one in needs.order_by("rank", "id"))
        ),
        TeamItem.GOALS.value: "\n".join(
            f"{one.statement}（{one.get_gas_display()}）" if one.gas is not None else one.statement
            for one in goals
        ),
        TeamItem.RISK.value: str(case.get_risk_level_display()),
    }


def shared_now(case: Case, items: Iterable[str]) -> dict[str, Any]:
    """What a share of `items` would say at this moment."""
    known = team_facts(case)
    return {item: known.get(item, "") for item in items}


def _check(case: Case, consent: Consent | None, items: list[str], until: dt.date) -> Consent:
    if case.secrecy == Secrecy.RESTRICTED:
        raise DomainError(
            "mdt.not_at_level5", _("5 级保密个案不在团队中共享，只有指名的人能查阅。"), status=409
        )
    if consent is None:
        raise DomainError("mdt.needs_consent", _("没有有效的院内团队共享同意，请先登记。"), "items")
    if not items or set(items) - set(consent.items):
        raise DomainError("mdt.item_not_consented", _("只能共享同意书写明的内容。"), "items")
    today = timezone.localdate()
    if not today <= until <= today + dt.timedelta(days=MAX_DAYS):
        raise DomainError(
            "mdt.until", _("截止日期从今天起，最长 %(n)s 天。") % {"n": MAX_DAYS}, "until"
        )
    if consent.valid_to is not None and until > consent.valid_to:
        raise DomainError("mdt.after_consent", _("不能晚于同意书的有效期。"), "until")
    return consent


@command
def mdt_share(
    *, case: Case, clinician: User, items: Iterable[str], until: dt.date, by: User
) -> Disclosure:
    """Show `items` (codes of ShareItem and TeamItem) to one clinician to the end of `until`.

    Sharing again replaces what the clinician had. Withdrawing the consent, raising the case to level
    5 and ending the membership empty the copy in the same transaction.

    Raises:
        DomainError: `mdt.*` on clinician, items or until.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_share_mdt, by, case)
    items = sorted(set(items))
    if not holds_role(clinician, Role.CLINICIAN, organization_id=case.organization_id):
        raise DomainError("mdt.not_a_clinician", _("所选人员现在不是本院医护。"), "clinician")
    consent = _check(case, mdt_consent(case), items, until)
    # Whoever withdraws meanwhile waits, and then empties this copy too.
    Consent.objects.locked().get(pk=consent.pk)
    disclosure = copy_freeze(
        organization=case.organization,
        recipient=None,
        recipient_user=clinician,
        link=None,
        consent=consent,
        level=DisclosureLevel.MDT,
        subject=_member(case, clinician, by),
        payload=shared_now(case, items),
        expires_at=end_of_day(until),
        by=by,
    )
    audit.record("case.share_mdt", by=by, on=case, user=clinician.uid, items=items, until=until)
    outbox.put(
        "mdt.shared",
        organization_id=case.organization_id,
        subject=disclosure,
        clinician=clinician.pk,
        disclosure=disclosure.pk,
    )
    return disclosure


def _member(case: Case, clinician: User, by: User) -> CaseMember:
    """The clinician's place in the team (三位一体), made when it is not there."""
    today = timezone.localdate()
    found = CaseMember.objects.filter(
        case=case, user=clinician, role="clinician", valid__contains=today
    ).first()
    if found is None:
        found = CaseMember(
            organization_id=case.organization_id,
            case=case,
            user=clinician,
            role="clinician",
            valid=DateRange(today, None),
            created_by=by,
        )
        found.save(force_insert=True)
    return found


@command
def mdt_unshare(*, disclosure: Disclosure, case: Case, by: User) -> None:
    """Take a share back before its time; the clinician reads nothing of it any more.

    Raises:
        DomainError: `mdt.is_over` (409).
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_share_mdt, by, case)
    if disclosure.withdrawn_at is not None:
        raise DomainError("mdt.is_over", _("共享已经结束。"), status=409)
    copy_empty(disclosure, reason="by_hand", by=by)


@command
def mdt_renew(*, disclosure: Disclosure, case: Case, by: User) -> Disclosure:
    """Bring one share up to date: the same clinician, items and last day; the clinician hears of it.

    Raises:
        DomainError: `mdt.is_over` (409), `mdt.*` as of `mdt_share` when the consent no longer covers it.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_share_mdt, by, case)
    live = Disclosure.objects.live().select_related("recipient_user").filter(pk=disclosure.pk)
    if (row := live.first()) is None or row.recipient_user is None or row.expires_at is None:
        raise DomainError("mdt.is_over", _("共享已经结束。"), status=409)
    return mdt_share(
        case=case,
        clinician=row.recipient_user,
        items=row.fields,
        until=timezone.localdate(row.expires_at),
        by=by,
    )


def outdated(case: Case, shares: Iterable[Disclosure]) -> set[int]:
    """Ids of the shares that say something else than the case says now; the facts are read once for all."""
    shares = list(shares)
    if not shares:
        return set()
    known = team_facts(case)
    return {
        one.pk
        for one in shares
        if bytes(one.payload_hash)
        != payload_hash({item: known.get(item, "") for item in one.fields})
    }


def mdt_shares(case: Case, *, by: User) -> list[Disclosure]:
    """What clinicians may read of the case now, newest first."""
    members = CaseMember.objects.filter(case=case, role="clinician").values("pk")
    return list(
        Disclosure.objects.visible_to(by)
        .live()
        .filter(level=DisclosureLevel.MDT, subject_kind="casemember", subject_id__in=members)
        .select_related("recipient_user")
        .order_by("-id")
    )


def share_labels(fields: Iterable[str]) -> list[str]:
    """The items in words, in the order of the lists."""
    words = {**dict(TeamItem.choices), **dict(ShareItem.choices)}
    chosen = set(fields)
    return [str(word) for code, word in words.items() if code in chosen]


def share_lines(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text of what was shared; what is not known is said so."""
    words = {**dict(ShareItem.choices), **dict(TeamItem.choices)}
    return [
        (str(word), str(payload[code] or _("没有登记")))
        for code, word in words.items()
        if code in payload
    ]


def share_told(*, house: int, uid: Any, clinician: int, disclosure: int) -> int:
    """Tell the clinician once; runs in the house's scope as the system."""
    enter(org=house, user=clinician, role="system")
    told = notify(
        users=[clinician],
        organization_id=house,
        kind="mdt.shared",
        subject=Disclosure(pk=disclosure, uid=uid),
        dedup_key=f"mdt.shared:{disclosure}",
    )
    enter(org=house, role="system", care=house)
    return told
