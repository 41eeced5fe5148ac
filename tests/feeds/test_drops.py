"""Files in a folder: every encoding, bad lines beside good ones, a kill in the middle, put away afterwards."""

import csv
import io
import os
import subprocess
import sys
import time

import pytest

from cases.models.feeds import EpisodeDrop
from cases.services.feeds import drops, shelving
from departments.models.people import ApiClient
from departments.models.queues import Job
from departments.services.api_clients import api_client_end
from departments.services.jobs import job_run, sweep_jobs
from msw_portal.kernel.scope import scope
from tests.conftest import owner_sql
from tests.feeds.conftest import His
from tests.imports import files

HEADS = [
    "病案号",
    "更新时间",
    "姓名",
    "身份证号",
    "科室",
    "床号",
    "入院日期",
    "手术日期",
    "出院日期",
]
WARD = "血液科一病区"


def line(n: int, **given) -> list[str]:
    """A good line about somebody invented, another for each number."""
    number = files.id_no(n, born=files.born(n))
    values = {
        "病案号": f"ZY{n:05d}",
        "更新时间": "2026-11-20 23:05:00",
        "姓名": files.name(n),
        "身份证号": number,
        "科室": WARD,
        "床号": str(n % 40 + 1),
        "入院日期": "2026-11-10",
        **given,
    }
    return [values.get(head, "") for head in HEADS]


class Folder:
    """The folder of the hospital's client, and the jobs that read it."""

    def __init__(self, root, login: str = "secadmin"):
        self.his = His(login)
        self.client = ApiClient.objects.select_related("user").order_by("-id").first()
        self.path = root / str(self.client.uid)
        self.path.mkdir(parents=True, exist_ok=True)

    def drop(self, rows, name: str = "his.csv", encoding: str = "gb18030", age: int = 60):
        content = files.csv_bytes(rows, encoding=encoding, heads=HEADS)
        target = self.path / name
        target.write_bytes(content)
        os.utime(target, (time.time() - age,) * 2)
        return target

    def read(self) -> EpisodeDrop:
        """Sweep, and run what was queued."""
        assert drops.drops_sweep() == 1
        with scope(role="relay"):
            uid = Job.objects.filter(kind="episode_drop").order_by("-id").first().uid
        assert job_run(uid)
        return self.newest()

    def newest(self) -> EpisodeDrop:
        with scope(org=self.client.organization_id):
            return EpisodeDrop.objects.order_by("-id").first()

    def shelf(self, name: str) -> list[str]:
        place = self.path / name
        return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


@pytest.fixture
def folder(db, tmp_path, settings):
    settings.EPISODE_DROPS = tmp_path / "drops"
    return Folder(settings.EPISODE_DROPS)


def _counts(drop: EpisodeDrop) -> tuple[int, ...]:
    return (
        drop.given_count,
        drop.created_count,
        drop.changed_count,
        drop.same_count,
        drop.refused_count,
    )


def test_gb18030_with_three_bad_lines_brings_the_rest_and_names_the_three(folder, stay):
    rows = [line(n) for n in range(6)]
    rows[1] = line(1, 科室="没有的病区")
    rows[3] = line(3, 更新时间="昨天")
    rows[4] = line(4, 身份证号="110101199003070020")
    rows.append(line(0, 更新时间="2026-11-21 23:05:00", 床号="40", 手术日期="2026-11-21"))
    folder.drop(rows, "在院 2026-11-20.csv")
    drop = folder.read()
    assert (drop.state, _counts(drop)) == ("done", (7, 3, 1, 0, 3))
    assert [(number, name) for number, name, _text in drop.faults] == [
        (3, "ward"),
        (5, "source_time"),
        (6, "id_no"),
    ]
    [moved] = stay("ZY00000")
    assert (moved.bed, moved.ward.name) == ("40", WARD)
    assert folder.shelf("done") == []
    original, refused = folder.shelf("failed")
    text = (folder.path / "failed" / refused).read_text(encoding="utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert table[0][-2:] == ["原第几行", "不能导入的原因"]
    assert [row[-2] for row in table[1:]] == ["3", "5", "6"]
    assert original.startswith("在院 2026-11-20.") and original.endswith(".csv")
    assert [path.name for path in folder.path.iterdir()] == ["failed"]


def test_the_refused_lines_mended_are_dropped_again_and_a_repetition_changes_nothing(folder, stay):
    folder.drop([line(1), line(2, 科室="没有的病区")])
    folder.read()
    refused = next(name for name in folder.shelf("failed") if "refused" in name)
    text = (folder.path / "failed" / refused).read_text(encoding="utf-8-sig")
    mended = folder.path / "mended.csv"
    mended.write_text(text.replace("没有的病区", WARD), encoding="utf-8-sig")
    os.utime(mended, (time.time() - 60,) * 2)
    assert _counts(folder.read()) == (1, 1, 0, 0, 0)
    folder.drop([line(1), line(2), line(2)], "mended.csv", encoding="utf-16")
    assert _counts(folder.read()) == (3, 0, 0, 3, 0)
    assert len(folder.shelf("done")) == 2
    assert [len(stay(f"ZY0000{n}")) for n in (1, 2)] == [1, 1]


def test_a_discharge_that_is_taken_back_in_a_file(folder, stay):
    folder.drop([line(1, 出院日期="2026-11-19")])
    folder.read()
    folder.drop([line(1, 更新时间="20261122080000", 出院日期="取消")])
    assert _counts(folder.read()) == (1, 0, 1, 0, 0)
    [found] = stay("ZY00001")
    assert found.discharged_on is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空"),
        ("姓名,床号\n演示甲,1\n".encode("gb18030"), "病案号、记录时间"),
        ("病案号,更新时间\n".encode(), "没有数据"),
        (b"\xff\xfe\xfa\x01\x02", "编码"),
        ('病案号,更新时间\n"ZY1,2026-11-20 10:00\n'.encode() + b"a\n" * 17_000, "引号"),
    ],
)
def test_a_file_that_cannot_be_read_is_put_aside_with_its_reason(
    folder, persons, content, sentence
):
    target = folder.path / "x.csv"
    target.write_bytes(content)
    os.utime(target, (time.time() - 60,) * 2)
    drop = folder.read()
    assert (drop.state, sentence in drop.refusal) == ("refused", True), drop.refusal
    assert (len(folder.shelf("failed")), persons()) == (1, 0)


def test_what_is_still_written_is_a_link_or_no_table_of_ours_is_left_alone(folder, tmp_path):
    folder.drop([line(1)], "fresh.csv", age=0)
    folder.drop([line(1)], "half.csv.part")
    secret = tmp_path / "secret.csv"
    secret.write_text("病案号,更新时间\n")
    os.utime(secret, (time.time() - 60,) * 2)
    (folder.path / "link.csv").symlink_to(secret)
    assert drops.drops_sweep() == 0
    assert secret.exists()


def test_an_ended_client_drops_nothing_and_a_foreign_hospitals_line_is_refused(
    folder, secadmin, acting, settings, other_worker, persons
):
    heads = [*HEADS, "医疗机构代码"]
    content = files.csv_bytes([[*line(1), "HB"], [*line(2), "HA"]], heads=heads)
    target = folder.path / "two.csv"
    target.write_bytes(content)
    os.utime(target, (time.time() - 60,) * 2)
    drop = folder.read()
    assert _counts(drop) == (2, 1, 0, 0, 1)
    assert drop.faults[0][:2] == [2, "hospital"]
    with acting(secadmin):
        api_client_end(client=folder.client, reason="更换系统", by=secadmin)
    folder.drop([line(3)])
    assert drops.drops_sweep() == 0
    assert persons() == 1


def test_files_with_patients_are_not_kept_for_long(folder):
    folder.drop([line(1)])
    folder.read()
    [name] = folder.shelf("done")
    shelving.shelve_old(folder.path)
    assert folder.shelf("done") == [name]
    old = time.time() - 8 * shelving.DAY_SECONDS
    os.utime(folder.path / "done" / name, (old, old))
    drops.drops_sweep()
    assert folder.shelf("done") == []


ROWS = 1500
RUN = (
    "import django; django.setup(); from departments.services.jobs import job_run; job_run('{uid}')"
)


@pytest.mark.long
def test_a_killed_reader_goes_on_behind_its_last_batch(own_database, tmp_path, settings):
    settings.EPISODE_DROPS = tmp_path / "drops"
    env = {
        **own_database.env,
        "DJANGO_SETTINGS_MODULE": "msw_portal.settings",
        "MSW_EPISODE_DROPS": str(settings.EPISODE_DROPS),
    }
    folder = Folder(settings.EPISODE_DROPS)
    folder.drop([line(n) for n in range(ROWS)])
    assert drops.drops_sweep() == 1
    with scope(role="relay"):
        uid = Job.objects.get(kind="episode_drop").uid
    process = subprocess.Popen([sys.executable, "-c", RUN.format(uid=uid)], env=env)
    until = time.monotonic() + 90
    while folder.newest().read_through < 300 and time.monotonic() < until:
        time.sleep(0.05)
    process.kill()
    process.wait()
    half = folder.newest()
    assert half.state == "reading" and 0 < half.given_count < ROWS
    assert owner_sql(own_database.name, "SELECT count(*) FROM cases_episode") == [
        (half.given_count,)
    ]
    owner_sql(
        own_database.name,
        "UPDATE departments_job SET lease_until = now() - interval '1 second', not_before = now() WHERE state = 'leased'",
    )
    sweep_jobs()
    assert job_run(uid)
    end = folder.newest()
    assert (end.state, _counts(end)) == ("done", (ROWS, ROWS, 0, 0, 0))
    assert owner_sql(own_database.name, "SELECT count(*) FROM cases_episode") == [(ROWS,)]
    assert end.put_away_at is not None and len(folder.shelf("done")) == 1
