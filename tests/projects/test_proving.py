"""What is derived is computed again by `make prove`: whole work differs nowhere, a changed row is found."""

import pytest
from django.db import connection, transaction

from projects.models.applications import ApplicationVersion
from projects.models.reviews import AssignmentRun, Review, ReviewPlan
from projects.services import proving
from projects.services.proving import proofs, ranks_prove
from projects.services.results import call_rank
from projects.services.review_plans import plan_set
from tests.factories import projects as made
from tests.factories.cultivation import make_running
from tests.factories.donations import as_person
from tests.projects.test_cultivation import _send as send
from tests.projects.test_reviews import given_out, mark, refusal

pytestmark = pytest.mark.django_db


def differing() -> dict[str, int]:
    return {one.name: len(one.differences) for one in proofs() if one.differences}


def changed(table: str, sets: str, pk: int) -> dict[str, int]:
    """What the proofs find after one column of one row was written past the services; it is put back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} WHERE id = %s", [pk])
        assert cursor.rowcount == 1
        found = differing()
        transaction.set_rollback(True)
    return found


def test_ranks_are_recomputed_from_the_marks_and_a_changed_one_is_found(batch):
    given_out(batch)
    # Nobody is ranked yet: there is nothing to compare.
    assert ranks(batch) == (0, {})
    best = {row.pk: points for row, points in zip(batch.rows, (15, 12, 9, 6), strict=True)}
    mark(batch, marks=lambda review, number: {"need": best[review.application_id]})
    with as_person(batch.desk) as by:
        call_rank(call=batch.call, by=by)
    assert ranks(batch) == (4, {})
    first, second = batch.rows[0].pk, batch.rows[1].pk
    table = "projects_application"
    with as_person(batch.desk):
        assert changed(table, "rank = 2", first) == {"ranks of applications": 1}
        assert changed(table, "score_mean = score_mean + 0.001", second) == {
            "ranks of applications": 1
        }
        spread = "score_shown = jsonb_set(score_shown, '{spread}', '\"9.99\"')"
        assert changed(table, spread, second) == {"ranks of applications": 1}


def ranks(batch) -> tuple[int, dict[str, int]]:
    with as_person(batch.desk):
        return ranks_prove().checked, differing()


def test_a_rule_of_the_ranking_stays_once_the_ranks_are_known(batch):
    given_out(batch)
    mark(batch)
    with as_person(batch.desk) as by:
        call_rank(call=batch.call, by=by)
        plan = ReviewPlan.objects.get(call=batch.call)
        names = [
            "sheet",
            "experts_each",
            "most_per_expert",
            "is_blind",
            "opens_on",
            "closes_on",
            "trim_from",
            "spread_alarm",
            "shows_normalised",
            "reserve_places",
            "checklist",
            "tie_order",
        ]
        given = {name: getattr(plan, name) for name in names}
        told = {"call": batch.call, "base": plan.row_version, "by": by}
        assert refusal(plan_set, **told, **given | {"trim_from": 7}) == (
            "review_plan.is_ranked",
            "trim_from",
        )
        assert plan_set(**told, **given | {"reserve_places": 2}).reserve_places == 2


def test_marks_versions_and_assignments_are_what_they_were_made_of(batch):
    given_out(batch)
    mark(batch)
    with as_person(batch.desk):
        assert differing() == {}
        review = Review.objects.filter(state="submitted").select_related("questionnaire").first()
        version, run = ApplicationVersion.objects.first(), AssignmentRun.objects.get()
    # The database lets nobody write these rows: the comparison is shown on copies.
    review.total += 1
    version.payload["title"] = "换了名称"
    run.result = run.result[1:]
    assert list(proving.total_differs([review])) == [(str(review.uid), "80.0", "81.000")]
    assert list(proving.version_differs([version])) == [(str(version.uid), 1)]
    assert list(proving.run_differs([run])) == [(str(run.uid), run.result_hash)]


def test_sums_and_the_meter_of_an_application_are_recomputed(authority, head):
    row = made.make_application(made.make_open_call(authority), head)
    with as_person(head):
        assert (row.completeness < 20, differing()) == (True, {})
    row = made.fill(row, head)
    with as_person(head):
        assert (row.completeness, differing()) == (100, {})
        table = "projects_application"
        assert changed(table, "budget_total = 1", row.pk) == {"budgets of applications": 1}
        assert changed(table, "completeness = 99", row.pk) == {"completeness of applications": 1}


def test_completion_light_and_grade_of_a_project_follow_from_what_is_stored(
    authority, hospital, worker
):
    running = make_running(authority, hospital)
    sent = send(worker, running.report)
    with as_person(authority):
        assert differing() == {}
        report, project = "projects_projectreport", "projects_project"
        completion = "payload = jsonb_set(payload, '{completion}', '\"0.9000\"')"
        assert changed(report, completion, sent.pk) == {"completion in reports": 1}
        percent = "payload = jsonb_set(payload, '{goals,0,percent}', '100')"
        assert changed(report, percent, sent.pk) == {"completion in reports": 1}
        light = (
            'light = \'green\', light_reasons = \'[{"code": "late", "light": "red", "days": 20}]\''
        )
        assert changed(project, light, sent.project_id) == {"lights and grades of projects": 1}
        grade = 'grade = \'excellent\', closing = \'{"mark": "75", "closed_on": "2026-01-05"}\''
        assert changed(project, grade, sent.project_id) == {"lights and grades of projects": 1}
