"""Files: encrypted on disk, unguessable, refused by content, gone with their transaction."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, transaction
from PIL import Image

from departments.models.mechanisms import Document
from departments.services.documents import document_read, document_upload
from departments.services.removing import document_remove
from msw_portal.kernel.errors import DomainError
from tests.factories.cases import make_case


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


def _upload(worker, name="诊断证明.png", content=None, **given):
    case = make_case(worker)
    file = SimpleUploadedFile(name, _png() if content is None else content)
    return document_upload(
        subject=case, kind="diagnosis_certificate", file=file, by=worker, **given
    )


def test_what_is_kept_reads_back_and_is_sealed_on_disk(worker, acting, settings):
    with acting(worker):
        document = Document.objects.get(pk=_upload(worker).pk)
        content = document_read(document=document, by=worker)
        assert Image.open(io.BytesIO(content)).size == (40, 30)
        assert (document.title, document.mime, len(document.file_key)) == (
            "诊断证明.png",
            "image/png",
            64,
        )
    (stored,) = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert b"PNG" not in stored.read_bytes()
    assert "诊断" not in stored.name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("病历.pdf", b"MZ\x90\x00" + b"\0" * 200),
        ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a.html", b"<html><script>alert(1)</script></html>"),
        ("空.pdf", b""),
    ],
)
def test_a_type_that_is_not_what_it_says_is_refused(worker, acting, settings, name, content):
    with acting(worker), pytest.raises(DomainError) as refused:
        _upload(worker, name=name, content=content)
    assert (refused.value.field, refused.value.rule.startswith("file.")) == ("file", True)
    assert list(settings.MEDIA_ROOT.rglob("*.*")) == []


def test_a_file_over_the_limit_is_refused_before_it_is_read(worker, acting, settings):
    settings.MAX_UPLOAD_BYTES = 10
    with acting(worker), pytest.raises(DomainError) as refused:
        _upload(worker)
    assert refused.value.rule == "file.too_large"


def test_a_tampered_file_is_not_given(worker, acting, settings):
    with acting(worker):
        document = Document.objects.get(pk=_upload(worker).pk)
        (stored,) = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
        stored.write_bytes(stored.read_bytes()[:-1] + b"x")
        with pytest.raises(DomainError) as refused:
            document_read(document=document, by=worker)
    assert refused.value.rule == "file.damaged"


def test_another_house_sees_no_document(worker, other_worker, acting):
    with acting(worker):
        _upload(worker)
    with acting(other_worker):
        assert Document.objects.count() == 0


def test_the_auditor_of_the_same_house_sees_no_case_file(worker, auditor, acting):
    with acting(worker):
        _upload(worker)
    with acting(auditor):
        assert Document.objects.count() == 0


def test_a_file_goes_with_its_row_and_stays_with_it(own_database, person, acting, settings):
    """Of a transaction that fails later, of a savepoint that is rolled back, of one that is kept."""
    worker = person("worker")

    def files() -> int:
        return sum(path.is_file() for path in settings.MEDIA_ROOT.rglob("*"))

    with pytest.raises(ZeroDivisionError), acting(worker):
        _upload(worker)
        assert files() == 1
        raise ZeroDivisionError
    assert files() == 0
    with acting(worker):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            _upload(worker, name="另一份.png")
            raise ZeroDivisionError
        _upload(worker)
    with acting(worker):
        document = Document.objects.get()
        assert document.title == "诊断证明.png" and document_read(document=document, by=worker)
    assert files() == 1


def test_a_file_stays_while_nobody_knows_whether_its_row_was_committed(
    own_database, person, acting, settings, run_as_owner
):
    """The server is lost between COMMIT and its answer: without a row it is litter, without a file a loss."""
    worker = person("worker")
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = 'msw_app'"
    )
    with pytest.raises((OperationalError, InterfaceError)), acting(worker):
        _upload(worker)
        run_as_owner(end)
    assert sum(path.is_file() for path in settings.MEDIA_ROOT.rglob("*")) == 1


def test_a_deleted_file_goes_with_the_commit_and_not_before(own_database, person, acting, settings):
    worker = person("worker")
    with acting(worker):
        document = _upload(worker)

    def files() -> int:
        return sum(path.is_file() for path in settings.MEDIA_ROOT.rglob("*"))

    given = {"document": document, "reason": "duplicate", "organization_id": worker.house_id}
    with pytest.raises(ZeroDivisionError), acting(worker):
        document_remove(**given, by=worker)
        raise ZeroDivisionError
    with acting(worker):
        assert document_read(document=Document.objects.get(), by=worker)
        document_remove(**given, by=worker)
        assert files() == 1
    assert files() == 0
    with acting(worker), pytest.raises(DomainError) as refused:
        document_remove(**given, by=worker)
    assert refused.value.rule == "document.gone"
