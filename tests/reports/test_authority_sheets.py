"""Sheets of authorities as data: brought, mapped, filled; a new one needs no code."""

import io
import zipfile

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from departments.services.jobs import job_run
from msw_portal.kernel.errors import DomainError
from reports.models import AuthoritySheet, ReportRun
from reports.services.authority_sheets import (
    authority_sheet_add,
    authority_sheet_map,
    authority_sheet_retire,
    authority_sheet_unmap,
    filled,
    mapped,
)
from reports.services.runs import report_ask, run_file_take, run_title
from tests.factories.cases import make_case, make_contact
from tests.factories.sheets import make_sheet, upload, workbook


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 60)


@pytest.fixture
def work(worker, acting):
    """Two cases; two ward visits and one call, today."""
    with acting(worker):
        # Of this month on its first days too: `make_case` opens ten days ago.
        now = {"opened_at": timezone.now(), "assigned_at": timezone.now()}
        case = make_case(worker, **now)
        make_case(worker, **now)
        make_contact(case, worker)
        make_contact(case, worker)
        make_contact(case, worker, mode="phone")


def _filled(sheet, head, acting):
    today = timezone.localdate()
    with acting(head):
        content = filled(sheet=sheet, first=today.replace(day=1), last=today, by=head)
    return load_workbook(io.BytesIO(content)), content


def test_a_sheet_is_filled_where_it_is_mapped_and_else_as_it_was(work, head, acting):
    given = workbook(
        {"A1": "医务社工统计表", "A2": "新开个案", "A3": "电话", "B5": "=B2+B3", "A6": "填报单位"},
        page="表一",
        merged="A1:C1",
    )
    with acting(head):
        sheet = make_sheet(head, given)
        for cell, said in (
            ("b2", {"kind": "indicator", "code": "case_new"}),
            ("B3", {"kind": "indicator", "code": "contact_done", "dim": "mode", "value": "phone"}),
            (
                "B4",
                {"kind": "indicator", "code": "contact_done", "dim": "mode", "value": "home_visit"},
            ),
            ("B6", {"kind": "house"}),
            ("B7", {"kind": "period_first"}),
            ("B8", {"kind": "text", "text": "=1+1"}),
        ):
            sheet = authority_sheet_map(sheet=sheet, page="表一", cell=cell, by=head, **said)
    book, content = _filled(sheet, head, acting)
    page = book["表一"]
    assert [page[cell].value for cell in ("B2", "B3", "B4", "B6")] == [2, 1, 0, "测试第一医院"]
    assert page["B7"].value.date() == timezone.localdate().replace(day=1)
    assert (page["B8"].value, page["B8"].data_type) == ("=1+1", "s")
    assert (page["B5"].value, page["A1"].font.bold, str(page.merged_cells)) == (
        "=B2+B3",
        True,
        "A1:C1",
    )
    assert _filled(sheet, head, acting)[1] == content
    first = timezone.localdate().replace(day=1)
    with acting(head):
        words = mapped(sheet, first=first, last=timezone.localdate(), by=head)
    said = {one["cell"]: one["said"] for one in words}
    assert (said["B6"], said["B7"], said["B8"]) == ("测试第一医院", f"{first}", "=1+1")


def test_another_sheet_of_another_layout_needs_no_code(work, head, acting):
    with acting(head):
        sheet = make_sheet(head, workbook({"D9": "服务人次（合计）"}, page="附件2"), name="附件 2")
        sheet = authority_sheet_map(
            sheet=sheet, page="附件2", cell="E9", kind="indicator", code="contact_done", by=head
        )
    assert _filled(sheet, head, acting)[0]["附件2"]["E9"].value == 3


def test_a_filled_sheet_is_a_run_with_the_workbook_as_its_file(work, head, acting):
    with acting(head):
        sheet = make_sheet(head)
        authority_sheet_map(
            sheet=sheet, page="Sheet1", cell="B2", kind="indicator", code="case_new", by=head
        )
        run = report_ask(
            kind="authority_sheet",
            day=timezone.localdate(),
            span="quarter",
            params={"sheet": str(sheet.uid)},
            by=head,
        )
        title = run_title(run)
    assert title.startswith("统计表 ") and title.endswith("季度")
    assert job_run(run.job.uid) is True
    with acting(head):
        run = ReportRun.objects.select_related("job").get(pk=run.pk)
        assert run.job.progress_done > 0
        document, content = run_file_take(run=run, file_format="xlsx", by=head)
    assert (document.title, load_workbook(io.BytesIO(content)).active["B2"].value) == (
        f"{title}.xlsx",
        2,
    )


def test_a_sheet_is_asked_for_by_its_name_and_only_while_it_is_in_use(head, other_head, acting):
    with acting(head):
        sheet = make_sheet(head)
    given = {"kind": "authority_sheet", "day": timezone.localdate()}
    for person, params, rule in (
        (head, {}, "report.no_subject"),
        (other_head, {"sheet": str(sheet.uid)}, "report.unknown_subject"),
    ):
        with acting(person), pytest.raises(DomainError) as refused:
            report_ask(**given, params=params, by=person)
        assert (refused.value.rule, refused.value.field) == (rule, "subject")
    with acting(head):
        authority_sheet_retire(sheet=sheet, by=head)
        with pytest.raises(DomainError) as refused:
            report_ask(**given, params={"sheet": str(sheet.uid)}, by=head)
    assert refused.value.rule == "report.unknown_subject"


def test_a_cell_is_mapped_once_and_can_be_left_alone_again(head, acting):
    with acting(head):
        sheet = make_sheet(head)
        for code in ("case_new", "case_closed"):
            sheet = authority_sheet_map(
                sheet=sheet, page="Sheet1", cell="B2", kind="indicator", code=code, by=head
            )
        assert [one["code"] for one in sheet.cells] == ["case_closed"]
        sheet = authority_sheet_unmap(sheet=sheet, page="Sheet1", cell="B2", by=head)
        assert sheet.cells == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"page": "没有", "cell": "B2", "kind": "house"}, "page"),
        ({"page": "Sheet1", "cell": "B", "kind": "house"}, "cell"),
        ({"page": "Sheet1", "cell": "B1:B3", "kind": "house"}, "cell"),
        ({"page": "Sheet1", "cell": "B1", "kind": "house"}, "cell"),
        ({"page": "Sheet1", "cell": "B2", "kind": "formula"}, "kind"),
        ({"page": "Sheet1", "cell": "B2", "kind": "indicator", "code": "nothing"}, "code"),
        (
            {
                "page": "Sheet1",
                "cell": "B2",
                "kind": "indicator",
                "code": "case_new",
                "dim": "channel",
            },
            "dim",
        ),
    ],
)
def test_what_cannot_be_filled_is_refused_beside_its_field(given, field, head, acting):
    with acting(head):
        sheet = make_sheet(head)
        with pytest.raises(DomainError) as refused:
            authority_sheet_map(sheet=sheet, by=head, **given)
    assert refused.value.field == field


def _with_part(name: str, content: bytes = b"<x/>") -> bytes:
    target = io.BytesIO(workbook({"A1": "表"}))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "rule"),
    [
        (_with_part("xl/vbaProject.bin"), "表.xlsx", "file.macros"),
        (_with_part("xl/externalLinks/externalLink1.xml"), "表.xlsx", "sheet.links"),
        (b"%PDF-1.4", "表.pdf", "sheet.not_xlsx"),
        (b"PK\x03\x04 nothing", "表.xlsx", "file.damaged"),
    ],
)
def test_macros_links_and_other_files_are_refused(content, name, rule, head, acting):
    with acting(head), pytest.raises(DomainError) as refused:
        authority_sheet_add(name="坏表", file=upload(content, name), by=head)
    assert (refused.value.rule, refused.value.field) == (rule, "file")
    with acting(head):
        assert not AuthoritySheet.objects.filter(name="坏表").exists()


def test_a_worker_brings_no_sheet_and_another_house_sees_none(worker, head, other_head, acting):
    with acting(worker), pytest.raises(DomainError) as refused:
        make_sheet(worker)
    assert refused.value.rule == "permission.can_keep_sheets"
    with acting(head):
        make_sheet(head)
    with acting(other_head):
        assert AuthoritySheet.objects.visible_to(other_head).count() == 0


def test_a_retired_sheet_is_offered_no_more_and_its_name_is_free(head, acting):
    with acting(head):
        authority_sheet_retire(sheet=make_sheet(head), by=head)
        assert AuthoritySheet.objects.visible_to(head).count() == 0
        make_sheet(head)


def test_the_pages_take_a_sheet_from_upload_to_the_filled_file(work, head, client_for, acting):
    client = client_for(head)
    asked = {"name": "季度表", "file": upload(workbook({"A1": "表", "A2": "新开个案"}))}
    to = client.post("/reports/sheets/", asked)["Location"]
    cell = {"page": "Sheet1", "cell": "B2", "kind": "indicator", "code": "case_new"}
    assert client.post(to, cell).status_code == 302
    page = client.get(to).content.decode()
    assert "新开个案" in page and "Sheet1 · B2" in page and "<td>2</td>" in page
    first = timezone.localdate().replace(day=1)
    run = client.post(f"{to}fill/", {"period": f"month:{first}"})["Location"]
    with acting(head):
        job = ReportRun.objects.select_related("job").get().job.uid
    assert job_run(job) is True
    assert "季度表" in client.get(run).content.decode()
    answer = client.get(f"{run}xlsx/")
    assert load_workbook(io.BytesIO(answer.content)).active["B2"].value == 2
    late = client.post(f"{to}fill/", {"period": "month:2011-01-01"})
    assert (late.status_code, "请从列表中选择期间" in late.content.decode()) == (422, True)
    assert client.post(f"{to}unmap/", {"page": "Sheet1", "cell": "B2"}).status_code == 302
    assert client.post(f"{to}retire/").status_code == 302
    assert client.get(to).status_code == 404


def test_the_list_asks_as_often_for_three_sheets_as_for_one(
    head, acting, client_for, django_assert_max_num_queries
):
    def asked(*names: str) -> int:
        with acting(head):
            for name in names:
                make_sheet(head, name=name)
        client = client_for(head)
        with django_assert_max_num_queries(99) as seen:
            assert client.get("/reports/sheets/").status_code == 200
        return len(seen.captured_queries)

    assert asked("一") == asked("二", "三")


def test_the_value_of_a_part_is_chosen_by_its_word(head, other_head, acting, client_for):
    with acting(head):
        sheet = make_sheet(head)
    browser = client_for(head)
    at = f"/reports/sheets/{sheet.uid}/"
    asked = browser.get(f"{at}parts/", {"code": "contact_done", "dim": "mode"}).content.decode()
    assert '<option value="phone">电访</option>' in asked
    assert 'value="channel"' not in asked
    assert client_for(other_head).get(f"{at}parts/").status_code == 404
    said = {"page": "Sheet1", "cell": "B2", "kind": "indicator", "code": "contact_done"}
    refused = browser.post(at, {**said, "dim": "mode", "value": "carrier pigeon"})
    assert (refused.status_code, "请从列表中选择。" in refused.content.decode()) == (422, True)
    assert "请选择。" in browser.post(at, {**said, "dim": "mode"}).content.decode()
    assert browser.post(at, {**said, "dim": "mode", "value": "phone"}).status_code == 302
    assert browser.post(at, {**said, "cell": "B3", "dim": "mode", "value": "?"}).status_code == 302
    page = browser.get(at).content.decode()
    assert "= 电访）" in page and "= 未填）" in page
    with acting(head):
        kept = AuthoritySheet.objects.get(pk=sheet.pk).cells
        assert [one.get("value", "") for one in kept] == ["phone", ""]
        with pytest.raises(DomainError) as unknown:
            authority_sheet_map(sheet=sheet, by=head, **said, dim="mode", value="pigeon")
    assert (unknown.value.rule, unknown.value.field) == ("sheet.value", "value")


def test_a_ward_is_kept_by_its_key_and_said_by_its_name(head, acting, client_for, ward):
    with acting(head):
        sheet = make_sheet(head)
    said = {"page": "Sheet1", "cell": "B2", "kind": "indicator", "code": "case_new"}
    answer = client_for(head).post(
        f"/reports/sheets/{sheet.uid}/", {**said, "dim": "ward", "value": str(ward.pk)}
    )
    assert answer.status_code == 302
    with acting(head):
        words = mapped(
            AuthoritySheet.objects.get(pk=sheet.pk),
            first=timezone.localdate(),
            last=timezone.localdate(),
            by=head,
        )
    assert f"= {ward.name}）" in words[0]["said"]
