"""Programmes as data: 小天使基金 on its example cases, and what may not be published."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from donations.models.programmes import Programme, ProgrammeVersion
from donations.services import programme_texts, programmes
from donations.services.advice import advice_for_foundation, advice_for_worker, advise, band_ends
from donations.services.catalogue import LITTLE_ANGEL
from donations.workflow import MAIN_LINE, SKIPPABLE, RequestState, next_stage
from tests.donations.pages import text, url
from tests.factories.donations import as_person, make_approved, make_draft

D = Decimal
ANGEL = SimpleNamespace(**LITTLE_ANGEL)


def _facts(**given):
    return {
        "age": 6,
        "disease_group": "白血病",
        "welfare_status": "subsistence",
        "is_transplanted": False,
        "received": D(0),
        **given,
    }


@pytest.mark.parametrize(
    ("given", "eligible", "benefit"),
    [
        ({}, True, "30000.00"),
        ({"age": 0}, True, "30000.00"),
        ({"age": 18}, True, "30000.00"),
        ({"age": 19}, False, "30000.00"),
        ({"is_transplanted": True}, True, "50000.00"),
        ({"is_transplanted": True, "received": D(30000)}, True, "20000.00"),
        ({"received": D(30000)}, True, None),
        ({"is_transplanted": True, "received": D(50000)}, True, None),
        ({"disease_group": "先天性心脏病"}, False, "30000.00"),
        ({"welfare_status": "ordinary", "income_per_head": D("1999.99")}, True, "30000.00"),
        ({"welfare_status": "ordinary", "income_per_head": D("2000.00")}, False, "30000.00"),
        ({"welfare_status": "ordinary"}, None, "30000.00"),
        ({"age": None}, None, "30000.00"),
    ],
)
def test_little_angel(given, eligible, benefit):
    advice = advise(ANGEL, _facts(**given))
    assert advice.is_eligible is eligible
    assert advice.benefit == (D(benefit) if benefit else None)


def test_advice_says_which_condition_is_not_met():
    lines = {line.code: line for line in advise(ANGEL, _facts(age=40, disease_group="肺炎")).lines}
    assert [code for code, line in lines.items() if line.is_met is False] == ["age", "disease"]
    assert lines["age"].text == "年龄为 0–18 周岁"


@pytest.mark.parametrize(
    ("band", "ends"),
    [
        ("0–1", (0, 0)),
        ("1–3", (1, 3)),
        ("13–17", (13, 17)),
        ("18–29", (18, 29)),
        ("75+", (75, 130)),
        ("", (None, None)),
    ],
)
def test_ends_of_a_band(band, ends):
    assert band_ends(band) == ends


def test_worker_knows_the_age_and_the_foundation_only_the_band(people, money):
    birth = timezone.localdate() - dt.timedelta(days=18 * 365 + 40)
    asked = make_draft(people, money, birth=birth)
    with as_person(people.worker):
        assert advice_for_worker(asked.request).is_eligible is True
        payload = {"age_band": "18–29", "disease_group": "白血病", "welfare_status": "subsistence"}
        advice = advice_for_foundation(asked.request, payload)
        assert {line.code: line.is_met for line in advice.lines} == {
            "age": None,
            "disease": True,
            "poor": True,
        }
        assert advice.is_eligible is None


def test_transplant_after_the_first_grant_tops_it_up(people, money):
    first = make_approved(people, money)
    again = make_draft(people, money, case=first.case, requested="20000.00", is_transplanted=True)
    with as_person(people.worker):
        assert advice_for_worker(again.request).benefit == D("20000.00")


def test_next_stage_skips_what_the_programme_leaves_out():
    stages = LITTLE_ANGEL["stages"]
    line, state = [], RequestState.SUBMITTED
    while state != RequestState.DISBURSED:
        state = next_stage(state, stages)
        line.append(str(state))
    assert line == stages
    assert set(MAIN_LINE) > SKIPPABLE
    with pytest.raises(LookupError):
        next_stage(RequestState.CLOSED, stages)
    with pytest.raises(LookupError):
        next_stage(RequestState.REJECTED, stages)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ({"stages": ["second_review", "document_check"]}, "programme_version.stages"),
        ({"stages": ["invented"]}, "programme_version.stages"),
        ({"payout_modes": []}, "programme_version.payout_modes"),
        ({"payout_modes": ["by_pigeon"]}, "programme_version.payout_modes"),
        ({"documents": [{"type": "a"}, {"type": "a"}]}, "programme_version.documents"),
        ({"caps": {"per_request": "-1"}}, "programme_version.amounts"),
        (
            {"benefit_rows": [{"code": "x", "zh": "x", "cel": "true", "amount": "many"}]},
            "programme_version.amounts",
        ),
        (
            {"conditions": [{"code": "x", "zh": "坏", "cel": "age >"}]},
            "programme_version.condition",
        ),
        (
            {"conditions": [{"code": "x", "zh": "坏", "cel": "system('rm')"}]},
            "programme_version.condition",
        ),
        ({"conditions": []}, "programme_version.example"),
    ],
)
def test_what_does_not_hold_is_not_published(people, money, refuses, content, rule):
    with as_person(people.officer) as by:
        version = programmes.version_write(
            programme=money.version.programme,
            content={**LITTLE_ANGEL, **content},
            valid_from=timezone.localdate() + dt.timedelta(days=30),
            by=by,
        )
    with as_person(people.approver) as by:
        with refuses(rule):
            programmes.version_publish(version=version, by=by)
        assert ProgrammeVersion.objects.get(pk=version.pk).published_at is None


@pytest.mark.parametrize("mode", ["voucher", "in_kind", "hospital_waiver"])
def test_a_way_of_paying_that_is_no_money_is_neither_written_nor_offered(
    people, money, refuses, client_for, mode
):
    with as_person(people.officer) as by:
        programme = Programme.objects.get()
        day = timezone.localdate() + dt.timedelta(days=30)
        content = {**LITTLE_ANGEL, "payout_modes": ["to_hospital", mode]}
        with refuses("programme_version.payout_mode_not_booked", "payout_modes"):
            programmes.version_write(programme=programme, content=content, valid_from=day, by=by)
        draft = programme_texts.version_begin(programme=programme, by=by)
        with refuses("programme_version.payout_mode_not_booked", "payout_modes"):
            programme_texts.version_change(version=draft, content=content, valid_from=day, by=by)
    page = text(client_for(people.officer).get(url("version_edit", draft.uid)))
    assert "拨付至个人账户" in page
    assert str(ProgrammeVersion.PayoutMode(mode).label) not in page


def test_newer_version_ends_the_older(people, money):
    start = timezone.localdate() + dt.timedelta(days=30)
    with as_person(people.officer) as by:
        version = programmes.version_write(
            programme=money.version.programme, content=LITTLE_ANGEL, valid_from=start, by=by
        )
        assert version.version == 2
    with as_person(people.approver) as by:
        programmes.version_publish(version=version, by=by)
        assert ProgrammeVersion.objects.get(pk=money.version.pk).valid.upper == start
    with as_person(people.worker) as by:
        assert [v.version for v in ProgrammeVersion.objects.visible_to(by).in_force()] == [1]
        assert [v.version for v in ProgrammeVersion.objects.visible_to(by).in_force(start)] == [2]


def test_published_version_is_frozen(people, money, refuses):
    with as_person(people.approver) as by:
        with refuses("programme_version.published", status=409):
            programmes.version_publish(version=money.version, by=by)
        for change in (
            "caps = '{}'",
            "conditions = '[]'",
            "valid = daterange('2020-01-01', null)",
            "published_at = null",
        ):
            with (
                pytest.raises(DatabaseError) as caught,
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(
                    f"UPDATE donations_programmeversion SET {change} WHERE id = %s",
                    [money.version.pk],
                )
            assert caught.value.__cause__.diag.constraint_name == "row_is_frozen"


def test_draft_version_is_the_foundations_own_and_published_is_everybodys(
    people, money, other_worker
):
    with as_person(people.officer) as by:
        draft = programmes.version_write(
            programme=money.version.programme,
            content=LITTLE_ANGEL,
            valid_from=timezone.localdate() + dt.timedelta(days=90),
            by=by,
        )
    with as_person(other_worker) as by:
        seen = set(ProgrammeVersion.objects.visible_to(by).values_list("pk", flat=True))
        assert money.version.pk in seen
        assert not ProgrammeVersion.objects.filter(pk=draft.pk).exists()


def test_officer_does_not_publish(people, money, refuses):
    with as_person(people.officer) as by:
        draft = programmes.version_write(
            programme=money.version.programme,
            content=LITTLE_ANGEL,
            valid_from=timezone.localdate() + dt.timedelta(days=90),
            by=by,
        )
        with refuses("permission.can_publish_programme", status=403):
            programmes.version_publish(version=draft, by=by)
