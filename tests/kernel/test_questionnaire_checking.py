"""The check of a definition: a sentence per fault, for any JSON whatever."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.instruments.catalogue import SHIPPED
from msw_portal.kernel.instruments.mood import PHQ9
from msw_portal.kernel.instruments.own import QUICK_SCREEN
from msw_portal.kernel.questionnaire.checking import faults
from msw_portal.kernel.questionnaire.scoring import score


def changed(change, definition=PHQ9):
    made = copy.deepcopy(dict(definition))
    change(made)
    return made


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_what_ships_is_json_without_faults(code):
    definition = SHIPPED[code]
    assert json.loads(json.dumps(definition, ensure_ascii=False)) == definition
    assert (faults(definition), definition["licence_class"]) == ([], "A")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.pop("items"), "量表定义缺少：items。"),
        (lambda d: d["items"].append(d["items"][0]), "items[10].code：题号有重复。"),
        (lambda d: d["items"][0].update(options="none"), "items[0].options：没有这组选项。"),
        (
            lambda d: d["options"]["frequency"][0].update(value="x"),
            "options.frequency[0].score：选项没有分值。",
        ),
        (
            lambda d: d["options"]["frequency"][1].update(value=0),
            "options.frequency：选项的值有重复。",
        ),
        (lambda d: d["items"][2].update(zh=" "), "items[2].zh：还没有文字。"),
        (lambda d: d["items"][2].update(colour="red"), "items[2].colour：不认识的字段。"),
        (
            lambda d: d["items"][2].update(type="slider"),
            "items[2].type：题型须是 choice、many、number 或 text。",
        ),
        (
            lambda d: d["items"][1].update(when={"item": "3", "is": [1]}),
            "items[1].when.item：条件只能看前面的题。",
        ),
        (
            lambda d: d["items"][1].update(when={"item": "1", "is": [7]}),
            "items[1].when.is：条件里的值不在该题的选项中。",
        ),
        (lambda d: d["items"][1].update(when={"item": "1"}), "items[1].when：条件写得不对。"),
        (lambda d: d["scoring"].update(reverse=["12"]), "scoring.reverse：没有第 12 题。"),
        (
            lambda d: d["scoring"].update(reverse=["function"]),
            "scoring.reverse：第 function 题不计分。",
        ),
        (
            lambda d: d["scoring"].update(subscales={"s": {"items": ["13"]}}),
            "scoring.subscales.s.items：没有第 13 题。",
        ),
        (
            lambda d: d["scoring"].update(missing_share="1"),
            "scoring.missing_share：可缺项的比例为 0 到 1（不含）。",
        ),
        (lambda d: d["scoring"].update(multiplier="0"), "scoring.multiplier：倍数须大于 0。"),
        (lambda d: d["alerts"][0].update(item="14"), "alerts[0].item：没有第 14 题。"),
        (
            lambda d: d["alerts"][0].update(severity="red"),
            "alerts[0].severity：程度须是 low、medium、high 或 crisis。",
        ),
        (lambda d: d["bands"][1].update(least=4), "bands：分级的界限有重叠或颠倒。"),
        (lambda d: d["bands"][1].update(most=1), "bands：分级的界限有重叠或颠倒。"),
        (lambda d: d["bands"][1].update(code="minimal"), "bands：分级的代码有重复。"),
        (lambda d: d["repeat"][0].update(days=0), "repeat[0].days：间隔为 1 到 730 天。"),
        (lambda d: d["repeat"][0].update(bands=["x"]), "repeat[0].bands：没有这个分级。"),
        (lambda d: d.update(min_age="12"), "min_age：年龄须是整数。"),
        (lambda d: d.update(licence_class="D"), "licence_class：许可类别须是 A、B 或 C。"),
        (
            lambda d: d.update(licence_class="C"),
            "licence_class：C 类量表没有授权，不能导入题目。",
        ),
        (lambda d: d.update(code="PHQ 9"), "code：代码用小写字母、数字和下划线，最多 40 个。"),
        (
            lambda d: d.update(
                computed=[{"code": "x", "zh": "x", "operation": "power", "of": ["1"]}]
            ),
            "computed[0].operation：不认识的运算。",
        ),
        (
            lambda d: d.update(
                computed=[{"code": "x", "zh": "x", "operation": "sum", "of": ["y"]}]
            ),
            "computed[0].of：没有第 y 题。",
        ),
    ],
)
def test_each_fault_is_named_by_its_place_and_its_sentence(change, sentence):
    assert [str(fault) for fault in faults(changed(change))] == [sentence]


@pytest.mark.parametrize("nonsense", [None, [], "x", 3, True])
def test_what_is_no_object_is_one_fault(nonsense):
    assert [str(one) for one in faults(nonsense)] == ["量表定义须是一个 JSON 对象。"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def _places(node, path=()):
    yield path
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _places(value, (*path, key))
    elif isinstance(node, list):
        for key, value in enumerate(node):
            yield from _places(value, (*path, key))


PLACES = [path for path in _places(QUICK_SCREEN) if path]


@given(st.sampled_from(PLACES), JSON)
@trials(max_examples=400, deadline=None)
def test_no_json_breaks_the_check_and_what_passes_can_be_scored(path, value):
    definition = copy.deepcopy(dict(QUICK_SCREEN))
    node = definition
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    if not faults(definition):
        score(definition, {})
        first = definition["items"][0]
        if first.get("type", "choice") == "choice":
            options = definition["options"][first["options"]]
            score(definition, {first["code"]: options[0]["value"]})
