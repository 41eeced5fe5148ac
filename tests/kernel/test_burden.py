"""The calculators against values computed by hand, and at their edges."""

from decimal import Decimal

import pytest

from msw_portal.kernel.burden import CALCULATORS, InputError, as_json, from_json

D = Decimal


def run(code: str, **given: object):
    """Values by name as shown, and the verdicts."""
    result = CALCULATORS[code].compute({name: D(str(value)) for name, value in given.items()})
    assert from_json(as_json(result)) == result
    return {one.name: one.shown for one in result.values}, list(result.verdicts)


def test_own_payment_is_the_total_less_everything_paid_back():
    values, verdicts = run(
        "calc_own",
        total_cost=100000,
        basic_insurance=50000,
        critical_illness_insurance=10000,
        medical_assistance=5000,
        commercial_insurance=2000,
        employer="1000.50",
        other_aid=3000,
    )
    assert values == {"reductions": "71,000.50", "own": "28,999.50", "own_share": "29.0%"}
    assert verdicts == []


def test_own_payment_at_its_edges():
    assert run("calc_own", total_cost=0)[0] == {
        "reductions": "0.00",
        "own": "0.00",
        "own_share": "—",
    }
    assert run("calc_own", total_cost=100, other_aid=100)[0]["own"] == "0.00"
    with pytest.raises(InputError) as refused:
        run("calc_own", total_cost=100, other_aid="100.01")
    assert refused.value.field == "total_cost"


def test_burden_ratio():
    assert run("calc_ratio", annual_own=28999.5, annual_income=80000) == ({"ratio": "36.2%"}, [])
    assert run("calc_ratio", annual_own=100, annual_income=0) == ({"ratio": "—"}, ["no_income"])


@pytest.mark.parametrize(
    ("own", "who", "verdicts"),
    [
        # capacity 60 000 - 20 000 = 40 000; 40 % of it is 16 000; 10 % and 25 % of 60 000 are 6 000 and 15 000
        (16000, "40.0%", ["who", "sdg_10", "sdg_25"]),
        (15999, "40.0%", ["sdg_10", "sdg_25"]),
        (15000, "37.5%", ["sdg_10"]),
        (15001, "37.5%", ["sdg_10", "sdg_25"]),
        (6000, "15.0%", ["none"]),
        (6001, "15.0%", ["sdg_10"]),
        (0, "0.0%", ["none"]),
    ],
)
def test_catastrophic_spending_at_every_threshold(own, who, verdicts):
    values, said = run("calc_cata", annual_own=own, annual_income=60000, annual_food=20000)
    assert (values["capacity"], values["who_share"], said) == ("40,000.00", who, verdicts)


def test_catastrophic_spending_uses_consumption_when_it_is_known():
    values, said = run(
        "calc_cata",
        annual_own=6000,
        annual_income=60000,
        annual_food=20000,
        annual_consumption=40000,
    )
    assert (values["sdg_share"], said) == ("15.0%", ["sdg_10"])


def test_who_has_nothing_left_after_food_pays_too_much_with_every_yuan():
    values, said = run("calc_cata", annual_own=1, annual_income=20000, annual_food=20000)
    assert (values["capacity"], values["who_share"]) == ("0.00", "—")
    assert said == ["who", "no_capacity"]
    assert run("calc_cata", annual_own=0, annual_income=1, annual_food=2)[1] == ["no_capacity"]
    assert run("calc_cata", annual_own=5, annual_income=0, annual_food=0)[1] == [
        "who",
        "sdg_10",
        "sdg_25",
        "no_capacity",
    ]


@pytest.mark.parametrize(
    ("income", "head", "verdicts"),
    [
        (2999.99, "1,000.00", ["below_line", "below_programme"]),
        (3000, "1,000.00", ["marginal", "below_programme"]),
        (4500, "1,500.00", ["marginal", "below_programme"]),
        (4500.03, "1,500.01", ["above", "below_programme"]),
        (7500, "2,500.00", ["above", "above_programme"]),
    ],
)
def test_income_per_head_against_the_lines(income, head, verdicts):
    values, said = run(
        "calc_head", monthly_income=income, members=3, line=1000, programme_line=2500
    )
    assert (values["head"], values["margin_line"], said) == (head, "1,500.00", verdicts)


def test_the_margin_is_the_region_s_own():
    assert run("calc_head", monthly_income=5000, members=3, line=1000, margin=2)[1] == ["marginal"]
    with pytest.raises(InputError) as refused:
        run("calc_head", monthly_income=5000, members=3, line=1000, margin="0.9")
    assert refused.value.field == "margin"


@pytest.mark.parametrize(
    ("spent", "after", "verdict"),
    [
        # (96 000 - 60 000) / 12 / 3 = 1 000
        (60000, "1,000.00", "not_rigid"),
        (60036, "999.00", "rigid"),
        (100000, "-111.11", "rigid"),
    ],
)
def test_rigid_spending_brings_a_family_below_the_line(spent, after, verdict):
    values, said = run(
        "calc_rigid", annual_income=96000, rigid_spending=spent, members=3, line=1000
    )
    assert (values, said) == ({"before": "2,666.67", "after": after}, [verdict])


def test_who_was_below_the_line_before_is_told_apart():
    given = {"annual_income": 30000, "rigid_spending": 1, "members": 3, "line": 1000}
    assert run("calc_rigid", **given)[1] == ["poor_before"]


@pytest.mark.parametrize("code", sorted(CALCULATORS))
def test_every_calculator_says_what_it_is(code):
    one = CALCULATORS[code]
    assert str(one.formula)
    assert str(one.source)
    assert len({box.name for box in one.inputs}) == len(one.inputs)
