"""POST /api/v1/referrals/: the ward's door with a token; its sender reads where its own stand, and no more."""

import datetime as dt
import json
import uuid

import pytest
from django.test import Client as Browser

from cases.models.casework import Referral
from cases.services.referrals import referral_claim, referral_refuse
from departments.models.doors import InboxItem
from departments.models.mechanisms import Task
from departments.models.organizations import Department
from departments.models.trail import AuditEntry
from msw_portal.kernel.scope import scope
from tests.conftest import api_client_of
from tests.factories.cases import make_client, make_episode

pytestmark = pytest.mark.django_db
BOTH = ("referrals:write", "referrals:read")
AT = "/api/v1/referrals/"
WARD = "血液科一病区"
# One record has one stay a day.
DAYS = (dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(300))
SAID = {
    "ward": WARD,
    "bed": "12",
    "patient_name": "演示赵某",
    "needs": ["financial"],
    "urgency": "soon",
    "reason": "家属说下周的药费还差两万元，想先停药。",
    "client_aware": True,
    "referrer": "李护士",
    "profession": "nurse",
    "callback": "６１２３",
}


@pytest.fixture
def his(ward) -> Browser:
    return api_client_of("secadmin", scopes=BOTH, limit=None)


def send(client: Browser, key: str = "", **more):
    return client.post(
        AT,
        json.dumps({**SAID, **more}),
        content_type="application/json",
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
    )


def _faults(answer) -> dict[str, str]:
    assert answer.status_code == 422, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def test_a_referral_by_the_system_stands_in_the_inbox_like_one_from_the_wall(
    his, head, ward, acting, client_for
):
    answer = send(his)
    assert answer.status_code == 201, answer.content.decode()
    told = answer.json()
    assert answer["Location"] == f"{AT}{told['uid']}/"
    assert (told["state"], told["answer"], len(told["steps"])) == ("received", "", 1)
    assert "赵" not in answer.content.decode()
    with acting(head):
        row = Referral.objects.visible_to(head).get(uid=told["uid"])
        assert (row.from_department_id, row.from_profession, row.urgency, row.needs) == (
            ward.pk,
            "nurse",
            "soon",
            ["financial"],
        )
        assert (row.from_text, row.reason, row.client_aware) == (
            "李护士 6123",
            SAID["reason"],
            True,
        )
        assert row.inbox_item.payload["patient_name"] == "演示赵某"
        assert Task.objects.filter(kind="referral", subject_id=row.pk).exists()
    page = client_for(head).get(f"/cases/referrals/{told['uid']}/")
    assert page.status_code == 200
    with scope(org=head.membership.organization_id, role="auditor"):
        assert AuditEntry.objects.filter(action="referral.receive").count() == 1


@pytest.mark.parametrize(
    ("records", "more", "linked"),
    [
        (["ZY-1"], {}, True),
        (["ZY-1"], {"mrn": "zy 1", "patient_name": "赵某"}, True),
        (["ZY-1"], {"patient_name": ""}, True),
        (["ZY-1"], {"patient_name": "钱某"}, False),
        (["ZY-2"], {}, False),
        (["ZY-1", "ZY-1"], {}, False),
        (["ZY-1"], {"mrn": ""}, False),
    ],
)
def test_the_one_person_with_the_record_number_is_linked(his, head, acting, records, more, linked):
    with acting(head):
        people = [make_client(head, name="赵小示") for _record in records]
        for person, record in zip(people, records, strict=True):
            make_episode(person, head, mrn=record, admitted_on=next(DAYS))
    answer = send(his, **({"mrn": "ZY-1", "patient_name": "赵小示"} | more))
    assert answer.status_code == 201
    with acting(head):
        row = Referral.objects.get(uid=answer.json()["uid"])
        assert row.client_id == (people[0].pk if linked else None)


def test_a_record_of_another_house_links_nobody(his, head, other_head, acting):
    with acting(other_head):
        make_episode(make_client(other_head, name="赵小示"), other_head, mrn="ZY-1")
    uid = send(his, mrn="ZY-1", patient_name="赵小示").json()["uid"]
    with acting(head):
        assert Referral.objects.get(uid=uid).client_id is None


def test_two_stays_under_one_record_are_one_person(his, head, acting):
    with acting(head):
        person = make_client(head, name="赵小示")
        for _stay in range(2):
            make_episode(person, head, mrn="ZY-1", admitted_on=next(DAYS))
    uid = send(his, mrn="ZY-1", patient_name="赵小示").json()["uid"]
    with acting(head):
        assert Referral.objects.get(uid=uid).client_id == person.pk


def test_the_same_key_refers_once_and_another_body_under_it_is_refused(his, head, acting):
    first, second = send(his, "k-1"), send(his, "k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()
    assert send(his, "k-1", bed="13").status_code == 422
    with acting(head):
        assert Referral.objects.count() == 1
    assert send(his, "k-2").json()["uid"] != first.json()["uid"]


def test_without_a_key_a_scope_or_as_a_person_nothing_is_referred(his, head, acting, client_for):
    body = json.dumps(SAID)
    keyless = his.post(AT, body, content_type="application/json")
    assert keyless.status_code == 400
    reader = api_client_of("secadmin", scopes=("referrals:read",), limit=None)
    writer = api_client_of("secadmin", scopes=("referrals:write",), limit=None)
    stays = api_client_of("secadmin", scopes=("episodes:write",), limit=None)
    assert [send(one).status_code for one in (reader, stays, client_for(head))] == [403] * 3
    assert send(Browser()).status_code == 401
    assert writer.get(AT).status_code == 403
    with acting(head):
        assert not InboxItem.objects.exists()


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"ward": "血液科九病区"}, "ward", "本院没有叫“血液科九病区”的在用病区或科室。"),
        ({"department": "社会工作二部"}, "department", "本院没有叫这个名称的社工部门。"),
        ({"reason": "身份证 11010119900307002X"}, "reason", "请不要写身份证号或银行卡号"),
        ({"reason": " "}, "reason", ""),
        ({"callback": "12"}, "callback", "至少 3 位数字"),
        ({"profession": "family"}, "profession", ""),
        ({"urgency": "at once"}, "urgency", ""),
        ({"needs": ["money"]}, "needs", ""),
    ],
)
def test_a_field_that_is_not_accepted_is_named_in_chinese(his, head, acting, more, field, words):
    faults = _faults(send(his, **more))
    [named] = [name for name in faults if name.partition(".")[0] == field]
    assert words in faults[named]
    assert any("一" <= letter <= "鿿" for letter in faults[named])
    with acting(head):
        assert not Referral.objects.exists()


def test_a_crisis_is_urgent_and_told_as_one(his, head, acting):
    uids = [send(his, urgency="urgent").json()["uid"], send(his, reason="说不想活了").json()["uid"]]
    with acting(head):
        assert set(Referral.objects.filter(uid__in=uids).values_list("urgency", flat=True)) == {
            "urgent"
        }


def test_the_sender_follows_its_own_and_nobody_elses(his, head, acting, other_head):
    uid = send(his).json()["uid"]
    other = api_client_of("secadmin", scopes=BOTH, limit=None)
    elsewhere = api_client_of("other_head", scopes=BOTH, limit=None)
    with acting(head):
        row = Referral.objects.get(uid=uid)
        referral_claim(referral=row, by=head)
        referral_refuse(
            referral=row, reason="内部原因", answer="other_service", message="请找医保办", by=head
        )
    answer = his.get(f"{AT}{uid}/")
    told = answer.json()
    assert (told["state"], told["answer"], told["due_at"]) == ("refused", "other_service", None)
    assert [step["state"] for step in told["steps"]] == ["received", "claimed", "refused"]
    assert "内部原因" not in answer.content.decode()
    assert [one["uid"] for one in his.get(AT).json()["items"]] == [uid]
    for stranger in (other, elsewhere):
        assert stranger.get(f"{AT}{uid}/").status_code == 404
        assert stranger.get(AT).json() == {"items": [], "next": None}


def test_the_list_asks_as_often_for_one_as_for_three(his, django_assert_max_num_queries):
    counts = []
    for number in (1, 3):
        while len(his.get(AT).json()["items"]) < number:
            send(his)
        with django_assert_max_num_queries(60) as asked:
            his.get(AT)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_hospital_with_two_departments_says_which(his, head, acting):
    with acting(head):
        own = Department.objects.get(pk=head.acting.department_id)
    given = {"organization_id": own.organization_id, "managed_by_id": own.organization_id}
    with scope(org=own.organization_id, role="system"):
        campus = Department.objects.create(kind="campus", name="东院区", **given)
        Department.objects.create(kind="msw", name="社会工作二部", campus=campus, **given)
    assert "department" in _faults(send(his))
    assert send(his, department=own.name).status_code == 201
