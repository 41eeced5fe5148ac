"""A clinician refers by the own account: the sender is the account, what comes back is the state alone."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models.casework import Referral
from cases.services.own_referrals import item_promoted, referral_ask
from cases.services.referrals import referral_claim, referral_refuse
from cases.services.system_referrals import sent_by
from departments.models.doors import InboxItem
from departments.models.mechanisms import Notification
from departments.models.organizations import Department
from departments.models.trail import AuditEntry
from departments.services import outbox
from departments.services.entering import house_scope
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.scope import scope
from tests.factories.cases import make_client, make_episode
from tests.factories.doors import WARD, send

pytestmark = pytest.mark.django_db
AT = "/cases/referrals/mine/"


def _said(**more):
    kept = {name: value for name, value in WARD.items() if name not in ("referrer", "is_crisis")}
    return {**kept, **more}


@pytest.fixture
def ask(clinician, head, ward, acting):
    """`ask(bed="3")`: sent by the clinician, and worked by the relay."""

    def run(by=clinician, **more) -> InboxItem:
        with acting(head):
            msw = Department.objects.get(pk=head.acting.department_id)
        with acting(by):
            item = referral_ask(ward=ward, department=msw, by=by, **_said(**more))
        outbox.relay_once()
        return item

    return run


def _posted(place, **more):
    facts = {**_said(), "ward": str(place.uid), "once": str(uuid7()), **more}
    return {name: value for name, value in facts.items() if value is not False}


def test_a_referral_by_the_account_stands_in_the_inbox_like_one_from_the_wall(
    clinician, head, ward, client_for, acting
):
    answer = client_for(clinician).post(f"{AT}new/", _posted(ward, referrer="别人", is_crisis="on"))
    assert answer.status_code == 302, answer.content.decode()
    outbox.relay_once()
    with acting(head):
        row = Referral.objects.visible_to(head).select_related("inbox_item").get()
        assert (row.from_department_id, row.created_by_id, row.urgency, row.state) == (
            ward.pk,
            clinician.pk,
            "urgent",
            "received",
        )
        assert row.from_text == f"{clinician.display_name} 6123"
        assert row.inbox_item.payload["patient_name"] == "王某"
        opening = client_for(head)
    assert opening.get(f"/cases/referrals/{row.uid}/").status_code == 200
    with scope(org=head.membership.organization_id, role="auditor"):
        done = AuditEntry.objects.filter(action__startswith="referral.").order_by("id")
        assert [one.action for one in done][:2] == ["referral.ask", "referral.receive"]


def test_a_case_opened_from_it_says_a_clinician_referred(ask, head, acting, client_for):
    ask()
    with acting(head):
        person = make_client(head)
        row = Referral.objects.get()
    page = client_for(head).get(f"/cases/people/{person.uid}/open/?referral={row.uid}")
    assert '<option value="clinician_referral" selected>' in page.content.decode()


def test_the_relay_that_comes_twice_makes_one_referral(ask, head, acting):
    item = ask()
    with house_scope(item.organization_id, care=True):
        assert item_promoted(house=item.organization_id, uid=item.uid) is None
    with acting(head):
        assert Referral.objects.count() == 1


def test_a_double_click_refers_once(clinician, ward, client_for, acting):
    said = _posted(ward)
    browser = client_for(clinician)
    assert [browser.post(f"{AT}new/", said).status_code for _click in range(2)] == [302, 302]
    with acting(clinician):
        assert sent_by(clinician).count() == 1


def test_what_was_typed_is_kept_until_it_is_sent(clinician, ward, client_for):
    browser = client_for(clinician)
    draft = browser.get(f"{AT}new/").context["draft_url"]
    kept = browser.post(draft, {"reason": "家属在走廊里哭", "ward": str(ward.uid)})
    assert kept.status_code < 300
    assert "家属在走廊里哭" in browser.get(f"{AT}new/").content.decode()
    browser.post(f"{AT}new/", _posted(ward))
    assert "家属在走廊里哭" not in browser.get(f"{AT}new/").content.decode()


def test_the_sender_reads_the_state_and_the_departments_sentence_alone(
    ask, clinician, head, acting, client_for
):
    item = ask(mrn="ZY-1")
    with acting(head):
        row = Referral.objects.get(inbox_item=item)
        referral_claim(referral=row, by=head)
        referral_refuse(
            referral=row, reason="内部原因", answer="other_service", message="请找医保办", by=head
        )
    browser = client_for(clinician)
    page = browser.get(f"{AT}{item.uid}/").content.decode()
    assert "这件事由其他部门办理；请找医保办" in page
    assert "社工已接单" in page
    assert "这次没有受理" in browser.get(AT).content.decode()
    for secret in ("内部原因", str(row.uid), head.display_name, "ZY-1"):
        assert secret not in page
    assert browser.get(f"/cases/referrals/{row.uid}/").status_code == 404
    outbox.relay_once()
    with acting(clinician):
        kinds = (
            Notification.objects.filter(user=clinician)
            .order_by("id")
            .values_list("kind", flat=True)
        )
        assert list(kinds) == ["referral.own_claimed", "referral.own_refused"]


def test_nobody_else_sees_it_in_the_list_or_by_its_address(
    ask, clinician, worker, head, auditor, other_worker, client_for
):
    item = ask()
    assert client_for(clinician).get(f"{AT}{item.uid}/").status_code == 200
    for stranger in (worker, head, auditor, other_worker):
        for address in (AT, f"{AT}new/", f"{AT}{item.uid}/"):
            assert client_for(stranger).get(address).status_code == 404


def test_the_first_wall_hides_it_from_every_other_role_of_the_house(
    ask, clinician, head, worker, secadmin, acting, ward_door
):
    item = ask()
    send(ward_door)
    house = item.organization_id

    def seen(**who) -> int:
        with scope(org=house, **who):
            return InboxItem.objects.count()

    assert seen(user=clinician.pk, role="clinician") == 1
    assert seen(user=secadmin.pk, role="clinician") == 0
    assert seen(user=secadmin.pk, role="finance") == 0
    assert seen(user=worker.pk, role="worker", care=house) == 2
    with acting(clinician):
        assert [one.pk for one in InboxItem.objects.visible_to(clinician)] == [item.pk]
    with acting(secadmin):
        assert not InboxItem.objects.visible_to(secadmin).exists()


@pytest.mark.parametrize("role", ["worker", "head", "auditor", "secadmin"])
def test_only_a_clinician_refers_this_way(request, role, ward, head, acting):
    person = request.getfixturevalue(role)
    with acting(head):
        msw = Department.objects.get(pk=head.acting.department_id)
    with acting(person), pytest.raises(DomainError) as refused:
        referral_ask(ward=ward, department=msw, by=person, **_said())
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reason": "身份证 11010119900307002X"}, "请不要写身份证号或银行卡号"),
        ({"callback": "12"}, "至少 3 位数字"),
        ({"ward": str(uuid7())}, "请从列出的科室中选择。"),
        ({"needs": []}, "请至少选一项。"),
    ],
)
def test_what_the_wards_door_refuses_is_refused_here_too(
    clinician, ward, client_for, acting, more, words
):
    answer = client_for(clinician).post(f"{AT}new/", _posted(ward, **more))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with acting(clinician):
        assert not InboxItem.objects.exists()


def test_the_known_record_is_linked_and_the_sender_does_not_learn_of_it(
    ask, clinician, head, acting, client_for
):
    with acting(head):
        person = make_client(head, name="王小示")
        make_episode(person, head, mrn="ZY-1", admitted_on=dt.date(2026, 1, 1))
    item = ask(mrn="ZY-1")
    with acting(head):
        assert Referral.objects.get().client_id == person.pk
    assert "王小示" not in client_for(clinician).get(f"{AT}{item.uid}/").content.decode()


def test_the_list_asks_as_often_for_one_as_for_three(ask, clinician, client_for):
    counts = []
    browser = client_for(clinician)
    browser.get(AT)
    for number in (1, 3):
        with_rows = [ask(bed=str(n)) for n in range(number)]
        assert with_rows
        with CaptureQueriesContext(connection) as asked:
            browser.get(AT)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_first_page_of_a_clinician_offers_it(clinician, client_for):
    page = client_for(clinician).get("/start/").content.decode()
    assert f'href="{AT}new/"' in page
    assert f'href="{AT}"' in page


def test_a_door_of_the_ward_is_not_the_clinicians_own(
    ask, clinician, ward_door, client_for, acting
):
    send(ward_door, bed="99")
    assert "99 床" not in client_for(clinician).get(AT).content.decode()
