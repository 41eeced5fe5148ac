"""What must never be false, by name, and a Chinese sentence for each name."""

import datetime as dt
import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.constraints import SENTENCES
from cases.models.alerts import RiskAlert
from cases.models.casework import CaseForm
from cases.models.consents import Consent, Disclosure
from msw_portal.kernel.errors import sentences
from msw_portal.kernel.scope import enter
from tests.factories.cases import (
    make_case,
    make_client,
    make_consent,
    make_contact,
    make_episode,
    make_need,
)

pytestmark = pytest.mark.django_db


def test_every_constraint_of_the_app_has_a_sentence_and_no_sentence_is_left_over():
    named = {
        constraint.name
        for model in apps.get_app_config("cases").get_models()
        for constraint in model._meta.constraints
    }
    raised = {
        "row_of_the_same_house",
        "goal_need_of_one_case",
        "consent_minor_has_guardian",
        "risk_alert_minor_harm_is_reported",
        "group_part_of_one_group",
        "case_ends_without_danger",
    }
    assert named | raised == set(SENTENCES)
    assert all(
        any("\u4e00" <= c <= "\u9fff" for c in str(sentence))
        for sentence, _field in SENTENCES.values()
    )


def test_every_constraint_name_that_a_trigger_of_the_app_raises_has_a_sentence():
    folder = Path(importlib.import_module("cases.migrations.0003_triggers").__file__).parent
    source = "".join(path.read_text() for path in sorted(folder.glob("0*.py")))
    raised = set(re.findall(r"constraint = '(\w+)'", source))
    assert raised == {
        "risk_alert_minor_harm_is_reported",
        "row_is_frozen",
        "row_of_the_same_house",
        "goal_need_of_one_case",
        "consent_minor_has_guardian",
        "group_part_of_one_group",
        "case_ends_without_danger",
    }
    assert raised - set(sentences()) == set()


# name -> the columns of a case in intake that break it
BROKEN_CASES = {
    "case_number_after_the_door": {"number": ""},
    "case_worker_after_the_door": {"worker": None},
    "case_closed_has_reason": {"stage": "closed", "close_reason": ""},
    "case_final_has_time": {"stage": "declined", "closed_at": None},
    "case_times_in_order": {"assigned_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
    "case_level5_has_compartment": {"secrecy": 5},
    "case_stage_known": {"stage": "sleeping"},
    "case_satisfaction_in_range": {"satisfaction": 6},
    "case_goal_rate_in_range": {"goal_rate": "1.5"},
    "case_weight_positive": {"weight": 0},
}


@pytest.mark.parametrize("name", sorted(BROKEN_CASES))
def test_the_database_refuses_a_broken_case(name, worker, acting):
    with acting(worker):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make_case(worker, **BROKEN_CASES[name])


def test_an_open_case_has_no_close_reason_and_no_end(worker, acting):
    with acting(worker):
        with pytest.raises(IntegrityError, match="case_closed_has_reason"), transaction.atomic():
            make_case(worker, close_reason="goals_met")
        with pytest.raises(IntegrityError, match="case_final_has_time"), transaction.atomic():
            make_case(worker, closed_at=timezone.now())


def test_case_numbers_are_unique_in_the_house_and_may_repeat_in_another(
    worker, other_worker, acting
):
    with acting(worker):
        make_case(worker, number="X-1")
        with pytest.raises(IntegrityError, match="case_number_once"), transaction.atomic():
            make_case(worker, number="X-1")
    with acting(other_worker):
        assert make_case(other_worker, number="X-1").pk


def test_a_compartment_is_the_case_itself(worker, acting):
    with acting(worker):
        enter(
            org=worker.house_id,
            care=worker.house_id,
            user=worker.pk,
            role="worker",
            compartments=[77],
        )
        with (
            pytest.raises(IntegrityError, match="case_compartment_is_itself"),
            transaction.atomic(),
        ):
            make_case(worker, secrecy=5, compartment_id=77)


def test_one_open_case_per_person_and_department(worker, acting):
    with acting(worker):
        client = make_client(worker)
        make_case(worker, client=client)
        with pytest.raises(IntegrityError, match="case_one_open_per_client"), transaction.atomic():
            make_case(worker, client=client)
        make_case(worker, client=client, duplicate_reason="另一病区")
        make_case(worker, client=client, stage="closed")


def test_a_disclosure_has_exactly_one_recipient(worker, hospital, foundation, acting):
    with acting(worker):
        consent = make_consent(make_case(worker), worker)
        given = {
            "organization_id": hospital.pk,
            "consent": consent,
            "level": "review",
            "subject_kind": "case",
            "subject_id": 1,
            "payload": {"sex": "2"},
            "payload_hash": b"x" * 32,
        }
        for recipients in ({}, {"recipient": foundation, "recipient_user": worker}):
            with (
                pytest.raises(IntegrityError, match="disclosure_one_recipient"),
                transaction.atomic(),
            ):
                Disclosure(**given, **recipients).save()
        with (
            pytest.raises(IntegrityError, match="disclosure_withdrawn_is_empty"),
            transaction.atomic(),
        ):
            Disclosure(**given, recipient=foundation, withdrawn_at=timezone.now()).save()


def test_vital_interest_needs_a_date_of_notice(worker, acting, rows):
    with acting(worker):
        old = make_consent(make_case(worker), worker)
        with (
            pytest.raises(IntegrityError, match="consent_vital_interest_has_notice"),
            transaction.atomic(),
        ):
            Consent(
                organization_id=old.organization_id,
                client=old.client,
                kind="service",
                template=old.template,
                text_hash=old.text_hash,
                purpose="y",
                signer="x",
                signer_relation="self",
                method="paper_scan",
                signed_at=timezone.now(),
                legal_basis="vital_interest",
            ).save()


def test_numbers_out_of_range_are_refused_by_the_database(worker, acting):
    with acting(worker):
        case = make_case(worker)
        for severity in (0, 6):
            with (
                pytest.raises(IntegrityError, match="need_severity_in_range"),
                transaction.atomic(),
            ):
                make_need(case, worker, severity=severity)
        with pytest.raises(IntegrityError, match="need_category_known"), transaction.atomic():
            make_need(case, worker, category="money")
        with pytest.raises(IntegrityError, match="contact_next_is_later"), transaction.atomic():
            make_contact(case, worker, next_on=dt.date(2020, 1, 1))
        with pytest.raises(IntegrityError, match="episode_dates_in_order"), transaction.atomic():
            make_episode(case.client, worker, discharged_on=dt.date(2020, 1, 1))


def test_an_alert_is_not_resolved_without_its_report(worker, acting):
    with acting(worker):
        case = make_case(worker)
        given = {
            "organization_id": case.organization_id,
            "case": case,
            "trigger": "worker",
            "severity": "low",
            "report_due_at": timezone.now(),
        }
        with (
            pytest.raises(IntegrityError, match="risk_alert_resolved_has_report"),
            transaction.atomic(),
        ):
            RiskAlert(
                **given, state="resolved", handled_by=worker, handled_at=timezone.now()
            ).save()


def test_a_final_form_is_frozen(worker, acting, rows):
    with acting(worker):
        case = make_case(worker)
        form = CaseForm(
            organization_id=case.organization_id,
            case=case,
            kind="F1",
            payload={"a": 1},
            state="final",
            finalized_at=timezone.now(),
        )
        form.save()
        for sql in (
            "UPDATE cases_caseform SET payload = '\\x00' WHERE id = %s",
            "DELETE FROM cases_caseform WHERE id = %s",
        ):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                rows(sql, form.pk)
