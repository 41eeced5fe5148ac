"""Everything the house keeps about a person that its reader may open, in sections: for paper and for transfer.

Other people's names and numbers are masked; what workers think (analysis, crisis reports, flags) and what
must not be told is no part of it.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.casework import Case, CaseForm
from cases.models.codes import DisclosureLevel, FormKind, FormState, Insurance, WelfareStatus
from cases.models.consents import Consent, Disclosure
from cases.models.groups import Attendance, GroupMember
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.state_aid import StateAid
from cases.models.work import Assessment, Contact, Goal, Need
from cases.querysets import CaseQuerySet, ConsentQuerySet
from cases.services.capacity import capacity_said
from cases.services.copy_sections import NOTHING, Section, day_of
from departments.models.mechanisms import Document
from departments.models.people import User
from msw_portal.kernel.display import money
from msw_portal.kernel.masking import mask_name

HOUSEHOLD = {
    "welfare_status": (gettext_lazy("困难身份"), dict(WelfareStatus.choices)),
    "insurance": (gettext_lazy("医保类型"), dict(Insurance.choices)),
    "members_count": (gettext_lazy("家庭人口"), {}),
}
# Written together with the person; crisis reports and minutes of meetings speak of others.
FORMS = (FormKind.F1, FormKind.F3, FormKind.F7, FormKind.F8, FormKind.F13)


def household_pairs(client: Client) -> list[tuple[Any, Any]]:
    """What the household's codes say, in words."""
    return [
        (label, words.get(client.household[name], client.household[name]))
        for name, (label, words) in HOUSEHOLD.items()
        if name in client.household
    ]


def cases_to_copy(client: Client, user: User) -> CaseQuerySet:
    """The person's cases the reader may open; one that stands open by break-glass is read, never handed out."""
    rows = Case.objects.visible_to(user).of_person(client)
    return rows.exclude(pk=user.acting.glass) if user.acting.glass else rows


def consents_to_copy(client: Client, user: User) -> ConsentQuerySet:
    """The consents the reader may see, with the same exception."""
    rows = Consent.objects.visible_to(user).of_person(client)
    if not user.acting.glass:
        return rows
    return rows.filter(Q(compartment_id__isnull=True) | ~Q(compartment_id=user.acting.glass))


def sections_of(client: Client, user: User) -> list[Section]:
    """The person, the people around, stays, cases and what was done, agreed and handed out."""
    cases = list(
        cases_to_copy(client, user)
        .select_related("department", "worker", "episode__ward")
        .order_by("opened_at", "id")
    )
    numbers = {one.pk: one.number or str(one.get_stage_display()) for one in cases}
    return [
        _person(client),
        _relatives(client, user),
        _stays(client, user),
        _cases(cases, numbers),
        _needs(user, numbers),
        _goals(user, numbers),
        _contacts(user, numbers),
        _assessments(user, numbers),
        _consents(client, user),
        disclosures(client, user, _("十、对外提供")),
        _files(client, user, numbers),
        _groups(client, user),
        _state_aid(user, numbers),
    ]


def _groups(client: Client, user: User) -> Section:
    """The groups the person took part in, and how often the person came; nothing of the others."""
    rows = GroupMember.objects.listed_to(user).filter(client__root_id=client.root_id)
    came = Attendance.objects.listed_to(user).filter(
        member__client__root_id=client.root_id, presence__in=("present", "late")
    )
    times = Counter(came.values_list("member_id", flat=True))
    table = [
        [
            one.group.name,
            str(one.get_state_display()),
            f"{day_of(one.joined_on)} – {day_of(one.left_on)}",
            str(times[one.pk]),
        ]
        for one in rows.select_related("group").order_by("id")
    ]
    return Section(
        _("十二、参加的小组"),
        head=[_("小组"), _("状态"), _("起止"), _("到过几节")],
        rows=table,
        widths=[5, 2, 4, 2],
    )


def _state_aid(user: User, numbers: dict[int, str]) -> Section:
    """What was asked of the state, what it answered, what came; the ground on which somebody else asked is
    said too, for it speaks of the person."""
    rows = StateAid.objects.visible_to(user).filter(case__in=numbers).order_by("case_id", "id")
    table = [
        [
            numbers[one.case_id],
            f"{one.get_kind_display()}\n{one.authority}",
            " · ".join(
                part for part in (str(one.get_applicant_display()), one.acting_ground or "") if part
            ),
            day_of(one.filed_on),
            f"{one.get_state_display()} {day_of(one.answered_on) if one.answered_on else ''}".strip(),
            " / ".join(
                NOTHING if amount is None else money(amount)
                for amount in (one.applied, one.granted, one.received)
            ),
            one.answer or str(one.get_refusal_display()) or NOTHING,
        ]
        for one in rows
    ]
    return Section(
        _("十三、国家救助"),
        head=[
            *(_("个案"), _("种类与受理机构"), _("由谁申请"), _("递交日期"), _("进度")),
            *(_("申请 / 批准 / 到账（元）"), _("答复")),
        ],
        rows=table,
        widths=[3, 4, 3, 2, 2, 3, 4],
    )


def _person(client: Client) -> Section:
    born = day_of(client.birth_date) if client.birth_date else str(_("不详"))
    pairs = [
        (_("姓名"), client.name),
        (_("性别"), str(client.get_sex_display())),
        (_("出生日期"), born),
        (_("证件类型"), str(client.get_id_type_display())),
        (_("证件号码"), client.id_no or NOTHING),
        (_("联系电话"), client.phone or NOTHING),
        (_("现住址"), client.address or NOTHING),
        *((str(label), str(value)) for label, value in household_pairs(client)),
        *([(_("民事行为能力"), said)] if (said := capacity_said(client)) else []),
        (_("登记日期"), day_of(client.created_at)),
    ]
    return Section(_("一、基本信息"), pairs)


def _relatives(client: Client, user: User) -> Section:
    rows = RelatedPerson.objects.visible_to(user).filter(client__root_id=client.root_id)
    table = [
        [str(one.get_relation_display()), mask_name(one.name), day_of(one.created_at)]
        for one in rows.order_by("id")
    ]
    return Section(
        _("二、家属与联系人（他人信息已遮盖）"),
        head=[_("关系"), _("姓名"), _("登记日期")],
        rows=table,
        widths=[2, 3, 2],
    )


def _stays(client: Client, user: User) -> Section:
    rows = Episode.objects.visible_to(user).filter(client__root_id=client.root_id)
    table = [
        [
            str(one.get_visit_type_display()),
            one.mrn or NOTHING,
            one.ward.name if one.ward else NOTHING,
            f"{day_of(one.admitted_on)} – {day_of(one.discharged_on)}",
            one.diagnosis_said or one.disease_group or NOTHING,
        ]
        for one in rows.select_related("ward").order_by("admitted_on", "id")
    ]
    return Section(
        _("三、就诊"),
        head=[_("类型"), _("病案号"), _("病区"), _("起止"), _("诊断")],
        rows=table,
        widths=[2, 3, 3, 4, 4],
    )


def _cases(cases: Iterable[Case], numbers: dict[int, str]) -> Section:
    table = [
        [
            numbers[one.pk],
            one.department.name,
            one.worker.display_name if one.worker else NOTHING,
            str(one.get_stage_display()),
            f"{day_of(one.opened_at)} – {day_of(one.closed_at)}",
            one.presenting_problem or NOTHING,
        ]
        for one in cases
    ]
    return Section(
        _("四、个案"),
        head=[_("编号"), _("部门"), _("主责社工"), _("阶段"), _("起止"), _("求助问题")],
        rows=table,
        widths=[4, 3, 2, 2, 4, 5],
    )


def _needs(user: User, numbers: dict[int, str]) -> Section:
    rows = Need.objects.visible_to(user).filter(case__in=numbers).order_by("case_id", "rank", "id")
    table = [
        [
            numbers[one.case_id],
            str(one.get_category_display()),
            one.statement,
            str(one.get_met_display() or NOTHING),
        ]
        for one in rows
    ]
    return Section(
        _("五、需求"),
        head=[_("个案"), _("类别"), _("描述"), _("满足情况")],
        rows=table,
        widths=[3, 2, 6, 2],
    )


def _goals(user: User, numbers: dict[int, str]) -> Section:
    rows = Goal.objects.visible_to(user).filter(case__in=numbers).select_related("plan")
    table = [
        [
            numbers[one.case_id],
            one.statement,
            one.indicator,
            str(one.get_gas_display() or NOTHING) if one.gas is not None else NOTHING,
        ]
        for one in rows.order_by("case_id", "plan__version", "rank", "id")
    ]
    return Section(
        _("六、目标"),
        head=[_("个案"), _("目标"), _("指标"), _("达成")],
        rows=table,
        widths=[3, 5, 3, 2],
    )


def _contacts(user: User, numbers: dict[int, str]) -> Section:
    rows = Contact.objects.visible_to(user).filter(case__in=numbers).select_related("created_by")
    table = [
        [
            day_of(one.occurred_on),
            numbers[one.case_id],
            _("补充记录") if one.addendum_to_id else str(one.get_mode_display()),
            one.created_by.display_name if one.created_by else NOTHING,
            one.facts,
        ]
        for one in rows.order_by("occurred_on", "id")
    ]
    return Section(
        _("七、服务过程与事实"),
        head=[_("日期"), _("个案"), _("方式"), _("记录人"), _("过程与事实")],
        rows=table,
        widths=[2, 3, 2, 2, 9],
    )


def _assessments(user: User, numbers: dict[int, str]) -> Section:
    rows = Assessment.objects.visible_to(user).final().filter(case__in=numbers)
    table = [
        [
            day_of(one.finalized_at),
            numbers[one.case_id],
            one.questionnaire.title,
            one.result or NOTHING,
            str((one.score or {}).get("band_zh") or NOTHING),
        ]
        for one in rows.select_related("questionnaire").order_by("finalized_at", "id")
    ]
    return Section(
        _("八、量表与筛查（不是诊断）"),
        head=[_("日期"), _("个案"), _("量表"), _("得分"), _("分级")],
        rows=table,
        widths=[2, 3, 5, 1, 2],
    )


def _consents(client: Client, user: User) -> Section:
    rows = consents_to_copy(client, user).select_related("recipient")
    table = [
        [
            day_of(one.signed_at),
            str(one.get_kind_display()),
            one.purpose,
            one.recipient.name if one.recipient else one.recipient_text or NOTHING,
            str(one.get_signer_relation_display()),
            str(one.get_state_display()),
        ]
        for one in rows.order_by("signed_at", "id")
    ]
    return Section(
        _("九、知情与授权"),
        head=[_("签署"), _("种类"), _("目的"), _("接收方"), _("签署人"), _("状态")],
        rows=table,
        widths=[2, 3, 4, 3, 2, 2],
    )


def disclosures_of(client: Client, user: User) -> list[Disclosure]:
    """The copies that left the house under consents the reader may see, the oldest first."""
    under = consents_to_copy(client, user)
    rows = Disclosure.objects.filter(organization_id=client.organization_id, consent__in=under)
    joins = ("recipient", "recipient_user", "consent__recipient")
    return list(rows.select_related(*joins).order_by("created_at", "id"))


def receiver_name(one: Disclosure) -> str:
    """Whoever a copy was given to, as people call it."""
    if one.recipient:
        return one.recipient.name
    if one.recipient_user:
        return one.recipient_user.display_name
    if one.consent and one.consent.recipient:
        return one.consent.recipient.name
    return (one.consent.recipient_text if one.consent else "") or NOTHING


def disclosures(client: Client, user: User, title: str) -> Section:
    """To whom what was handed out, and how often it was opened there."""
    table = [
        [
            day_of(one.created_at),
            receiver_name(one),
            str(DisclosureLevel(one.level).label),
            str(one.read_count),
            _("已撤回清空") if one.withdrawn_at else _("有效"),
        ]
        for one in disclosures_of(client, user)
    ]
    return Section(
        title,
        head=[_("日期"), _("接收方"), _("内容"), _("打开次数"), _("状态")],
        rows=table,
        widths=[2, 4, 4, 2, 2],
    )


def _files(client: Client, user: User, numbers: dict[int, str]) -> Section:
    """The papers of the cases, and those kept with the person."""
    people = Client.objects.visible_to(user).same_person(client)
    rows = Document.objects.visible_to(user).filter(
        Q(subject_kind="case", subject_id__in=list(numbers))
        | Q(subject_kind="client", subject_id__in=people.values("pk")),
        derived_from__isnull=True,
        voided_at__isnull=True,
    )
    table = [
        [
            day_of(one.created_at),
            numbers[one.subject_id] if one.subject_kind == "case" else NOTHING,
            one.title,
            str(one.pages or NOTHING),
        ]
        for one in rows.exclude(kind="dossier").order_by("id")
    ]
    return Section(
        _("十一、文书目录（可另行复制）"),
        head=[_("日期"), _("个案"), _("文件"), _("页数")],
        rows=table,
        widths=[2, 3, 6, 1],
    )


def forms_to_copy(client: Client, user: User) -> list[CaseForm]:
    """The finished forms that go into the copy, in the order of cases and numbers."""
    rows = CaseForm.objects.visible_to(user).filter(
        case__in=cases_to_copy(client, user),
        kind__in=FORMS,
        state=FormState.FINAL,
    )
    joins = ("client", "episode__ward", "worker", "supervisor", "department", "referral")
    rows = rows.select_related("case", *(f"case__{name}" for name in joins))
    return list(rows.order_by("case_id", "serial", "version", "id"))
