"""Throw-away pairs of servers, and questions to them as one of the three roles."""

import contextlib
import functools
import os
from pathlib import Path

import psycopg2
from environ import Env

from msw_portal.embedded.places import Place
from msw_portal.embedded.postgres import Postgres
from msw_portal.embedded.servers import start

quick = functools.partial(start, test=True, is_tied=True)


def cluster_of_tests() -> Postgres:
    """The cluster that all tests of this run share, to be asked as its superuser."""
    place = Place(Path(os.environ["MSW_KEYS"]).parents[1])
    [data] = [path for path in place.clusters.glob("*/data") if Postgres.of(place, path).pid()]
    return Postgres.of(place, data)


def link(root: Path, role: str):
    """A connection as one of the three roles, through the URL that settings.py gets."""
    place = Place(root)
    config = Env.db_url_config(place.database_url(role, place.secrets()))
    made = psycopg2.connect(
        dbname=config["NAME"],
        user=config["USER"],
        password=config["PASSWORD"],
        host=config["HOST"],
        port=config["PORT"],
    )
    made.autocommit = True
    return made


def ask(root: Path, role: str, *statements: str) -> list[tuple]:
    """Run statements on one connection; the rows of the last."""
    with contextlib.closing(link(root, role)) as made, made.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
