"""The database's disk is full while people write: a sentence for each of them, nothing half saved, and it mends itself."""

import contextlib
import json
import os
import secrets

import pytest
from django.db import connections

from cases.models.work import Contact
from departments.models.trail import AuditEntry
from departments.services.entering import house_scope, member_scope
from departments.services.verifying import audit_verify
from tests.conftest import _drop, api_client_of, owner_sql
from tests.factories.cases import make_case
from tests.platform.asking import cluster_of_tests
from tests.platform.disks import NO_MOUNT, small_disk
from tests.platform.writing import Writers, keys_of

ROOM = 24_000_000
LEFT = 600_000  # so that it fills up while they write
SENTENCE = "服务器的存储空间已满，刚才的操作没有完成。"


class SmallTablespace:
    """The test's database on a tmpfs of its own inside the shared cluster; WAL and everybody else stay where they are."""

    def __init__(self, disk, name: str) -> None:
        self.disk, self.name = disk, name

    def fill(self) -> None:
        self.disk.fill(leave=LEFT)

    def make_room(self) -> None:
        self.disk.make_room()


class SaysDiskFull:
    """Without a mount: a trigger raises what PostgreSQL raises, at the first row of the audit."""

    SQL = (
        "CREATE FUNCTION public.no_room() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file'; END $$; "
        "CREATE TRIGGER no_room BEFORE INSERT ON departments_auditentry EXECUTE FUNCTION public.no_room()"
    )

    def __init__(self, name: str) -> None:
        self.name = name

    def fill(self) -> None:
        owner_sql(self.name, self.SQL)

    def make_room(self) -> None:
        owner_sql(self.name, "DROP FUNCTION public.no_room CASCADE")


@pytest.fixture
def small(own_database, capsys):
    """This test's database with room for a few hundred contacts, or what comes next to it."""
    cluster = cluster_of_tests()
    name = f"msw_small_{secrets.token_hex(4)}"
    folder = cluster.place.clusters / name
    (size,) = owner_sql(own_database.name, "SELECT pg_database_size(current_database())")[0]
    with small_disk(folder, size + ROOM) as disk:
        if disk is None:
            with capsys.disabled():
                print(f"\n{NO_MOUNT}the database says that its disk is full by a trigger.")
            yield SaysDiskFull(own_database.name)
            return
        account = cluster.account()
        if account is not None:
            os.chown(folder, account.uid, account.gid)
        folder.chmod(0o700)
        with contextlib.closing(cluster.connect()) as link, link.cursor() as cursor:
            connections.close_all()
            cursor.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
            cursor.execute(f"ALTER DATABASE {own_database.name} SET TABLESPACE {name}")
            try:
                yield SmallTablespace(disk, own_database.name)
            finally:
                connections.close_all()
                _drop(own_database.name)
                cursor.execute(f"DROP TABLESPACE {name}")


@pytest.fixture
def case(small, person):
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        return make_case(worker, stage="intervention")


def _kept(worker) -> list[str]:
    with member_scope(worker, worker.membership.uid):
        return keys_of([contact.facts for contact in Contact.objects.all()])


def _problem(writers: Writers, bearer: str) -> dict:
    """What a client of the API reads: every reading is audited, so that in the end none has room."""
    for _try in range(200):
        answer = writers.ask("GET", "/api/v1/funding-requests/", Authorization=bearer)
        assert answer.status in (200, 503), answer.text
        if answer.status == 503:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"] == "30"
            return json.loads(answer.text)
    raise AssertionError("the API found room for everything")


def test_the_database_has_no_room(small, case, portal, person):
    worker = person("worker")
    writers = Writers(portal, worker, case)
    bearer = api_client_of().defaults["HTTP_AUTHORIZATION"]
    writers.until(lambda one: len(one.of(302)) > 5, 30)
    small.fill()
    writers.until(lambda one: len(one.of(503)) > 12, 60)

    assert set(writers.counted()) == {302, 503}, writers.counted()
    # Who stands behind a writer that finds no room may wait in vain for the lock: "busy", try again at once.
    full = [
        once for once in writers.of(503) if writers.answered[once].headers["retry-after"] != "2"
    ]
    assert len(full) > 6
    for once in full:
        answer = writers.answered[once]
        assert answer.headers["retry-after"] == "30"
        assert SENTENCE in answer.text and "不要关闭它" in answer.text
        assert answer.headers["x-request-id"] in answer.text
    assert _kept(worker) == sorted(writers.of(302))
    problem = _problem(writers, bearer)
    assert problem["type"] == "urn:msw:problem:no_room" and "Idempotency-Key" in problem["detail"]
    assert writers.ask("GET", "/livez").status == 200

    small.make_room()
    refused = writers.of(503)
    for once in refused:
        writers.answered[once] = writers.send(once)
    # A key whose claim could not be given back is busy for half a minute and then free.
    assert {writers.answered[once].status for once in refused} <= {302, 409}
    assert len(writers.of(409)) <= 2
    assert _kept(worker) == sorted(writers.of(302))
    house = worker.membership.organization_id
    with house_scope(house):
        made = audit_verify(organization_id=house)
        assert made.first_break is None
        assert AuditEntry.objects.filter(action="contact.record").count() == len(writers.of(302))
