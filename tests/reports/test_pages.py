"""Dashboard and reports as their readers meet them: every number opens to exactly its rows."""

import re

import pytest
from django.utils import timezone

from reports.services.dashboards import dashboard_of
from tests.factories.cases import make_case, make_need

COUNT = re.compile(r"共 ([\d,]+) 行")


def _world(worker, acting, count=1):
    with acting(worker):
        for _n in range(count):
            for stage in ("pending", "intake", "intervention", "closed"):
                make_need(make_case(worker, stage=stage), worker)


def test_every_number_opens_to_as_many_rows(worker, head, acting, client_for):
    _world(worker, acting, 2)
    with acting(head):
        dashboard = dashboard_of(by=head, query={"period": "month"})
    client, checked = client_for(head), 0
    for chart in dashboard.charts:
        for series in (*chart.series, *chart.columns):
            for value, url in zip(series.values, series.urls, strict=False):
                if not isinstance(value, int):
                    continue
                text = client.get(url).content.decode()
                found = COUNT.search(text)
                assert int(found.group(1).replace(",", "")) == value, url
                checked += value > 0
    assert checked > 4


def test_key_figures_open_to_their_rows(worker, head, acting, client_for):
    _world(worker, acting)
    with acting(head):
        tiles = dashboard_of(by=head, query={"period": "month"}).tiles
    client = client_for(head)
    for tile in tiles[:3]:
        assert f"共 {tile.value} 行" in client.get(tile.url).content.decode(), tile.label


@pytest.mark.parametrize("rows", [1, 3])
def test_the_dashboard_costs_the_same_for_any_number_of_cases(
    rows, worker, head, acting, client_for, django_assert_max_num_queries
):
    _world(worker, acting, rows)
    client = client_for(head)
    client.get("/reports/")
    with django_assert_max_num_queries(12) as seen:
        assert client.get("/reports/").status_code == 200
    own = [query["sql"] for query in seen.captured_queries if not _is_frame(query["sql"])]
    # Four are every page's: session, person, scope, counts beside the navigation.
    assert len(own) <= 4 + 2, own


def _is_frame(sql: str) -> bool:
    """Savepoints and the test's own emptying of the scope; production has neither."""
    return sql.startswith(("SAVEPOINT", "RELEASE", "SET CONSTRAINTS", "SELECT app.leave"))


@pytest.mark.parametrize("login", ["clinician", "auditor", "secadmin"])
def test_figures_are_not_for_everybody(login, request, client_for):
    client = client_for(request.getfixturevalue(login))
    for path in ("/reports/", "/reports/rows/case_open/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("login", "offered"),
    [
        ("worker", {"work_log"}),
        ("auditor", {"audit_trail"}),
        ("authority", {"projects", "batch", "built", "authority_sheet"}),
        ("clinician", None),
        ("secadmin", None),
    ],
)
def test_everybody_is_offered_the_reports_of_the_role_alone(login, offered, request, client_for):
    answer = client_for(request.getfixturevalue(login)).get("/reports/runs/")
    assert answer.status_code == (404 if offered is None else 200)
    field = answer.content.decode().partition('name="kind"')[2].partition("</select>")[0]
    named = set(re.findall(r'<option value="([a-z_]+)"', field))
    assert named == (offered or set())


def test_the_other_hospital_counts_only_its_own(worker, other_head, acting, client_for):
    _world(worker, acting)
    assert "共 0 行" in client_for(other_head).get("/reports/rows/case_open/").content.decode()


def test_a_report_is_asked_for_once_by_a_double_click(head, client_for, acting):
    from reports.models import ReportRun

    client = client_for(head)
    sent = {**_this_month(), "once": "k"}
    answers = [client.post("/reports/runs/", sent) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    with acting(head):
        assert ReportRun.objects.count() == 1


def _this_month() -> dict[str, str]:
    first = timezone.localdate().replace(day=1)
    return {"kind": "monthly", "period": f"month:{first.isoformat()}"}


def test_a_month_that_is_not_offered_is_refused_with_what_was_typed(head, client_for):
    sent = {"kind": "monthly", "period": "month:1899-01-01"}
    answer = client_for(head).post("/reports/runs/", sent)
    assert answer.status_code == 422
    assert "请从列表中选择期间。" in answer.content.decode()


def test_a_run_of_somebody_else_is_not_there(head, supervisor, client_for):
    location = client_for(head).post("/reports/runs/", _this_month())["Location"]
    assert client_for(supervisor).get(location).status_code == 404
    assert client_for(head).get(location).status_code == 200
