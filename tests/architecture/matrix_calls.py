"""The rows that addresses of calls and applications need in the access matrix."""

from typing import Any

from departments.models.people import User
from projects.models.applications import Application
from projects.services.applications.inviting import co_applicant_ask
from tests.factories import projects as made
from tests.factories.donations import as_person
from tests.factories.reviews import make_member

# Leads the applications of the matrix in the first hospital; the small world has no applicant.
APPLICANT = "applicant"

CALL_KEYS = {
    "calls:edit": "call_draft",
    "calls:part": "call_draft",
    "calls:fields": "call_draft",
    "calls:publish": "call_draft",
    "calls:": "call",
    "call_public:": "call",
    "applications:begin": "call",
    "applications:invitation": "invitation",
    "applications:invitation_answer": "invitation",
    "applications:uninvite": "invitation",
    "applications:withdraw": "application_sent",
    "applications:merge": "application_sent",
    "applications:version": "application_sent",
    "applications:paper": "application_sent",
    "applications:": "application",
}
CALL_WORDS = {
    "calls:part": {"part": "criteria"},
    "calls:fields": {"section": "basic"},
    "applications:section": {"section": "need"},
    "applications:version": {"number": 1},
    "call_public:page": {"slug": "unknown"},
    "call_public:file": {"slug": "unknown"},
}


def calls(authority: User, head: User, other_house: Any) -> dict[str, Any]:
    """A call in work and one that is open, a draft with an invitation and an application that was handed in."""
    call = made.make_open_call(authority, title="矩阵申报征集")
    leader = make_member(head.membership.organization, APPLICANT, "applicant")
    row = _led(made.make_application(call, head, title="矩阵申报"), head, leader)
    with as_person(head):
        party = co_applicant_ask(application=row, partner=other_house, part="协作", by=head)
    sent = _led(made.make_application(call, head, title="矩阵已提交"), head, leader)
    sent = made.submit(made.fill(sent, head), head)
    return {
        "call": call,
        "call_draft": made.make_call(authority, title="矩阵征集草稿"),
        "application": row,
        "application_sent": sent,
        "invitation": party,
    }


def _led(row: Application, head: User, leader: User) -> Application:
    with as_person(head):
        row.leader = leader
        row.save(update_fields=["leader"])
    return row
