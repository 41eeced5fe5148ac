"""The lists of casework as files: what their pages show, and with a reason who it is."""

from typing import Any

from django.db.models import Expression, F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.activities import Activity
from cases.models.casework import Case, Referral
from cases.models.codes import CaseSource, CloseReason, NeedCategory, Priority, RiskLevel, Sex
from cases.models.people import Client, Episode
from cases.models.state_aid import StateAid
from cases.models.work import Contact, Need
from cases.querysets import DOOR_ROLES, LIST_COLUMNS, LISTING_ROLES
from cases.workflow import CaseStage
from departments.models.people import User
from departments.services.exporting import Column, Listing, Part
from msw_portal.kernel.tables.copying import Day, Labels, label

IN_CLEAR = tuple(
    f"{one}__{name}"
    for one in ("client", "client__root")
    for name in ("name", "id_no", "id_type", "phone")
)


def _day(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}" if at else ""


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _needs(row: Case) -> str:
    return "、".join(str(NeedCategory(code).label) for code in row.need_codes or ())


def _case_columns() -> list[Expression | F]:
    """The columns of CASES as the database says them, in the language of the moment."""
    return [
        F("number"),
        F("client__root__name_masked"),
        label("client__root__sex", Sex.choices),
        F("client__root__birth_year"),
        label("stage", CaseStage.choices),
        label("risk_level", RiskLevel.choices),
        label("priority", Priority.choices),
        label("source", CaseSource.choices),
        Labels("need_codes", NeedCategory.choices),
        F("ward_name"),
        F("bed"),
        Day("opened_at"),
        Day("assigned_at"),
        F("last_contact_on"),
        Day("closed_at"),
        label("close_reason", CloseReason.choices),
        F("worker__display_name"),
    ]


PERSON = Part(
    (
        Column(_("服务对象"), Client, "name_masked"),
        Column(_("性别"), Client, "sex", lambda row: row.get_sex_display()),
        Column(_("出生年"), Client, "birth_year"),
    ),
    lambda row: row.client and row.client.person,
)
IDENTITY = Part(
    (
        Column(_("姓名"), Client, "name"),
        Column(_("证件号码"), Client, "id_no"),
        Column(_("联系电话"), Client, "phone"),
    ),
    lambda row: row.client and row.client.person,
)
CASES = Listing(
    kind="cases",
    roles=LISTING_ROLES,
    parts=(
        Part((Column(_("个案编号"), Case, "number"),)),
        PERSON,
        Part(
            (
                Column(_("阶段"), Case, "stage", lambda row: row.get_stage_display()),
                Column(_("风险"), Case, "risk_level", lambda row: row.get_risk_level_display()),
                Column(_("优先级"), Case, "priority", lambda row: row.get_priority_display()),
                Column(_("来源"), Case, "source", lambda row: row.get_source_display()),
                Column(_("需求"), Need, "category", _needs),
                Column(_("病区"), Episode, "ward", lambda row: row.ward_name),
                Column(_("床号"), Episode, "bed", lambda row: row.bed),
                Column(_("登记"), Case, "opened_at", lambda row: _day(row.opened_at)),
                Column(_("分派"), Case, "assigned_at", lambda row: _day(row.assigned_at)),
                Column(_("最近接触"), Contact, "occurred_on", lambda row: row.last_contact_on),
                Column(_("结束"), Case, "closed_at", lambda row: _day(row.closed_at)),
                Column(
                    _("结案原因"), Case, "close_reason", lambda row: row.get_close_reason_display()
                ),
            )
        ),
        Part((Column(_("主责"), User, "display_name"),), lambda row: row.worker),
    ),
    clear=(IDENTITY,),
    loads=(*LIST_COLUMNS, *IN_CLEAR),
    copied=_case_columns,
)
REFERRALS = Listing(
    kind="referrals",
    roles=DOOR_ROLES,
    parts=(
        Part(
            (
                Column(
                    _("收到时间"), Referral, "received_at", lambda row: _moment(row.received_at)
                ),
                Column(_("应答期限"), Referral, "due_at", lambda row: _moment(row.due_at)),
                Column(_("紧急程度"), Referral, "urgency", lambda row: row.get_urgency_display()),
                Column(_("状态"), Referral, "state", lambda row: row.get_state_display()),
                Column(
                    _("转介科室"),
                    Referral,
                    "from_department",
                    lambda row: row.from_department.name if row.from_department else "",
                ),
                Column(_("转介人"), Referral, "from_text"),
                Column(_("接单时间"), Referral, "claimed_at", lambda row: _moment(row.claimed_at)),
            )
        ),
        PERSON,
        Part((Column(_("接单社工"), User, "display_name"),), lambda row: row.claimed_by),
    ),
    clear=(IDENTITY, Part((Column(_("转介原因"), Referral, "reason"),))),
)
ACTIVITIES = Listing(
    kind="activities",
    roles=LISTING_ROLES,
    parts=(
        Part(
            (
                Column(_("日期"), Activity, "occurred_on"),
                Column(_("种类"), Activity, "kind", lambda row: row.get_kind_display()),
                Column(_("病区"), Activity, "ward", lambda row: row.ward.name if row.ward else ""),
                Column(_("地点"), Activity, "place"),
                Column(_("主题"), Activity, "topic"),
                Column(_("人数"), Activity, "persons"),
                Column(_("人次"), Activity, "person_times"),
                Column(_("分钟"), Activity, "minutes"),
                Column(_("志愿者人数"), Activity, "volunteers"),
            )
        ),
        Part((Column(_("社工"), User, "display_name"),), lambda row: row.created_by),
    ),
)
STATE_AIDS = Listing(
    kind="state_aids",
    roles=LISTING_ROLES,
    parts=(
        Part(
            (Column(_("个案编号"), Case, "number", lambda row: row.number),),
            lambda row: row.case,
        ),
        Part(PERSON.columns, lambda row: row.case.client and row.case.client.person),
        Part(
            (
                Column(_("救助种类"), StateAid, "kind", lambda row: row.get_kind_display()),
                Column(_("向谁申请"), StateAid, "authority"),
                Column(
                    _("由谁申请"), StateAid, "applicant", lambda row: row.get_applicant_display()
                ),
                Column(_("办理进度"), StateAid, "state", lambda row: row.get_state_display()),
                Column(_("递交日期"), StateAid, "filed_on"),
                Column(_("应答复日期"), StateAid, "answer_due_on"),
                Column(_("答复日期"), StateAid, "answered_on"),
                Column(_("申请金额"), StateAid, "applied"),
                Column(_("批准金额"), StateAid, "granted"),
                Column(_("到账金额"), StateAid, "received"),
                Column(_("到账日期"), StateAid, "received_on"),
                Column(
                    _("未批准的原因"), StateAid, "refusal", lambda row: row.get_refusal_display()
                ),
            )
        ),
        Part((Column(_("主责"), User, "display_name"),), lambda row: row.case.worker),
    ),
    clear=(
        Part(IDENTITY.columns, lambda row: row.case.client and row.case.client.person),
        Part((Column(_("答复内容"), StateAid, "answer"),)),
    ),
)
