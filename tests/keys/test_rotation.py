"""Keys are rotated while everything stands: killed at any point it goes on, and nothing is lost."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from cases.services.finding import by_name, by_numbers
from cases.services.proving import postings_prove
from departments.models.keys import KeyVersion
from departments.services.rekeying import (
    rotation_is_open,
    rotation_resume,
    rotation_start,
    rotation_status,
)
from departments.services.sealed_tables import sealed_tables
from msw_portal.kernel import keyring
from msw_portal.kernel.crypto import BlindIndex, Sealed
from msw_portal.kernel.keyring import CryptoError
from msw_portal.kernel.scope import scope
from tests.conftest import ROOT
from tests.factories import cases, donations
from tests.keys import sealed_world as world

# Columns of bytes that are checksums or hashes of random tokens: no key is in them.
HASHES = {
    "cases_episodedrop.digest",
    "cases_episodefeed.visit_key",  # under the first key for good, like the line of an import
    "departments_accesslink.token_hash",
    "departments_auditlink.hash",
    "departments_document.sha256",
    "departments_idempotencykey.body_hash",
    "departments_importrow.key",  # under the first key for good: the same line is the same after a rotation
    "departments_keycheck.value",  # a checksum of each key by itself
    "departments_ratewindow.key_hash",
}


@pytest.fixture
def key_file(request, tmp_path, settings):
    """A key file of this test's own, for this process and for its children."""
    is_sealed = "sealed" in request.fixturenames
    own_database = request.getfixturevalue("own_sealed" if is_sealed else "own_database")
    path = tmp_path / "keys.json"
    shutil.copy(settings.MSW_KEYS, path)
    settings.MSW_KEYS = str(path)
    own_database.env["MSW_KEYS"] = str(path)
    keyring.keys()
    return path


@pytest.fixture
def sealed(own_sealed, key_file):
    return own_sealed


def _said(line: str) -> None:
    """The words of a rotation are for the terminal."""


# ── nothing is forgotten ─────────────────────────────────────────────────────


def test_every_column_of_bytes_is_sealed_an_index_or_a_named_hash(db):
    found = set()
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.BinaryField) and not isinstance(field, Sealed | BlindIndex):
                found.add(f"{model._meta.db_table}.{field.column}")
    assert {column for column in found - HASHES if not column.endswith("_hash")} == set()


def test_every_sealed_table_can_be_walked(db):
    lacking = []
    for table in sealed_tables():
        columns = {field.column: field for field in table.model._meta.concrete_fields}
        has_uid = "uid" in columns or isinstance(columns.get("id"), models.UUIDField)
        if "id" not in columns or not has_uid:
            lacking.append(table.name)
        if "organization_id" not in columns and table.name != "departments_user":
            lacking.append(table.name)
    assert lacking == []


def test_every_index_says_what_it_is_made_from_and_has_a_column_for_each_parity(db):
    for table in sealed_tables():
        names = {index.name for index in table.indexes}
        for index in table.indexes:
            assert index.of and index.fact and (index.kind or index.kind_in), index
            assert isinstance(table.model._meta.get_field(index.of), Sealed), index
            assert (index.name[:-1] if index.is_for_even_keys else f"{index.name}2") in names, index


def test_every_unique_rule_on_an_index_holds_in_both_columns(db):
    for table in sealed_tables():
        names = {index.name for index in table.indexes}
        rules = {
            tuple(rule.fields)
            for rule in table.model._meta.constraints
            if isinstance(rule, models.UniqueConstraint) and names & set(rule.fields)
        }
        for rule in rules:
            other = tuple(
                (name[:-1] if name.endswith("2") else f"{name}2") if name in names else name
                for name in rule
            )
            assert other in rules, (table.name, rule)


# ── a whole rotation ─────────────────────────────────────────────────────────


def test_a_rotation_brings_everything_under_the_new_key_and_changes_nothing_else(
    sealed, key_file, person
):
    before = world.plain(sealed.name)
    assert {table.name for table in sealed_tables()} <= {key.split(".")[0] for key in before}
    rotation_start(say=_said)
    assert world.plain(sealed.name) == before
    assert world.wrong_indexes(sealed.name, 2) == []
    made = rotation_status()
    assert (made.active, made.live, made.retired, made.is_finished) == (2, [2], [1], True)
    assert set().union(*made.in_use.values()) == {2}
    assert dict(KeyVersion.objects.values_list("kid", "state")) == {1: "retired", 2: "active"}
    content = json.loads(key_file.read_text())
    assert (content["active"], content["retired"], sorted(content["keys"])) == (2, [1], ["1", "2"])
    _postings_are_those_of_the_new_key_alone(person("worker"))


def _postings_are_those_of_the_new_key_alone(worker) -> None:
    with donations.as_person(worker):
        assert by_name(world.PATIENT, worker)
        assert by_numbers(world.NUMBER, "", "", worker)
        assert by_numbers("", world.PHONE, "", worker)
        assert by_numbers("", "", world.MRN, worker)
    with scope(
        org=worker.membership.organization_id, role="system", care=worker.membership.organization_id
    ):
        indexed = postings_prove()
    assert [row for row in indexed.differences if row[1] == 0] == []


def test_rotations_use_both_columns_in_turn(sealed, key_file):
    before = world.plain(sealed.name)
    for kid in (2, 3):
        rotation_start(say=_said)
        assert world.wrong_indexes(sealed.name, kid) == []
    assert world.plain(sealed.name) == before
    assert rotation_status().retired == [1, 2]


def test_while_it_is_under_way_both_keys_find_and_a_number_stays_unique(sealed, key_file, person):
    worker = person("worker")
    keyring.add_key()  # killed right after the file was written
    with donations.as_person(worker) as by:
        assert by_name(world.PATIENT, worker) and by_numbers(world.NUMBER, "", "", worker)
        with pytest.raises(IntegrityError, match="client_id_once"), transaction.atomic():
            cases.make_client(by, id_type="id", id_no=world.NUMBER)
        new = cases.make_client(by, id_type="passport", id_no="E12345678", phone="13900139000")
        assert new.id_no_bidx != new.id_no_bidx2 and None not in (new.id_no_bidx, new.id_no_bidx2)
    assert rotation_resume(say=_said) is True
    with donations.as_person(worker) as by:
        with pytest.raises(IntegrityError, match="client_id_once2"), transaction.atomic():
            cases.make_client(by, id_type="id", id_no=world.NUMBER)
        assert by_numbers("E12345678", "", "", worker) == [new.root_id or new.pk]


def test_a_second_start_is_refused_while_one_is_under_way(sealed, key_file):
    keyring.add_key()
    with pytest.raises(CryptoError, match="finish it first"):
        rotation_start(say=_said)


def test_a_given_time_is_kept_and_the_job_goes_on(sealed, key_file):
    from departments.tasks import rotate_keys

    keyring.add_key()
    assert rotation_resume(say=_said, seconds=0.0) is False
    assert rotation_is_open()
    rotate_keys()
    assert not rotation_is_open() and rotation_status().is_finished


def test_rows_of_an_older_backup_take_their_retired_key_back_until_they_are_rotated(
    sealed, key_file, run_as_owner
):
    rotation_start(say=_said)
    before = world.plain(sealed.name)
    ring = keyring.keys()
    # As an older dump would hold it: one row under the retired key.
    [client] = run_as_owner(
        "SELECT id, uid, organization_id FROM cases_client WHERE id_no IS NOT NULL LIMIT 1"
    )
    older = _sealed_under(1, client, b"11010519491231002X")
    run_as_owner("UPDATE cases_client SET id_no = %s WHERE id = %s", older, client[0])
    assert rotation_status().is_finished is False
    assert rotation_resume(say=_said) is True
    assert keyring.keys().retired == ring.retired and rotation_status().is_finished
    assert world.plain(sealed.name).keys() == before.keys()


def _sealed_under(kid: int, row: tuple, plain: bytes) -> bytes:
    import os

    from msw_portal.kernel import sealing
    from msw_portal.kernel.crypto import organization_uid

    _id, uid, house = row
    cipher = keyring.keys().cipher(organization_uid(house), kid)
    nonce, bound = (
        os.urandom(12),
        sealing._bound_to(organization_uid(house), "cases_client", "id_no", uid),
    )
    body = cipher.encrypt(nonce, sealing._padded(plain), bound)
    return sealing.VERSION + kid.to_bytes(2, "big") + nonce + body


# ── walls ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", ["worker", "system", "sysadmin", ""])
def test_only_a_rotation_reads_and_writes_past_the_walls(db, hospital, role):
    with (
        scope(org=hospital.pk, role=role),
        pytest.raises(ProgrammingError, match="scope of their own"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT app.rekey_store('cases_client', '{name}', '{}', '[]')")


@pytest.mark.parametrize("column", ["sha256", "title_hash", "mime", "size"])
def test_a_rotation_touches_no_column_but_sealed_ones(db, hospital, column):
    with (
        scope(org=hospital.pk, role="rekey"),
        pytest.raises(ProgrammingError, match="is not sealed"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT app.rekey_store('departments_document', %s, '{}', '[]')", [[column]]
            )


def test_the_setting_alone_opens_no_frozen_row(db, worker, acting, hospital):
    with acting(worker), pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL app.rekey = '1'")
            cursor.execute("UPDATE departments_transition SET step = 'x'")


# ── killed ───────────────────────────────────────────────────────────────────


def _rotate(env: dict[str, str], action: str, log: Path) -> subprocess.Popen:
    with open(log, "ab") as out:
        return subprocess.Popen(
            [sys.executable, "manage.py", "rotate_keys", action],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=out,
        )


def _kill_and_finish(own_database, person, tmp_path, *, kills: int, extra: int) -> None:
    world.build(person, own_database.name, extra=extra)
    before, worker = world.plain(own_database.name), person("worker")
    log, action, died = tmp_path / "rotation.log", "start", 0
    dice = random.Random(kills)
    while died < kills:
        process = _rotate(own_database.env, action, log)
        # From the first statement to the last: starting Python takes the first second or two.
        until = time.monotonic() + 1.2 + dice.random() * 4
        while time.monotonic() < until and process.poll() is None:
            time.sleep(0.02)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            died += 1
        process.wait()
        assert process.returncode in (0, -signal.SIGKILL), log.read_text()
        if process.returncode == 0:
            action = "start"  # it was through before the blow: another one
        elif len(keyring.keys().live) > 1 or rotation_is_open():
            action = "resume"
        assert world.plain(own_database.name) == before
        with donations.as_person(worker):
            assert by_numbers("", world.PHONE, "", worker) and by_name(world.PATIENT, worker)
    # Also where every blow fell before the first statement.
    assert _rotate(own_database.env, action, log).wait(120) == 0, log.read_text()
    made = rotation_status()
    assert made.is_finished and world.plain(own_database.name) == before
    assert world.wrong_indexes(own_database.name, made.active) == []


@pytest.mark.long
def test_a_killed_rotation_goes_on_where_it_was(own_database, key_file, person, tmp_path):
    _kill_and_finish(own_database, person, tmp_path, kills=1, extra=600)


@pytest.mark.long
def test_a_rotation_killed_ten_times_at_random_points_finishes(
    own_database, key_file, person, tmp_path
):
    _kill_and_finish(own_database, person, tmp_path, kills=10, extra=4000)
