"""What the portal does by itself: every task has its words, notes its runs, and may run twice."""

import datetime as dt
import os

import pytest
from celery.schedules import crontab
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from departments import audit
from departments.models.mechanisms import Notification, Task
from departments.models.queues import Outbox, TaskRun
from departments.models.trail import AuditEntry
from departments.services import daily_checks, scheduler, task_runs
from departments.services.desk import notices
from departments.services.entering import house_scope
from departments.services.outbox import relay_once
from departments.services.scheduler_words import WORDS
from departments.services.tasks import task_open
from departments.tasks import check_backups
from msw_portal.kernel.scope import INSTALLATION, scope
from msw_portal.schedule import SCHEDULE
from tests.factories.cases import make_case

# What domain.md §12.1 asks for, and which of beat's tasks does it.
ASKED = {
    "disclosure reminders": "sweep-disclosures",
    "public notices open and close": "sweep-requests",
    "referral without response, stages over time": "remind-overdue",
    "plan review, records, closing": "remind-overdue",
    "follow-ups and revisits": "remind-overdue",
    "consent at 14 and 18, texts, expiry": "sweep-consents",
    "certificates, registrations, qualifications": "sweep-accounts",
    "stale resources": "sweep-resources",
    "idle accounts, access review": "sweep-accounts",
    "audit chain": "verify-audit",
    "backups": "check-backups",
    "monthly snapshot": "freeze-months",
}
# Each of their runs is itself on record.
RECORDS = {"departments_auditentry", "departments_auditlink"}


def test_every_task_of_beat_has_its_words_and_can_be_called():
    assert set(WORDS) == set(SCHEDULE)
    for entry in SCHEDULE.values():
        assert import_string(entry["task"]).name == entry["task"]


def test_every_clock_of_the_dossier_has_its_task():
    assert {one for one in ASKED.values() if one not in SCHEDULE} == set()


def _contents(run_as_owner, tables: list[str]) -> dict[str, str]:
    """Every table's rows as one hash, in one statement."""
    each = (
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"  # noqa: S608
        for table in tables
    )
    return dict(run_as_owner(" UNION ALL ".join(each)))


def _readable(run_as_owner) -> list[str]:
    """The tables of this test's own database, opened to their owner."""
    names = run_as_owner(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    tables = sorted({name for (name,) in names} - RECORDS)
    run_as_owner("; ".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in tables))
    return tables


def test_every_task_run_twice_in_a_row_changes_nothing_the_second_time(
    own_database, run_as_owner, person, acting
):
    worker = person("worker")
    with acting(worker):
        for stage in ("pending", "intake", "intervention", "closed"):
            make_case(worker, stage=stage)
    tables, changed = _readable(run_as_owner), {}
    for code, entry in SCHEDULE.items():
        task = import_string(entry["task"])
        task()
        once = _contents(run_as_owner, tables)
        task()
        twice = _contents(run_as_owner, tables)
        differing = [table for table in tables if once[table] != twice[table]]
        if differing:
            changed[code] = differing
    assert changed == {}


# ── the wrapper ──────────────────────────────────────────────────────────────


def _runs(task: str) -> list[TaskRun]:
    with house_scope(INSTALLATION):
        return list(TaskRun.objects.filter(task=task).order_by("id"))


@pytest.fixture(autouse=True)
def _nothing_noted(monkeypatch):
    monkeypatch.setattr(task_runs, "_noted", {})


def test_a_run_is_noted_with_its_count_and_time(db, settings, tmp_path):
    settings.MSW_BACKUPS = tmp_path
    check_backups.apply()
    (run,) = _runs("departments.tasks.check_backups")
    assert (run.result_count, run.error) == (1, "")
    assert run.ms >= 0


def test_an_error_is_noted_without_its_values(db, monkeypatch):
    def fails() -> int:
        raise ValueError("张三 110101199003070011")

    monkeypatch.setattr(daily_checks, "backups_check", fails)
    check_backups.apply()
    (run,) = _runs("departments.tasks.check_backups")
    assert run.result_count is None
    assert run.error.startswith("ValueError")
    assert "张三" not in run.error
    assert "1101" not in run.error


def test_only_the_last_runs_of_a_task_are_kept(db):
    for n in range(task_runs.KEPT + 5):
        task_runs.run_note(
            task="departments.tasks.watch", started_at=timezone.now(), ms=n, count=n, error=""
        )
    assert [run.ms for run in _runs("departments.tasks.watch")] == list(range(5, 25))


def test_a_frequent_task_that_did_nothing_is_noted_once_a_minute(db):
    relay = import_string("departments.tasks.relay_mail")
    relay.apply()
    relay.apply()
    assert len(_runs("departments.tasks.relay_mail")) == 1


# ── the page ─────────────────────────────────────────────────────────────────


def test_the_page_says_of_every_task_what_it_does_and_how_it_went(db, sysadmin, client_for):
    task_runs.run_note(
        task="departments.tasks.watch",
        started_at=timezone.now() - dt.timedelta(days=1),
        ms=1500,
        count=7,
        error="",
    )
    task_runs.run_note(
        task="cases.tasks.sweep_drops",
        started_at=timezone.now(),
        ms=10,
        count=None,
        error="OSError drops.py:12",
    )
    page = client_for(sysadmin).get("/console/system/schedule/").content.decode()
    for code, words in WORDS.items():
        assert f'id="{code}"' in page
        assert str(words.what) in page
    assert page.index('id="sweep-drops"') < page.index('id="watch"') < page.index('id="digests"')
    assert "没按时" in page
    assert "OSError drops.py:12" in page
    assert "1.5" in page


@pytest.mark.parametrize("login", ["worker", "head", "secadmin", "auditor", "officer"])
def test_nobody_else_sees_it(login, request, client_for):
    client = client_for(request.getfixturevalue(login))
    assert client.get("/console/system/schedule/").status_code in (403, 404)


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (5.0, "每 5 秒"),
        (300.0, "每 5 分钟"),
        (3600.0, "每 1 小时"),
        (crontab(minute="*/15"), "每 15 分钟"),
        (crontab(minute=20), "每小时第 20 分"),
        (crontab(hour=4, minute=10), "每天 04:10"),
        (crontab(hour=3, minute=0, day_of_month=1), "每月 1 日 03:00"),
        (crontab(hour=3, minute=0, day_of_week=0), "每周星期 7 03:00"),
    ],
)
def test_a_rhythm_is_said_in_words(rhythm, words):
    assert scheduler.rhythm_words(rhythm) == words


@pytest.mark.parametrize(
    ("rhythm", "after", "at"),
    [
        (crontab(hour=4, minute=10), (2026, 3, 1, 4, 10), (2026, 3, 2, 4, 10)),
        (crontab(minute=20), (2026, 3, 1, 4, 10), (2026, 3, 1, 4, 20)),
        (crontab(hour=3, minute=0, day_of_month=1), (2026, 3, 1, 4, 0), (2026, 4, 1, 3, 0)),
        (crontab(hour=3, minute=0, day_of_week=1), (2026, 3, 1, 4, 0), (2026, 3, 2, 3, 0)),
    ],
)
def test_the_next_time_of_a_rhythm(rhythm, after, at):
    given, wanted = (timezone.make_aware(dt.datetime(*one)) for one in (after, at))
    assert scheduler.next_after(rhythm, given) == wanted


# ── what it looks at ─────────────────────────────────────────────────────────


def _overdue(case, **given) -> Task:
    task = task_open(
        kind="plan_review",
        organization_id=case.organization_id,
        subject=case,
        due_at=timezone.now() - dt.timedelta(hours=1),
        **given,
    )
    assert task is not None
    return task


def test_an_overdue_task_is_told_once_to_its_worker_and_the_head(worker, head, worker2, acting):
    with acting(worker):
        case = make_case(worker)
        _overdue(case, assignee=worker, department_id=case.department_id)
    assert [daily_checks.overdue_tell(), daily_checks.overdue_tell()] == [1, 0]
    while relay_once():
        pass
    for person, told in ((worker, 1), (head, 1), (worker2, 0)):
        with acting(person):
            mine = Notification.objects.filter(user=person, kind="task.overdue")
            assert mine.count() == told, person.username
            lines = [str(one.title) for one in notices(person)]
            assert lines.count("复评服务计划：已过时限，还没有办") == told


def test_what_is_not_due_yet_or_has_no_such_clock_is_told_nobody(worker, acting):
    with acting(worker):
        case = make_case(worker)
        for kind, hours in (("plan_review", 1), ("action_item", -1)):
            task_open(
                kind=kind,
                organization_id=case.organization_id,
                subject=case,
                due_at=timezone.now() + dt.timedelta(hours=hours),
                assignee=worker,
            )
    assert daily_checks.overdue_tell() == 0
    with scope(role="relay"):
        assert not Outbox.objects.filter(topic="notice.tell", payload__kind="task.overdue").exists()


def test_a_broken_chain_becomes_the_auditors_task(own_database, run_as_owner, person, acting):
    worker, auditor = person("worker"), person("auditor")
    house = worker.membership.organization_id
    with house_scope(house):
        audit.record("case.close", by=None, organization_id=house)
    assert daily_checks.audit_check() == 0
    run_as_owner("ALTER TABLE departments_auditentry NO FORCE ROW LEVEL SECURITY")
    run_as_owner("ALTER TABLE departments_auditentry DISABLE TRIGGER USER")
    run_as_owner(
        "UPDATE departments_auditentry SET body = body || ' ' WHERE id = "
        "(SELECT id FROM departments_auditentry WHERE organization_id = %s ORDER BY at LIMIT 1)",
        house,
    )
    assert [daily_checks.audit_check(), daily_checks.audit_check()] == [1, 1]
    with acting(auditor):
        assert Task.objects.filter(kind="audit_broken", role="auditor").count() == 1
        assert AuditEntry.objects.filter(action="audit.broken").count() == 1
    connection.close()


@pytest.mark.parametrize(
    ("hours", "late"), [(1, 0), (25, 0), (27, 1), (None, 1)], ids=["new", "a day", "old", "none"]
)
def test_an_old_backup_is_told_to_the_system_administrator(hours, late, db, settings, tmp_path):
    settings.MSW_BACKUPS = tmp_path
    if hours is not None:
        made = tmp_path / "20260101" / "manifest.json"
        made.parent.mkdir()
        made.write_text("{}")
        at = (timezone.now() - dt.timedelta(hours=hours)).timestamp()
        os.utime(made, (at, at))
    assert daily_checks.backups_check() == late
    with house_scope(INSTALLATION):
        assert Task.objects.filter(kind="backup_old", state="open").count() == late


def test_where_the_folder_of_backups_is_not_here_nothing_is_said(db, settings, tmp_path):
    settings.MSW_BACKUPS = tmp_path / "elsewhere"
    assert daily_checks.backups_check() == 0
