"""Scores: PHQ-9, GAD-7 and the quick screen, and what the engine can do beyond them."""

import copy
import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.instruments.mood import GAD7, PHQ9
from msw_portal.kernel.instruments.own import QUICK_SCREEN
from msw_portal.kernel.questionnaire.answering import asked, cleaned, holds, unanswered
from msw_portal.kernel.questionnaire.definition import AnswerError
from msw_portal.kernel.questionnaire.goals import gas_t
from msw_portal.kernel.questionnaire.scoring import repeat_due, score

PHQ_ITEMS = [str(n) for n in range(1, 10)]


def phq(*values):
    return dict(zip(PHQ_ITEMS, values, strict=False))


def screen(**answers):
    """Every answer no, distress 0, but for the given ones."""
    quiet = {item["code"]: "no" for item in QUICK_SCREEN["items"] if "when" not in item}
    return quiet | {"distress": 0} | answers


# ── what ships ───────────────────────────────────────────────────────────────


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
        ({"harm": "yes", "harm_kind": ["self"]}, ["harm"]),
        ({"harm": "yes", "harm_kind": ["by_others", "self"]}, ["harm", "violence"]),
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
        "is_scored": True,
        "missing": [],
        "subscales": {},
        "subscale_bands": {},
        "computed": {},
        "cutoffs": ["≥10 分：抑郁筛查阳性"],
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


# ── other types of items, conditions, computed values ────────────────────────

YES_NO = [{"value": "yes", "zh": "是", "score": 1}, {"value": "no", "zh": "否", "score": 0}]


def sheet(*items, **more):
    """A definition of its own from items."""
    base = {key: PHQ9[key] for key in ("version", "licence", "citation", "recall", "note", "zh")}
    return {
        **base,
        "code": "own",
        "en": "",
        "licence_class": "A",
        "options": {
            "yes_no": YES_NO,
            "sources": [
                {"value": "none", "zh": "无", "score": 0, "is_alone": True},
                {"value": "a", "zh": "甲", "score": 1},
                {"value": "b", "zh": "乙", "score": 1},
            ],
        },
        "items": list(items),
        "scoring": {},
        "bands": [],
        "alerts": [],
        **more,
    }


SMOKER = {"code": "smokes", "zh": "吸烟", "options": "yes_no"}
DAILY = {
    "code": "daily",
    "zh": "每天几支",
    "type": "number",
    "least": 0,
    "most": 100,
    "is_scored": True,
    "when": {"item": "smokes", "is": ["yes"]},
}
HEAVY = {
    "code": "heavy",
    "zh": "想过戒吗",
    "options": "yes_no",
    "when": {"all": [{"item": "smokes", "is": ["yes"]}, {"item": "daily", "least": 20}]},
}


def test_items_are_asked_in_turn():
    one = sheet(SMOKER, DAILY, HEAVY)
    assert asked(one, {}) == ["smokes"]
    assert asked(one, {"smokes": "no"}) == ["smokes"]
    assert asked(one, {"smokes": "yes"}) == ["smokes", "daily"]
    assert asked(one, {"smokes": "yes", "daily": "19"}) == ["smokes", "daily"]
    assert asked(one, {"smokes": "yes", "daily": "20"}) == ["smokes", "daily", "heavy"]
    # What is no longer asked does not count for what comes after it.
    assert asked(one, {"smokes": "no", "daily": "40"}) == ["smokes"]


@pytest.mark.parametrize(
    ("condition", "answers", "met"),
    [
        ({"item": "a", "is": ["1", 2]}, {"a": 1}, True),
        ({"item": "a", "is": [3]}, {"a": ["1", "3"]}, True),
        ({"item": "a", "is": [3]}, {"a": ""}, False),
        ({"item": "a", "least": 2, "most": 4}, {"a": "4"}, True),
        ({"item": "a", "least": 2, "most": 4}, {"a": 5}, False),
        ({"item": "a", "least": 2}, {"a": "x"}, False),
        ({"item": "a", "is_answered": True}, {"a": []}, False),
        ({"item": "a", "is_answered": False}, {}, True),
        ({"any": [{"item": "a", "is": [1]}, {"item": "b", "is": [1]}]}, {"b": 1}, True),
        ({"all": [{"item": "a", "is": [1]}, {"item": "b", "is": [1]}]}, {"b": 1}, False),
        ({"not": {"item": "a", "is": [1]}}, {}, True),
    ],
)
def test_conditions(condition, answers, met):
    assert holds(condition, answers) is met


def test_an_item_that_is_not_asked_is_neither_missing_nor_taken():
    one = sheet(SMOKER, DAILY)
    assert (score(one, {"smokes": "no"}).total, score(one, {"smokes": "no"}).missing) == (0, ())
    assert score(one, {"smokes": "yes"}).missing == ("daily",)
    assert score(one, {"smokes": "yes", "daily": "12"}).total == 13
    with pytest.raises(AnswerError, match="按前面的回答，第 daily 题不须作答") as caught:
        score(one, {"smokes": "no", "daily": "12"})
    assert caught.value.item == "daily"


@pytest.mark.parametrize(
    ("typed", "kept"), [("12.50", "12.5"), ("0", "0.0"), (7, "7.0"), (" 3 ", "3.0")]
)
def test_numbers_are_kept_as_text(typed, kept):
    one = sheet({"code": "n", "zh": "数", "type": "number", "decimals": 1})
    assert cleaned(one, {"n": typed}) == {"n": kept}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abc", "第 n 题请填数字。"),
        ("NaN", "第 n 题请填数字。"),
        ("1e400", "第 n 题请填数字。"),
        ("-1", "第 n 题须在 0 到 100 之间。"),
        ("101", "第 n 题须在 0 到 100 之间。"),
        ("1.5", "第 n 题最多 0 位小数。"),
    ],
)
def test_numbers_out_of_range_are_refused(typed, sentence):
    one = sheet({"code": "n", "zh": "数", "type": "number", "least": 0, "most": 100})
    with pytest.raises(AnswerError) as caught:
        cleaned(one, {"n": typed})
    assert str(caught.value) == sentence


def test_several_sources_are_counted_and_none_stands_alone():
    one = sheet({"code": "6", "zh": "来源", "type": "many", "options": "sources"})
    assert cleaned(one, {"6": ["b", "a"]}) == {"6": ["a", "b"]}
    assert [score(one, {"6": said}).total for said in (["none"], ["a"], ["a", "b"])] == [0, 1, 2]
    with pytest.raises(AnswerError, match="第 6 题选了“无”，就不能再选别的。"):
        score(one, {"6": ["none", "a"]})
    with pytest.raises(AnswerError, match="第 6 题没有这个选项。"):
        score(one, {"6": "a"})


def test_words_are_kept_and_not_scored():
    one = sheet({"code": "t", "zh": "话", "type": "text", "most": 3}, SMOKER)
    assert cleaned(one, {"t": " 好的 "}) == {"t": "好的"}
    assert score(one, {"t": "好的", "smokes": "yes"}).total == 1
    with pytest.raises(AnswerError, match="第 t 题最多 3 个字。"):
        cleaned(one, {"t": "四个字了"})


def test_an_item_may_be_required():
    one = sheet(SMOKER | {"is_required": True}, DAILY | {"is_required": True})
    assert unanswered(one, {}) == ["smokes"]
    assert unanswered(one, {"smokes": "yes"}) == ["daily"]
    assert unanswered(one, {"smokes": "no"}) == []


def test_values_are_computed_from_answers_and_from_each_other():
    one = sheet(
        {"code": "cost", "zh": "花费", "type": "number"},
        {"code": "paid", "zh": "报销", "type": "number"},
        {"code": "income", "zh": "收入", "type": "number"},
        computed=[
            {"code": "own", "zh": "自付", "operation": "difference", "of": ["cost", "paid"]},
            {
                "code": "share",
                "zh": "负担",
                "operation": "ratio",
                "of": ["own", "income"],
                "times": "100",
                "decimals": 1,
            },
            {"code": "month", "zh": "每月", "operation": "ratio", "of": ["income", 12]},
        ],
    )
    assert score(one, {"cost": 90000, "paid": 45000, "income": 60000}).computed == {
        "own": Decimal(45000),
        "share": Decimal("75.0"),
        "month": Decimal(5000),
    }
    assert score(one, {"cost": 90000, "paid": 45000, "income": 0}).computed["share"] is None
    assert score(one, {"cost": 90000}).computed == {"own": None, "share": None, "month": None}


@pytest.mark.parametrize(
    ("operation", "value"),
    [("sum", 9), ("mean", 3), ("least", 1), ("most", 5), ("product", 15), ("count_at_least", 2)],
)
def test_operations(operation, value):
    parts = [{"code": code, "zh": code, "type": "number"} for code in "abc"]
    made = {"code": "x", "zh": "x", "operation": operation, "of": ["a", "b", "c"], "bar": 3}
    assert score(sheet(*parts, computed=[made]), {"a": 1, "b": 3, "c": 5}).computed["x"] == value


def test_any_positive_answer_decides_and_only_the_negative_needs_all():
    two = sheet(SMOKER, SMOKER | {"code": "drinks"}, scoring={"method": "any"})
    assert score(two, {"smokes": "yes"}).total == 1
    assert score(two, {"smokes": "no"}).total is None
    assert score(two, {"smokes": "no", "drinks": "no"}).total == 0


def test_a_mean_and_a_sheet_without_a_total():
    one = sheet(*(SMOKER | {"code": c} for c in "abc"), scoring={"method": "mean"})
    assert score(one, {"a": "yes", "b": "yes", "c": "no"}).total == Decimal("0.67")
    one["scoring"] = {"method": "none"}
    assert (score(one, {"a": "yes"}).total, score(one, {"a": "yes"}).is_scored) == (None, True)


def test_an_instrument_is_due_again_by_its_band():
    day = dt.date(2026, 11, 29)
    assert repeat_due(PHQ9, "moderate", day) == dt.date(2026, 12, 13)
    assert repeat_due(PHQ9, "mild", day) is None
    assert repeat_due({"repeat": [{"days": 30}]}, "any", day) == dt.date(2026, 12, 29)


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
