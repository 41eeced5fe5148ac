"""Planted numbers, names, telephones and notes are found nowhere: dump, data files, WAL, Redis, logs, files."""

import base64
import json
import os
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.db import connection

from cases.services.clients import client_register, client_search
from departments.services.documents import document_store
from departments.services.jobs import job_create
from departments.services.outbox import put
from msw_portal.backups.places import Places, Server, program
from msw_portal.backups.taking import take
from msw_portal.embedded.places import Place
from msw_portal.embedded.postgres import Postgres
from msw_portal.kernel.identifiers import id_check_digit
from tests.conftest import ROOT
from tests.factories import cases, donations

NOTE = f"金丝雀笔记{uuid.uuid4().hex[:6]}：患者说家里欠债"
# A name of its own, so that no other test's leavings in the shared cluster are mistaken for it.
HEAD = "11010519880307123"
NAME, NUMBER, PHONE = "欧阳雀渡", f"{HEAD}{id_check_digit(HEAD)}", "13712340987"
PLANTED = {"note": NOTE, "name": NAME, "number": NUMBER, "phone": PHONE, "file": NOTE + "附件"}


def _forms(text: str) -> Iterator[bytes]:
    """The text as it could lie about: raw, hexadecimal, base64 in its three places, UTF-16, GB 18030, escaped."""
    raw = text.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield text.encode("gb18030")
    yield json.dumps(text)[1:-1].encode()
    yield urllib.parse.quote(text).encode()
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + raw)
        # Without the characters that the neighbours of the text would change.
        yield coded[(4 if offset else 0) : len(coded) - 4]


NEEDLES = {
    form: f"{kind} as {form[:12]!r}" for kind, text in PLANTED.items() for form in _forms(text)
}


def _found(content: bytes, where: str) -> list[str]:
    return [f"{what} in {where}" for form, what in NEEDLES.items() if form in content]


def _found_in(folder: Path, since: float = 0.0) -> list[str]:
    hits = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            try:
                if path.stat().st_mtime >= since:
                    hits += _found(path.read_bytes(), str(path))
            except (FileNotFoundError, PermissionError):
                continue
    return hits


@pytest.fixture
def planted(own_database, person, settings):
    """Written through services, searched for, filed, queued; and read by a page's own query."""
    worker = person("worker")
    with donations.as_person(worker) as by:
        found = client_search(name=NAME, id_no=NUMBER, phone=PHONE, by=by)
        client = client_register(
            searched=found.uid,
            name=NAME,
            id_type="id",
            id_no=NUMBER,
            sex="1",
            phone=PHONE,
            address=NOTE,
            by=by,
        )
        case = cases.make_case(by, stage="intervention", client=client, presenting_problem=NOTE)
        cases.make_contact(case, by, facts=NOTE, analysis=NAME)
        document_store(
            name=f"{NAME}.pdf",
            content=PLANTED["file"].encode(),
            mime="application/pdf",
            pages=1,
            subject=case,
            kind="other",
            by=by,
            organization_id=case.organization_id,
        )
        put("probe.none", organization_id=by.house_id, subject=case)
        job_create(kind="probe", by=by, args={"case": str(case.uid)})
    return own_database


def test_the_search_finds_what_is_planted_in_any_form():
    for text in PLANTED.values():
        for form in _forms(text):
            assert _found(b"\0before" + form + b"after\xff", "here") != []
        for offset in range(6):
            assert _found(base64.b64encode(b"x" * offset + text.encode() + b"tail"), "here") != []


def test_no_planted_word_lies_in_dump_data_files_redis_logs_or_files(planted, settings, tmp_path):
    began = time.time() - 120
    place = Place(Path(os.environ["MSW_KEYS"]).parents[1])
    head = place.database_url("msw_backup", place.secrets()).rpartition("/")[0]
    env = planted.env | {
        "DATABASE_BACKUP_URL": f"{head}/{planted.name}",
        "MSW_BACKUPS": str(tmp_path / "backups"),
        "MSW_MEDIA": str(settings.MEDIA_ROOT),
    }
    # The relay and the jobs work what was queued, and write their lines.
    worker = subprocess.run(
        [sys.executable, "-c", WORK], cwd=ROOT, env=env, capture_output=True, check=False
    )
    assert worker.returncode == 0, worker.stderr.decode()
    hits = _found(worker.stdout + worker.stderr, "what workers say")

    backup = Server.of(env["DATABASE_BACKUP_URL"])
    with backup.connected() as link:
        version = link.server_version
    plain = subprocess.run(
        [program("pg_dump", version), "--no-password"],
        env=backup.environment(),
        capture_output=True,
        check=True,
    )
    assert b"cases_client" in plain.stdout
    hits += _found(plain.stdout, "pg_dump")
    hits += _found_in(take(Places.of(env), say=lambda _line: None))

    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        oid = cursor.fetchone()[0]
    (cluster,) = place.clusters.glob("*/data")
    with Postgres.of(place, cluster).connect() as link, link.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # what memory holds reaches the disk
    files = cluster / "base" / str(oid)
    assert any(files.iterdir())
    hits += _found_in(files) + _found_in(cluster / "pg_wal", since=began)

    queue = redis.Redis.from_url(env["REDIS_URL"])
    for key in queue.scan_iter():
        hits += _found(key + queue.dump(key), "redis")
    queue.close()
    hits += _found_in(Path(settings.MEDIA_ROOT)) + _found_in(place.var / "log")
    hits += _found_in(Path(os.environ["TMPDIR"])) if "TMPDIR" in os.environ else []
    assert hits == []


WORK = """
import django
django.setup()
from departments.services import jobs, outbox
from departments import tasks
outbox.reap(); outbox.relay_once(); jobs.sweep_jobs(); tasks.anchor_audit()
"""
