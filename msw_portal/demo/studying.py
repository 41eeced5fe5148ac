"""The registers as the sources state them, and the baseline study whose figures (9, 19, 27, 47) are counted from rows."""

import datetime as dt
import uuid
from typing import Any

from departments.models.organizations import Region
from departments.models.people import User
from msw_portal.demo.houses import Hospital
from msw_portal.demo.register_texts import ROWS
from msw_portal.demo.telling import acting
from projects.models.registers import RegisterEntry
from projects.services import questionnaire_steps, questionnaires, survey_actions, surveys
from projects.services.register_entries import checklist_answer, entry_add, link_add, party_add
from projects.services.survey_links import response_enter, survey_close

EMPTY: dict[str, Any] = {
    **dict.fromkeys(("number", "version", "summary", "source", "url"), ""),
    **dict.fromkeys(("happened_on", "effective_on", "until_on", "region", "replaces")),
    "precision": "day",
    "audiences": [],
    "details": {},
}
DAYS = ("happened_on", "effective_on", "until_on")
PLAN = (
    ("A", "政府部门与协会（演示）", "organization", "focus_group", 9),
    ("B", "医院与医养结合机构（演示）", "institution", "field_visit", 19),
    ("C", "医务社工与健康公益从业者（演示）", "person", "interview", 27),
)
SHEETS = 47
ITEMS = (
    {"text": "您所在的机构有医务社工吗？", "type": "choice", "options": ["有专职", "有兼职", "没有"], "is_required": True},
    {"text": "医务社工最缺什么？", "type": "many", "options": ["培训", "督导", "经费", "岗位", "医护了解"]},
    {"text": "从事这项工作几年？", "type": "number", "least": 0, "most": 40, "unit": "年"},
    {"text": "还想说什么？", "type": "text"},
)  # fmt: skip
ADVICE = (
    ("policy", "把医务社工岗位写进区级文件（演示）", "焦点小组：各部门都提到没有岗位依据"),
    ("money", "设一条健康社工小额资助线（演示）", "问卷：经费在最缺的前三项"),
    ("people", "办持证与临床督导两级培训（演示）", "问卷：培训和督导排在最前"),
    ("technology", "统一个案与转介的记录工具（演示）", "参访：多数机构还用纸质表"),
)
ACTIONS = ("起草区级岗位意见稿", "公布资助指南", "完成第一期培训", "选定记录工具并试用")


def registers(officer: User) -> int:
    """The rows of the sources, published by the authority; how many."""
    with acting(officer):
        for kind, title, given in ROWS:
            parts = {**EMPTY, **{key: given[key] for key in given if key != "parties"}}
            parts |= {key: dt.date.fromisoformat(parts[key]) for key in DAYS if parts[key]}
            if parts["region"]:
                parts["region"] = Region.objects.get(pk=parts["region"])
            entry = entry_add(kind=kind, title=title, is_public=True, by=officer, **parts)
            for role, name, held, source in given.get("parties", ()):
                party_add(
                    entry=entry,
                    role=role,
                    name_text=name,
                    as_of_title=held,
                    source=source,
                    by=officer,
                )
        link_add(
            entry=_named("“1357”孵化培育模式"),
            other=_named("“12335”社工站运营模式"),
            note="同一来源",
            by=officer,
        )
    return len(ROWS)


def _named(title: str) -> RegisterEntry:
    return RegisterEntry.objects.get(title=title)


def answers(hospital: Hospital, today: dt.date) -> int:
    """A department's answers to the checklist of the guide; how many."""
    said = (
        ("unit", "met", "院党字〔2020〕示例 1 号：设部门"),
        ("staff", "partly", "专职 5 人，其中 3 人持证（演示）"),
        ("case", "met", "抽查记录，见本系统个案列表（演示）"),
        ("supervision", "met", "督导制度与督导记录（演示）"),
    )
    with acting(hospital.head):
        guide = _named("三级综合医院医务社会工作服务指南")
        for code, standing, evidence in said:
            checklist_answer(
                entry=guide,
                item_code=code,
                department=hospital.msw,
                standing=standing,
                evidence=evidence,
                answered_on=today - dt.timedelta(days=20),
                by=hospital.head,
            )
    return len(said)


def _questionnaire(by: User) -> Any:
    made = questionnaires.questionnaire_begin(
        title="健康社工基线问卷（演示）",
        kind="survey",
        licence="本机构自编（演示）",
        intro="了解本地医务社工与健康公益的现状，结果只以合计公布。",
        by=by,
    )
    for item in ITEMS:
        options = [{"zh": word} for word in item.get("options", ())]
        made = questionnaires.item_put(questionnaire=made, by=by, **{**item, "options": options})
    return questionnaire_steps.questionnaire_release(questionnaire=made, by=by)


def baseline(officer: User, today: dt.date, seed: int) -> int:
    """The study of 2024 as it would have been entered: nine bodies, nineteen institutions, 27 people, 47 sheets."""
    begins, rows = today - dt.timedelta(days=120), 0
    with acting(officer):
        survey = surveys.survey_add(
            title="“和风仁心”人文医疗与健康社工项目基线调研（演示）",
            purpose="摸清顺德医务社工与健康公益的现状、难处和需要，为行动计划打底。",
            scope="顺德区；数字按来源 S4，逐行为演示。",
            partners="示例高校研究中心（演示）",
            methods=["questionnaire", "focus_group", "interview", "field_visit"],
            questionnaire=_questionnaire(officer),
            region=Region.objects.filter(pk=440606).first(),
            project=None,
            starts_on=begins,
            ends_on=today + dt.timedelta(days=1),
            answer_target=SHEETS,
            by=officer,
        )
        groups = [
            surveys.sample_group_add(
                survey=survey,
                letter=letter,
                label=label,
                kind=kind,
                method=method,
                target=n,
                by=officer,
            )
            for letter, label, kind, method, n in PLAN
        ]
        survey = surveys.survey_open(survey=survey, by=officer)
        for group, (letter, label, _kind, method, count) in zip(groups, PLAN, strict=True):
            named = {"B01": "广东医科大学顺德妇女儿童医院", "B02": "和祐医院"}
            for n in range(1, count + 1):
                code = f"{letter}{n:02}"
                name = named.get(code) or (code if letter == "C" else f"示例{label[:2]} {code}")
                day = begins + dt.timedelta(days=n)
                surveys.sample_unit_add(
                    group=group, name=name, reached_on=day, method=method, by=officer
                )
                rows += 1
        for n in range(SHEETS):
            response_enter(
                survey=survey,
                answers=_sheet(n + seed % 7),
                given_on=begins + dt.timedelta(days=n % 60),
                paper_number=f"{n + 1:03}",
                sheet_key=uuid.uuid5(uuid.NAMESPACE_OID, f"sheet {seed} {n}"),
                by=officer,
            )
        survey = survey_close(survey=survey, by=officer)
        _ending(survey, officer, today)
    return rows + SHEETS


def _sheet(n: int) -> dict[str, Any]:
    q1 = 1 if n % 5 < 2 else 2 if n % 5 < 4 else 3
    q2 = sorted({1 + n % 3, 1 + (n * 2) % 5})
    given: dict[str, Any] = {"q1": q1, "q2": q2, "q3": str(n % 12)}
    return given | ({"q4": "希望有人带着做（演示）"} if n % 7 == 0 else {})


def _ending(survey: Any, officer: User, today: dt.date) -> None:
    surveys.survey_write(
        survey=survey,
        findings="多数机构已有专职或兼职医务社工，但培训、督导和经费都不够；医护对这项工作的了解还有限。（演示）",
        limits="问卷由到场的人填写，不能代表全部机构。（演示）",
        by=officer,
    )
    for n, ((pillar, text, basis), title) in enumerate(zip(ADVICE, ACTIONS, strict=True)):
        advice = surveys.survey_advice_add(
            survey=survey, pillar=pillar, text=text, basis=basis, by=officer
        )
        survey_actions.action_add(
            title=f"{title}（演示）",
            pillar=pillar,
            owner=officer if n % 2 else None,
            owner_text="" if n % 2 else "示例区主管部门",
            due_on=today + dt.timedelta(days=30 * (n + 1)),
            advice=advice,
            by=officer,
        )
    link_add(
        entry=entry_add(
            kind="event",
            title="基线调研结果沟通会（演示）",
            by=officer,
            **{**EMPTY, "happened_on": today, "source": "示例"},
        ),
        survey=survey,
        note="产出",
        by=officer,
    )
