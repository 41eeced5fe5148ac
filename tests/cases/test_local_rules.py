"""What the dated rules of a place say: the subsistence line of a calculation, the points that raise an alert."""

import datetime as dt
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.alerts import RiskAlert
from cases.services.calculations import calculation_save, line_of, lines_of
from cases.services.screening import alert_said, alerts_said
from departments.models.organizations import DatedRule, Region
from departments.services.registers import rule_add, rule_end
from tests.factories.cases import make_case, make_client, make_screen
from tests.factories.doors import referrals_of, send

pytestmark = pytest.mark.django_db
DONGCHENG, BEIJING, JIANGSU = 110101, 110000, 320000
HEAD = {"monthly_income": Decimal(4000), "members": Decimal(4)}


@pytest.fixture
def rule(sysadmin, acting):
    """Enter a rule as the system administrator does."""

    def enter(kind: str, region: int | None = None, since: dt.date | None = None, **params: int):
        with acting(sysadmin):
            place = Region.objects.get(pk=region) if region else None
            return rule_add(
                kind=kind,
                params=params,
                region=place,
                valid_from=since or timezone.localdate(),
                article="",
                source="民发〔2026〕1 号",
                by=sysadmin,
            )

    return enter


# ── the subsistence line ─────────────────────────────────────────────────────


def test_a_calculation_keeps_the_line_of_the_place_and_its_margin(worker, rule, acting):
    rule("poverty_line", BEIJING, monthly_yuan=1450, margin_percent=200)
    with acting(worker):
        case = make_case(worker, stage="intervention")
        made = calculation_save(
            case=case, kind="calc_head", inputs=HEAD | {"line": Decimal(900)}, by=worker
        )
        said = lines_of(made)
    today = timezone.localdate()
    assert said["inputs"][-1] == (
        "当时规则的低保标准",
        f"北京市 {today} 起每人每月 1,450 元（民发〔2026〕1 号）",
    )
    assert ("低保边缘线（元/人/月）", "1,800.00") in said["values"]
    assert said["verdicts"][-1].startswith("填写的低保标准与当时的规则不同")


def test_a_later_rule_changes_nothing_that_was_calculated(worker, sysadmin, rule, acting):
    first = rule("poverty_line", BEIJING, monthly_yuan=1450)
    with acting(worker):
        case = make_case(worker, stage="intervention")
        made = calculation_save(
            case=case, kind="calc_head", inputs=HEAD | {"line": Decimal(1450)}, by=worker
        )
    with acting(sysadmin):
        rule_end(rule=first, last_day=timezone.localdate(), by=sysadmin)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    rule("poverty_line", BEIJING, tomorrow, monthly_yuan=1600)
    with acting(worker):
        assert line_of(case, "calc_head").monthly_yuan == 1450
        assert line_of(case, "calc_head", tomorrow).monthly_yuan == 1600
        assert "1,450" in lines_of(made)["inputs"][-1][1]
        assert lines_of(made)["verdicts"] == ["低于低保标准"]


@pytest.mark.parametrize(
    ("home", "yuan"), [(None, 1450), (110102, 1400), (DONGCHENG, 1450), (320102, 1000)]
)
def test_the_narrowest_place_of_the_person_counts_and_the_houses_when_it_is_unknown(
    home, yuan, worker, rule, acting
):
    rule("poverty_line", BEIJING, monthly_yuan=1400)
    rule("poverty_line", DONGCHENG, monthly_yuan=1450)
    rule("poverty_line", JIANGSU, monthly_yuan=1000)
    with acting(worker):
        case = make_case(worker, client=make_client(worker, region_id=home))
        assert line_of(case, "calc_rigid").monthly_yuan == yuan
        assert line_of(case, "calc_own") is None


def test_without_a_rule_for_the_place_everything_is_as_typed(worker, rule, acting):
    rule("poverty_line", JIANGSU, monthly_yuan=1000)
    with acting(worker):
        case = make_case(worker, stage="intervention")
        made = calculation_save(
            case=case, kind="calc_head", inputs=HEAD | {"line": Decimal(900)}, by=worker
        )
        assert "line_rule" not in made.payload
        assert ("低保边缘线（元/人/月）", "1,350.00") in lines_of(made)["values"]


def test_the_page_begins_with_the_line_and_says_whose_it_is(worker, rule, acting, client_for):
    rule("poverty_line", BEIJING, monthly_yuan=1450)
    with acting(worker):
        case = make_case(worker, stage="intervention")
    page = client_for(worker).get(reverse("cases:calculation_edit", args=[case.uid, "calc_head"]))
    assert page.context["form"]["line"].value() == "1450"
    assert "每人每月 1,450 元" in page.content.decode()


# ── distress ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("points", "raised"), [(7, 0), (8, 1), (10, 1)])
def test_distress_alarms_from_the_points_of_the_rule_on(points, raised, worker, rule, acting):
    rule("risk_trigger", BEIJING, distress=8)
    with acting(worker):
        case = make_case(worker, stage="assessment")
        sheet = make_screen(case, worker, distress=points).questionnaire
        assert RiskAlert.objects.filter(case=case, trigger="distress").count() == raised
        said = alerts_said(sheet.definition, sheet.organization_id)
    assert "心理痛苦达到 8 分，须立即评估风险并告知督导。" in said


@pytest.mark.parametrize("when", [dt.timedelta(days=1), None])
def test_a_rule_of_elsewhere_or_of_tomorrow_raises_nothing(when, worker, rule, acting):
    if when is None:
        rule("risk_trigger", JIANGSU, distress=5)
    else:
        rule("risk_trigger", None, timezone.localdate() + when, distress=5)
    with acting(worker):
        case = make_case(worker, stage="assessment")
        make_screen(case, worker, distress=9)
        assert not RiskAlert.objects.filter(case=case).exists()


def test_an_alert_says_the_points_that_were_answered():
    alert = {"code": "d", "zh": "…", "item": "distress", "least": 10, "trigger": "distress"}
    assert alert_said(alert, {"distress": 8}).startswith("心理痛苦为 8 分")
    assert alert_said(alert | {"trigger": "screen"}, {"distress": 8}) == "…"


def test_whoever_asks_for_help_with_that_distress_is_urgent(rule, self_door, hospital):
    rule("risk_trigger", distress=8)
    send(self_door, distress=8)
    send(self_door, distress=7)
    assert [one.urgency for one in referrals_of(hospital.pk)] == ["urgent", "normal"]


# ── entering them ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "params", "refused"),
    [
        ("risk_trigger", {"distress": 3}, "rule.out_of_bounds"),
        ("risk_trigger", {"phq9_9": 2}, "rule.unknown_name"),
        ("poverty_line", {"margin_percent": 150}, "rule.needs_name"),
    ],
)
def test_a_rule_that_nothing_could_obey_is_refused(kind, params, refused, rule, refuses):
    with refuses(refused, "params"):
        rule(kind, **params)


@pytest.mark.parametrize(("place", "kept"), [("北京市", BEIJING), ("全国", None), ("", None)])
def test_the_place_of_a_rule_is_chosen_on_its_page(place, kept, sysadmin, acting, client_for):
    sent = {
        "kind": "poverty_line",
        "region": place,
        "params": "monthly_yuan = 1450",
        "valid_from": "2026-07-01",
        "source": "民发〔2026〕1 号",
    }
    answer = client_for(sysadmin).post(
        reverse("departments:console_rules"),
        urlencode(sent),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 302
    with acting(sysadmin):
        assert DatedRule.objects.get(kind="poverty_line").region_id == kept
