"""The lists of casework as files: what their pages show, and with a reason who it is."""

from django.utils.translation import gettext_lazy as _

from cases.models.activities import Activity
from cases.models.casework import Case, Referral
from cases.models.codes import NeedCategory
from cases.models.people import Client, Episode
from cases.models.service_codes import ServiceContent
from cases.models.state_aid import StateAid
from cases.models.work import Contact, Need
from cases.querysets import DOOR_ROLES, LIST_COLUMNS, LISTING_ROLES
from departments.services.export_columns import (
    Column,
    beside,
    choice,
    choices,
    day,
    minute,
    yes_no,
)
from departments.services.exporting import Listing, Part, person_named

IN_CLEAR = tuple(
    f"{one}__{name}"
    for one in ("client", "client__root")
    for name in ("name", "id_no", "id_type", "phone")
)


PERSON = Part(
    (
        Column(_("服务对象"), Client, "name_masked"),
        choice(_("性别"), Client, "sex"),
        Column(_("出生年"), Client, "birth_year"),
    ),
    lambda row: row.client and row.client.person,
    "client__root__",
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
                choice(_("阶段"), Case, "stage"),
                choice(_("风险"), Case, "risk_level"),
                choice(_("优先级"), Case, "priority"),
                choice(_("来源"), Case, "source"),
                choices(_("需求"), Need, "category", "need_codes", NeedCategory),
                beside(_("病区"), Episode, "ward", "ward_name"),
                beside(_("床号"), Episode, "bed", "bed"),
                day(_("登记"), Case, "opened_at"),
                day(_("分派"), Case, "assigned_at"),
                beside(_("最近接触"), Contact, "occurred_on", "last_contact_on"),
                day(_("结束"), Case, "closed_at"),
                choice(_("结案原因"), Case, "close_reason"),
            )
        ),
        person_named(_("主责"), "worker"),
    ),
    clear=(IDENTITY,),
    loads=(*LIST_COLUMNS, *IN_CLEAR),
)
REFERRALS = Listing(
    kind="referrals",
    roles=DOOR_ROLES,
    parts=(
        Part(
            (
                minute(_("收到时间"), Referral, "received_at"),
                minute(_("应答期限"), Referral, "due_at"),
                choice(_("紧急程度"), Referral, "urgency"),
                choice(_("状态"), Referral, "state"),
                beside(_("转介科室"), Referral, "from_department", "from_department", "name"),
                Column(_("转介人"), Referral, "from_text"),
                minute(_("接单时间"), Referral, "claimed_at"),
            )
        ),
        PERSON,
        person_named(_("接单社工"), "claimed_by"),
    ),
    clear=(IDENTITY, Part((Column(_("转介原因"), Referral, "reason"),))),
)
# Who the cases are of, one row a person: the register's own facts, and how many of the cases are theirs.
PERSONS = Listing(
    kind="clients",
    roles=LISTING_ROLES,
    parts=(
        Part(
            (
                *PERSON.columns,
                yes_no(_("身份不明"), Client, "is_unidentified", (_("是"), _("否"))),
                beside(_("地区"), Client, "region", "region", "name"),
                choice(_("民事行为能力"), Client, "capacity"),
                Column(_("去世日期"), Client, "deceased_on"),
                day(_("登记日期"), Client, "created_at"),
                beside(_("个案数"), Case, "client", "case_count"),
            )
        ),
    ),
    clear=(
        Part(
            (
                *IDENTITY.columns,
                Column(_("出生日期"), Client, "birth_date"),
                Column(_("现住址"), Client, "address"),
            )
        ),
    ),
)
# What was done, when and by whom. The narrative leaves with its case, never as a list.
CONTACTS = Listing(
    kind="contacts",
    roles=LISTING_ROLES,
    parts=(
        Part((Column(_("个案编号"), Case, "number"),), lambda row: row.case, "case__"),
        PERSON,
        Part(
            (
                Column(_("日期"), Contact, "occurred_on"),
                minute(_("开始时间"), Contact, "starts_at"),
                Column(_("分钟"), Contact, "minutes"),
                choice(_("方式"), Contact, "mode"),
                choice(_("对象"), Contact, "target"),
                choice(_("阶段"), Contact, "phase"),
                choice(_("全程节点"), Contact, "checkpoint"),
                choices(_("服务内容"), Contact, "services", "services", ServiceContent),
                choices(_("涉及的需求"), Contact, "needs", "needs", NeedCategory),
                Column(_("下次日期"), Contact, "next_on"),
                minute(_("记录时间"), Contact, "created_at"),
            )
        ),
        person_named(_("记录人"), "created_by"),
        person_named(_("督导会签"), "countersigned_by"),
    ),
    clear=(IDENTITY,),
)
ACTIVITIES = Listing(
    kind="activities",
    roles=LISTING_ROLES,
    parts=(
        Part(
            (
                Column(_("日期"), Activity, "occurred_on"),
                choice(_("种类"), Activity, "kind"),
                beside(_("病区"), Activity, "ward", "ward", "name"),
                Column(_("地点"), Activity, "place"),
                Column(_("主题"), Activity, "topic"),
                Column(_("人数"), Activity, "persons"),
                Column(_("人次"), Activity, "person_times"),
                Column(_("分钟"), Activity, "minutes"),
                Column(_("志愿者人数"), Activity, "volunteers"),
            )
        ),
        person_named(_("社工"), "created_by"),
    ),
)
STATE_AIDS = Listing(
    kind="state_aids",
    roles=LISTING_ROLES,
    parts=(
        Part(
            (Column(_("个案编号"), Case, "number"),),
            lambda row: row.case,
            "case__",
        ),
        Part(
            PERSON.columns,
            lambda row: row.case.client and row.case.client.person,
            "case__client__root__",
        ),
        Part(
            (
                choice(_("救助种类"), StateAid, "kind"),
                Column(_("向谁申请"), StateAid, "authority"),
                choice(_("由谁申请"), StateAid, "applicant"),
                choice(_("办理进度"), StateAid, "state"),
                Column(_("递交日期"), StateAid, "filed_on"),
                Column(_("应答复日期"), StateAid, "answer_due_on"),
                Column(_("答复日期"), StateAid, "answered_on"),
                Column(_("申请金额"), StateAid, "applied"),
                Column(_("批准金额"), StateAid, "granted"),
                Column(_("到账金额"), StateAid, "received"),
                Column(_("到账日期"), StateAid, "received_on"),
                choice(_("未批准的原因"), StateAid, "refusal"),
            )
        ),
        person_named(_("主责"), "case__worker"),
    ),
    clear=(
        Part(IDENTITY.columns, lambda row: row.case.client and row.case.client.person),
        Part((Column(_("答复内容"), StateAid, "answer"),)),
    ),
)
