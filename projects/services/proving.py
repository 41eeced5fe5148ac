"""Recomputation of what projects and their review derive: sums, meters, marks, ranks, completion. As the owner."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from departments.services.proving import Proof, prove
from msw_portal.kernel.questionnaire.scoring import score
from projects.models.applications import Application, ApplicationParty, ApplicationVersion
from projects.models.calls import Call
from projects.models.cultivation import BudgetLine, Project, ProjectIndicator, ProjectReport
from projects.models.reviews import AssignmentRun, Review
from projects.services.applications.completeness import meter
from projects.services.applications.content import Whole
from projects.services.assigning import assignment_replay
from projects.services.calls.writing import content_hash
from projects.services.progress import Goal, completion_of, grade_of
from projects.services.results import marks_of, shown, standings_of
from projects.workflow.calls import ApplicationState, CallState
from projects.workflow.reviews import ReviewState

A = ApplicationState
AT_ONCE = 500
SHOWN = 10
RANKED = (CallState.RANKED, CallState.NOTICED, CallState.DECIDED, CallState.ARCHIVED)
PLACED = (A.SCORED, A.PROPOSED, A.RESERVE, A.NOT_SELECTED, A.SELECTED, A.APPROVED)

BUDGETS = """
    SELECT a.uid::text, a.budget_total::text, a.budget_asked::text
      FROM projects_application a
      LEFT JOIN (SELECT application_id, sum(amount) AS whole, sum(amount) FILTER (WHERE source = 'asked') AS asked
                   FROM projects_budgetline WHERE application_id IS NOT NULL GROUP BY 1) b ON b.application_id = a.id
     WHERE (a.budget_total, a.budget_asked) IS DISTINCT FROM (coalesce(b.whole, 0), coalesce(b.asked, 0))
"""


def budgets_prove() -> Proof:
    """The sums of an application are those of its lines."""
    return prove("budgets of applications", "SELECT FROM projects_application", BUDGETS)


def completeness_prove() -> Proof:
    """The meter of an application, counted again; one whose form was amended since is counted when it is next saved."""
    frozen = ApplicationVersion.objects.filter(
        application=OuterRef("pk"), version=OuterRef("submitted_version")
    )
    rows = Application.objects.filter(
        Q(submitted_version=0, told_version=F("call__version"))
        | Exists(frozen.filter(call_version=OuterRef("call__version")))
    )
    return _proof("completeness of applications", rows.select_related("call"), meter_differs)


def meter_differs(rows: list[Application]) -> Iterator[tuple]:
    parts = {"application__in": rows}
    parties = _by_application(ApplicationParty.objects.filter(**parts).select_related("partner"))
    indicators = _by_application(ProjectIndicator.objects.filter(**parts))
    budget = _by_application(BudgetLine.objects.filter(**parts))
    for row in rows:
        whole = Whole(row, *(one.get(row.pk, []) for one in (parties, indicators, budget)))
        percent = meter(whole).percent
        if percent != row.completeness:
            yield str(row.uid), percent, row.completeness


def _by_application(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.application_id, []).append(row)
    return found


def versions_prove() -> Proof:
    """What was handed in is what its hash says."""
    return _proof(
        "versions of applications", ApplicationVersion.objects.all(), version_differs, at_once=100
    )


def version_differs(rows: list[ApplicationVersion]) -> Iterator[tuple]:
    for row in rows:
        if content_hash(row.payload) != row.payload_hash:
            yield str(row.uid), row.version


def runs_prove() -> Proof:
    """Every assignment comes out again from its stored inputs and seed."""
    return _proof("assignments of experts", AssignmentRun.objects.all(), run_differs, at_once=20)


def run_differs(rows: list[AssignmentRun]) -> Iterator[tuple]:
    for row in rows:
        if not assignment_replay(row)[1]:
            yield str(row.uid), row.result_hash


def marks_prove() -> Proof:
    """The total of sent marks is what its sheet makes of them."""
    sent = Review.objects.filter(state__in=(ReviewState.SUBMITTED, ReviewState.VOIDED))
    return _proof("totals of marks", sent.select_related("questionnaire"), total_differs)


def total_differs(rows: list[Review]) -> Iterator[tuple]:
    for row in rows:
        total = score(row.questionnaire.definition, row.answers).total or Decimal(0)
        if total != row.total:
            yield str(row.uid), str(total), str(row.total)


def ranks_prove() -> Proof:
    """Mean, rank and what decided, of every call that is ranked and has nothing in review again."""
    again = Application.objects.filter(call=OuterRef("pk"), state=A.IN_REVIEW)
    calls = Call.objects.filter(~Exists(again), state__in=RANKED, review_plan__isnull=False)
    checked, found = 0, []
    for call in calls.select_related("review_plan").order_by("pk"):
        marks, _progress = marks_of(call)
        wanted = {one.application: one for one in standings_of(call, call.review_plan, marks)}
        rows = Application.objects.filter(call=call, state__in=PLACED).order_by("pk")
        for row in rows.only("uid", "score_mean", "rank", "score_shown"):
            one = wanted.get(str(row.uid))
            want = (one.mean, one.rank, shown(one)) if one else (None, None, None)
            if want != (row.score_mean, row.rank, row.score_shown):
                found.append((str(row.uid), one and one.rank, row.rank))
            checked += 1
    return Proof("ranks of applications", checked, tuple(found[:SHOWN]))


def reports_prove() -> Proof:
    """The completion that a report froze is sum of weight x min(actual / target, 1) over its own goals."""
    sent = ProjectReport.objects.filter(submitted_at__isnull=False, payload__has_key="goals")
    return _proof("completion in reports", sent, report_differs)


def report_differs(rows: list[ProjectReport]) -> Iterator[tuple]:
    for row in rows:
        told = row.payload["goals"]
        goals = [_goal_of(one) for one in told]
        wrong = [
            one["name"]
            for one, goal in zip(told, goals, strict=True)
            if one["percent"] != goal.percent
        ]
        # Reports of before their weights were frozen too have percents alone.
        is_weighed = all("weight" in one for one in told)
        if is_weighed and str(completion_of(goals)) != row.payload["completion"]:
            wrong.append(row.payload["completion"])
        if wrong:
            yield str(row.uid), *wrong


def _goal_of(told: dict[str, Any]) -> Goal:
    row = SimpleNamespace(
        weight=Decimal(told.get("weight", 0)), target=Decimal(told["target"]), is_before_after=False
    )
    actual = told["actual"]
    return Goal(row, None if actual is None else Decimal(actual))


def standings_prove() -> Proof:
    """A light is the worst of its reasons, a grade follows from its mark by the bands of its day."""
    return _proof("lights and grades of projects", Project.objects.all(), standing_differs)


def standing_differs(rows: list[Project]) -> Iterator[tuple]:
    for row in rows:
        lights = {one["light"] for one in row.light_reasons}
        worst = next((one for one in ("red", "amber") if one in lights), "")
        if worst != row.light and (worst or row.light not in ("green", "")):
            yield str(row.uid), worst, row.light
        mark = row.closing.get("mark")
        if mark is not None:
            grade = grade_of(Decimal(mark), dt.date.fromisoformat(row.closing["closed_on"]))
            if grade != row.grade:
                yield str(row.uid), grade, row.grade


def _proof(name: str, rows: Any, differing: Any, at_once: int = AT_ONCE) -> Proof:
    """Walk rows by key in batches of a constant number of queries each."""
    checked, found, last = 0, [], 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:at_once]):
        last = batch[-1].pk
        checked += len(batch)
        found += differing(batch)
    return Proof(name, checked, tuple(found[:SHOWN]))


def proofs() -> list[Proof]:
    """Every proof of this app."""
    return [
        budgets_prove(),
        completeness_prove(),
        versions_prove(),
        runs_prove(),
        marks_prove(),
        ranks_prove(),
        reports_prove(),
        standings_prove(),
    ]
