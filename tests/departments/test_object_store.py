"""Files in an S3-compatible store: sealed before they leave, the same rules as on a disk, a sentence while it is away."""

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from departments.models.mechanisms import Document
from departments.services.documents import document_read, document_upload, file_keep
from departments.services.file_sweeping import files_sweep
from msw_portal.backups.places import BackupError
from msw_portal.backups.putting import put
from msw_portal.backups.restoring import _unpack
from msw_portal.backups.taking import _pack
from msw_portal.kernel.attachments import files_storage
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.file_store import StoreAway
from tests.departments import s3
from tests.departments.test_file_sweeping import night  # noqa: F401  a fixture
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings, monkeypatch):
    """The portal keeps its files in a bucket."""
    with s3.running() as (store, address):
        for name, value in {
            "MSW_S3_BUCKET": "msw-files",
            "MSW_S3_ENDPOINT": address,
            "MSW_S3_REGION": "cn-north-1",
            "MSW_S3_KEY": "key-of-the-test",
            "MSW_S3_SECRET": "secret-of-the-test",
        }.items():
            monkeypatch.setenv(name, value)
        chosen = files_storage(environ.Env(), is_embedded=True)
        settings.STORAGES = settings.STORAGES | {"files": chosen}
        yield store


def test_a_file_goes_to_the_bucket_sealed_and_comes_back(bucket, worker, acting, upload, settings):
    with acting(worker):
        kept = document_upload(subject=make_case(worker), kind="other", file=upload, by=worker)
        document = Document.objects.get(pk=kept.pk)
        assert document_read(document=document, by=worker)[:4] == b"\x89PNG"
    ((name, (sealed, _at)),) = bucket.objects.items()
    assert name == f"files/{document.file_key[:2]}/{document.file_key}"
    assert b"PNG" not in sealed
    assert {text[:35] for text in bucket.signed} == {"AWS4-HMAC-SHA256 Credential=key-of-t"[:35]}
    assert not settings.MEDIA_ROOT.exists()


def test_a_row_that_is_rolled_back_takes_its_object_with_it(bucket, worker, acting, upload):
    with pytest.raises(ZeroDivisionError), acting(worker):
        document_upload(subject=make_case(worker), kind="other", file=upload, by=worker)
        assert len(bucket.objects) == 1
        raise ZeroDivisionError
    assert bucket.objects == {}


def test_while_the_store_is_away_an_upload_says_so_and_a_file_is_not_called_damaged(
    bucket, worker, acting, upload, client_for, client
):
    with acting(worker):
        case = make_case(worker)
        kept = document_upload(subject=case, kind="other", file=upload, by=worker)
    bucket.is_broken = True
    upload.seek(0)
    url = reverse("cases:document_upload", args=[case.uid])
    answer = client_for(worker).post(url, {"kind": "other", "file": upload})
    sentence = "存放文件的服务器暂时连不上，文件没有保存。请稍后再试，并告诉系统管理员。"
    assert (answer.status_code, answer.context["form"].errors) == (422, {"file": [sentence]})
    with acting(worker), pytest.raises(DomainError) as refused:
        document_read(document=kept, by=worker)
    assert (refused.value.rule, refused.value.status) == ("file.store_away", 503)
    found = client.get("/readyz").json()
    assert (found["files"], found["status"]) == ("away", "degraded")
    with pytest.raises(StoreAway):
        files_sweep()


def test_the_sweep_reads_the_bucket(bucket, worker, acting, upload, night):  # noqa: F811
    with acting(worker):
        kept = document_upload(subject=make_case(worker), kind="other", file=upload, by=worker)
    file_keep(b"left by a crash")
    swept = files_sweep(now=night)
    assert (swept.kept, swept.removed, swept.missing) == (2, 1, [])
    assert [name.rpartition("/")[2] for name in bucket.objects] == [kept.file_key]


def test_a_backup_holds_the_bucket_and_puts_it_back(bucket, tmp_path):
    keys = [file_keep(content)[0] for content in (b"one", b"two")]
    before = {name: content for name, (content, _at) in bucket.objects.items()}
    archive, back = tmp_path / "media.tar", tmp_path / "back"
    _facts, files = _pack(tmp_path / "media", archive)
    assert sorted(name.rpartition("/")[2] for name in files) == sorted(keys)
    assert _unpack(archive, back, files) == []
    del bucket.objects[f"files/{keys[0][:2]}/{keys[0]}"]
    said = []
    assert (put(back, say=said.append), put(back, say=said.append)) == (1, 0)
    assert {name: content for name, (content, _at) in bucket.objects.items()} == before
    bucket.is_broken = True
    with pytest.raises(BackupError, match="s3://msw-files .* does not answer"):
        _pack(tmp_path / "media", tmp_path / "again.tar")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"MSW_S3_ENDPOINT": "http://store.example"}, "MSW_S3_ENDPOINT"),
        ({"MSW_S3_KEY": "half"}, "MSW_S3_SECRET"),
        ({"MSW_S3_ADDRESSING": "odd"}, "MSW_S3_ADDRESSING"),
    ],
)
def test_a_store_that_is_set_wrongly_stops_the_start(monkeypatch, given, name):
    for key, value in {"MSW_S3_BUCKET": "msw-files", **given}.items():
        monkeypatch.setenv(key, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        files_storage(environ.Env(), is_embedded=False)
