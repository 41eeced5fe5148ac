"""Roll-ups of what became of referrals, of aid by ward, worker and disease, and of scales before and after."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models.casework import Case, Referral
from cases.models.work import Assessment
from reports.services.boards.board import dashboard_of
from reports.services.figures import Only, cells_read
from reports.services.proving import rollups_prove
from tests.factories import donations as made
from tests.factories.cases import make_case, make_client, make_episode, make_questionnaire

SINCE, UNTIL = dt.date(2025, 1, 1), dt.date(2027, 12, 1)
CLOSED = timezone.make_aware(dt.datetime(2026, 3, 20, 10))
OPENED = CLOSED - dt.timedelta(days=60)
AID = ("aid_asked", "aid_gap", "aid_open", "aid_approved", "aid_paid")


def _cells(by, code, only=None):
    return cells_read(by=by, codes=[code], since=SINCE, until=UNTIL, only=only).get(code, [])


def _told(by, *codes, only=None):
    return [sum((cell.n2 for cell in _cells(by, code, only)), Decimal()) for code in codes]


def _counts(by, *codes, only=None):
    return [sum(cell.n for cell in _cells(by, code, only)) for code in codes]


def _refer(by, ward, profession, *, is_case):
    referral = Referral.objects.create(
        organization_id=by.house_id,
        from_department=ward,
        from_profession=profession,
        reason="担心费用",
        state="accepted",
        received_at=timezone.now(),
        created_by=by,
    )
    if is_case:
        make_case(by, referral=referral)
    return referral


def test_what_became_of_referrals_is_told_by_ward_and_profession(worker, head, ward, acting):
    with acting(worker):
        for profession, is_case in (
            ("nurse", True),
            ("nurse", False),
            ("doctor", True),
            ("", False),
        ):
            last = _refer(worker, ward, profession, is_case=is_case)
        assert _counts(worker, "referral_in", "referral_case") == [4, 2]
        # Corrected later: the case follows its referral.
        changed = Referral.objects.filter(from_profession="doctor")
        changed.update(from_profession="nurse", from_department=None)
        assert [dict(cell.dims) for cell in _cells(worker, "referral_case")] == [
            {"ward": ward.pk, "profession": "nurse"},
            {"ward": None, "profession": "nurse"},
        ]
        make_case(worker, referral=last)
        assert _counts(worker, "referral_case") == [3]
        assert rollups_prove().differences == ()
    with acting(head):
        board = dashboard_of(by=head, query={"part": "wards", "period": "month"})
    tile = next(one for one in board.tiles if str(one.label) == "转介成案率")
    assert tile.value == "75.0"
    charts = {one.id: one for one in board.charts}
    assert list(charts["profession-converted"].categories) == ["护士（n=3）", "没有写职业（n=1）"]
    assert [str(n) for n in charts["profession-converted"].series[0].values] == ["66.7", "100.0"]
    assert [str(n) for n in charts["ward-converted"].series[0].values] == ["66.7", "100.0"]


@pytest.fixture
def people(worker, officer, officer2, approver, cashier, cashier2) -> made.People:
    return made.People(worker, officer, officer2, approver, cashier, cashier2)


def test_aid_is_told_by_the_case_it_is_for_and_to_the_foundation_as_a_whole(
    people, worker, supervisor, ward, acting
):
    money = made.make_money(people)
    made.give(people, money, "100000.00")
    asked = made.make_approved(people, money)
    made.release(people, made.prepare(people, asked, "5000.00"))
    with acting(worker):
        whole = _told(worker, *AID)
        assert whole[-1] == Decimal(5000)
        assert 0 not in whole
        Case.objects.filter(pk=asked.case.pk).update(
            ward=ward, worker=supervisor, disease_group="白血病"
        )
        for only, found in (
            (Only("ward", str(ward.pk)), whole),
            (Only("disease", "白血病"), whole),
            (Only("worker", str(supervisor.pk)), whole),
            (Only("worker", str(worker.pk)), [0] * 5),
        ):
            assert _told(worker, *AID, only=only) == found
        # Whoever reads both sides of a request sees the foundation's cells in the rows alone.
        assert [one for one in rollups_prove().differences if one[1] == worker.house_id] == []
    with acting(people.officer):
        assert _told(people.officer, *AID) == whole
        assert _told(people.officer, *AID, only=Only("ward", str(ward.pk))) == [0] * 5


def _answer(case, by, sheet, total, day, **given):
    return Assessment.objects.create(
        **{
            "organization_id": by.house_id,
            "case": case,
            "client": case.client,
            "questionnaire": sheet,
            "answers": {},
            "score": {"total": total},
            "is_final": True,
            "finalized_at": CLOSED - dt.timedelta(days=40 - day),
            "created_by": by,
            **given,
        }
    )


def test_scales_are_paired_when_the_case_is_closed_and_follow_every_change(worker, ward, acting):
    with acting(worker):
        sheet = make_questionnaire(worker)
        person = make_client(worker)
        stay = make_episode(person, worker, ward=ward)
        case = make_case(worker, client=person, episode=stay, stage="closure", opened_at=OPENED)
        first = _answer(case, worker, sheet, 18, 1)
        _answer(case, worker, sheet, 12, 10)
        assert _cells(worker, "scale") == []
        Case.objects.filter(pk=case.pk).update(
            stage="closed", closed_at=CLOSED, close_reason="goals_met"
        )
        (cell,) = _cells(worker, "scale")
        assert (cell.period, cell.dims["scale"], cell.n) == (dt.date(2026, 3, 1), sheet.code, 1)
        assert _told(worker, "scale", "scale_after") == [18, 12]
        _answer(case, worker, sheet, 6, 30)
        assert _told(worker, "scale", "scale_after") == [18, 6]
        _answer(case, worker, sheet, 20, 1, corrects=first)
        in_ward = Only("ward", str(ward.pk))
        assert _told(worker, "scale", "scale_after", only=in_ward) == [20, 6]
        assert rollups_prove().differences == ()
        Case.objects.filter(pk=case.pk).update(stage="closure", closed_at=None, close_reason="")
        assert _cells(worker, "scale") == []
        assert rollups_prove().differences == ()


def test_a_draft_and_a_single_answer_make_no_pair(worker, acting):
    with acting(worker):
        sheet = make_questionnaire(worker)
        case = make_case(worker, stage="closed", opened_at=OPENED, closed_at=CLOSED)
        first = _answer(case, worker, sheet, 18, 1)
        second = _answer(case, worker, sheet, 2, 9, is_final=False)
        assert _counts(worker, "scale") == [0]
        Assessment.objects.filter(pk=second.pk).update(is_final=True)
        assert _counts(worker, "scale") == [1]
        # A correction takes effect once it is final.
        mended = _answer(case, worker, sheet, 16, 1, corrects=first, is_final=False)
        assert _told(worker, "scale") == [18]
        Assessment.objects.filter(pk=mended.pk).update(is_final=True)
        assert _told(worker, "scale") == [16]
        assert rollups_prove().differences == ()
