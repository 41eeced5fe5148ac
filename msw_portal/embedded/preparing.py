"""From running servers to a portal that can serve: settings, migrations, static files, demo."""

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from msw_portal.embedded import ROOT, environment
from msw_portal.embedded.installing import Steps, digest, is_stamped
from msw_portal.embedded.places import DATABASE, PORT, EmbeddedError, Place
from msw_portal.embedded.postgres import Postgres
from msw_portal.embedded.servers import Servers, start

# What a real installation must say itself: nothing of it has a default.
REQUIRED = (
    "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "MSW_KEYS", "MSW_MEDIA", "ALLOWED_HOSTS",
)  # fmt: skip


def manage(*words: str) -> list[str]:
    """The command line of one management command."""
    return [sys.executable, "manage.py", *words]


def has_command(name: str) -> bool:
    """Does an app of this checkout bring this management command?"""
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def settled_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the portal's processes: what is given and what the embedded mode adds.

    With DATABASE_URL given and without MSW_EMBEDDED nothing is added, and EmbeddedError names what
    is missing.
    """
    if "DATABASE_URL" in given and given.get("MSW_EMBEDDED") not in (
        "1",
        "true",
        "True",
        "yes",
        "on",
    ):
        if missing := [name for name in REQUIRED if not given.get(name)]:
            raise EmbeddedError(
                f"DATABASE_URL is given, but {', '.join(missing)} is not: see .env.example."
            )
        return dict(given)
    return environment(ROOT) | {name: value for name, value in given.items() if value}


def start_missing(
    given: Mapping[str, str], *, pg: str | None = None
) -> tuple[Servers, dict[str, str]]:
    """Start the servers that no given address replaces, tied to our process; with the environment
    of whoever uses them.
    """
    settled_environment(given)
    pair = start(
        ROOT,
        pg=pg,
        is_tied=True,
        with_postgres="DATABASE_URL" not in given,
        with_valkey="REDIS_URL" not in given,
    )
    # Asked again: Valkey may have had to move to another port.
    return pair, settled_environment(given)


def is_migrated(postgres: Postgres, root: Path = ROOT) -> bool:
    """Does the database know every migration file of our apps? Answers in milliseconds."""
    files = {(path.parent.parent.name, path.stem) for path in root.glob("*/migrations/[0-9]*.py")}
    with contextlib.closing(postgres.connect(DATABASE)) as link, link.cursor() as cursor:
        try:
            cursor.execute("SELECT app, name FROM django_migrations")
        except psycopg2.errors.UndefinedTable:
            return False
        return files <= set(cursor.fetchall())


def identity(postgres: Postgres) -> str:
    """Which database this is: another one of the same name, made after the first was deleted, has another identity."""
    with contextlib.closing(postgres.connect(DATABASE)) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, oid FROM pg_control_system(), pg_database "
            "WHERE datname = current_database()"
        )
        return "{}:{}".format(*cursor.fetchone())


class Preparation:
    """The steps of `make run` between servers and children, each skipped when it is done."""

    def __init__(self, pair: Servers, env: dict[str, str]) -> None:
        self.pair, self.env = pair, env
        self.is_embedded = env.get("MSW_EMBEDDED") == "1"
        self.stamps = Place(ROOT).folder("stamps")
        self.steps = Steps("start", 3 if self.is_embedded else 2)

    def run(self) -> None:
        """All of them; raises installing.Refused with the last words of the one that failed."""
        self._migrate()
        self._collect_static()
        if self.is_embedded:
            self._seed()

    def _migrate(self) -> None:
        stamp, packages = self.stamps / "packages", digest([ROOT / "requirements.lock"])
        postgres = self.pair.postgres
        if postgres is not None and is_stamped(stamp, packages) and is_migrated(postgres):
            self.steps.done("Migrations", "none is missing")
            return
        env = {**self.env, "MSW_AS_OWNER": "1"}
        self.steps.run("Migrations", manage("migrate", "--noinput", "-v1"), env=env)
        stamp.write_text(packages, encoding="utf-8")

    def _collect_static(self) -> None:
        stamp = self.stamps / "static"
        content = digest(
            [
                ROOT / "requirements.lock",
                *(path for path in (ROOT / "static").rglob("*") if path.is_file()),
            ],
            self.env.get("MSW_STATIC_ROOT", ""),
        )
        if is_stamped(stamp, content):
            self.steps.done("Static files", "as collected")
            return
        stamp.unlink(missing_ok=True)
        self.steps.run("Static files", manage("collectstatic", "--noinput", "-v0"), env=self.env)
        stamp.write_text(content, encoding="utf-8")

    def _seed(self) -> None:
        if not has_command("seed_demo"):
            self.steps.done("Demo world", "this checkout brings none")
            return
        postgres = self.pair.postgres
        stamp = self.stamps / (f"seeded-{postgres.major}" if postgres is not None else "seeded")
        database = identity(postgres) if postgres is not None else ""
        if database and is_stamped(stamp, database):
            self.steps.done("Demo world", "is there")
            return
        env = {**self.env, "MSW_AS_OWNER": "1"}
        self.steps.run(
            "Demo world, when the database is empty", manage("seed_demo", "--if-empty"), env=env
        )
        stamp.write_text(database, encoding="utf-8")


def with_server_tools(env: dict[str, str], postgres: Postgres | None) -> dict[str, str]:
    """The environment plus what psql and pg_dump need to find the embedded database as owner."""
    if postgres is None:
        return env
    secrets = postgres.place.secrets()
    return env | {
        "PATH": os.pathsep.join([str(postgres.bin), env.get("PATH", "")]),
        "PGPORT": str(PORT),
        "PGHOST": str(postgres.place.socket),
        "PGUSER": "msw_owner",
        "PGPASSWORD": secrets["msw_owner_password"],
        "PGDATABASE": DATABASE,
    }
