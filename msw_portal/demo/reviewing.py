"""Expert review in the demo world: the committee's eleven seats, the list of the third batch (2023), a batch under review.

The source names four of the forty-five projects of 2023; the other rows are made up and say so.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from departments.models.mechanisms import Questionnaire
from departments.models.organizations import Organization
from departments.models.people import Role, User
from departments.models.publishing import EntryKind
from departments.services.demo_access import demo_password_hash, demo_person
from departments.services.entering import house_scope
from departments.services.numbering import take_number
from departments.services.publishing import entry_publish
from msw_portal.demo.places import AUTHORITY, HOSPITAL_A, HOSPITAL_B
from msw_portal.demo.telling import acting
from projects.models.applications import Application, ApplicationParty, ApplicationVersion
from projects.models.calls import Call, CallVersion
from projects.models.experts import ExpertProfile
from projects.models.reviews import Review
from projects.services.announcing import NUMBER, list_payload
from projects.services.assigning import assignment_apply, assignment_propose
from projects.services.calls.writing import announced, content_hash
from projects.services.experts import appointment_make, expert_add
from projects.services.formality import formality_check
from projects.services.review_plans import checklist_default, plan_set
from projects.services.reviewing import review_submit
from projects.services.score_sheets import SHIPPED, score_sheet_make, score_sheet_publish
from projects.workflow.calls import ApplicationState, CallState

COMMITTEE, POSTS = "寻找最美医务社工专家委员会", ("主任委员", "副主任委员", "副主任委员")
NAMES = (
    *("顾示例", "程演示", "唐示例", "曹演示", "邵示例", "孟演示"),
    *("龙示例", "万演示", "段示例", "雷演示", "侯示例"),
)
GRADES = ("senior", "senior", "deputy")
FIELDS = (
    ("hospital", "evaluation"),
    ("hospital", "management"),
    ("community", "volunteers"),
    ("charity", "finance"),
)
# The four of 2023 that the source names: (unit, title, target group, diseases, settings).
KNOWN = (
    ("北京大学第一医院", "儿童癫痫患者共同照护服务项目", "儿童癫痫患者", ["other"], ["ward", "outpatient"]),
    ("北京大学人民医院", "髓爱童行——血液病儿童全程照护模式", "血液病儿童", ["child_blood"], ["ward"]),
    ("首都医科大学附属北京同仁医院", "眼科老年患者全病程服务模式探索", "眼科老年患者", ["other"], ["ward", "outpatient"]),
    ("东风社区卫生服务中心", "社区健康志愿者队伍的组建与赋能", "社区居民", [], ["community"]),
)  # fmt: skip
LISTED = 45
TITLES = (
    *("肿瘤患者家庭社会支持服务（演示）", "急诊患者心理援助与转介服务（演示）"),
    *("慢病老人出院后跟进服务（演示）", "住院儿童游戏与医疗准备服务（演示）"),
    *("安宁疗护家庭哀伤支持（演示）", "精神康复者社区融入服务（演示）"),
)
# What each of TITLES is about: (diseases, settings); some cells of the map stay blank.
ABOUT = (
    (["tumour"], ["ward", "outpatient"]),
    (["other"], ["emergency"]),
    (["cognitive"], ["community"]),
    (["child_blood"], ["ward"]),
    (["tumour"], ["ward", "community"]),
    (["youth_mood"], ["community", "outpatient"]),
)
COMMENTS = (
    "需求调研扎实，服务设计与目标对应；建议补充成效指标的来源。",
    "团队结构合理，可复制性较好；预算中宣传费用偏高，建议压缩。",
    "创新点清楚，伦理与隐私考虑周到；进度安排略紧。",
)


@dataclass(frozen=True)
class Desk:
    officer: User
    house: Organization


def build(made: dict[str, Organization], staff: dict[str, User], today: dt.date) -> int:
    """Make the experts and both batches; how many applications."""
    desk = Desk(staff["g.officer"], made[AUTHORITY])
    experts = _committee(desk, today)
    with acting(desk.officer):
        sheets = [
            score_sheet_publish(
                sheet=score_sheet_make(template=code, by=desk.officer), by=desk.officer
            )
            for code in SHIPPED
        ]
    past = _past(desk, made)
    units = [(made[HOSPITAL_A], staff["a.head"]), (made[HOSPITAL_B], staff["b.head"])]
    return past + _present(desk, units, experts, sheets[0], today)


def _committee(desk: Desk, today: dt.date) -> list[ExpertProfile]:
    password = demo_password_hash()
    with house_scope(desk.house.pk):
        people = [
            demo_person(
                username=f"g.expert{at + 1}",
                display_name=name,
                role=Role.EXPERT_REVIEWER,
                organization=desk.house,
                password_hash=password,
            )
            for at, name in enumerate(NAMES)
        ]
        for person in people:
            person.membership = person.memberships.get()
    seated = []
    with acting(desk.officer):
        for at, person in enumerate(people):
            expert = expert_add(
                user=person,
                employer=None,
                employer_text=f"示例大学{at + 1}（演示）",
                title="教授（演示）",
                grade=GRADES[at % 3],
                fields=list(FIELDS[at % 4]),
                most=None,
                by=desk.officer,
            )
            appointment_make(
                expert=expert,
                body=COMMITTEE,
                post=POSTS[at] if at < len(POSTS) else "委员",
                since=dt.date(today.year - 1, 10, 1),
                until=dt.date(today.year + 2, 9, 30),
                by=desk.officer,
            )
            seated.append(expert)
    for expert, person in zip(seated, people, strict=True):
        expert.user = person
    return seated


def _call(desk: Desk, opens: dt.date, closes: dt.date, **given: Any) -> Call:
    with acting(desk.officer):
        call = Call(
            organization_id=desk.house.pk,
            kind="cultivation",
            opens_at=_noon(opens),
            closes_at=_noon(closes),
            published_at=_noon(opens),
            version=1,
            state=CallState.ACCEPTING,
            issuers=[{"name": desk.house.name, "role": "主办"}],
            policy_basis="示例依据（演示）",
            created_by=desk.officer,
            **given,
        )
        call.save(force_insert=True)
        content = announced(call)
        CallVersion(
            organization_id=desk.house.pk,
            call=call,
            version=1,
            content=content,
            content_hash=content_hash(content),
            published_at=call.published_at,
            created_by=desk.officer,
        ).save(force_insert=True)
    return call


def _hand_in(
    call: Call,
    unit: Organization,
    by: User | None,
    title: str,
    target: str,
    about: Sequence[list[str]],
    at: dt.date,
) -> Application:
    """An application as it was handed in, frozen, in the unit's own transaction."""
    with house_scope(unit.pk):
        row = Application(
            organization=unit,
            call=call,
            unit_name=unit.name,
            region_code=unit.region_id,
            disease_themes=about[0],
            settings=about[1],
            title=title,
            title_key=f"{title}-{at}",
            target_group=target,
            leader=by,
            created_by=by,
        )
        row.save(force_insert=True)
        ApplicationParty(
            organization=unit,
            application=row,
            role="leader",
            name=by.display_name if by else "负责人（演示）",
            profession="social_worker",
        ).save(force_insert=True)
        row.state, row.counterparty_id = ApplicationState.SUBMITTED, call.organization_id
        row.submitted_at, row.submitted_version, row.completeness = _noon(at), 1, 100
        row.save()
        facts = [["项目名称", title], ["服务对象", target], ["需求", f"{target}的需要（演示）。"]]
        sections = [{"code": "basic", "title": "基本信息", "facts": facts, "tables": []}]
        payload = {"title": title, "unit": unit.name, "call": call.title, "sections": sections}
        ApplicationVersion(
            organization=unit,
            counterparty_id=call.organization_id,
            application=row,
            version=1,
            kind="submission",
            call_version=1,
            payload=payload,
            payload_hash=content_hash(payload),
            submitted_at=_noon(at),
        ).save(force_insert=True)
    return row


def _past(desk: Desk, made: dict[str, Organization]) -> int:
    """The third batch: forty-five rows, published as a list."""
    call = _call(
        desk,
        dt.date(2023, 3, 1),
        dt.date(2023, 4, 14),
        title="2023年医务社工多元培育服务项目（第三批）",
        year=2023,
        batch=3,
        slug="demo-cultivation-2023",
        places=LISTED,
    )
    day = dt.date(2023, 4, 10)
    rows = [
        _hand_in(call, made[unit], None, title, target, about, day)
        for unit, title, target, *about in KNOWN
    ]
    for at in range(LISTED - len(KNOWN)):
        unit = made[HOSPITAL_A if at % 2 else HOSPITAL_B]
        title = f"{TITLES[at % len(TITLES)][:-4]}第 {at // len(TITLES) + 1} 期（演示）"
        about = ABOUT[at % len(ABOUT)]
        rows.append(_hand_in(call, unit, None, title, "演示对象", about, day))
    with acting(desk.officer):
        for at, row in enumerate(rows):
            row.number = f"YWSG-DYPY-2023{at + 1:02d}"
            row.state, row.selected, row.rank = ApplicationState.SELECTED, True, at + 1
            row.save(update_fields=["number", "state", "selected", "rank"])
            if at >= len(KNOWN):
                # Shown in the list only: the made-up rows are of no unit that exists.
                row.unit_name = f"示例单位 {at - len(KNOWN) + 1:02d}（演示）"
        number = take_number(
            "project_list", organization=desk.house, pattern=NUMBER, on=dt.date(2023, 6, 1)
        )
        entry = entry_publish(
            organization=desk.house,
            kind=EntryKind.LIST,
            title=f"{call.title}入选项目名单",
            payload=list_payload(call, rows, number),
            subject=call,
            by=desk.officer,
        )
        call.list_entry, call.state = entry, CallState.DECIDED
        call.save(update_fields=["list_entry", "state"])
    return len(rows)


def _present(
    desk: Desk,
    units: Sequence[tuple[Organization, User]],
    experts: list[ExpertProfile],
    sheet: Questionnaire,
    today: dt.date,
) -> int:
    """A batch under review: some marks are in, one application waits for its formality check."""
    call = _call(
        desk,
        today - dt.timedelta(days=60),
        today - dt.timedelta(days=10),
        title=f"{today.year}年医务社工多元培育服务项目（演示批次）",
        year=today.year,
        batch=today.year - 2020,
        slug=f"demo-cultivation-{today.year}",
        places=3,
    )
    day = today - dt.timedelta(days=20)
    rows = [
        _hand_in(call, *units[at % 2], title, "演示对象", ABOUT[at], day)
        for at, title in enumerate(TITLES)
    ]
    by = desk.officer
    with acting(by):
        past = Call.objects.filter(organization_id=desk.house.pk, year=2023).first()
        call.previous, call.state = past, CallState.CLOSED
        call.save(update_fields=["previous", "state"])
        for at, row in enumerate(rows):
            row.number = f"YWSG-DYPY-{today.year}{at + 1:02d}"
            row.save(update_fields=["number"])
        plan = plan_set(
            call=call,
            sheet=sheet,
            experts_each=3,
            most_per_expert=10,
            is_blind=True,
            opens_on=today - dt.timedelta(days=3),
            closes_on=today + dt.timedelta(days=14),
            trim_from=5,
            spread_alarm=15,
            shows_normalised=True,
            reserve_places=1,
            checklist=checklist_default(),
            base=0,
            by=by,
        )
        yes = {one["code"]: True for one in plan.checklist}
        for row in rows[:-1]:
            formality_check(application=row, outcome="accept_formal", answers=yes, by=by)
        run = assignment_propose(call=call, seed=2026, by=by)
        assignment_apply(run=run, by=by)
    # The first has the sheet still before them: that is the account the demonstration lists.
    for at, expert in enumerate(experts[1:8], start=1):
        _mark(expert.user, at)
    return len(rows)


def _mark(person: User, at: int) -> None:
    """One expert sends what was given out; the marks differ by expert and application."""
    with acting(person):
        for review in Review.objects.filter(expert_user=person, state="assigned").order_by("label"):
            shift = (at * 3 + int(review.label[1:]) * 5) % 4
            weights = {
                item["code"]: int(item["most"]) for item in review.questionnaire.definition["items"]
            }
            answers = {
                code: max(0, most - (shift + n) % 4)
                for n, (code, most) in enumerate(weights.items())
            }
            review_submit(
                review=review, answers=answers, comment=COMMENTS[shift % len(COMMENTS)], by=person
            )


def _noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
