"""Dashboards by role: every number opens to as many rows, filters narrow or say that they do not, numbers leave as CSV."""

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.models.casework import Case
from cases.models.groups import Attendance
from departments.models.organizations import Department, Organization
from departments.models.trail import AuditEntry
from reports.indicators.library import INDICATORS
from reports.models import IndicatorSnapshot
from reports.services.boards.asking import asking_of
from reports.services.boards.checking import words_shortcoming
from reports.services.boards.parts import FILTERED, FOUNDATION, HOSPITAL, PLOTS
from reports.services.boards.words import said
from reports.services.dashboards import dashboard_of
from reports.services.rows import SOURCES
from tests.cases.pages import statements
from tests.factories.cases import make_case, make_client, make_contact, make_episode, make_need
from tests.factories.gifts import staff_of
from tests.factories.groups import make_event, make_group, make_member, make_session
from tests.factories.volunteers import coordinator_of, make_post, make_service, make_volunteer

COUNT = re.compile(r"共 ([\d,]+) 行")
TODAY = dt.date(2026, 11, 23)
HELD = {
    "state": "held",
    "record": {"flow": "自我介绍"},
    "recorded_at": timezone.now(),
    "attainment": 4,
}
# The charts of each part that the world has something to say about.
SEEN = {
    "overview": {"flow", "stages", "sources", "needs"},
    "service": {"contacts", "modes", "response", "groups", "activities", "endings"},
    "wards": {"wards", "diseases"},
    "aid": set(),
    "team": {"load", "worker-contacts", "volunteers"},
    "all": {"flow", "wards", "load"},
}


@pytest.fixture
def ward(worker, acting) -> Department:
    with acting(worker):
        return Department.objects.filter(organization_id=worker.house_id, kind="ward").first()


@pytest.fixture
def world(worker, ward, acting):
    """Cases in every stage, with a need and a contact each; one of two has a stay in a ward."""

    def make(count: int = 1) -> None:
        with acting(worker):
            for n in range(count):
                for stage in ("pending", "intake", "intervention", "closed"):
                    person = make_client(worker)
                    stay = make_episode(person, worker, disease_group="白血病", ward=ward)
                    case = make_case(
                        worker, stage=stage, client=person, episode=stay if n % 2 == 0 else None
                    )
                    make_need(case, worker)
                    if stage != "pending":
                        make_contact(case, worker)

    return make


def _links(dashboard):
    for chart in dashboard.charts:
        for series in (*chart.series, *chart.columns):
            for value, url in zip(series.values, series.urls, strict=False):
                if url and isinstance(value, int):
                    yield chart.id, value, url


def _count(client, url) -> int:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return int(COUNT.search(answer.content.decode()).group(1).replace(",", ""))


@pytest.fixture
def coordinator(db, hospital):
    return coordinator_of(hospital)


@pytest.fixture
def office(db, hospital):
    return staff_of(hospital, "office", "office")


@pytest.fixture
def more(worker, coordinator, acting):
    """What is no case: a group's session with one who came and one who did not, an activity, hours."""
    with acting(worker):
        group = make_group(worker)
        session = make_session(group, worker, **HELD)
        for alias, presence in (("向日葵", "present"), ("小帆船", "absent")):
            member = make_member(group, worker, alias)
            Attendance.objects.create(
                organization_id=worker.house_id,
                created_by=worker,
                session=session,
                member=member,
                presence=presence,
            )
        make_event(worker, state="held", persons=12, person_times=14, result="讲完了")
    with acting(coordinator):
        make_service(make_volunteer(coordinator), make_post(coordinator), coordinator)


@pytest.mark.parametrize("part", HOSPITAL)
def test_every_number_of_a_part_opens_to_as_many_rows(part, world, more, head, acting, client_for):
    world(2)
    with acting(head):
        dashboard = dashboard_of(by=head, query={"part": part, "period": "last12"})
    client, checked = client_for(head), set()
    for name, value, url in _links(dashboard):
        if "activity_persons" not in url:  # the persons of the activities are counted, not these
            assert _count(client, url) == value, (name, url)
            checked |= {name} if value else set()
    assert checked >= SEEN[part]


def test_rows_of_activities_add_up_to_their_persons(more, head, acting, client_for):
    with acting(head):
        found = dashboard_of(by=head, query={"part": "service", "period": "last12"})
    chart = next(one for one in found.charts if one.id == "activities")
    assert list(chart.series[1].values) == [12]
    assert ">12<" in client_for(head).get(chart.series[1].urls[0]).content.decode()


def test_where_there_is_no_number_no_unit_stands_behind_a_dash(head, client_for):
    page = client_for(head).get("/reports/").content.decode()
    assert "这段时间没有分派" in page
    assert not [
        unit for unit in ("小时", "天", "%") if f"— {unit}" in page or f"—<small>{unit}" in page
    ]


@pytest.mark.parametrize("kind", ["ward", "disease", "worker"])
@pytest.mark.parametrize("part", ["overview", "service"])
def test_a_filter_narrows_numbers_and_rows_alike(
    kind, part, world, worker, ward, head, acting, client_for
):
    world(2)
    value = {"ward": ward.uid, "disease": "白血病", "worker": worker.uid}[kind]
    query = {"part": part, "period": "last12", "only": f"{kind}:{value}"}
    with acting(head):
        Case.objects.filter(ward__isnull=True).update(worker=head)
        found = dashboard_of(by=head, query=query)
    client, seen = client_for(head), 0
    for name, number, url in _links(found):
        assert f"only={kind}" in url
        assert _count(client, url) == number, (name, url)
        seen += number
    assert seen > 0
    text = client.get("/reports/", query).content.decode()
    assert ("选了一项以后不列它们" in text) == (part == "service")


def test_half_of_the_cases_are_in_the_ward(world, ward, head, acting):
    world(2)
    with acting(head):
        whole, part = (
            dashboard_of(by=head, query=query).tiles[0].value
            for query in ({}, {"only": f"ward:{ward.uid}"})
        )
    assert (whole, part) == ("4", "2")


def test_what_a_filter_does_not_touch_is_named_and_not_shown(world, ward, head, acting):
    world()
    with acting(head):
        found = dashboard_of(by=head, query={"part": "team", "only": f"ward:{ward.uid}"})
    assert [str(name) for name in found.untouched] == [
        "志愿服务时长",
        "每名社工的在案权重",
        "每名社工的服务人次",
        "在岗人员",
        "项目，按状态",
    ]
    assert found.charts == ()


@pytest.mark.parametrize(
    ("only", "fault"),
    [
        ("ward:nobody", "没有这样的筛选，现在看的是全部。"),
        ("ward:01a22b98-124d-70d5-a1bf-67c0ca1e2c1e", "没有这样的筛选，现在看的是全部。"),
        ("shoe:1", "没有这样的筛选，现在看的是全部。"),
    ],
)
def test_a_filter_that_nobody_knows_is_told(only, fault, head, client_for):
    assert fault in client_for(head).get("/reports/", {"only": only}).content.decode()


def _asked(**query):
    return asking_of(query, parts=["overview", "team"], today=TODAY, may_filter=True)


@pytest.mark.parametrize(
    ("query", "first", "last", "before"),
    [
        ({}, (2026, 11), (2026, 11), (2026, 10)),
        ({"period": "before"}, (2026, 10), (2026, 10), (2026, 9)),
        ({"period": "quarter"}, (2026, 10), (2026, 11), (2026, 8)),
        ({"period": "year"}, (2026, 1), (2026, 11), (2025, 2)),
        ({"period": "last12"}, (2025, 12), (2026, 11), (2024, 12)),
        ({"period": "span", "from": "2026-02", "to": "2026-04"}, (2026, 2), (2026, 4), (2025, 11)),
    ],
)
def test_a_period_is_of_whole_months(query, first, last, before):
    asked = _asked(**query)
    found = [asked.first, asked.last, asked.before[0]]
    assert found == [dt.date(*one, 1) for one in (first, last, before)]
    assert len(asked.before) == len(asked.span)


@pytest.mark.parametrize(
    "query",
    [
        {"period": "span", "from": "2026-04", "to": "2026-02"},
        {"period": "span", "from": "2020-01", "to": "2026-02"},
        {"period": "span", "from": "x", "to": "2026-02"},
        {"period": "span", "from": "2026-02", "to": "2027-02"},
        {"period": "fortnight"},
    ],
)
def test_a_period_that_is_none_is_this_month_and_says_so(query):
    asked = _asked(**query)
    assert (asked.period, asked.first, asked.fault != "") == ("month", dt.date(2026, 11, 1), True)


@pytest.mark.parametrize(
    ("day", "query", "period", "young"),
    [
        (1, {}, "before", 1),
        (7, {"part": "team"}, "before", 7),
        (8, {}, "month", 0),
        (1, {"period": "month"}, "month", 0),
        (1, {"period": "before"}, "before", 0),
    ],
)
def test_of_a_month_that_has_only_begun_the_one_before_is_opened(day, query, period, young):
    asked = asking_of(
        query, parts=["overview", "team"], today=dt.date(2026, 12, day), may_filter=True
    )
    assert (asked.period, asked.young) == (period, young)
    assert asked.last == dt.date(2026, 11 if period == "before" else 12, 1)


def test_a_page_of_the_month_before_leads_to_this_one(world, head, acting):
    world()
    with acting(head):
        early, later = (dashboard_of(by=head, today=dt.date(2026, 12, day)) for day in (1, 8))
    assert (early.period_said, early.this_month) == (
        "2026-11",
        "/reports/?part=overview&period=month",
    )
    assert (later.period_said, later.this_month) == ("2026-12", "")


def test_a_saved_view_keeps_the_filter_and_stays_relative(head, client_for):
    client = client_for(head)
    kept = {"list": "dashboard", "name": "季度", "query": "part=team&period=quarter&after=x"}
    answer = client.post("/views/", kept)
    assert answer["Location"] == "/reports/?part=team&period=quarter"
    assert "季度" in client.get("/reports/").content.decode()


def test_a_worker_reads_and_opens_the_own_numbers_alone(world, worker, head, acting, client_for):
    world(2)
    with acting(head):
        make_case(head, stage="intake", client=make_client(head))
    client = client_for(worker)
    with acting(worker):
        found = dashboard_of(by=worker, query={"only": f"worker:{head.uid}"})
    assert found.tiles[0].value == "4"
    for name, value, url in _links(found):
        assert _count(client, url) == value, (name, url)
    assert _count(client, f"/reports/rows/case_open/?only=worker:{head.uid}") == 4
    assert client.get("/reports/rows/referral_in/").status_code == 404


def test_numbers_say_of_whom_alone_they_are(world, worker, ward, head, acting, client_for):
    world()
    with acting(worker):
        own = dashboard_of(by=worker)
    with acting(head):
        whole = dashboard_of(by=head)
        part = dashboard_of(by=head, query={"only": f"ward:{ward.uid}"})
    assert own.tiles[0].basis.startswith("本部门全部已分派的未结束个案（只计您本人的），")
    assert whole.tiles[0].basis.startswith("本部门全部已分派的未结束个案，")
    assert part.tiles[0].basis.startswith(
        f"本部门全部已分派的未结束个案（只计病区：{ward.name}），"
    )
    assert "我的工作" in client_for(worker).get("/reports/").content.decode()


def test_a_line_that_ends_in_the_month_that_runs_says_so(world, head, acting):
    world()
    with acting(head):
        now, then = (
            next(one for one in dashboard_of(by=head, query=query).charts if one.id == "flow")
            for query in (
                {"period": "month"},
                {"period": "span", "from": "2026-02", "to": "2026-03"},
            )
        )
    assert str(now.title).endswith("（本月未完）")
    assert str(then.title).endswith("2026-03")


def test_a_worker_of_the_department_is_not_offered_other_parts(worker, client_for):
    text = client_for(worker).get("/reports/?part=team").content.decode()
    assert "每名社工的在案权重" not in text


def test_the_office_reads_the_hospital_and_opens_no_row(world, worker, office, acting, client_for):
    world()
    with acting(office):
        found = dashboard_of(by=office)
    assert found.tiles[0].value == "2"
    assert not list(_links(found))
    assert client_for(office).get("/reports/rows/case_open/").status_code == 404


@pytest.mark.parametrize("code", sorted(SOURCES))
def test_rows_of_every_figure_are_there_for_the_head_and_not_for_a_clinician(
    code, head, clinician, client_for
):
    assert client_for(head).get(f"/reports/rows/{code}/").status_code == 200
    assert client_for(clinician).get(f"/reports/rows/{code}/").status_code == 404


def test_rows_lead_back_to_the_same_dashboard(world, head, client_for):
    world()
    query = {"only": "disease:白血病", "back": "part=service&period=year&evil=1"}
    text = client_for(head).get("/reports/rows/case_new/", query).content.decode()
    assert 'href="/reports/?part=service&amp;period=year"' in text


def test_open_cases_say_how_they_came_about_while_the_period_runs(worker, head, acting):
    today = timezone.localdate()
    now, first = timezone.now(), timezone.make_aware(dt.datetime(today.year, today.month, 1))
    before = first - dt.timedelta(days=3)
    with acting(worker):
        make_case(worker, opened_at=before, assigned_at=before)
        make_case(worker, opened_at=before, assigned_at=before, stage="closed", closed_at=now)
        make_case(worker, opened_at=before, assigned_at=now)
        make_case(worker, opened_at=now, stage="pending")
    with acting(head):
        runs, over = (
            dashboard_of(by=head, query={"period": period}).tiles[0]
            for period in ("month", "before")
        )
    assert runs.value == over.value == "2"
    assert runs.sub.startswith("= 2 + 1 − 1（期初 + 新开 − 结束）")
    assert "期初" not in over.sub


@pytest.mark.parametrize("part", HOSPITAL)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_part_asks_one_statement_of_its_own(part, rows, world, head, acting):
    world(rows)
    with acting(head), CaptureQueriesContext(connection) as seen:
        dashboard_of(by=head, query={"part": part})
    assert len(seen) == 1


@pytest.mark.parametrize("who", ["head", "worker", "supervisor", "office", "officer", "authority"])
def test_a_board_is_five_statements_with_the_frame_around_it(who, world, request, client_for):
    world()
    asked = statements(client_for(request.getfixturevalue(who)), "/reports/")
    # The last is the test's own: nothing commits here.
    assert [one for one in asked if "app.leave()" not in one][5:] == []


@pytest.mark.parametrize(("kind", "opened"), [("ward", "2"), ("worker", "2")])
def test_a_filter_is_understood_in_the_same_statement(
    kind, opened, world, ward, worker, head, acting
):
    """In the ward are two open cases; the one that nobody has taken yet is not in the work."""
    world()
    uid = {"ward": ward.uid, "worker": worker.uid}[kind]
    with acting(head), CaptureQueriesContext(connection) as seen:
        found = dashboard_of(by=head, query={"only": f"{kind}:{uid}"})
    assert len(seen) == 1
    assert (found.asking.only.kind, found.tiles[0].value) == (kind, opened)


def _charts(by, parts, acting):
    with acting(by):
        for part in parts:
            yield from dashboard_of(by=by, query={"part": part}).charts


def test_lines_and_no_other_chart_are_read_over_the_trend(head, officer, acting):
    drawn = [*_charts(head, HOSPITAL, acting), *_charts(officer, FOUNDATION, acting)]
    assert {one.id for one in drawn} == set(PLOTS)
    assert {one.id for one in drawn if one.kind == "line"} == {
        plot.id for plot in PLOTS.values() if plot.is_line
    }


def test_every_figure_that_is_shown_has_words_and_one_without_them_is_named_at_the_start():
    assert words_shortcoming(None) == ""
    assert "shoe_size" in words_shortcoming(None, ["case_new", "shoe_size"])


def test_the_board_says_what_the_library_says_of_the_same_number():
    for code in ("goal_rate", "contact_done", "group_session", "volunteer_hours"):
        assert (said(code).name, said(code).words) == (
            INDICATORS[code].name,
            INDICATORS[code].words,
        )


def test_a_disease_that_nobody_has_now_stays_chosen(world, head, acting):
    world()
    with acting(head):
        found = dashboard_of(by=head, query={"only": "disease:麻风"})
    options = {str(kind): choices for kind, choices in found.choices}["疾病类别"]
    assert [(one.text, one.is_now) for one in options] == [("白血病", False), ("麻风", True)]
    assert found.tiles[0].value == "0"


def test_numbers_leave_as_csv_that_no_spreadsheet_runs(world, head, auditor, acting, client_for):
    world(2)
    with acting(head):
        Case.objects.update(disease_group="=1+1")
    answer = client_for(head).get("/reports/charts/diseases.csv?part=wards&period=last12")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["疾病类别", "件"], ["'=1+1", "6"]]
    assert answer["Content-Disposition"].startswith("attachment")
    with acting(auditor):
        entry = AuditEntry.objects.get(action="dashboard.download")
        assert all(word in entry.body for word in ('"diseases"', '"csv"'))


def test_a_chart_of_another_role_is_not_there(head, clinician, client_for):
    assert client_for(head).get("/reports/charts/gifts.csv").status_code == 404
    assert client_for(clinician).get("/reports/charts/flow.csv").status_code == 404


def _release(by, month, value, *, code="case_new", hidden=False, released=True, version=1):
    after = (month + dt.timedelta(days=32)).replace(day=1)
    IndicatorSnapshot.objects.create(
        organization_id=by.house_id,
        created_by=by,
        indicator=code,
        period=DateRange(month, after),
        dims={},
        dims_hash=1,
        region_code=Organization.objects.get(pk=by.house_id).region_id,
        value=None if hidden else value,
        is_suppressed=hidden,
        frozen_at=timezone.now(),
        released_at=timezone.now() if released else None,
        version=version,
        inputs_hash=b"0" * 32,
    )


def test_an_authority_adds_up_what_was_released_and_nothing_else(
    head, other_head, authority, acting, client_for
):
    month = timezone.localdate().replace(day=1)
    last = (month - dt.timedelta(days=1)).replace(day=1)
    with acting(head):
        _release(head, last, 40)
        _release(head, last, 41, version=2)
        _release(head, month, 900, released=False)
        _release(head, last, 3, code="case_closed", hidden=True)
    with acting(other_head):
        _release(other_head, last, 9)
    with acting(authority):
        found = dashboard_of(by=authority)
    assert [(str(tile.label), tile.value) for tile in found.tiles] == [
        ("新开个案", "50"),
        ("结案", "—"),
    ]
    closed = next(one for one in found.charts if one.id == "case-closed-regions")
    assert [cell.text for _name, cells in closed.rows for cell in cells] == ["1", "1", "—"]
    text = client_for(authority).get("/reports/").content.decode()
    assert "900" not in text
    assert "/reports/rows/" not in text
    with acting(authority), CaptureQueriesContext(connection) as seen:
        dashboard_of(by=authority)
    assert len(seen) == 1


def test_an_authority_looks_into_its_own_regions_only(authority, acting):
    with acting(authority):
        own = dashboard_of(by=authority).region
        assert dashboard_of(by=authority, query={"region": "440000"}).region == own
        assert dashboard_of(by=authority, query={"region": "x"}).region == own


def test_the_foundation_has_aid_and_gifts(officer, client_for):
    text = client_for(officer).get("/reports/?part=gifts").content.decode()
    assert "捐赠收入（元），按渠道" in text
    assert "每名社工" not in text


def test_filtered_figures_are_those_the_rows_can_be_narrowed_by():
    assert {code for code, source in SOURCES.items() if len(source.chosen) == 3} == FILTERED
