"""Gifts, receipts, goods; what a charity must spend and publish."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.definition import (
    CHARITY,
    MOMENTS,
    Fact,
    Indicator,
    Measure,
    day_of,
    ended,
    indicator,
    on_day,
)

M = Measure
REQUESTS, AMOUNT, PERSONS = "requests", "amount", "persons"
GIFT_DIMS = ("channel", "property", "fund", "campaign", "donor_kind", "region")
GIVEN = Fact(
    "donation_in",
    "select r.received_on as day, r.donor_id as who, 1 as n, coalesce(r.amount, 0) as n2, r.channel, "
    "r.kind as property, r.fund_id as fund, r.campaign_id as campaign, d.kind as donor_kind, r.region_id as region, "
    "r.purpose_id is not null as is_earmarked, exists (select 1 from donations_donation b where b.donor_id = r.donor_id "
    "and b.state = 'booked' and b.received_on < r.received_on) as is_again, exists (select 1 from donations_receipt t "
    "where t.donation_id = r.id and t.state = 'issued') or exists (select 1 from donations_receiptwaiver w "
    "where w.donation_id = r.id) as has_receipt, r.id in (select l.subject_id from departments_accesslink l "
    "where l.organization_id = %(house)s and l.kind = 'donor_trace' and l.subject_kind = 'donation' "
    "and l.revoked_at is null) as is_answered "
    "from donations_donation r join donations_donor d on d.id = r.donor_id "
    f"where r.organization_id = %(house)s and r.state = 'booked' and {on_day('r.received_on')}",
    GIFT_DIMS,
    _("已入账的捐赠"),
    _("到账日"),
    houses=CHARITY,
)
BALANCE = Fact(
    "fund_balance",
    "select m.day, null::bigint as who, 1 as n, -e.amount as n2, a.kind as account, a.fund_id as fund "
    f"from {MOMENTS} join donations_ledgerjournal j on {ended('j.posted_at')} "
    "join donations_ledgerentry e on e.journal_id = j.id join donations_ledgeraccount a on a.id = e.account_id "
    "where e.organization_id = %(house)s and a.kind in ('available', 'committed')",
    ("account", "fund"),
    _("各基金可用与已承诺的资金"),
    _("期末"),
    has_persons=False,
    is_stock=True,
    houses=CHARITY,
)
GOODS = Fact(
    "goods_in",
    "select i.received_on as day, null::bigint as who, l.quantity as n, coalesce(l.valuation, 0) as n2, l.kind as goods "
    "from donations_goodslot l join donations_goodsintake i on i.id = l.intake_id "
    f"where l.organization_id = %(house)s and i.state in ('accepted', 'booked', 'registered') and {on_day('i.received_on')}",
    ("goods",),
    _("验收的捐赠物资"),
    _("收货日"),
    has_persons=False,
    houses=CHARITY,
)
HANDED = Fact(
    "goods_out",
    "select d.given_on as day, null::bigint as who, n.quantity as n, 0 as n2, l.kind as goods "
    "from donations_distributionline n join donations_distribution d on d.id = n.distribution_id "
    "join donations_goodslot l on l.id = n.lot_id "
    f"where n.organization_id = %(house)s and d.state in ('signed', 'counted') and {on_day('d.given_on')}",
    ("goods",),
    _("签收的物资发放"),
    _("发放日"),
    has_persons=False,
    houses=CHARITY,
)
HOSPITAL_GIFTS = Fact(
    "hospital_gift",
    "select g.accepted_on as day, g.donor_id as who, 1 as n, coalesce(g.accepted_value, 0) as n2, g.kind as property, "
    "g.purpose as gift_use, g.department_id as department from donations_hospitalgift g "
    f"where g.organization_id = %(house)s and g.state in ('accepted', 'noticed', 'booked') and {on_day('g.accepted_on')}",
    ("department", "property", "gift_use"),
    _("医院接受并验收的捐赠"),
    _("验收日"),
    has_persons=False,
)
YEAR_DAY = "make_date(y.year, 12, 31)"
YEARS = Fact(
    "charity_year",
    f"select {YEAR_DAY} as day, null::bigint as who, y.spend_base as n, y.spend as n2, y.total_spend, y.management, "
    "y.spend_ratio, y.mgmt_ratio from donations_charityyear y where y.organization_id = %(house)s "
    f"and {on_day(YEAR_DAY)}",
    (),
    _("已填报的慈善年度"),
    _("年度末日"),
    has_persons=False,
    houses=CHARITY,
    source="慈善法第六十一条",
)
MANAGED = Fact(
    "charity_management",
    f"select {YEAR_DAY} as day, null::bigint as who, y.total_spend as n, y.management as n2 "
    f"from donations_charityyear y where y.organization_id = %(house)s and {on_day(YEAR_DAY)}",
    (),
    _("已填报的慈善年度"),
    _("年度末日"),
    has_persons=False,
    houses=CHARITY,
    source="慈善法第六十一条",
)
DONE_ON = f"coalesce(i.done_on, {day_of('i.published_at')})"
DUE = Fact(
    "disclosure_due",
    f"select i.due_on as day, null::bigint as who, 1 as n, ({DONE_ON} is not null and {DONE_ON} <= i.due_on)::int as n2, "
    f"i.about from donations_disclosureitem i where i.organization_id = %(house)s and i.state <> 'dropped' and {on_day('i.due_on')}",
    ("about",),
    _("到期的公开事项，不再适用的不计"),
    _("到期日"),
    has_persons=False,
    houses=CHARITY,
    source="慈善法第七十三条至第七十九条",
)
LATE = Fact(
    "disclosure_late",
    "select m.day, null::bigint as who, 1 as n, m.day - i.due_on as n2, i.about "
    f"from {MOMENTS} join donations_disclosureitem i on i.due_on < m.day "
    f"where i.organization_id = %(house)s and i.state <> 'dropped' and ({DONE_ON} is null or {DONE_ON} > m.day)",
    ("about",),
    _("过期仍未公开的事项"),
    _("期末"),
    has_persons=False,
    is_stock=True,
    houses=CHARITY,
    source="慈善法第七十三条至第七十九条",
)


def _giving(fact: Fact, *given, **more) -> Indicator:
    return indicator("donations", fact, *given, **more)


def _bound(fact: Fact, *given, **more) -> Indicator:
    return indicator("charity", fact, *given, **more)


YUAN, PIECES, HEADS = _("元"), _("件"), _("人")
DONATIONS = (
    _giving(
        GIVEN,
        "donation_count",
        _("捐赠笔数"),
        _("到账并入账的捐赠笔数"),
        _("笔"),
        M.COUNT,
        REQUESTS,
    ),
    _giving(
        GIVEN,
        "donation_in",
        _("捐赠金额"),
        _("到账并入账的金额相加；无法计价的不计"),
        YUAN,
        M.SUM,
        AMOUNT,
    ),
    _giving(GIVEN, "donors", _("捐赠人数"), _("期内捐赠的不重复捐赠人"), HEADS, M.PERSONS, PERSONS),
    _giving(
        GIVEN, "donation_mean", _("平均每笔"), _("捐赠金额 ÷ 笔数"), YUAN, M.MEAN, AMOUNT, digits=2
    ),
    _giving(
        GIVEN,
        "donors_again",
        _("复捐人数"),
        _("此前捐过、期内又捐的不重复捐赠人"),
        HEADS,
        M.PERSONS,
        PERSONS,
        where="is_again",
    ),
    _giving(
        GIVEN,
        "donation_again",
        _("复捐率"),
        _("此前捐过的人所捐的笔数 ÷ 全部笔数"),
        "%",
        M.SHARE,
        REQUESTS,
        value="is_again::int",
    ),
    _giving(
        GIVEN,
        "donation_earmarked",
        _("指定用途占比"),
        _("指定了用途的笔数 ÷ 全部笔数"),
        "%",
        M.SHARE,
        REQUESTS,
        value="is_earmarked::int",
    ),
    _giving(
        GIVEN,
        "donation_receipted",
        _("票据开具率"),
        _("已开票据或捐赠人书面放弃的 ÷ 全部笔数"),
        "%",
        M.SHARE,
        REQUESTS,
        value="has_receipt::int",
    ),
    _giving(
        GIVEN,
        "donation_answered",
        _("反馈率"),
        _(
            "已向捐赠人开通去向查询（查询码已寄出或交给本人）的 ÷ 全部笔数；证书、致谢、铭牌等答谢不算反馈"
        ),
        "%",
        M.SHARE,
        REQUESTS,
        value="is_answered::int",
    ),
    _giving(
        BALANCE,
        "fund_balance",
        _("基金余额"),
        _("期末可用与已承诺资金之和，按账目计算"),
        YUAN,
        M.SUM,
        AMOUNT,
    ),
    _giving(
        BALANCE,
        "fund_available",
        _("可用余额"),
        _("期末未承诺的资金"),
        YUAN,
        M.SUM,
        AMOUNT,
        where="account = 'available'",
        dims=("fund",),
    ),
    _giving(
        GOODS,
        "goods_value",
        _("实物估值"),
        _("验收物资的估值相加；另册登记的不计"),
        YUAN,
        M.SUM,
        AMOUNT,
    ),
    _giving(
        GOODS, "goods_in", _("接收物资件数"), _("验收物资的数量相加"), PIECES, M.COUNT, REQUESTS
    ),
    _giving(HANDED, "goods_out", _("发放物资件数"), _("签收的数量相加"), PIECES, M.COUNT, REQUESTS),
    _giving(
        HOSPITAL_GIFTS,
        "hospital_gifts",
        _("医院受赠笔数"),
        _("验收的受赠数"),
        _("笔"),
        M.COUNT,
        REQUESTS,
    ),
    _giving(
        HOSPITAL_GIFTS,
        "hospital_gift_value",
        _("医院受赠价值"),
        _("验收价值相加"),
        YUAN,
        M.SUM,
        AMOUNT,
    ),
)
CHARITY_DUTIES = (
    _bound(
        YEARS,
        "charity_spending",
        _("慈善活动支出率"),
        _("慈善活动支出 ÷ 计算基数；法定下限见规则表"),
        "%",
        M.SHARE,
        AMOUNT,
        digits=2,
    ),
    _bound(
        MANAGED,
        "charity_management",
        _("管理费用率"),
        _("管理费用 ÷ 总支出；法定上限见规则表"),
        "%",
        M.SHARE,
        AMOUNT,
        digits=2,
    ),
    _bound(
        DUE,
        "disclosures_due",
        _("到期公开项"),
        _("期内到期的公开事项数"),
        _("项"),
        M.COUNT,
        REQUESTS,
    ),
    _bound(
        DUE,
        "disclosures_on_time",
        _("公开按时率"),
        _("到期日前已公开的 ÷ 到期的"),
        "%",
        M.SHARE,
        REQUESTS,
    ),
    _bound(
        LATE,
        "disclosures_late",
        _("逾期未公开"),
        _("期末过期仍未公开的事项数"),
        _("项"),
        M.COUNT,
        REQUESTS,
    ),
)
