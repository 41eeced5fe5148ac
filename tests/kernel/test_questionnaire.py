"""Scores of the shipped instruments and of what the engine can do beyond them."""

import copy
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.instruments import GAD7, PHQ9, QUICK_SCREEN, SHIPPED
from msw_portal.kernel.questionnaire import AnswerError, gas_t, problems, score

PHQ_ITEMS = [str(n) for n in range(1, 10)]


def phq(*values):
    return dict(zip(PHQ_ITEMS, values, strict=False))


def screen(**answers):
    """Every answer no, distress 0, but for the given ones."""
    quiet = {item["code"]: "no" for item in QUICK_SCREEN["items"]} | {"distress": 0}
    return quiet | answers


# ── what ships ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_shipped_definitions_are_json_and_without_problems(code):
    definition = SHIPPED[code]
    assert json.loads(json.dumps(definition, ensure_ascii=False)) == definition
    assert (problems(definition), definition["licence_class"]) == ([], "A")


@pytest.mark.parametrize("definition", [PHQ9, GAD7, QUICK_SCREEN], ids=lambda d: d["code"])
def test_bands_cover_the_whole_range_once(definition):
    most = sum(
        max(
            option.get("score", option["value"])
            for option in definition["options"][item["options"]]
        )
        for item in definition["items"]
        if item.get("is_scored", True)
    )
    covered = [n for band in definition["bands"] for n in range(band["least"], band["most"] + 1)]
    assert covered == list(range(most + 1))


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately_severe"),
        (19, "moderately_severe"),
        (20, "severe"),
        (24, "severe"),
    ],
)
def test_phq_9_bands(total, band):
    answers = phq(*[min(3, max(0, total - 3 * n)) for n in range(8)], 0)
    result = score(PHQ9, answers)
    assert (result.total, result.band, result.is_prorated, result.missing) == (
        total,
        band,
        False,
        (),
    )


def test_phq_9_function_item_is_not_scored_and_may_stay_open():
    assert score(PHQ9, phq(*[1] * 9) | {"function": 3}).total == 9
    assert score(PHQ9, phq(*[1] * 9)).missing == ()


@pytest.mark.parametrize(("answer", "alerts"), [(0, []), (1, ["self_harm"]), (3, ["self_harm"])])
def test_phq_9_item_9_raises_a_crisis_alert(answer, alerts):
    result = score(PHQ9, phq(*[0] * 8, answer))
    assert [alert["code"] for alert in result.alerts] == alerts
    assert {alert["severity"] for alert in result.alerts} <= {"crisis"}


def test_item_9_alone_raises_the_alert_before_anything_can_be_scored():
    result = score(PHQ9, {"9": 2})
    assert (result.total, result.band, result.band_zh) == (None, "", "缺项过多，不可计分")
    assert [alert["code"] for alert in result.alerts] == ["self_harm"]


def test_one_missing_item_of_nine_is_made_up_by_the_mean():
    result = score(PHQ9, phq(2, 2, 2, 2, 1, 1, 1, 1))
    assert (result.total, result.band, result.is_prorated, result.missing) == (
        Decimal(14),  # 12 x 9 / 8 = 13.5, rounded half up
        "moderate",
        True,
        ("9",),
    )


@pytest.mark.parametrize("open_answer", [None, ""])
def test_an_open_answer_is_a_missing_one(open_answer):
    assert score(PHQ9, phq(*[1] * 8, open_answer)).missing == ("9",)


def test_two_missing_items_of_nine_are_too_many():
    result = score(PHQ9, phq(*[3] * 7))
    assert (result.total, result.is_prorated, result.missing) == (None, False, ("8", "9"))


def test_gad_7_allows_one_missing_item():
    assert score(GAD7, {str(n): 2 for n in range(1, 7)}).total == 14
    assert score(GAD7, {str(n): 2 for n in range(1, 6)}).total is None


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (5, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "severe"),
        (21, "severe"),
    ],
)
def test_gad_7_bands(total, band):
    answers = {str(n + 1): min(3, max(0, total - 3 * n)) for n in range(7)}
    assert (score(GAD7, answers).total, score(GAD7, answers).band) == (total, band)


def test_the_quick_screen_counts_yes():
    result = score(QUICK_SCREEN, screen(cost="yes", care="yes", family="uncertain"))
    assert (result.total, result.band, result.alerts) == (2, "few", ())


@pytest.mark.parametrize(("distress", "total"), [(0, 0), (3, 0), (4, 1), (10, 1)])
def test_distress_counts_from_four(distress, total):
    assert score(QUICK_SCREEN, screen(distress=distress)).total == total


def test_three_yes_offer_the_full_assessment():
    result = score(QUICK_SCREEN, screen(cost="yes", care="yes", distress="7"))
    assert (result.total, result.band) == (3, "offer")


@pytest.mark.parametrize(
    ("answers", "alerts"),
    [
        ({"harm": "yes"}, ["harm"]),
        ({"harm": "uncertain"}, []),
        ({"distress": 10}, ["distress"]),
        ({"distress": 9}, []),
        ({"harm": "yes", "distress": "10"}, ["harm", "distress"]),
    ],
)
def test_the_quick_screen_raises_its_alerts(answers, alerts):
    assert [alert["code"] for alert in score(QUICK_SCREEN, screen(**answers)).alerts] == alerts


def test_the_quick_screen_is_scored_only_when_whole():
    answers = screen()
    del answers["cost"]
    assert score(QUICK_SCREEN, answers).total is None


# ── the engine ───────────────────────────────────────────────────────────────


def made(**scoring):
    """Four items from 0 to 4 with other ways to score them."""
    definition = copy.deepcopy(dict(GAD7))
    definition["options"] = {"five": [{"value": n, "zh": str(n)} for n in range(5)]}
    definition["items"] = [{"code": c, "zh": c, "options": "five"} for c in "abcd"]
    definition |= {"bands": [], "alerts": [], "scoring": scoring}
    return definition


def test_reversed_items_count_from_the_other_end():
    answers = {"a": 4, "b": 4, "c": 0, "d": 1}
    assert score(made(reverse=["a", "d"]), answers).total == 0 + 4 + 0 + 3


@pytest.mark.parametrize(
    ("multiplier", "rounding", "total"),
    [("4", "half_up", 20), ("1.25", "floor", 6), ("1.3", "half_up", 7)],
)
def test_the_sum_is_multiplied_and_rounded(multiplier, rounding, total):
    definition = made(multiplier=multiplier, rounding=rounding)
    assert score(definition, {"a": 2, "b": 1, "c": 1, "d": 1}).total == total


def test_subscales_have_totals_of_their_own():
    definition = made(
        multiplier="4",
        subscales={"one": {"items": ["a", "b"]}, "two": {"items": ["c", "d"], "multiplier": "2"}},
    )
    result = score(definition, {"a": 2, "b": 1, "c": 1})
    assert (result.total, result.subscales) == (None, {"one": Decimal(3), "two": None})


def test_an_unknown_item_or_value_is_refused_by_its_code():
    with pytest.raises(AnswerError, match="问卷里没有第 10 题") as caught:
        score(PHQ9, {"10": 1})
    assert caught.value.item == "10"
    for value in (4, -1, "x", 1.5, True):
        with pytest.raises(AnswerError, match="第 3 题没有这个选项") as caught:
            score(PHQ9, {"3": value})
        assert caught.value.item == "3"


def test_a_score_is_kept_as_json():
    result = score(PHQ9, phq(*[1] * 8, 2))
    assert result.as_json() == {
        "total": "10",
        "band": "moderate",
        "band_zh": "中度",
        "is_prorated": False,
        "missing": [],
        "subscales": {},
        "alerts": ["self_harm"],
    }
    assert json.loads(json.dumps(score(PHQ9, {}).as_json()))["total"] is None


@given(st.dictionaries(st.sampled_from(PHQ_ITEMS), st.integers(0, 3) | st.none()))
@trials(max_examples=300, deadline=None)
def test_a_total_lies_in_the_range_and_has_its_band(answers):
    result = score(PHQ9, answers)
    given_count = sum(value is not None for value in answers.values())
    assert (result.total is not None) == (given_count >= 8)
    if result.total is not None:
        assert 0 <= result.total <= 27
        (band,) = [b for b in PHQ9["bands"] if b["least"] <= result.total <= b["most"]]
        assert (result.band, result.band_zh) == (band["code"], band["zh"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.pop("items"), "问卷定义缺少：items。"),
        (lambda d: d["items"].append(d["items"][0]), "题号有重复。"),
        (lambda d: d["items"][0].update(options="none"), "第 1 题没有选项。"),
        (
            lambda d: d["options"]["frequency"][0].update(value="x"),
            "选项组 frequency 有选项没有分值。",
        ),
        (lambda d: d["scoring"].update(reverse=["12"]), "没有第 12 题。"),
        (lambda d: d["scoring"].update(subscales={"s": {"items": ["13"]}}), "没有第 13 题。"),
        (lambda d: d["alerts"][0].update(item="14"), "没有第 14 题。"),
        (lambda d: d["bands"][1].update(least=4), "分级的界限有重叠或颠倒。"),
        (lambda d: d["bands"][1].update(most=1), "分级的界限有重叠或颠倒。"),
    ],
)
def test_problems_of_a_definition_are_named(change, sentence):
    definition = copy.deepcopy(dict(PHQ9))
    change(definition)
    assert problems(definition) == [sentence]


# ── goal attainment scaling ──────────────────────────────────────────────────


@pytest.mark.parametrize("value", [-2, -1, 0, 1, 2])
def test_one_goal_gives_50_and_ten_a_level(value):
    assert gas_t([value]) == gas_t([value], [7]) == 50 + 10 * value


@pytest.mark.parametrize(
    ("values", "weights", "t"),
    [
        ([0, 0, 0], None, "50.00"),
        ([1, 1], None, "62.40"),  # 50 + 20 / sqrt(0.7 * 2 + 0.3 * 4)
        ([1, -1], None, "50.00"),
        ([2, 1, 0], [3, 2, 1], "67.63"),  # 50 + 80 / sqrt(0.7 * 14 + 0.3 * 36)
        ([-2, -2, -2], None, "22.61"),
    ],
)
def test_t_scores(values, weights, t):
    assert str(gas_t(values, weights)) == t


@given(st.lists(st.integers(-2, 2), min_size=1, max_size=6))
@trials(max_examples=100, deadline=None)
def test_t_turns_around_50(values):
    assert gas_t(values) + gas_t([-value for value in values]) == 100


@pytest.mark.parametrize(
    ("values", "weights"),
    [([], None), ([3], None), ([-3], None), ([1, 1], [1]), ([1], [0]), ([1], [-1])],
)
def test_goals_outside_the_scale_are_refused(values, weights):
    with pytest.raises(ValueError, match=r"goal|weights"):
        gas_t(values, weights)
