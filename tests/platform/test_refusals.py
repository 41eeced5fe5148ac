"""Production refuses to start, each process with one sentence, rather than serve what it must not."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.db import connection

from departments.models.access import KeyCheck
from departments.services.key_checks import key_file_shortcoming
from msw_portal.kernel import schema
from tests.conftest import free_port, owner_sql
from tests.platform.asking import cluster_of_tests

ROOT = Path(__file__).resolve().parents[2]
SAYS = "The portal does not start: "
PROCESSES = {
    "web": ["gunicorn", "msw_portal.wsgi", "--workers", "1", "--no-control-socket"],
    "worker": ["celery", "-A", "msw_portal", "worker", "-Q", "reports", "--concurrency", "1"],
    "relay": ["celery", "-A", "msw_portal", "worker", "-Q", "relay", "--concurrency", "1"],
    "beat": ["celery", "-A", "msw_portal", "beat", "--pidfile", "", "--schedule", "/dev/null"],
}


@pytest.fixture
def production(own_database, tmp_path) -> dict[str, str]:
    """The environment of a real installation over the test's own database."""
    static = tmp_path / "static"
    static.mkdir()
    assert _shortcoming() == ""  # the first process over a database notes its key
    env = {
        name: value
        for name, value in own_database.env.items()
        if name not in {"MSW_EMBEDDED", "MSW_TEST", "DEBUG", "MSW_AS_OWNER"}
    }
    return env | {"ALLOWED_HOSTS": "portal.hospital.example", "MSW_STATIC_ROOT": str(static)}


def _start(process: str, env: dict[str, str]) -> subprocess.CompletedProcess:
    words = PROCESSES[process]
    if process == "web":
        words = [*words, "--bind", f"127.0.0.1:{free_port()}"]
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _sentences(done: subprocess.CompletedProcess) -> set[str]:
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    return {line.removeprefix(SAYS) for line in done.stderr.splitlines() if line.startswith(SAYS)}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_missing_secret_is_named(production, process):
    production["SECRET_KEY"] = ""
    del production["REDIS_URL"]
    assert _sentences(_start(process, production)) == {
        "REDIS_URL, SECRET_KEY must be set: see .env.example."
    }


@pytest.mark.parametrize("process", PROCESSES)
def test_the_owner_of_the_tables_does_not_serve(production, process):
    production["DATABASE_URL"] = production["DATABASE_OWNER_URL"]
    assert _sentences(_start(process, production)) == {
        "The database role owns tables or bypasses row-level security: serve as msw_app (DATABASE_URL)."
    }


def test_a_role_that_only_bypasses_the_walls_does_not_serve_either(production):
    """It owns nothing; what it lacks is blindness."""
    role, password = f"msw_sees_{secrets.token_hex(4)}", secrets.token_hex(16)
    cluster = cluster_of_tests()
    with contextlib.closing(cluster.connect()) as link, link.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role} LOGIN BYPASSRLS PASSWORD '{password}' IN ROLE msw_app")
        try:
            head, _at, tail = production["DATABASE_URL"].rpartition("@")
            scheme = head.partition("://")[0]
            production["DATABASE_URL"] = f"{scheme}://{role}:{password}@{tail}"
            assert _sentences(_start("web", production)) == {
                "The database role owns tables or bypasses row-level security: serve as msw_app (DATABASE_URL)."
            }
        finally:
            cursor.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize("process", PROCESSES)
def test_a_wrong_key_file_is_refused(production, process, tmp_path):
    wrong = {"active": 1, "keys": {"1": secrets.token_hex(32)}, "installation": str(uuid.uuid4())}
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(wrong))
    assert _sentences(_start(process, production | {"MSW_KEYS": str(path)})) == {
        "The key file does not open what the database holds (key 1 is another one): "
        "MSW_KEYS must name the file that belongs to this database."
    }


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"DEBUG": "1"}, "DEBUG is refused outside the embedded mode (MSW_EMBEDDED)."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY needs at least 40 characters."),
        ({"DATABASE_URL": ""}, "DATABASE_URL must be set: see .env.example."),
        ({"MSW_KEYS": "/nowhere/keys.json"}, "MSW_KEYS is unusable: the key file cannot be read: No such file or directory."),
        ({"MSW_OIDC_ISSUER": "https://id.example"}, "MSW_OIDC_ISSUER needs MSW_OIDC_CLIENT_ID and _CLIENT_SECRET."),
        ({"MSW_OIDC_ISSUER": "http://id.example"}, "MSW_OIDC_ISSUER must be an https address."),
        ({"MSW_OIDC_ISSUER": "https://id.example", "MSW_LDAP_URL": "ldaps://x"}, "MSW_OIDC_ISSUER and MSW_LDAP_URL: an installation has one."),
        ({"MSW_LDAP_URL": "ldap://x"}, "MSW_LDAP_URL must be ldaps://, or MSW_LDAP_STARTTLS=1."),
        ({"MSW_LDAP_URL": "ldaps://x"}, "MSW_LDAP_URL needs MSW_LDAP_BASE."),
        ({"MSW_DIRECTORY_ONLY": "1"}, "MSW_DIRECTORY_ONLY needs MSW_OIDC_ISSUER or MSW_LDAP_URL."),
        ({"MSW_SECOND_FACTOR": "0"}, "MSW_SECOND_FACTOR cannot be switched off outside the embedded mode"),
    ],
)  # fmt: skip
def test_the_web_server_says_what_is_wrong(production, changed, sentence):
    assert _sentences(_start("web", production | changed)) == {sentence}


def test_a_half_migrated_database_stops_every_kind_of_process(production, own_database):
    owner_sql(
        own_database.name, "DELETE FROM django_migrations WHERE name = '0003_rollup_triggers'"
    )
    for process in ("web", "beat"):
        (sentence,) = _sentences(_start(process, production))
        assert sentence == (
            "The database is not migrated to the end: 1 migrations are missing, "
            "first reports.0003_rollup_triggers; run `manage.py migrate`."
        )


# ── the same questions, asked of a damaged database ──────────────────────────


def _shortcoming() -> str:
    with connection.cursor() as cursor:
        return schema.shortcoming(cursor) or key_file_shortcoming(cursor)


def test_a_whole_database_has_no_shortcoming(own_database):
    assert _shortcoming() == ""


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("DROP POLICY wall ON donations_fund", "donations_fund has no row-level security"),
        ("ALTER TABLE donations_fund NO FORCE ROW LEVEL SECURITY", "donations_fund has no row-level security"),
        ("ALTER TABLE departments_membership DROP CONSTRAINT membership_duties_apart", "departments_membership has no membership_duties_apart"),
        ("DROP INDEX membership_org_role", "departments_membership has no membership_org_role"),
        ("DROP TABLE departments_draft", "departments_draft has no table"),
        ("ALTER TABLE departments_draft DROP CONSTRAINT departments_draft_pkey", "departments_draft has no primary key"),
    ],
)  # fmt: skip
def test_a_half_restored_database_is_found(own_database, damage, sentence):
    owner_sql(own_database.name, damage)
    assert _shortcoming() == (
        f"The database was restored in part only: {sentence}; "
        "restore the whole of the dump into an empty database."
    )


def test_missing_foreign_keys_are_found(own_database):
    ((name,),) = owner_sql(
        own_database.name,
        "SELECT conname FROM pg_constraint WHERE conrelid = 'cases_goal'::regclass AND contype = 'f' LIMIT 1",
    )
    owner_sql(own_database.name, f"ALTER TABLE cases_goal DROP CONSTRAINT {name}")
    assert "cases_goal has no foreign keys" in _shortcoming()


def test_a_database_of_a_newer_version_is_not_served_by_an_older_one(own_database):
    owner_sql(
        own_database.name,
        "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '9999_future', now())",
    )
    assert "belongs to a newer version of the portal (it knows cases.9999_future)" in _shortcoming()


def test_an_empty_database_says_so(own_database):
    owner_sql(own_database.name, "ALTER TABLE django_migrations RENAME TO gone")
    assert _shortcoming().startswith("The database is empty: run `manage.py install`")


def _key_file(path: Path, active: int, *numbers: int) -> str:
    """The file of this database, with further keys; a path seldom repeats, so that it is read anew."""
    own = json.loads(Path(os.environ["MSW_KEYS"]).read_text())
    own["active"] = active
    own["keys"] = {
        str(number): own["keys"].get(str(number), secrets.token_hex(32)) for number in numbers
    }
    path.write_text(json.dumps(own))
    return str(path)


def test_a_further_key_is_noted_and_then_expected(own_database, settings, tmp_path):
    assert _shortcoming() == ""
    settings.MSW_KEYS = _key_file(tmp_path / "two.json", 2, 1, 2)
    assert (_shortcoming(), KeyCheck.objects.count()) == ("", 2)
    settings.MSW_KEYS = _key_file(tmp_path / "other-two.json", 2, 1, 2)
    assert "key 2 is another one" in _shortcoming()
    settings.MSW_KEYS = _key_file(tmp_path / "one.json", 1, 1)
    assert "has no key 2" in _shortcoming()
