"""All of PostgreSQL on one small disk: even the WAL finds no room, the server stops, and is started until it can."""

import contextlib
import tempfile
import threading
import time
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from cases.models.work import Contact
from departments.services.entering import house_scope, member_scope
from departments.services.verifying import audit_verify
from msw_portal.embedded.places import EmbeddedError
from msw_portal.embedded.servers import start
from tests.factories.cases import make_case
from tests.platform.clusters import copy_template, pointed_at
from tests.platform.disks import NO_MOUNT, small_disk
from tests.platform.writing import Writers, keys_of

pytestmark = pytest.mark.long
SIZE = 320 * 1024**2


class Comeback:
    """What compose's `restart: unless-stopped` and `make run` do: a server that died is started again."""

    def __init__(self, servers) -> None:
        self.postgres, self.deaths = servers.postgres, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._stop.wait(0.5):
            if self.postgres.process.poll() is not None:
                self.deaths += 1
                with contextlib.suppress(EmbeddedError):
                    self.postgres.start()  # tied, it would end with this thread

    def __enter__(self) -> "Comeback":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(120)


def _fill_wal(postgres, disk) -> None:
    """Until the server stops because it cannot write what it has promised to write."""
    try:
        with contextlib.closing(postgres.connect()) as link, link.cursor() as cursor:
            for _megabyte in range(SIZE // 1024**2):
                cursor.execute(
                    "SELECT pg_logical_emit_message(false, 'full', repeat('x', 1048576))"
                )
                disk.fill()
    except psycopg2.Error:
        return
    raise AssertionError("the WAL found room for everything")


@pytest.fixture
def cluster(django_db_setup, django_db_blocker, capsys):
    """Servers of their own with all their files on a small disk; None where mounting is not allowed."""
    with tempfile.TemporaryDirectory(prefix="msw-full-", dir="/tmp") as name:
        Path(name).chmod(0o711)
        root = Path(name) / "disk"
        with small_disk(root, SIZE) as disk:
            if disk is None:
                with capsys.disabled():
                    print(f"\n{NO_MOUNT}a cluster without any room is not tried.")
                yield None
                return
            root.chmod(0o711)
            servers = start(root, is_tied=True)
            try:
                with django_db_blocker.unblock():
                    copy_template(root)
                yield disk, servers, root
            finally:
                servers.stop()


@pytest.fixture
def own_database(cluster, django_db_blocker, tmp_path):
    """The database on that disk, with the keys of the tests; what `portal` serves."""
    if cluster is None:
        yield None
        return
    _disk, _servers, root = cluster
    with django_db_blocker.unblock(), pointed_at(root, MSW_MEDIA=str(tmp_path)) as made:
        yield made


def test_a_cluster_without_any_room_comes_back_when_there_is_some(cluster, request, person):
    if cluster is None:
        return
    portal = request.getfixturevalue("portal")
    disk, servers, _root = cluster
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        case = make_case(worker, stage="intervention")
    connection.close()
    writers = Writers(portal, worker, case)
    writers.until(lambda one: len(one.of(302)) > 5, 60)
    with Comeback(servers):
        disk.fill(leave=4 * 1024**2)
        writers.until(lambda one: len(one.of(503)) > 20, 60)
        _fill_wal(servers.postgres, disk)
        refused = len(writers.of(503))
        writers.until(lambda one: len(one.of(503)) > refused + 40, 60)
        assert set(writers.counted()) == {302, 503}, writers.counted()
        assert all(writers.answered[once].headers["retry-after"] for once in writers.of(503))

        disk.make_room()
        freed = time.monotonic()
        while writers.send("probe").status not in (302, 409):
            assert time.monotonic() < freed + 60
            time.sleep(0.5)
        assert time.monotonic() - freed < 30
        assert "PANIC" in servers.postgres.log.read_text()
        for _try in range(40):
            for once in [*writers.of(503), *writers.of(409)]:
                writers.answered[once] = writers.send(once)
            if set(writers.counted()) == {302}:
                break
            time.sleep(1)
        assert set(writers.counted()) == {302}
    connection.close()  # opened before the server died
    with member_scope(worker, worker.membership.uid):
        texts = [contact.facts for contact in Contact.objects.all()]
    assert keys_of([text for text in texts if not text.startswith("probe")]) == sorted(
        writers.answered
    )
    house = worker.membership.organization_id
    with house_scope(house):
        assert audit_verify(organization_id=house).first_break is None
