"""Who has business with a person may see who it is and correct it; anybody else says why, or may not."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases.models.people import Client
from cases.models.reveals import IdentityReveal
from cases.permissions import can_amend_client, can_reveal_client, keeps_person
from cases.services.clients import client_amend, client_reveal
from cases.services.consents import consent_withdraw
from cases.services.intake import case_open
from cases.services.members import case_member_add
from cases.services.referrals import referral_claim, referral_receive
from cases.services.relatives import related_person_reveal
from cases.services.reveals import reveal_review
from cases.services.secrecy import case_raise_secrecy
from departments.models.mechanisms import Task
from departments.services import desk
from tests.cases.pages import text_of
from tests.factories.cases import (
    department_of,
    make_case,
    make_client,
    make_guardian,
    make_person_consent,
)

pytestmark = pytest.mark.django_db
WHY = "核对住院登记"
PAGE = reverse("cases:reveal_reviews")
JUDGED = {
    "capacity": "limited",
    "capacity_ground": "court",
    "capacity_judged_by": "测试区人民法院",
    "capacity_judged_on": dt.date(2026, 1, 5),
}


@pytest.fixture
def known(worker, acting) -> Client:
    """Registered long ago; the one case is worker's."""
    with acting(worker):
        client = make_client(worker)
        make_case(worker, client=client)
        Client.objects.filter(pk=client.pk).update(
            created_at=timezone.now() - dt.timedelta(days=30)
        )
        client.refresh_from_db()
    return client


def test_the_own_case_opens_and_corrects_without_a_review(known, worker, acting):
    with acting(worker):
        assert client_reveal(client=known, reason=WHY, by=worker).name
        client_amend(client=known, phone="13800000000", by=worker)
        assert not IdentityReveal.objects.exists()


def test_another_worker_sees_with_a_reason_that_the_head_reviews_and_corrects_nothing(
    known, worker2, head, acting, refuses
):
    with acting(worker2):
        with refuses("permission.can_amend_client", status=403):
            client_amend(client=known, phone="13800000000", by=worker2)
        assert client_reveal(client=known, reason=WHY, by=worker2).name
        row = IdentityReveal.objects.get()
        assert (row.reason, row.created_by, row.client) == (WHY, worker2, known)
        task = Task.objects.get(kind="reveal_review")
        due = timezone.localtime(task.due_at)
        assert due.date() == timezone.localdate() + dt.timedelta(days=1)
        with refuses("permission.can_review_reveal", status=403):
            reveal_review(reveal=row, result="accepted", by=worker2)
    with acting(head):
        assert [one.url for one in desk.todos(head)] == [PAGE]
        with refuses("reveal.result_unknown", "result"):
            reveal_review(reveal=row, result="x", by=head)
        row = reveal_review(reveal=row, result="questioned", by=head)
        assert (row.reviewed_by, row.result) == (head, "questioned")
        assert Task.objects.get(pk=task.pk).state == "done"
        with refuses("reveal.is_reviewed", status=409):
            reveal_review(reveal=row, result="accepted", by=head)


def test_postgresql_lets_nobody_review_the_own_look(known, worker2, acting, rows):
    with acting(worker2):
        client_reveal(client=known, reason=WHY, by=worker2)
        with (
            pytest.raises(IntegrityError, match="identity_reveal_reviewer_is_another"),
            transaction.atomic(),
        ):
            rows(
                "UPDATE cases_identityreveal SET reviewed_by_id = created_by_id, reviewed_at = now(), "
                "result = 'accepted'"
            )


def test_a_relative_of_a_person_one_has_no_business_with_is_reviewed_too(
    known, worker, worker2, acting
):
    with acting(worker):
        mother = make_guardian(known, worker)
    with acting(worker2):
        related_person_reveal(relative=mother, reason="联系母亲办理出院", by=worker2)
        assert IdentityReveal.objects.get().client == known


def test_a_helper_sees_persons_of_the_cases_helped_on_and_no_other(
    known, worker, assistant, acting, refuses
):
    with acting(assistant), refuses("permission.can_reveal_client", status=403):
        client_reveal(client=known, reason=WHY, by=assistant)
    with acting(worker):
        case = known.cases.get()
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
    with acting(assistant):
        client_reveal(client=known, reason=WHY, by=assistant)
        client_amend(client=known, phone="13800000000", by=assistant)
        assert not IdentityReveal.objects.exists()


@pytest.mark.parametrize("login", ["head", "supervisor"])
def test_who_leads_has_business_with_every_person_of_the_house(known, login, request, acting):
    user = request.getfixturevalue(login)
    with acting(user):
        client_amend(client=known, phone="13800000000", by=user)
        client_reveal(client=known, reason=WHY, by=user)
        assert not IdentityReveal.objects.exists()


def test_who_registered_somebody_keeps_them_for_the_days_of_an_intake(worker2, acting):
    with acting(worker2):
        client = make_client(worker2)
        assert keeps_person(worker2, client)
        client.created_at = timezone.now() - dt.timedelta(days=4)
        assert not keeps_person(worker2, client)


def test_a_claimed_referral_is_business_with_the_person(known, worker, worker2, acting):
    with acting(worker):
        referral = referral_receive(
            client=known, from_text="护士长", reason="出院后无人照料", by=worker
        )
    with acting(worker2):
        assert not can_amend_client(worker2, known)
        referral_claim(referral=referral, by=worker2)
        assert can_amend_client(worker2, known)


def test_a_new_case_of_a_known_person_is_opened_without_seeing_who_it_is(known, worker2, acting):
    with acting(worker2):
        opened = case_open(
            client=known,
            department=department_of(worker2),
            source="outreach",
            presenting_problem="出院后无人照料",
            duplicate_reason="另一次住院，由另一组跟进",
            by=worker2,
        )
        assert opened.stage == "pending"


def test_a_person_of_level5_alone_is_corrected_by_the_named(worker, worker2, known, acting):
    with acting(worker):
        case_raise_secrecy(
            case=known.cases.get(), named=[], reason="服务对象感染艾滋病，只限指名人员", by=worker
        )
    with acting(worker2):
        assert not can_amend_client(worker2, known)
        assert can_reveal_client(worker2, known)
    with acting(worker):
        assert can_amend_client(worker, known)


def test_legal_capacity_is_judged_by_the_worker_of_a_case_or_who_leads(
    known, worker, assistant, head, acting, refuses
):
    with acting(worker):
        case_member_add(case=known.cases.get(), user=assistant, role="assistant", by=worker)
    with acting(assistant), refuses("permission.can_judge_capacity", status=403):
        client_amend(client=known, by=assistant, **JUDGED)
    for user in (worker, head):
        with acting(user):
            assert client_amend(client=known, by=user, **JUDGED).capacity == "limited"


def test_a_consent_of_the_person_as_a_whole_is_withdrawn_by_who_has_business(
    known, worker, worker2, acting, refuses
):
    with acting(worker):
        consent = make_person_consent(known, worker)
    said = {"consent": consent, "reason": "本人当面提出", "withdrawn_by": "self"}
    with acting(worker2), refuses("permission.can_withdraw_consent", status=403):
        consent_withdraw(by=worker2, **said)
    with acting(worker):
        assert consent_withdraw(by=worker, **said).state == "withdrawn"


def test_the_head_reviews_on_a_page_that_others_do_not_have(
    known, worker, worker2, head, other_head, acting, client_for
):
    with acting(worker2):
        client_reveal(client=known, reason=WHY, by=worker2)
        row = IdentityReveal.objects.get()
    assert client_for(worker).get(PAGE).status_code == 404
    assert WHY not in text_of(client_for(other_head).get(PAGE))
    mine = client_for(head)
    assert WHY in text_of(mine.get(PAGE))
    foreign = client_for(other_head).post(PAGE, {"reveal": row.uid, "result": "accepted"})
    assert foreign.status_code == 422
    assert mine.post(PAGE, {"reveal": row.uid, "result": "accepted"}).status_code == 302
    assert WHY not in text_of(mine.get(PAGE))
    assert "合理" in text_of(mine.get(PAGE, {"show": "all"}))


def test_the_page_of_a_person_says_that_one_has_no_business_there(
    known, worker, worker2, client_for
):
    url = reverse("cases:client", args=[known.uid])
    assert "您没有此人的个案" in text_of(client_for(worker2).get(url))
    assert "您没有此人的个案" not in text_of(client_for(worker).get(url))
