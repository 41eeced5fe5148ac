"""Who may open which page: a row that is not visible is not there, with the same bytes as a missing one."""

import re
import uuid

import pytest
from django.urls import reverse

from tests.cases.pages import make_file

pytestmark = pytest.mark.django_db

CARE = ("worker", "worker2", "assistant", "supervisor", "head")
OUTSIDE = ("clinician", "auditor", "secadmin", "officer", "authority", "other_worker", "other_head")
OF_CASE = (
    "case",
    "history",
    "assign",
    "decline",
    "accept",
    "need_add",
    "assessment_new",
    "assess",
    "contact_new",
    "consent_new",
    "plan_new",
    "goal_row",
    "start",
    "evaluate",
    "propose_closing",
    "close",
    "return",
    "suspend",
    "resume",
    "void",
    "step_back",
    "refer_out",
    "reopen",
    "document_upload",
    "alert_raise",
)
OF_CHILD = {
    "assessment": "assessment",
    "contact": "contact",
    "contact_addendum": "contact",
    "consent_withdraw": "consent",
    "plan": "plan",
    "plan_submit": "plan",
    "plan_approve": "plan",
    "plan_return": "plan",
    "plan_sign": "plan",
    "plan_unsigned": "plan",
    "plan_review": "plan",
    "goal_rate": "goal",
    "alert_resolve": "alert",
}
OF_PERSON = ("client", "client_amend", "related_add", "episode_new", "open")
OF_REFERRAL = ("referral", "referral_refuse", "referral_return")
EVERYBODY = ("list", "search", "referrals", "panel_referrals", "panel_caseload")


@pytest.fixture
def file(worker, head, acting):
    return make_file(worker, head, acting)


def _addresses(file) -> dict[str, str]:
    named = dict.fromkeys(OF_CASE, file.case.uid)
    named |= {name: getattr(file, attribute).uid for name, attribute in OF_CHILD.items()}
    return {name: reverse(f"cases:{name}", args=[uid]) for name, uid in named.items()}


def _statuses(client, addresses: dict[str, str]) -> dict[str, int]:
    return {name: client.get(url).status_code for name, url in addresses.items()}


def _without_token(response) -> bytes:
    return re.sub(
        rb'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', b"", response.content
    )


def test_the_worker_of_a_case_opens_every_page_of_it(worker, file, client_for):
    assert set(_statuses(client_for(worker), _addresses(file)).values()) == {200}


def test_the_head_opens_the_departments_file(head, file, client_for):
    assert set(_statuses(client_for(head), _addresses(file)).values()) == {200}


@pytest.mark.parametrize("login", ["worker2", "assistant", "supervisor", *OUTSIDE])
def test_others_find_no_page_of_the_case(login, file, person, client_for):
    assert set(_statuses(client_for(person(login)), _addresses(file)).values()) == {404}


@pytest.mark.parametrize("login", CARE)
def test_persons_are_shown_masked_to_the_care_roles(login, file, person, client_for):
    client = client_for(person(login))
    for name in OF_PERSON:
        answer = client.get(reverse(f"cases:{name}", args=[file.client.uid]))
        assert answer.status_code == 200, name
        assert file.client.name not in answer.content.decode(), name


@pytest.mark.parametrize("login", OUTSIDE)
def test_persons_are_not_there_for_others(login, file, person, client_for):
    urls = {name: reverse(f"cases:{name}", args=[file.client.uid]) for name in OF_PERSON}
    assert set(_statuses(client_for(person(login)), urls).values()) == {404}


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("worker", 200),
        ("worker2", 200),
        ("supervisor", 200),
        ("head", 200),
        ("assistant", 404),
        ("clinician", 404),
        ("other_worker", 404),
        ("officer", 404),
        ("auditor", 404),
    ],
)
def test_referrals_are_met_at_the_door(login, status, file, person, client_for):
    client = client_for(person(login))
    urls = {name: reverse(f"cases:{name}", args=[file.referral.uid]) for name in OF_REFERRAL}
    assert set(_statuses(client, urls).values()) == {status}


@pytest.mark.parametrize("login", [*CARE, "officer", "auditor", "other_worker"])
def test_lists_open_and_show_only_what_is_visible(login, file, person, client_for):
    client = client_for(person(login))
    for name in EVERYBODY:
        answer = client.get(reverse(f"cases:{name}"))
        assert answer.status_code == 200, name
        if login in ("officer", "auditor", "other_worker"):
            assert file.case.number not in answer.content.decode(), name
            assert file.referral.reason not in answer.content.decode(), name


def test_a_form_that_would_be_refused_is_not_offered(worker, person, client_for):
    new = reverse("cases:referral_new")
    assert client_for(worker).get(new).status_code == 200
    for login in ("clinician", "auditor", "secadmin", "officer", "authority"):
        client = client_for(person(login))
        assert client.get(new).status_code == 404, login
        assert new not in client.get(reverse("cases:referrals")).content.decode()


def test_a_colleague_sees_the_row_without_a_link(worker2, file, client_for):
    page = client_for(worker2).get(reverse("cases:list") + "?worker=all").content.decode()
    assert file.case.number in page
    assert reverse("cases:case", args=[file.case.uid]) not in page


def test_a_foreign_row_and_a_missing_row_answer_with_the_same_bytes(file, other_worker, client_for):
    client, subjects = client_for(other_worker), dict.fromkeys(OF_CASE, file.case)
    subjects |= {name: getattr(file, attribute) for name, attribute in OF_CHILD.items()}
    subjects |= dict.fromkeys(OF_PERSON, file.client) | dict.fromkeys(OF_REFERRAL, file.referral)
    for name, subject in subjects.items():
        foreign, missing = (
            client.get(reverse(f"cases:{name}", args=[uid])) for uid in (subject.uid, uuid.uuid4())
        )
        assert (foreign.status_code, missing.status_code) == (404, 404), name
        assert _without_token(foreign) == _without_token(missing), name


def test_commands_are_posts_and_find_nothing_foreign(file, other_worker, client_for):
    client = client_for(other_worker)
    commands = {
        "claim": file.case,
        "contact_countersign": file.contact,
        "alert_take": file.alert,
        "referral_claim": file.referral,
        "reveal": file.client,
    }
    for name, subject in commands.items():
        url = reverse(f"cases:{name}", args=[subject.uid])
        assert (client.get(url).status_code, client.post(url).status_code) == (405, 404), name


def test_nobody_without_a_session_reads_a_page(client, file):
    answer = client.get(reverse("cases:case", args=[file.case.uid]))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_opening_a_file_is_written_down_for_the_head_not_for_its_worker(
    worker, head, file, client_for, acting
):
    from departments.audit import history

    url = reverse("cases:case", args=[file.case.uid])
    client_for(worker).get(url)
    client_for(head).get(url)
    with acting(worker):
        opened = [
            event.actor_id for event in history(file.case) if event.action == "case.open_file"
        ]
    assert opened == [head.pk]


def test_history_shows_who_did_what_without_narrative(worker, file, client_for):
    page = client_for(worker).get(reverse("cases:history", args=[file.case.uid])).content.decode()
    assert file.case.presenting_problem not in page
