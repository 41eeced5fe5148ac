"""The world of the tests on servers of a test's own, which may then be killed."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from environ import Env

from msw_portal.backups.places import program
from msw_portal.embedded import environment
from msw_portal.embedded.places import Place
from tests.conftest import TEMPLATE, OwnDatabase, _point_at

DATABASE = "msw"


def copy_template(root: Path) -> None:
    """From the shared servers into the started ones of `root`."""
    shared, place = Place(Path(os.environ["MSW_KEYS"]).parents[1]), Place(root)
    version = connection.cursor().connection.server_version

    def reach(where: Place, database: str) -> dict[str, str]:
        return os.environ | {
            "PGHOST": str(where.socket),
            "PGPORT": "5432",
            "PGUSER": "postgres",
            "PGPASSWORD": where.secrets()["superuser_password"],
            "PGDATABASE": database,
        }

    dump = subprocess.Popen(
        [program("pg_dump", version), "-Fc"], env=reach(shared, TEMPLATE), stdout=subprocess.PIPE
    )
    back = [program("pg_restore", version), "--exit-on-error", "-d", DATABASE]
    subprocess.run(back, env=reach(place, DATABASE), stdin=dump.stdout, check=True)
    assert dump.wait() == 0


@contextlib.contextmanager
def pointed_at(root: Path, **more: str) -> Iterator[OwnDatabase]:
    """Django's connection and a child's environment at the servers of `root`, with the keys of the tests."""
    mine = {name: value for name, value in environment(root).items() if name.startswith("DATABASE")}
    env, before = {**os.environ, **mine, **more}, dict(connection.settings_dict)
    config = Env.db_url_config(env["DATABASE_URL"])
    _point_at(DATABASE)
    connection.settings_dict |= {name: config[name] for name in ("HOST", "PASSWORD", "PORT")}
    try:
        yield OwnDatabase(DATABASE, env)
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict |= before
        _point_at(before["NAME"])
