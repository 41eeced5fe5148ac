"""The instruments that ship with their items: PHQ-9, GAD-7 and the house's own quick screen.

Class A of the licence policy: free to reproduce, or our own words. Definitions are JSON and are copied
into the questionnaire table; what is published there is frozen, so a change here is a new version.
"""

from typing import Any

from msw_portal.kernel.questionnaire import Definition

_NOTE = "筛查结果，非诊断；须由社工填写解读。"
_FREE = "可自由复制、翻译、展示和分发，无须许可（Pfizer, 1999）。"
_FREQUENCY = [
    {"value": 0, "zh": "完全不会"},
    {"value": 1, "zh": "好几天"},
    {"value": 2, "zh": "一半以上的天数"},
    {"value": 3, "zh": "几乎每天"},
]
_DIFFICULTY = [
    {"value": 0, "zh": "毫无困难"},
    {"value": 1, "zh": "有点困难"},
    {"value": 2, "zh": "非常困难"},
    {"value": 3, "zh": "极度困难"},
]


def _items(texts: list[str], options: str) -> list[Any]:
    return [
        {"code": str(number), "zh": text, "options": options}
        for number, text in enumerate(texts, start=1)
    ]


def _bands(*rows: tuple[str, str, int, int]) -> list[Any]:
    return [
        {"code": code, "zh": zh, "least": least, "most": most} for code, zh, least, most in rows
    ]


PHQ9: Definition = {
    "code": "phq9",
    "version": "1",
    "zh": "患者健康问卷（PHQ-9）",
    "en": "Patient Health Questionnaire-9",
    "licence_class": "A",
    "licence": _FREE,
    "citation": "Kroenke K, Spitzer RL, Williams JBW. J Gen Intern Med 2001;16:606-613.",
    "recall": "过去两周",
    "note": _NOTE,
    "options": {"frequency": _FREQUENCY, "difficulty": _DIFFICULTY},
    "items": [
        *_items(
            [
                "做事时提不起劲或没有兴趣",
                "感到心情低落、沮丧或绝望",
                "入睡困难、睡不安稳或睡眠过多",
                "感觉疲倦或没有活力",
                "食欲不振或吃太多",
                "觉得自己很糟，或觉得自己很失败，或让自己或家人失望",
                "对事物专注有困难，例如阅读报纸或看电视时",
                "动作或说话速度缓慢到别人已经察觉；或正好相反，烦躁或坐立不安、动来动去的情况更胜于平常",
                "有不如死掉或用某种方式伤害自己的念头",
            ],
            "frequency",
        ),
        {
            "code": "function",
            "zh": "这些问题给您的工作、料理家务或与人相处造成多大困难",
            "options": "difficulty",
            "is_scored": False,
        },
    ],
    "scoring": {"missing_share": "0.2"},
    "bands": _bands(
        ("minimal", "无或极轻", 0, 4),
        ("mild", "轻度", 5, 9),
        ("moderate", "中度", 10, 14),
        ("moderately_severe", "中重度", 15, 19),
        ("severe", "重度", 20, 27),
    ),
    "alerts": [
        {
            "code": "self_harm",
            "zh": "第 9 题提示自伤或轻生念头，须立即评估风险并告知督导。",
            "item": "9",
            "least": 1,
            "severity": "crisis",
        }
    ],
}

GAD7: Definition = {
    "code": "gad7",
    "version": "1",
    "zh": "广泛性焦虑量表（GAD-7）",
    "en": "Generalized Anxiety Disorder-7",
    "licence_class": "A",
    "licence": _FREE,
    "citation": "Spitzer RL, Kroenke K, Williams JBW, Löwe B. Arch Intern Med 2006;166:1092-1097.",
    "recall": "过去两周",
    "note": _NOTE,
    "options": {"frequency": _FREQUENCY},
    "items": _items(
        [
            "感觉紧张、焦虑或急切",
            "不能够停止或控制担忧",
            "对各种各样的事情担忧过多",
            "很难放松下来",
            "由于不安而无法静坐",
            "变得容易烦恼或急躁",
            "感到似乎将有可怕的事情发生而害怕",
        ],
        "frequency",
    ),
    "scoring": {"missing_share": "0.2"},
    "bands": _bands(
        ("minimal", "无或极轻", 0, 4),
        ("mild", "轻度", 5, 9),
        ("moderate", "中度", 10, 14),
        ("severe", "重度", 15, 21),
    ),
    "alerts": [],
}

# Distress of 4 or more counts as a "yes", after the usual cut-off of a 0 to 10 rating.
_DISTRESS = [{"value": n, "zh": str(n), "score": int(n >= 4)} for n in range(11)]

QUICK_SCREEN: Definition = {
    "code": "quick_screen",
    "version": "1",
    "zh": "医务社工需求快速筛查",
    "en": "Medical social work quick screen",
    "licence_class": "A",
    "licence": "本平台自编，可自由使用。",
    "citation": "本平台自编。",
    "recall": "目前",
    "note": "院内约定，未经信效度检验；筛查结果，非诊断。",
    "options": {
        "yes_no": [
            {"value": "yes", "zh": "是", "score": 1},
            {"value": "no", "zh": "否", "score": 0},
            {"value": "uncertain", "zh": "不确定", "score": 0},
        ],
        "distress": _DISTRESS,
    },
    "items": [
        {"code": "cost", "zh": "治疗费用让您或家人感到有压力", "options": "yes_no"},
        {"code": "insurance", "zh": "对医保报销或救助政策不清楚", "options": "yes_no"},
        {
            "code": "distress",
            "zh": "最近一周心里难受的程度（0 不难受，10 极难受）",
            "options": "distress",
        },
        {"code": "care", "zh": "住院或回家后没有人照顾", "options": "yes_no"},
        {"code": "family", "zh": "家里因为看病的事有争执或关系紧张", "options": "yes_no"},
        {"code": "caregiver", "zh": "照顾您的人已经很疲惫", "options": "yes_no"},
        {"code": "lodging", "zh": "陪护的住宿或来往医院的交通有困难", "options": "yes_no"},
        {"code": "supplies", "zh": "吃饭或生活用品有困难", "options": "yes_no"},
        {"code": "school_work", "zh": "上学或工作受到影响", "options": "yes_no"},
        {"code": "communication", "zh": "和医生护士沟通有困难", "options": "yes_no"},
        {"code": "discharge", "zh": "出院以后去哪里还没有着落", "options": "yes_no"},
        {"code": "harm", "zh": "担心会伤害自己，或担心被别人伤害", "options": "yes_no"},
    ],
    "scoring": {},
    "bands": _bands(("few", "暂不需要全面评估", 0, 2), ("offer", "建议全面评估", 3, 12)),
    "alerts": [
        {
            "code": "harm",
            "zh": "有伤害自己或被伤害的担心，须立即评估风险并告知督导。",
            "item": "harm",
            "least": 1,
            "severity": "crisis",
        },
        {
            "code": "distress",
            "zh": "心理痛苦为 10 分，须立即评估风险并告知督导。",
            "item": "distress",
            "least": 10,
            "severity": "crisis",
            "by_value": True,
        },
    ],
}

SHIPPED: dict[str, Definition] = {one["code"]: one for one in (PHQ9, GAD7, QUICK_SCREEN)}
