"""`migrate` renders less than Django does (msw_portal/kernel/lean_state.py) and makes the same schema."""

import os
import re
import subprocess
import sys

import pytest

from msw_portal.backups.places import Server, program
from tests.conftest import ROOT, _clone, _drop, _url


@pytest.mark.long
def test_the_schema_is_byte_for_byte_the_one_that_plain_django_makes():
    made = {}
    for name, plain in (("msw_lean_state", ""), ("msw_plain_state", "1")):
        _drop(name)
        _clone(name, "template0")
        env = os.environ | {
            "DATABASE_OWNER_URL": _url(name, "DATABASE_OWNER_URL"),
            "MSW_AS_OWNER": "1",
            "MSW_PLAIN_STATE": plain,
        }
        command = [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        made[name] = _schema(name)
        _drop(name)
    assert made["msw_lean_state"].count("CREATE TABLE") > 100
    assert made["msw_lean_state"] == made["msw_plain_state"]


def _schema(name: str) -> str:
    """What pg_dump says, without the word of the day it puts around it."""
    server = Server.of(_url(name, "DATABASE_OWNER_URL"))
    with server.connected() as link:
        version = link.server_version
    command = [program("pg_dump", version), "--schema-only", "--no-password"]
    said = subprocess.run(
        command, env=server.environment(), capture_output=True, text=True, check=True
    )
    return re.sub(r"^\\(un)?restrict .*$", "", said.stdout, flags=re.M)
