"""The whole case as one file: asked for, numbered, built by a job, kept with the case."""

import pytest
from django.urls import reverse

from cases.models.casework import Case
from cases.services.dossier import case_dossier_ask
from departments.models.mechanisms import Document, Notification
from departments.models.queues import Job
from departments.services.documents import document_read
from departments.services.jobs import job_run
from tests.cases.pages import make_file, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 60)


def test_the_whole_case_becomes_one_file_with_its_archive_number(worker, head, acting, client_for):
    file = make_file(worker, head, acting)
    with acting(worker):
        job = case_dossier_ask(case=file.case, by=worker)
        number = Case.objects.get(pk=file.case.pk).archive_number
    assert number
    assert job_run(job.uid) is True
    with acting(worker):
        job = Job.objects.get(pk=job.pk)
        document = Document.objects.get(kind="dossier")
        assert (job.state, job.error) == ("done", "")
        assert document_read(document=document, by=worker).startswith(b"%PDF-")
        assert number in document.title
        assert Notification.objects.filter(kind="case.dossier_done", user=worker).count() == 1
    url = reverse("cases:print_case_progress", args=[file.case.uid, job.uid])
    assert number in text_of(client_for(worker).get(url))


def test_the_archive_number_is_given_once(worker, head, acting):
    file = make_file(worker, head, acting)
    with acting(worker):
        for _round in range(2):
            case_dossier_ask(case=file.case, by=worker)
        numbers = set(Case.objects.filter(pk=file.case.pk).values_list("archive_number", flat=True))
    assert len(numbers) == 1
    assert numbers != {""}
