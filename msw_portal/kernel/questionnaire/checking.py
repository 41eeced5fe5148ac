"""A definition is checked before it is stored: one sentence per fault, with its place and its rule.

The check takes any JSON value, however wrong, and never raises; what passes can be drawn and scored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.questionnaire import checking_parts as parts
from msw_portal.kernel.questionnaire.definition import Definition

CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
LICENCES = ("A", "B", "C")
TEXTS = {"zh": 120, "licence": 500, "citation": 500, "recall": 60, "note": 500, "en": 200}
MAY_BE_EMPTY = frozenset({"en", "recall"})
MOST_ITEMS = 200


@dataclass(frozen=True)
class Fault:
    """`path` is where ("items[3].options"), `rule` a stable code, `sentence` what to mend."""

    path: str
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}：{self.sentence}" if self.path else self.sentence


class Reading:
    """Collects the faults of one definition while its parts are read."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        self.faults: list[Fault] = []
        self.items: dict[str, Mapping[str, Any]] = {}
        self.options: dict[str, list[Mapping[str, Any]]] = {}

    def say(self, path: str, rule: str, sentence: str) -> None:
        """One fault; a place is complained about once per rule."""
        fault = Fault(path, rule, sentence)
        if fault not in self.faults:
            self.faults.append(fault)

    def objects(self, owner: Mapping[str, Any], key: str, path: str = "") -> list[tuple[str, Any]]:
        """The objects of a list with their paths; what is no list or no object is a fault."""
        path = f"{path}.{key}" if path else key
        rows = owner.get(key, [])
        if not isinstance(rows, list):
            self.say(path, "not_a_list", _("须是列表。"))
            return []
        found = []
        for place, row in enumerate(rows):
            if isinstance(row, Mapping):
                found.append((f"{path}[{place}]", row))
            else:
                self.say(f"{path}[{place}]", "not_an_object", _("须是对象。"))
        return found

    def known_keys(self, path: str, row: Mapping[str, Any], allowed: frozenset[str]) -> None:
        """A misspelt key is a fault, not a silent nothing."""
        for key in sorted(str(key) for key in row.keys() - allowed):
            self.say(f"{path}.{key}" if path else key, "unknown_key", _("不认识的字段。"))


def faults(definition: Any) -> list[Fault]:
    """What is wrong with a definition; empty when it can be drawn and scored."""
    if not isinstance(definition, Mapping):
        return [Fault("", "not_an_object", _("量表定义须是一个 JSON 对象。"))]
    missing = sorted(Definition.__required_keys__ - set(definition))
    if missing:
        sentence = _("量表定义缺少：%(keys)s。") % {"keys": "、".join(missing)}
        return [Fault("", "missing_key", sentence)]
    reading = Reading(definition)
    reading.known_keys("", definition, Definition.__required_keys__ | Definition.__optional_keys__)
    _head(reading)
    if definition["licence_class"] == "C":
        reading.say("licence_class", "class_c", _("C 类量表没有授权，不能导入题目。"))
    parts.read_options(reading)
    parts.read_items(reading)
    parts.read_scoring(reading)
    parts.read_bands(reading, definition, "bands", "")
    parts.read_cutoffs(reading)
    parts.read_computed(reading)
    parts.read_alerts(reading)
    parts.read_repeat(reading)
    return reading.faults


def _head(reading: Reading) -> None:
    definition = reading.definition
    if not isinstance(definition["code"], str) or not CODE.fullmatch(definition["code"]):
        reading.say("code", "code", _("代码用小写字母、数字和下划线，最多 40 个。"))
    version = definition["version"]
    if not isinstance(version, str) or not 0 < len(version.strip()) <= 20:
        reading.say("version", "version", _("须写版本，最多 20 个字。"))
    if definition["licence_class"] not in LICENCES:
        reading.say("licence_class", "licence_class", _("许可类别须是 A、B 或 C。"))
    for key, most in TEXTS.items():
        text = definition[key]
        if not isinstance(text, str) or (not text.strip() and key not in MAY_BE_EMPTY):
            reading.say(key, "text", _("须写文字。"))
        elif len(text) > most:
            reading.say(key, "too_long", _("最多 %(most)s 个字。") % {"most": most})
    for key in ("intro", "source", "language", "kind"):
        if not isinstance(definition.get(key, ""), str):
            reading.say(key, "text", _("须写文字。"))
    ages = [definition.get("min_age", 0), definition.get("max_age", 150)]
    if any(not isinstance(age, int) or isinstance(age, bool) for age in ages):
        reading.say("min_age", "age", _("年龄须是整数。"))
    elif not 0 <= ages[0] <= ages[1] <= 150:
        reading.say("min_age", "age", _("年龄的上下限颠倒或超出 0 到 150。"))
    if not isinstance(definition["items"], list) or not definition["items"]:
        reading.say("items", "no_items", _("至少要有一题。"))
    elif len(definition["items"]) > MOST_ITEMS:
        reading.say("items", "too_many", _("最多 %(most)s 题。") % {"most": MOST_ITEMS})
