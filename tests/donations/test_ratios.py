"""Spending and management ratios, by figures worked out by hand; at the edge of every tier."""

from decimal import Decimal as D
from types import SimpleNamespace

import pytest

from donations.services.disclosure_rules import FOUNDATION, OTHER, disclosure_rules
from donations.services.ratios import (
    YearTotals,
    assess,
    forecast,
    income_counted,
    rule_of,
)

RULES = [
    SimpleNamespace(applies_key=row.applies_key, applies=row.applies, params=row.params)
    for row in disclosure_rules()
    if row.kind == "charity_ratio"
]
CENT = D("0.01")


def _rule(form, public, assets=None, older=False):
    found = rule_of(RULES, form=form, is_public=public, net_assets=assets, is_older=older)
    return found.applies_key if found else None


@pytest.mark.parametrize(
    ("form", "edge", "above", "below"),
    [
        (FOUNDATION, "60000000", "foundation_60m", "foundation_8m"),
        (FOUNDATION, "8000000", "foundation_8m", "foundation_4m"),
        (FOUNDATION, "4000000", "foundation_4m", "foundation_small"),
        (OTHER, "10000000", "other_10m", "other_5m"),
        (OTHER, "5000000", "other_5m", "other_1m"),
        (OTHER, "1000000", "other_1m", "other_small"),
    ],
)
def test_a_tier_begins_with_its_lower_edge(form, edge, above, below):
    assert _rule(form, False, D(edge)) == above
    assert _rule(form, False, D(edge) + CENT) == above
    assert _rule(form, False, D(edge) - CENT) == below


def test_the_qualification_decides_without_net_assets_and_debts_are_the_smallest_tier():
    assert _rule(FOUNDATION, True) == "public_foundation"
    assert _rule(OTHER, True) == "public_other"
    assert _rule(FOUNDATION, False) is None
    assert _rule(FOUNDATION, False, D("-1")) == "foundation_small"
    assert _rule(FOUNDATION, False, None, older=True) == "older_non_public"


@pytest.mark.parametrize(
    ("key", "spend", "management"),
    [
        ("public_foundation", "0.70", "0.10"),
        ("public_other", "0.70", "0.13"),
        ("foundation_60m", "0.06", "0.12"),
        ("foundation_8m", "0.06", "0.13"),
        ("foundation_4m", "0.07", "0.15"),
        ("foundation_small", "0.08", "0.20"),
        ("other_10m", "0.06", "0.13"),
        ("other_5m", "0.07", "0.14"),
        ("other_1m", "0.08", "0.15"),
        ("other_small", "0.08", "0.20"),
        ("older_public", "0.70", "0.10"),
        ("older_non_public", "0.08", "0.10"),
    ],
)
def test_every_rule_is_met_exactly_at_its_limit_and_missed_by_a_cent(key, spend, management):
    rule = next(one for one in RULES if one.applies_key == key)
    base, total = D("3000000.00"), D("5000000.00")
    before = YearTotals(income=D("0.00"), net_assets=base, balance=base)
    if rule.params["base"] == "income":
        before = YearTotals(income=base)
    at, over = base * D(spend), total * D(management)

    def judged(spent, managed):
        this = YearTotals(spend=spent, management=managed, total_spend=total)
        found = assess(rule, 2026, {2026: this, 2025: before})
        return found.spend.is_met, found.management.is_met

    assert judged(at, over) == (True, True)
    assert judged(at - CENT, over + CENT) == (False, False)


def test_the_worked_example_of_a_foundation_with_the_qualification():
    # 2025 counted income: 1,000,000 − 200,000 not usable yet + 50,000 released = 850,000; 70 % are 595,000.
    income = income_counted(D(1_000_000), D(200_000), D(50_000))
    assert income == 850_000
    this = YearTotals(spend=D(600_000), management=D(250_000), total_spend=D(2_000_000))
    rule = next(one for one in RULES if one.applies_key == "public_foundation")
    found = assess(rule, 2026, {2026: this, 2025: YearTotals(income=income)})
    assert (found.spend.ratio, found.spend_is_met) == (D("0.7058"), True)
    assert (found.management.ratio, found.management_is_met) == (D("0.1250"), False)
    assert found.spend.needed == 0
    # The average waits for two more years, and nothing is asked for it: last year's figure is enough.
    assert found.average.ratio is None
    assert found.missing == ()


def test_the_average_of_three_years_may_stand_for_last_year():
    rule = next(one for one in RULES if one.applies_key == "public_foundation")
    years = {
        2026: YearTotals(spend=D(700_000), management=D(0), total_spend=D(700_000)),
        2025: YearTotals(income=D(2_000_000)),
        2024: YearTotals(income=D(500_000)),
        2023: YearTotals(income=D(500_000)),
    }
    found = assess(rule, 2026, years)
    assert (found.spend.is_met, found.average.base, found.average.is_met) == (
        False,
        1_000_000,
        True,
    )
    assert found.spend_is_met is True
    lower = assess(rule, 2026, years | {2026: YearTotals(spend=D("699999.99"))})
    assert lower.spend_is_met is False


def test_the_smallest_agencies_owe_half_of_last_years_income_too():
    rule = next(one for one in RULES if one.applies_key == "other_small")
    before = YearTotals(net_assets=D(900_000), income=D(400_000))

    def met(spent):
        this = YearTotals(spend=spent, management=D(0), total_spend=D(1))
        return assess(rule, 2026, {2026: this, 2025: before}).spend_is_met

    assert (met(D(200_000)), met(D("199999.99")), met(D(72_000))) == (True, False, False)
    unknown = YearTotals(net_assets=D(900_000))
    this = YearTotals(spend=D(200_000), management=D(0), total_spend=D(1))
    found = assess(rule, 2026, {2026: this, 2025: unknown})
    assert found.spend_is_met is None
    assert found.missing == ((2025, "income"),)


def test_below_two_hundred_thousand_the_management_ratio_does_not_apply():
    rule = next(one for one in RULES if one.applies_key == "foundation_small")

    def judged(managed):
        this = YearTotals(spend=D(100), management=managed, total_spend=D(300_000))
        found = assess(rule, 2026, {2026: this, 2025: YearTotals(net_assets=D(1_000))})
        return found.is_exempt, found.management.is_met, found.management_is_met

    assert judged(D("199999.99")) == (True, False, True)
    assert judged(D("200000.00")) == (False, False, False)


def test_a_ratio_without_its_inputs_names_them_and_shows_no_number():
    rule = next(one for one in RULES if one.applies_key == "foundation_4m")
    found = assess(rule, 2026, {2026: YearTotals(management=D(5))})
    assert (found.spend.ratio, found.management.ratio, found.spend_is_met) == (None, None, None)
    assert found.spend.missing == ((2026, "spend"), (2025, "net_assets"))
    assert (2026, "total_spend") not in found.missing  # exempt: 5 yuan
    nothing = assess(rule, 2026, {2026: YearTotals(management=D(500_000), total_spend=D(0))})
    assert (nothing.management.ratio, nothing.management.is_met) == (None, None)


def test_ratios_are_never_rounded_over_their_limit():
    rule = next(one for one in RULES if one.applies_key == "public_foundation")
    this = YearTotals(spend=D("699999.99"), management=D("100000.01"), total_spend=D(1_000_000))
    found = assess(rule, 2026, {2026: this, 2025: YearTotals(income=D(1_000_000))})
    assert (found.spend.ratio, found.management.ratio) == (D("0.6999"), D("0.1001"))


def test_the_forecast_of_a_running_year():
    found = forecast(D(300_000), D(50_000), days_gone=100, days=365)
    assert (found.sure, found.paced) == (350_000, D("1095000.00"))
    # What is promised already is never forecast away.
    assert forecast(D(100), D(900), days_gone=365, days=365).paced == 1_000
