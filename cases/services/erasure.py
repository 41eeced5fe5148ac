"""Deleting what a person asks to be deleted: what the law keeps, what goes, and what is made nameless (PIPL 47)."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.group_workflow import GROUP_FINAL
from cases.models.casework import Case
from cases.models.codes import ConsentKind, IdType, VisitType
from cases.models.consents import Consent, Disclosure
from cases.models.families import CareFlag, SubjectRequest
from cases.models.groups import Attendance, GroupMember
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.reveals import IdentityReveal
from cases.models.service_codes import SubjectRequestKind
from cases.person_permissions import can_erase_for_subject_request
from cases.services.capacity import capacity_forget
from cases.services.consents import consent_withdraw
from cases.services.merged_facts import merges_forget
from cases.services.people import GONE, index_client, set_name
from cases.services.person_copy import consents_to_copy
from cases.services.twins import twins_forget
from cases.workflow import SubjectRequestState
from departments import audit
from departments.models.people import User
from departments.services.policies import retention_rule
from departments.services.retention import years_after
from departments.services.searching import hold_object, index_object
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

# Withdrawing one of these stops nothing the person was promised.
OPTIONAL = frozenset(
    {
        ConsentKind.RECORDING,
        ConsentKind.PHOTO_PUBLICITY,
        ConsentKind.PUBLIC_NOTICE,
        ConsentKind.RESEARCH,
        ConsentKind.VOLUNTEER_VISIT,
        ConsentKind.FOLLOW_UP_CONTACT,
    }
)


@dataclass(frozen=True)
class Kept:
    """What stays, by which rule, and until when (None: until the case is over)."""

    what: str
    rule: str | Promise
    until: dt.date | None


@dataclass(frozen=True)
class Part:
    """Something that can be deleted; `count` rows hold it now, `why_not` says why it cannot."""

    code: str
    label: str | Promise
    count: int
    why_not: str | Promise = ""


def kept_of(client: Client, by: User) -> list[Kept]:
    """What the law keeps of this person, of the cases `by` may open and of what was handed out.

    How long is the dated rule of kind `retention` in force today.
    """
    kept, years = [], retention_rule()
    if client.legal_hold:
        kept.append(Kept(str(_("全部记录")), _("争议或司法程序中封存"), None))
    cases = Case.objects.visible_to(by).of_person(client).select_related("episode")
    for case in cases.order_by("opened_at", "id"):
        number = case.number or str(case.get_stage_display())
        if case.closed_at is None:
            rule = _("处理目的尚未实现（个人信息保护法第四十七条）")
            kept.append(Kept(str(_("在办个案 %s") % number), rule, None))
            continue
        is_stay = case.episode is not None and case.episode.visit_type == VisitType.INPATIENT
        least = years.inpatient_years if is_stay else years.outpatient_years
        until = years_after(timezone.localdate(case.closed_at), least)
        if until >= timezone.localdate():
            said = (
                _("随住院病历保存不少于 %(n)d 年")
                if is_stay
                else _("随门急诊病历保存不少于 %(n)d 年")
            )
            rule = said % {"n": least}
            kept.append(Kept(str(_("个案 %s") % number), rule, until))
    shared = Disclosure.objects.filter(
        organization_id=client.organization_id,
        consent__in=Consent.objects.visible_to(by).of_person(client),
    ).order_by("-created_at")
    if (last := shared.first()) is not None:
        until = years_after(timezone.localdate(last.created_at), years.sharing_years)
        if until >= timezone.localdate():
            said = _("提供个人信息的记录保存不少于 %(n)d 年（网络数据安全管理条例第十二条）")
            rule = said % {"n": years.sharing_years}
            kept.append(Kept(str(_("对外提供的记录")), rule, until))
    return kept


def traces_kept() -> str:
    """What of the work on the request itself stays, and how long."""
    rule = retention_rule()
    said = _(
        "访问日志（不少于 %(months)d 个月，网络安全法第二十一条）和本次请求的办理记录（不少于 %(years)d 年）照常保留。"
    )
    return str(said % {"months": rule.log_months, "years": rule.request_years})


def _filed(client: Client) -> tuple[bool, bool]:
    """Whether any record of the house rests on the identity, and whether somebody is at work for the person.

    Asked beyond the compartments, and answered with nothing but yes or no: a file that the asker may
    not know of must not lose its person.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.person_is_filed(%s)", [client.root_id])
        return cursor.fetchone()


def parts_of(client: Client, by: User) -> list[Part]:
    """What can be deleted of the person now."""
    records = Client.objects.same_person(client)
    relatives = _relatives(client)
    is_filed, is_served = _filed(client)
    held = _("记录已封存") if client.legal_hold else ""
    served = held or (_("正在服务中，联系时要用") if is_served else "")
    filed = held or (_("仍被依法保存的记录引用，保存期满后按销毁程序处理") if is_filed else "")
    contact = sum(bool(one.phone or one.address) for one in records)
    numbers = sum(bool(one.phone or one.id_no) for one in relatives)
    return [
        Part("contact", _("电话和住址"), contact, served),
        Part("household", _("家庭情况"), sum(bool(one.household) for one in records), held),
        Part("relatives", _("家属的电话和证件号码"), numbers, served),
        Part(
            "groups",
            _("小组里记的个别观察、筛选记录和联系方式"),
            _group_notes(client),
            held
            or (
                _("小组还在进行")
                if _memberships(client).exclude(group__stage__in=GROUP_FINAL).exists()
                else ""
            ),
        ),
        Part("consents", _("可选的同意（撤回）"), _optional(client, by).count(), held),
        Part("identity", _("姓名、证件、出生日期和就诊号（去除身份）"), len(records), filed),
    ]


def _relatives(client: Client) -> Iterable[RelatedPerson]:
    return RelatedPerson.objects.filter(
        organization_id=client.organization_id, client__root_id=client.root_id
    )


def _memberships(client: Client) -> Any:
    return GroupMember.objects.filter(
        organization_id=client.organization_id, client__root_id=client.root_id
    )


def _noted(client: Client) -> Any:
    """Attendance of the person in any group, with a note."""
    return Attendance.objects.filter(
        organization_id=client.organization_id,
        member__client__root_id=client.root_id,
        note__isnull=False,
    )


def _group_notes(client: Client) -> int:
    written = Q(contact__isnull=False) | Q(screening__isnull=False)
    return _memberships(client).filter(written).count() + _noted(client).count()


def _optional(client: Client, by: User) -> Any:
    rows = consents_to_copy(client, by).live()
    return rows.filter(kind__in=OPTIONAL).select_related("case", "client")


@command
def subject_request_erase(
    *, asked: SubjectRequest, parts: Iterable[str], by: User
) -> SubjectRequest:
    """Delete the named parts at once; what was deleted stands in the request as parts and numbers.

    Raises:
        DomainError: `erase.wrong_request` (409), `erase.nothing`, `erase.part_is_kept` on parts.
    """
    asked = SubjectRequest.objects.locked().select_related("client").get(pk=asked.pk)
    require(can_erase_for_subject_request, by, asked)
    if asked.kind != SubjectRequestKind.DELETE or asked.state != SubjectRequestState.ACCEPTED:
        raise DomainError(
            "erase.wrong_request", _("受理了删除请求之后、答复之前才能删除。"), status=409
        )
    client = Client.objects.locked().get(pk=asked.client_id)
    offered = {part.code: part for part in parts_of(client, by) if part.count}
    wanted = [code for code in dict.fromkeys(parts) if code in offered]
    if not wanted:
        raise DomainError("erase.nothing", _("请选择要删除的内容。"), "parts")
    for code in wanted:
        if offered[code].why_not:
            raise DomainError(
                "erase.part_is_kept",
                _("“%(part)s”不能删除：%(why)s。")
                % {"part": offered[code].label, "why": offered[code].why_not},
                "parts",
            )
    for code in wanted:
        ERASERS[code](client, asked, by)
    counts = {code: offered[code].count for code in wanted}
    asked.erased = {**asked.erased, **counts}
    asked.save(update_fields=["erased"])
    audit.record("subject_request.erase", by=by, on=asked, client=client.uid, parts=counts)
    return asked


def _records(client: Client) -> list[Client]:
    return list(Client.objects.same_person(client).locked().order_by("pk"))


def _erase_contact(client: Client, asked: SubjectRequest, by: User) -> None:
    for one in _records(client):
        one.phone = one.address = None
        one.save()
        index_client(one)
    merges_forget(client, ("phone", "address"))


def _erase_household(client: Client, asked: SubjectRequest, by: User) -> None:
    for one in _records(client):
        one.household = {}
        one.save(update_fields=["household"])
    merges_forget(client, ("household",))


def _erase_relatives(client: Client, asked: SubjectRequest, by: User) -> None:
    for one in _relatives(client):
        one.phone = one.id_no = None
        one.save()


def _erase_groups(client: Client, asked: SubjectRequest, by: User) -> None:
    """What was noted of the person alone; that somebody was there stays, so that counts stay true."""
    for member in _memberships(client).locked().order_by("pk"):
        member.contact = member.screening = None
        member.save(update_fields=["contact", "screening"])
    for row in _noted(client).locked().order_by("pk"):
        row.note = None
        row.save(update_fields=["note"])


def _withdraw_optional(client: Client, asked: SubjectRequest, by: User) -> None:
    for consent in list(_optional(client, by)):
        consent_withdraw(
            consent=consent,
            reason=str(_("本人请求删除")),
            withdrawn_by=asked.requester_relation,
            by=by,
        )


def _erase_identity(client: Client, asked: SubjectRequest, by: User) -> None:
    """Nothing of the person can be told or restored; the rows stay, so that counts stay true."""
    for one in _records(client):
        set_name(one, GONE)
        one.name_masked = GONE
        one.id_type, one.id_no, one.phone, one.address = IdType.NONE, None, None, None
        one.birth_date, one.birth_year, one.birth_unknown = None, None, True
        one.household, one.region = {}, None
        capacity_forget(one)
        one.save()
        hold_object(kind="client", object_id=one.pk)
        index_object(
            organization_id=one.organization_id, kind="client", object_id=one.pk, grams=set()
        )
        twins_forget(one)
    merges_forget(client)
    for relative in _relatives(client):
        relative.name, relative.phone, relative.id_no = GONE, None, None
        relative.save()
    house = {"organization_id": client.organization_id, "client__root_id": client.root_id}
    for stay in Episode.objects.filter(**house):
        stay.mrn = stay.diagnosis = stay.diagnosis_codes = None
        stay.bed = stay.doctor = ""
        stay.save()
    for seen in IdentityReveal.objects.filter(**house):
        seen.reason = GONE
        seen.save(update_fields=["reason"])
    for flag in CareFlag.objects.filter(**house):
        flag.text = GONE
        flag.save(update_fields=["text"])


ERASERS: dict[str, Callable[[Client, SubjectRequest, User], None]] = {
    "contact": _erase_contact,
    "household": _erase_household,
    "relatives": _erase_relatives,
    "groups": _erase_groups,
    "consents": _withdraw_optional,
    "identity": _erase_identity,
}
