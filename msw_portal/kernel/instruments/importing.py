"""A questionnaire's text as a hospital brings it: read from JSON, every fault named by its place.

The format is described in docs/questionnaires.md. Class C and what the portal ships itself are
refused by name.
"""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.instruments.catalogue import CLOSED, SHIPPED
from msw_portal.kernel.instruments.closed import Closed
from msw_portal.kernel.instruments.slots import slot_faults
from msw_portal.kernel.questionnaire.checking import Fault

MOST_BYTES = 256 * 1024
# By what a closed instrument is known, beside its code: parts of its names, folded.
KNOWN_AS = {
    "nccn_dt": ("nccn", "心理痛苦温度计", "distress thermometer"),
    "hads": ("hads", "医院焦虑抑郁", "医院焦虑与抑郁", "hospital anxiety and depression"),
    "zarit": ("zarit", "zbi", "照顾者负担量表", "照料者负担量表"),
    "prapare": ("prapare",),
}


def _pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different.

    Raises:
        ValueError: naming the key that stands twice.
    """
    keys = [key for key, _value in found]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(_("“%(key)s”写了两次。") % {"key": key})
    return dict(found)


def _no_constant(name: str) -> None:
    raise ValueError(_("%(name)s 不是数字。") % {"name": name})


def read(content: bytes) -> tuple[Any, list[Fault]]:
    """The JSON value, or the one fault that keeps it from being read; never raises."""
    if len(content) > MOST_BYTES:
        return None, [Fault("", "too_large", _("文件超过 256 KB。"))]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, [Fault("", "encoding", _("文件须用 UTF-8 编码保存。"))]
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
        return value, []
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        sentence = _("第 %(line)s 行第 %(column)s 列：不是正确的 JSON。") % where
    except RecursionError:
        sentence = _("嵌套太深。")
    except ValueError as error:
        # Words of ours from above; a number with thousands of digits has the interpreter's.
        sentence = str(error) if any("\u4e00" <= c <= "\u9fff" for c in str(error)) else ""
        sentence = sentence or _("不是正确的 JSON。")
    return None, [Fault("", "json", sentence)]


def closed_of(definition: Mapping[str, Any]) -> Closed | None:
    """The class C instrument that a definition is, by its code or its names."""
    said = unicodedata.normalize(
        "NFKC", " ".join(str(definition.get(key, "")) for key in ("code", "zh", "en"))
    ).casefold()
    for one in CLOSED:
        if definition.get("code") == one.code or any(name in said for name in KNOWN_AS[one.code]):
            return one
    return None


def import_faults(definition: Any) -> list[Fault]:
    """What keeps a definition from being imported; empty when it can be drawn, scored and published."""
    if isinstance(definition, Mapping):
        closed = closed_of(definition)
        if closed is not None:
            sentence = _("“%(name)s”没有开放授权，不能导入。%(licence)s") % {
                "name": closed.zh,
                "licence": closed.licence,
            }
            return [Fault("code", "class_c", sentence)]
        if definition.get("code") in tuple(SHIPPED):
            return [Fault("code", "shipped", _("系统已自带这份量表，不用导入。"))]
    return slot_faults(definition)
