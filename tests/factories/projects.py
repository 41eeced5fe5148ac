"""Calls and applications for tests, made by the ordinary services."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from departments.models.people import User
from projects.models.applications import Application
from projects.models.calls import Call, CallVersion
from projects.services.applications.submitting import application_submit
from projects.services.applications.writing import application_begin, application_write
from projects.services.calls.clock import calls_sweep
from projects.services.calls.writing import (
    announced,
    call_draft,
    call_edit,
    call_publish,
    content_hash,
)
from tests.factories.donations import as_person

TRACKS = ["公开申报", "定向委托"]


def make_call(
    by: User, *, kind: str = "cultivation", title: str = "示例征集", **facts: Any
) -> Call:
    """A draft with everything that publishing asks for; opens now, closes in ten days."""
    now = timezone.now()
    with as_person(by):
        call = call_draft(kind=kind, title=title, year=now.year, batch=1, by=by)
        return call_edit(
            call=call,
            by=by,
            **{
                "text": "示例公告",
                "contact": "示例联系人 010-00000000",
                "track_names": TRACKS,
                "opens_at": now - dt.timedelta(minutes=1),
                "closes_at": now + dt.timedelta(days=10),
                **facts,
            },
        )


def make_open_call(by: User, **facts: Any) -> Call:
    """A published call that the clock has opened."""
    call = make_call(by, **facts)
    with as_person(by):
        call = call_publish(call=call, by=by)
    calls_sweep([call.organization_id])
    with as_person(by):
        return Call.objects.get(pk=call.pk)


def close_now(call: Call, by: User) -> None:
    """The call's time is over, by a second version of the announcement; the service refuses to go back in time."""
    with as_person(by):
        Call.objects.filter(pk=call.pk).update(version=2, closes_at=timezone.now())
        call = Call.objects.get(pk=call.pk)
        content = announced(call)
        CallVersion(
            organization_id=call.organization_id,
            call=call,
            version=2,
            content=content,
            content_hash=content_hash(content),
            note="截止时间提前",
            created_by=by,
        ).save(force_insert=True)


def make_application(call: Call, by: User, title: str = "示例项目") -> Application:
    """A draft with a title and nothing else."""
    with as_person(by):
        return application_begin(call=call, title=title, track="t1", by=by)


FIVE = ["community", "organization", "social_worker", "volunteer", "charity"]
PEOPLE = [
    {"name": "示例社工甲", "profession": "social_worker", "title": "社工师", "fte": Decimal("0.5")},
    {"name": "示例医生乙", "profession": "doctor", "title": "主治医师", "fte": Decimal("0.2")},
]
ROWS: dict[str, list[dict[str, Any]]] = {
    "leader": [{"name": "示例负责人", "title": "主任", "phone": "13800000000"}],
    "team": PEOPLE,
    "five": [
        {"five": one, "name": "示例参与方", "part": "协助"}
        if one != "charity"
        else {"five": one, "blank_reason": "本期没有慈善资源参与"}
        for one in FIVE
    ],
    "milestones": [
        {"on": "第 1 月", "what": "启动", "result": "方案"},
        {"on": "第 6 月", "what": "总结", "result": "报告"},
    ],
    "indicators": [
        {"name": "个案", "unit": "例", "weight": 60, "target": 20, "source": "cases"},
        {"name": "小组", "unit": "个", "weight": 40, "target": 4, "source": "groups"},
    ],
    "budget": [
        {"line": "小组活动", "unit_price": "800.00", "quantity": 10, "source": "asked"},
        {"line": "管理费", "unit_price": "1000.00", "quantity": 1, "source": "asked",
         "is_management": True},
    ],
    "partners": [],
}  # fmt: skip


def fill(application: Application, by: User) -> Application:
    """Write every section of the form."""
    day = timezone.localdate()
    for section in application.call.form["sections"]:
        columns, answers = {}, {}
        for field in section["fields"]:
            if field["type"] == "column":
                columns[field["code"]] = _column(field["code"], application, day)
            else:
                answers[field["code"]] = _answer(field)
        table = section["table"]
        rows = [_row(row) for row in ROWS[table]] if table else None
        with as_person(by):
            application = application_write(
                application=application,
                section=section["code"],
                columns={name: value for name, value in columns.items() if value is not None},
                answers=answers,
                rows=rows,
                by=by,
            )
    return application


def _column(code: str, application: Application, day: dt.date) -> Any:
    known = {
        "title": application.title,
        "track": "t1",
        "target_group": "住院儿童和家属",
        "starts_on": day + dt.timedelta(days=60),
        "ends_on": day + dt.timedelta(days=360),
        "settings": ["ward"],
        "outputs": ["counselling", "support"],
        "strategies": ["child_friendly"],
    }
    return known.get(code)


def _answer(field: dict[str, Any]) -> Any:
    kinds = {"integer": 20, "number": 20, "yes": True, "date": "2020-01-01"}
    if field["type"] in {"choice", "choices"}:
        first = field["options"][0]
        return [first] if field["type"] == "choices" else first
    return kinds.get(field["type"], "示例文字")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {"unit_price", "quantity", "weight", "target"}
    return {name: Decimal(value) if name in numbers else value for name, value in row.items()}


def submit(application: Application, by: User) -> Application:
    """Handed in by whoever may, as written."""
    with as_person(by):
        return application_submit(application=application, by=by).application
