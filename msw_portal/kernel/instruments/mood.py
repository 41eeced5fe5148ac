"""PHQ, GAD and their short forms, PHQ-ADS, and the WHO-5: class A, text and scoring."""

from msw_portal.kernel.instruments.writing import NOTE, bands, items, numbers, scale
from msw_portal.kernel.questionnaire.definition import Alert, Definition

_FREE = "可自由复制、翻译、展示和分发，无须许可（Pfizer, 1999）。"
_SOURCE = "phqscreeners.com 发布的量表与中文译文（通行版本）"
_INTRO = "在过去两周里，您有多少时候受到下列问题的困扰？"
_FREQUENCY = scale("完全不会", "好几天", "一半以上的天数", "几乎每天")
_DIFFICULTY = scale("毫无困难", "有点困难", "非常困难", "极度困难")
_PHQ = [
    "做事时提不起劲或没有兴趣",
    "感到心情低落、沮丧或绝望",
    "入睡困难、睡不安稳或睡眠过多",
    "感觉疲倦或没有活力",
    "食欲不振或吃太多",
    "觉得自己很糟，或觉得自己很失败，或让自己或家人失望",
    "对事物专注有困难，例如阅读报纸或看电视时",
    "动作或说话速度缓慢到别人已经察觉；或正好相反，烦躁或坐立不安、动来动去的情况更胜于平常",
    "有不如死掉或用某种方式伤害自己的念头",
]
_GAD = [
    "感觉紧张、焦虑或急切",
    "不能够停止或控制担忧",
    "对各种各样的事情担忧过多",
    "很难放松下来",
    "由于不安而无法静坐",
    "变得容易烦恼或急躁",
    "感到似乎将有可怕的事情发生而害怕",
]
_SELF_HARM: Alert = {
    "code": "self_harm",
    "zh": "第 9 题提示自伤或轻生念头，须立即评估风险并告知督导。",
    "item": "9",
    "least": 1,
    "severity": "crisis",
    "trigger": "phq9_9",
}
_COMMON = {
    "licence_class": "A",
    "licence": _FREE,
    "language": "zh-Hans",
    "source": _SOURCE,
    "intro": _INTRO,
    "recall": "过去两周",
    "note": NOTE,
    "kind": "scale",
    "min_age": 12,
}

PHQ2: Definition = {
    **_COMMON,
    "code": "phq2",
    "version": "1",
    "zh": "患者健康问卷-2（PHQ-2）",
    "en": "Patient Health Questionnaire-2",
    "citation": "Kroenke K, Spitzer RL, Williams JBW. Med Care 2003;41:1284-1292.",
    "options": {"frequency": _FREQUENCY},
    "items": items(_PHQ[:2], "frequency"),
    "scoring": {},
    "bands": bands(("negative", "阴性", 0, 2), ("positive", "阳性，建议做 PHQ-9", 3, 6)),
    "cutoffs": [{"zh": "≥3 分：抑郁筛查阳性", "least": 3}],
    "alerts": [],
}

PHQ9: Definition = {
    **_COMMON,
    "code": "phq9",
    "version": "1",
    "zh": "患者健康问卷（PHQ-9）",
    "en": "Patient Health Questionnaire-9",
    "citation": "Kroenke K, Spitzer RL, Williams JBW. J Gen Intern Med 2001;16:606-613.",
    "options": {"frequency": _FREQUENCY, "difficulty": _DIFFICULTY},
    "items": [
        *items(_PHQ, "frequency"),
        {
            "code": "function",
            "zh": "这些问题给您的工作、料理家务或与人相处造成多大困难",
            "options": "difficulty",
            "is_scored": False,
        },
    ],
    "scoring": {"missing_share": "0.2", "change": "5"},
    "bands": bands(
        ("minimal", "无或极轻", 0, 4),
        ("mild", "轻度", 5, 9),
        ("moderate", "中度", 10, 14),
        ("moderately_severe", "中重度", 15, 19),
        ("severe", "重度", 20, 27),
    ),
    "cutoffs": [{"zh": "≥10 分：抑郁筛查阳性", "least": 10}],
    "alerts": [_SELF_HARM],
    "repeat": [{"days": 14, "bands": ["moderate", "moderately_severe", "severe"]}],
}

GAD2: Definition = {
    **_COMMON,
    "code": "gad2",
    "version": "1",
    "zh": "广泛性焦虑量表-2（GAD-2）",
    "en": "Generalized Anxiety Disorder-2",
    "citation": "Kroenke K, Spitzer RL, Williams JBW, et al. Ann Intern Med 2007;146:317-325.",
    "options": {"frequency": _FREQUENCY},
    "items": items(_GAD[:2], "frequency"),
    "scoring": {},
    "bands": bands(("negative", "阴性", 0, 2), ("positive", "阳性，建议做 GAD-7", 3, 6)),
    "cutoffs": [{"zh": "≥3 分：焦虑筛查阳性", "least": 3}],
    "alerts": [],
}

GAD7: Definition = {
    **_COMMON,
    "code": "gad7",
    "version": "1",
    "zh": "广泛性焦虑量表（GAD-7）",
    "en": "Generalized Anxiety Disorder-7",
    "citation": "Spitzer RL, Kroenke K, Williams JBW, Löwe B. Arch Intern Med 2006;166:1092-1097.",
    "options": {"frequency": _FREQUENCY},
    "items": items(_GAD, "frequency"),
    "scoring": {"missing_share": "0.2", "change": "4"},
    "bands": bands(
        ("minimal", "无或极轻", 0, 4),
        ("mild", "轻度", 5, 9),
        ("moderate", "中度", 10, 14),
        ("severe", "重度", 15, 21),
    ),
    "cutoffs": [{"zh": "≥10 分：焦虑筛查阳性", "least": 10}],
    "alerts": [],
    "repeat": [{"days": 14, "bands": ["moderate", "severe"]}],
}

PHQ4: Definition = {
    **_COMMON,
    "code": "phq4",
    "version": "1",
    "zh": "患者健康问卷-4（PHQ-4）",
    "en": "Patient Health Questionnaire-4",
    "citation": "Kroenke K, Spitzer RL, Williams JBW, Löwe B. Psychosomatics 2009;50:613-621.",
    "options": {"frequency": _FREQUENCY},
    "items": items([*_GAD[:2], *_PHQ[:2]], "frequency"),
    "scoring": {
        "subscales": {
            "anxiety": {
                "zh": "焦虑（GAD-2）",
                "items": numbers(1, 2),
                "bands": bands(("negative", "阴性", 0, 2), ("positive", "阳性", 3, 6)),
            },
            "depression": {
                "zh": "抑郁（PHQ-2）",
                "items": numbers(3, 4),
                "bands": bands(("negative", "阴性", 0, 2), ("positive", "阳性", 3, 6)),
            },
        }
    },
    "bands": bands(
        ("normal", "正常", 0, 2),
        ("mild", "轻度", 3, 5),
        ("moderate", "中度", 6, 8),
        ("severe", "重度", 9, 12),
    ),
    "alerts": [],
}

PHQ_ADS: Definition = {
    **_COMMON,
    "code": "phq_ads",
    "version": "1",
    "zh": "患者健康问卷焦虑抑郁量表（PHQ-ADS）",
    "en": "Patient Health Questionnaire Anxiety and Depression Scale",
    "citation": "Kroenke K, Wu J, Yu Z, et al. Psychosom Med 2016;78:716-727.",
    "options": {"frequency": _FREQUENCY},
    "items": [
        one
        | ({"section": "情绪（PHQ-9）"} if place == 0 else {})
        | ({"section": "焦虑（GAD-7）"} if place == len(_PHQ) else {})
        for place, one in enumerate(items([*_PHQ, *_GAD], "frequency"))
    ],
    "scoring": {
        "missing_share": "0.2",
        "subscales": {
            "phq9": {"zh": "抑郁（PHQ-9）", "items": numbers(1, 9)},
            "gad7": {"zh": "焦虑（GAD-7）", "items": numbers(10, 16)},
        },
    },
    "bands": bands(
        ("minimal", "无或极轻", 0, 9),
        ("mild", "轻度", 10, 19),
        ("moderate", "中度", 20, 29),
        ("severe", "重度", 30, 48),
    ),
    "alerts": [_SELF_HARM],
}

WHO5: Definition = {
    **_COMMON,
    "code": "who5",
    "version": "1",
    "zh": "世界卫生组织五项幸福感指数（WHO-5）",
    "en": "WHO-5 Well-Being Index",
    "licence": "世界卫生组织，CC BY-NC-SA 3.0 IGO，仅限非商业使用。",
    "citation": "The World Health Organization-Five Well-Being Index (WHO-5). Geneva: WHO; 2024.",
    "source": "世界卫生组织 2024 年发布页的中文版（通行版本）",
    "intro": "请选出最接近您过去两周感受的一项。",
    "min_age": 9,
    "options": {
        "time": [
            {"value": 5, "zh": "所有时间"},
            {"value": 4, "zh": "大部分时间"},
            {"value": 3, "zh": "超过一半的时间"},
            {"value": 2, "zh": "少于一半的时间"},
            {"value": 1, "zh": "有时候"},
            {"value": 0, "zh": "从未有过"},
        ]
    },
    "items": items(
        [
            "我感觉快乐、心情舒畅",
            "我感觉宁静和放松",
            "我感觉充满活力、精力充沛",
            "我睡醒时感到清新、得到了足够休息",
            "我每天生活充满了有趣的事情",
        ],
        "time",
    ),
    "scoring": {"multiplier": "4", "change": "10"},
    "bands": bands(
        ("very_low", "很低，提示可能抑郁，须进一步评估", 0, 28),
        ("low", "低，建议做抑郁筛查", 29, 50),
        ("adequate", "尚可", 51, 100),
    ),
    "cutoffs": [{"zh": "≤50 分：幸福感低", "most": 50}],
    "alerts": [],
    "repeat": [{"days": 14, "bands": ["very_low", "low"]}],
}
