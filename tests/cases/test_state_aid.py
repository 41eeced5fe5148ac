"""State aid: helped along and followed, never decided; behind the wall of its case; its clock is a task."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.state_aid import StateAid
from cases.services.members import case_member_add
from cases.services.secrecy import case_raise_secrecy
from cases.services.state_aid import steps
from cases.services.state_aid.kinds import KINDS
from cases.services.state_aid.opening import granted_by_layer, state_aid_amend, state_aid_open
from departments.models.mechanisms import Task, Transition
from tests.cases.pages import queries, text_of
from tests.factories.cases import make_case, make_client

pytestmark = pytest.mark.django_db
D = Decimal


def _open(case, by, **given) -> StateAid:
    values = {"kind": "medical", "authority": "演示街道办事处", "applicant": "patient", **given}
    return state_aid_open(case=case, by=by, **values)


def _tasks(aid) -> list[tuple[dt.date, str]]:
    rows = Task.objects.filter(kind="state_aid", dedup_key__startswith=f"state_aid:{aid.uid}:")
    return [(timezone.localdate(row.due_at), row.state) for row in rows.order_by("pk")]


def test_the_course_from_papers_to_the_money(worker, assistant, acting, refuses):
    today = timezone.localdate()
    with acting(worker):
        case = make_case(worker, stage="intervention")
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
        aid = _open(case, worker, applied=D("12000.00"))
        assert list(aid.papers) == list(KINDS["medical"].papers)
        with refuses("state_aid.one_is_running", "kind", 422):
            _open(case, worker)
        with refuses("state_aid.accept.wrong_state", status=409):
            steps.state_aid_accept(aid=aid, by=worker)
    with acting(assistant):
        aid = state_aid_amend(
            aid=aid,
            authority="演示街道办事处",
            papers=["application", "id_card"],
            handed_in=["id_card"],
            applied=D("12000.00"),
            by=assistant,
        )
        assert aid.papers == {"application": None, "id_card": today.isoformat()}
        filed = today - dt.timedelta(days=40)
        aid = steps.state_aid_file(aid=aid, filed_on=filed, by=assistant)
        assert aid.answer_due_on == filed + dt.timedelta(days=30)
        assert _tasks(aid) == [(aid.answer_due_on, "open")]
        assert StateAid.objects.visible_to(assistant).overdue(today).get() == aid
    with acting(worker):
        aid = steps.state_aid_ask_papers(
            aid=aid, papers=["id_card", "settlement"], reason="缺结算单", by=worker
        )
        assert aid.papers == {"application": None, "id_card": None, "settlement": None}
        aid = steps.state_aid_hand_in(aid=aid, by=worker)
        assert set(aid.papers.values()) == {today.isoformat()}
        with refuses("state_aid.needs_sum", "granted"):
            steps.state_aid_grant(aid=aid, answered_on=today, by=worker)
        with refuses("state_aid_days_in_order", "answered_on"):
            before = filed - dt.timedelta(days=1)
            steps.state_aid_grant(aid=aid, answered_on=before, granted=D("8000.00"), by=worker)
        aid = steps.state_aid_grant(aid=aid, answered_on=today, granted=D("8000.00"), by=worker)
        assert granted_by_layer(case) == {"assistance": D("8000.00")}
        with refuses("state_aid_received_was_granted", "received"):
            steps.state_aid_receive(aid=aid, received=D("8000.01"), received_on=today, by=worker)
        aid = steps.state_aid_receive(aid=aid, received=D("8000.00"), received_on=today, by=worker)
        assert [state for _day, state in _tasks(aid) if state == "open"] == []
        assert list(
            Transition.objects.of(aid).order_by("at", "id").values_list("to_state", flat=True)
        ) == ["preparing", "filed", "supplement", "reviewing", "granted", "received"]


def test_nobody_known_is_helped_by_the_hospital_and_says_why(worker, acting, refuses):
    with acting(worker):
        known = make_case(worker, stage="intervention")
        unknown = make_case(
            worker,
            stage="intervention",
            client=make_client(worker, name="无名氏", is_unidentified=True),
        )
        with refuses("state_aid.hospital_in_emergency", "applicant"):
            _open(known, worker, applicant="hospital", acting_ground="无人代办")
        with refuses("state_aid_hospital_says_why", "acting_ground"):
            _open(unknown, worker, applicant="hospital")
        aid = _open(
            unknown, worker, kind="emergency", applicant="hospital", acting_ground="120 送来，昏迷"
        )
        assert "identity_unknown" in aid.papers
        with refuses("state_aid.status_has_no_sum", "applied"):
            _open(known, worker, kind="subsistence", applied=D("1.00"))


def test_a_refusal_says_why_and_may_be_looked_at_again(worker, acting, refuses):
    today = timezone.localdate()
    with acting(worker):
        case = make_case(worker, stage="intervention")
        aid = steps.state_aid_file(
            aid=_open(case, worker, kind="temporary"), filed_on=today, by=worker
        )
        with refuses("state_aid_refused_says_why", "refusal"):
            steps.state_aid_refuse(aid=aid, answered_on=today, refusal="", by=worker)
        aid = steps.state_aid_refuse(aid=aid, answered_on=today, refusal="income", by=worker)
        assert granted_by_layer(case) == {}
        aid = steps.state_aid_appeal(aid=aid, reason="收入证明已更正", by=worker)
        assert (aid.state, aid.answer_due_on) == ("reviewing", today + dt.timedelta(days=10))
        aid = steps.state_aid_grant(aid=aid, answered_on=today, granted=D("500.00"), by=worker)
        assert granted_by_layer(case) == {"relief": D("500.00")}
        steps.state_aid_end(aid=aid, reason="户主改为自行筹款", by=worker)
        assert granted_by_layer(case) == {}


def test_level_five_closes_it_with_its_case(worker, worker2, other_worker, head, acting):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        aid = _open(case, worker)
    with acting(head):
        assert StateAid.objects.visible_to(head).get() == aid
    with acting(worker2):
        assert not StateAid.objects.visible_to(worker2).exists()
    with acting(worker):
        case_raise_secrecy(case=case, named=[], reason="当事人是本院职工，须限定查阅", by=worker)
    with acting(head):
        assert not StateAid.objects.exists()
        assert not Transition.objects.filter(subject_kind="stateaid").exists()
    with acting(other_worker):
        assert not StateAid.objects.exists()


def test_the_pages(worker, head, other_worker, acting, client_for):
    today = timezone.localdate()
    with acting(worker):
        case = make_case(worker, stage="intervention")
    page, stranger = client_for(worker), client_for(other_worker)
    new = reverse("cases:state_aid_new", args=[case.uid])
    typed = {"kind": "emergency", "applicant": "hospital", "applied": "３，000"}
    refused = page.post(new, typed)
    assert refused.status_code == 422
    assert "由医院代为申请的，请写明情况。" in text_of(refused)
    assert "３，000" in refused.content.decode()
    made = page.post(new, typed | {"acting_ground": "身份不明"})
    assert made.status_code == 302
    with acting(worker):
        aid = StateAid.objects.get()
        assert (aid.applied, aid.authority) == (D("3000.00"), str(KINDS["emergency"].authority))
    here = reverse("cases:state_aid", args=[aid.uid])
    step = reverse("cases:state_aid_step", args=[aid.uid, "file"])
    assert page.post(step, {"filed_on": f"{today + dt.timedelta(1):%Y-%m-%d}"}).status_code == 422
    late = {"filed_on": f"{today - dt.timedelta(9):%Y年%m月%d日}"}
    late["answer_due_on"] = f"{today - dt.timedelta(2):%Y-%m-%d}"
    assert page.post(step, late).status_code == 302
    assert page.post(step, late).status_code == 422
    shown = text_of(page.get(here))
    assert "已过应答复的日期" in shown
    assert "0 / 5" in shown
    assert {stranger.get(url).status_code for url in (new, here, step)} == {404}
    assert page.get(reverse("cases:state_aid_step", args=[aid.uid, "x"])).status_code == 404
    listed = reverse("cases:state_aids")
    assert "疾病应急救助" in text_of(client_for(head).get(f"{listed}?show=late&kind=emergency"))
    assert "没有符合条件的申请" in text_of(page.get(f"{listed}?show=granted"))
    one = queries(page, listed)
    with acting(worker):
        for kind in ("medical", "temporary"):
            _open(make_case(worker, stage="intervention"), worker, kind=kind)
    assert queries(page, listed) == one
    sent = page.post(f"{reverse('cases:state_aids_export')}?show=late", {"suffix": "csv"})
    lines = b"".join(sent.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "疾病应急救助" in lines[1]
    assert "3000.00" in lines[1]
