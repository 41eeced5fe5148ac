"""Class B: scoring and metadata only. The item text is imported by a hospital that may use it.

A slot is a definition whose texts are empty. What counts in the score (codes, values, subscales,
reversed items) is fixed here; an import may word it and set other bands where no author gave any.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.instruments.writing import NOTE, bands, numbers
from msw_portal.kernel.questionnaire.checking import Fault, faults
from msw_portal.kernel.questionnaire.definition import Definition

_B = {"licence_class": "B", "language": "zh-Hans", "note": NOTE, "kind": "scale"}
# What an import must leave as it is, so that the score stays the published one.
FIXED = ("method", "multiplier", "rounding", "reverse", "missing_share", "decimals")


def _blank(*values: int) -> list[Any]:
    return [{"value": value, "zh": ""} for value in values]


def _blank_items(codes: list[str], options: str) -> list[Any]:
    return [{"code": code, "zh": "", "options": options} for code in codes]


APGAR: Definition = {
    **_B,
    "code": "apgar",
    "version": "1",
    "zh": "家庭关怀度指数（APGAR）",
    "en": "Family APGAR",
    "licence": "期刊论文，未见明确的开放许可；题目由有权使用的医院自行导入。",
    "citation": "Smilkstein G. J Fam Pract 1978;6:1231-1239.",
    "recall": "目前",
    "options": {"often": _blank(0, 1, 2)},
    "items": _blank_items(numbers(1, 5), "often"),
    "scoring": {},
    "bands": bands(
        ("severe", "家庭功能严重障碍", 0, 3),
        ("moderate", "家庭功能中度障碍", 4, 6),
        ("good", "家庭功能良好", 7, 10),
    ),
    "alerts": [],
}


def ssrs(rows: int, sources: int) -> Definition:
    """The Social Support Rating Scale; the sheets differ in the rows of item 5 and the sources of 6 and 7.

    Objective support = 2 + 6 + 7, subjective = 1 + 3 + 4 + 5, use = 8 + 9 + 10 (Xiao 1994).
    """
    fifth = [f"5{letter}" for letter in "abcde"[:rows]]
    source = [{"value": "none", "zh": "", "score": 0, "is_alone": True}]
    source += [{"value": str(n), "zh": "", "score": 1} for n in range(1, sources + 1)]
    many = [{"code": code, "zh": "", "type": "many", "options": "sources"} for code in ("6", "7")]
    return {
        **_B,
        "code": "ssrs",
        "version": f"5{chr(64 + rows)}-{sources}",
        "zh": "社会支持评定量表（SSRS）",
        "en": "Social Support Rating Scale",
        "licence": "作者保留著作权，未见许可声明；题目由有权使用的医院自行导入。",
        "citation": "肖水源. 临床精神医学杂志 1994;4(2):98-100.",
        "recall": "目前",
        "min_age": 14,
        "source": f"第 5 题 {rows} 行，第 6、7 题 {sources} 个来源",
        "options": {"four": _blank(1, 2, 3, 4), "sources": source},
        "items": [
            *_blank_items(numbers(1, 4), "four"),
            *_blank_items(fifth, "four"),
            *many,
            *_blank_items(numbers(8, 10), "four"),
        ],
        "scoring": {
            "subscales": {
                "objective": {"zh": "客观支持", "items": ["2", "6", "7"]},
                "subjective": {"zh": "主观支持", "items": ["1", "3", "4", *fifth]},
                "use": {"zh": "对支持的利用度", "items": ["8", "9", "10"]},
            }
        },
        # Not the author's: a common practice, which a house may replace.
        "bands": bands(("low", "低", 0, 22), ("medium", "中", 23, 44), ("high", "高", 45, 66)),
        "alerts": [],
    }


MSPSS: Definition = {
    **_B,
    "code": "mspss",
    "version": "1",
    "zh": "领悟社会支持量表（MSPSS）",
    "en": "Multidimensional Scale of Perceived Social Support",
    "licence": "作者声明注明出处即可使用；中文译文的权利不明，题目由医院自行导入。",
    "citation": "Zimet GD, Dahlem NW, Zimet SG, Farley GK. J Pers Assess 1988;52:30-41.",
    "recall": "目前",
    "options": {"seven": _blank(*range(1, 8))},
    "items": _blank_items(numbers(1, 12), "seven"),
    "scoring": {
        "subscales": {
            "family": {"zh": "家庭支持", "items": ["3", "4", "8", "11"]},
            "friends": {"zh": "朋友支持", "items": ["6", "7", "9", "12"]},
            "others": {"zh": "其他支持", "items": ["1", "2", "5", "10"]},
        }
    },
    "bands": bands(("low", "低", 12, 36), ("medium", "中", 37, 60), ("high", "高", 61, 84)),
    "computed": [
        {
            "code": "mean",
            "zh": "各题平均分（1–2.9 低，3–5 中，5.1–7 高）",
            "operation": "mean",
            "of": [str(n) for n in range(1, 13)],
            "decimals": 1,
        }
    ],
    "alerts": [],
}

LSNS6: Definition = {
    **_B,
    "code": "lsns6",
    "version": "1",
    "zh": "Lubben 社会网络量表（LSNS-6）",
    "en": "Lubben Social Network Scale-6",
    "licence": "临床使用免费，须注明出处；中文题目由医院自行导入。",
    "citation": "Lubben J, Blozik E, Gillmann G, et al. Gerontologist 2006;46:503-513.",
    "recall": "目前",
    "min_age": 18,
    "options": {"count": _blank(0, 1, 2, 3, 4, 5)},
    "items": _blank_items(numbers(1, 6), "count"),
    "scoring": {
        "subscales": {
            name: {
                "zh": text,
                "items": codes,
                "bands": bands(("isolated", "有隔离风险", 0, 5), ("connected", "尚可", 6, 15)),
            }
            for name, text, codes in (
                ("family", "家人", numbers(1, 3)),
                ("friends", "朋友", numbers(4, 6)),
            )
        }
    },
    "bands": bands(
        ("isolated", "有社会隔离的风险", 0, 11), ("connected", "未提示社会隔离", 12, 30)
    ),
    "cutoffs": [{"zh": "<12 分：有社会隔离的风险", "most": 11}],
    "alerts": [],
}


def _zung(code: str, zh: str, en: str, citation: str, reverse: list[str], edges: Any) -> Definition:
    """A self-rating scale of Zung: 20 items of 1 to 4, standard score = whole part of raw x 1.25."""
    return {
        **_B,
        "code": code,
        "version": "1",
        "zh": zh,
        "en": en,
        "licence": "年代久远，权利不明；题目由有权使用的医院自行导入。",
        "citation": citation,
        "recall": "过去一周",
        "min_age": 18,
        "options": {"often": _blank(1, 2, 3, 4)},
        "items": _blank_items(numbers(1, 20), "often"),
        "scoring": {"reverse": reverse, "multiplier": "1.25", "rounding": "floor"},
        "bands": bands(*edges),
        "alerts": [],
    }


SDS = _zung(
    "sds",
    "抑郁自评量表（SDS）",
    "Self-Rating Depression Scale",
    "Zung WWK. Arch Gen Psychiatry 1965;12:63-70. 中国常模界值 53。",
    ["2", "5", "6", "11", "12", "14", "16", "17", "18", "20"],
    (
        ("normal", "未达界值", 25, 52),
        ("mild", "轻度", 53, 62),
        ("moderate", "中度", 63, 72),
        ("severe", "重度", 73, 100),
    ),
)
SAS = _zung(
    "sas",
    "焦虑自评量表（SAS）",
    "Self-Rating Anxiety Scale",
    "Zung WWK. Psychosomatics 1971;12:371-379. 中国常模界值 50。",
    ["5", "9", "13", "17", "19"],
    (
        ("normal", "未达界值", 25, 49),
        ("mild", "轻度", 50, 59),
        ("moderate", "中度", 60, 69),
        ("severe", "重度", 70, 100),
    ),
)

_DOMAIN = bands(("negative", "未提示需求", 0, 0), ("positive", "有需求", 1, 1))

AHC_HRSN: Definition = {
    **_B,
    "code": "ahc_hrsn",
    "version": "1",
    "zh": "健康相关社会需求筛查（AHC-HRSN）",
    "en": "Accountable Health Communities Health-Related Social Needs Screening Tool, core items",
    "kind": "screen",
    "licence": "美国 CMS 发布，其中几题另有权利人（HITS © K. Sherin）；题目由有权使用的医院自行导入。",
    "citation": "Billioux A, Verlander K, Anthony S, Alley D. NAM Perspectives 2017. HITS: Sherin KM, et al. Fam Med 1998;30:508-512.",
    "recall": "过去 12 个月",
    "options": {
        "living": [
            {"value": "steady", "zh": "", "score": 0},
            {"value": "worried", "zh": "", "score": 1},
            {"value": "none", "zh": "", "score": 1},
        ],
        "problems": [
            *({"value": str(n), "zh": "", "score": 1} for n in range(1, 8)),
            {"value": "none", "zh": "", "score": 0, "is_alone": True},
        ],
        "true": [
            {"value": "often", "zh": "", "score": 1},
            {"value": "sometimes", "zh": "", "score": 1},
            {"value": "never", "zh": "", "score": 0},
        ],
        "yes_no": [{"value": "yes", "zh": "", "score": 1}, {"value": "no", "zh": "", "score": 0}],
        "utilities": [
            {"value": "yes", "zh": "", "score": 1},
            {"value": "no", "zh": "", "score": 0},
            {"value": "shut_off", "zh": "", "score": 1},
        ],
        "often": _blank(1, 2, 3, 4, 5),
    },
    "items": [
        {"code": "1", "zh": "", "options": "living"},
        {"code": "2", "zh": "", "type": "many", "options": "problems"},
        {"code": "3", "zh": "", "options": "true"},
        {"code": "4", "zh": "", "options": "true"},
        {"code": "5", "zh": "", "options": "yes_no"},
        {"code": "6", "zh": "", "options": "utilities"},
        *_blank_items(numbers(7, 10), "often"),
    ],
    "scoring": {
        "method": "none",
        "subscales": {
            "housing": {"zh": "居住", "items": ["1", "2"], "method": "any", "bands": _DOMAIN},
            "food": {"zh": "食物", "items": ["3", "4"], "method": "any", "bands": _DOMAIN},
            "transport": {"zh": "交通", "items": ["5"], "method": "any", "bands": _DOMAIN},
            "utilities": {"zh": "水电气", "items": ["6"], "method": "any", "bands": _DOMAIN},
            "safety": {
                "zh": "人身安全",
                "items": numbers(7, 10),
                "bands": bands(("negative", "未提示需求", 4, 10), ("positive", "有需求", 11, 20)),
            },
        },
    },
    "bands": [],
    "alerts": [
        {
            "code": "safety",
            "zh": "人身安全部分超过 10 分，须核实是否遭受伤害，并按强制报告制度处理。",
            "subscale": "safety",
            "least": 11,
            "severity": "crisis",
            "trigger": "violence",
        }
    ],
}

SLOTS: dict[tuple[str, str], Definition] = {
    (one["code"], one["version"]): one
    for one in (
        APGAR,
        ssrs(5, 9),
        ssrs(5, 8),
        ssrs(4, 9),
        ssrs(4, 8),
        MSPSS,
        LSNS6,
        AHC_HRSN,
        SDS,
        SAS,
    )
}


def slot_faults(definition: Mapping[str, Any]) -> list[Fault]:
    """`faults`, and for a known class B instrument what differs from its published scoring.

    The import's `version` may add to the slot's ("1 院内版"): the first word names the slot.
    """
    found = faults(definition)
    if found:
        return found
    mine = {version: slot for (code, version), slot in SLOTS.items() if code == definition["code"]}
    if not mine:
        return []
    slot = mine.get(definition["version"].split()[0])
    if slot is None:
        known = "、".join(mine)
        return [
            Fault("version", "slot_version", _("版本须以 %(known)s 之一开头。") % {"known": known})
        ]
    return _differences(definition, slot)


def _differences(definition: Mapping[str, Any], slot: Mapping[str, Any]) -> list[Fault]:
    found = []
    if _keys(definition) != _keys(slot):
        found.append(Fault("items", "slot_items", _("题号、题型和选项组须与计分模板一致。")))
    for name, rows in slot["options"].items():
        if _values(definition["options"].get(name, ())) != _values(rows):
            found.append(
                Fault(f"options.{name}", "slot_options", _("选项的值和分值须与计分模板一致。"))
            )
    mine, theirs = definition["scoring"], slot["scoring"]
    if any(mine.get(key) != theirs.get(key) for key in FIXED) or _parts(mine) != _parts(theirs):
        found.append(Fault("scoring", "slot_scoring", _("计分规则须与计分模板一致。")))
    if [_alarm(one) for one in definition["alerts"]] != [_alarm(one) for one in slot["alerts"]]:
        found.append(Fault("alerts", "slot_alerts", _("预警规则须与计分模板一致。")))
    return found


def _keys(definition: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    keys = ("code", "type", "options", "is_scored", "when")
    return [tuple(item.get(key) for key in keys) for item in definition["items"]]


def _values(rows: Any) -> list[tuple[Any, ...]]:
    return [(row["value"], row.get("score"), row.get("is_alone")) for row in rows]


def _parts(scoring: Mapping[str, Any]) -> dict[str, Any]:
    return {
        code: (part["items"], *(part.get(key) for key in FIXED))
        for code, part in scoring.get("subscales", {}).items()
    }


def _alarm(alert: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in alert.items() if key != "zh"}
