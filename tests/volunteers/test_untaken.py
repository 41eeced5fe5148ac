"""Sign-ups that were not taken are emptied a year later by two; who serves is never on that list."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models.queues import SearchPosting
from departments.services import destruction
from departments.services.retention import years_after
from tests.cases.test_retention import WHY, _run
from tests.factories.volunteers import make_volunteer
from volunteers.models.people import Volunteer
from volunteers.services.finding import volunteer_index
from volunteers.services.untaken import applicants_due, applicants_next

pytestmark = pytest.mark.django_db


def applicant(by, *, days=400, **given):
    made = make_volunteer(
        by,
        records=False,
        **{
            "state": "refused",
            "address": "和平路 1 号",
            "emergency": {"name": "演示亲属", "relation": "母亲", "phone": "13900000000"},
            **given,
        },
    )
    Volunteer.objects.filter(pk=made.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    volunteer_index(made)
    return made


def test_a_refused_sign_up_is_due_after_a_year_and_nobody_else(head, acting):
    with acting(head):
        old = applicant(head)
        applicant(head, days=300)
        day = timezone.localdate() - dt.timedelta(days=300)
        assert applicants_next(by=head) == years_after(day, 1)
        applicant(head, state="active")
        applicant(head, state="left")
        assert [one.uid for one in applicants_due(by=head)] == [str(old.uid)]


def test_emptying_leaves_the_count_and_nothing_of_the_person(
    head, secadmin, acting, client_for, rows
):
    counted = "SELECT state, source, sex, count(*) FROM volunteers_volunteer GROUP BY 1, 2, 3"
    with acting(head):
        made = applicant(head)
        before = rows(counted)
        record = destruction.destruction_propose(
            pieces=destruction.pieces_due(by=head), note=WHY, by=head
        )
    page = reverse("volunteers:volunteer", args=[made.uid])
    assert client_for(head).get(page).status_code == 200
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    _run(record)
    with acting(head):
        gone = Volunteer.objects.get(pk=made.pk)
        assert (gone.name, gone.name_masked, gone.phone_bidx, gone.emergency, gone.birth_date) == (
            "已销毁",
            "已销毁",
            None,
            {},
            None,
        )
        assert gone.address == "已销毁"
        assert rows(counted) == before
        assert not SearchPosting.objects.filter(object_id=made.pk, kind=2).exists()
        assert applicants_due(by=head) == []
        record.refresh_from_db()
        assert (record.step, record.payload["persons"]) == ("done", 1)
    assert client_for(head).get(page).status_code == 404


def test_who_is_taken_after_all_is_left_alone(head, secadmin, acting):
    with acting(head):
        made = applicant(head)
        record = destruction.destruction_propose(
            pieces=destruction.pieces_due(by=head), note=WHY, by=head
        )
        Volunteer.objects.filter(pk=made.pk).update(state="training")
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    _run(record)
    with acting(head):
        assert Volunteer.objects.get(pk=made.pk).name == made.name
