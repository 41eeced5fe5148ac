"""A case passes to another worker only when the other one says yes; a caseload passes at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models.casework import Case
from cases.models.team import CaseTransfer
from cases.services import transfers
from cases.services.clocks import case_task
from cases.services.closing import case_reopen
from cases.services.guards import missing_for
from cases.services.secrecy import case_raise_secrecy, named_now
from departments.models.mechanisms import Task, Transition
from departments.services.memberships import membership_end
from msw_portal.kernel.errors import DomainError
from tests.cases.pages import text_of
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db
REASON = "轮岗到儿科，请接手"


@pytest.fixture
def asked(worker, worker2, acting):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        return transfers.case_transfer_ask(case=case, to_user=worker2, reason=REASON, by=worker)


def test_asking_changes_nothing_yet(asked, worker, worker2, acting):
    with acting(worker):
        assert Case.objects.get(pk=asked.case_id).worker == worker
        task = Task.objects.get(kind="transfer")
        assert (task.assignee, task.state) == (worker2, "open")


def test_accepting_moves_the_case_and_its_tasks(asked, worker, worker2, acting):
    with acting(worker):
        case_task(asked.case, "plan_review", due_at=None, assignee=worker, by=worker)
    with acting(worker2):
        done = transfers.case_transfer_accept(transfer=asked, by=worker2)
        assert (done.state, done.decided_by) == ("accepted", worker2)
        assert Case.objects.visible_to(worker2).get().worker == worker2
        assert Task.objects.get(kind="plan_review").assignee == worker2
        assert Task.objects.get(kind="transfer").state == "done"
        steps = Transition.objects.filter(workflow="case_transfer").order_by("at", "id")
        assert [one.step for one in steps] == ["ask", "accept"]
    with acting(worker):
        assert not Case.objects.visible_to(worker).exists()


def test_refusing_needs_a_reason_and_leaves_the_case(asked, worker, worker2, acting, refuses):
    with acting(worker2):
        with refuses("case_transfer.refuse.needs_reason"):
            transfers.case_transfer_refuse(transfer=asked, reason="", by=worker2)
        transfers.case_transfer_refuse(transfer=asked, reason="本周已满", by=worker2)
    with acting(worker):
        assert Case.objects.get(pk=asked.case_id).worker == worker
        assert CaseTransfer.objects.get().answer == "本周已满"


def test_only_the_asked_colleague_answers(asked, worker, head, acting):
    for user in (worker, head):
        with acting(user), pytest.raises(DomainError):
            transfers.case_transfer_accept(transfer=asked, by=user)


def test_the_asker_takes_it_back_once(asked, worker, acting, refuses):
    with acting(worker):
        transfers.case_transfer_revoke(transfer=asked, reason="不调了", by=worker)
        with refuses("case_transfer.revoke.wrong_state", status=409):
            transfers.case_transfer_revoke(transfer=asked, reason="不调了", by=worker)


def test_a_second_question_waits_for_the_first(asked, worker, worker2, acting, refuses):
    with acting(worker), refuses("case_transfer_one_open", status=409):
        transfers.case_transfer_ask(case=asked.case, to_user=worker2, reason=REASON, by=worker)


def test_nobody_gets_a_case_who_is_no_worker(worker, assistant, acting, refuses):
    with acting(worker), refuses("case_transfer.not_a_worker", "to_user"):
        case = make_case(worker, stage="intervention")
        transfers.case_transfer_ask(case=case, to_user=assistant, reason=REASON, by=worker)


def test_an_open_transfer_blocks_closing(asked, worker, acting):
    with acting(worker):
        rules = [one.rule for one in missing_for("propose_closing", asked.case)]
        assert "case.transfer_open" in rules


def test_a_restricted_case_names_the_receiver_first_and_forgets_a_refusal(worker, worker2, acting):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        case = case_raise_secrecy(case=case, named=[], reason="涉及家庭暴力，限制查阅", by=worker)
        asked = transfers.case_transfer_ask(case=case, to_user=worker2, reason=REASON, by=worker)
        assert named_now(case, worker2)
    with acting(worker2):
        transfers.case_transfer_refuse(transfer=asked, reason="不熟悉", by=worker2)
    with acting(worker):
        assert not named_now(case, worker2)


def test_the_head_passes_a_caseload_in_one_batch(worker, worker2, head, acting):
    with acting(worker):
        cases = [make_case(worker, stage="intervention") for _n in range(3)]
    with acting(head):
        made = transfers.cases_hand_over(
            from_user=worker, cases=cases, to_user=worker2, reason="离职", by=head
        )
        assert len({one.batch_uid for one in made}) == 1
        assert {one.state for one in made} == {"accepted"}
        assert set(Case.objects.visible_to(head).values_list("worker", flat=True)) == {worker2.pk}


def test_who_has_left_already_is_handed_over_too_and_is_not_given_a_reopened_case(
    worker, worker2, head, supervisor, secadmin, acting, client_for, refuses
):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        closed = make_case(worker, stage="closed", supervisor=supervisor)
    with acting(secadmin):
        membership_end(membership=worker.membership, reason="已离职", by=secadmin)
    mine, where = client_for(head), reverse("cases:hand_over")
    page = text_of(mine.get(where))
    assert f"{worker.display_name} 已离岗 1 个未结个案" in page
    given = {"to_user": worker2.uid, "cases": [case.uid], "reason": "已离职，个案移交"}
    assert mine.post(f"{where}?worker={worker.uid}", given).status_code == 302
    assert "已离岗" not in text_of(mine.get(where))
    with acting(supervisor), refuses("case.reopen_needs_worker", "reason"):
        case_reopen(case=closed, reason="出院后又住院", by=supervisor)


def test_a_hand_over_is_all_or_nothing(worker, worker2, head, acting, refuses):
    with acting(worker):
        mine = make_case(worker, stage="intervention")
    with acting(worker2):
        other = make_case(worker2, stage="intervention")
    with acting(head):
        with refuses("hand_over.not_the_workers", "cases", 409):
            transfers.cases_hand_over(
                from_user=worker, cases=[mine, other], to_user=worker2, reason="离职", by=head
            )


def test_pages_ask_accept_and_hand_over(worker, worker2, head, acting, client_for):
    with acting(worker):
        case = make_case(worker, stage="intervention")
    page, ask = client_for(worker), reverse("cases:transfer_ask", args=[case.uid])
    refused = page.post(ask, {"to_user": worker2.uid, "reason": ""})
    assert refused.status_code == 422
    assert f'value="{worker2.uid}" selected' in refused.content.decode()
    assert page.post(ask, {"to_user": worker2.uid, "reason": REASON}).status_code == 302
    with acting(worker):
        transfer = CaseTransfer.objects.get()
    other = client_for(worker2)
    assert REASON in other.get(reverse("cases:transfer", args=[transfer.uid])).content.decode()
    assert other.get(reverse("cases:case", args=[case.uid])).status_code == 404
    accept = other.post(reverse("cases:transfer_accept", args=[transfer.uid]))
    assert accept.status_code == 302
    assert other.get(reverse("cases:case", args=[case.uid])).status_code == 200
    chief, over = client_for(head), reverse("cases:hand_over") + f"?worker={worker2.uid}"
    assert case.number in chief.get(over).content.decode()
    given = {"to_user": worker.uid, "cases": [case.uid], "reason": "离职"}
    assert chief.post(over, given).status_code == 302
    with acting(head):
        assert Case.objects.get(pk=case.pk).worker == worker


def test_the_list_asks_the_same_number_of_questions(worker, worker2, acting, client_for):
    def ask(n):
        with acting(worker):
            for _n in range(n):
                case = make_case(worker, stage="intervention")
                transfers.case_transfer_ask(case=case, to_user=worker2, reason=REASON, by=worker)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client_for(worker2).get(reverse("cases:transfers")).status_code == 200
        return len(seen)

    assert ask(1) == ask(2)


def test_the_team_shows_colleagues_and_outsiders_with_dates(worker, assistant, acting, client_for):
    with acting(worker):
        case = make_case(worker, stage="intervention")
    page = client_for(worker)
    add = reverse("cases:member_add", args=[case.uid])
    assert page.post(add, {"user": assistant.uid, "role": "assistant"}).status_code == 302
    outsider = reverse("cases:outsider_add", args=[case.uid])
    given = {"role": "clinician", "name": "演示医生", "title": "血液科主治"}
    assert page.post(outsider, given).status_code == 302
    shown = page.get(reverse("cases:team", args=[case.uid])).content.decode()
    assert "演示医生" in shown and "血液科主治" in shown and assistant.display_name in shown
    assert client_for(assistant).get(reverse("cases:case", args=[case.uid])).status_code == 200


def test_raising_secrecy_hides_the_case_from_the_head(worker, head, acting, client_for):
    with acting(worker):
        case = make_case(worker, stage="intervention")
    page, to = client_for(worker), reverse("cases:secrecy_raise", args=[case.uid])
    assert page.post(to, {"reason": "太短"}).status_code == 422
    assert page.post(to, {"reason": "涉及未成年人保护，只限本案人员"}).status_code == 302
    assert client_for(head).get(reverse("cases:case", args=[case.uid])).status_code == 404
    assert page.get(reverse("cases:case", args=[case.uid])).status_code == 200


def test_a_refused_acceptance_keeps_the_page(asked, worker, client_for):
    answer = client_for(worker).post(reverse("cases:transfer_accept", args=[asked.uid]))
    assert answer.status_code == 422
    assert REASON in answer.content.decode()
