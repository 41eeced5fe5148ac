"""Referrals to somebody else: a closed loop with a copy that stands on a consent."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Referral
from cases.models.consents import Consent, Disclosure
from cases.services.consents import consent_withdraw
from cases.services.intake import case_refer_out
from cases.services.outgoing import (
    referral_cancel,
    referral_draft,
    referral_relink,
    referral_remind,
    referral_rewrite,
    referral_send,
)
from cases.services.referrals import referral_claim, referral_refuse
from cases.services.replies import reply_give, reply_open
from departments.models.mechanisms import AccessLink, Notification, Task
from departments.models.organizations import Holiday
from departments.services import outbox
from departments.services.entering import house_scope
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope
from msw_portal.kernel.workdays import add_working_days
from tests.factories.cases import make_case, make_consent, make_template

pytestmark = pytest.mark.django_db
BODY = "桃源街道社区卫生服务中心"
CONTENT = {
    "to_organization": None,
    "to_text": BODY,
    "needs": ["social_support"],
    "reason": "出院后无人照料，已联系居委会",
    "urgency": "normal",
    "reply_due_on": None,
    "follow_up_on": None,
    "client_aware": True,
}
GONE = "这个地址不能用了"


def drafted(worker, **given):
    return referral_draft(case=make_case(worker), by=worker, **{**CONTENT, **given})


def sent(worker, **given):
    given = {"reply_due_on": timezone.localdate(), **given}
    referral = drafted(worker, **given)
    consent = make_consent(
        referral.case, worker, "share_to_org", recipient_text=BODY, items=["sex", "name"]
    )
    made = referral_send(referral=referral, basis="consent", items=["sex"], by=worker)
    made.referral.given_consent = consent
    return made


def reread(referral, house):
    with house_scope(house.pk, care=True):
        return Referral.objects.get(pk=referral.pk)


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"to_text": " "}, "referral_out_names_whom", "to_text"),
        ({"reason": ""}, "referral.needs_reason", "reason"),
        ({"needs": []}, "referral.needs_service", "needs"),
        ({"needs": ["money"]}, "referral.need_unknown", "needs"),
        ({"reply_due_on": dt.date(2020, 1, 1)}, "referral.day_is_past", "reply_due_on"),
    ],
)
def test_a_draft_says_what_is_wrong_at_its_field(given, rule, field, worker, acting, refuses):
    with acting(worker), refuses(rule, field):
        drafted(worker, **given)


def test_a_draft_names_one_receiver_and_not_the_own_house(
    worker, hospital, foundation, acting, refuses
):
    with acting(worker):
        with refuses("referral.one_receiver", "to_text"):
            drafted(worker, to_organization=foundation)
        with refuses("referral.to_own_house", "to_organization"):
            drafted(worker, to_organization=hospital, to_text="")


def test_sending_without_a_consent_says_why_not_and_sends_nothing(worker, acting, refuses):
    with acting(worker):
        referral = drafted(worker)
        with refuses("referral.needs_share_consent", "basis", 409):
            referral_send(referral=referral, basis="consent", items=["sex"], by=worker)
        make_consent(referral.case, worker, "share_to_org", recipient_text="别家", items=["sex"])
        with refuses("referral.needs_share_consent", "basis", 409):
            referral_send(referral=referral, basis="consent", items=["sex"], by=worker)
        assert (Referral.objects.get(pk=referral.pk).state, Disclosure.objects.count()) == (
            "draft",
            0,
        )


def test_sending_on_a_legal_basis_needs_its_reason(worker, acting, refuses):
    with acting(worker):
        referral = drafted(worker)
        with refuses("referral.basis_needs_note", "note"):
            referral_send(referral=referral, basis="vital_interest", by=worker)
        with refuses("referral.basis_unknown", "basis"):
            referral_send(referral=referral, basis="contract", note="方便", by=worker)
        done = referral_send(
            referral=referral, basis="vital_interest", note="病人昏迷，须马上安置", by=worker
        ).referral
        assert (done.state, done.legal_basis, done.consent_id) == ("sent", "vital_interest", None)


def test_the_copy_holds_what_was_consented_and_chosen(worker, acting, refuses):
    with acting(worker):
        referral = drafted(worker)
        make_consent(referral.case, worker, "share_to_org", recipient_text=BODY, items=["sex"])
        with refuses("referral.item_not_consented", "items"):
            referral_send(referral=referral, basis="consent", items=["name"], by=worker)
        made = referral_send(referral=referral, basis="consent", items=["sex"], by=worker)
        copy = made.referral.disclosure
        assert copy.fields == ["ground", "needs", "reason", "sex", "urgency"]
        assert (copy.level, copy.payload["sex"], copy.recipient_id) == (
            "referral",
            referral.case.client.sex,
            None,
        )
        assert copy.link_id == made.referral.reply_link_id


def test_reminders_stand_at_three_and_seven_working_days(worker, acting):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with scope(org=INSTALLATION, role="sysadmin"):
        Holiday.objects.update_or_create(on=tomorrow, defaults={"is_workday": False})
    with acting(worker):
        made = sent(worker)
        due = [
            timezone.localdate(one.due_at)
            for one in Task.objects.filter(kind="referral_reply").order_by("due_at")
        ]
        today = timezone.localdate()
        assert due == [add_working_days(today, days, {tomorrow: True}).on for days in (3, 7)]
        referral_remind(referral=made.referral, reason="电话问了王老师", by=worker)
        assert Task.objects.filter(kind="referral_reply", state="open").count() == 1


def test_the_receiver_accepts_and_finishes_by_the_link_and_the_worker_hears(
    worker, hospital, acting
):
    with acting(worker):
        made = sent(worker)
    shown = reply_open(made.token, with_copy=True)
    assert (shown.state, shown.answers, shown.receiver) == ("sent", ("accept", "refuse"), BODY)
    assert shown.copy["reason"] == CONTENT["reason"]
    assert "name" not in shown.copy
    reply_give(token=made.token, answer="accept", message="周三上门", who="王老师")
    row = reread(made.referral, hospital)
    assert (row.state, row.feedback) == ("accepted", "王老师：周三上门")
    assert reply_open(made.token).answers == ("done", "no_help")
    reply_give(token=made.token, answer="done", who="王老师")
    assert reread(made.referral, hospital).state == "completed"
    assert reply_open(made.token) is None
    outbox.relay_once()
    with acting(worker):
        kinds = set(Notification.objects.visible_to(worker).values_list("kind", flat=True))
        assert kinds == {"referral.out_completed"}
        assert not Task.objects.filter(kind="referral_reply", state="open").exists()
        assert Disclosure.objects.get(pk=row.disclosure_id).read_count == 1


def test_refusing_needs_a_reason_and_ends_the_link(worker, hospital, acting):
    with acting(worker):
        made = sent(worker)
    with pytest.raises(DomainError) as caught:
        reply_give(token=made.token, answer="refuse", who="王老师")
    assert (caught.value.rule, caught.value.field) == ("reply.needs_reason", "reason_code")
    reply_give(token=made.token, answer="refuse", reason_code="no_capacity", who="王老师")
    row = reread(made.referral, hospital)
    assert (row.state, row.no_help_reason) == ("refused", "no_capacity")
    assert reply_give(token=made.token, answer="accept", who="王老师") is None


def test_dead_links_answer_alike(worker, hospital, acting, client):
    with acting(worker):
        cancelled, expired, renewed = sent(worker), sent(worker), sent(worker)
        referral_cancel(referral=cancelled.referral, reason="家属改主意", by=worker)
        AccessLink.objects.filter(pk=expired.referral.reply_link_id).update(
            expires_at=timezone.now()
        )
        again = referral_relink(referral=renewed.referral, by=worker)
    pages = {
        client.get(reverse("doors:reply", args=[token])).content.decode().replace(token, "")
        for token in (cancelled.token, expired.token, renewed.token, "nothing-like-it")
    }
    statuses = client.get(reverse("doors:reply", args=[cancelled.token])).status_code
    assert (len(pages), statuses) == (1, 404)
    assert GONE in pages.pop()
    assert client.get(reverse("doors:reply", args=[again.token])).status_code == 200


def test_the_answer_page_shows_nothing_of_the_person_before_it_is_opened(worker, acting, client):
    with acting(worker):
        made = sent(worker)
    address = reverse("doors:reply", args=[made.token])
    assert CONTENT["reason"] not in client.get(address).content.decode()
    opened = client.post(address, {"open": "1"})
    assert CONTENT["reason"] in opened.content.decode()
    kept = client.post(address, {"answer": "refuse", "message": "没有床位", "who": "王"})
    assert kept.status_code == 422
    assert "没有床位" in kept.content.decode()
    done = client.post(address, {"answer": "accept", "who": "王老师"})
    assert (done.status_code, "已受理" in done.content.decode()) == (200, True)


def test_the_answer_page_is_rate_limited(settings, worker, acting, client):
    settings.DOOR_ADDRESS_LIMIT = 2
    with acting(worker):
        address = reverse("doors:reply", args=[sent(worker).token])
    asked = [client.post(address, {"open": "1"}).status_code for _n in range(3)]
    assert asked == [200, 200, 429]


def test_withdrawing_the_consent_empties_the_copy_behind_the_link(worker, acting):
    with acting(worker):
        made = sent(worker)
        consent_withdraw(
            consent=made.referral.given_consent, withdrawn_by="self", reason="不愿意", by=worker
        )
        made.referral.refresh_from_db()
        assert made.referral.state == "cancelled"
        assert made.referral.disclosure.payload is None
        assert not Task.objects.filter(kind="referral_reply", state="open").exists()
    assert reply_open(made.token, with_copy=True) is None


def test_what_was_accepted_stays_said_when_the_consent_goes(worker, acting):
    with acting(worker):
        made = sent(worker)
    reply_give(token=made.token, answer="accept", who="王老师")
    with acting(worker):
        consent = made.referral.given_consent
        consent_withdraw(consent=consent, withdrawn_by="self", reason="不愿意再说", by=worker)
        made.referral.refresh_from_db()
        assert (made.referral.state, made.referral.disclosure.payload) == ("accepted", None)
    assert reply_open(made.token, with_copy=True) is None


def test_a_sent_referral_is_not_rewritten(worker, acting, refuses):
    with acting(worker):
        made = sent(worker)
        with refuses("referral.not_a_draft", status=409):
            referral_rewrite(referral=made.referral, by=worker, **CONTENT)


def test_referring_a_case_out_needs_an_accepted_referral_or_a_reason(worker, acting, refuses):
    with acting(worker):
        made = sent(worker)
        with refuses("case.refer_out_needs_reason", "reason"):
            case_refer_out(case=made.referral.case, by=worker)
    reply_give(token=made.token, answer="accept", who="王老师")
    with acting(worker):
        case = case_refer_out(case=made.referral.case, by=worker)
        assert case.stage == "referred_out"


# ── another hospital of the installation ─────────────────────────────────────


@pytest.fixture
def crossed(worker, other_hospital, acting):
    with acting(worker):
        referral = drafted(worker, to_organization=other_hospital, to_text="")
        consent = make_consent(
            referral.case, worker, "share_to_org", recipient=other_hospital, items=["sex"]
        )
        made = referral_send(referral=referral, basis="consent", items=["sex"], by=worker)
    made.referral.given_consent = consent
    outbox.relay_once()
    return made.referral


def arrived(house):
    with house_scope(house.pk, care=True):
        return list(Referral.objects.filter(organization_id=house.pk, origin_uid__isnull=False))


def test_a_referral_arrives_in_the_other_hospital_once_without_a_link(
    crossed, other_hospital, hospital
):
    (row,) = arrived(other_hospital)
    assert (row.direction, row.origin_uid, row.from_organization_id, row.state) == (
        "in",
        crossed.uid,
        hospital.pk,
        "received",
    )
    assert (crossed.reply_link_id, crossed.reason in row.reason) == (None, False)
    with house_scope(other_hospital.pk, care=True):
        assert Task.objects.filter(kind="referral", subject_id=row.pk).count() == 1


def test_its_states_travel_back(crossed, other_hospital, hospital, other_worker, acting):
    (row,) = arrived(other_hospital)
    with acting(other_worker):
        referral_claim(referral=row, by=other_worker)
        referral_refuse(
            referral=row,
            reason="没有床位",
            answer="not_reached",
            message="电话不通",
            by=other_worker,
        )
    outbox.relay_once()
    outbox.relay_once()
    back = reread(crossed, hospital)
    assert (back.state, back.no_help_reason, back.feedback) == (
        "refused",
        "not_reached",
        "电话不通",
    )


def test_the_other_hospital_reads_the_copy_until_the_consent_goes(
    crossed, other_hospital, worker, other_worker, acting, client_for
):
    (row,) = arrived(other_hospital)
    page = reverse("cases:referral", args=[row.uid])
    copy = reverse("cases:referral_copy", args=[row.uid])
    there = client_for(other_worker)
    assert CONTENT["reason"] not in there.get(page).content.decode()
    assert CONTENT["reason"] in there.post(copy).content.decode()
    with acting(worker):
        assert Disclosure.objects.get(pk=crossed.disclosure_id).read_count == 1
        consent_withdraw(
            consent=crossed.given_consent, withdrawn_by="self", reason="不愿意", by=worker
        )
    emptied = there.post(copy).content.decode()
    assert (CONTENT["reason"] in emptied, "内容已清空" in emptied) == (False, True)


def test_a_cancelled_referral_leaves_the_other_inbox(crossed, other_hospital, worker, acting):
    with acting(worker):
        referral_cancel(referral=crossed, reason="不转了", by=worker)
    outbox.relay_once()
    assert [row.state for row in arrived(other_hospital)] == ["cancelled"]


# ── pages ────────────────────────────────────────────────────────────────────


def test_draft_send_and_see_it_on_the_pages(worker, acting, client_for):
    with acting(worker):
        case = make_case(worker)
        make_consent(case, worker, "share_to_org", recipient_text=BODY, items=["sex", "name"])
    browser = client_for(worker)
    new = reverse("cases:outgoing_new", args=[case.uid])
    assert browser.get(new).status_code == 200
    kept = browser.post(new, {"to_text": BODY, "reason": "很急"})
    assert (kept.status_code, "很急" in kept.content.decode()) == (422, True)
    made = browser.post(
        new,
        {"to_text": BODY, "needs": ["emotional"], "reason": "很急", "urgency": "soon"}
        | {"reply_due_on": "2099-01-04", "follow_up_on": "2099-01-05"},
    )
    assert made.status_code == 302
    send = made["Location"] + "send/"
    assert BODY in browser.get(send).content.decode()
    assert browser.post(send, {"basis": "statutory", "items": ["sex"]}).status_code == 422
    done = browser.post(send, {"basis": "consent", "items": ["sex"]})
    assert (done.status_code, "/a/" in done.content.decode()) == (200, True)
    page = browser.get(made["Location"]).content.decode()
    assert ("已发出" in page, "记一次催复" in page) == (True, True)
    assert BODY in browser.get(reverse("cases:outgoings")).content.decode()


def test_the_consent_that_is_missing_is_signed_for_this_receiver_and_leads_back(
    worker, acting, client_for
):
    with acting(worker):
        text = make_template(worker, "share_to_org")
        one = drafted(worker)
    browser = client_for(worker)
    send = reverse("cases:outgoing_send", args=[one.uid])
    sign = f"{reverse('cases:consent_new', args=[one.case.uid])}?template={text.uid}&outgoing={one.uid}"
    assert sign.replace("&", "&amp;") in browser.get(send).content.decode()
    assert f'value="{BODY}"' in browser.get(sign).content.decode()
    signed = {"purpose": "社区跟进", "recipient_text": BODY, "items": ["age_band"]}
    signed |= {"signer_relation": "self", "signer": "演示某人", "method": "paper_scan"}
    signed |= {"signed_at": f"{timezone.localdate()}", "agreed": "on"}
    assert browser.post(sign, signed)["Location"] == send
    assert 'value="consent"' in browser.get(send).content.decode()
    # Taken back while the page stood open: said as what it is, and nothing leaves.
    with acting(worker):
        consent = Consent.objects.get(case=one.case, kind="share_to_org")
        consent_withdraw(consent=consent, withdrawn_by="self", reason="改变主意", by=worker)
    late = browser.post(send, {"basis": "consent", "items": ["sex"], "note": "写过的"})
    assert late.status_code == 422
    assert "服务对象的同意刚刚撤回或到期，没有发出" in late.content.decode()
    assert 'value="写过的"' in late.content.decode()


def test_nobody_else_reads_an_outgoing_referral(worker, worker2, other_worker, acting, client_for):
    with acting(worker):
        made = sent(worker)
    page = reverse("cases:outgoing", args=[made.referral.uid])
    assert [client_for(one).get(page).status_code for one in (worker, worker2, other_worker)] == [
        200,
        404,
        404,
    ]


def test_the_list_asks_the_same_number_of_queries_for_one_and_three(worker, acting, client_for):
    browser, counts = client_for(worker), []
    for more in (1, 2):
        with acting(worker):
            for _n in range(more):
                sent(worker)
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse("cases:outgoings"))
        counts.append(len(seen))
    assert counts[0] == counts[1]
