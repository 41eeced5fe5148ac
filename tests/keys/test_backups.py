"""A backup is good when it was restored: everything compared, and every damage named in one sentence."""

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from departments.models.compliance import ComplianceRecord
from msw_portal.backups.drilling import drill
from msw_portal.backups.places import DUMP, MANIFEST, MEDIA, BackupError, Places
from msw_portal.backups.restoring import read, restore
from msw_portal.backups.taking import sign, take
from msw_portal.embedded.places import Place
from msw_portal.kernel import keyring
from msw_portal.kernel.crypto import active_kid
from msw_portal.kernel.drills import drills
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.conftest import ROOT, OwnDatabase, _drop, own_clone, owner_sql
from tests.keys import sealed_world as world


def _quiet(line: str) -> None:
    """The words of a backup are for the terminal."""


@pytest.fixture
def places(own_sealed, tmp_path, settings) -> Places:
    """Where this test's database is backed up to, with something in every table."""
    return _places(own_sealed, tmp_path, settings.MEDIA_ROOT)


def _places(own_database: OwnDatabase, folder: Path, media: Path) -> Places:
    place = Place(Path(os.environ["MSW_KEYS"]).parents[1])
    head = place.database_url("msw_backup", place.secrets()).rpartition("/")[0]
    own_database.env.update(
        {
            "DATABASE_BACKUP_URL": f"{head}/{own_database.name}",
            "MSW_BACKUPS": str(folder / "backups"),
            "MSW_MEDIA": str(media),
        }
    )
    return Places.of(own_database.env)


@pytest.fixture
def restored(places):
    """Names for databases to restore into, dropped afterwards."""
    made = []

    def name() -> str:
        made.append(f"msw_back_{os.urandom(5).hex()}")
        return made[-1]

    yield name
    for database in made:
        _drop(database)


def _spoil(folder: Path, name: str, change) -> None:
    path = folder / name
    path.write_bytes(change(path.read_bytes()))


def _resign(folder: Path, **changes) -> None:
    """A manifest that somebody with the key file would have written."""
    manifest = json.loads((folder / MANIFEST).read_text()) | changes
    manifest["mac"] = sign(manifest, active_kid())
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_what_is_restored_is_what_was_backed_up(places, restored, tmp_path, settings):
    folder, name = take(places, say=_quiet), restored()
    assert sorted(path.name for path in folder.iterdir()) == [DUMP, MANIFEST, MEDIA]
    media = tmp_path / "media-back"
    made = restore(places, folder, database=name, media=media, say=_quiet)
    assert made.findings == []
    assert made.keys.startswith("The key file fits: ")
    before = connection.settings_dict["NAME"]
    assert world.plain(before) == world.plain(name)
    for path in (settings.MEDIA_ROOT / "files").rglob("*"):
        if path.is_file():
            assert (media / path.relative_to(settings.MEDIA_ROOT)).read_bytes() == path.read_bytes()
    acl = owner_sql(name, "SELECT has_database_privilege('public', current_database(), 'CONNECT')")
    assert acl == [(False,)]


def test_the_backup_holds_no_key_and_without_it_no_number(places, restored, tmp_path, settings):
    folder, name = take(places, say=_quiet), restored()
    masters = json.loads(Path(settings.MSW_KEYS).read_text())["keys"].values()
    for path in folder.iterdir():
        content = path.read_bytes()
        for master in masters:
            assert master.encode() not in content and bytes.fromhex(master) not in content
    settings.MSW_KEYS = str(tmp_path / "nowhere.json")
    made = restore(places, folder, database=name, media=tmp_path / "back", say=_quiet)
    assert made.findings == [] and made.keys.startswith("Names and numbers stay sealed: ")
    settings.MSW_KEYS = str(_other_keys(tmp_path))
    shown = drill(places, say=_quiet)
    assert len(shown) == 1 and "was changed, or written with another key file" in shown[0]
    with pytest.raises(keyring.CryptoError):
        world.plain(name)


def _other_keys(tmp_path) -> Path:
    path = tmp_path / "other.json"
    content = {
        "active": 1,
        "keys": {"1": "ab" * 32},
        "installation": "01900000-0000-7000-8000-0000000000aa",
    }
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        (DUMP, lambda b: b[:999] + bytes([b[999] ^ 1]) + b[1000:], "database.dump is damaged"),
        (DUMP, lambda b: b"", "database.dump is empty"),
        (DUMP, lambda b: b[:-100], "database.dump is cut off: "),
        (MEDIA, lambda b: b[:-1] + b"x", "media.tar is damaged"),
        (MANIFEST, lambda b: b[: len(b) // 2], "manifest.json is damaged"),
        (MANIFEST, lambda b: b.replace(b'"lost_files": []', b'"lost_files": [1]'), "was changed"),
        (MANIFEST, None, "no finished backup"),
        (MEDIA, None, "media.tar is missing"),
    ],
)
def test_a_damaged_backup_is_named_and_nothing_is_restored(
    kept_backup, tmp_path, name, change, sentence
):
    folder = tmp_path / "copy"
    shutil.copytree(kept_backup, folder)
    if change is None:
        (folder / name).unlink()
    else:
        _spoil(folder, name, change)
    with pytest.raises(BackupError, match=sentence):
        read(folder)


@pytest.fixture
def backup(places):
    return take(places, say=_quiet)


@pytest.fixture(scope="module")
def kept_backup(sealed_template, django_db_blocker, tmp_path_factory) -> Path:
    """A good backup for everybody who only copies it."""
    (name, media), folder = sealed_template, tmp_path_factory.mktemp("kept")
    with own_clone(django_db_blocker, folder, name) as made:
        return take(_places(made, folder, media), say=_quiet)


def test_drills_find_what_a_good_looking_dump_hides(places, restored, run_as_owner, tmp_path):
    """A good drill, then: an older dump under a new manifest, stopped backups, a dropped policy, a tampered chain."""
    older = take(places, say=_quiet)
    assert drill(places, say=_quiet) == []
    good = drills(places.folder)
    assert good["last"] == good["last_good"] and good["last"]["backup"] == older.name
    assert not owner_sql("postgres", "SELECT 1 FROM pg_database WHERE datname LIKE 'msw_drill%%'")

    run_as_owner(
        "INSERT INTO departments_region (code, name, level) VALUES (999999, '演示地区', 4)"
    )
    newer = take(replace(places, folder=tmp_path / "newer"), say=_quiet)
    shutil.copy(older / DUMP, newer / DUMP)
    _resign(newer, **{DUMP: json.loads((older / MANIFEST).read_text())[DUMP]})
    assert "Table departments_region holds 3215 rows, not 3216." in drill(
        places, say=_quiet, folder=newer
    )

    _resign(older, taken_at="2026-01-01T00:00:00+00:00")
    [late] = drill(places, say=_quiet)
    assert late.startswith(f"The newest backup, {older.name}, is ") and late.endswith("stopped.")

    run_as_owner("DROP POLICY wall ON cases_client")
    run_as_owner("ALTER POLICY wall ON cases_case USING (true)")
    third = take(replace(places, folder=tmp_path / "third"), say=_quiet)
    assert drill(places, say=_quiet, folder=third) == [
        "Table cases_client: the policy wall is missing.",
        "Table cases_case: the policy wall is not that of the class CASE.",
    ]
    assert drills(places.folder)["last_good"] == good["last_good"]
    assert drills(places.folder)["last"]["is_good"] is False
    with scope(org=INSTALLATION, role="system"):
        kept = ComplianceRecord.objects.filter(kind="drill").order_by("pk")
        assert [record.payload["is_good"] for record in kept] == [True, False, False, False]


def test_a_place_that_is_not_empty_is_refused(places, backup, restored, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(BackupError, match="is not empty: move it away"):
        restore(places, backup, database=restored(), media=tmp_path / "full", say=_quiet)
    with pytest.raises(BackupError, match="is not empty: name another one"):
        restore(places, backup, database=places.owner.database, media=tmp_path / "new", say=_quiet)


def test_a_key_file_among_the_files_is_refused(places, settings):
    inside = replace(places, keys=places.media / "keys.json")
    with pytest.raises(BackupError, match="a backup must not hold it"):
        take(inside, say=_quiet)


def test_a_full_disk_leaves_nothing_and_the_next_backup_is_whole(places):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(BackupError, match="is full: nothing of this backup was kept"):
            take(places, say=_quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in places.folder.iterdir()] == [".lock"]
    read(take(places, say=_quiet))


def test_only_so_many_backups_stay_and_what_a_crash_left_goes(places, monkeypatch):
    first = take(places, say=_quiet)
    first.rename(first.with_name("20200101T000000Z"))
    (places.folder / ".part-20200102T000000Z").mkdir()
    second = take(places, say=_quiet, keep=1)
    assert sorted(path.name for path in places.folder.iterdir()) == [".lock", second.name]


def test_the_command_says_what_it_did_and_what_is_missing(places, own_sealed):
    def run(*words: str, **env: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "msw_portal.backups", *words],
            cwd=ROOT,
            env=own_sealed.env | env,
            capture_output=True,
            text=True,
            check=False,
        )

    lacking = run("backup", MSW_BACKUPS="")
    assert (lacking.returncode, lacking.stderr) == (
        1,
        "MSW_BACKUPS must be given: see docs/operations.md, Backup.\n",
    )
    made = run("backup")
    assert made.returncode == 0 and "The key file is not in it" in made.stdout, made.stderr
    drilled = run("drill")
    assert drilled.returncode == 0 and "Everything is as it was backed up" in drilled.stdout, (
        drilled.stderr
    )
