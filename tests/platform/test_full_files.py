"""The disk of the files is full: a sentence at the field, what was typed stays, no orphan; jobs wait and go on."""

import io
import random
import resource
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from departments.models.mechanisms import Document
from departments.models.organizations import OrganizationSetting
from departments.models.queues import Job, Outbox
from departments.services import housekeeping, outbox
from departments.services.entering import house_scope
from departments.services.house_settings import MAIL_TO
from departments.services.jobs import job_run
from msw_portal.kernel.scope import INSTALLATION, scope
from msw_portal.kernel.uploads import MemoryUploadHandler
from reports.models import ReportRun
from reports.services.runs import report_ask
from tests.cases.pages import text_of
from tests.factories.cases import make_case
from tests.platform.disks import NO_MOUNT, small_disk

SENTENCE = "服务器存放文件的空间已满，文件没有保存。请稍后再试，并告诉系统管理员。"
SIZE = 4 * 1024 * 1024


class Limit:
    """Without a mount: no file of this process may grow past so many bytes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, leave: int = 0) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (leave, self._before[1]))

    def make_room(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@pytest.fixture
def disk(settings, tmp_path, capsys):
    """Where the portal keeps files, on four megabytes of its own."""
    folder = tmp_path / "small"
    settings.MEDIA_ROOT = folder
    with small_disk(folder, SIZE) as made:
        if made is None:
            with capsys.disabled():
                print(f"\n{NO_MOUNT}files find no room by a limit of this process.")
            made = Limit(folder)
        yield made
        made.make_room()


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 60)


def _picture(side: int) -> SimpleUploadedFile:
    """Noise, so that it stays as large as it is."""
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(side).randbytes(side * side * 3)).save(
        out, "PNG"
    )
    return SimpleUploadedFile("诊断证明.png", out.getvalue(), content_type="image/png")


def _files(settings) -> list[str]:
    kept = (path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())
    return sorted(name for name in kept if name != "ballast")


def test_an_upload_without_room_says_so_at_the_field_and_keeps_the_rest(
    disk, worker, acting, client_for, settings
):
    with acting(worker):
        case = make_case(worker)
    url, client = reverse("cases:document_upload", args=[case.uid]), client_for(worker)
    disk.fill(leave=64 * 1024)
    answer = client.post(url, {"kind": "diagnosis_certificate", "file": _picture(300)})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": [SENTENCE]}
    assert '<option value="diagnosis_certificate" selected>' in answer.content.decode()
    assert _files(settings) == []
    with acting(worker):
        assert not Document.objects.exists()
    disk.make_room()
    answer = client.post(url, {"kind": "diagnosis_certificate", "file": _picture(300)})
    assert answer.status_code == 302
    with acting(worker):
        assert Document.objects.get().title == "诊断证明.png"
    assert len(_files(settings)) == 1


def test_a_large_upload_needs_no_room_before_it_is_sealed(
    worker, acting, client_for, settings, tmp_path
):
    """Nothing is spooled in clear to a temporary folder: here there is none."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    with acting(worker):
        case = make_case(worker)
    picture = _picture(1200)
    assert picture.size > 4_000_000
    answer = client_for(worker).post(
        reverse("cases:document_upload", args=[case.uid]), {"kind": "other", "file": picture}
    )
    assert answer.status_code == 302
    with acting(worker):
        assert Document.objects.get().size > 4_000_000


def test_a_file_over_the_limit_is_refused_by_its_size(worker, acting, client_for, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    with acting(worker):
        case = make_case(worker)
    answer = client_for(worker).post(
        reverse("cases:document_upload", args=[case.uid]), {"kind": "other", "file": _picture(700)}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": ["文件超过 1 MB，请压缩或分开上传。"]}


def test_what_is_over_a_limit_is_thrown_away_while_it_arrives(settings, monkeypatch):
    settings.MAX_UPLOAD_BYTES = 100
    monkeypatch.setattr("msw_portal.kernel.uploads.LIMIT", 150)
    kept = []
    handler = MemoryUploadHandler()
    for chunks in ([b"a" * 60, b"b" * 40], [b"c" * 50], [b"d"], [b"e" * 60, b"f" * 60]):
        handler.new_file("file", "a.png", "image/png", None)
        size = 0
        for chunk in chunks:
            assert handler.receive_data_chunk(chunk, size) is None
            size += len(chunk)
        file = handler.file_complete(size)
        kept.append((file.read(), file.size))
    # The third and fourth find the request full: they count as too large.
    assert kept == [(b"a" * 60 + b"b" * 40, 100), (b"c" * 50, 50), (b"", 101), (b"", 120)]


def _report(run, head, acting) -> ReportRun:
    with acting(head):
        return ReportRun.objects.select_related("job").get(pk=run.pk)


def test_a_report_without_room_waits_says_so_and_goes_on_by_itself(
    disk, worker, head, acting, client_for, settings
):
    with acting(worker):
        make_case(worker)
    with acting(head):
        run = report_ask(kind="monthly", day=timezone.localdate(), by=head)
    page = reverse("reports:run", args=[run.uid])
    # The workbook (about 10 KB) still fits, the print beside it does not: neither stays.
    for leave in (0, 24 * 1024):
        disk.fill(leave=leave)
        with scope(role="relay"):
            Job.objects.update(not_before=timezone.now(), attempts=40)
        assert job_run(run.job.uid) is True
        job = _report(run, head, acting).job
        assert (job.state, job.waits_for_room) == ("ready", True)
        assert 0 < (job.not_before - timezone.now()).total_seconds() <= 20
        assert _files(settings) == []
        assert "服务器的存储空间已满" in text_of(client_for(head).get(page))
        disk.make_room()
    with scope(role="relay"):
        Job.objects.update(not_before=timezone.now())
    assert job_run(run.job.uid) is True
    done = _report(run, head, acting)
    assert (done.job.state, done.job.waits_for_room) == ("done", False)
    assert len(_files(settings)) == 4
    with acting(head):
        assert Document.objects.filter(subject_kind="reportrun").count() == 4


def test_a_report_that_was_given_up_is_tried_again_from_its_page(head, acting, client_for):
    with acting(head):
        run = report_ask(kind="monthly", day=timezone.localdate(), by=head)
    with scope(role="relay"):
        Job.objects.update(state="dead", error="ValueError building.py:40 report_build")
    client = client_for(head)
    page = client.get(reverse("reports:run", args=[run.uid])).content.decode()
    again = reverse("reports:run_retry", args=[run.uid])
    assert f'action="{again}"' in page
    assert client.post(again)["Location"] == reverse("reports:run", args=[run.uid])
    assert _report(run, head, acting).job.state == "ready"
    assert job_run(run.job.uid) is True
    assert _report(run, head, acting).job.state == "done"


def test_scarce_room_is_told_to_the_system_administrator_until_there_is_some(
    db, sysadmin, client_for, settings, tmp_path, mailoutbox, capsys
):
    settings.MAIL_IS_ON = True
    with house_scope(INSTALLATION):
        OrganizationSetting.objects.create(
            organization_id=INSTALLATION, key=MAIL_TO, value={"addresses": ["it@example.org"]}
        )
    page = "/console/system/"
    plenty, settings.MEDIA_ROOT = tmp_path / "plenty", tmp_path / "scarce"
    with small_disk(settings.MEDIA_ROOT, SIZE) as disk:
        if disk is None:
            with capsys.disabled():
                print(f"\n{NO_MOUNT}nobody is told of scarce room.")
            return
        for _run in range(2):
            housekeeping.watch()
        assert outbox.mail_once()
        assert not outbox.mail_once()
        assert [mail.to for mail in mailoutbox] == [["it@example.org"]]
        assert "只剩 4 MB" in mailoutbox[0].body
        console = text_of(client_for(sysadmin).get(page))
        assert "没有空间存放文件" in console and "0.0 GB，已满" in console
        assert "存放文件的空间不多了" in console
    settings.MEDIA_ROOT = plenty
    housekeeping.watch()
    assert "存放文件的空间不多了" not in text_of(client_for(sysadmin).get(page))
    assert "没有空间存放文件" not in text_of(client_for(sysadmin).get(page))


def test_an_effect_without_room_never_dies_of_it(worker, acting, settings):
    """After any number of attempts; another failure still ends it."""
    topics = "tests.platform.test_full_files.TOPICS"
    settings.OUTBOX_HANDLERS = topics
    for topic, state in (("probe.room", "ready"), ("probe.broken", "dead")):
        with acting(worker):
            outbox.put(topic, organization_id=worker.house_id)
        with scope(role="relay"):
            Outbox.objects.filter(topic=topic).update(attempts=40)
        assert outbox.relay_once() == 1
        with scope(role="relay"):
            row = Outbox.objects.get(topic=topic)
            assert (row.state, row.attempts) == (state, 41)
            assert (row.not_before - timezone.now()).total_seconds() <= (
                20 if state == "ready" else 4400
            )


def _no_room(delivery) -> None:
    raise OSError(28, "No space left on device")


def _broken(delivery) -> None:
    raise ValueError("broken")


TOPICS = {
    "probe.room": "tests.platform.test_full_files._no_room",
    "probe.broken": "tests.platform.test_full_files._broken",
}
