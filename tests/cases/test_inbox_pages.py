"""The inbox that the doors lead to: late ones first, claimed, released, refused, masked."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Referral
from cases.services.referrals import referral_claim
from tests.cases.pages import queries, text_of, the_referral
from tests.factories import cases as make
from tests.factories.doors import referrals_of, send

pytestmark = pytest.mark.django_db


def test_the_inbox_puts_late_ones_first_and_says_why(ward_door, worker, acting, client_for):
    send(ward_door, bed="1")
    send(ward_door, bed="2", reason="他说不想活了")
    send(ward_door, bed="3")
    with acting(worker):
        late = Referral.objects.order_by("-id").first()
        Referral.objects.filter(pk=late.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))
    page = text_of(client_for(worker).get(reverse("cases:referrals")))
    places = [page.index(word) for word in ("3 床", "2 床", "1 床")]
    assert places == sorted(places)
    assert "已过时限，没有人接" in page and "写到“不想活”" in page and "病区转介" in page


def test_the_inbox_keeps_its_number_of_queries(ward_door, worker, client_for):
    client, where, counts = client_for(worker), reverse("cases:referrals"), []
    for number in (1, 2):
        for n in range(number):
            send(ward_door, bed=f"{number}{n}")
        counts.append(queries(client, where))
    assert counts[0] == counts[1]


def test_a_claimed_referral_is_released_on_its_page(ward_door, worker, worker2, client_for, acting):
    send(ward_door)
    with acting(worker):
        referral = referral_claim(referral=the_referral(), by=worker)
    page = reverse("cases:referral", args=[referral.uid])
    release = reverse("cases:referral_release", args=[referral.uid])
    assert release in client_for(worker).get(page).content.decode()
    assert release not in client_for(worker2).get(page).content.decode()
    assert client_for(worker).post(release).status_code == 302
    with acting(worker):
        assert the_referral().state == "received"


def test_refusing_tells_the_sender_what_was_chosen_and_keeps_the_reason_inside(
    ward_door, worker, client_for, nobody
):
    code = send(ward_door)
    (referral,) = referrals_of(worker.membership.organization_id)
    where = reverse("cases:referral_refuse", args=[referral.uid])
    given = {"reason": "家属只问医保窗口在哪", "answer": "other_service", "message": "请到一楼"}
    assert client_for(worker).post(where, {**given, "answer": ""}).status_code == 422
    assert client_for(worker).post(where, given).status_code == 302
    page = text_of(nobody.post(reverse("doors:receipt"), {"code": code}))
    assert "这件事由其他部门办理" in page and "请到一楼" in page and "只问医保" not in page
    inside = client_for(worker).get(reverse("cases:referral", args=[referral.uid]))
    assert "家属只问医保窗口在哪" in text_of(inside)


def test_name_and_telephone_are_masked_until_asked_for(self_door, worker, client_for):
    send(self_door)
    (referral,) = referrals_of(worker.membership.organization_id)
    client = client_for(worker)
    page = client.get(reverse("cases:referral", args=[referral.uid])).content.decode()
    assert "王女士" not in page and "13812341234" not in page
    shown = client.post(
        reverse("cases:referral_reveal", args=[referral.uid]), {"reason": "contact", "note": ""}
    )
    assert "王女士 · 13812341234" in text_of(shown)


def test_rubbish_leaves_the_inbox(ward_door, worker, client_for):
    send(ward_door)
    (referral,) = referrals_of(worker.membership.organization_id)
    client = client_for(worker)
    where = reverse("cases:referral_discard", args=[referral.uid])
    assert client.post(where, {"reason": ""}).status_code == 422
    assert client.post(where, {"reason": "spam"}).status_code == 302
    assert referrals_of(worker.membership.organization_id)[0].state == "discarded"


def test_the_navigation_counts_what_waits_for_workers_and_leaders(
    ward_door, worker, worker2, head, acting, client_for
):
    send(ward_door)

    def counted(user):
        return "1 待接" in text_of(client_for(user).get("/notifications/"))

    assert (counted(worker), counted(worker2), counted(head)) == (True, True, True)
    with acting(worker):
        referral_claim(referral=the_referral(), by=worker)
    assert (counted(worker), counted(worker2), counted(head)) == (True, False, False)


def test_another_hospital_finds_none_of_it(ward_door, other_worker, other_head, client_for):
    send(ward_door)
    (referral,) = referrals_of(ward_door.link.organization_id)
    for name in ("referral", "referral_discard", "referral_refuse"):
        where = reverse(f"cases:{name}", args=[referral.uid])
        assert client_for(other_worker).get(where).status_code == 404
    for name in ("referral_release", "referral_reveal"):
        where = reverse(f"cases:{name}", args=[referral.uid])
        assert client_for(other_worker).post(where).status_code == 404
    end = reverse("cases:door_end", args=[ward_door.link.uid])
    assert client_for(other_head).post(end).status_code == 404


def test_opening_knows_who_asked_and_for_which_stay(self_door, worker, acting, client_for):
    send(self_door, who="family")
    with acting(worker):
        person = make.make_client(worker)
        make.make_episode(
            person, worker, admitted_on="2026-01-02", discharged_on=timezone.localdate()
        )
        stay = make.make_episode(person, worker, admitted_on="2026-01-01")
        referral = referral_claim(referral=the_referral(), by=worker)
    where = reverse("cases:open", args=[person.uid])
    page = client_for(worker).get(where, {"referral": referral.uid}).content.decode()
    assert '<option value="family_request" selected>' in page
    assert f'<option value="{stay.uid}" selected>' in page
