"""The front page for visitors: what the work is, where it is found, what can be checked."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.models.organizations import Organization
from departments.services.anchoring import audit_anchor
from departments.services.public_face import hospitals_helping
from msw_portal.kernel.scope import scope


@pytest.fixture
def anybody():
    return Client(raise_request_exception=False)


def test_the_front_page_says_where_help_is_found_in_both_languages(worker, anybody, acting):
    with acting(worker):
        name = Organization.objects.get(pk=worker.house_id).name
    chinese, english = anybody.get("/public/"), anybody.get("/public/?lang=en")
    assert name in chinese.content.decode()
    assert "What medical social workers do not do" in english.content.decode()
    assert "max-age=300" in chinese["Cache-Control"]
    assert not chinese.cookies


def test_the_front_page_costs_the_same_for_each_visitor(worker, anybody):
    anybody.get("/public/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        anybody.get("/public/")
    reads = [one for one in asked if ' FROM "' in one["sql"]]
    assert len(reads) == 6


def test_anchors_are_published_and_equal_the_file(worker, anybody, settings, tmp_path):
    settings.MSW_ANCHORS = str(tmp_path / "anchors")
    assert anybody.get("/public/anchors/anchors.json").json() == {"anchors": []}
    audit_anchor()
    lines = [json.loads(line) for line in (tmp_path / "anchors").read_text().splitlines()]
    said = anybody.get("/public/anchors/anchors.json").json()["anchors"]
    assert {one["sha256"] for one in said} == {line["hash"] for line in lines}


def test_a_changed_file_of_anchors_is_said_and_not_shown(db, anybody, settings, tmp_path):
    settings.MSW_ANCHORS = str(tmp_path / "anchors")
    (tmp_path / "anchors").write_text('{"at": "2026-11-30", "mac": "0"}\n')
    assert anybody.get("/public/anchors/anchors.json").status_code == 503
    assert "锚点文件未通过校验" in anybody.get("/public/anchors/").content.decode()


def test_houses_for_practice_are_not_named(worker):
    with scope():
        practice = set(Organization.objects.filter(is_training=True).values_list("name", flat=True))
    assert not practice & {one.name for one in hospitals_helping()}
