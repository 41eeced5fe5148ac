"""Reports made by themselves: their slots, each made once whatever beats, and who answers for them."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models.mechanisms import Notification
from departments.models.organizations import Holiday
from departments.models.people import Membership
from departments.models.queues import Job, Outbox
from departments.services.jobs import job_run
from departments.services.outbox import relay_once
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from reports.models import ReportRun, ReportSchedule
from reports.services.authority_sheets import authority_sheet_retire
from reports.services.built import Wish, built_keep
from reports.services.freeze_day import freeze_workday_set
from reports.services.freezing import freeze_day
from reports.services.kinds import KINDS
from reports.services.runs import run_files
from reports.services.schedules import (
    recipients_for,
    schedule_change,
    schedule_create,
    schedule_move,
    schedules_sweep,
)
from reports.services.slots import slot_due, slot_next
from tests.factories.sheets import make_sheet

RHYTHM = {"cadence": "monthly", "counting": "workday", "day": 3, "hour": 8}


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 60)


def _at(year: int, month: int, day: int, hour: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime(year, month, day, hour))


def _slot(after: dt.datetime, holidays=None, **rhythm) -> tuple[str, str]:
    slot = slot_next(ReportSchedule(**{**RHYTHM, **rhythm}), after, holidays or {})
    return f"{timezone.localtime(slot.at):%Y-%m-%d %H}", slot.first.isoformat()


@pytest.mark.parametrize(
    ("rhythm", "after", "at", "first"),
    [
        ({}, _at(2026, 1, 1), "2026-01-06 08", "2025-12-01"),  # 1–3 January are days off
        ({}, _at(2026, 1, 6, 8), "2026-02-04 08", "2026-01-01"),
        ({"counting": "day", "day": 3}, _at(2026, 10, 1), "2026-10-08 08", "2026-09-01"),
        ({"cadence": "daily"}, _at(2026, 3, 1, 7), "2026-03-01 08", "2026-02-28"),
        ({"cadence": "daily"}, _at(2026, 3, 1, 8), "2026-03-02 08", "2026-03-01"),
        ({"cadence": "quarterly", "day": 1}, _at(2026, 3, 1), "2026-04-01 08", "2026-01-01"),
        (
            {"cadence": "yearly", "day": 5, "hour": 6},
            _at(2026, 3, 1),
            "2027-01-07 06",
            "2026-01-01",
        ),
        # A week begins on Monday, and its report knows no day off (3 October is one).
        (
            {"cadence": "weekly", "day": 6, "hour": 7},
            _at(2026, 10, 1),
            "2026-10-03 07",
            "2026-09-21",
        ),
        ({"cadence": "weekly", "day": 1}, _at(2026, 12, 29), "2027-01-04 08", "2026-12-28"),
        # Put off past the end of its month, and looked for in the next.
        ({"counting": "day", "day": 28}, _at(2027, 3, 1), "2027-03-01 08", "2027-01-01"),
        ({"counting": "day", "day": 28}, _at(2026, 3, 1, 1), "2026-03-30 08", "2026-02-01"),
    ],
)
def test_a_slot_falls_on_its_day_and_covers_the_period_that_is_over(rhythm, after, at, first):
    assert _slot(after, **rhythm) == (at, first)


def test_a_day_off_of_the_installation_puts_a_slot_off():
    given = {dt.date(2026, 1, 6): True}
    assert _slot(_at(2026, 1, 1), given) == ("2026-01-07 08", "2025-12-01")


def test_of_slots_that_were_missed_only_the_newest_is_due():
    schedule = ReportSchedule(**RHYTHM, since=_at(2026, 1, 10))
    assert slot_due(schedule, _at(2026, 2, 1), {}) is None
    assert slot_due(schedule, _at(2026, 5, 20), {}).first == dt.date(2026, 4, 1)


def _readers(head):
    """Who may be sent the monthly report here."""
    return recipients_for(by=head).filter(role__in=KINDS["monthly"].roles)


def _schedule(head, acting, people=None, **changed) -> ReportSchedule:
    with acting(head):
        return schedule_create(
            **{"kind": "monthly", "formats": ["xlsx"], **RHYTHM, **changed},
            recipients=people if people is not None else _readers(head),
            by=head,
        )


def _later() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=45)


def test_a_due_report_is_made_once_for_each_recipient_as_that_person(
    head, supervisor, acting, hospital
):
    schedule = _schedule(head, acting)
    with acting(head):
        names = {one.user.username for one in recipients_for(by=head)}
        assert {"head", "supervisor"} <= names
    assert schedules_sweep() == 0
    assert [schedules_sweep(now=_later()), schedules_sweep(now=_later())] == [1, 0]
    while relay_once():
        pass
    for person in (head, supervisor):
        with acting(person):
            run = ReportRun.objects.visible_to(person).select_related("job").get()
        assert run.schedule_id == schedule.pk
        assert job_run(run.job.uid) is True
        with acting(person):
            run = ReportRun.objects.get(pk=run.pk)
            assert run_files(run) == ["xlsx"]
            assert Notification.objects.filter(kind="report.done", user=person).count() == 1


def test_a_recipient_whose_role_has_ended_gets_none(head, supervisor, acting, hospital):
    _schedule(head, acting)
    _end(hospital, supervisor)
    schedules_sweep(now=_later())
    while relay_once():
        pass
    with scope(org=hospital.pk, role="system"):
        asked = set(ReportRun.objects.values_list("requested_by__username", flat=True))
    assert "supervisor" not in asked
    assert "head" in asked


def _end(hospital, person) -> None:
    with scope(org=hospital.pk, role="secadmin"):
        Membership.objects.filter(pk=person.membership.pk).update(
            valid=(dt.date(2020, 1, 1), timezone.localdate() - dt.timedelta(days=1))
        )


def test_a_schedule_whose_owner_has_left_pauses_and_tells_the_head(
    head, supervisor, acting, hospital
):
    schedule = _schedule(head, acting)
    with scope(org=hospital.pk, role="secadmin"):
        Membership.objects.filter(pk=supervisor.membership.pk).update(role="dept_head")
    _end(hospital, head)
    assert schedules_sweep(now=_later()) == 0
    while relay_once():
        pass
    with acting(supervisor):
        schedule.refresh_from_db()
        assert schedule.state == "paused"
        told = Notification.objects.filter(kind="report.schedule_paused", user=supervisor)
        assert told.count() == 1
        resumed = schedule_move(schedule=schedule, what="resume", by=supervisor)
        assert (resumed.state, resumed.owner_id) == ("active", supervisor.membership.pk)
    assert schedules_sweep(now=_later()) == 1


def test_a_schedule_carries_what_it_is_made_of_and_pauses_when_that_is_gone(
    head, supervisor, acting
):
    with acting(head):
        sheet = make_sheet(head)
        me = [one for one in recipients_for(by=head) if one.user_id == head.pk]
    given = {"kind": "authority_sheet", "params": {"sheet": str(sheet.uid)}}
    schedule = _schedule(head, acting, me, **given)
    assert schedules_sweep(now=_later()) == 1
    while relay_once():
        pass
    with acting(head):
        run = ReportRun.objects.get(schedule=schedule)
        assert (run.params["sheet"], run.params["title"]) == (str(sheet.uid), "统计表")
        authority_sheet_retire(sheet=sheet, by=head)
    assert schedules_sweep(now=_later() + dt.timedelta(days=45)) == 0
    while relay_once():
        pass
    with acting(head):
        schedule.refresh_from_db()
        assert schedule.state == "paused"
        told = Notification.objects.filter(kind="report.schedule_paused", user=head)
        assert told.count() == 1


def test_a_table_of_ones_own_goes_to_others_only_when_it_is_shared(head, supervisor, acting):
    made = []
    with acting(head):
        for title, is_shared in (("自己的", False), ("大家的", True)):
            wish = Wish(codes=("case_new",))
            made.append(built_keep(title=title, wish=wish, is_shared=is_shared, by=head))
        me = [one for one in recipients_for(by=head) if one.user_id == head.pk]
    own, shared = ({"kind": "built", "params": {"built": str(one.uid)}} for one in made)
    assert _schedule(head, acting, me, **own).params["title"] == "自己的"
    both = _schedule(head, acting, **shared)
    with acting(head):
        assert {one.membership_id for one in both.recipients.all()} >= {
            head.membership.pk,
            supervisor.membership.pk,
        }
    with pytest.raises(DomainError) as refused:
        _schedule(head, acting, [*me, supervisor.membership], **own)
    assert (refused.value.rule, refused.value.field) == ("report_schedule.not_shared", "recipients")


def test_who_answers_for_a_schedule_hears_that_another_has_paused_it(
    head, supervisor, acting, hospital
):
    schedule = _schedule(head, acting)
    with scope(org=hospital.pk, role="secadmin"):
        Membership.objects.filter(pk=supervisor.membership.pk).update(role="dept_head")
    with acting(supervisor):
        schedule_move(schedule=schedule, what="pause", by=supervisor)
    while relay_once():
        pass
    for person, count in ((head, 1), (supervisor, 0)):
        with acting(person):
            told = Notification.objects.filter(kind="report.schedule_paused", user=person)
            assert told.count() == count


def test_two_beats_make_one_job(own_database, person, acting):
    head = person("head")
    with acting(head):
        me = [one for one in recipients_for(by=head) if one.user_id == head.pk]
    _schedule(head, acting, me)
    due, start = [], threading.Barrier(2)

    def beat() -> None:
        start.wait()
        due.append(schedules_sweep(now=_later()))
        while relay_once():
            pass
        connection.close()

    threads = [threading.Thread(target=beat) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope(role="relay"):
        assert sorted(due) == [0, 1]
        assert Outbox.objects.filter(topic="report.due").count() == 1
        assert Job.objects.filter(kind="report").count() == 1


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"cadence": "daily"}, "report.not_this_span", "cadence"),
        ({"day": 21}, "report_schedule.few_workdays", "day"),
        ({"kind": "nothing"}, "report.unknown_kind", "kind"),
        (
            {"kind": "work_log", "cadence": "weekly", "day": 8},
            "report_schedule.week_is_short",
            "day",
        ),
        ({"kind": "authority_sheet"}, "report.no_subject", "subject"),
    ],
)
def test_a_rhythm_that_cannot_be_kept_is_refused_at_its_field(changed, rule, field, head, acting):
    with pytest.raises(DomainError) as refused:
        _schedule(head, acting, **changed)
    assert (refused.value.rule, refused.value.field) == (rule, field)


def test_somebody_who_may_not_see_the_report_is_no_recipient(head, worker, acting):
    with pytest.raises(DomainError) as refused:
        _schedule(head, acting, [worker.membership])
    assert (refused.value.rule, refused.value.field) == (
        "report_schedule.not_for_them",
        "recipients",
    )


def test_a_supervisor_keeps_no_schedule(head, supervisor, other_head, acting, client_for):
    schedule = _schedule(head, acting)
    with pytest.raises(DomainError) as refused:
        _schedule(supervisor, acting, [supervisor.membership])
    assert refused.value.rule == "permission.can_keep_schedule"
    for person, status in ((head, 200), (supervisor, 404), (other_head, 404)):
        assert client_for(person).get(f"/reports/schedules/{schedule.uid}/").status_code == status


def test_a_change_counts_from_now_and_a_stale_page_is_refused(head, acting):
    schedule = _schedule(head, acting)
    with acting(head):
        ReportSchedule.objects.filter(pk=schedule.pk).update(since=_at(2026, 1, 1))
        schedule.refresh_from_db()
        given = {"schedule": schedule, "kind": "monthly", **RHYTHM, "hour": 6, "formats": []}
        given |= {"recipients": _readers(head), "by": head}
        changed = schedule_change(**given, base=schedule.row_version)
        assert changed.since > timezone.now() - dt.timedelta(minutes=1)
        assert changed.formats == ["xlsx", "pdf", "docx", "csv"]
        with pytest.raises(DomainError) as refused:
            schedule_change(**given, base=schedule.row_version)
        assert refused.value.rule == "form.stale"


def test_the_pages_set_a_schedule_pause_it_and_say_when_next(head, acting, client_for):
    client = client_for(head)
    with acting(head):
        me = next(one for one in recipients_for(by=head) if one.user_id == head.pk)
    sent = {"kind": "monthly", **RHYTHM, "formats": ["pdf"], "recipients": [str(me.uid)]}
    assert client.post("/reports/schedules/new/", sent).status_code == 302
    page = client.get("/reports/schedules/").content.decode()
    assert "按时生成" in page
    with acting(head):
        schedule = ReportSchedule.objects.get()
        at = slot_next(schedule, timezone.now(), {}).at
    assert f"{timezone.localtime(at):%Y-%m-%d}" in page
    move = f"/reports/schedules/{schedule.uid}/move/"
    assert client.post(move, {"what": "pause"}).status_code == 302
    assert "已暂停" in client.get("/reports/schedules/").content.decode()
    assert client.post(move, {"what": "pause"}).status_code == 409
    assert client.post(move, {"what": "end"}).status_code == 302
    assert client.get(f"/reports/schedules/{schedule.uid}/").status_code == 404


def test_the_form_offers_who_and_what_goes_with_the_kind(head, worker, acting, client_for):
    with acting(head):
        make_sheet(head, name="季度统计表")
    client = client_for(head)
    name = worker.display_name
    for kind, is_offered, words in (
        ("monthly", False, "这种报表不用选"),
        ("work_log", True, "这种报表不用选"),
        ("authority_sheet", False, "季度统计表"),
    ):
        page = client.get("/reports/schedules/new/", {"kind": kind}).content.decode()
        assert (f"{name}（" in page) is is_offered, kind
        assert words in page
        assert ('value="weekly"' in page) is (kind == "work_log")
    sent = {"kind": "monthly", **RHYTHM, "recipients": [str(worker.membership.uid)]}
    assert client.post("/reports/schedules/new/", sent).status_code == 422


def test_a_head_sets_the_day_of_freezing_and_a_supervisor_does_not(
    head, supervisor, acting, client_for
):
    client = client_for(head)
    address = "/reports/schedules/freeze-day/"
    assert 'value="3"' in client.get(address).content.decode()
    assert client.post(address, {"workday": "16"}).status_code == 422
    assert client.post(address, {"workday": "6"}).status_code == 302
    assert "第 6 个工作日冻结" in client.get("/reports/schedules/").content.decode()
    with acting(head):
        day = freeze_day(head.house_id, dt.date(2026, 12, 1))
    assert day == dt.date(2026, 12, 8)
    assert client_for(supervisor).get(address).status_code == 404
    with acting(supervisor), pytest.raises(DomainError) as refused:
        freeze_workday_set(workday=5, by=supervisor)
    assert refused.value.rule == "permission.can_set_freeze_day"


def test_the_list_costs_the_same_for_any_number(head, acting, client_for):
    client, costs = client_for(head), []
    for more in (1, 2):
        for _n in range(more):
            _schedule(head, acting)
        client.get("/reports/schedules/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/reports/schedules/").status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_a_day_off_moves_what_the_list_says(head, acting, client_for):
    schedule = _schedule(head, acting)
    with acting(head):
        before = slot_next(schedule, timezone.now(), {}).at
    with scope(role="sysadmin"):
        Holiday.objects.create(on=timezone.localdate(before), is_workday=False, source="通知")
    page = client_for(head).get("/reports/schedules/").content.decode()
    assert f"{timezone.localtime(before):%Y-%m-%d}" not in page
