"""A signature on screen has its strokes; a signature on paper has its paper, within a week."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.services.consent_papers import consent_paper_file
from cases.services.consents import consent_withdraw
from cases.services.disclosures import disclosure_make
from departments.models.mechanisms import Task
from tests.factories.cases import make_case, make_client, make_consent, make_person_consent

pytestmark = pytest.mark.django_db


def due(consent) -> Task:
    return Task.objects.get(dedup_key=f"consent_paper:{consent.uid}")


def share(consent, hospital, foundation, by):
    return disclosure_make(
        organization=hospital,
        recipient=foundation,
        consent=consent,
        level="review",
        subject=consent.case,
        payload={"sex": "2"},
        fields=["sex"],
        by=by,
    )


def test_a_signature_on_screen_is_not_recorded_without_its_strokes(worker, acting, refuses, upload):
    with acting(worker):
        case = make_case(worker)
        with refuses("consent.needs_drawing", "drawing"):
            make_consent(case, worker, method="e_signature")
        assert make_consent(case, worker, method="e_signature", scan=upload).evidence is not None


def test_a_paper_without_its_scan_is_due_within_a_week(worker, acting):
    with acting(worker):
        task = due(make_consent(make_case(worker), worker))
        assert (task.assignee, task.subject_kind) == (worker, "case")
        assert timezone.localdate(task.due_at) == timezone.localdate() + dt.timedelta(days=7)
        alone = due(make_person_consent(make_client(worker), worker, method="paper_scan"))
        assert alone.subject_kind == "client"


def test_a_basis_other_than_consent_and_a_spoken_consent_wait_for_no_paper(worker, acting):
    with acting(worker):
        case = make_case(worker)
        make_consent(case, worker, method="oral_witness", witness="护士长")
        assert not Task.objects.filter(kind="consent_paper").exists()


def test_nothing_is_given_out_under_an_overdue_paper_until_it_is_there(
    worker, hospital, foundation, acting, refuses, upload
):
    with acting(worker):
        consent = make_consent(make_case(worker), worker, "share_to_org", recipient=foundation)
        share(consent, hospital, foundation, worker)
        Task.objects.filter(pk=due(consent).pk).update(due_at=timezone.now() - dt.timedelta(days=1))
        with refuses("disclosure.needs_paper", "consent", 409):
            share(consent, hospital, foundation, worker)
        consent_paper_file(consent=consent, scan=upload, by=worker)
        assert due(consent).state == "done"
        share(consent, hospital, foundation, worker)


def test_a_consent_from_before_papers_had_a_clock_is_not_stopped(
    worker, hospital, foundation, acting
):
    with acting(worker):
        consent = make_consent(make_case(worker), worker, "share_to_org", recipient=foundation)
        due(consent).delete()
        share(consent, hospital, foundation, worker)


def test_nobody_waits_for_the_paper_of_a_consent_that_is_over(worker, acting):
    with acting(worker):
        case = make_case(worker)
        older = make_consent(case, worker)
        newer = make_consent(case, worker)
        assert (due(older).state, due(newer).state) == ("cancelled", "open")
        consent_withdraw(consent=newer, reason="本人当面提出", withdrawn_by="self", by=worker)
        assert due(newer).state == "cancelled"
