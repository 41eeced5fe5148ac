"""Requests in the search box: each side finds its own, by the number, and nobody else does."""

import pytest
from django.urls import reverse

from departments.services.search_box import box_search
from tests.factories.donations import as_person, make_draft, make_submitted

pytestmark = pytest.mark.django_db


def found(text: str, by) -> list[str]:
    groups = {group.key: group for group in box_search(text=text, limit=6, by=by)}
    return [hit.url for hit in groups["requests"].hits] if "requests" in groups else []


def test_both_sides_find_a_request_by_its_number(people, money, other_worker, clinician):
    request = make_submitted(people, money).request
    year, seq = request.number.split("-")[-2:]
    with as_person(people.worker) as by:
        own = [reverse("donations:request", args=[request.uid])]
        for typed in (request.number, request.number.lower(), f"{year}-{seq}", seq):
            assert found(typed, by) == own
        assert found("9999", by) == []
    with as_person(people.officer) as by:
        assert found(request.number, by) == [reverse("donations:review", args=[request.uid])]
        assert found(seq, by) == []
    for stranger in (other_worker, clinician):
        with as_person(stranger) as by:
            assert found(request.number, by) == []


def test_a_draft_without_a_number_is_not_found(people, money):
    make_draft(people, money)
    with as_person(people.worker) as by:
        assert found("0001", by) == []


def test_organizations_are_found_by_everybody(people, clinician, foundation):
    for person in (people.officer, clinician):
        with as_person(person) as by:
            groups = box_search(text=foundation.name[:2], limit=6, by=by)
            urls = [
                hit.url for group in groups if group.key == "organizations" for hit in group.hits
            ]
            assert reverse("departments:organization", args=[foundation.uid]) in urls
