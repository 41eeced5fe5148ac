"""Store and table are kept in step: orphans go after the grace time, what is missing is reported, never a folder emptied."""

import datetime as dt
import os

import pytest
from django.utils import timezone

from departments.models.mechanisms import Document, Task
from departments.services import housekeeping
from departments.services.documents import document_read, document_upload, file_keep
from departments.services.entering import house_scope
from departments.services.file_sweeping import FEW, files_sweep
from msw_portal.kernel import file_store
from msw_portal.kernel.scope import INSTALLATION
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(hours=25)


def _files(settings) -> set[str]:
    return {path.name for path in (settings.MEDIA_ROOT / "files").rglob("*") if path.is_file()}


@pytest.fixture
def document(worker, acting, upload):
    with acting(worker):
        return document_upload(subject=make_case(worker), kind="other", file=upload, by=worker)


@pytest.fixture
def night():
    """The next night but one, by the sweep's clock."""
    return timezone.now() + LATER


def test_an_orphan_goes_after_the_grace_time_and_what_a_row_speaks_of_stays(
    document, worker, acting, settings, night
):
    orphan, _key = file_keep(b"left by a crash")
    half = settings.MEDIA_ROOT / "files" / "ab" / ("ab" * 32 + ".part")
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half")
    foreign = settings.MEDIA_ROOT / "files" / "readme.txt"
    foreign.write_text("somebody's")
    young = files_sweep()
    assert (young.kept, young.orphans, young.removed, young.missing) == (3, 0, 0, [])
    swept = files_sweep(now=night)
    assert (swept.kept, swept.orphans, swept.removed, swept.missing) == (3, 2, 2, [])
    assert _files(settings) == {document.file_key, "readme.txt"}
    with acting(worker):
        assert document_read(document=Document.objects.get(), by=worker)[:4] == b"\x89PNG"


def test_the_file_of_a_deleted_document_goes_when_it_stayed_behind(
    document, worker, acting, settings, night
):
    with acting(worker):
        Document.objects.update(voided_at=timezone.now(), void_reason="duplicate")
    assert files_sweep(now=night).removed == 1
    assert _files(settings) == set()


def test_a_row_without_a_file_is_reported_to_the_administrator_once(document, settings):
    file_store.remove(document.file_key)
    settings.FILES_GRACE_HOURS = -1
    assert housekeeping.files_check().missing == [str(document.uid)]
    housekeeping.files_check()
    with house_scope(INSTALLATION):
        (task,) = Task.objects.filter(kind="files_astray")
        assert task.state == "open"
    file_store.put(document.file_key, b"back from the backup")
    assert housekeeping.files_check().missing == []
    with house_scope(INSTALLATION):
        assert Task.objects.get(kind="files_astray").state == "done"


def test_many_orphans_at_once_are_held_back(document, settings, night):
    """A database restored to an earlier day must not cost the files of the days between."""
    for _one in range(FEW + 1):
        file_keep(b"x", is_synced=False)
    swept = files_sweep(now=night)
    assert (swept.orphans, swept.removed, swept.is_held_back) == (FEW + 1, 0, True)
    assert len(_files(settings)) == FEW + 2


def test_a_file_written_anew_is_young_again(document, settings, night):
    orphan, _key = file_keep(b"x")
    path = settings.MEDIA_ROOT / file_store.name_of(orphan)
    os.utime(path, (night.timestamp(), night.timestamp()))
    assert files_sweep(now=night).orphans == 0
