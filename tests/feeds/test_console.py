"""The system administrator sees every house's files in figures, and nothing that a line says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models.mechanisms import Task
from departments.services import outbox
from departments.services.entering import house_scope
from msw_portal.kernel.scope import INSTALLATION
from tests.feeds.test_drops import Folder, line

PAGE = "/console/system/drops/"


@pytest.fixture
def folder(db, tmp_path, settings):
    settings.EPISODE_DROPS = tmp_path / "drops"
    return Folder(settings.EPISODE_DROPS)


def test_a_file_with_refused_lines_is_told_with_reasons_and_without_patients(
    folder, sysadmin, client_for
):
    folder.drop([line(1), line(2, 科室="没有的病区"), line(3, 更新时间="昨天")])
    drop = folder.read()
    admin = client_for(sysadmin)
    page = admin.get(PAGE).content.decode()
    assert "his.csv" in page and "部分不能接收" in page and str(folder.path) in page
    shown = admin.get(f"{PAGE}{drop.uid}/").content.decode()
    assert "本院没有叫“没有的病区”的在用病区或科室。" in shown
    report = admin.get(f"{PAGE}{drop.uid}/errors.csv")
    assert report["Content-Disposition"].startswith("attachment")
    lines = report.content.decode("utf-8-sig").splitlines()
    assert [one.split(",")[0] for one in lines] == ["行", "3", "4"]
    assert line(2)[2] not in page + shown + report.content.decode()
    assert line(2)[3] not in page + shown + report.content.decode()


def test_the_list_asks_as_often_for_one_file_as_for_three(folder, sysadmin, client_for):
    admin, counts = client_for(sysadmin), []
    for n in range(3):
        folder.drop([line(n)], f"{n}.csv")
        folder.read()
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert admin.get(PAGE).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("login", ["worker", "head", "secadmin", "officer"])
def test_for_nobody_else_it_exists(folder, person, client_for, login):
    folder.drop([line(1)])
    drop = folder.read()
    client = client_for(person(login))
    for address in (PAGE, f"{PAGE}{drop.uid}/", f"{PAGE}{drop.uid}/errors.csv"):
        assert client.get(address).status_code == 404


def test_without_a_folder_the_page_says_so(sysadmin, client_for, settings):
    settings.EPISODE_DROPS = None
    assert "没有开通文件投放" in client_for(sysadmin).get(PAGE).content.decode()


def _tasks(house_id: int) -> list[tuple[str, str]]:
    with house_scope(house_id):
        rows = Task.objects.filter(kind="drop_refused").order_by("id")
        return list(rows.values_list("role", "state"))


def test_refused_lines_are_the_administrators_task_once_a_day_until_a_file_comes_clean(
    folder, sysadmin, client_for
):
    """The installation's administrator: this hospital has none of its own."""
    for n in range(2):
        folder.drop([line(n), line(2, 科室="没有的病区")], f"{n}.csv")
        folder.read()
        while outbox.relay_once():
            pass
    assert _tasks(INSTALLATION) == [("sysadmin", "open")]
    assert _tasks(folder.client.organization_id) == []
    home = client_for(sysadmin).get("/console/system/").content.decode()
    assert "医院系统的文件有不能接收的行" in home and PAGE in home
    folder.drop([line(2)], "mended.csv")
    folder.read()
    while outbox.relay_once():
        pass
    assert _tasks(INSTALLATION) == [("sysadmin", "done")]
