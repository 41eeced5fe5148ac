"""The pages of projects: what each side sees, constant queries, forms that keep what was typed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.cultivation import make_partner, make_project, make_running, one_of_each
from tests.factories.donations import as_person
from tests.factories.groups import make_event, make_group


@pytest.fixture
def each(authority, head):
    return one_of_each(authority, head)


def _count(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_every_page_of_a_side_opens(each, client_for, head, authority):
    with as_person(head) as by:
        make_group(by)
        make_event(by)
    project = f"/projects/{each['project'].uid}/"
    own = [f"/projects/{each[kind].uid}/" for kind in each if kind.endswith("project")]
    own.remove(f"/projects/{each['programme_project'].uid}/")
    whats = ("group", "activity", "service_record", "learning_event", "case")
    linked = [f"{project}links/{what}/" for what in whats]
    both = ["/projects/", "/projects/base/", "/projects/?show=all&q=演示", *own]
    for user, pages in ((head, [*both, *linked]), (authority, both)):
        client = client_for(user)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_a_partner_opens_what_is_entrusted_to_it_and_no_other_page(
    authority, hospital, other_hospital, client_for
):
    running = make_running(authority, hospital)
    other = make_project(authority, other_hospital, title="别的项目")
    here, there = f"/projects/{running.project.uid}/", f"/projects/{other.uid}/"
    partner, stranger = client_for(running.partner), client_for(make_partner("PB", "另一协会"))
    shown = partner.get("/projects/").content.decode()
    assert running.project.title in shown
    assert "别的项目" not in shown
    page = partner.get(here).content.decode()
    assert "系统培训" in page
    assert "小组材料" not in page
    assert {
        address: (partner.get(address).status_code, stranger.get(address).status_code)
        for address in (
            here,
            there,
            f"{here}events/supervision/new/",
            f"{here}events/contract_payment/new/",
            f"{here}links/group/",
            f"{here}steps/terminate/",
            f"{here}budget/new/",
            f"/projects/reports/{running.report.uid}/",
            "/projects/base/",
            "/projects/kits/",
        )
    } == {
        here: (200, 404),
        there: (404, 404),
        f"{here}events/supervision/new/": (200, 404),
        f"{here}events/contract_payment/new/": (404, 404),
        f"{here}links/group/": (403, 404),
        f"{here}steps/terminate/": (403, 404),
        f"{here}budget/new/": (403, 404),
        f"/projects/reports/{running.report.uid}/": (200, 404),
        "/projects/base/": (404, 404),
        "/projects/kits/": (404, 404),
    }


def test_the_list_asks_as_often_for_three_projects_as_for_one(
    authority, hospital, client_for, head
):
    make_project(authority, hospital)
    one = _count(client_for(head), "/projects/")
    make_project(authority, hospital, title="第二个")
    make_project(authority, hospital, title="第三个")
    assert _count(client_for(head), "/projects/") == one
