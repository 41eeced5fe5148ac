"""What a foundation reached in a period, and what it owes the public."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models.disclosure import DisclosureItem
from donations.services.disclosure_figures import LINES, account_of
from reports.services.asking import Asked, ReportKind
from reports.services.paper import Bars, Column, Heading, Paper, Table
from reports.services.ready.parts import Figures, compared, paper_of, period_of, split

AID = (
    "aid_requests",
    "aid_asked",
    "aid_granted",
    "aid_approved",
    "aid_mean",
    "aid_days",
    "aid_gap",
)
PAID = ("aid_payments", "aid_helped", "aid_paid", "aid_to_hospital", "aid_revisited")
GIVEN = (
    "donation_count",
    "donation_in",
    "donation_earmarked",
    "donation_receipted",
    "fund_balance",
)
ROLES = frozenset({"foundation_officer", "foundation_approver"})
MONEY = Column("金额（元）", "amount")


def _result(asked: Asked) -> Paper:
    figures = Figures(asked, (*AID, *PAID, *GIVEN))
    asked.progress(1, 2)
    programmes = split(asked, "放款（元），按救助项目", "aid_paid", "programme")
    blocks = [
        Heading("一、救助"),
        figures.sentence(
            "收到救助申请 {aid_requests}，申请 {aid_asked}；批准 {aid_granted}，{aid_approved}；平均审批 {aid_days}。"
        ),
        figures.sentence(
            "放款 {aid_payments}，受助 {aid_helped}，共 {aid_paid}，其中付至医院的占 {aid_to_hospital}。"
        ),
        compared(asked, "救助", (*AID, *PAID)),
        programmes,
        Bars("放款，按救助项目", "元", programmes.rows),
        Heading("二、捐赠与基金"),
        figures.sentence(
            "收到捐赠 {donation_count}，共 {donation_in}；期末基金余额 {fund_balance}。"
        ),
        compared(asked, "捐赠与基金", GIVEN),
        split(asked, "捐赠（元），按渠道", "donation_in", "channel"),
    ]
    asked.progress(2, 2)
    return paper_of(asked, f"基金会成果报告（{period_of(asked)}）", blocks)


def _disclosure(asked: Asked) -> Paper:
    items = DisclosureItem.objects.visible_to(asked.by).filter(
        due_on__range=(asked.first, asked.last)
    )
    duties = Table(
        "信息公开事项",
        (
            Column("对象"),
            Column("事项"),
            Column("规则", "code"),
            Column("截止日期", "day"),
            Column("状态"),
            Column("公布日期", "day"),
            Column("逾期天数", "count"),
        ),
        tuple(
            (
                one.subject_text,
                str(one.get_about_display()),
                one.rule_key,
                one.due_on,
                str(one.get_state_display()),
                timezone.localdate(one.published_at) if one.published_at else None,
                one.late_days,
            )
            for one in items.order_by("due_on", "id")
        ),
    )
    asked.progress(1, 2)
    books = account_of(asked.by.house_id, Q(), asked.first, asked.last)
    account = Table(
        "收支总表",
        (Column("项目"), MONEY),
        (
            ("期初余额", books.opening),
            *(
                (str(name), books.lines[code])
                for code, name in LINES.items()
                if code in books.lines
            ),
            ("期末余额", books.closing),
        ),
        "期初余额 + 各项 = 期末余额，取自账目分录。",
    )
    tables = [duties, account, *_groups(books)]
    asked.progress(2, 2)
    return paper_of(asked, f"慈善信息公开表（{period_of(asked)}）", tables)


def _groups(books) -> list[Table]:
    """What came in and went out, by its words."""
    return [
        Table(
            name,
            (Column("名称"), Column("笔数", "count"), MONEY),
            tuple(
                (" ".join(str(word) for word in row.words), row.count, row.amount) for row in rows
            ),
        )
        for name, rows in (("捐赠收入", books.income), ("款物使用", books.uses))
    ]


RESULT = ReportKind(
    "foundation_result",
    _("基金会成果报告"),
    ROLES,
    ("quarter", "year"),
    ("pdf", "docx", "xlsx", "csv"),
    _result,
)
DISCLOSURE = ReportKind(
    "disclosure",
    _("慈善信息公开表"),
    ROLES | {"foundation_cashier"},
    ("month", "quarter", "year"),
    ("xlsx", "pdf", "docx", "csv"),
    _disclosure,
)
