"""A project from its beginning to its certificate: values, light, reports, changes, partner, kit."""

import datetime as dt

import pytest
from django.utils import timezone

from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import (
    BudgetLine,
    Project,
    ProjectEvent,
    ProjectIndicator,
    ProjectLink,
    ProjectReport,
    ProjectValue,
)
from projects.services import cultivation as services
from projects.services import cultivation_events as events
from projects.services import cultivation_plan as plans
from projects.services import cultivation_reports as reports
from projects.services import kits
from projects.services.cultivation_papers import certificate_paper
from projects.services.cultivation_standing import standing_of
from projects.services.cultivation_values import (
    before_after_of,
    computed_of,
    goals_of,
    indicators_of,
)
from projects.services.progress import LightRule, completion_of, elapsed_of, grade_of, light_of
from tests.factories.cultivation import make_partner, make_project, make_running
from tests.factories.donations import D, as_person
from tests.factories.groups import make_group


@pytest.fixture
def running(authority, hospital):
    return make_running(authority, hospital)


def _send(person, report, value="120"):
    with as_person(person) as by:
        report = ProjectReport.objects.visible_to(by).get(pk=report.pk)
        manual = ProjectIndicator.objects.get(project=report.project, name="服务人次")
        return reports.report_send(
            report=report,
            texts={"done": "开展了探访和小组。"},
            values={str(manual.uid): D(value)},
            by=by,
        )


def test_work_of_the_other_apps_counts_without_typing_it_again(running, worker):
    with as_person(worker) as by:
        group = make_group(by)
        project = Project.objects.visible_to(by).get()
        assert computed_of(project)["groups"] == 0
        assert (
            events.links_add(project=project, what="group", uids=[str(group.uid)], by=by),
            events.links_add(project=project, what="group", uids=[str(group.uid)], by=by),
        ) == (1, 0)
        live = goals_of(indicators_of(project), computed_of(project))
        assert {goal.indicator.name: goal.actual for goal in live} == {
            "小组": D("1"),
            "服务人次": None,
            "医护认知度": None,
        }
        # One of four groups at weight 40, nothing of 60.
        assert completion_of(live) == D("0.1000")


def test_a_report_freezes_values_comes_back_and_goes_on_as_its_next_version(
    running, worker, authority
):
    sent = _send(worker, running.report)
    assert (sent.state, sent.version, sent.payload["completion"]) == ("submitted", 1, "0.3600")
    with as_person(authority) as by:
        report = ProjectReport.objects.visible_to(by).get(pk=sent.pk)
        values = ProjectValue.objects.visible_to(by).filter(period=report.period)
        assert {one.indicator.name: (one.actual, one.is_computed) for one in values} == {
            "小组": (D("0.00"), True),
            "服务人次": (D("120.00"), False),
        }
        with pytest.raises(DomainError) as refused:
            reports.report_answer(report=report, accept=False, note=" ", by=by)
        assert refused.value.field == "note"
        reports.report_answer(report=report, accept=False, note="请补充服务人次的来源", by=by)
    again = _send(worker, running.report, "150")
    assert (again.state, again.version, again.payload["completion"]) == ("submitted", 2, "0.4500")
    with pytest.raises(DomainError, match="当前状态是“已提交”"):
        _send(worker, running.report)


def test_the_light_follows_completion_time_and_late_reports(running, worker, authority):
    with as_person(worker) as by:
        project = Project.objects.visible_to(by).get()
        standing = standing_of(project)
    # Half of the time has passed, nothing is done, the first report is 60 days and more late.
    assert (standing["light"], [one["code"] for one in standing["reasons"]]) == (
        "red",
        ["behind", "late"],
    )
    rule, half = LightRule(), D("0.5")
    usual = {"elapsed": half, "late_days": 0, "execution": None, "rule": rule}
    assert light_of(completion=D("0.40"), **usual) == ("green", [])
    assert light_of(completion=D("0.30"), **usual)[0] == "amber"
    assert light_of(completion=D("0.10"), **usual)[0] == "red"
    day = dt.date(2026, 1, 1)
    assert elapsed_of(day, dt.date(2026, 1, 10), dt.date(2026, 1, 5)) == half


def test_grades_follow_the_bands_of_the_house(db):
    today = timezone.localdate()
    marks = {
        "95.3": "excellent",
        "90": "excellent",
        "89.99": "good",
        "60": "qualified",
        "59": "unqualified",
    }
    assert {mark: grade_of(D(mark), today) for mark in marks} == marks


def test_a_change_of_time_is_asked_answered_and_kept(running, head, authority):
    later = running.project.ends_on + dt.timedelta(days=60)
    ask = {"what": "time", "wanted": "延长两个月", "reason": "病区装修停诊两个月"}
    with as_person(head) as by:
        project = Project.objects.visible_to(by).get()
        with pytest.raises(DomainError) as refused:
            events.change_ask(project=project, by=by, **ask)
        assert (refused.value.rule, refused.value.field) == ("project.change_needs_end", "ends_on")
        event = events.change_ask(project=project, ends_on=later, by=by, **ask)
        with pytest.raises(DomainError, match="同类变更正在等待审批"):
            events.change_ask(project=project, ends_on=later, by=by, **ask)
    with as_person(authority) as by:
        event = ProjectEvent.objects.visible_to(by).select_related("project").get(pk=event.pk)
        events.change_answer(event=event, accept=True, answer="同意", by=by)
        project = Project.objects.visible_to(by).get(pk=project.pk)
    assert (project.ends_on, event.project.pk) == (later, project.pk)


def test_from_the_closing_report_to_certificate_and_a_kit_that_another_hospital_takes_up(
    running, head, worker, authority, other_head
):
    with as_person(head) as by:
        project = Project.objects.visible_to(by).get()
        closing = reports.report_begin(project=project, kind="closing", by=by)
        services.project_step(project=project, step="request_closing", by=by)
    with as_person(authority) as by:
        project = Project.objects.visible_to(by).get()
        with pytest.raises(DomainError, match="还没有提交结项报告"):
            services.project_pass(project=project, mark=D("92"), opinion="好", by=by)
    _send(worker, closing, "200")
    with as_person(authority) as by:
        project = Project.objects.visible_to(by).get()
        with pytest.raises(DomainError) as refused:
            services.project_pass(project=project, mark=D("50"), opinion="差", by=by)
        assert refused.value.field == "mark"
        services.project_pass(project=project, mark=D("92"), opinion="成效明显", by=by)
        project = Project.objects.select_related("counterparty").get(pk=project.pk)
        assert (project.state, project.grade, project.closing["completion"]) == (
            "passed",
            "excellent",
            "0.6000",
        )
        assert project.closing["certificate"].startswith("GA-JX-")
        assert certificate_paper(project).startswith(b"%PDF")
    with as_person(head) as by:
        project = Project.objects.visible_to(by).get()
        kit = kits.kit_publish(
            project=project,
            title="全程照护复制包",
            summary="三步做成",
            steps="摸底\n组队\n服务",
            tools="评估表",
            by=by,
        )
    start, end = timezone.localdate(), timezone.localdate() + dt.timedelta(days=200)
    with as_person(other_head) as by:
        taken = kits.kit_take_up(kit=kit, title="本院照护", starts_on=start, ends_on=end, by=by)
        goals = ProjectIndicator.objects.visible_to(by).filter(project=taken)
        assert sorted(goals.values_list("name", flat=True)) == ["医护认知度", "小组", "服务人次"]
        assert BudgetLine.objects.visible_to(by).get(project=taken).amount == D("20000.00")
        # What is taken up is the published kit: the other unit's project stays unseen.
        assert not Project.objects.visible_to(by).filter(pk=project.pk).exists()


def test_a_partner_records_for_the_projects_entrusted_to_it_and_sees_no_other(
    running, authority, hospital, other_hospital
):
    other = make_project(authority, other_hospital, title="另一个项目")
    stranger = make_partner("PB", "另一家演示协会")
    add = {"kind": "supervision", "title": "第一次督导", "done_on": timezone.localdate()}
    with as_person(running.partner) as by:
        assert [one.title for one in Project.objects.visible_to(by)] == [running.project.title]
        project = Project.objects.visible_to(by).get()
        event = events.event_add(project=project, hours=D("3"), by=by, **add)
        assert event.provider_name == "演示培育支持协会"
        with pytest.raises(DomainError, match="由另一方登记"):
            events.event_add(project=project, by=by, **{**add, "kind": "contract_payment"})
        with pytest.raises(DomainError) as refused:
            services.project_step(project=project, step="terminate", reason="不办了吧", by=by)
        assert refused.value.status == 403
        # Entries of the project's money and its indicators are the two sides' alone.
        assert BudgetLine.objects.visible_to(by).count() == 0
        assert ProjectIndicator.objects.visible_to(by).count() == 0
        # The database holds it too: no row of the other project, whatever is asked.
        assert set(Project.objects.values_list("pk", flat=True)) == {running.project.pk}
        assert ProjectEvent.objects.filter(project=other).count() == 0
    with as_person(stranger) as by:
        assert Project.objects.count() == 0
        assert ProjectEvent.objects.count() == 0
        assert ProjectReport.objects.count() == 0
    with as_person(authority) as by:
        assert ProjectEvent.objects.visible_to(by).get(pk=event.pk).provider_id is not None


def test_weights_stay_within_a_hundred_and_the_plan_is_fixed_once_it_runs(running, authority, head):
    add = {"name": "个案", "unit": "个", "target": D("5"), "source": "cases"}
    with as_person(authority) as by:
        project = Project.objects.visible_to(by).get()
        with pytest.raises(DomainError) as refused:
            plans.indicator_add(project=project, weight=D("1"), by=by, **add)
        assert (refused.value.rule, refused.value.field) == ("project.weights_over", "weight")
    with as_person(head) as by:
        project = Project.objects.visible_to(by).get()
        with pytest.raises(DomainError, match="要经变更申请才能改"):
            plans.indicator_add(project=project, weight=D("0"), by=by, **add)


def test_before_and_after_stand_beside_each_other(running, worker):
    with as_person(worker) as by:
        one = ProjectIndicator.objects.visible_to(by).get(is_before_after=True)
        one = ProjectIndicator.objects.select_related("project").get(pk=one.pk)
        reports.measure_write(indicator=one, before=None, after=D("72"), by=by)
        (row,) = before_after_of(indicators_of(one.project))
    assert (row["before"], row["after"], row["change"]) == (D("35.00"), D("72.00"), D("37.00"))


def test_linked_work_is_the_units_own(running, authority):
    with as_person(authority) as by:
        assert ProjectLink.objects.visible_to(by).count() == 0
