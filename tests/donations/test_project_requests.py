"""A running project asks a foundation for money: the arrows of a patient's request, without person and consent."""

import jsonschema
import pytest
from django.db import IntegrityError, transaction
from django.urls import get_resolver
from django.utils import timezone

from cases.models.consents import Disclosure
from donations.models.requests import FundingRequest
from donations.services import payout, project_requests, review, three_sixty
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import Project
from tests.factories import donations
from tests.factories.cultivation import make_project
from tests.factories.donations import D, as_person

BUDGET = {"requested": D("12000.00"), "budget": D("50000.00"), "other": D("30000.00")}
TOLD = {**BUDGET, "own": D("5000.00"), "story": "小组材料与志愿者培训，服务 200 人次。"}


@pytest.fixture
def programme(people):
    """A programme for projects with money in its fund."""
    made = donations.make_money(
        people,
        name="项目资助",
        asker="project",
        documents=[],
        conditions=[],
        benefit_rows=[],
        example_cases=[],
    )
    donations.give(people, made, "100000.00")
    return made


@pytest.fixture
def drafted(authority, hospital, head, programme):
    make_project(authority, hospital)
    with as_person(head) as by:
        request = project_requests.project_request_draft(
            project=Project.objects.visible_to(by).get(),
            programme_version=programme.version,
            by=by,
        )
        project_requests.project_request_amend(request=request, by=by, **TOLD)
    return request


def _sent(head, request):
    with as_person(head) as by:
        return project_requests.project_request_submit(
            request=request, declarations=donations.DECLARED, by=by
        )


def test_a_request_is_for_a_case_or_for_a_project(drafted, head):
    neither = FundingRequest(
        organization_id=drafted.organization_id,
        programme_version=drafted.programme_version,
        subject_code="X-1",
    )
    with as_person(head), pytest.raises(IntegrityError, match="for_case_or_project"):
        with transaction.atomic():
            neither.save(force_insert=True)
    with as_person(head), pytest.raises(IntegrityError, match="project of a request is fixed"):
        with transaction.atomic():
            FundingRequest.objects.filter(pk=drafted.pk).update(project=None)


def test_it_goes_the_whole_way_to_the_money_in_the_units_account(
    drafted, head, worker, people, api_for
):
    request = _sent(head, drafted)
    assert (request.gap, request.consent_id, request.review_disclosure_id) == (
        D("15000.00"),
        None,
        None,
    )
    assert Disclosure.objects.count() == 0
    client = api_for()
    (listed,) = client.get("/api/v1/funding-requests/").json()["items"]
    detail = client.get(f"/api/v1/funding-requests/{request.uid}/").json()
    assert (listed["kind"], detail["kind"]) == ("project", "project")
    assert detail["project"]["title"] == "血液病儿童全程照护（演示）"
    assert [one["name"] for one in detail["project"]["indicators"]] == [
        "小组",
        "服务人次",
        "医护认知度",
    ]
    assert detail["disclosed"] == {"version": None, "review": None, "identity": None}
    with as_person(people.officer) as by:
        request = review.request_check(request=request, complete=True, by=by)
    with as_person(people.officer2) as by:
        request = review.request_review(request=request, opinion="目标清楚，同意", by=by)
    asked = donations.Asked(None, request, None)
    donations.approve(people, asked)
    paid = donations.release(people, donations.prepare(people, asked, "12000.00"))
    with as_person(head) as by:
        paid = payout.disbursement_confirm(disbursement=paid, paid_on=timezone.localdate(), by=by)
        request = FundingRequest.objects.visible_to(by).get(pk=request.pk)
    assert (paid.state, request.state, request.disbursed) == (
        "confirmed",
        "disbursed",
        D("12000.00"),
    )
    # As a 360Giving grant it goes to the unit by name, not to somebody who is not told.
    today = timezone.localdate()
    with as_person(people.officer) as by:
        package = three_sixty.awards(since=today, until=today, by=by)
    jsonschema.validate(package, three_sixty.schema())
    (grant,) = package["grants"]
    assert grant["recipientOrganization"][0]["name"] == request.organization.name
    assert not {"recipientIndividual", "toIndividualsDetails"} & set(grant)


def test_no_page_of_it_breaks_for_want_of_a_person(drafted, head, people, client_for):
    """Every address of a request, asked for a project's: as the unit and as the foundation."""
    request = _sent(head, drafted)
    with as_person(people.officer) as by:
        request = review.request_check(request=request, complete=True, by=by)
    with as_person(people.officer2) as by:
        request = review.request_review(request=request, opinion="目标清楚，同意", by=by)
    donations.approve(people, donations.Asked(None, request, None))
    begins = ("funding/requests/<uuid:uid>/", "funding/review/<uuid:uid>/", "funding/compare/")
    addresses = [
        route.replace("<uuid:uid>", str(request.uid))
        for route in _routes(get_resolver())
        if route.startswith(begins) and route.count("<") == 1
    ]
    assert len(addresses) > 40
    broken = {}
    for user in (head, people.officer):
        client = client_for(user)
        client.raise_request_exception = False
        for address in addresses:
            for method in (client.get, client.post):
                with transaction.atomic():
                    status = method(f"/{address}").status_code
                    transaction.set_rollback(True)
                if status >= 500:
                    broken[f"{user.username} {method.__name__} {address}"] = status
    assert broken == {}


def _routes(resolver, before=""):
    for one in resolver.url_patterns:
        route = f"{before}{one.pattern}"
        yield from _routes(one, route) if hasattr(one, "url_patterns") else [route]


def test_what_is_missing_or_too_much_is_said_at_its_field(drafted, head, people, money, hospital):
    with as_person(head) as by:
        project = Project.objects.visible_to(by).get()
        with pytest.raises(DomainError) as refused:
            project_requests.project_request_draft(
                project=project, programme_version=money.version, by=by
            )
        assert (refused.value.rule, refused.value.field) == (
            "funding_request.not_for_projects",
            "programme_version",
        )
        over = {**TOLD, "requested": D("15000.01")}
        project_requests.project_request_amend(request=drafted, by=by, **over)
        with pytest.raises(DomainError) as refused:
            project_requests.project_request_submit(
                request=drafted, declarations=donations.DECLARED, by=by
            )
        assert (refused.value.rule, refused.value.field) == (
            "funding_request.over_gap",
            "requested",
        )


def test_the_leader_or_the_head_sends_it_and_no_other_house_sees_it(
    drafted, worker, head, other_head, officer, other_officer, client_for
):
    with pytest.raises(DomainError) as refused, as_person(worker) as by:
        project_requests.project_request_submit(
            request=drafted, declarations=donations.DECLARED, by=by
        )
    assert refused.value.status == 403
    page = f"/funding/requests/{drafted.uid}/"
    assert client_for(officer).get(f"/funding/review/{drafted.uid}/").status_code == 404
    assert client_for(worker).get(page).status_code == 200
    assert client_for(other_head).get(page).status_code == 404
    shown = client_for(head).get(f"{page}submit/").content.decode()
    assert "小组材料与志愿者培训" in shown
    assert "送出给" in shown
    sent = client_for(head).post(f"{page}submit/", {"truthful": "on", "no_related_party": "on"})
    assert sent.status_code in (200, 302)
    assert "项目资料" in client_for(officer).get(f"/funding/review/{drafted.uid}/").content.decode()
    assert client_for(other_officer).get(f"/funding/review/{drafted.uid}/").status_code == 404
    for part in ("resume", "identity", "notice", "death", "sum"):
        assert client_for(head).post(f"{page}{part}/").status_code == 404, part
