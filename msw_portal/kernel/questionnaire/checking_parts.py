"""The parts of a definition, each read once; `reading` is a checking.Reading."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.questionnaire.definition import (
    ITEM_TYPES,
    Alert,
    Band,
    Computed,
    Cutoff,
    Item,
    Option,
    Repeat,
    Scoring,
    is_scored,
    type_of,
)
from msw_portal.kernel.questionnaire.scoring import OPERATIONS

ITEM_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,29}")
METHODS = ("sum", "mean", "any", "none")
COUNTING = ("count_at_least", "share_at_least")
SEVERITIES = ("low", "medium", "high", "crisis")
TESTS = frozenset({"is", "least", "most", "is_answered"})
SUBSCALE_KEYS = frozenset(
    {"zh", "items", "method", "multiplier", "rounding", "decimals", "missing_share", "bands"}
)
DEEPEST = 5


def keys_of(shape: Any) -> frozenset[str]:
    """All keys a TypedDict knows."""
    return frozenset(shape.__required_keys__ | shape.__optional_keys__)


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def number(value: Any) -> Decimal | None:
    """A finite number written as text or a whole number; None for anything else."""
    if not isinstance(value, str) and not is_whole(value):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) <= 15 else None


def read_options(reading: Any) -> None:
    lists = reading.definition["options"]
    if not isinstance(lists, Mapping):
        reading.say("options", "not_an_object", _("须是对象。"))
        return
    for name in lists:
        rows = reading.objects(lists, name, "options")
        reading.options[name] = [row for _path, row in rows]
        values = [str(row.get("value")) for _path, row in rows]
        for path, row in rows:
            reading.known_keys(path, row, keys_of(Option))
            value = row.get("value")
            if not isinstance(value, str) and not is_whole(value):
                reading.say(f"{path}.value", "option_value", _("选项须有值（整数或文字）。"))
            elif not is_whole(row.get("score", value)):
                reading.say(f"{path}.score", "option_score", _("选项没有分值。"))
            _need_text(reading, path, row)
        if len(set(values)) != len(values):
            reading.say(f"options.{name}", "option_twice", _("选项的值有重复。"))


def _need_text(reading: Any, path: str, row: Mapping[str, Any], most: int = 300) -> None:
    text = row.get("zh")
    if not isinstance(text, str) or not text.strip():
        reading.say(f"{path}.zh", "no_text", _("还没有文字。"))
    elif len(text) > most:
        reading.say(f"{path}.zh", "too_long", _("最多 %(most)s 个字。") % {"most": most})


def read_items(reading: Any) -> None:
    for path, item in reading.objects(reading.definition, "items"):
        reading.known_keys(path, item, keys_of(Item))
        _need_text(reading, path, item)
        kind = type_of(item)
        if kind not in ITEM_TYPES:
            reading.say(f"{path}.type", "item_type", _("题型须是 choice、many、number 或 text。"))
        elif kind in ("choice", "many"):
            if not isinstance(item.get("options"), str) or not reading.options.get(item["options"]):
                reading.say(f"{path}.options", "no_options", _("没有这组选项。"))
        elif "options" in item:
            reading.say(f"{path}.options", "needless_options", _("数字题和文字题没有选项。"))
        elif kind == "number":
            _read_number(reading, path, item)
        elif not is_whole(item.get("most", 1)) or item.get("most", 1) < 1:
            reading.say(f"{path}.most", "not_a_number", _("须是整数。"))
        for key in ("help", "section", "unit"):
            if not isinstance(item.get(key, ""), str):
                reading.say(f"{path}.{key}", "text", _("须写文字。"))
        if "when" in item:
            _read_condition(reading, f"{path}.when", item["when"], 1)
        code = item.get("code")
        if not isinstance(code, str) or not ITEM_CODE.fullmatch(code):
            reading.say(f"{path}.code", "item_code", _("题号用字母、数字和下划线，最多 30 个。"))
        elif code in reading.items:
            reading.say(f"{path}.code", "item_twice", _("题号有重复。"))
        else:
            # Only from here on: a condition looks at earlier items, never at its own.
            reading.items[code] = item


def _read_number(reading: Any, path: str, item: Mapping[str, Any]) -> None:
    ends = [number(item[key]) if key in item else None for key in ("least", "most")]
    for key, end in zip(("least", "most"), ends, strict=True):
        if key in item and end is None:
            reading.say(f"{path}.{key}", "not_a_number", _("须是数字。"))
    if None not in ends and ends[0] > ends[1]:
        reading.say(f"{path}.least", "range", _("下限大于上限。"))
    if not is_whole(item.get("decimals", 0)) or not 0 <= item.get("decimals", 0) <= 6:
        reading.say(f"{path}.decimals", "decimals", _("小数位数为 0 到 6。"))


def _read_condition(reading: Any, path: str, condition: Any, depth: int) -> None:
    if not isinstance(condition, Mapping) or depth > DEEPEST:
        reading.say(path, "condition", _("条件写得不对。"))
        return
    for key in ("all", "any"):
        if key in condition:
            rows = reading.objects(condition, key, path)
            if not rows or len(condition) > 1:
                reading.say(path, "condition", _("条件写得不对。"))
            for inner, row in rows:
                _read_condition(reading, inner, row, depth + 1)
            return
    if "not" in condition:
        _read_condition(reading, f"{path}.not", condition["not"], depth + 1)
        return
    tests = condition.keys() & TESTS
    if not tests or condition.keys() - TESTS - {"item"}:
        reading.say(path, "condition", _("条件写得不对。"))
        return
    item = reading.items.get(_plain(condition.get("item")))
    if item is None:
        reading.say(f"{path}.item", "condition_item", _("条件只能看前面的题。"))
        return
    _read_test(reading, path, condition, item)


def _read_test(
    reading: Any, path: str, condition: Mapping[str, Any], item: Mapping[str, Any]
) -> None:
    if "is" in condition:
        wanted = condition["is"]
        offered = {str(row.get("value")) for row in _options(reading, item)}
        if not isinstance(wanted, list) or not wanted or {str(one) for one in wanted} - offered:
            reading.say(f"{path}.is", "condition_value", _("条件里的值不在该题的选项中。"))
    for key in ("least", "most"):
        if key in condition and number(condition[key]) is None:
            reading.say(f"{path}.{key}", "not_a_number", _("须是数字。"))
    if not isinstance(condition.get("is_answered", True), bool):
        reading.say(f"{path}.is_answered", "condition", _("条件写得不对。"))


def _options(reading: Any, item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    named = item.get("options")
    return reading.options.get(named, []) if isinstance(named, str) else []


def _plain(value: Any) -> Any:
    """A key that may be looked up: what cannot be hashed is nobody's code."""
    return value if isinstance(value, str) else None


def read_scoring(reading: Any) -> None:
    scoring = reading.definition["scoring"]
    if not isinstance(scoring, Mapping):
        reading.say("scoring", "not_an_object", _("须是对象。"))
        return
    reading.known_keys("scoring", scoring, keys_of(Scoring))
    _read_method(reading, "scoring", scoring)
    if "change" in scoring and number(scoring["change"]) is None:
        reading.say("scoring.change", "not_a_number", _("须是数字。"))
    _read_codes(reading, "scoring.reverse", scoring.get("reverse", []), is_reverse=True)
    subscales = scoring.get("subscales", {})
    if not isinstance(subscales, Mapping):
        reading.say("scoring.subscales", "not_an_object", _("须是对象。"))
        return
    for code, part in subscales.items():
        path = f"scoring.subscales.{code}"
        if not isinstance(part, Mapping):
            reading.say(path, "not_an_object", _("须是对象。"))
            continue
        reading.known_keys(path, part, SUBSCALE_KEYS)
        _read_method(reading, path, part)
        if not part.get("items"):
            reading.say(f"{path}.items", "no_items", _("至少要有一题。"))
        _read_codes(reading, f"{path}.items", part.get("items", []))
        read_bands(reading, part, "bands", path)


def _read_method(reading: Any, path: str, scoring: Mapping[str, Any]) -> None:
    if scoring.get("method", "sum") not in METHODS:
        reading.say(f"{path}.method", "method", _("计分方法须是 sum、mean、any 或 none。"))
    if scoring.get("rounding", "half_up") not in ("half_up", "floor"):
        reading.say(f"{path}.rounding", "rounding", _("取整须是 half_up 或 floor。"))
    if not is_whole(scoring.get("decimals", 0)) or not 0 <= scoring.get("decimals", 0) <= 4:
        reading.say(f"{path}.decimals", "decimals", _("小数位数为 0 到 4。"))
    factor = number(scoring.get("multiplier", "1"))
    if factor is None or factor <= 0:
        reading.say(f"{path}.multiplier", "multiplier", _("倍数须大于 0。"))
    share = number(scoring.get("missing_share", "0"))
    if share is None or not 0 <= share < 1:
        reading.say(f"{path}.missing_share", "missing_share", _("可缺项的比例为 0 到 1（不含）。"))


def _read_codes(reading: Any, path: str, codes: Any, *, is_reverse: bool = False) -> None:
    """Codes of scored items; a reversed one needs two ends."""
    if not isinstance(codes, list):
        reading.say(path, "not_a_list", _("须是列表。"))
        return
    for code in codes:
        item = reading.items.get(_plain(code))
        if item is None:
            reading.say(path, "item_unknown", _("没有第 %(code)s 题。") % {"code": code})
        elif not is_scored(item):
            reading.say(path, "item_unscored", _("第 %(code)s 题不计分。") % {"code": code})
        elif is_reverse and not _has_ends(item):
            reading.say(path, "item_endless", _("第 %(code)s 题不能反向计分。") % {"code": code})


def _has_ends(item: Mapping[str, Any]) -> bool:
    if type_of(item) == "number":
        return number(item.get("least")) is not None and number(item.get("most")) is not None
    return type_of(item) == "choice"


def read_bands(reading: Any, owner: Mapping[str, Any], key: str, path: str) -> None:
    edges, codes = [], []
    for place, band in reading.objects(owner, key, path):
        reading.known_keys(place, band, keys_of(Band))
        _need_text(reading, place, band)
        low, high = number(band.get("least")), number(band.get("most"))
        if not isinstance(band.get("code"), str) or not band["code"] or len(band["code"]) > 40:
            reading.say(f"{place}.code", "band_code", _("分级须有代码。"))
        codes.append(str(band.get("code")))
        if low is None or high is None:
            reading.say(place, "band_edges", _("分级须有 least 和 most 两个数字。"))
        else:
            edges.append((low, high))
    name = f"{path}.{key}" if path else key
    if any(low > high for low, high in edges) or any(
        after[0] <= before[1] for before, after in zip(edges, edges[1:], strict=False)
    ):
        reading.say(name, "band_order", _("分级的界限有重叠或颠倒。"))
    if len(set(codes)) != len(codes):
        reading.say(name, "band_twice", _("分级的代码有重复。"))


def read_cutoffs(reading: Any) -> None:
    for path, cutoff in reading.objects(reading.definition, "cutoffs"):
        reading.known_keys(path, cutoff, keys_of(Cutoff))
        _need_text(reading, path, cutoff)
        ends = [cutoff[key] for key in ("least", "most") if key in cutoff]
        if not ends or any(number(end) is None for end in ends):
            reading.say(path, "cutoff", _("界值须有 least 或 most。"))


def read_computed(reading: Any) -> None:
    known: set[str] = set()
    for path, one in reading.objects(reading.definition, "computed"):
        reading.known_keys(path, one, keys_of(Computed))
        _need_text(reading, path, one)
        operation = one.get("operation")
        if _plain(operation) not in (*OPERATIONS, *COUNTING):
            reading.say(f"{path}.operation", "operation", _("不认识的运算。"))
        if operation in COUNTING and not is_whole(one.get("bar")):
            reading.say(f"{path}.bar", "bar", _("须写达到几分才算。"))
        _read_terms(reading, path, one, known)
        if number(one.get("times", "1")) is None:
            reading.say(f"{path}.times", "not_a_number", _("须是数字。"))
        if not is_whole(one.get("decimals", 0)) or not 0 <= one.get("decimals", 0) <= 6:
            reading.say(f"{path}.decimals", "decimals", _("小数位数为 0 到 6。"))
        code = one.get("code")
        if not isinstance(code, str) or not ITEM_CODE.fullmatch(code):
            reading.say(f"{path}.code", "item_code", _("题号用字母、数字和下划线，最多 30 个。"))
        elif code in known or code in reading.items:
            reading.say(f"{path}.code", "item_twice", _("题号有重复。"))
        else:
            known.add(code)


def _read_terms(reading: Any, path: str, one: Mapping[str, Any], known: set[str]) -> None:
    terms = one.get("of")
    if not isinstance(terms, list) or not terms:
        reading.say(f"{path}.of", "terms", _("须写用哪些题来算。"))
        return
    if one.get("operation") == "ratio" and len(terms) != 2:
        reading.say(f"{path}.of", "terms", _("比值须正好有两项。"))
    for term in terms:
        item = reading.items.get(_plain(term))
        if is_whole(term) or _plain(term) in known or (item and type_of(item) != "text"):
            continue
        reading.say(f"{path}.of", "item_unknown", _("没有第 %(code)s 题。") % {"code": term})


def read_alerts(reading: Any) -> None:
    scoring = reading.definition["scoring"]
    subscales = scoring.get("subscales") if isinstance(scoring, Mapping) else None
    for path, alert in reading.objects(reading.definition, "alerts"):
        reading.known_keys(path, alert, keys_of(Alert))
        _need_text(reading, path, alert)
        if not isinstance(alert.get("code"), str) or not alert["code"]:
            reading.say(f"{path}.code", "alert_code", _("预警须有代码。"))
        if alert.get("severity") not in SEVERITIES:
            reading.say(f"{path}.severity", "severity", _("程度须是 low、medium、high 或 crisis。"))
        if "subscale" in alert:
            if not isinstance(subscales, Mapping) or _plain(alert["subscale"]) not in subscales:
                reading.say(f"{path}.subscale", "subscale_unknown", _("没有这个分量表。"))
            if not is_whole(alert.get("least")):
                reading.say(f"{path}.least", "not_a_number", _("须是整数。"))
            continue
        item = reading.items.get(_plain(alert.get("item")))
        if item is None:
            named = {"code": alert.get("item")}
            reading.say(f"{path}.item", "item_unknown", _("没有第 %(code)s 题。") % named)
        else:
            _read_alarm(reading, path, alert, item)


def _read_alarm(reading: Any, path: str, alert: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    values = [row.get("value") for row in _options(reading, item)]
    if "values" in alert:
        named = alert["values"]
        if not isinstance(named, list) or {str(one) for one in named} - {str(v) for v in values}:
            reading.say(f"{path}.values", "condition_value", _("值不在该题的选项中。"))
    elif not is_whole(alert.get("least")):
        reading.say(f"{path}.least", "not_a_number", _("须是整数。"))
    elif type_of(item) == "text":
        reading.say(f"{path}.item", "item_unscored", _("文字题不能触发预警。"))
    elif alert.get("by_value") and not (
        type_of(item) == "number" or all(number(value) is not None for value in values)
    ):
        reading.say(f"{path}.by_value", "not_a_number", _("该题选项的值不是数字。"))


def read_repeat(reading: Any) -> None:
    bands = reading.definition["bands"]
    codes = {
        band.get("code")
        for band in (bands if isinstance(bands, list) else [])
        if isinstance(band, Mapping) and isinstance(band.get("code"), str)
    }
    for path, rule in reading.objects(reading.definition, "repeat"):
        reading.known_keys(path, rule, keys_of(Repeat))
        if not is_whole(rule.get("days")) or not 1 <= rule["days"] <= 730:
            reading.say(f"{path}.days", "days", _("间隔为 1 到 730 天。"))
        named = rule.get("bands", [])
        if not isinstance(named, list) or any(_plain(one) not in codes for one in named):
            reading.say(f"{path}.bands", "band_unknown", _("没有这个分级。"))
