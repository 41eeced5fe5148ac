"""Papers that belong to no case, inside the portal: opened once and audited once, for who may have the download."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.services.report_course import report_evidence_add, report_tell
from cases.services.reporting import report_open
from cases.services.subject_requests import subject_request_add_paper, subject_request_record
from departments.audit import history
from departments.models.mechanisms import Document
from tests.cases.pages import text_of
from tests.cases.test_person_consents import DRAWN
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(worker, acting, upload) -> dict[str, tuple[Document, str]]:
    """A signature of a person, a proof of a request, a piece of evidence; each with its page's address."""
    with acting(worker):
        client = make.make_client(worker, name="演示成年")
        child = make.make_client(worker, birth_date=dt.date(2016, 5, 1), name="演示童")
        consent = make.make_person_consent(client, worker, method="e_signature", drawing=DRAWN)
        asked = subject_request_record(
            client=client, kind="copy", requester="演示成年", requester_relation="self",
            detail="给我一份", received_on=timezone.localdate(), by=worker,
        )  # fmt: skip
        proof = subject_request_add_paper(
            asked=asked, kind="relation_proof", file=upload, by=worker
        )
        report = report_open(
            case=make.make_case(worker, client=child), ground="minor_harm",
            facts="手臂有多处新旧不一的伤", by=worker,
        )  # fmt: skip
        notice = report_tell(
            report=report, recipient="police", office="测试派出所", way="phone",
            sent_at=timezone.now(), by=worker,
        )  # fmt: skip
        upload.seek(0)
        evidence = report_evidence_add(notice=notice, file=upload, by=worker)
        return {
            "client_document": (
                consent.signature.drawn,
                reverse("cases:client_consents", args=[client.uid]),
            ),
            "subject_request_paper": (proof, reverse("cases:subject_request", args=[asked.uid])),
            "report_file": (evidence, reverse("cases:report", args=[report.uid])),
        }


def test_each_is_shown_where_it_belongs_and_nowhere_else(
    papers, worker, worker2, other_worker, acting, client_for
):
    mine, colleague, stranger = map(client_for, (worker, worker2, other_worker))
    for name, (document, home) in papers.items():
        view = reverse(f"cases:{name}_view", args=[document.uid])
        assert view in mine.get(home).content.decode(), name
        page = mine.get(view)
        assert (page.status_code, page.context["count"]) == (200, 1), name
        assert (page.context["frame"].back_url, document.title in text_of(page)) == (home, True)
        assert reverse(f"cases:{name}", args=[document.uid]) in page.content.decode()
        (one,) = page.context["pages"]
        drawn = mine.get(one["url"])
        assert drawn.headers["Content-Type"] == "image/png"
        assert drawn.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        with acting(worker):
            assert [entry.action for entry in history(document)].count("document.read") == 1
        bare = one["url"].partition("?")[0]
        assert mine.get(bare).status_code == 404, name
        for somebody in (colleague, stranger):
            assert [somebody.get(url).status_code for url in (view, one["url"])] == [404, 404], name
