"""The staffing and education rules known to this edition, entered as dated rows: domain 1.9, with where each comes from.

A rule of so many beds has `beds_min` and `beds_target` (one worker for so many beds, at least and as
the target); one that names no number says in its article what it asks.
"""

import datetime as dt

from psycopg2.extras import DateRange

from departments.models.organizations import DatedRule

SHANGHAI, BEIJING, GUANGDONG = 310000, 110000, 440000
Y = dt.date
# kind, key, region, params, first day, day after the last, article, source, evidence
ROWS = (
    (
        "staffing",
        "general",
        SHANGHAI,
        {"beds_min": 500, "beds_target": 300},
        Y(2012, 1, 1),
        None,
        "综合医院每 300 至 500 张床配备 1 名专职医务社工",
        "上海市 2012 年医务社工人才队伍意见；2017 年新闻报道",
        "policy_text",
    ),
    (
        "staffing",
        "special",
        SHANGHAI,
        {"beds_min": 300, "beds_target": 100},
        Y(2012, 1, 1),
        Y(2017, 1, 1),
        "儿科、肿瘤、精神专科每 100 至 300 张床配备 1 名",
        "上海市 2012 年医务社工人才队伍意见",
        "common_knowledge",
    ),
    (
        "staffing",
        "special",
        SHANGHAI,
        {"beds_min": 100, "beds_target": 100},
        Y(2017, 1, 1),
        None,
        "儿科、肿瘤、精神专科每 100 张床配备 1 名",
        "2017 年新闻报道",
        "policy_text",
    ),
    *(
        (
            "staffing",
            key,
            BEIJING,
            {"by_need": True},
            Y(2020, 1, 1),
            None,
            "按需设岗；有条件的设部门或二级科室；多种方式配备专职医务社工",
            "北京市医务社会工作意见（2020 年）；未见床位比",
            "policy_text",
        )
        for key in ("general", "special")
    ),
    (
        "staffing",
        "national_assessment",
        None,
        {"by_need": True},
        Y(2018, 1, 1),
        Y(2021, 1, 1),
        "医务社工制度是单独的一级指标；医院应设医务社工岗位；有条件的三级医院可设部门并配专职人员",
        "进一步改善医疗服务行动计划（2018—2020 年）考核指标",
        "policy_text",
    ),
    (
        "staffing",
        "quality_promotion",
        None,
        {"by_need": True},
        Y(2021, 1, 1),
        Y(2026, 1, 1),
        "“医务社工和志愿者”是十类医疗服务体系之一",
        "公立医院高质量发展促进行动（2021—2025 年）",
        "policy_text",
    ),
    (
        "staffing",
        "patient_experience",
        None,
        {"by_need": True},
        Y(2023, 1, 1),
        Y(2026, 1, 1),
        "建立医务社工和志愿者制度，扩大志愿者参与",
        "改善就医感受提升患者体验主题活动方案（2023—2025 年）",
        "policy_text",
    ),
    (
        "staffing",
        "humanistic_care",
        None,
        {"by_need": True},
        Y(2024, 1, 1),
        Y(2028, 1, 1),
        "丰富医务社工服务，协助医患沟通，发挥医务社工和志愿者的桥梁作用",
        "医学人文关怀提升行动方案（2024—2027 年）",
        "policy_text",
    ),
    (
        "staffing_coverage",
        "",
        GUANGDONG,
        {"hospitals_with_posts_percent": 90, "hospitals_with_department_percent": 30},
        Y(2018, 1, 1),
        Y(2021, 1, 1),
        "到 2020 年底，三级医院设医务社工岗位的不低于 90%，设医务社工部门的不低于 30%",
        "广东省 2018—2020 年目标；粤卫案函〔2021〕277号",
        "policy_text",
    ),
    (
        "cpd_hours",
        "assistant",
        None,
        {"hours": 72, "years": 3},
        Y(2010, 1, 1),
        None,
        "助理社会工作师每一登记有效期（3 年）不少于 72 学时",
        "社会工作者继续教育的规定",
        "common_knowledge",
    ),
    (
        "cpd_hours",
        "social_worker",
        None,
        {"hours": 90, "years": 3},
        Y(2010, 1, 1),
        None,
        "社会工作师每一登记有效期（3 年）不少于 90 学时",
        "社会工作者继续教育的规定",
        "common_knowledge",
    ),
    (
        "cpd_hours",
        "warning",
        None,
        {"days": 90},
        Y(2020, 1, 1),
        None,
        "",
        "本平台设计：登记到期前多少天提醒",
        "design",
    ),
)


def staff_rules() -> list[DatedRule]:
    """The rows, unsaved."""
    return [
        DatedRule(
            kind=kind,
            applies_key=key,
            region_id=region,
            params=params,
            valid=DateRange(first, end),
            article=article,
            source=source,
            evidence=evidence,
        )
        for kind, key, region, params, first, end, article, source, evidence in ROWS
    ]
