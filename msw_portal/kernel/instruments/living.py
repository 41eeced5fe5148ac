"""Daily living, loneliness, food, fear of COVID-19: class A, text and scoring."""

from msw_portal.kernel.instruments.writing import NOTE, bands, items, points, scale
from msw_portal.kernel.questionnaire.definition import Definition

_COMMON = {"licence_class": "A", "language": "zh-Hans", "note": NOTE, "kind": "scale"}

UCLA3: Definition = {
    **_COMMON,
    "code": "ucla3",
    "version": "1",
    "zh": "孤独感三条目量表（UCLA-3）",
    "en": "Three-Item Loneliness Scale",
    "licence": "可自由使用，须注明出处。",
    "citation": "Hughes ME, Waite LJ, Hawkley LC, Cacioppo JT. Res Aging 2004;26:655-672.",
    "source": "本平台据英文原文译出",
    "recall": "目前",
    "min_age": 18,
    "options": {"often": scale("几乎没有", "有时候", "经常", start=1)},
    "items": items(
        [
            "您多久会觉得缺少陪伴？",
            "您多久会觉得自己被冷落？",
            "您多久会觉得自己与别人隔绝？",
        ],
        "often",
    ),
    "scoring": {},
    "bands": bands(("not_lonely", "未提示孤独", 3, 5), ("lonely", "提示孤独", 6, 9)),
    "cutoffs": [{"zh": "≥6 分：提示孤独", "least": 6}],
    "alerts": [],
}

BARTHEL: Definition = {
    **_COMMON,
    "code": "barthel",
    "version": "1",
    "zh": "日常生活活动能力（Barthel 指数）",
    "en": "Barthel Index",
    "licence": "非商业使用免费，须注明出处（Maryland State Medical Journal）。",
    "citation": "Mahoney FI, Barthel DW. Md State Med J 1965;14:61-65.",
    "source": "本平台据英文原文译出，与国内通行的 0–100 分版一致",
    "recall": "过去 24 至 48 小时",
    "intro": "按实际表现评，不按可能做到的评；由社工或护士评定。",
    "options": {
        "feeding": points((10, "自理"), (5, "需部分帮助（切菜、夹菜、搅拌）"), (0, "完全依赖他人")),
        "bathing": points((5, "能独自洗澡"), (0, "需要帮助")),
        "grooming": points((5, "能独自洗脸、梳头、刷牙、剃须"), (0, "需要帮助")),
        "dressing": points(
            (10, "自理（系扣子、拉链、鞋带）"), (5, "能完成一半左右"), (0, "依赖他人")
        ),
        "bowels": points((10, "能控制"), (5, "偶尔失禁（每周不超过一次）或需帮助"), (0, "失禁")),
        "bladder": points(
            (10, "能控制"),
            (5, "偶尔失禁（每天不超过一次）或需帮助"),
            (0, "失禁或留置导尿且不能自理"),
        ),
        "toilet": points((10, "自理"), (5, "需部分帮助"), (0, "依赖他人")),
        "transfer": points(
            (15, "自理"),
            (10, "需少量帮助或口头指导"),
            (5, "需大量帮助，能坐"),
            (0, "完全依赖，不能坐"),
        ),
        "mobility": points(
            (15, "独立行走 45 米，可用助行器"),
            (10, "一人搀扶或指导下行走 45 米"),
            (5, "独立操作轮椅 45 米"),
            (0, "不能移动"),
        ),
        "stairs": points((10, "独立上下楼"), (5, "需帮助或监护"), (0, "不能")),
    },
    "items": [
        {"code": code, "zh": text, "options": code}
        for code, text in (
            ("feeding", "进食"),
            ("bathing", "洗澡"),
            ("grooming", "修饰（个人卫生）"),
            ("dressing", "穿衣"),
            ("bowels", "大便控制"),
            ("bladder", "小便控制"),
            ("toilet", "如厕"),
            ("transfer", "床椅转移"),
            ("mobility", "平地行走"),
            ("stairs", "上下楼梯"),
        )
    ],
    "scoring": {},
    "bands": bands(
        ("severe", "重度依赖", 0, 40),
        ("moderate", "中度依赖", 41, 60),
        ("mild", "轻度依赖", 61, 99),
        ("independent", "自理", 100, 100),
    ),
    "alerts": [],
}

HVS: Definition = {
    **_COMMON,
    "code": "hvs",
    "version": "1",
    "zh": "食物保障两问（Hunger Vital Sign）",
    "en": "Hunger Vital Sign",
    "licence": "可免费使用，须注明出处（Children's HealthWatch）。",
    "citation": "Hager ER, Quigg AM, Black MM, et al. Pediatrics 2010;126:e26-e32.",
    "source": "本平台据英文原文译出",
    "recall": "过去 12 个月",
    "kind": "screen",
    "intro": "下面两句话，在过去 12 个月里对您家是经常如此、有时如此，还是从不如此？",
    "options": {
        "true": [
            {"value": "often", "zh": "经常如此", "score": 1},
            {"value": "sometimes", "zh": "有时如此", "score": 1},
            {"value": "never", "zh": "从不如此", "score": 0},
        ]
    },
    "items": items(
        [
            "我们担心家里的食物会在有钱再买之前吃完",
            "我们买的食物吃完了，又没有钱再买",
        ],
        "true",
    ),
    "scoring": {"method": "any"},
    "bands": bands(("negative", "未提示食物缺乏", 0, 0), ("positive", "有食物缺乏的风险", 1, 1)),
    "alerts": [],
}

FCV19S: Definition = {
    **_COMMON,
    "code": "fcv19s",
    "version": "1",
    "zh": "新冠恐惧量表（FCV-19S）",
    "en": "Fear of COVID-19 Scale",
    "licence": "开放获取论文，可自由使用，须注明出处。",
    "citation": "Ahorsu DK, Lin CY, Imani V, et al. Int J Ment Health Addict 2022;20:1537-1545.",
    "source": "本平台据英文原文译出",
    "recall": "目前",
    "min_age": 12,
    "options": {"agree": scale("非常不同意", "不同意", "不确定", "同意", "非常同意", start=1)},
    "items": items(
        [
            "我非常害怕新冠病毒",
            "想到新冠病毒让我不舒服",
            "想到新冠病毒，我的手会出汗发冷",
            "我害怕因新冠病毒失去生命",
            "看到有关新冠病毒的新闻和消息，我会紧张或焦虑",
            "我因为担心感染新冠病毒而睡不着",
            "想到感染新冠病毒，我会心跳加快或心慌",
        ],
        "agree",
    ),
    "scoring": {},
    "bands": [],
    "alerts": [],
}
