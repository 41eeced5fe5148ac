"""The pages of an import, as its owner meets them."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments.models.imports import ImportRun
from departments.services.jobs import job_run
from tests.imports import files


def _upload(client, content: bytes, *, kind: str = "persons", name: str = "名单.xlsx"):
    address = reverse("departments:import_new", args=[kind])
    return client.post(address, {"source": "HIS 导出", "file": files.upload(content, name)})


def _run(worker, acting) -> ImportRun:
    with acting(worker):
        return ImportRun.objects.visible_to(worker).select_related("job").latest("id")


def _mapped(client, run, **change):
    return client.post(
        reverse("departments:import_columns", args=[run.uid]),
        {"sheet": run.sheet, **{name: str(index) for name, index in run.mapping.items()}, **change},
    )


def test_a_file_goes_from_upload_to_the_end(db, client_for, worker, acting):
    client = client_for(worker)
    rows = [files.person(0), files.person(1), [*files.person(2)[:4], "123", *files.person(2)[5:]]]
    answer = _upload(client, files.xlsx(rows))
    run = _run(worker, acting)
    assert answer["Location"] == f"/imports/{run.uid}/columns/"
    page = client.get(answer["Location"]).content.decode()
    assert "列标题在第 1 行" in page
    assert '<option value="4" selected>E · 证件号码</option>' in page
    assert _mapped(client, run)["Location"] == f"/imports/{run.uid}/"
    page = client.get(f"/imports/{run.uid}/").content.decode()
    assert "正在检查" in page
    assert job_run(_run(worker, acting).job.uid)
    page = client.get(f"/imports/{run.uid}/").content.decode()
    assert "身份证号应为 18 位（旧证 15 位），现在是 3 位。" in page
    assert "确认后导入 2 行" in page
    assert files.name(2) not in page
    assert client.post(f"/imports/{run.uid}/confirm/").status_code == 302
    assert job_run(_run(worker, acting).job.uid)
    book = load_workbook(io.BytesIO(client.get(f"/imports/{run.uid}/refused/").content))
    lines = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert lines[0] == [*files.HEADS, "原第几行", "不能导入的原因"]
    assert lines[1][-2:] == ["4", "证件号码：身份证号应为 18 位（旧证 15 位），现在是 3 位。"]
    page = client.get("/notifications/").content.decode()
    assert "导入已完成" in page


def test_an_htmx_answer_ends_the_asking(db, client_for, worker, acting):
    client = client_for(worker)
    _upload(client, files.xlsx([files.person(0)]))
    run = _run(worker, acting)
    _mapped(client, run)
    asked = client.get(f"/imports/{run.uid}/progress/", headers={"HX-Request": "true"})
    assert (
        asked.status_code,
        "每" in asked.content.decode() or "排队中" in asked.content.decode(),
    ) == (200, True)
    job_run(_run(worker, acting).job.uid)
    asked = client.get(f"/imports/{run.uid}/progress/", headers={"HX-Request": "true"})
    assert (asked.status_code, asked["HX-Redirect"]) == (204, f"/imports/{run.uid}/")


def test_a_required_column_without_a_match_is_named_and_the_rest_is_kept(
    db, client_for, worker, acting
):
    client = client_for(worker)
    _upload(client, files.xlsx([files.person(0)]))
    run = _run(worker, acting)
    answer = _mapped(client, run, name="")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这一列必填，请指明是文件里的哪一列。" in page
    assert '<option value="4" selected>E · 证件号码</option>' in page


def test_one_column_is_not_two_fields(db, client_for, worker, acting):
    client = client_for(worker)
    _upload(client, files.xlsx([files.person(0)]))
    answer = _mapped(client, _run(worker, acting), phone="0")
    assert answer.status_code == 422
    assert "这一列已经对应了" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "文件是空的"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "a.xls", "旧版 Excel"),
        (b"%PDF-1.4 nothing", "a.pdf", "只接受 XLSX 或 CSV 文件"),
        (b"PK\x03\x04 nothing", "a.xlsx", "文件无法打开"),
        ("姓名\n".encode(), "a.csv", "表里没有数据"),
    ],
)
def test_a_file_that_is_none_is_refused_beside_the_field(
    db, client_for, worker, content, name, sentence
):
    answer = _upload(client_for(worker), content, name=name)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "HIS 导出" in answer.content.decode()


def test_a_run_is_its_owners_alone(db, client_for, worker, worker2, head, other_worker, acting):
    _upload(client_for(worker), files.xlsx([files.person(0)]))
    run = _run(worker, acting)
    for user in (worker2, head, other_worker):
        client = client_for(user)
        for address in ("", "columns/", "progress/", "refused/"):
            assert client.get(f"/imports/{run.uid}/{address}").status_code == 404
        for address in ("confirm/", "cancel/", "resume/", "columns/"):
            assert client.post(f"/imports/{run.uid}/{address}").status_code == 404


def test_who_may_bring_what(db, client_for, worker, assistant, head, secadmin, officer):
    def kinds(user) -> list[str]:
        answer = client_for(user).get("/imports/")
        return [one.code for one in answer.context["kinds"]] if answer.status_code == 200 else []

    assert kinds(worker) == [
        *("persons", "referrals", "contacts", "attendance", "volunteer_hours"),
    ]
    assert kinds(assistant) == ["contacts"]
    assert kinds(head) == [
        *("persons", "referrals", "contacts", "attendance"),
        *("volunteers", "organizations", "census", "register_entries", "volunteer_hours"),
    ]
    assert kinds(secadmin) == ["organizations", "staff"]
    assert kinds(officer) == [
        *("register_entries", "campaign_stats", "donations", "charity_years"),
        *("statement_bank", "statement_alipay", "statement_wechat"),
        "statement_platform",
    ]


def test_the_list_asks_as_often_for_one_run_as_for_three(
    db, client_for, worker, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for(worker)
    counts = []
    for _n in range(3):
        _upload(client, files.xlsx([files.person(0)]))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/imports/")
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_the_template_is_taken_as_it_is_and_its_example_is_left_out(db, client_for, worker, acting):
    client = client_for(worker)
    content = client.get("/imports/template/persons/").content
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:5] == [
        "姓名",
        "性别",
        "出生日期",
        "证件类型",
        "证件号码",
    ]
    for column, value in enumerate(files.person(5)[:5], start=1):
        sheet.cell(3, column, value)
    filled = io.BytesIO()
    book.save(filled)
    _upload(client, filled.getvalue())
    run = _run(worker, acting)
    _mapped(client, run)
    job_run(_run(worker, acting).job.uid)
    run = _run(worker, acting)
    assert (run.given_count, run.valid_count, run.refused_count) == (1, 1, 0)


def test_cancelling_removes_the_file(db, client_for, worker, acting, settings):
    from pathlib import Path

    client = client_for(worker)
    _upload(client, files.xlsx([files.person(0)]))
    run = _run(worker, acting)
    assert client.post(f"/imports/{run.uid}/cancel/").status_code == 302
    run = _run(worker, acting)
    assert (run.state, run.file_id, run.ended_at is not None) == ("cancelled", None, True)
    assert Path(settings.MEDIA_ROOT).exists()
