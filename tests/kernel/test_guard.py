"""A role that could see past the walls does not serve."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASK = "from django.db import connection; connection.ensure_connection(); print('serves')"


def _serve(url: str) -> subprocess.CompletedProcess:
    env = {**os.environ, "DATABASE_URL": url}
    env.pop("MSW_AS_OWNER", None)
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "shell", "-v0", "-c", ASK],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_web_role_serves(own_database):
    done = _serve(own_database.env["DATABASE_URL"])
    assert (done.returncode, done.stdout.strip()) == (0, "serves")


def test_the_owner_is_refused_with_a_sentence(own_database):
    done = _serve(own_database.env["DATABASE_OWNER_URL"])
    assert done.returncode != 0
    assert "serve as msw_app" in done.stderr
    assert "serves" not in done.stdout
