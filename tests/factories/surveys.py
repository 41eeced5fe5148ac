"""A study with its questionnaire, and an entry of a register, as the people of a house would make them."""

import datetime as dt
from typing import Any

from django.utils import timezone

from departments.models.mechanisms import Questionnaire
from projects.models.surveys import Survey
from projects.services.questionnaires import item_put, questionnaire_begin
from projects.services.register_entries import entry_add, link_add, party_add
from projects.services.survey_actions import action_add
from projects.services.survey_links import response_enter, survey_close
from projects.services.surveys import (
    sample_group_add,
    sample_unit_add,
    survey_add,
    survey_advice_add,
    survey_open,
)

DEFINITION: dict[str, Any] = {
    "code": "own_baseline",
    "version": "1",
    "zh": "健康社工基线问卷",
    "en": "",
    "kind": "survey",
    "licence_class": "A",
    "licence": "本机构自编",
    "citation": "本机构自编",
    "recall": "",
    "note": "不写姓名",
    "options": {
        "o_knows": [{"value": 1, "zh": "听说过"}, {"value": 2, "zh": "没听说过"}],
        "o_means": [
            {"value": 1, "zh": "培训"},
            {"value": 2, "zh": "督导"},
            {"value": 3, "zh": "经费"},
        ],
    },
    "items": [
        {"code": "knows", "zh": "听说过医务社工吗", "options": "o_knows", "is_required": True},
        {
            "code": "means",
            "zh": "最需要什么",
            "type": "many",
            "options": "o_means",
            "when": {"item": "knows", "is": [1]},
        },
        {"code": "years", "zh": "从业年数", "type": "number", "least": 0, "most": 50},
        {"code": "words", "zh": "想说的话", "type": "text", "most": 300},
    ],
    "scoring": {"method": "none"},
    "bands": [],
    "alerts": [],
}


def make_questionnaire(by: Any, **given: Any) -> Questionnaire:
    """A published questionnaire of the person's house."""
    made = {
        "organization_id": by.house_id,
        "code": "own_baseline",
        "version": "1",
        "kind": Questionnaire.Kind.SURVEY,
        "title": "健康社工基线问卷",
        "definition": DEFINITION,
        "licence_class": "A",
        "citation": "本机构自编",
        "published_at": timezone.now(),
    }
    return Questionnaire.objects.create(**made | given)


def design(**given: Any) -> dict[str, Any]:
    """What a design says."""
    today = timezone.localdate()
    return {
        "title": "健康社工项目基线调研",
        "purpose": "了解本地医务社工与健康公益的现状和需要",
        "scope": "",
        "partners": "",
        "methods": ["questionnaire", "interview"],
        "questionnaire": None,
        "region": None,
        "project": None,
        "starts_on": today - dt.timedelta(days=30),
        "ends_on": today + dt.timedelta(days=30),
        "answer_target": 50,
    } | given


def make_survey(by: Any, *, is_open: bool = True, **given: Any) -> Survey:
    """A study of the person's house with one group of people, collecting."""
    if "questionnaire" not in given:
        given["questionnaire"] = make_questionnaire(by)
    survey = survey_add(by=by, **design(**given))
    sample_group_add(
        survey=survey,
        letter="C",
        label="医务社工",
        kind="person",
        method="interview",
        target=27,
        by=by,
    )
    return survey_open(survey=survey, by=by) if is_open else survey


def entry_parts(**given: Any) -> dict[str, Any]:
    """What an entry says."""
    return {
        "title": "关于发展医务社会工作的实施意见（示例）",
        "number": "",
        "version": "",
        "summary": "按需设岗",
        "happened_on": dt.date(2020, 1, 1),
        "precision": "year",
        "effective_on": None,
        "until_on": None,
        "region": None,
        "audiences": ["hospital"],
        "source": "S2",
        "url": "",
        "replaces": None,
        "details": {},
        "is_public": False,
    } | given


def make_entry(by: Any, kind: str = "policy", **given: Any):
    """An entry of a register of the person's house."""
    return entry_add(kind=kind, by=by, **entry_parts(**given))


def one_of_each(by: Any) -> dict[str, Any]:
    """A row for every address of studies and registers, in the house of `by` (a head of department)."""
    today = timezone.localdate()
    survey = make_survey(by)
    group = survey.groups.get()
    unit = sample_unit_add(group=group, name="C-01", reached_on=today, method="interview", by=by)
    sheet = response_enter(
        survey=survey, answers={"knows": 1}, given_on=today, paper_number="1", by=by
    )
    closed = make_survey(by, questionnaire=survey.questionnaire, title="已截止的调研")
    closed = survey_close(survey=closed, by=by)
    advice = survey_advice_add(survey=closed, pillar="people", text="设专职岗位", by=by)
    action = action_add(
        title="开三期培训", pillar="people", owner=by, due_on=today, advice=advice, by=by
    )
    draft = questionnaire_begin(title="满意度问卷", kind="survey", licence="本机构自编", by=by)
    draft = item_put(
        questionnaire=draft,
        text="满意吗",
        type="choice",
        options=[{"zh": "满意"}, {"zh": "不满意"}],
        by=by,
    )
    points = [{"code": "p1", "text": "设有医务社工部门"}]
    entry = make_entry(
        by,
        "standard",
        title="三级综合医院医务社会工作服务指南（示例）",
        details={"checklist": points},
    )
    policy = make_entry(by, is_public=True)
    return {
        "survey": survey,
        "survey_closed": closed,
        "sample_group": group,
        "sample_unit": unit,
        "survey_sheet": sheet,
        "survey_advice": advice,
        "action_item": action,
        "own_questionnaire": draft,
        "register_entry": entry,
        "register_party": party_add(entry=entry, role="drafter", name_text="示例医院", by=by),
        "register_link": link_add(entry=entry, other=policy, by=by),
        "register_public": policy,
    }
