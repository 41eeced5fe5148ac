"""What a worker reads before it takes work: the tasks, and not the pages or what files are made with."""

import json
import subprocess
import sys

from tests.conftest import ROOT

LOOK = """
import json, sys
from msw_portal.celery import app
app.loader.import_default_modules()
print(json.dumps([sorted(set({heavy!r}) & set(sys.modules)), "reports.tasks.run_job" in app.tasks]))
"""
HEAVY = ["msw_portal.urls", "reports.views.runs", "matplotlib", "docx"]


def test_a_worker_comes_up_without_reading_the_pages(own_database):
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(heavy=HEAVY)],
        cwd=ROOT,
        env=own_database.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [[], True]
