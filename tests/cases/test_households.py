"""Patients of one family: linked by a number, told as a relation, never opened through each other."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models.families import Household, HouseholdMember
from cases.services.households import (
    household_dissolve,
    household_leave,
    household_link,
    membership_of,
    relation_back,
)
from cases.services.secrecy import case_raise_secrecy
from cases.views.households import family_of
from departments.audit import history
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
WHY = "登记错了，不是一家人"


def stay_of(by, mrn, **given):
    """A patient found by a hospital number."""
    client = make.make_client(by, **given)
    make.make_episode(client, by, mrn=mrn)
    return client


@pytest.fixture
def child(worker, acting):
    with acting(worker):
        return stay_of(worker, "C100", sex="1")


def test_a_family_member_is_linked_by_a_number(child, worker, acting):
    with acting(worker):
        mother = stay_of(worker, "M200", name="欧阳演示")
        family = household_link(client=child, who=" m 200 ", relation="mother", by=worker)
        rows = HouseholdMember.objects.filter(household=family).order_by("id")
        assert [(one.client_id, one.relation) for one in rows] == [
            (child.pk, "self"),
            (mother.pk, "mother"),
        ]
        assert [event.action for event in history(family)] == ["household.member_add"]
        assert [one.relation for one in family_of(worker, child)] == ["母亲"]
        assert [one.relation for one in family_of(worker, mother)] == ["儿子"]


def test_a_case_number_finds_only_who_may_open_the_case(child, worker, worker2, acting, refuses):
    with acting(worker2):
        case = make.make_case(worker2, client=stay_of(worker2, "B1"))
    with acting(worker), refuses("household.not_found", "who"):
        household_link(client=child, who=case.number, relation="sibling", by=worker)
    with acting(worker2):
        make.make_case(worker2, client=child, duplicate_reason="另一次住院")
        household_link(client=child, who=case.number, relation="sibling", by=worker2)
        assert membership_of(case.client).relation == "sibling"


@pytest.mark.parametrize(
    ("who", "relation", "rule", "field"),
    [
        ("", "mother", "household.not_found", "who"),
        ("Z999", "mother", "household.not_found", "who"),
        ("C100", "mother", "household.same_person", "who"),
        ("C100", "self", "household.relation_unknown", "relation"),
    ],
)
def test_a_link_that_cannot_be_is_refused(
    child, worker, acting, refuses, who, relation, rule, field
):
    with acting(worker), refuses(rule, field):
        household_link(client=child, who=who, relation=relation, by=worker)


def test_another_hospitals_number_finds_nobody(child, worker, other_worker, acting, refuses):
    with acting(other_worker):
        stay_of(other_worker, "X300")
    with acting(worker), refuses("household.not_found", "who"):
        household_link(client=child, who="X300", relation="mother", by=worker)


def test_one_current_family_per_person(child, worker, acting, refuses):
    with acting(worker):
        mother, other = stay_of(worker, "M200"), stay_of(worker, "O400")
        household_link(client=child, who="M200", relation="mother", by=worker)
        with refuses("household_one_per_client", "who", status=409):
            household_link(client=other, who="M200", relation="spouse", by=worker)
        with pytest.raises(IntegrityError, match="household_one_per_client"), transaction.atomic():
            HouseholdMember(
                organization_id=mother.organization_id,
                household=Household.objects.create(organization_id=mother.organization_id),
                client=mother,
                relation="self",
            ).save(force_insert=True)


def test_a_family_member_without_a_visible_case_is_a_relation_alone(
    child, worker, worker2, acting, client_for
):
    with acting(worker2):
        mother = stay_of(worker2, "M200", name="欧阳演示")
        make.make_case(worker2, client=mother)
    with acting(worker):
        household_link(client=child, who="M200", relation="mother", by=worker)
        assert [(one.name, one.url) for one in family_of(worker, child)] == [("", "")]
    page = text_of(client_for(worker).get(reverse("cases:client", args=[child.uid])))
    assert "母亲" in page
    assert "欧阳" not in page
    with acting(worker2):
        assert [one.name for one in family_of(worker2, child)] == ["欧阳**"]
    opened = text_of(client_for(worker2).get(reverse("cases:client", args=[child.uid])))
    assert "欧阳**" in opened


def test_a_secret_case_does_not_show_through_the_family(child, worker, head, acting, client_for):
    with acting(worker):
        mother = stay_of(worker, "M200", name="欧阳演示")
        case = make.make_case(worker, client=mother, stage="intervention")
        household_link(client=child, who="M200", relation="mother", by=worker)
        case_raise_secrecy(case=case, named=[worker], reason="精神科诊断，依法保密", by=worker)
    with acting(head):
        assert [(one.relation, one.name, one.url) for one in family_of(head, child)] == [
            ("母亲", "", "")
        ]
    page = client_for(head).get(reverse("cases:client", args=[child.uid]))
    assert "欧阳" not in text_of(page)
    assert str(mother.uid) not in page.content.decode()


def test_leaving_and_dissolving_keep_the_reason(child, worker, acting, refuses):
    with acting(worker):
        stay_of(worker, "M200")
        stay_of(worker, "F300")
        household_link(client=child, who="M200", relation="mother", by=worker)
        family = household_link(client=child, who="F300", relation="father", by=worker)
        father = HouseholdMember.objects.get(relation="father")
        with refuses("household.needs_reason", "reason"):
            household_leave(client=child, member=father, reason="错", by=worker)
        household_leave(client=child, member=father, reason=WHY, by=worker)
        father.refresh_from_db()
        assert father.left_reason == WHY
        family.refresh_from_db()
        assert family.dissolved_on is None
        with refuses("household.not_member", status=409):
            household_leave(client=child, member=father, reason=WHY, by=worker)
        household_dissolve(client=child, reason=WHY, by=worker)
        family.refresh_from_db()
        assert family.dissolved_reason == WHY
        assert membership_of(child) is None
        with refuses("household.none", status=409):
            household_dissolve(client=child, reason=WHY, by=worker)
        assert household_link(client=child, who="F300", relation="father", by=worker) != family


def test_a_family_of_one_is_dissolved(child, worker, acting):
    with acting(worker):
        stay_of(worker, "M200")
        family = household_link(client=child, who="M200", relation="mother", by=worker)
        mother = HouseholdMember.objects.get(relation="mother")
        household_leave(client=child, member=mother, reason=WHY, by=worker)
        family.refresh_from_db()
        assert family.dissolved_on is not None
        assert HouseholdMember.objects.filter(left_on__isnull=True).count() == 0


@pytest.mark.parametrize(
    ("relation", "sex", "back"),
    [
        ("mother", "1", "son"),
        ("father", "2", "daughter"),
        ("son", "2", "mother"),
        ("spouse", "1", "spouse"),
        ("sibling", "2", "sibling"),
        ("grandparent", "1", "grandchild"),
        ("mother", "0", "other"),
        ("agent", "1", "other"),
    ],
)
def test_what_the_first_member_is_in_return(relation, sex, back):
    assert relation_back(relation, sex) == back


def test_a_family_is_linked_and_ended_in_the_browser(child, worker, acting, client_for):
    with acting(worker):
        stay_of(worker, "M200")
    page = client_for(worker)
    address = reverse("cases:household_new", args=[child.uid])
    bad = page.post(address, {"who": "Z999", "relation": "mother"})
    assert bad.status_code == 422
    assert "Z999" in bad.content.decode()
    assert page.post(address, {"who": "M200", "relation": "mother"}).status_code == 302
    with acting(worker):
        mother = HouseholdMember.objects.get(relation="mother")
    leave = reverse("cases:household_leave", args=[child.uid]) + f"?member={mother.uid}"
    assert "母亲" in text_of(page.get(leave))
    assert page.post(leave, {"reason": WHY}).status_code == 302
    assert page.get(leave).status_code == 404
    assert page.get(reverse("cases:household_dissolve", args=[child.uid])).status_code == 404


def test_another_hospital_reaches_no_family(child, worker, other_worker, acting, client_for):
    with acting(worker):
        stay_of(worker, "M200")
        household_link(client=child, who="M200", relation="mother", by=worker)
    page = client_for(other_worker)
    for name in ("household_new", "household_leave", "household_dissolve"):
        assert page.get(reverse(f"cases:{name}", args=[child.uid])).status_code == 404


def test_a_member_of_another_family_cannot_be_taken_out_from_here(
    child, worker, acting, client_for
):
    with acting(worker):
        stay_of(worker, "M200")
        household_link(client=child, who="M200", relation="mother", by=worker)
        first = stay_of(worker, "A1")
        stay_of(worker, "A2")
        household_link(client=first, who="A2", relation="spouse", by=worker)
        foreign = HouseholdMember.objects.get(relation="spouse")
    leave = reverse("cases:household_leave", args=[child.uid]) + f"?member={foreign.uid}"
    assert client_for(worker).get(leave).status_code == 404


def test_the_family_costs_the_same_for_one_and_three(child, worker, acting):
    def cost():
        with CaptureQueriesContext(connection) as found:
            family_of(worker, child)
        return len(found)

    with acting(worker):
        for number in ("M1", "M2", "M3"):
            stay_of(worker, number)
        household_link(client=child, who="M1", relation="mother", by=worker)
        one = cost()
        household_link(client=child, who="M2", relation="father", by=worker)
        household_link(client=child, who="M3", relation="sibling", by=worker)
        assert cost() == one
