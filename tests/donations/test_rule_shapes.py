"""Every kind of rule has a shape and a reader: what the portal could not obey is refused, an old row that is crooked counts as none."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.organizations import DatedRule, Region
from departments.services import registers, rule_shapes
from departments.services.policies import export_rule
from departments.services.registers import rule_add
from donations.models.disclosure import CharityYear
from donations.services.appeal_rules import USUAL, days_of, rule_on
from donations.services.disclosure import plan_for
from donations.services.receipts_due import late_before
from donations.services.year_figures import year_view
from msw_portal.kernel.scope import INSTALLATION, scope
from projects.services.progress import LightRule, grade_of, light_rule
from reports.services.reference import reference_install
from tests.factories.donations import as_person
from volunteers.services.stars import USUAL as USUAL_STARS
from volunteers.services.stars import star_levels

TODAY = timezone.localdate()
ROOT = Path(__file__).parents[2]
# Where a kind is only listed, entered or said.
NO_READERS = {"registers.py", "rule_shapes.py", "rule_words.py", "reference.py", "staff_rules.py"}
RATIO = {"base": "income", "least": "0.70", "management_most": "0.10"}
DUTY = {"about": "event", "event": "major", "days": 30, "publishes": "event"}


@pytest.fixture
def add(db, sysadmin, acting):
    """Enter a rule as the system administrator does."""

    def enter(kind: str, params: dict, **given):
        with acting(sysadmin):
            return rule_add(
                kind=kind,
                params=params,
                valid_from=given.pop("valid_from", TODAY),
                article="",
                source="演示文号",
                by=sysadmin,
                **given,
            )

    return enter


def _old(kind: str, params: dict, **given) -> None:
    """A row from before there were shapes; the row of the portal's own goes."""
    with scope(org=INSTALLATION, role="sysadmin"):
        DatedRule.objects.filter(kind=kind, applies_key=given.get("applies_key", "")).delete()
        DatedRule.objects.create(
            kind=kind, params=params, valid=DateRange(dt.date(2020, 1, 1), None), **given
        )


# ── every kind ───────────────────────────────────────────────────────────────


def test_every_kind_that_can_be_entered_has_a_reader_and_words():
    code = "".join(
        path.read_text()
        for app in ("departments", "cases", "volunteers", "projects", "donations", "reports")
        for path in (ROOT / app).rglob("*.py")
        if path.name not in NO_READERS and "migrations" not in path.parts
    )
    offered = {kind for kind, _words in registers.kinds_offered()}
    assert offered == rule_shapes.kinds()
    assert {one for one in offered if not re.search(rf"[\"']{one}[\"']", code)} == set()


def test_the_rows_that_come_with_the_portal_fit_their_shapes(db):
    with scope(role="system"):
        reference_install()
        rows = [row for row in DatedRule.objects.all() if row.kind in rule_shapes.kinds()]
    assert len(rows) > 40
    assert [f"{row.kind} {row.applies_key}" for row in rows if not rule_shapes.is_sound(row)] == []


@pytest.mark.parametrize(
    ("kind", "key", "params", "rule", "field"),
    [
        ("charity_ratio", "public_foundation", {"base": "income"}, "needs_name", "params"),
        (
            "charity_ratio",
            "public_foundation",
            RATIO | {"least": "七成"},
            "out_of_bounds",
            "params",
        ),
        ("charity_ratio", "public_foundation", RATIO | {"least": "NaN"}, "out_of_bounds", "params"),
        ("charity_ratio", "public_foundation", RATIO | {"least": "70"}, "out_of_bounds", "params"),
        (
            "charity_ratio",
            "public_foundation",
            RATIO | {"base": "money"},
            "out_of_bounds",
            "params",
        ),
        ("charity_ratio", "all_of_them", RATIO, "unknown_key", "applies_key"),
        ("appeal_limit", "", {"raise": "两周"}, "out_of_bounds", "params"),
        ("appeal_limit", "angel", {"raise": 30}, "unknown_key", "applies_key"),
        ("disclosure_deadline", "major_event", DUTY | {"days": "三十"}, "out_of_bounds", "params"),
        ("disclosure_deadline", "major_event", DUTY | {"months": 3}, "one_of", "params"),
        ("disclosure_deadline", "major_event", DUTY | {"event": "closed"}, "pair", "params"),
        (
            "disclosure_deadline",
            "annual_report",
            {"about": "year", "event": "closed", "month_day": "02-29"},
            "out_of_bounds",
            "params",
        ),
        ("disclosure_deadline", "receipt", DUTY, "out_of_bounds", "params"),
        ("star_level", "", {"hours": [300, 100]}, "out_of_bounds", "params"),
        ("star_level", "", {"hours": [1, 2, 3, 4, 5, 6]}, "out_of_bounds", "params"),
        ("small_cells", "", {"below": 5}, "unknown_key", "applies_key"),
        ("export_limit", "", {"per_day": 0}, "out_of_bounds", "params"),
        ("export_limit", "", {"files": 5}, "unknown_name", "params"),
        ("project_light", "", {"red_late_days": "15 天"}, "out_of_bounds", "params"),
        ("password", "", {"classes": True}, "out_of_bounds", "params"),
        ("lunch_break", "", {"minutes": 60}, "unknown_kind", "kind"),
    ],
)
def test_what_could_not_be_obeyed_is_refused(add, refuses, kind, key, params, rule, field):
    with refuses(f"rule.{rule}", field=field):
        add(kind, params, applies_key=key, valid_from=dt.date(2099, 1, 1))


def test_a_place_is_asked_only_where_the_rule_differs_by_place(add, refuses):
    beijing = Region.objects.get(pk=110000)
    with refuses("rule.no_region", field="region"):
        add("export_limit", {"per_day": 20}, region=beijing)
    assert add("risk_trigger", {"distress": 8}, region=beijing).region == beijing


# ── what is entered is obeyed ────────────────────────────────────────────────


def test_a_list_typed_into_the_page_is_obeyed(db, sysadmin, client_for):
    with scope(org=INSTALLATION, role="sysadmin"):
        DatedRule.objects.filter(kind="star_level").delete()
    sent = {"kind": "star_level", "valid_from": TODAY, "source": "演示文号"}
    client = client_for(sysadmin)
    answer = client.post("/console/system/rules/", {**sent, "params": "hours = 50、200， 800"})
    assert (answer.status_code, star_levels()) == (302, (50, 200, 800))


def test_the_limit_of_exports_and_the_light_of_projects_can_be_entered(add):
    add("export_limit", {"per_day": 20, "in_clear_per_day": 0})
    add("project_light", {"amber_behind": "0.10", "red_late_days": 30})
    rule, light = export_rule(), light_rule(TODAY)
    assert (rule.per_day, rule.in_clear_per_day) == (20, 0)
    assert (light.amber_behind, light.red_late_days) == (Decimal("0.10"), 30)


def test_a_newer_ratio_applies_to_whom_the_older_one_did(add):
    with scope(org=INSTALLATION, role="sysadmin"):
        reference_install()
        row = DatedRule.objects.get(kind="charity_ratio", applies_key="public_foundation")
        row.valid = DateRange(row.valid.lower, TODAY)
        row.save(update_fields=["valid"])
    made = add("charity_ratio", RATIO | {"least": "0.75"}, applies_key="public_foundation")
    assert made.applies == {"form": "foundation", "public": True}
    assert rule_shapes.is_sound(made)


# ── one that is crooked counts as none ───────────────────────────────────────


def test_a_crooked_row_of_before_changes_no_limit(db):
    _old("appeal_limit", {"raise": "两周"})
    _old("project_light", {"red_late_days": "十天"})
    _old("project_grade", {"excellent": "优"})
    _old("star_level", {"hours": "100, 300"})
    _old("disclosure_deadline", {"about": "donation", "days": "七"}, applies_key="receipt")
    assert days_of(rule_on(TODAY), "raise") == USUAL["raise"]
    assert light_rule(TODAY) == LightRule()
    assert grade_of(Decimal(95), TODAY) == "excellent"
    assert star_levels() == USUAL_STARS
    assert late_before(TODAY) == TODAY - dt.timedelta(days=7)


def test_a_crooked_deadline_makes_no_duty_and_stops_no_other(db, officer):
    with scope(role="system"):
        reference_install()
    _old("disclosure_deadline", DUTY | {"days": "三十"}, applies_key="a_major_event")
    with as_person(officer) as by:
        subject = CharityYear(organization_id=by.house_id, pk=1, year=TODAY.year)
        made = plan_for(kind="event", subject=subject, event="major", on=TODAY, by=by)
    assert [one.rule_key for one in made] == ["major_event"]


def test_a_crooked_ratio_leaves_the_year_without_a_verdict(db, officer):
    for key in ("public_foundation", "foundation_small"):
        applies = {"form": "foundation", "public": key == "public_foundation"}
        _old("charity_ratio", {"least": "0.70"}, applies_key=key, applies=applies)
    with as_person(officer) as by:
        year = CharityYear(organization_id=by.house_id, year=TODAY.year - 1, is_public=True)
        assert year_view(year).assessment is None


def test_the_page_of_rules_says_which_row_is_not_obeyed(db, sysadmin, client_for):
    client = client_for(sysadmin)
    before = client.get("/console/system/rules/").content.decode().count("没有采用")
    _old("appeal_limit", {"raise": "两周"})
    assert client.get("/console/system/rules/").content.decode().count("没有采用") == before + 1
