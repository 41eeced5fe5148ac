"""Doors without an account: what comes in, by whom it is reached, and what its sender may read."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from cases.models.casework import Referral
from cases.services.door_intake import receipt_withdraw, sweep_strays
from cases.services.door_links import door_at, door_create, door_links, door_revoke
from cases.services.receipts import code_read, code_shown, hash_of, receipt_read
from cases.services.referrals import (
    referral_claim,
    referral_discard,
    referral_refuse,
    referral_release,
    referral_reveal,
)
from departments.models.doors import InboxItem
from departments.models.mechanisms import AccessLink, Notification, Task
from departments.models.queues import Outbox
from departments.services import outbox
from departments.services.entering import house_scope
from msw_portal.kernel.scope import scope
from tests.factories.doors import WARD, make_door, referrals_of, send

pytestmark = pytest.mark.django_db


def test_a_ward_referral_starts_its_clock_and_names_ward_and_nurse(ward_door, hospital, ward):
    code = send(ward_door)
    (made,) = referrals_of(hospital.pk)
    assert (made.state, made.from_department, made.from_text, made.reason) == (
        "received",
        ward,
        "李护士 6123",
        WARD["reason"],
    )
    assert (made.needs, made.urgency, made.client_aware) == (["financial"], "normal", True)
    assert made.due_at - made.received_at == dt.timedelta(hours=24)
    assert (made.inbox_item.state, made.inbox_item.promoted_uid) == ("promoted", made.uid)
    assert receipt_read(code).state == "received"


def test_a_request_of_a_relative_says_who_asks_and_keeps_the_name_sealed(self_door, hospital, rows):
    send(self_door)
    (made,) = referrals_of(hospital.pk)
    assert made.from_text == "家属扫码求助（母亲）"
    assert made.inbox_item.payload["phone"] == "13812341234"
    with house_scope(hospital.pk, care=True):
        (kept,) = rows("SELECT payload::text FROM departments_inboxitem")
    assert "王女士" not in kept[0]


@pytest.mark.parametrize(
    ("given", "urgency"),
    [
        ({}, "normal"),
        ({"is_crisis": True}, "urgent"),
        ({"reason": "他说不 想 活了"}, "urgent"),
        ({"reason": "She wants to DIE, talks of suicide"}, "urgent"),
        ({"urgency": "soon"}, "soon"),
    ],
)
def test_crisis_words_and_the_tick_set_the_urgency(given, urgency, ward_door, hospital):
    send(ward_door, **given)
    (made,) = referrals_of(hospital.pk)
    hours = 2 if urgency == "urgent" else 24
    assert (made.urgency, made.due_at - made.received_at) == (urgency, dt.timedelta(hours=hours))


@pytest.mark.parametrize(("distress", "urgency"), [(9, "normal"), (10, "urgent")])
def test_the_worst_distress_is_urgent(distress, urgency, self_door, hospital):
    send(self_door, distress=distress)
    assert referrals_of(hospital.pk)[0].urgency == urgency


def test_the_same_form_sent_twice_is_one_referral_with_one_receipt(ward_door, hospital):
    codes = {send(ward_door, once="0190-a"), send(ward_door, once="0190-a")}
    assert (len(codes), len(referrals_of(hospital.pk))) == (1, 1)


def test_a_corrected_form_is_another_referral(ward_door, hospital):
    codes = {send(ward_door, once="0190-a"), send(ward_door, once="0190-a", bed="17")}
    assert (len(codes), len(referrals_of(hospital.pk))) == (2, 2)


def test_what_a_door_takes_in_never_reaches_another_house(
    ward_door, hospital, other_hospital, other_worker, acting
):
    send(ward_door)
    assert referrals_of(other_hospital.pk) == []
    with acting(other_worker):
        assert not Referral.objects.visible_to(other_worker).exists()
        assert not InboxItem.objects.exists()
        assert not AccessLink.objects.exists()
        assert not Task.objects.filter(kind="referral").exists()


def test_a_door_opens_one_insert_into_its_own_house_and_nothing_else(
    ward_door, hospital, other_hospital
):
    with scope(), connection.cursor() as cursor:
        cursor.execute("SELECT app.enter_link(%s)", [hash_of(ward_door.token)])
        assert cursor.fetchone() == (hospital.pk,)
        assert not Referral.objects.exists()
        assert not InboxItem.objects.exists()
        assert AccessLink.objects.count() == 1
        stranger = InboxItem(
            organization_id=other_hospital.pk,
            kind="ward_referral",
            payload={},
            receipt_hash=hash_of("x"),
            dedup_key="x",
        )
        with pytest.raises(Exception, match="row-level security"):
            stranger.save(force_insert=True)


def test_wrong_revoked_expired_and_replaced_tokens_open_nothing(ward_door, head, acting, hospital):
    with acting(head):
        newer = make_door(head)
    assert (door_at(ward_door.token), door_at("x"), door_at("")) == (None, None, None)
    assert send(ward_door) is None
    assert door_at(newer.token) is not None
    with acting(head):
        link = AccessLink.objects.get(pk=newer.link.pk)
        link.expires_at = timezone.now() - dt.timedelta(seconds=1)
        link.save(update_fields=["expires_at"])
    assert send(newer) is None
    with acting(head):
        third = make_door(head)
        door_revoke(link=third.link, by=head)
    assert send(third) is None
    assert referrals_of(hospital.pk) == []


def test_a_receipt_is_no_door(ward_door, hospital):
    code = send(ward_door)
    assert door_at(code) is None


def test_only_the_hash_of_a_token_is_kept(ward_door, head, acting, rows):
    with acting(head):
        (kept,) = rows("SELECT row_to_json(l)::text FROM departments_accesslink l")
    assert ward_door.token not in kept[0]


@pytest.mark.parametrize("login", ["worker", "assistant", "clinician", "officer"])
def test_a_door_is_made_by_head_and_supervisor(login, request, supervisor, ward, acting, refuses):
    with acting(supervisor):
        assert door_create(kind="ward_door", department=ward, by=supervisor).token
    person = request.getfixturevalue(login)
    with acting(person), refuses("permission.can_manage_doors", status=403):
        door_create(kind="ward_door", department=ward, by=person)


def test_door_create_says_what_is_wrong_at_its_field(
    head, msw, ward, other_hospital, acting, refuses
):
    from departments.models.organizations import Department

    elsewhere = Department.objects.get(organization=other_hospital, kind="ward")
    with acting(head):
        for given, rule, field in (
            ({"kind": "receipt"}, "door.kind_unknown", "kind"),
            ({"department": elsewhere}, "door.place_elsewhere", "department"),
            ({"department": msw}, "door.ward_needs_ward", "department"),
            ({"expires_on": timezone.localdate()}, "door.ends_in_past", "expires_on"),
        ):
            with refuses(rule, field):
                door_create(by=head, **{"kind": "ward_door", "department": ward, **given})


def test_another_house_cannot_take_a_code_down(ward_door, other_head, acting):
    with acting(other_head):
        assert not door_links(by=other_head).exists()
        with pytest.raises(AccessLink.DoesNotExist):
            door_revoke(link=ward_door.link, by=other_head)


def test_the_list_says_how_often_a_code_was_used(ward_door, self_door, head, acting):
    send(ward_door)
    send(ward_door, bed="17")
    with acting(head):
        used = {
            row.pk: (row.used_count, row.last_used_at is not None) for row in door_links(by=head)
        }
    assert used == {ward_door.link.pk: (2, True), self_door.link.pk: (0, False)}


# ── the receipt ──────────────────────────────────────────────────────────────


def test_the_receipt_follows_the_referral(ward_door, worker, hospital, acting):
    code = send(ward_door)
    with acting(worker):
        referral = referral_claim(referral=Referral.objects.get(), by=worker)
    assert receipt_read(code).state == "claimed"
    with acting(worker):
        referral_release(referral=referral, by=worker)
    assert receipt_read(code).state == "received"
    with acting(worker):
        referral_refuse(
            referral=referral,
            reason="费用由医保办处理更快",
            answer="other_service",
            message="请找一楼医保窗口",
            by=worker,
        )
    read = receipt_read(code)
    assert (read.state, read.answer, read.message, read.is_open) == (
        "refused",
        "other_service",
        "请找一楼医保窗口",
        False,
    )
    assert [state for state, _at in read.steps] == ["received", "claimed", "received", "refused"]


def test_a_receipt_says_nothing_of_the_person(self_door, head, acting, rows):
    code = send(self_door)
    with acting(head):
        kept = rows("SELECT public_state::text FROM departments_accesslink WHERE kind = 'receipt'")
    assert len(kept) == 1
    assert not {"王", "13812341234", "化疗"} & set(kept[0][0])
    assert "13812341234" not in kept[0][0]
    assert receipt_read(code).when == "afternoon"


def test_a_wrong_and_an_expired_receipt_are_alike(ward_door, hospital):
    code = send(ward_door)
    with house_scope(hospital.pk):
        AccessLink.objects.filter(kind="receipt").update(
            expires_at=timezone.now() - dt.timedelta(days=1)
        )
    assert (receipt_read(code), receipt_read("ABCDEFGH")) == (None, None)


def test_a_code_is_read_as_people_type_it(ward_door):
    code = send(ward_door)
    assert len(code) == 8
    assert {code_read(code_shown(code)), code_read(f" {code.lower()[:4]} － {code[4:]}。")} == {
        code
    }


def test_the_sender_takes_a_request_back_once(ward_door, hospital, worker, acting):
    code = send(ward_door)
    assert receipt_withdraw(code)
    assert referrals_of(hospital.pk)[0].state == "cancelled"
    assert receipt_read(code).state == "cancelled"
    with acting(worker):
        assert Task.objects.get(kind="referral").state == "done"
    assert not receipt_withdraw(code)
    assert not receipt_withdraw("ABCDEFGH")


# ── strays, notices, rubbish ─────────────────────────────────────────────────


def _stray(ward_door, hospital, monkeypatch, age: int) -> str:
    """A request whose process died between the two transactions."""
    from cases.services import door_intake

    with monkeypatch.context() as patch:
        patch.setattr(door_intake, "_promote", lambda *_: None)
        code = send(ward_door)
    with house_scope(hospital.pk):
        InboxItem.objects.update(created_at=timezone.now() - dt.timedelta(seconds=age))
    return code


def test_the_sweep_takes_strays_and_keeps_their_clock(ward_door, hospital, monkeypatch):
    code = _stray(ward_door, hospital, monkeypatch, 3600)
    assert (receipt_read(code).state, referrals_of(hospital.pk)) == ("received", [])
    assert (sweep_strays(), sweep_strays()) == (1, 0)
    (made,) = referrals_of(hospital.pk)
    assert made.due_at - made.inbox_item.created_at == dt.timedelta(hours=24)
    assert receipt_read(code).due_at == made.due_at


def test_the_sweep_leaves_alone_what_is_being_worked(ward_door, hospital, monkeypatch):
    _stray(ward_door, hospital, monkeypatch, 5)
    assert sweep_strays() == 0


def test_the_department_hears_of_it_once_each(ward_door, hospital, worker, other_worker, acting):
    send(ward_door, is_crisis=True)
    with scope(role="relay"):
        assert Outbox.objects.filter(topic="referral.arrived").count() == 1
    outbox.relay_once()
    outbox.relay_once()
    with acting(worker):
        told = list(Notification.objects.visible_to(worker).values_list("kind", flat=True))
    assert told == ["referral.urgent"]
    with acting(other_worker):
        assert not Notification.objects.visible_to(other_worker).exists()


def test_rubbish_is_discarded_and_only_what_came_by_a_door(ward_door, worker, acting, refuses):
    from cases.services.referrals import referral_receive

    send(ward_door)
    with acting(worker):
        referral = referral_discard(referral=Referral.objects.get(), reason="测试", by=worker)
        assert (referral.state, InboxItem.objects.get().state) == ("discarded", "spam")
        own = referral_receive(from_text="护士长", reason="费用", by=worker)
        with refuses("permission.can_discard_referral", status=403):
            referral_discard(referral=own, reason="测试", by=worker)


def test_a_claimed_referral_is_released_by_its_worker_or_a_leader(
    ward_door, worker, worker2, head, acting, refuses
):
    send(ward_door)
    with acting(worker):
        referral = referral_claim(referral=Referral.objects.get(), by=worker)
        assert Task.objects.get(kind="referral").assignee_id == worker.pk
    with acting(worker2), refuses("permission.can_release_referral", status=403):
        referral_release(referral=referral, by=worker2)
    with acting(head):
        assert referral_release(referral=referral, by=head).state == "received"
        assert Task.objects.get(kind="referral").assignee_id is None


def test_name_and_telephone_are_shown_with_a_reason_that_is_kept(
    self_door, worker, assistant, auditor, acting, refuses, rows
):
    send(self_door)
    with acting(worker):
        referral = Referral.objects.get()
        shown = referral_reveal(referral=referral, reason="联系：回电", by=worker)
    assert shown == {"name": "王女士", "asker": "", "phone": "13812341234", "mrn": ""}
    with acting(auditor):
        (entry,) = rows("SELECT body FROM departments_auditentry WHERE action = 'referral.reveal'")
    assert "联系：回电" in entry[0]
    with acting(assistant), refuses("permission.can_reveal_referral", status=403):
        referral_reveal(referral=referral, reason="看看", by=assistant)


def test_a_ward_says_its_profession_and_a_family_is_one(head, hospital, acting):
    with acting(head):
        ward_door, self_door = make_door(head), make_door(head, "self_door")
    send(ward_door, profession="nurse")
    send(ward_door, profession="queen")
    send(self_door)
    send(self_door, who="other", relation="")
    said = [one.from_profession for one in referrals_of(hospital.pk)]
    assert said == ["nurse", "", "family", "other"]
