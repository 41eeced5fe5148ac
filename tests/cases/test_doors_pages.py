"""The pages of the doors: of nobody, and of head and supervisor."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.services.door_links import door_create, door_revoke
from cases.services.referrals import referral_claim
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Department
from tests.cases.pages import at, code_in, queries, text_of, the_referral
from tests.factories.doors import posted, referrals_of, send

pytestmark = pytest.mark.django_db


def test_a_ward_refers_and_reads_the_receipt(ward_door, nobody, hospital, worker, acting):
    page = nobody.get(at(ward_door))
    assert (page.status_code, "血液科一病区" in text_of(page)) == (200, True)
    sent = nobody.post(at(ward_door), posted(ward_door))
    code = code_in(sent)
    assert (sent.status_code, len(code)) == (200, 9)
    with acting(worker):
        referral_claim(referral=the_referral(), by=worker)
    looked = nobody.post(reverse("doors:receipt"), {"code": code.lower()})
    assert "社工已接单" in text_of(looked)
    assert "李护士" not in text_of(looked)


def test_the_pages_of_nobody_set_no_cookie_and_are_in_no_index(ward_door, self_door, nobody):
    for path in (at(ward_door), at(self_door), reverse("doors:receipt"), "/d/nothing/"):
        page = nobody.get(path)
        assert (dict(page.cookies), page["X-Robots-Tag"], page["Referrer-Policy"]) == (
            {},
            "noindex, nofollow",
            "no-referrer",
        )
        assert "no-store" in page["Cache-Control"]
        assert "csrf" not in page.content.decode().replace("csrf-token", "")
    assert not nobody.post(at(ward_door), posted(ward_door)).cookies


def test_a_form_needs_no_token_of_ours(ward_door, hospital):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(at(ward_door), posted(ward_door)).status_code == 200
    assert len(referrals_of(hospital.pk)) == 1


def test_wrong_revoked_expired_and_foreign_tokens_answer_with_the_same_bytes(
    ward_door, self_door, head, acting, nobody
):
    with acting(head):
        door_revoke(link=ward_door.link, by=head)
        AccessLink.objects.filter(pk=self_door.link.pk).update(
            expires_at=timezone.now() - dt.timedelta(days=1)
        )

    def body(path, answer):
        return answer.status_code, answer.content.replace(path.encode(), b"")

    answers = {
        body(path, asked)
        for path in (at(ward_door), at(self_door), "/d/AAAAAAAAAAAAAAAAAAAAAA/", "/d/x/")
        for asked in (nobody.get(path), nobody.post(path, posted(ward_door)))
    }
    assert [status for status, _body in answers] == [404]
    # Who was writing meanwhile keeps the form and reads above it what happened.
    late = nobody.post(at(ward_door), posted(ward_door), HTTP_HX_REQUEST="true")
    assert "没有送出：这个码刚刚停用或换了。填的内容还在" in text_of(late)
    assert (late.status_code, b'data-refusal="door.gone"' in late.content) == (404, True)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"bed": ""}, "请填写这一项。"),
        ({"needs": []}, "请至少选一项。"),
        ({"callback": "无"}, "请填能打通的号码，至少 3 位数字。"),
        ({"reason": "证件 11010119880203002X"}, "请不要写身份证号或银行卡号"),
        ({"reason": "卡 6222 0211 1122 3344 55"}, "请不要写身份证号或银行卡号"),
    ],
)
def test_a_ward_form_says_what_is_wrong_and_keeps_the_rest(
    given, sentence, ward_door, nobody, hospital
):
    answer = nobody.post(at(ward_door), posted(ward_door, **given))
    assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    assert 'value="李护士"' in answer.content.decode()
    assert referrals_of(hospital.pk) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"relation": ""}, "请选您和患者的关系。"),
        ({"phone": "1381234662"}, "手机为 11 位"),
        ({"agrees": False}, "要您同意，社工才能联系您。"),
        ({"distress": "11"}, "请从列出的选项中选择。"),
    ],
)
def test_a_self_request_says_what_is_wrong_and_keeps_the_rest(
    given, sentence, self_door, nobody, hospital
):
    answer = nobody.post(at(self_door), posted(self_door, **given))
    assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    assert 'value="王女士"' in answer.content.decode()
    assert referrals_of(hospital.pk) == []


def test_the_form_in_english(self_door, nobody, hospital):
    page = text_of(nobody.get(at(self_door, "en")))
    assert "I need a social worker" in page and "患" not in page
    nobody.post(at(self_door, "en"), posted(self_door))
    assert referrals_of(hospital.pk)[0].from_text == "家属扫码求助（母亲）"


def test_a_double_click_and_a_replay_are_one_referral(ward_door, nobody, hospital):
    form = posted(ward_door)
    codes = {code_in(nobody.post(at(ward_door), form)) for _again in range(3)}
    assert (len(codes), len(referrals_of(hospital.pk))) == (1, 1)


def test_too_many_from_one_address_wait_and_lose_nothing(ward_door, nobody, hospital, settings):
    settings.DOOR_ADDRESS_LIMIT = 2
    statuses = [nobody.post(at(ward_door), posted(ward_door)).status_code for _n in range(3)]
    assert (statuses, len(referrals_of(hospital.pk))) == ([200, 200, 429], 2)
    refused = nobody.post(at(ward_door), posted(ward_door))
    assert 'value="李护士"' in refused.content.decode()
    assert int(refused["Retry-After"]) > 0
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post(at(ward_door), posted(ward_door)).status_code == 200


def test_too_many_by_one_code_wait_wherever_they_come_from(ward_door, self_door, settings):
    settings.DOOR_LINK_LIMIT = 2
    statuses = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(at(ward_door), posted(ward_door)).status_code
        for n in range(3)
    ]
    assert statuses == [200, 200, 429]
    assert Client().post(at(self_door), posted(self_door)).status_code == 200


def test_receipts_cannot_be_guessed_in_a_row(ward_door, nobody, settings):
    settings.RECEIPT_LIMIT = 3
    code = send(ward_door)
    where = reverse("doors:receipt")
    good = [nobody.post(where, {"code": code}).status_code for _n in range(5)]
    wrong = [nobody.post(where, {"code": "ABCDEFGH"}).status_code for _n in range(4)]
    assert (good, wrong) == ([200] * 5, [422, 422, 422, 429])
    assert nobody.post(where, {"code": code}).status_code == 429


def test_a_sender_withdraws_by_the_receipt(ward_door, nobody, hospital):
    code = send(ward_door)
    answer = nobody.post(reverse("doors:receipt"), {"code": code, "withdraw": "1"})
    assert "已撤回" in text_of(answer)
    assert referrals_of(hospital.pk)[0].state == "cancelled"


def test_a_code_is_made_shown_once_and_printed(head, ward, client_for, nobody):
    client = client_for(head)
    made = client.post(
        reverse("cases:door_new"), {"kind": "ward_door", "department": str(ward.uid)}
    )
    page = made.content.decode()
    address = page.partition("data-address>")[2].partition("<")[0]
    assert (made.status_code, "<svg viewBox" in page) == (200, True)
    path = address.removeprefix("http://testserver")
    assert nobody.get(path).status_code == 200
    token = path.split("/")[2]
    sheet = client.post(reverse("cases:door_print"), {"token": token})
    assert (sheet["Content-Type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
    assert token not in client.get(reverse("cases:doors")).content.decode()


def test_a_poster_is_for_who_holds_the_token_of_the_own_house(
    ward_door, head, other_head, client_for
):
    where = reverse("cases:door_print")
    assert client_for(other_head).post(where, {"token": ward_door.token}).status_code == 404
    assert client_for(head).post(where, {"token": "guess"}).status_code == 404


def test_the_list_of_codes_keeps_its_number_of_queries(head, ward, acting, client_for):
    client, where = client_for(head), reverse("cases:doors")
    counts = []
    for number in (1, 3):
        with acting(head):
            while AccessLink.objects.filter(revoked_at__isnull=True).count() < number:
                place = Department.objects.create(
                    organization_id=head.house_id,
                    managed_by_id=head.house_id,
                    kind="ward",
                    name=f"病区{AccessLink.objects.count()}",
                )
                door_create(kind="ward_door", department=place, by=head)
        counts.append(queries(client, where))
    assert counts[0] == counts[1]
