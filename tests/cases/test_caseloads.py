"""A department's caseload limit: claiming, assigning and handing over ask for the reason to go over it."""

import pytest
from django.urls import reverse

from cases.services import transfers
from cases.services.caseloads import limit_of, load_of
from cases.services.department_settings import clocks_of, settings_set
from cases.services.intake import case_assign
from cases.services.number_patterns import patterns_of
from departments.models.organizations import Department
from departments.models.trail import AuditEntry
from tests.cases.pages import text_of
from tests.factories.cases import department_of, make_case, make_client

pytestmark = pytest.mark.django_db
WHY = "同病区的家庭，一人跟进更好"


def _limit(head, acting, most: int | None) -> Department:
    with acting(head):
        department = department_of(head)
        patterns = patterns_of(head.house_id)
        return settings_set(
            department=department,
            **clocks_of(department),
            caseload_limit=most,
            case_pattern=patterns["case"],
            archive_pattern=patterns["archive"],
            by=head,
        )


@pytest.fixture
def full(worker, head, acting):
    """A department whose limit is one, and a worker with one open case; another waits at the door."""
    _limit(head, acting, 1)
    with acting(worker):
        first = make_case(worker, stage="intervention")
        other = make_client(worker, name="演示乙")
        return first, make_case(worker, client=other, stage="pending", worker=None)


def test_no_limit_is_set_and_nobody_is_asked(worker, head, acting):
    with acting(worker):
        assert limit_of(department_of(worker)) is None
        assert not load_of(worker, department_of(worker)).is_over(1000)
    assert limit_of(_limit(head, acting, 0)) is None
    assert limit_of(_limit(head, acting, None)) is None


@pytest.mark.parametrize("most", [-1, 501])
def test_a_limit_is_a_number_of_cases(head, acting, refuses, most):
    with refuses("caseload.out_of_range", "caseload_limit"):
        _limit(head, acting, most)


def test_claiming_over_it_needs_a_reason_that_is_kept(full, worker, auditor, acting, refuses):
    _first, waiting = full
    with acting(worker):
        with refuses("caseload.over_limit", "over_reason"):
            case_assign(case=waiting, worker=worker, by=worker)
        waiting.refresh_from_db()
        assert waiting.worker_id is None
        done = case_assign(case=waiting, worker=worker, over_reason=WHY, by=worker)
        assert done.worker_id == worker.pk
    with acting(auditor):
        body = AuditEntry.objects.get(action="case.assign").body
        assert WHY in body
        assert '"caseload":[1,1]' in body.replace(" ", "")


def test_a_closed_case_does_not_count(worker, head, acting):
    _limit(head, acting, 1)
    with acting(worker):
        make_case(worker, stage="closed")
        waiting = make_case(
            worker, client=make_client(worker, name="演示乙"), stage="pending", worker=None
        )
        assert case_assign(case=waiting, worker=worker, by=worker).worker_id == worker.pk


def test_handing_over_and_transfers_ask_too(full, worker, worker2, head, acting, refuses):
    first, _waiting = full
    with acting(worker2):
        make_case(worker2, client=make_client(worker2, name="演示丙"), stage="intervention")
    with acting(worker):
        given = {"case": first, "to_user": worker2, "reason": "轮岗", "by": worker}
        with refuses("caseload.over_limit", "over_reason"):
            transfers.case_transfer_ask(**given)
        asked = transfers.case_transfer_ask(**given, over_reason=WHY)
        transfers.case_transfer_revoke(transfer=asked, reason="不移交了", by=worker)
    with acting(head):
        given = {"from_user": worker, "cases": [first], "to_user": worker2, "reason": "离职"}
        with refuses("caseload.over_limit", "over_reason"):
            transfers.cases_hand_over(**given, by=head)
        assert len(transfers.cases_hand_over(**given, over_reason=WHY, by=head)) == 1


def test_the_pages_warn_and_keep_what_was_typed(full, worker, worker2, head, acting, client_for):
    first, waiting = full
    page = client_for(worker)
    claim = reverse("cases:claim", args=[waiting.uid])
    refused = page.post(claim)
    assert refused.status_code == 422
    assert "在办 1 件，本部门上限 1 件" in text_of(refused)
    assert page.post(claim, {"over_reason": WHY}).status_code == 302
    opening = page.get(reverse("cases:open", args=[first.client.uid]))
    assert "您的在办个案已到上限" in text_of(opening)
    asking = page.get(reverse("cases:transfer_ask", args=[first.uid]))
    assert "测试worker2（在办 0 / 1）" in text_of(asking)
    with acting(worker2):
        make_case(worker2, client=make_client(worker2, name="演示丙"), stage="intervention")
    typed = {"to_user": str(worker2.uid), "reason": "轮岗到急诊"}
    refused = page.post(reverse("cases:transfer_ask", args=[first.uid]), typed)
    assert refused.status_code == 422
    assert "轮岗到急诊" in text_of(refused)
    sent = page.post(reverse("cases:transfer_ask", args=[first.uid]), typed | {"over_reason": WHY})
    assert sent.status_code == 302
    with acting(worker2):
        transfer = transfers.CaseTransfer.objects.get()
    seen = client_for(worker2).get(reverse("cases:transfer", args=[transfer.uid]))
    assert "接收后超出个案上限" in text_of(seen)
    settings = client_for(head).get(reverse("cases:settings"))
    assert 'name="caseload_limit" value="1"' in settings.content.decode()
