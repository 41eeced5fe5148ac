"""The coverage map shows blanks; a donor's wish ranks unfunded projects with a reason for each point."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models.organizations import Code, Region
from msw_portal.kernel.scope import INSTALLATION, scope
from projects.models.cultivation import BudgetLine, Project
from projects.services.coverage import coverage_of, matches_for
from projects.services.taxonomies import taxonomy_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(db):
    """The code lists of the installation, which the small world does without."""
    with scope(org=INSTALLATION, role="system"):
        Code.objects.bulk_create(taxonomy_codes())


def make_project(
    by, title, *, diseases=(), settings=(), region=110101, need="0", approved=None, light=""
):
    project = Project.objects.create(
        organization_id=by.house_id,
        kind=Project.Kind.OTHER,
        title=title,
        unit_name="测试第一医院",
        disease_themes=list(diseases),
        settings=list(settings),
        region_code=region,
        approved_amount=approved,
        light=light,
        starts_on=dt.date(2026, 1, 1),
        created_by=by,
    )
    if Decimal(need):
        BudgetLine.objects.create(
            organization_id=by.house_id,
            project=project,
            line="活动",
            unit_price=Decimal(need),
            quantity=1,
            amount=Decimal(need),
        )
    return project


def test_every_cell_is_counted_and_a_cell_without_projects_is_a_blank(head, acting):
    with acting(head):
        make_project(head, "甲", diseases=["tumour", "cleft"], settings=["ward"])
        make_project(head, "乙", diseases=["tumour"], settings=["ward", "outpatient"])
        make_project(head, "丙", settings=["ward"], region=310101)
        drawn = coverage_of(head)
        grid = drawn.by_setting
        rows, columns = [one.code for one in grid.rows], [one.code for one in grid.columns]
        spot = drawn.spots[rows.index("tumour")][columns.index("ward")]
        assert [(tag.code, n) for tag, n in spot.there] == [("110101", 2)]
        assert [tag.code for tag in spot.missing] == ["310101"]
        cell = {(r, c): grid.cells[n][m] for n, r in enumerate(rows) for m, c in enumerate(columns)}
        assert (cell["tumour", "ward"], cell["tumour", "outpatient"], cell["cleft", "ward"]) == (
            2,
            1,
            1,
        )
        assert cell["", "ward"] == 1  # what names no disease is not lost
        assert grid.total == 3
        blanks = {(row.code, column.code) for row, column in grid.blanks}
        assert ("cleft", "outpatient") in blanks
        assert ("tumour", "ward") not in blanks
        beijing = coverage_of(head, place=Region.objects.get(pk=110000))
        assert beijing.by_setting.total == 2
        assert [one.code for one in beijing.by_region.columns] == ["110101"]


def test_each_rank_says_why_and_funded_projects_are_left_out(head, acting):
    with acting(head):
        make_project(head, "肿瘤本区", diseases=["tumour"], need="10000", light="green")
        make_project(head, "肿瘤外省", diseases=["tumour"], region=310101, need="40000")
        make_project(
            head, "唇腭裂本市", diseases=["cleft"], region=110102, need="20000", light="red"
        )
        make_project(head, "已经够了", diseases=["tumour"], need="5000", approved=Decimal("5000"))
        place = Region.objects.get(pk=110101)
        found = matches_for(head, disease="tumour", place=place, amount=10000)
    assert [(one.title, one.points, one.gap) for one in found] == [
        ("肿瘤本区", 40 + 30 + 20 + 10, Decimal("10000.00")),
        ("肿瘤外省", 40 + 0 + 5 + 0, Decimal("40000.00")),
        ("唇腭裂本市", 0 + 20 + 10 + 0, Decimal("20000.00")),
    ]
    assert found[1].reasons == [
        (40, "病种一致"),
        (0, "不在同一省份"),
        (5, "能补缺口的 25%"),
        (0, "进度还没有评定"),
    ]


def test_both_pages_ask_as_often_for_three_projects_as_for_one(head, acting, client_for):
    client, counted = client_for(head), []
    for count in (1, 2):
        with acting(head):
            for n in range(count):
                make_project(
                    head, f"项目 {count} {n}", diseases=["tumour"], settings=["ward"], need="100"
                )
        for path in ("coverage/", "matching/?disease=tumour&amount=50"):
            client.get(f"/projects/registers/{path}")
            with CaptureQueriesContext(connection) as caught:
                assert client.get(f"/projects/registers/{path}").status_code == 200
            counted.append(len(caught))
    assert counted[:2] == counted[2:]
