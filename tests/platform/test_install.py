"""`manage.py install` from a bare PostgreSQL to the first sign-in, in production mode, with every way to break off."""

import contextlib
import json
import os
import re
import secrets
import stat
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
from environ import Env

from msw_portal.embedded.places import Place
from msw_portal.embedded.postgres import Postgres
from tests.platform.asking import quick

ROOT = Path(__file__).resolve().parents[2]
HOUSE = [
    "--name", "示例市中心医院", "--short-name", "示例中心", "--code", "SLZX", "--grade", "3A",
    "--region", "110102 西城区", "--admin", "sec.first", "--admin-name", "安管一",
]  # fmt: skip
# Several attempts in one process: starting one takes four seconds of a core.
SIGN_IN = """
import sys
import django
django.setup()
from django.test import Client
name, *codes = sys.argv[1:]
for code in codes:
    client = Client(SERVER_NAME="portal.hospital.example", headers={"X-Forwarded-Proto": "https"})
    answer = client.post("/sign-in/", {"username": name, "password": code}, secure=True)
    print(answer.status_code, answer.headers.get("Location", ""))
"""
ADD_HOUSES = """
import json
import sys
import django
django.setup()
from django.core.management import CommandError, call_command
for words in json.loads(sys.argv[1]):
    try:
        call_command("add_house", *words)
        print("added")
    except CommandError as error:
        print(f"CommandError: {error}")
"""


@dataclass
class Story:
    """A bare server, the environment of the hospital, and what was said at every step."""

    env: dict[str, str]
    postgres: Postgres
    said: dict[str, subprocess.CompletedProcess] = field(default_factory=dict)

    def start(self, *words: str, **changed: str) -> subprocess.Popen:
        command = [sys.executable, "-W", "ignore", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=ROOT, env=self.env | changed, stdout=pipe, stderr=pipe, text=True
        )

    def manage(self, *words: str, **changed: str) -> subprocess.CompletedProcess:
        process = self.start("manage.py", *words, **changed)
        out, wrong = process.communicate(timeout=300)
        return subprocess.CompletedProcess(words, process.returncode, out, wrong)

    def ask(self, statement: str) -> list[tuple]:
        with contextlib.closing(self.postgres.connect("hospital")) as link, link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    @property
    def keys(self) -> Path:
        return Path(self.env["MSW_KEYS"])


def _bare(postgres: Postgres) -> None:
    """The cluster as a hospital's database administrator hands it over: a superuser and nothing else."""
    with contextlib.closing(postgres.connect()) as link, link.cursor() as cursor:
        cursor.execute("DROP DATABASE msw WITH (FORCE)")
        for role in ("msw_owner", "msw_app", "msw_backup"):
            cursor.execute(f"DROP ROLE {role}")


def _environment(place: Place, folder: Path) -> dict[str, str]:
    passwords = {role: secrets.token_urlsafe(12) for role in ("msw_owner", "msw_app")}
    urls = {
        role: place.database_url(role, {f"{role}_password": password}).removesuffix("msw")
        + "hospital"
        for role, password in passwords.items()
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "msw_portal.settings",
        "DATABASE_URL": urls["msw_app"],
        "DATABASE_OWNER_URL": urls["msw_owner"],
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "MSW_KEYS": str(folder / "etc" / "keys.json"),
        "MSW_MEDIA": str(folder / "media"),
        "MSW_STATIC_ROOT": str(folder / "static"),
        "ALLOWED_HOSTS": "portal.hospital.example",
        "MSW_BEHIND_PROXY": "1",
    }


def _kill_halfway(story: Story, above: str) -> None:
    """End an `install` with -9 while it makes the tables."""
    process = story.start("manage.py", "install", *HOUSE, MSW_SUPERUSER_URL=above)
    try:
        for _attempt in range(600):
            with contextlib.suppress(psycopg2.Error):
                if story.ask("SELECT count(*) FROM django_migrations")[0][0] > 10:
                    break
            time.sleep(0.1)
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """An installation that meets every obstacle once and is finished all the same."""
    root = tmp_path_factory.mktemp("bare")
    pair = quick(root)
    place, folder = Place(root), tmp_path_factory.mktemp("hospital")
    told = Story(_environment(place, folder), pair.postgres)
    above = place.database_url(
        "postgres", {"postgres_password": place.secrets()["superuser_password"]}
    )
    said = told.said
    try:
        _bare(pair.postgres)
        said["no roles"] = told.manage("install", *HOUSE)
        _kill_halfway(told, above)
        told.before = (told.keys.read_text(), told.ask("SELECT count(*) FROM django_migrations"))
        said["bad name"] = told.manage("install", *HOUSE[:-3], "A", "--admin-name", "安管一")
        told.rows_after_bad_name = told.ask(
            "SELECT (SELECT count(*) FROM departments_organization), (SELECT count(*) FROM departments_user)"
        )
        own = told.keys.rename(folder / "own.json")
        said["key file gone"] = told.manage("install", *HOUSE)
        told.was_made_anew = told.keys.exists()
        other = {"active": 1, "keys": {"1": secrets.token_hex(32)}, "installation": json.loads(own.read_text())["installation"]}  # fmt: skip
        told.keys.write_text(json.dumps(other))
        said["wrong key file"] = told.manage("install", *HOUSE)
        own.rename(told.keys)
        with contextlib.closing(pair.postgres.connect("hospital")) as link, link.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7305112)")
            said["two at once"] = told.manage("install", *HOUSE)
        said["done"] = told.manage("install", *HOUSE)
        told.after = told.ask("SELECT count(*) FROM departments_auditentry")
        said["again"] = told.manage("install", *HOUSE)
        yield told
    finally:
        pair.stop()


def _refusal(story: Story, step: str) -> str:
    done = story.said[step]
    assert done.returncode == 1
    assert "First house" not in done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_without_roles_it_says_how_they_are_made(story):
    said = _refusal(story, "no roles")
    assert said.startswith("CommandError: DATABASE_OWNER_URL does not connect: ")
    assert said.endswith("Roles and database are made with MSW_SUPERUSER_URL, given once.")


def test_a_name_that_is_none_leaves_no_row(story):
    assert _refusal(story, "bad name") == (
        "CommandError: --admin is 3 to 60 small letters, digits, dots and hyphens, a letter or digit first."
    )
    assert story.rows_after_bad_name == [(1, 0)]


def test_a_key_file_that_is_gone_is_not_made_anew(story):
    assert _refusal(story, "key file gone") == (
        "CommandError: MSW_KEYS names no file, but this database was written with key 1: put the file back."
    )
    assert story.was_made_anew is False


def test_another_key_file_is_refused(story):
    assert "does not open what the database holds (key 1 is another one)" in _refusal(
        story, "wrong key file"
    )


def test_two_at_once_are_one(story):
    assert _refusal(story, "two at once") == (
        "CommandError: Another `install` is at work on this database: wait for it."
    )


def test_what_was_killed_halfway_is_finished(story):
    keys, applied = story.before
    assert applied[0][0] > 10
    done = story.said["done"]
    assert (done.returncode, done.stderr) == (0, "")
    assert story.keys.read_text() == keys
    assert stat.S_IMODE(story.keys.stat().st_mode) == 0o600
    assert "Database, roles .. as promised\nKey file ......... was there, is readable\n" in done.stdout  # fmt: skip
    assert f"First house ...... {HOUSE[1]}\n" in done.stdout


def test_it_says_what_to_back_up(story):
    told = story.said["done"].stdout.partition("Back up")[2]
    for named in ("msw_backup", story.env["MSW_MEDIA"], story.env["MSW_KEYS"], "SECRET_KEY"):
        assert named in told


def test_roles_are_exactly_those_promised(story):
    assert story.ask(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname LIKE 'msw%' ORDER BY 1"
    ) == [
        ("msw_app", False, False, False, False),
        ("msw_backup", False, True, False, False),
        ("msw_owner", False, True, False, False),
    ]
    config = Env.db_url_config(story.env["DATABASE_URL"])
    assert config["NAME"] == "hospital"


def test_house_department_administrator_and_texts_are_there(story):
    assert story.ask(
        "SELECT name, short_name, code, grade, region_id, is_tenant, is_training, is_demo FROM departments_organization WHERE id > 1"
    ) == [("示例市中心医院", "示例中心", "SLZX", "3A", 110102, True, False, False)]
    assert story.ask("SELECT kind, name FROM departments_department") == [("msw", "医务社会工作部")]
    assert story.ask(
        "SELECT u.username, u.display_name, m.role, o.kind FROM departments_membership m "
        "JOIN departments_user u ON u.id = m.user_id JOIN departments_organization o ON o.id = m.organization_id ORDER BY o.id"
    ) == [
        ("sec.first", "安管一", "secadmin", "installation"),
        ("sec.first", "安管一", "secadmin", "hospital"),
    ]
    ((texts, forms, codes, regions),) = story.ask(
        "SELECT (SELECT count(*) FROM cases_consenttemplate), (SELECT count(*) FROM departments_questionnaire), "
        "(SELECT count(*) FROM departments_code), (SELECT count(*) FROM departments_region WHERE level = 2)"
    )
    assert texts > 0 and forms > 0 and codes > 50 and regions == 34


def test_a_second_install_is_refused_and_changes_nothing(story):
    said = _refusal(story, "again")
    assert said.startswith("CommandError: This installation was set up at ")
    assert f"with {HOUSE[1]}; nothing was changed." in said
    for command in ("add_house", "account_code", "migrate"):
        assert f"`manage.py {command}" in said
    assert story.ask("SELECT count(*) FROM departments_auditentry") == story.after


def _signs_in(story: Story, name: str, *codes: str) -> list[str]:
    process = story.start("-c", SIGN_IN, name, *codes)
    out, wrong = process.communicate(timeout=60)
    assert process.returncode == 0, wrong
    return [line.strip() for line in out.splitlines()]


def test_the_code_opens_once_the_newer_one_instead(story):
    assert story.manage("collectstatic", "--noinput", "-v0").returncode == 0
    (first,) = re.findall(r"one-time code  (\S+)", story.said["done"].stdout)
    opened = "302 /account/password/"
    assert _signs_in(story, "sec.first", "wrong-code-wrong-code", first) == ["422", opened]
    again = story.manage("account_code", "sec.first")
    assert again.returncode == 0
    newer = again.stdout.split()[0]
    assert _signs_in(story, "sec.first", first, newer) == ["422", opened]
    assert story.manage("account_code", "nobody").stderr.strip() == (
        "CommandError: Nobody named nobody may sign in today."
    )


def test_a_training_house_is_added_beside_it(story):
    words = ["--name", "示例市中心医院练习", "--code", "LXYY", "--admin", "sec.first", "--training"]
    added = story.manage("add_house", *words)
    assert (added.returncode, added.stderr) == (0, "")
    assert "sec.first is its security administrator" in added.stdout
    assert story.ask("SELECT is_training FROM departments_organization WHERE code = 'LXYY'") == [
        (True,)
    ]
    cases = {
        "--code heads every number": ["--code", "lx"],
        "There is a house named": ["--code", "LXYY"],
        "--kind is one of hospital, ": ["--kind", "bank"],
        "--region 110199 is not known yet": ["--region", "110199"],
        "--uscc: ": ["--uscc", "12"],
        "--admin-name is needed for a new account.": ["--admin", "sec.new"],
    }
    other = ["--name", "示例市别院", "--code", "OTHER"]
    asked = [[*words, *other, *changed] for changed in cases.values()]
    refused = story.manage("add_house", *asked[0])
    assert refused.stderr.startswith(f"CommandError: {next(iter(cases))}"), refused.stderr
    assert refused.returncode == 1
    process = story.start("-c", ADD_HOUSES, json.dumps(asked), MSW_AS_OWNER="1")
    out, wrong = process.communicate(timeout=60)
    assert process.returncode == 0, wrong
    for said, line in zip(cases, out.splitlines(), strict=True):
        assert line.startswith(f"CommandError: {said}"), out
