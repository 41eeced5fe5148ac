"""The numbers that the source documents state, each with the way the rows of the example give it again."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from departments.models.people import User
from msw_portal.demo.incubating import acting
from msw_portal.demo.places import NEW_AREA_REGION
from reports.services.published.keeping import figure_state, figures_refresh

S0, S1, S2, S4 = "来源文件 S0", "来源文件 S1", "来源文件 S2", "来源文件 S4"
DERIVED = "由公布数推得（来源文件没有直接写）"
PAST = "2023年医务社工多元培育服务项目（第三批）"
AWARD = "第二届寻找最美医务社工（演示）"
COMMITTEE = "寻找最美医务社工专家委员会"
STUDY = "“和风仁心”人文医疗与健康社工项目基线调研（演示）"
POLICY = "关于发展医务社会工作的实施意见"
PLAN = "医疗救助与医务社工协作发展计划"
TEAM, VOLUNTEERS = "社区健康志愿者队伍的组建与赋能", "志愿者"
PLATFORM = "alipay | 平台上大病与医疗类公益项目，累计"
ISSUERS = "来源只写了合称，没有逐一列出发布机关，所以只有一行；五部门与六部委两种说法都保留。"
# What an authority of another province quoted of one hospital, by a reply that was read; it names no rows.
REPLY = "广东省卫生健康委员会答复 粤卫案函〔2021〕277号"
ONE_HOSPITAL, SINCE, UNTIL = (
    "一家医院，2016年3月至2021年6月30日",
    "2016-03-01",
    dt.date(2021, 6, 30),
)
NO_ROWS = "来源只给出一家医院的四个合计数，没有逐条记录；本例不编造它的个案和活动，所以没有可以算出它的数据行。"
# (code, year, statement, value, qualifier, source, method, subject, explanation); year 0 is the example's own.
Said = tuple[str, int, str, str, str, str, str, str, str]
CITY: tuple[Said, ...] = (
    ("B1", 2023, "2023 年公布培育项目 45 个", "45", "exact", S2, "call_selected", PAST, ""),
    ("B3_share", 2023, "三级医院占 53.5%", "53.5", "exact", DERIVED, "census", "B3_share", ""),
    ("B4_base", 2023, "2019 年三级医院 19 家", "19", "exact", DERIVED, "census", "B4 | baseline", ""),
    ("B6_share", 2023, "三级医院的医务社工占 63.4%", "63.4", "exact", DERIVED, "census", "B6_share", ""),
    ("B7_base", 2023, "2019 年三级医院医务社工 84 人", "84", "exact", DERIVED, "census", "B7 | baseline", ""),
    ("B8", 2023, "平均每家机构 3.03 人", "3.03", "exact", DERIVED, "census", "B8", ""),
    ("B8_tertiary", 2023, "平均每家三级医院 3.59 人", "3.59", "exact", DERIVED, "census", "B8_tertiary", ""),
    ("batch", 2023, "2023 年是第三批", "3", "exact", S2, "call_batch", PAST, ""),
    ("volunteers", 2023, "东风社区卫生服务中心起步时有志愿者 20 人", "20", "exact", S2, "project_baseline", f"{TEAM} | {VOLUNTEERS}", ""),
    ("M1", 2021, "全国 30 个省（区、市）等参与", "30", "exact", S1, "call_provinces", AWARD, ""),
    ("experts", 0, "专家委员会委员 11 人", "11", "exact", S1, "appointments", COMMITTEE, ""),
    ("founders", 0, "协作发展计划发起单位 7 家等", "7", "more", S1, "register_parties", f"{PLAN} | initiator", ""),
    ("issuers_five", 2020, "五部门发布", "5", "exact", S2, "register_parties", f"{POLICY} | issuer | S2", ISSUERS),
    ("issuers_six", 2020, "六部委发布", "6", "exact", "来源文件 S0、S3", "register_parties", f"{POLICY} | issuer | S0、S3", ISSUERS),
)  # fmt: skip
AREA: tuple[Said, ...] = (
    ("X1_base", 2023, "持证社工起初 30 人", "30", "exact", S2, "census", "X1_growth | baseline", ""),
    ("X1_times", 2023, "持证社工是原来的 18.33 倍", "18.33", "exact", DERIVED, "census", "X1_times", ""),
    ("X1_growth", 2023, "持证社工增长 1733.3%", "1733.3", "exact", DERIVED, "census", "X1_growth", ""),
    ("X2_base", 2023, "社会工作服务机构起初 1 家", "1", "exact", S2, "census", "X2_growth | baseline", ""),
    ("X2_times", 2023, "社会工作服务机构是原来的 24 倍", "24", "exact", DERIVED, "census", "X2_times", ""),
    ("X2_growth", 2023, "社会工作服务机构增长 2300%", "2300", "exact", DERIVED, "census", "X2_growth", ""),
    ("X4_projects", 0, "项目 16 个", "16", "exact", S2, "projects", "station, purchase", ""),
    ("residents", 0, "入驻机构 7 家（容善“还有六家”）", "7", "exact", S2, "project_units", "incubation", ""),
)  # fmt: skip
CHARITY: tuple[Said, ...] = (
    ("X3", 0, "吸引公益慈善资金近 700 万元", "7000000", "nearly", S2, "region_gifts", str(NEW_AREA_REGION), ""),
    ("S1c", 0, "捐赠爱心书包 100 个", "100", "exact", S0, "goods", "爱心书包", ""),
    ("A1_projects", 0, "大病与医疗公益项目 6800 多个", "6800", "more", S0, "platform_projects", PLATFORM, ""),
    ("A1_amount", 0, "累计筹款 3 亿多元", "300000000", "more", S0, "platform_amount", PLATFORM, ""),
    ("A1_mean", 0, "平均每个项目约 44118 元", "44118", "about", DERIVED, "platform_mean", PLATFORM, ""),
    ("D1", 0, "走访政府部门和协会 9 家", "9", "exact", S4, "survey_units", f"{STUDY} | A", ""),
    ("D2", 0, "医院和医养结合机构 19 家", "19", "exact", S4, "survey_units", f"{STUDY} | B", ""),
    ("D3", 0, "访谈医务社工与健康公益从业者 27 人", "27", "exact", S4, "survey_units", f"{STUDY} | C", ""),
    ("D4", 0, "问卷 47 份", "47", "exact", S4, "survey_sheets", STUDY, ""),
)  # fmt: skip


QUOTED: tuple[tuple[str, str, str, str], ...] = (
    ("R1_cases", "个案 563 例", "563", "case_new"),
    ("R1_times", "个案服务 4733 人次", "4733", "contact_done"),
    ("R2_activities", "活动 279 场", "279", "activity_held"),
    ("R2_times", "活动服务 72722 人次", "72722", "event_person_times"),
)


def publish(staff: Mapping[str, User], today: dt.date) -> int:
    """State every number in the house whose rows give it; how many."""
    made = 0
    for login, said in (("g.officer", CITY), ("x.officer", AREA), ("f.officer", CHARITY)):
        with acting(staff[login]) as by:
            for row in said:
                figure_state(**_given(row, today), by=by)
            if login == "g.officer":
                made += _quote(by)
            figures_refresh(
                by=by
            )  # those of the census were stated without the way to compute them
        made += len(said)
    return made


def _quote(by: User) -> int:
    for code, statement, value, indicator in QUOTED:
        figure_state(
            code=code,
            year=UNTIL.year,
            statement=statement,
            value=Decimal(value),
            as_of=UNTIL,
            population=ONE_HOSPITAL,
            source=REPLY,
            method="indicator",
            subject=f"{indicator} | {SINCE}",
            explanation=NO_ROWS,
            by=by,
        )
    return len(QUOTED)


def _given(row: Said, today: dt.date) -> dict[str, Any]:
    code, year, statement, value, qualifier, source, method, subject, explanation = row
    return {
        "code": code,
        "year": year or today.year,
        "statement": statement,
        "value": Decimal(value),
        "qualifier": qualifier,
        "source": source,
        "method": method,
        "subject": subject,
        "explanation": explanation,
    }
