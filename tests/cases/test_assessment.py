"""Questionnaires, alarms, needs, and the step to planning."""

import pytest
from django.db import IntegrityError, transaction

from cases.models.alerts import RiskAlert
from cases.models.casework import CaseForm
from cases.models.work import Assessment, Need
from cases.services.assessment import (
    assessment_amend,
    assessment_record,
    case_assess,
    instruments_install,
    need_add,
)
from departments.models.mechanisms import Task
from msw_portal.kernel.instruments.catalogue import SHIPPED
from tests.factories.cases import (
    answers_for,
    make_case,
    make_f3,
    make_need,
    make_questionnaire,
    make_screen,
)

pytestmark = pytest.mark.django_db


def record(case, by, code="phq9", **given):
    questionnaire = make_questionnaire(by, code)
    answers = answers_for(questionnaire, **given.pop("said", {}))
    return assessment_record(
        case=case, questionnaire=questionnaire, answers=answers, by=by, **given
    )


def test_instruments_install_once(worker, acting):
    with acting(worker):
        added = instruments_install(organization_id=worker.house_id, by=worker)
        assert [row.code for row in added] == list(SHIPPED)
        assert {row.code: row.kind for row in added if row.kind != "scale"} == {
            "quick_screen": "screen",
            "hvs": "screen",
            "satisfaction": "satisfaction",
        }
        assert {row.licence_class for row in added} == {"A"}
        assert instruments_install(organization_id=worker.house_id, by=worker) == []


def test_a_draft_is_scored_provisionally_and_can_be_written_anew(worker, acting):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        draft = record(case, worker, said={"item_1": 3, "item_2": 2})
        assert (draft.score["total"], draft.band, draft.is_final) == ("5", "mild", False)
        draft = assessment_amend(
            assessment=draft,
            answers=answers_for(draft.questionnaire, item_1=1),
            interpretation="较轻",
            by=worker,
        )
        assert (draft.score["total"], draft.band, draft.interpretation) == ("1", "minimal", "较轻")


def test_a_draft_is_finalized_with_what_stands_on_the_page_now(worker, acting, client_for):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        draft = record(case, worker, interpretation="较轻")
        sheet = draft.questionnaire
        part = assessment_record(
            case=case, questionnaire=sheet, answers={"1": 3, "2": 2}, by=worker
        )
    client = client_for(worker)
    page = client.get(f"/cases/assessments/{part.uid}/").content.decode()
    assert "还没有回答：第 3、4、5、6、7、8、9 题。" in page
    # No button beside the form, that would freeze the answers before these.
    assert "/finalize/" not in page
    typed = {f"item_{code}": "1" for code in answers_for(sheet)} | {"item_1": "3", "once": "a"}
    typed |= {"interpretation": "较重", "is_final": "on"}
    client.post(f"/cases/assessments/{draft.uid}/", typed)
    lacking = {"item_1": "3", "interpretation": "较重", "is_final": "on", "once": "b"}
    answer = client.post(f"/cases/assessments/{part.uid}/", lacking)
    assert answer.status_code == 422
    said = "还有 8 题没有回答（第 2、3、4、5、6、7、8、9 题），不能计分，请补答。"
    assert said in answer.content.decode()
    with acting(worker):
        draft.refresh_from_db()
        part.refresh_from_db()
        assert (draft.is_final, draft.answers["1"], draft.interpretation) == (True, 3, "较重")
        assert (part.is_final, part.answers) == (False, {"1": 3, "2": 2})


def test_finalizing_freezes(worker, acting, refuses, rows):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        draft = record(case, worker)
        final = assessment_amend(
            assessment=draft,
            answers=draft.answers,
            interpretation="轻度情绪低落",
            is_final=True,
            by=worker,
        )
        assert (final.is_final, final.finalized_at is not None, final.phase) == (
            True,
            True,
            "assessment",
        )
        with refuses("assessment.is_final", status=409):
            assessment_amend(assessment=final, answers={"1": 3}, by=worker)
        for change in ("band = 'severe'", "answers = '\\x00'", "is_final = false"):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                rows(f"UPDATE cases_assessment SET {change} WHERE id = %s", final.pk)


def test_a_final_one_is_corrected_by_a_new_one(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        first = record(case, worker, interpretation="较轻", is_final=True)
        second = record(case, worker, interpretation="更正", is_final=True, corrects=first)
        assert second.corrects == first
        with refuses("assessment.corrects_final", status=409):
            record(make_case(worker, stage="assessment"), worker, corrects=first)


@pytest.mark.parametrize(
    ("answers", "rule", "field"),
    [
        ({"10": 1}, "assessment.answer_unknown", "10"),
        ({"1": 4}, "assessment.answer_unknown", "1"),
        ({"1": -1}, "assessment.answer_unknown", "1"),
        ({}, "assessment.needs_answers", None),
        ({"1": ""}, "assessment.needs_answers", None),
    ],
)
def test_answers_that_are_not_offered_are_refused(answers, rule, field, worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        questionnaire = make_questionnaire(worker, "phq9")
        with refuses(rule, field):
            assessment_record(case=case, questionnaire=questionnaire, answers=answers, by=worker)
        assert not Assessment.objects.exists()


def test_finalizing_needs_a_score_and_an_interpretation(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        questionnaire = make_questionnaire(worker, "phq9")
        with refuses("assessment.needs_interpretation", "interpretation"):
            record(case, worker, is_final=True)
        with refuses("assessment.too_much_missing", status=409):
            assessment_record(
                case=case,
                questionnaire=questionnaire,
                answers={"1": 1},
                interpretation="缺项",
                is_final=True,
                by=worker,
            )
        assert not Assessment.objects.exists()


def test_item_9_of_phq9_raises_a_crisis_at_once_and_only_once(worker, supervisor, acting):
    with acting(worker):
        case = make_case(worker, stage="assessment", supervisor=supervisor)
        draft = record(case, worker, said={"item_9": 1}, interpretation="有轻生念头")
        alert = RiskAlert.objects.get(case=case)
        assert (alert.trigger, alert.severity, alert.state) == ("phq9_9", "crisis", "raised")
        assessment_amend(
            assessment=draft,
            answers=draft.answers,
            interpretation="有轻生念头",
            is_final=True,
            by=worker,
        )
        assert RiskAlert.objects.filter(case=case).count() == 1
        case.refresh_from_db()
        assert case.risk_level == "crisis"
        assert Task.objects.get(kind="risk_alert").assignee == supervisor
        assert Task.objects.get(kind="crisis_report").due_at == alert.report_due_at


@pytest.mark.parametrize(
    ("said", "trigger"),
    [({"harm": "yes"}, "screen"), ({"distress": 10}, "distress"), ({"distress": 9}, None)],
)
def test_the_quick_screen_alarms(said, trigger, worker, acting):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        make_screen(case, worker, **said)
        assert [alert.trigger for alert in RiskAlert.objects.filter(case=case)] == (
            [trigger] if trigger else []
        )


def test_assessment_record_on_a_foreign_case_and_by_other_roles_is_refused(
    worker, worker2, head, acting, refuses
):
    with acting(worker):
        case = make_case(worker, stage="assessment")
    for person in (worker2, head):
        with acting(person), refuses("permission.can_record_assessment", status=403):
            record(case, person)


def test_assessment_record_of_another_house_s_questionnaire_is_refused(
    worker, other_worker, acting, refuses
):
    with acting(other_worker):
        theirs = make_questionnaire(other_worker, "phq9")
    with acting(worker):
        case = make_case(worker, stage="assessment")
        with refuses("assessment.not_published", "questionnaire"):
            assessment_record(
                case=case, questionnaire=theirs, answers=answers_for(theirs), by=worker
            )


def test_need_add_ranks_in_order(worker, acting):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        given = {
            "case": case,
            "statement": "押金不够",
            "voice": "client",
            "severity": 4,
            "by": worker,
        }
        assert [need_add(category=one, **given).rank for one in ("financial", "emotional")] == [
            1,
            2,
        ]


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"category": "money"}, "need_category_known", "category"),
        ({"voice": "doctor"}, "need.voice_unknown", "voice"),
        ({"severity": 0}, "need_severity_in_range", "severity"),
        ({"severity": 6}, "need_severity_in_range", "severity"),
        ({"statement": " "}, "need.needs_statement", "statement"),
    ],
)
def test_need_add_says_what_is_wrong_at_its_field(given, rule, field, worker, acting, refuses):
    values = {
        "category": "financial",
        "statement": "押金不够",
        "voice": "client",
        "severity": 3,
        **given,
    }
    with acting(worker):
        with refuses(rule, field):
            need_add(case=make_case(worker, stage="assessment"), by=worker, **values)
        assert not Need.objects.exists()


def test_case_assess_names_each_missing_thing(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        with refuses("case.assess_needs_need", status=409):
            case_assess(case=case, by=worker)
        make_need(case, worker)
        with refuses("case.assess_needs_screen", status=409):
            case_assess(case=case, by=worker)
        record(case, worker, code="gad7", interpretation="焦虑不明显", is_final=True)
        with refuses("case.assess_needs_screen", status=409):
            case_assess(case=case, by=worker)
        make_screen(case, worker)
        with refuses("case.assess_needs_form", status=409):
            case_assess(case=case, by=worker)
        make_f3(case, worker)
        case = case_assess(case=case, by=worker)
        assert case.stage == "planning"
        payload = CaseForm.objects.get(case=case, kind="F3").payload
        assert payload["summary"] == "费用压力为主"
        assert [[row[1], row[3]] for row in payload["known"]["needs"]["rows"]] == [
            ["经济困难 / 医疗费用", "住院押金不够"]
        ]


def test_phq9_without_item_9_is_no_risk_screen(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        make_need(case, worker)
        questionnaire = make_questionnaire(worker, "phq9")
        answers = answers_for(questionnaire)
        del answers["9"]
        assessment_record(
            case=case,
            questionnaire=questionnaire,
            answers=answers,
            interpretation="未答第 9 题",
            is_final=True,
            by=worker,
        )
        with refuses("case.assess_needs_screen"):
            case_assess(case=case, by=worker)
