"""The deadlines and ratios known to this edition, as dated rows: domain 3.3 and 3.4, with where each comes from.

A deadline's `params` say what starts it and how it is counted: `about` and `event`; then one of `days`
(after), `days_before`, `months` (after), `month_day` (of the next year), `every_days` or `every_months`
(a series until the end); `working` counts working days; `longer_than_months` asks for a longer period,
`only` for emergencies, for charities with (`public`) or without (`non_public`) the public-fundraising
qualification. `publishes` is the kind of entry it ends in; "" ends in a note of how it was done.
A ratio's `applies` say to whom it applies, its `params` what is asked; shares are texts of decimals.
"""

import datetime as dt
from typing import Any

from psycopg2.extras import DateRange

from departments.models.organizations import DatedRule

DEADLINE, RATIO = "disclosure_deadline", "charity_ratio"
Y = dt.date
LAW_FROM, ORDER61_FROM, ORDER81_FROM = Y(2024, 9, 5), Y(2018, 9, 1), Y(2026, 1, 1)
LAW, ORDER81 = "慈善法（2023 年修正）", "慈善组织信息公开办法（民政部令第81号）"
ORDER61 = "慈善组织信息公开办法（民政部令第61号，2018 年至 2025 年）"
# What the order before it asked for too; the others are new in order 81. Its articles were not read.
IN_ORDER61 = frozenset({"major_event", "related_event", "correction"})
# Of order 81 articles 1, 2 and 12 to 16 were read, of the rest what the ministry told the press.
FROM_PRESS = frozenset({"partner_evaluation", "residual_property", "annual_projects"})
# key, params, first day, article, source
DEADLINES: tuple[tuple[str, dict[str, Any], dt.date, str, str], ...] = (
    (
        "campaign_file",
        {"about": "campaign", "event": "planned", "days_before": 10, "publishes": ""},
        LAW_FROM,
        "第二十四条",
        f"{LAW}；公开募捐管理办法：活动开始十日前备案",
    ),
    (
        "campaign_file_late",
        {
            "about": "campaign",
            "event": "started",
            "days": 10,
            "only": "emergency",
            "publishes": "",
        },
        LAW_FROM,
        "第七十三条",
        LAW,
    ),
    (
        "emergency_receipts",
        {
            "about": "campaign",
            "event": "started",
            "every_days": 5,
            "only": "emergency",
            "publishes": "receipts",
        },
        LAW_FROM,
        "第七十二条",
        LAW,
    ),
    (
        "campaign_progress",
        {
            "about": "campaign",
            "event": "started",
            "every_months": 3,
            "longer_than_months": 6,
            "publishes": "campaign",
        },
        LAW_FROM,
        "第七十九条",
        LAW,
    ),
    (
        "campaign_closing",
        {"about": "campaign", "event": "ended", "months": 3, "publishes": "campaign"},
        LAW_FROM,
        "第七十九条",
        LAW,
    ),
    (
        "partner_evaluation",
        {"about": "campaign", "event": "ended", "months": 3, "publishes": ""},
        ORDER81_FROM,
        "第九条",
        ORDER81,
    ),
    (
        "project_progress",
        {
            "about": "project",
            "event": "started",
            "every_months": 3,
            "longer_than_months": 6,
            "publishes": "project",
        },
        LAW_FROM,
        "第七十九条",
        LAW,
    ),
    (
        "project_closing",
        {"about": "project", "event": "ended", "months": 3, "publishes": "project"},
        LAW_FROM,
        "第七十九条",
        LAW,
    ),
    (
        "residual_property",
        {"about": "project", "event": "ended", "months": 3, "publishes": "project"},
        ORDER81_FROM,
        "第十条",
        ORDER81,
    ),
    (
        "leftover_use",
        {"about": "leftover", "event": "leftover_booked", "months": 3, "publishes": "project"},
        LAW_FROM,
        "第五十八条",
        f"{LAW}；{ORDER81}：三个月内",
    ),
    (
        "major_event",
        {"about": "event", "event": "major", "days": 30, "publishes": "event"},
        ORDER81_FROM,
        "第十三条",
        ORDER81,
    ),
    (
        "related_event",
        {"about": "event", "event": "related", "days": 30, "publishes": "event"},
        ORDER81_FROM,
        "第十四条",
        ORDER81,
    ),
    (
        "trust_setup",
        {"about": "event", "event": "trust_setup", "days": 30, "publishes": "event"},
        ORDER81_FROM,
        "第十二条",
        ORDER81,
    ),
    (
        "annual_report",
        {"about": "year", "event": "closed", "month_day": "05-31", "publishes": "year"},
        LAW_FROM,
        "第七十八条；具有公开募捐资格的，财务会计报告须经审计",
        f"{LAW}；{ORDER81}",
    ),
    (
        "annual_projects",
        {
            "about": "year",
            "event": "closed",
            "month_day": "05-31",
            "only": "non_public",
            "publishes": "year",
        },
        ORDER81_FROM,
        "第八条",
        ORDER81,
    ),
    (
        "related_list",
        {"about": "year", "event": "closed", "month_day": "05-31", "publishes": ""},
        ORDER81_FROM,
        "第十五条",
        ORDER81,
    ),
    (
        "trust_file",
        {"about": "trust", "event": "signed", "days": 7, "publishes": ""},
        LAW_FROM,
        "第四十五条",
        LAW,
    ),
    (
        "trust_report",
        {"about": "trust", "event": "signed", "every_months": 12, "publishes": "trust"},
        LAW_FROM,
        "第四十九条",
        LAW,
    ),
    # These two make no row of the calendar: a correction is published at once, a receipt has its own list.
    (
        "correction",
        {"about": "entry", "event": "found_wrong", "days": 0},
        ORDER81_FROM,
        "第十六条",
        ORDER81,
    ),
    (
        "receipt",
        {"about": "donation", "event": "booked", "days": 7},
        LAW_FROM,
        "第三十八条",
        f"{LAW}；一周为所见基金的做法",
    ),
)
NOTICE_2016 = "关于慈善组织开展慈善活动年度支出和管理费用的规定（民发〔2016〕189号）"
SINCE_2016, SINCE_2004 = Y(2016, 10, 11), Y(2004, 6, 1)
FOUNDATION, OTHER = "foundation", "other"
EXEMPT = "200000"


def _tier(form: str, low: str, high: str, spend: str, most: str, **more: str) -> dict[str, Any]:
    return {
        "applies": {"form": form, "public": False, "from": low, "below": high},
        "params": {
            "base": "net_assets",
            "least": spend,
            "management_most": most,
            "exempt_below": EXEMPT,
            **more,
        },
    }


# key, what it holds, first day, article, source
RATIOS: tuple[tuple[str, dict[str, Any], dt.date, str, str], ...] = (
    (
        "public_foundation",
        {
            "applies": {"form": FOUNDATION, "public": True},
            "params": {
                "base": "income",
                "least": "0.70",
                "management_most": "0.10",
                "exempt_below": EXEMPT,
            },
        },
        Y(2016, 9, 1),
        "第六十一条（2023 年修正前第六十条）；规定第七条",
        f"{LAW}；{NOTICE_2016}",
    ),
    (
        "public_other",
        {
            "applies": {"form": OTHER, "public": True},
            "params": {
                "base": "income",
                "least": "0.70",
                "management_most": "0.13",
                "exempt_below": EXEMPT,
            },
        },
        SINCE_2016,
        "第七条",
        NOTICE_2016,
    ),
    (
        "foundation_60m",
        _tier(FOUNDATION, "60000000", "", "0.06", "0.12"),
        SINCE_2016,
        "第八条（一）",
        NOTICE_2016,
    ),
    (
        "foundation_8m",
        _tier(FOUNDATION, "8000000", "60000000", "0.06", "0.13"),
        SINCE_2016,
        "第八条（二）",
        NOTICE_2016,
    ),
    (
        "foundation_4m",
        _tier(FOUNDATION, "4000000", "8000000", "0.07", "0.15"),
        SINCE_2016,
        "第八条（三）",
        NOTICE_2016,
    ),
    (
        "foundation_small",
        _tier(FOUNDATION, "0", "4000000", "0.08", "0.20"),
        SINCE_2016,
        "第八条（四）",
        NOTICE_2016,
    ),
    (
        "other_10m",
        _tier(OTHER, "10000000", "", "0.06", "0.13"),
        SINCE_2016,
        "第九条（一）",
        NOTICE_2016,
    ),
    (
        "other_5m",
        _tier(OTHER, "5000000", "10000000", "0.07", "0.14"),
        SINCE_2016,
        "第九条（二）",
        NOTICE_2016,
    ),
    (
        "other_1m",
        _tier(OTHER, "1000000", "5000000", "0.08", "0.15"),
        SINCE_2016,
        "第九条（三）",
        NOTICE_2016,
    ),
    (
        "other_small",
        _tier(OTHER, "0", "1000000", "0.08", "0.20", income_least="0.50"),
        SINCE_2016,
        "第九条（四）",
        NOTICE_2016,
    ),
    (
        "older_public",
        {
            "applies": {"form": FOUNDATION, "public": True, "older": True},
            "params": {"base": "income", "least": "0.70", "management_most": "0.10"},
        },
        SINCE_2004,
        "第二十九条",
        "基金会管理条例（2004 年）",
    ),
    (
        "older_non_public",
        {
            "applies": {"form": FOUNDATION, "public": False, "older": True},
            "params": {"base": "balance", "least": "0.08", "management_most": "0.10"},
        },
        SINCE_2004,
        "第二十九条",
        "基金会管理条例（2004 年）",
    ),
)


def disclosure_rules() -> list[DatedRule]:
    """The rows, unsaved."""
    deadlines = [
        DatedRule(
            kind=DEADLINE,
            applies_key=key,
            params=params,
            valid=DateRange(first, None),
            article=article,
            source=source,
            evidence="press" if key in FROM_PRESS else "law",
        )
        for key, params, first, article, source in DEADLINES
    ]
    before = [
        DatedRule(
            kind=DEADLINE,
            applies_key=key,
            params=params,
            valid=DateRange(ORDER61_FROM, ORDER81_FROM),
            source=ORDER61,
            evidence="unread",
        )
        for key, params, *_rest in DEADLINES
        if key in IN_ORDER61
    ]
    ratios = [
        DatedRule(
            kind=RATIO,
            applies_key=key,
            applies=held["applies"],
            params=held["params"],
            valid=DateRange(first, None),
            article=article,
            source=source,
            evidence="law",
        )
        for key, held, first, article, source in RATIOS
    ]
    return deadlines + before + ratios
