"""Who marks what, and who stands where: pure functions, exactly, and fast enough for a whole city."""

import random
import time
from collections import Counter
from decimal import Decimal as D

from projects.services.matching import match, result_hash
from projects.services.ranking import Mark, mean_rule, normalised, spread_of, standings

FIELDS = list("abcdefgh")


def city(applications=500, experts=60, need=3, cap=30):
    """A call of 500 applications and 60 experts with three conflicts each on average."""
    dice = random.Random(1)
    return {
        "need": need,
        "cap": cap,
        "applications": [
            {"key": f"a{n:03}", "themes": dice.sample(FIELDS, 2)} for n in range(applications)
        ],
        "experts": [
            {"key": f"e{n:02}", "fields": dice.sample(FIELDS, 3), "most": None, "load": 0}
            for n in range(experts)
        ],
        "conflicts": [
            [f"a{n:03}", f"e{dice.randrange(experts):02}"]
            for n in range(applications)
            for _time in range(3)
        ],
        "kept": [],
    }


def test_a_city_is_assigned_evenly_without_conflicts_in_under_two_seconds():
    inputs = city()
    began = time.process_time()
    found = match(inputs, 7)
    assert time.process_time() - began < 2
    assert (len(found.pairs), found.short) == (1500, {})
    assert set(Counter(a for a, _e in found.pairs).values()) == {3}
    loads = Counter(e for _a, e in found.pairs).values()
    assert max(loads) - min(loads) <= 2
    assert not {tuple(pair) for pair in inputs["conflicts"]} & set(found.pairs)
    themes = {one["key"]: set(one["themes"]) for one in inputs["applications"]}
    fields = {one["key"]: set(one["fields"]) for one in inputs["experts"]}
    assert sum(bool(themes[a] & fields[e]) for a, e in found.pairs) > 1400
    again = match(inputs, 7)
    assert result_hash(again.pairs) == result_hash(found.pairs)
    assert result_hash(match(inputs, 8).pairs) != result_hash(found.pairs)


def test_caps_that_just_suffice_are_filled_by_exchanges_and_what_cannot_be_is_said():
    inputs = city(cap=25)
    assert match(inputs, 7).short == {}
    tight = {
        "need": 3,
        "cap": 5,
        "applications": [{"key": "x", "themes": []}, {"key": "y", "themes": []}],
        "experts": [
            {"key": key, "fields": [], "most": most, "load": 0}
            for key, most in (("p", 1), ("q", None), ("r", None), ("s", 1))
        ],
        "conflicts": [["x", "s"]],
        "kept": [["y", "s"]],
    }
    found = match(tight, 1)
    # p marks once: x needs p, so y keeps s and takes q and r.
    assert found.short == {}
    assert found.pairs == (("x", "p"), ("x", "q"), ("x", "r"), ("y", "q"), ("y", "r"))
    lacking = match(tight | {"conflicts": [["x", "s"], ["x", "p"]]}, 1)
    assert lacking.short == {"x": 1}


def test_the_mean_rules_ties_spread_and_normalised_mean():
    assert mean_rule([D(60), D(80), D(95)], 5) == (D("78.333"), None, None)
    assert mean_rule([D(60), D(80), D(95), D(70), D(70)], 5) == (D("73.333"), 2, 0)
    assert spread_of([D(60), D(80), D(95)]) == D("17.56")

    def mark(application, expert, total, innovation, need):
        items = {"innovation": D(innovation), "need": D(need)}
        return Mark(application, expert, D(total), items)

    marks = [
        *(mark("a", e, t, 10, 10) for e, t in (("p", 60), ("q", 80), ("r", 95))),
        *(mark("b", e, t, 12, 8) for e, t in (("p", 78), ("q", 78), ("r", 79))),
        *(mark("c", e, t, 12, 9) for e, t in (("p", 78), ("q", 79), ("r", 78))),
        *(mark("d", e, t, 12, 9) for e, t in (("p", 79), ("q", 78), ("r", 78))),
    ]
    rules = {"trim_from": 5, "tie_order": ["innovation", "need"], "alarm": D(15)}
    found = {one.application: one for one in standings(marks, **rules)}
    assert {key: one.rank for key, one in found.items()} == {"c": 1, "d": 1, "b": 3, "a": 4}
    assert [found[key].is_shared for key in "abcd"] == [False, False, True, True]
    assert (found["b"].decided_by, found["a"].decided_by) == ("need", "innovation")
    assert (found["a"].is_wide, found["b"].is_wide) == (True, False)
    # Whoever marks all the same is moved by the difference of the means alone.
    strict = [mark(key, "p", 60, 1, 1) for key in "abc"] + [mark("a", "q", 100, 1, 1)]
    assert normalised(strict)[("b", "p")] == D("70.000")


def test_fifteen_hundred_marks_rank_in_under_half_a_second():
    dice = random.Random(2)
    marks = [
        Mark(a, e, D(dice.randrange(500, 1000)) / 10, {"innovation": D(dice.randrange(16))})
        for a, e in match(city(), 7).pairs
    ]
    began = time.process_time()
    found = standings(marks, trim_from=5, tie_order=["innovation"], alarm=D(15))
    assert time.process_time() - began < 0.5
    assert [one.rank for one in found] == sorted(one.rank for one in found)
    assert len(found) == 500
