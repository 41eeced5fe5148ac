"""The virus scanner: what it finds is refused, what it cannot look at is not kept, without one the pages say so."""

import contextlib
import datetime as dt
import io
import random

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from cases.services.secrecy import case_raise_secrecy
from departments.audit import history
from departments.models.imports import ImportRun
from departments.models.mechanisms import Document, Task
from departments.services import file_scanning, self_check
from departments.services.documents import document_read, file_forget
from departments.services.file_scanning import files_scan_late
from msw_portal.kernel import scanning
from msw_portal.kernel.scanning import Address
from tests.cases.pages import text_of
from tests.departments import clamd as fake
from tests.departments.clamd import EICAR
from tests.factories.cases import make_case
from tests.kernel.uploads import PDF, picture

INFECTED = PDF.replace(b"trailer", b"% " + EICAR + b"\ntrailer")


@pytest.fixture
def clamd(settings, tmp_path):
    """A scanner on a socket file."""
    with fake.running(tmp_path / "clamd.ctl") as (scanner, address):
        settings.CLAMD = address
        yield scanner


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        return make_case(worker)


@pytest.fixture
def send(worker, client_for, case):
    """Upload to the case through its page."""
    url, browser = reverse("cases:document_upload", args=[case.uid]), client_for(worker)

    def post(content: bytes, name: str = "出院小结.pdf"):
        return browser.post(
            url, {"kind": "medical_record", "file": SimpleUploadedFile(name, content)}
        )

    return post


def _kept(worker, acting) -> list[Document]:
    with acting(worker):
        return list(Document.objects.all())


def _refused(answer) -> str:
    """The sentence at the field; what else was chosen stays."""
    assert answer.status_code == 422
    assert '<option value="medical_record" selected>' in answer.content.decode()
    (sentence,) = answer.context["form"].errors["file"]
    return sentence


def test_a_virus_is_refused_at_the_field_and_nothing_is_kept(clamd, send, worker, acting, settings):
    sentence = _refused(send(INFECTED))
    assert sentence == (
        "文件里查出病毒（Eicar-Test-Signature），没有保存。请先在电脑上杀毒，并告诉信息科。"
    )
    assert clamd.seen == [INFECTED]
    assert _kept(worker, acting) == []
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_clean_file_is_kept_and_says_when_it_was_scanned(
    clamd, send, worker, acting, client_for, case
):
    sent = picture("PNG")
    assert send(sent, "照片.png").status_code == 302
    (document,) = _kept(worker, acting)
    assert clamd.seen == [sent]  # as it came, before anything was cleaned away
    assert document.scanned_at is not None
    page = client_for(worker).get(reverse("cases:case", args=[case.uid]) + "?part=documents")
    assert "已查毒" in text_of(page)
    assert "没有接入病毒扫描" not in text_of(page)


def test_without_a_scanner_the_page_says_so(send, worker, acting, client_for, case):
    assert send(PDF).status_code == 302
    (document,) = _kept(worker, acting)
    assert document.scanned_at is None
    page = client_for(worker).get(reverse("cases:case", args=[case.uid]) + "?part=documents")
    assert "本院没有接入病毒扫描" in text_of(page)


def test_while_the_scanner_is_away_nothing_is_kept(clamd, send, worker, acting, settings, tmp_path):
    away = "病毒扫描暂时不可用，文件没有保存。请稍后再试，并告诉系统管理员。"
    clamd.silent = True
    assert _refused(send(PDF)) == away
    clamd.silent, clamd.answer = False, b"stream: what is this\0"
    assert _refused(send(PDF)) == away
    settings.CLAMD = Address(path=str(tmp_path / "nobody.ctl"))
    assert _refused(send(PDF)) == away
    assert _kept(worker, acting) == []


def test_what_is_too_large_for_the_scanner_is_not_kept(clamd, send, worker, acting):
    out = io.BytesIO()
    noise = random.Random(1).randbytes(400 * 400 * 3)
    Image.frombytes("RGB", (400, 400), noise).save(out, "PNG")
    sentence = _refused(send(out.getvalue(), "照片.png"))
    assert sentence.startswith("文件超过病毒扫描的大小上限")
    assert _kept(worker, acting) == []


def test_an_import_is_scanned_too(clamd, head, client_for, acting):
    file = SimpleUploadedFile("名单.csv", "姓名,性别\n演示丁,女\n".encode() + EICAR)
    url = reverse("departments:import_new", args=["persons"])
    answer = client_for(head).post(url, {"source": "住院处", "file": file})
    assert (answer.status_code, "Eicar-Test-Signature" in text_of(answer)) == (422, True)
    with acting(head):
        assert not ImportRun.objects.exists()


def test_readiness_and_the_self_check_name_the_scanner(clamd, client, auditor, acting, settings):
    def seen() -> tuple[str, str, str]:
        found = client.get("/readyz").json()
        with acting(auditor):
            lines = {one.item.clause: one.finding for one in self_check.self_check(by=auditor)}
        return found["scanner"], found["status"], lines["8.1.4.5"].state

    assert seen() == ("ok", "ok", "ok")
    settings.CLAMD = Address(host="127.0.0.1", port=9)
    assert seen() == ("away", "degraded", "attention")
    settings.CLAMD = None
    assert seen() == ("off", "ok", "attention")


def test_a_scanner_on_another_machine_is_reached_by_its_port(settings):
    with fake.running() as (_clamd, address):
        settings.CLAMD = address
        assert (scanning.state(), scanning.found_in(b"plain")) == ("ok", "")
        assert scanning.found_in(b"x" * 70_000 + EICAR) == "Eicar-Test-Signature"


@pytest.mark.parametrize("text", ["/run/clamd", "unix:clamd", "tcp://host", "http://host:3310"])
def test_an_address_that_is_none_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="MSW_CLAMD"):
        Address.of(text)


# ── files that were kept before there was a scanner ──────────────────────────


@pytest.fixture
def later(tmp_path, settings):
    """A scanner that comes later: `with later() as scanner`."""

    @contextlib.contextmanager
    def begin():
        with fake.running(tmp_path / "late.ctl") as (scanner, address):
            settings.CLAMD = address
            yield scanner
        settings.CLAMD = None

    return begin


def _states(worker, acting) -> dict[str, tuple[str, str, bool]]:
    with acting(worker):
        return {
            one.title: (one.scan_state, one.scan_found, one.scanned_at is not None)
            for one in Document.objects.all()
        }


def test_what_was_kept_before_is_scanned_later_once_and_an_infected_file_is_locked(
    later, send, worker, head, acting, client_for, case
):
    assert files_scan_late().total() == 0
    assert send(INFECTED).status_code == 302
    assert send(picture("PNG"), "照片.png").status_code == 302
    with acting(head):
        case_raise_secrecy(
            case=case, named=[worker], reason="涉及未成年人被侵害，需要限制查阅", by=head
        )
    with later() as scanner:
        browser, listed = client_for(worker), reverse("cases:case", args=[case.uid])
        assert "还没查毒，系统稍后补查" in text_of(browser.get(f"{listed}?part=documents"))
        assert dict(files_scan_late(most=1)) == {"refused": 1}
        assert dict(files_scan_late()) == {"clean": 1}
        assert files_scan_late().total() == 0
        assert len(scanner.seen) == 2
    assert _states(worker, acting) == {
        "出院小结.pdf": ("refused", "Eicar-Test-Signature", True),
        "照片.png": ("clean", "", True),
    }
    with acting(worker):
        document = Document.objects.get(scan_state="refused")
        task = Task.objects.get(kind="file_infected")
        assert [one.action for one in history(document)][0] == "document.lock"
    assert (task.assignee_id, task.subject_uid, task.state) == (worker.pk, case.uid, "open")
    sentence = "这份文件后来查出病毒（Eicar-Test-Signature），已锁定，不能打开、下载或打印。"
    for name in ("document", "document_view"):
        answer = browser.get(reverse(f"cases:{name}", args=[document.uid]))
        assert (answer.status_code, sentence in text_of(answer)) == (409, True)
    page = browser.get(f"{listed}?part=documents")
    assert "查出病毒，已锁定" in text_of(page)
    assert reverse("cases:document", args=[document.uid]) + '"' not in page.content.decode()
    day = browser.get(reverse("cases:panel_my_day"))
    assert "有文件查出病毒，已锁定" in text_of(day)
    assert f"{listed}?part=documents" in day.content.decode()
    removed = browser.post(
        reverse("cases:document_remove", args=[document.uid]), {"reason": "not_needed"}
    )
    assert removed.status_code == 302
    with acting(worker):
        assert Task.objects.get(kind="file_infected").state == "done"


def test_a_wrong_signature_is_taken_back_and_what_cannot_be_scanned_is_not_asked_again(
    later, send, worker, acting, monkeypatch, settings
):
    assert send(PDF).status_code == 302
    assert send(picture("PNG"), "照片.png").status_code == 302
    with acting(worker):
        gone = Document.objects.get(mime="image/png")
    file_forget(gone.file_key)
    with later() as scanner:
        scanner.silent = True
        assert files_scan_late().total() == 0  # away: nothing is judged, nothing is lost
        scanner.silent, scanner.answer = False, b"stream: Wrong-1 FOUND\0"
        assert dict(files_scan_late()) == {"refused": 1, "unable": 1}
        scanner.answer = b""
        assert files_scan_late().total() == 0
        monkeypatch.setattr(file_scanning, "AGAIN_AFTER", dt.timedelta())
        assert dict(files_scan_late()) == {"clean": 1}
    assert _states(worker, acting) == {
        "出院小结.pdf": ("clean", "", True),
        "照片.png": ("unable", "", False),
    }
    with acting(worker):
        assert Task.objects.get(kind="file_infected").state == "done"
        assert document_read(document=Document.objects.get(mime="application/pdf"), by=worker)
