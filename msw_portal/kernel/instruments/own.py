"""The house's own sheets: quick screen, distress, satisfaction (F14), the four-way score of a checkpoint."""

from msw_portal.kernel.instruments.writing import bands, scale
from msw_portal.kernel.questionnaire.definition import Definition

_OWN = {
    "licence_class": "A",
    "licence": "本平台自编，可自由使用。",
    "citation": "本平台自编。",
    "language": "zh-Hans",
}
_UNTESTED = "院内约定，未经信效度检验；筛查结果，非诊断。"
DISTRESS_ZH = "最近一周心里难受的程度（0 不难受，10 极难受）"
# Distress of 4 or more counts as a "yes", after the usual cut-off of a 0 to 10 rating.
_DISTRESS = [{"value": n, "zh": str(n), "score": int(n >= 4)} for n in range(11)]
_TEN = [{"value": n, "zh": str(n)} for n in range(11)]

QUICK_SCREEN: Definition = {
    **_OWN,
    "code": "quick_screen",
    "version": "2",
    "zh": "医务社工需求快速筛查",
    "en": "Medical social work quick screen",
    "kind": "screen",
    "recall": "目前",
    "note": _UNTESTED,
    "options": {
        "yes_no": [
            {"value": "yes", "zh": "是", "score": 1},
            {"value": "no", "zh": "否", "score": 0},
            {"value": "uncertain", "zh": "不确定", "score": 0},
        ],
        "distress": _DISTRESS,
        "harm": [
            {"value": "self", "zh": "伤害自己", "score": 0},
            {"value": "others", "zh": "伤害别人", "score": 0},
            {"value": "by_others", "zh": "被别人伤害", "score": 0},
        ],
    },
    "items": [
        {"code": "cost", "zh": "治疗费用让您或家人感到有压力", "options": "yes_no"},
        {"code": "insurance", "zh": "对医保报销或救助政策不清楚", "options": "yes_no"},
        {"code": "distress", "zh": DISTRESS_ZH, "options": "distress"},
        {"code": "care", "zh": "住院或回家后没有人照顾", "options": "yes_no"},
        {"code": "family", "zh": "家里因为看病的事有争执或关系紧张", "options": "yes_no"},
        {"code": "caregiver", "zh": "照顾您的人已经很疲惫", "options": "yes_no"},
        {"code": "lodging", "zh": "陪护的住宿或来往医院的交通有困难", "options": "yes_no"},
        {"code": "supplies", "zh": "吃饭或生活用品有困难", "options": "yes_no"},
        {"code": "school_work", "zh": "上学或工作受到影响", "options": "yes_no"},
        {"code": "communication", "zh": "和医生护士沟通有困难", "options": "yes_no"},
        {"code": "discharge", "zh": "出院以后去哪里还没有着落", "options": "yes_no"},
        {"code": "harm", "zh": "担心会伤害自己，或担心被别人伤害", "options": "yes_no"},
        {
            "code": "harm_kind",
            "zh": "担心的是哪一种（可多选）",
            "type": "many",
            "options": "harm",
            "is_scored": False,
            "when": {"item": "harm", "is": ["yes"]},
        },
    ],
    "scoring": {},
    "bands": bands(("few", "暂不需要全面评估", 0, 2), ("offer", "建议全面评估", 3, 12)),
    "alerts": [
        {
            "code": "harm",
            "zh": "有伤害自己或被伤害的担心，须立即评估风险并告知督导。",
            "item": "harm",
            "least": 1,
            "severity": "crisis",
            "trigger": "screen",
        },
        {
            "code": "violence",
            "zh": "担心被别人伤害，须核实并按强制报告制度处理。",
            "item": "harm_kind",
            "values": ["by_others"],
            "severity": "crisis",
            "trigger": "violence",
        },
        {
            "code": "distress",
            "zh": "心理痛苦为 10 分，须立即评估风险并告知督导。",
            "item": "distress",
            "least": 10,
            "severity": "crisis",
            "by_value": True,
            "trigger": "distress",
        },
    ],
}

DISTRESS: Definition = {
    **_OWN,
    "code": "distress",
    "version": "1",
    "zh": "心理痛苦 0–10 分",
    "en": "Distress rating 0 to 10",
    "kind": "scale",
    "recall": "过去一周",
    "note": _UNTESTED,
    "options": {"ten": _TEN},
    "items": [
        {"code": "distress", "zh": DISTRESS_ZH, "options": "ten"},
        {
            "code": "about",
            "zh": "主要因为什么事难受",
            "type": "text",
            "most": 500,
            "when": {"item": "distress", "least": 4},
        },
    ],
    "scoring": {},
    "bands": bands(("low", "较轻", 0, 3), ("marked", "明显，建议进一步了解", 4, 10)),
    "cutoffs": [{"zh": "≥4 分：建议进一步了解", "least": 4}],
    "alerts": [
        {
            "code": "distress",
            "zh": "心理痛苦为 10 分，须立即评估风险并告知督导。",
            "item": "distress",
            "least": 10,
            "severity": "crisis",
            "trigger": "distress",
        }
    ],
    "repeat": [{"days": 7, "bands": ["marked"]}],
}

_FIVE = ("attitude", "skill", "speed", "effect", "overall")

SATISFACTION: Definition = {
    **_OWN,
    "code": "satisfaction",
    "version": "1",
    "zh": "服务满意度（F14）",
    "en": "Satisfaction with the service",
    "kind": "satisfaction",
    "recall": "本次服务",
    "note": "满意度为服务对象的主观评价，不用于评价服务对象。",
    "options": {"five": scale("很不满意", "不满意", "一般", "满意", "很满意", start=1)},
    "items": [
        *(
            {"code": code, "zh": text, "options": "five"}
            for code, text in zip(
                _FIVE, ("服务态度", "专业能力", "及时", "效果", "总体"), strict=True
            )
        ),
        {"code": "comment", "zh": "您的意见和建议", "type": "text", "most": 1000},
    ],
    "scoring": {"method": "mean", "missing_share": "0.4"},
    "bands": [],
    "computed": [
        {
            "code": "csat",
            "zh": "满意（4 分及以上）的题目占比",
            "operation": "share_at_least",
            "of": list(_FIVE),
            "bar": 4,
            "times": "100",
            "unit": "%",
        }
    ],
    "alerts": [],
}

# Each axis runs from 0 (worst) to 10 (best), so that a wider radar is always a better state.
FOUR_WAY_AXES = (
    ("economy", "经济", "0 治疗因钱停下；5 借债或靠救助维持；10 费用没有压力"),
    ("support", "社会支持", "0 没有人可以依靠；5 偶尔有人帮；10 亲友、单位、社区都在帮"),
    ("family", "家庭关系", "0 关系破裂或无人照顾；5 有分歧但还能商量；10 一家人互相支持"),
    ("mood", "情绪", "0 情绪崩溃；5 时好时坏；10 平稳、有信心"),
)

FOUR_WAY: Definition = {
    **_OWN,
    "code": "four_way",
    "version": "1",
    "zh": "四个方面评分（经济、社会支持、家庭关系、情绪）",
    "en": "Four-way score: economy, social support, family, mood",
    "kind": "scale",
    "recall": "目前",
    "intro": "由社工按面谈和观察评定，0 最困难，10 最好；术前、术中、术后各评一次。",
    "note": _UNTESTED,
    "options": {"ten": _TEN},
    "items": [
        item
        for code, text, anchors in FOUR_WAY_AXES
        for item in (
            {"code": code, "zh": text, "help": anchors, "options": "ten"},
            {
                "code": f"{code}_basis",
                "zh": f"{text}：评分的依据",
                "type": "text",
                "most": 300,
                "when": {"item": code, "most": 4},
            },
        )
    ],
    "scoring": {
        "subscales": {code: {"zh": text, "items": [code]} for code, text, _anchors in FOUR_WAY_AXES}
    },
    "bands": [],
    "alerts": [],
}
