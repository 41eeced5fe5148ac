"""A report is asked for, built once as its asker, kept for a while, and seen by nobody else."""

import datetime as dt
import io
import os
import zipfile

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from departments.models.mechanisms import Document, Notification
from departments.models.people import Membership
from departments.models.queues import Job
from departments.services.history import history_lines, line
from departments.services.jobs import job_run, sweep_jobs
from departments.services.outbox import relay_once
from msw_portal.kernel import file_store, leases
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from reports.indicators.library import INDICATORS
from reports.models import IndicatorSnapshot, ReportRun
from reports.services.kinds import KINDS
from reports.services.runs import (
    report_ask,
    report_cancel,
    report_retry,
    run_file_take,
    run_files,
)
from tests.factories.cases import make_case, make_need


def _last_month() -> dt.date:
    return (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 60)


def _ask(head, acting, month=None):
    with acting(head):
        return report_ask(kind="monthly", day=month or timezone.localdate(), by=head)


def _taken(run, file_format, by) -> bytes:
    _document, content = run_file_take(run=run, file_format=file_format, by=by)
    return content


def test_a_run_makes_a_workbook_and_a_print_and_tells_the_asker(worker, head, acting):
    with acting(worker):
        make_need(make_case(worker, opened_at=timezone.now() - dt.timedelta(minutes=1)), worker)
    run = _ask(head, acting)
    assert job_run(run.job.uid) is True
    with acting(head):
        run = ReportRun.objects.select_related("job").get(pk=run.pk)
        book = load_workbook(io.BytesIO(_taken(run, "xlsx", head)))
        assert book.sheetnames == [*("概况", "在案阶段", "个案来源", "需求", "主要需求", "救助")]
        summary = {row[0].value: row[1].value for row in book["概况"].iter_rows(min_row=5)}
        needs = [[cell.value for cell in row] for row in book["需求"].iter_rows(min_row=4)]
        assert needs[0] == ["需求", "项", "ICD-10 (WHO)", "HL7 Gravity SDOH Clinical Care"]
        assert needs[1][2:] == [
            "Z59.6–Z59.7",
            "financial-insecurity medical-cost-burden",
        ]
        assert (summary["在案个案"], summary["新开个案"], summary["识别的需求"]) == (1, 1, 1)
        assert _taken(run, "pdf", head).startswith(b"%PDF-")
        assert (run.job.state, run.expires_at > timezone.now()) == ("done", True)
        assert Notification.objects.filter(kind="report.done", user=head).count() == 1


def test_a_second_worker_finds_nothing_to_claim(head, acting):
    run = _ask(head, acting)
    assert [job_run(run.job.uid), job_run(run.job.uid)] == [True, False]
    with acting(head):
        assert Document.objects.filter(subject_kind="reportrun", subject_id=run.pk).count() == 4


def test_a_closed_month_is_frozen_and_renders_the_same_bytes(worker, head, acting):
    month = _last_month()
    opened = timezone.make_aware(dt.datetime.combine(month, dt.time(9)))
    with acting(worker):
        make_case(worker, opened_at=opened)
    first = _ask(head, acting, month)
    job_run(first.job.uid)
    with acting(worker):
        make_case(worker, opened_at=opened)  # a late entry does not change a frozen month
    second = _ask(head, acting, month)
    job_run(second.job.uid)
    with acting(head):
        one, two = (ReportRun.objects.get(pk=run.pk) for run in (first, second))
        assert bytes(one.content_hash) == bytes(two.content_hash)
        assert run_files(one) == list(KINDS["monthly"].formats)
        for file_format in run_files(one):
            assert _taken(one, file_format, head) == _taken(two, file_format, head), file_format
        frozen = IndicatorSnapshot.objects.filter(indicator="case_new")
        assert [row.dims["n"] for row in frozen] == [1]


def test_the_running_month_is_not_frozen(head, acting):
    run = _ask(head, acting)
    job_run(run.job.uid)
    with acting(head):
        assert IndicatorSnapshot.objects.count() == 0


def test_a_future_month_is_refused_beside_the_field(head, acting):
    with acting(head), pytest.raises(DomainError) as refused:
        report_ask(kind="monthly", day=timezone.localdate() + dt.timedelta(days=40), by=head)
    assert (refused.value.rule, refused.value.field) == ("report.future", "period")


def test_a_worker_may_not_ask(worker, acting):
    with acting(worker), pytest.raises(DomainError) as refused:
        report_ask(kind="monthly", day=timezone.localdate(), by=worker)
    assert refused.value.rule == "permission.can_ask_report"


def test_without_the_membership_nothing_is_built(head, acting, hospital):
    run = _ask(head, acting)
    with scope(org=hospital.pk, role="secadmin"):
        Membership.objects.filter(pk=head.membership.pk).update(
            valid=(dt.date(2020, 1, 1), timezone.localdate() - dt.timedelta(days=1))
        )
    job_run(run.job.uid)
    with scope(role="relay"):
        job = Job.objects.get(pk=run.job_id)
    assert (job.state, job.error.startswith("LookupError")) == ("ready", True)


def test_a_cancelled_job_is_not_run(head, acting):
    run = _ask(head, acting)
    with acting(head):
        report_cancel(run=ReportRun.objects.get(pk=run.pk), by=head)
    assert job_run(run.job.uid) is False
    with acting(head), pytest.raises(DomainError) as refused:
        report_cancel(run=ReportRun.objects.select_related("job").get(pk=run.pk), by=head)
    assert refused.value.rule == "report.is_done"


def test_an_expired_file_is_no_longer_given(head, acting):
    run = _ask(head, acting)
    job_run(run.job.uid)
    with acting(head):
        ReportRun.objects.filter(pk=run.pk).update(expires_at=timezone.now())
        assert run_files(ReportRun.objects.get(pk=run.pk)) == []


def test_only_the_asker_sees_a_run(head, supervisor, other_head, acting):
    run = _ask(head, acting)
    for user, seen in ((head, [run.pk]), (supervisor, []), (other_head, [])):
        with acting(user):
            assert list(ReportRun.objects.visible_to(user).values_list("pk", flat=True)) == seen


def test_the_workbook_has_no_time_of_its_own(head, acting):
    run = _ask(head, acting, _last_month())
    job_run(run.job.uid)
    with acting(head):
        sheet = _taken(ReportRun.objects.get(pk=run.pk), "xlsx", head)
    times = {info.date_time for info in zipfile.ZipFile(io.BytesIO(sheet)).infolist()}
    assert times == {(2000, 1, 1, 0, 0, 0)}


def test_only_the_formats_asked_for_are_made(head, acting):
    with acting(head):
        run = report_ask(kind="monthly", day=timezone.localdate(), formats=["pdf"], by=head)
    job_run(run.job.uid)
    with acting(head):
        run = ReportRun.objects.get(pk=run.pk)
        assert run_files(run) == ["pdf"]
        assert run_file_take(run=run, file_format="xlsx", by=head) is None


@pytest.mark.parametrize(
    ("asked", "rule", "field"),
    [
        ({"kind": "nothing"}, "report.unknown_kind", "kind"),
        ({"span": "year"}, "report.not_this_span", "period"),
        ({"formats": ["exe"]}, "report.no_format", "formats"),
        ({"day": dt.date(1999, 12, 31)}, "report.too_early", "period"),
    ],
)
def test_what_a_kind_does_not_have_is_refused_at_its_field(asked, rule, field, head, acting):
    given = {"kind": "monthly", "day": timezone.localdate(), **asked}
    with acting(head), pytest.raises(DomainError) as refused:
        report_ask(**given, by=head)
    assert (refused.value.rule, refused.value.field) == (rule, field)


def test_a_cancelled_report_is_tried_again_and_one_that_runs_is_not(head, acting):
    run = _ask(head, acting)
    with acting(head):
        with pytest.raises(DomainError) as refused:
            report_retry(run=run, by=head)
        assert refused.value.rule == "report.not_over"
        report_cancel(run=ReportRun.objects.get(pk=run.pk), by=head)
        report_retry(run=ReportRun.objects.get(pk=run.pk), by=head)
    assert job_run(run.job.uid) is True
    with acting(head):
        assert len(run_files(ReportRun.objects.get(pk=run.pk))) == 4


def _as_role(head, hospital, role):
    with scope(org=hospital.pk, role="secadmin"):
        Membership.objects.filter(pk=head.membership.pk).update(role=role)


def test_a_role_that_has_changed_takes_nothing_away_and_makes_nothing(
    head, acting, hospital, client_for
):
    run, late = _ask(head, acting), _ask(head, acting)
    job_run(run.job.uid)
    address = f"/reports/runs/{run.uid}/xlsx/"
    assert client_for(head).get(address).status_code == 200
    _as_role(head, hospital, "worker")
    assert client_for(head).get(address).status_code == 404
    job_run(late.job.uid)
    with scope(role="relay"):
        assert Job.objects.get(pk=late.job_id).error.startswith("NotTheirs")
    _as_role(head, hospital, "dept_head")
    assert client_for(head).get(address).status_code == 200


def test_who_asked_hears_once_that_a_report_has_failed_for_good(head, acting, hospital):
    run = _ask(head, acting)
    _as_role(head, hospital, "worker")
    told = []
    for attempts in (0, leases.MAX_ATTEMPTS - 1):
        with scope(role="relay"):
            Job.objects.filter(pk=run.job_id).update(attempts=attempts, not_before=timezone.now())
        assert job_run(run.job.uid) is True
        while relay_once():
            pass
        with scope(org=hospital.pk, user=head.pk, role="worker"):
            notices = Notification.objects.filter(kind="report.failed", subject_uid=run.uid)
            told.append(list(notices.values_list("user_id", flat=True)))
    assert told == [[], [head.pk]]
    with scope(role="relay"):
        assert Job.objects.get(pk=run.job_id).state == "dead"


def test_what_was_named_and_not_published_is_swept_and_what_was_published_stays(
    head, acting, settings
):
    run = _ask(head, acting)
    job_run(run.job.uid)
    with acting(head):
        kept = [file.document.file_key for file in ReportRun.objects.get(pk=run.pk).files.all()]
    stray, folder = "ab" * 32, settings.MEDIA_ROOT / "tmp"
    file_store.put(stray, b"half a report")
    names = folder / f"{run.job.uid}.7.names"
    names.write_text("\n".join([*kept, stray]))
    sweep_jobs()
    assert names.exists()  # of the last seconds: it may be of a job claimed meanwhile
    os.utime(names, (0, 0))
    sweep_jobs()
    assert list(folder.iterdir()) == []
    assert sorted(one.file_key for one in file_store.kept()) == sorted(kept)


def _details(action: str, body: str, kind: str) -> list[tuple[str, str]]:
    said = line(
        at=timezone.now(),
        who="秦示例",
        role="dept_head",
        action=action,
        result="ok",
        body=body,
        kind=kind,
    )
    return [(one.label, one.text) for one in said.details]


def test_two_formats_are_two_and_not_an_old_and_a_new_one():
    ((_label, formats),) = _details("report.build", '{"formats": ["pdf", "xlsx"]}', "reportrun")
    assert "改为" not in formats
    assert {"pdf", "xlsx"} == set(formats.split("、"))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_history_of_a_run_says_every_kind_by_its_name(kind):
    said = _details("report.ask", f'{{"kind": "{kind}"}}', "reportrun")
    assert said == [("类型", str(KINDS[kind].name))]


def test_the_history_says_periods_schedules_and_indicators_in_words(head, acting):
    with acting(head):
        run = report_ask(kind="yearly", day=_last_month(), by=head)
        (asked,) = history_lines(run)
    assert [(one.label, one.text) for one in asked.details][::2] == [
        ("类型", "年报"),
        ("期间长短", "年"),
    ]
    changed = '{"kind": ["monthly", "quarterly"], "cadence": ["monthly", "quarterly"]}'
    assert _details("report_schedule.change", changed, "reportschedule") == [
        ("类型", "从“月报”改为“季报”"),
        ("周期", "从“每月”改为“每季度”"),
    ]
    kept = '{"codes": ["case_new", "no_such"]}'
    names = f"{INDICATORS['case_new'].name}、no_such"
    assert _details("built_report.keep", kept, "builtreport") == [("编号", names)]


def test_the_same_code_of_another_subject_gets_no_word_of_a_report():
    assert _details("rule.add", '{"span": "year"}', "rule") == [("期间长短", "year")]
