"""One request from the worker's draft to the revisit: the foundation by its own programs, the hospital by its services."""

from decimal import Decimal

import pytest
from django.utils import timezone

from cases.services.state_aid import steps
from cases.services.state_aid.opening import state_aid_open
from departments.services import outbox
from donations.models.settling import Revisit
from donations.services import bills, payout, requests, revisits
from donations.services.catalogue import LITTLE_ANGEL
from tests.factories.donations import (
    as_person,
    give,
    make_draft,
    make_money,
    paper,
    prepare,
    release,
    submit,
)

pytestmark = pytest.mark.django_db
D = Decimal
STAGES = [*LITTLE_ANGEL["stages"], "reconciled", "revisited", "closed"]


def test_a_request_from_the_draft_to_the_revisit(people, foundation, api_of):
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    asked = make_draft(people, money)
    today = timezone.localdate()
    # Three programs of the house, each with duties of its own, and one without a limit.
    checks, reviews = (
        api_of(foundation, duties=("verify",)),
        api_of(foundation, duties=("review1",)),
    )
    approves = api_of(foundation, duties=("approve",))
    assert checks.get().json()["items"] == []  # a draft is the hospital's alone
    submit(people, asked)
    uid = str(asked.request.uid)
    assert [row["uid"] for row in checks.get().json()["items"]] == [uid]

    papers = {"items": ["economic_proof"], "message": "缺街道盖章"}
    checks.post(f"{uid}/check/")
    assert (
        checks.post(f"{uid}/request-supplement/", papers).json()["state"] == "supplement_required"
    )
    with as_person(people.worker) as by:
        requests.request_attach(
            request=asked.request,
            type="economic_proof",
            document=paper(asked.case, by, "economic_proof"),
            by=by,
        )
        requests.request_supplement(request=asked.request, message="已补盖章", by=by)
    assert checks.post(f"{uid}/check/", {"complete": True}).json()["state"] == "first_review"
    assert checks.post(f"{uid}/review/", {"opinion": "x"}).status_code == 403  # another's duty

    # Meanwhile the state grants: what remains is less than what was asked.
    with as_person(people.worker) as by:
        aid = state_aid_open(
            case=asked.case, kind="medical", authority="演示医保局", applicant="family", by=by
        )
        aid = steps.state_aid_file(aid=aid, filed_on=today, by=by)
        steps.state_aid_grant(aid=aid, answered_on=today, granted=D("35000.00"), by=by)
    assert reviews.get(f"{uid}/").json()["payable"]["amount"] == "25000.00"
    done = reviews.post(f"{uid}/review/", {"opinion": "符合条件"}).json()
    assert (done["state"], done["proposed"]) == ("proposed", "25000.00")
    refused = approves.post(f"{uid}/approve/", {"amount": "25000.01"})
    assert refused.status_code in (409, 422)
    done = approves.post(f"{uid}/approve/", {"amount": "25000.00"}).json()
    assert (done["state"], done["approved"]) == ("approved", "25000.00")

    # Money is prepared and released by two persons; no program can.
    payment = release(people, prepare(people, asked, "25000.00"))
    while outbox.relay_once():
        pass
    with as_person(people.worker) as by:
        payout.disbursement_confirm(disbursement=payment, paid_on=today, by=by)
        bills.invoice_add(
            request=asked.request, number="0112233445", issued_on=today, amount=D("25000.00"), by=by
        )
    assert checks.post(f"{uid}/reconcile/").json()["state"] == "reconciled"
    while outbox.relay_once():
        pass
    with as_person(people.worker) as by:
        revisits.revisit_do(
            revisit=Revisit.objects.get(),
            done_on=today,
            outcome="in_treatment",
            use="用于第二疗程化疗",
            by=by,
        )
    assert checks.post(f"{uid}/close/").json()["state"] == "closed"
    history = [row["step"] for row in checks.get(f"{uid}/").json()["history"]]
    assert history[0] == "submit"
    assert history[-1] == "close"
    assert "revisit" in " ".join(history)
