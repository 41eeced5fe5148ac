"""Lists taken out: the whole filter of the page, masked, neutral, and written down."""

import csv
import datetime as dt
import io
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook

from cases.models.casework import Case, Referral
from cases.services.exports import CASES
from cases.services.secrecy import case_raise_secrecy
from departments.models.trail import AuditEntry
from departments.services.entering import member_scope
from departments.services.exporting import listing_export
from msw_portal.kernel.scope import scope
from tests.factories.archives import unlocked
from tests.factories.cases import make_case, make_client, make_contact, make_episode, make_need

CSV = {"suffix": "csv"}
WHY = "年度个案质量抽查，主任核对身份"


def _lines(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_the_whole_filter_leaves_and_not_a_page_of_it(db, worker, acting, client_for):
    with acting(worker):
        for n in range(25):
            make_case(worker, client=make_client(worker, name=f"演示{'甲' if n else '乙'}"))
        make_case(worker, stage="assessment")
    client = client_for(worker)
    lines = _lines(client.post("/cases/export/?stage=intake&worker=me", CSV))
    assert (len(lines), lines[0][:3]) == (26, ["个案编号", "服务对象", "性别"])
    assert {line[1] for line in lines[1:]} == {"演**"}
    book = load_workbook(
        io.BytesIO(
            client.post("/cases/export/?stage=intake&worker=me", {"suffix": "xlsx"}).getvalue()
        )
    )
    assert book.active.max_row == 26


def test_what_the_database_writes_is_what_python_would(worker, head, acting, ward):
    """Labels, days, masks, needs, merged persons and neutral texts, in both languages, cell by cell."""
    with acting(worker):
        ward.name = '＝内科\n"一",二'
        ward.save(update_fields=["name"])
        client = make_client(worker, name="演示丁")
        stay = make_episode(client, worker, ward=ward, bed="+12")
        for given in (
            {"client": client, "episode": stay, "priority": "urgent"},
            {"stage": "closed", "risk_level": "high"},
            {"stage": "pending", "source": "family"},
            {"opened_at": timezone.make_aware(dt.datetime(2026, 1, 1, 0, 30))},
        ):
            case = make_case(worker, **given)
            for rank, code in enumerate(("emotional", "financial"), start=1):
                make_need(case, worker, category=code, rank=rank)
            make_contact(case, worker)
        make_case(worker)
        worker.display_name = "@何社工"
        worker.save(update_fields=["display_name"])
    for language in ("zh-hans", "en"):
        told = []
        for listing in (CASES, replace(CASES, may_be_copied=False)):
            with translation.override(language), acting(head):
                rows = Case.objects.listed_to(head).with_list_facts().order_by("-opened_at", "id")
                made = listing_export(listing=listing, rows=rows, suffix="csv", by=head)
                with made.file as file:
                    told.append(list(csv.reader(io.StringIO(file.read().decode("utf-8-sig")))))
        assert told[0] == told[1]
        assert len(told[0]) == 6
    assert {'\'＝内科\n"一",二', "'+12", "'@何社工"} <= {cell for line in told[0] for cell in line}


def test_a_second_click_gets_the_file_made_again(db, worker, acting, client_for):
    with acting(worker):
        make_case(worker)
    client, asked = client_for(worker), {**CSV, "once": "0198-export"}
    first, second = (_lines(client.post("/cases/export/?worker=me", asked)) for _n in range(2))
    assert (len(first), second) == (2, first)


def test_identity_leaves_with_a_reason_by_the_head_alone(db, worker, head, acting, client_for):
    with acting(worker):
        make_case(worker, client=make_client(worker, name="演示丙", phone="13800000000"))
    asked = {**CSV, "in_clear": "on"}
    refused = client_for(head).post("/cases/export/?worker=all", {**asked, "reason": "看看"})
    assert refused.status_code == 422
    assert "请写明理由" in refused.content.decode()
    lines = unlocked(client_for(head), "/cases/export/?worker=all", {**asked, "reason": WHY})
    assert lines[1][-3:] == ["演示丙", "", "13800000000"]
    page = client_for(worker).get("/cases/export/").content.decode()
    assert "in_clear" not in page
    masked = _lines(client_for(worker).post("/cases/export/", {**asked, "reason": WHY}))
    assert "演示丙" not in masked[1]
    with scope(org=head.membership.organization_id, role="auditor"):
        entry = AuditEntry.objects.filter(action="export.make", actor=head).get()
        assert WHY in entry.body


def test_persons_and_contacts_leave_under_the_conditions_of_the_case_list(
    db, worker, acting, client_for
):
    with acting(worker):
        person = make_client(worker, name="演示甲", phone="13800000000")
        first = make_case(worker, client=person, stage="closed")
        second = make_case(worker, client=person)
        other = make_case(worker, client=make_client(worker, name="李四"), stage="assessment")
        for case in (first, second, second, other):
            make_contact(case, worker)
    client = client_for(worker)
    persons = _lines(client.post("/cases/export/people/?status=all&stage=intake", CSV))
    assert [line[0] for line in persons[1:]] == ["演**"]
    everybody = _lines(client.post("/cases/export/people/?status=all", CSV))
    assert sorted(line[-1] for line in everybody[1:]) == ["1", "2"]
    contacts = _lines(client.post("/cases/export/contacts/?status=all&stage=intake", CSV))
    assert len(contacts) == 3
    assert "床旁面谈" not in "".join(map(str, contacts))
    page = client.get("/cases/export/people/?status=all&stage=intake").content.decode()
    assert "/cases/export/contacts/?status=all&amp;stage=intake" in page


def test_a_sealed_person_is_on_no_list_of_persons_and_only_the_named_take_the_contacts(
    db, worker, head, acting, client_for
):
    with acting(worker):
        case = make_case(worker, client=make_client(worker, name="演示密"))
        make_contact(case, worker)
        case_raise_secrecy(case=case, named=[], reason="涉及家庭暴力，须严格保密", by=worker)
    for who, contacts in ((worker, 2), (head, 1)):
        client = client_for(who)
        assert len(_lines(client.post("/cases/export/people/?status=all&worker=all", CSV))) == 1
        lines = _lines(client.post("/cases/export/contacts/?status=all&worker=all", CSV))
        assert len(lines) == contacts


def test_the_address_of_persons_leaves_with_a_reason_by_the_head_alone(
    db, worker, head, acting, client_for
):
    with acting(worker):
        make_case(worker, client=make_client(worker, name="演示丁", address="演示路 9 号"))
    asked = {**CSV, "in_clear": "on", "reason": WHY}
    lines = unlocked(client_for(head), "/cases/export/people/?worker=all", asked)
    assert (lines[1][-1], "演示丁" in lines[1]) == ("演示路 9 号", True)
    masked = _lines(client_for(worker).post("/cases/export/people/", asked))
    assert "演示丁" not in masked[1]


def test_what_a_spreadsheet_would_run_is_neutral(db, worker, acting, client_for):
    with acting(worker):
        from cases.services.referrals import referral_receive

        referral_receive(from_text="=HYPERLINK(1)", reason="费用", by=worker)
    lines = _lines(client_for(worker).post("/cases/referrals/export/", CSV))
    assert lines[1][5] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    "address",
    [
        "/cases/export/",
        "/cases/export/people/",
        "/cases/export/contacts/",
        "/cases/referrals/export/",
        "/cases/activities/export/",
        "/funding/requests/export/",
    ],
)
def test_another_houses_rows_are_not_there(db, address, worker, other_head, acting, client_for):
    with acting(worker):
        make_case(worker)
        assert not Referral.objects.exists()
    answer = client_for(other_head).post(address, CSV)
    assert len(_lines(answer)) == 1


@pytest.mark.parametrize(
    "address",
    [
        "/cases/export/",
        "/cases/export/people/",
        "/cases/export/contacts/",
        "/cases/referrals/export/",
    ],
)
def test_an_assistant_takes_no_list(db, address, assistant, client_for):
    assert client_for(assistant).get(address).status_code == 404


def test_the_foundation_takes_its_requests_without_names(db, officer, worker, client_for):
    lines = _lines(client_for(officer).post("/funding/board/export/", CSV))
    assert lines[0][:4] == ["编号", "项目", "医院", "对象代号"]
    assert client_for(worker).get("/funding/board/export/").status_code == 404


@pytest.mark.long
def test_fifty_thousand_cases_leave_in_little_memory(own_database, person):
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        make_case(worker)
    env = {**os.environ, **own_database.env, "DJANGO_SETTINGS_MODULE": "msw_portal.settings"}
    command = [sys.executable, "-m", "benchmarks.exports", "50000"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"csv", "xlsx", "ratio"}
    for suffix in ("csv", "xlsx"):
        assert told[suffix]["rows"] == 50_001
        assert told[suffix]["peak_mb"] - told[suffix]["before_mb"] < 60
