"""A case passes to another worker: the new one is named for its mandatory reports, the old one no longer."""

import pytest
from django.urls import reverse

from cases.models.reporting import MandatoryReport
from cases.services import transfers
from cases.services.report_handing import reports_hand_over
from cases.services.reporting import named_for, report_open
from departments.models.mechanisms import Notification, Task
from departments.models.queues import Outbox
from departments.models.trail import AuditEntry
from departments.services.entering import house_scope
from tests.cases.test_reporting import CHILD, SEEN
from tests.factories.cases import make_case, make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        child = make_client(worker, birth_date=CHILD, name="演示童")
        return make_case(worker, client=child, stage="intervention")


def _opened(case, by, acting) -> MandatoryReport:
    with acting(by):
        return report_open(case=case, ground="minor_harm", facts=SEEN, by=by)


def _handed_over(case, worker, worker2, acting) -> int:
    with acting(worker):
        asked = transfers.case_transfer_ask(case=case, to_user=worker2, reason="轮岗", by=worker)
    with acting(worker2):
        transfers.case_transfer_accept(transfer=asked, by=worker2)
    with acting(worker):
        sent = Outbox.objects.filter(topic="mandatory_report.hand_over").first()
    if sent is None:
        return 0
    with house_scope(sent.organization_id, care=True):
        return reports_hand_over(house=sent.organization_id, **sent.payload)


def test_the_new_worker_is_named_and_the_old_one_taken_off(
    case, worker, worker2, head, auditor, acting, client_for
):
    report = _opened(case, head, acting)
    assert _handed_over(case, worker, worker2, acting) == 1
    with acting(head):
        # The walls ask as of the beginning of the transaction, which is this test's own.
        assert named_for(report) == [head, worker2]
        open_tasks = Task.objects.filter(kind="mandatory_report", state="open")
        assert {one.assignee_id for one in open_tasks} == {head.pk, worker2.pk}
    with acting(worker2):
        assert MandatoryReport.objects.visible_to(worker2).get().pk == report.pk
        told = Notification.objects.visible_to(worker2).filter(kind="mandatory_report.opened")
        assert told.count() == 1
    page = reverse("cases:report", args=[report.uid])
    assert client_for(worker2).get(page).status_code == 200
    with acting(auditor):
        bodies = {
            one.action: one.body
            for one in AuditEntry.objects.filter(subject_uid=report.uid, actor=None)
        }
        assert str(worker2.uid) in bodies["mandatory_report.name"]
        assert str(worker.uid) in bodies["mandatory_report.unname"]


def test_who_found_it_stays_named(case, worker, worker2, acting):
    report = _opened(case, worker, acting)
    assert _handed_over(case, worker, worker2, acting) == 1
    with acting(worker):
        assert {worker, worker2} <= set(named_for(report))
        assert MandatoryReport.objects.visible_to(worker).exists()


def test_the_head_passes_a_whole_caseload_with_its_reports(case, worker, worker2, head, acting):
    report = _opened(case, head, acting)
    with acting(head):
        case.refresh_from_db()
        transfers.cases_hand_over(
            from_user=worker, cases=[case], to_user=worker2, reason="离职", by=head
        )
        sent = Outbox.objects.get(topic="mandatory_report.hand_over")
    with house_scope(sent.organization_id, care=True):
        assert reports_hand_over(house=sent.organization_id, **sent.payload) == 1
        # Again, as a relay that lost its answer would: nothing more happens.
        assert reports_hand_over(house=sent.organization_id, **sent.payload) == 0
    with acting(head):
        assert named_for(report) == [head, worker2]


def test_another_case_s_report_does_not_go_along(case, worker, worker2, head, acting):
    with acting(worker):
        other = make_case(worker, client=make_client(worker, birth_date=CHILD, name="演示丁"))
    report = _opened(other, head, acting)
    assert _handed_over(case, worker, worker2, acting) == 0
    with acting(head):
        assert set(named_for(report)) == {head, worker}
