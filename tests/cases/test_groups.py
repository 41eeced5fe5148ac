"""Group work from plan to summary: who decides, who agrees, what counts, what is frozen."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.group_permissions import can_view_group, can_view_group_inside
from cases.models.alerts import RiskAlert
from cases.models.groups import Attendance, Group, GroupMember, GroupSession, MemberAnswers
from cases.services.groups import course, members, planning, scales, sessions, summing
from cases.services.groups.figures import figures_of
from cases.services.merging import clients_merge
from departments.models.mechanisms import Task, Transition
from tests.cases.test_merging import paired
from tests.factories import cases as make
from tests.factories.groups import make_answers, make_group, make_member, make_session

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
PLAN = {
    "name": "演示家长支持小组",
    "kind": "support",
    "work_model": "interaction",
    "openness": "closed",
    "background": "三月的 24 份量表里 15 位家长焦虑",
    "aims": "彼此支持",
    "target_group": "血液科患儿家长",
    "size_least": 2,
    "size_most": 3,
    "budget_source": "department",
}


def plan(by, **given):
    first = TODAY() - dt.timedelta(days=20)
    row = {
        "aim": "互相认识",
        "minutes": 90,
        "content": "自我介绍",
        "materials": "",
        "in_charge": "",
    }
    facts = {
        "starts_on": first,
        "sessions": [
            {**row, "title": "第二次见面", "held_on": first + dt.timedelta(days=7)},
            {**row, "title": "认识彼此", "held_on": first},
        ],
        "budget": [{"what": "茶点", "quantity": 2, "unit_price": Decimal("30.50")}],
    }
    return planning.group_plan(by=by, **{**PLAN, **facts, **given})


def agreed(person, by):
    return make.make_person_consent(person, by, kind="group_confidentiality", purpose="参加小组")


def record(session, by, presence, **given):
    facts = {"flow": "按计划", "attainment": 4}
    came = {
        one.uid: {"presence": presence.get(one.shown_name, "present"), "note": ""}
        for one in members.members_on(session.group, session.held_on)
    }
    return sessions.session_record(session=session, attendance=came, by=by, **{**facts, **given})


def counted(group):
    return figures_of(
        group,
        members=GroupMember.objects.filter(group=group).select_related("client"),
        sessions=list(GroupSession.objects.filter(group=group)),
        attendances=Attendance.objects.filter(session__group=group),
    )


def test_a_group_from_plan_to_summary(worker, supervisor, acting, refuses):
    with acting(worker):
        group = plan(worker)
        assert [one.title for one in group.sessions.order_by("number")] == [
            "认识彼此",
            "第二次见面",
        ]
        assert group.planned_amount == Decimal("61.00")
        with refuses("permission.can_approve_group", status=403):
            course.group_approve(group=course.group_submit(group=group, by=worker), by=worker)
        with refuses("group.plan_stands", status=409):
            planning.group_amend(group=group, by=worker, **PLAN, starts_on=TODAY())
    with acting(supervisor):
        group = course.group_approve(group=group, comment="可以", by=supervisor)
        assert group.stage == "preparation"
        assert group.number == f"HA-G-{TODAY():%Y}-001"
    with acting(worker):
        mother = make.make_client(worker, name="演示母亲")
        known = members.member_register(group=group, client=mother, by=worker)
        alias = members.member_register(
            group=group, alias="向日葵", contact="13800138000", by=worker
        )
        day = group.starts_on
        with refuses("group_member_joined_agreed", "consent"):
            members.member_admit(member=known, joined_on=day, by=worker)
        members.member_admit(member=known, joined_on=day, consent=agreed(mother, worker), by=worker)
        with refuses("group.too_few_members", status=409):
            course.group_advance(group=group, by=worker)
        members.member_admit(
            member=alias, joined_on=day, agreed_by="self", agreed_on=day, by=worker
        )
        for _stage in ("forming", "transition", "working", "ending"):
            group = course.group_advance(group=group, by=worker)
            assert group.stage == _stage
        sheet = make.make_questionnaire(worker, "gad7")
        for member, moment, item in (
            (known, "before", 2),
            (known, "after", 1),
            (alias, "before", 3),
        ):
            answers = dict.fromkeys((one["code"] for one in sheet.definition["items"]), item)
            answers = make.answers_for(sheet, **{f"item_{code}": item for code in answers})
            scales.member_answer(
                member=member, questionnaire=sheet, moment=moment, answers=answers, by=worker
            )
        first, second = group.sessions.order_by("number")
        record(first, worker, {"向日葵": "late"})
        with refuses("group.sessions_open", status=409):
            summing.group_summarize(
                group=group, satisfactions={}, spent={}, aims_met="x", reflection="x", by=worker
            )
        record(second, worker, {"向日葵": "absent"})
        numbers = counted(group)
        assert (numbers.expected, numbers.attended, numbers.person_times) == (4, 3, 3)
        assert (numbers.unique_persons, numbers.attendance_rate) == (2, Decimal("75.0"))
        # Only who answered both times is compared; GAD-7 has seven items of 0 to 3.
        (difference,) = scales.differences(scales.scales_of(group))
        assert (difference.both, difference.before, difference.after) == (1, 14, 7)
        assert (difference.change, difference.before_count) == (-7, 2)
        line = group.budget_lines.get()
        given = {"satisfactions": {known.uid: 5, alias.uid: None}, "by": worker}
        given |= {"aims_met": "达到", "reflection": "时间太紧"}
        with refuses("group.line_not_settled", f"spent-{line.uid}"):
            summing.group_summarize(group=group, spent={}, **given)
        group = summing.group_summarize(group=group, spent={line.uid: Decimal("58.00")}, **given)
        assert group.stage == "review"
        with refuses("permission.can_approve_group", status=403):
            summing.group_close(group=group, by=worker)
    with acting(supervisor):
        group = summing.group_close(group=group, comment="好", by=supervisor)
        assert (group.stage, counted(group).satisfaction, counted(group).satisfied_count) == (
            "closed",
            Decimal("5.00"),
            1,
        )
        assert not Task.objects.filter(subject_uid=group.uid, state="open").exists()
        steps = Transition.objects.filter(subject_uid=group.uid).order_by("at", "id")
        assert [one.step for one in steps][:3] == ["write", "submit", "approve"]
        assert all(one.is_care for one in steps)
    with acting(worker):
        with refuses("group.not_running", status=409):
            record(first, worker, {})
        for change in (
            lambda: Group.objects.filter(pk=group.pk).update(name="改名"),
            lambda: Attendance.objects.filter(session=first).update(presence="absent"),
            lambda: GroupMember.objects.filter(pk=alias.pk).update(satisfaction=1),
            lambda: group.budget_lines.update(spent=Decimal("0.00")),
            lambda: MemberAnswers.objects.filter(member=known).update(band="x"),
            lambda: make_session(group, worker, 9),
        ):
            with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
                change()


def test_a_plan_says_what_is_wrong_at_its_field_and_leaves_no_row(worker, acting, refuses):
    row = {"title": "一", "held_on": TODAY(), "minutes": 60, "aim": "x"}
    wrong = [
        ({"size_least": 1}, "group_size_in_order", "size_least"),
        ({"size_most": 1}, "group_size_in_order", "size_most"),
        ({"ends_on": dt.date(2020, 1, 1)}, "group_dates_in_order", "ends_on"),
        ({"kind": "party"}, "group_kind_known", "kind"),
        ({"sessions": [{**row, "title": ""}]}, "group.session_needs_title", "sessions"),
        ({"sessions": [{**row, "minutes": 5}]}, "group_session_minutes_in_range", "sessions"),
        (
            {"sessions": [{**row, "held_on": dt.date(2020, 1, 1)}]},
            "group.session_outside_plan",
            "sessions",
        ),
        ({"budget": [{"what": "茶点", "unit_price": None}]}, "group.budget_needs_price", "budget"),
    ]
    with acting(worker):
        for given, rule, field in wrong:
            with refuses(rule, field):
                plan(worker, **given)
        assert not Group.objects.exists()
        with refuses("group.needs_sessions", status=409):
            course.group_submit(group=plan(worker, sessions=[]), by=worker)


def test_a_minor_joins_with_the_guardian_and_not_alone(worker, acting, refuses):
    born = TODAY().replace(day=1) - dt.timedelta(days=365 * 16)
    with acting(worker):
        group, day = make_group(worker), TODAY()
        boy = make.make_client(worker, name="演示少年", birth_date=born)
        make.make_guardian(boy, worker)
        member = members.member_register(group=group, client=boy, by=worker)
        assert member.is_minor
        own = agreed(boy, worker)
        with refuses("group.consent_not_live", "consent"):
            members.member_admit(member=member, joined_on=day, consent=own, by=worker)
        mothers = make.make_person_consent(
            boy,
            worker,
            kind="group_confidentiality",
            purpose="参加少年小组",
            signer="演示母",
            signer_relation="mother",
            guardian_proof="household_register",
        )
        assert (
            members.member_admit(member=member, joined_on=day, consent=mothers, by=worker).consent
            == mothers
        )
        nameless = members.member_register(group=group, alias="小鹿", is_minor=True, by=worker)
        given = {"member": nameless, "joined_on": day, "agreed_on": day, "by": worker}
        with refuses("group_member_minor_has_guardian", "agreed_by"):
            members.member_admit(agreed_by="self", **given)
        assert members.member_admit(agreed_by="guardian", **given).state == "joined"


def test_who_left_is_not_expected_and_a_full_or_closed_group_takes_nobody(worker, acting, refuses):
    with acting(worker):
        group = make_group(worker, stage="forming", size_least=2, size_most=2)
        one, two = make_member(group, worker), make_member(group, worker)
        three = members.member_register(group=group, alias="三", by=worker)
        day = TODAY()
        given = {"member": three, "joined_on": day, "agreed_by": "self", "agreed_on": day}
        with refuses("group.is_full", status=409):
            members.member_admit(**given, by=worker)
        with refuses("group_member_dates_in_order", "left_on"):
            members.member_leave(member=two, left_on=dt.date(2020, 1, 1), reason="转院", by=worker)
        members.member_leave(
            member=two, left_on=day - dt.timedelta(days=3), reason="转院", by=worker
        )
        assert members.members_on(group, day) == [one]
        assert members.members_on(group, day - dt.timedelta(days=3)) == [one, two]
        Group.objects.filter(pk=group.pk).update(stage="working")
        with refuses("group.is_closed", status=409):
            members.member_admit(**given, by=worker)


def test_one_person_of_two_merged_records_counts_once(worker, supervisor, acting, refuses):
    with acting(worker):
        old, new = make.make_client(worker, name="演示甲"), make.make_client(worker, name="演示甲")
        group = make_group(worker, stage="working")
        rows = [make_member(group, worker, client=one) for one in (old, new)]
        session = make_session(group, worker)
        record(session, worker, {})
        assert counted(group).unique_persons == 2
        pair = paired(old, new, worker)
    with acting(supervisor):
        kept = clients_merge(pair=pair, by=supervisor).kept
    with acting(worker):
        numbers = counted(group)
        assert (numbers.unique_persons, numbers.person_times) == (1, 2)
        assert {one.client_id for one in group.members.all()} == {old.pk, new.pk}
        assert [one.pk for one in GroupMember.objects.filter(client__root_id=kept.pk)] == [
            one.pk for one in rows
        ]
        other = make_group(worker)
        members.member_register(group=other, client=new, by=worker)
        with refuses("group_member_once", "client"):
            members.member_register(group=other, client=old, by=worker)


def test_answers_that_alarm_are_told_at_once_and_a_second_entry_keeps_the_first(
    worker, acting, refuses
):
    with acting(worker):
        group, person = make_group(worker), make.make_client(worker)
        case = make.make_case(worker, client=person, stage="intervention")
        member = make_member(group, worker, client=person)
        sheet = make.make_questionnaire(worker, "phq9")
        last = sheet.definition["items"][8]["code"]
        given = {"member": member, "questionnaire": sheet, "by": worker}
        mild = make.answers_for(sheet)
        scales.member_answer(moment="before", answers=mild, **given)
        assert not RiskAlert.objects.exists()
        scales.member_answer(moment="before", answers=mild | {last: 2}, **given)
        assert RiskAlert.objects.get().case == case
        assert Task.objects.get(kind="group_alarm").role == "supervisor"
        held = MemberAnswers.objects.filter(member=member).order_by("id")
        assert [one.superseded_at is None for one in held] == [False, True]
        with refuses("assessment.needs_answers"):
            scales.member_answer(moment="after", answers={}, **given)
        with refuses("member_answers_moment_known", "moment"):
            scales.member_answer(moment="later", answers=mild, **given)


def test_attendance_is_listed_to_every_member_and_corrected_until_the_summary(
    worker, acting, refuses
):
    with acting(worker):
        group = make_group(worker, stage="working")
        one, session = make_member(group, worker), make_session(group, worker)
        given = {"session": session, "flow": "按计划", "attainment": 3, "by": worker}
        with refuses("attendance_presence_known", f"presence-{one.uid}"):
            sessions.session_record(attendance={}, **given)
        with refuses("group_session.in_future", status=409):
            record(
                make_session(group, worker, 2, held_on=TODAY() + dt.timedelta(days=1)), worker, {}
            )
        record(session, worker, {})
        record(session, worker, {one.alias: "leave"})
        assert [row.presence for row in Attendance.objects.all()] == ["leave"]
        session.refresh_from_db()
        assert (session.state, session.attainment) == ("held", 4)
        with refuses("form.stale", status=409):
            record(session, worker, {}, base=1)


@pytest.mark.parametrize(
    ("login", "plans", "inside"),
    [
        ("worker2", 1, 0),
        ("assistant", 1, 0),
        ("supervisor", 1, 1),
        ("head", 1, 1),
        ("clinician", 0, 0),
        ("auditor", 0, 0),
        ("other_worker", 0, 0),
        ("other_head", 0, 0),
    ],
)
def test_the_plan_is_the_departments_the_inside_its_leaders(
    login, plans, inside, person, worker, acting
):
    with acting(worker):
        group = make_group(worker)
        make_answers(make_member(group, worker), worker)
        make_session(group, worker)
    user = person(login)
    with acting(user):
        assert Group.objects.visible_to(user).count() == plans == can_view_group(user, group)
        assert Group.objects.inside_of(user).count() == inside
        assert can_view_group_inside(user, group) == bool(inside)
        for model in (GroupMember, GroupSession, MemberAnswers):
            assert model.objects.visible_to(user).count() == inside
