"""The first wall of the census: who sees returns and lines, who moves them, what stays as it was sent."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from departments.models.census import CensusLine, CensusReturn
from departments.models.organizations import Organization
from msw_portal.kernel.scope import INSTALLATION, enter, scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(head, hospital, acting, authority):
    """The first hospital's return for 2023, sent to the authority; written without services."""
    with acting(head):
        one = CensusReturn.objects.create(
            organization=hospital,
            kind="institution",
            year=2023,
            as_of=dt.date(2023, 12, 31),
            region_code=110101,
            created_by=head,
        )
        CensusLine.objects.create(
            organization=hospital, census=one, rank=1, name="测试第一医院", category="hospital"
        )
    with acting(authority):
        assert (CensusReturn.objects.count(), CensusLine.objects.count()) == (0, 0)
    with acting(head):
        one.state, one.counterparty = "submitted", authority.membership.organization
        one.save()
    return one


def seen() -> tuple[int, int]:
    return CensusReturn.objects.count(), CensusLine.objects.count()


def test_a_return_is_seen_by_its_house_and_the_authority_it_was_sent_to(
    sent, head, authority, other_head, officer, acting
):
    found = {}
    for user in (head, authority, other_head, officer):
        with acting(user):
            found[user.username] = seen()
    assert found == {
        "head": (1, 1),
        "authority": (1, 1),
        "other_head": (0, 0),
        "officer": (0, 0),
    }


def test_a_frozen_return_is_read_by_the_authorities_of_its_region_alone(sent, authority, acting):
    with scope(org=INSTALLATION, role="system"):
        city = Organization.objects.create(
            kind="government", name="测试市主管", is_tenant=True, managed_by_id=INSTALLATION
        )
    with scope(org=city.pk, region=(110000, 119999)):
        assert seen() == (0, 0)
    with acting(authority):
        for state, at in (("accepted", None), ("frozen", dt.datetime(2024, 2, 1, tzinfo=dt.UTC))):
            sent.state, sent.released_at = state, at
            sent.save()
    with scope(org=city.pk, region=(110000, 119999)):
        assert seen() == (1, 1)
        assert CensusReturn.objects.update(state="replaced") == 0
        enter(org=city.pk, region=(120000, 129999))
        assert seen() == (0, 0)


@pytest.mark.parametrize(
    ("who", "change", "rule"),
    [
        ("head", {"state": "accepted"}, "reviewed by its authority"),
        ("authority", {"year": 2022}, "what was sent is frozen"),
        ("head", {"note": "另一说"}, "what was sent is frozen"),
        ("head", {"counterparty_id": None, "state": "draft"}, "parties"),
    ],
)
def test_the_database_keeps_the_sides_apart(who, change, rule, sent, person, acting):
    with acting(person(who)):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            CensusReturn.objects.filter(pk=sent.pk).update(**change)


def test_the_lines_of_what_was_sent_do_not_change(sent, head, hospital, authority, acting):
    for user in (head, authority):
        with acting(user), pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            CensusLine.objects.update(name="另一名")
    with acting(head):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            CensusLine.objects.create(
                organization=hospital, census=sent, rank=2, name="乙", category="hospital"
            )
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            CensusLine.objects.all().delete()
