"""The quarterly and yearly report of a department: a text draft whose figures cite their indicators, and tables."""

from django.utils.translation import gettext_lazy as _

from reports.services.asking import Asked, ReportKind
from reports.services.paper import Bars, Heading, Paper
from reports.services.ready.parts import Figures, compared, paper_of, period_of, split

CASES = (
    *("case_new", "case_ended", "case_closed", "case_open"),
    *("case_new_persons", "case_days", "goal_rate"),
)
SPEED = ("response_hours", "response_hours_p90", "response_on_time")
WORK = ("contact_done", "contact_persons", "contact_hours", "need_found", "need_met")
TOGETHER = ("group_session", "group_attendance", "event_held", "event_person_times", "visits")
AID = ("aid_requests", "aid_asked", "aid_approved", "aid_paid", "aid_helped")
QUALITY = ("plan_on_time", "contact_prompt", "risk_alerts", "risk_on_time")
STAFF = ("staff", "supervision_hours", "training_hours", "volunteer_hours")
ALL = (*CASES, *SPEED, *WORK, *TOGETHER, *AID, *QUALITY, *STAFF)
CHARTED = 8


def _make(asked: Asked) -> Paper:
    figures = Figures(asked, ALL)
    asked.progress(1, 3)
    period = period_of(asked)
    sources = split(asked, "新开个案来源", "case_new", "source")
    needs = split(asked, "识别的需求", "need_found", "category")
    wards = split(asked, "新开个案病区", "case_new", "ward")
    asked.progress(2, 3)
    blocks = [
        Heading("一、总体情况"),
        figures.sentence(
            f"{period}，本部新开个案 {{case_new}}（{{case_new_persons}}），结案 {{case_closed}}，"
            "期末在案 {case_open}。结案个案平均服务 {case_days}，目标达成率 {goal_rate}。"
        ),
        figures.sentence(
            "接到转介后首次响应的中位数为 {response_hours}，第 90 百分位为 {response_hours_p90}，"
            "按时响应率 {response_on_time}。"
        ),
        compared(asked, "个案与响应", (*CASES, *SPEED)),
        sources,
        wards,
        Heading("二、服务过程"),
        figures.sentence(
            "共提供服务 {contact_done}，服务 {contact_persons}，投入 {contact_hours}；"
            "识别需求 {need_found}，需求满足率 {need_met}。"
        ),
        compared(asked, "服务与需求", WORK),
        needs,
        Bars("主要需求", "项", tuple(needs.rows[:CHARTED])),
        Heading("三、小组、活动与探访"),
        figures.sentence(
            "开展小组 {group_session}，参加 {group_attendance}；社区活动 {event_held}，"
            "参加 {event_person_times}；病房探访 {visits}。"
        ),
        compared(asked, "小组、活动与探访", TOGETHER),
        Heading("四、慈善救助"),
        figures.sentence(
            "协助提交救助申请 {aid_requests}，申请 {aid_asked}，获批 {aid_approved}，放款 {aid_paid}，受助 {aid_helped}。"
        ),
        compared(asked, "慈善救助", AID),
        Heading("五、质量与队伍"),
        figures.sentence(
            "计划按时完成率 {plan_on_time}，记录 24 小时完成率 {contact_prompt}；发出风险预警 "
            "{risk_alerts}，按时处置率 {risk_on_time}。"
        ),
        figures.sentence(
            "现有社工 {staff}，接受督导 {supervision_hours}，培训 {training_hours}，志愿服务 {volunteer_hours}。"
        ),
        compared(asked, "质量与队伍", (*QUALITY, *STAFF)),
    ]
    asked.progress(3, 3)
    name = "年度" if asked.params.get("span") == "year" else "季度"
    return paper_of(asked, f"医务社会工作{name}报告（{period}）", blocks)


LEADS = frozenset({"dept_head", "supervisor"})
QUARTERLY = ReportKind(
    "quarterly", _("季报"), LEADS, ("quarter",), ("docx", "pdf", "xlsx", "csv"), _make
)
YEARLY = ReportKind("yearly", _("年报"), LEADS, ("year",), ("docx", "pdf", "xlsx", "csv"), _make)
