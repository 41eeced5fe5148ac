"""The auditor's long work: the whole chain walked as a job, the trail exported, both audited."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from departments import audit
from departments.models.queues import Job
from departments.models.trail import AuditEntry
from departments.services import trail_jobs
from departments.services.documents import document_read
from departments.services.entering import house_scope, member_scope
from departments.services.jobs import job_run
from departments.services.trail_jobs import audit_check_ask, audit_export_ask
from departments.services.verifying import chain_part
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope


@pytest.fixture
def auditing(own_database, person):
    """The auditor of a committed database, with some entries to read."""
    auditor, worker = person("auditor"), person("worker")
    house = worker.membership.organization
    for n in range(7):
        with house_scope(house.pk):
            audit.record("case.close", by=worker, organization_id=house.pk, n=n, why=f"=1+{n}")
    return auditor


def _ask(auditor, service, **given) -> Job:
    with member_scope(auditor, auditor.membership.uid):
        return service(by=auditor, **given)


def _done(job: Job) -> Job:
    assert job_run(job.uid)
    with scope(role="relay"):
        return Job.objects.get(pk=job.pk)


def test_the_whole_chain_is_walked_part_by_part(auditing, monkeypatch):
    monkeypatch.setattr(trail_jobs, "LINKS_AT_ONCE", 3)
    job = _done(_ask(auditing, audit_check_ask))
    assert (job.state, job.args["break"], job.args["backwards"]) == ("done", None, 0)
    assert job.progress_done == job.progress_total == job.args["links"] == job.args["entries"]
    with scope(org=job.organization_id, role="auditor"):
        entry = AuditEntry.objects.get(action="audit.verify")
    assert entry.actor_id == auditing.pk


def test_the_auditor_reads_how_the_chain_stands(auditing, client_for):
    job = _done(_ask(auditing, audit_check_ask))
    page = client_for(auditing).get(f"/audit/jobs/{job.uid}/").content.decode()
    assert "审计链完整" in page
    assert f"共 {job.args['entries']} 条记录" in page


def test_a_touched_entry_is_found_and_named(auditing, run_as_owner, monkeypatch):
    monkeypatch.setattr(trail_jobs, "LINKS_AT_ONCE", 3)
    run_as_owner("ALTER TABLE departments_auditentry DISABLE TRIGGER USER")
    touched = run_as_owner(
        "UPDATE departments_auditentry SET body = '{}' WHERE id = (SELECT id FROM departments_auditentry "
        "WHERE action = 'case.close' ORDER BY id OFFSET 4 LIMIT 1) RETURNING id"
    )
    job = _done(_ask(auditing, audit_check_ask))
    assert (job.args["break"]["reason"], job.args["break"]["entry"]) == (
        "edited",
        str(touched[0][0]),
    )


def test_a_clock_that_went_back_is_counted(auditing, run_as_owner):
    house = auditing.membership.organization_id
    with house_scope(house):
        AuditEntry(
            organization_id=house, at=timezone.now() - dt.timedelta(hours=2), action="case.close"
        ).save(force_insert=True)
    with house_scope(house):
        found, backwards = chain_part(organization_id=house, start=1, end=10**6)
    assert (found, backwards) == (None, 1)


def test_one_check_at_a_time(db, auditor, acting):
    with acting(auditor):
        audit_check_ask(by=auditor)
        with pytest.raises(DomainError) as refused:
            audit_check_ask(by=auditor)
    assert (refused.value.rule, refused.value.status) == ("audit.check_runs", 409)


def _content(auditor, job: Job) -> bytes:
    with member_scope(auditor, auditor.membership.uid):
        row = trail_jobs.jobs_of(by=auditor).get(pk=job.pk)
        assert trail_jobs.export_is_kept(row)
        return document_read(document=row.result, by=auditor)


def test_an_export_holds_what_the_conditions_find_and_runs_no_formula(auditing, monkeypatch):
    monkeypatch.setattr(trail_jobs, "ROWS_AT_ONCE", 2)
    conditions = {"action": "case.close", "since": timezone.localdate()}
    job = _done(_ask(auditing, audit_export_ask, conditions=conditions, suffix="csv"))
    rows = list(csv.reader(io.StringIO(_content(auditing, job).decode("utf-8-sig"))))
    assert (len(rows), job.progress_total) == (8, 7)
    assert {row[1] for row in rows[1:]} == {"worker"}
    assert not [text for row in rows for text in row if text.startswith(("=", "+", "-", "@"))]
    with scope(org=job.organization_id, role="auditor"):
        made = AuditEntry.objects.get(action="export.make")
    assert '"count":7' in made.body


def test_an_export_is_a_workbook_too(auditing):
    job = _done(_ask(auditing, audit_export_ask, conditions={"action": "no.such"}, suffix="xlsx"))
    sheet = load_workbook(io.BytesIO(_content(auditing, job))).active
    assert (sheet.max_row, sheet["B1"].value) == (1, "登录名")


def test_no_other_format_is_exported(db, auditor, acting):
    with acting(auditor), pytest.raises(DomainError) as refused:
        audit_export_ask(conditions={}, suffix="exe", by=auditor)
    assert refused.value.field == "suffix"


def test_the_file_is_kept_for_three_days(auditing):
    job = _done(_ask(auditing, audit_export_ask, conditions={"action": "no.such"}, suffix="csv"))
    assert trail_jobs.export_is_kept(job)
    job.done_at -= dt.timedelta(days=4)
    assert not trail_jobs.export_is_kept(job)


def test_the_page_of_the_list_exports_what_it_shows(db, auditor, client_for, acting):
    client = client_for(auditor)
    page = client.get("/audit/?action=audit.list&person=auditor").content.decode()
    assert '<input type="hidden" name="person" value="auditor">' in page
    answer = client.post("/audit/export/", {"person": "auditor", "suffix": "csv"})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(f"{answer['Location']}file/").status_code == 404
    with acting(auditor):
        job = trail_jobs.jobs_of(by=auditor).get()
    assert job.args == {"suffix": "csv", "conditions": {"person": "auditor"}}
