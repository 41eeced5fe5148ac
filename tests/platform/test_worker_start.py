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
PAGES = """
import json, sys
import django
django.setup()
import msw_portal.urls
print(json.dumps(sorted(set({heavy!r}) & set(sys.modules))))
"""
FILES = ["matplotlib", "numpy", "docx", "openpyxl"]
HEAVY = ["msw_portal.urls", "reports.views.runs", *FILES]


def _said(line: str, env: dict[str, str]) -> list:
    done = subprocess.run(
        [sys.executable, "-c", line], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_worker_comes_up_without_reading_the_pages(own_database):
    assert _said(LOOK.format(heavy=HEAVY), own_database.env) == [[], True]


def test_a_server_reads_its_pages_without_what_files_are_made_with(own_database):
    """A third of its start; the first file of a kind reads it."""
    assert _said(PAGES.format(heavy=FILES), own_database.env) == []
