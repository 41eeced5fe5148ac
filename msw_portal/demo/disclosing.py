"""What the demo foundation publishes in a year: reports on time, one late, one corrected, its ratios."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

from departments.services.entering import house_scope
from donations.models.disclosure import CharityEvent, CharityYear, DisclosureItem
from donations.services.charity_events import event_record
from donations.services.disclosure import item_correct, item_draft, item_fulfil, item_publish
from donations.services.disclosure_drafts import proposed
from donations.services.disclosure_sweeping import sweep_house
from donations.services.year_figures import (
    Figure,
    year_begin,
    year_figures_set,
    year_settle,
)
from msw_portal.demo.clock import Clock
from msw_portal.demo.dice import LOCAL
from msw_portal.demo.funds import Charity

AUDIT = "示例会计师事务所审计报告"
BY_HOURS = "按项目工时占全部工时的比例分摊"
# figure -> (million yuan of a year, method)
AMOUNTS = {
    "other_income": ("0.62", ""),
    "unusable": ("0.40", ""),
    "released": ("0.35", ""),
    "activity_staff": ("0.88", BY_HOURS),
    "activity_premises": ("0.14", "按使用面积分摊"),
    "activity_other": ("5.20", "直接计入项目"),
    "management_staff": ("0.31", BY_HOURS),
    "management_office": ("0.12", "按使用面积分摊"),
    "fundraising": ("0.06", "直接计入募捐活动"),
    "other_spend": ("0.02", ""),
    "net_assets": ("9.40", ""),
    "balance": ("8.10", ""),
}
Act = Callable[[Charity, Clock], None]


def disclosing(
    charity: Charity, clock: Clock, *, start: dt.datetime, until: dt.datetime
) -> Iterator[dt.datetime]:
    """The officer and the approver through the year; an actor."""
    year = until.year
    acts: list[tuple[dt.datetime, Act]] = []
    for of in (year, year - 1):
        acts += [
            (_at(of, 1, 6), _sweep),
            (_at(of, 3, 12), lambda c, k, y=of: _figures(c, y)),
            (_at(of, 4, 9), lambda c, k, y=of: _settle(c, y - 1)),
            (_at(of, 5, 18), _yearly),
            (_at(of, 6, 9), _correct),
        ]
    acts += [
        (until - dt.timedelta(days=200), _invest),
        (until - dt.timedelta(days=181), _invested),
        (until - dt.timedelta(days=41), _grant),
        (until - dt.timedelta(days=6), _change),
        (until - dt.timedelta(hours=3), _sweep),
    ]
    for when, act in sorted(acts, key=lambda pair: pair[0]):
        if start < when < until:
            yield when
            act(charity, clock)


def _at(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 10, 20, tzinfo=LOCAL)


def _sweep(charity: Charity, clock: Clock) -> None:
    with house_scope(charity.id):
        sweep_house(charity.id, clock.now.astimezone(LOCAL).date())


def _figures(charity: Charity, year: int) -> None:
    """The three years before and the last one, each a little larger."""
    officer = charity.people["f.officer"]
    with charity.acting("f.officer"):
        for of in range(year - 4, year):
            row = year_begin(year=of, by=officer)
            growth = Decimal(100 + 6 * (of - year)) / 100
            figures: dict[str, Figure | None] = {
                name: Figure(
                    (Decimal(millions) * 1_000_000 * growth).quantize(Decimal("0.01")),
                    f"{of} 年{AUDIT}（演示）",
                    method,
                )
                for name, (millions, method) in AMOUNTS.items()
            }
            year_figures_set(year=row, figures=figures, is_public=row.is_public, by=officer)
        year_begin(year=year, by=officer)


def _settle(charity: Charity, year: int) -> None:
    with charity.acting("f.approver"):
        row = CharityYear.objects.filter(organization_id=charity.id, year=year).first()
        if row is not None and row.figures:
            year_settle(year=row, by=charity.people["f.approver"])


def _yearly(charity: Charity, clock: Clock) -> None:
    """Everything that is due on 31 May, in time."""
    _publish(charity, clock, "annual_report", "annual_projects")
    with charity.acting("f.officer"):
        for item in _waiting(charity, "related_list"):
            item_fulfil(
                item=item,
                done_on=clock.now.astimezone(LOCAL).date(),
                done_note="已通过登记管理机关信息平台报送（演示）",
                by=charity.people["f.officer"],
            )


def _waiting(charity: Charity, *keys: str) -> list[DisclosureItem]:
    rows = DisclosureItem.objects.waiting().filter(organization_id=charity.id, rule_key__in=keys)
    return list(rows.select_related("rule").order_by("due_on", "id"))


def _publish(charity: Charity, clock: Clock, *keys: str) -> None:
    with charity.acting("f.officer"):
        drafted = [
            item_draft(item=one, **proposed(one), by=charity.people["f.officer"])
            for one in _waiting(charity, *keys)
        ]
    for item in drafted:
        clock.pass_minutes(20)
        code = clock.code_of("f.approver")
        with charity.acting("f.approver"):
            item_publish(item=item, totp_code=code, by=charity.people["f.approver"])


def _correct(charity: Charity, clock: Clock) -> None:
    code = clock.code_of("f.approver")
    with charity.acting("f.approver"):
        item = (
            DisclosureItem.objects.filter(
                organization_id=charity.id, rule_key="annual_report", state="published"
            )
            .order_by("-due_on")
            .first()
        )
        if item is not None:
            item_correct(
                item=item,
                title=item.draft["title"],
                text=f"{item.draft['text']}本年新增合作医院 2 家（演示）。",
                note="原文漏写本年新增合作医院 2 家，金额没有变化（演示）。",
                totp_code=code,
                by=charity.people["f.approver"],
            )


def _event(charity: Charity, clock: Clock, **facts: object) -> None:
    with charity.acting("f.officer"):
        event_record(
            happened_on=clock.now.astimezone(LOCAL).date(), by=charity.people["f.officer"], **facts
        )


def _invest(charity: Charity, clock: Clock) -> None:
    _event(
        charity,
        clock,
        kind=CharityEvent.Kind.INVESTMENT,
        title="购买低风险理财产品（演示）",
        amount=Decimal("3000000.00"),
        other_party="示例银行示例支行",
        decided_by="理事会第二次会议（演示）",
        description="以闲置的非限定性资金购买一年期低风险产品，不影响项目支出（演示）。",
    )


def _invested(charity: Charity, clock: Clock) -> None:
    _publish(charity, clock, "major_event")


def _grant(charity: Charity, clock: Clock) -> None:
    """Nobody publishes this one: it stands red."""
    _event(
        charity,
        clock,
        kind=CharityEvent.Kind.RELATED_GRANT,
        title="资助理事任职的社会工作服务机构（演示）",
        amount=Decimal("80000.00"),
        other_party="示例社会工作服务中心",
        relation="本会一名理事兼任其理事长（演示）",
        decided_by="理事会，关联理事回避（演示）",
    )


def _change(charity: Charity, clock: Clock) -> None:
    _event(
        charity,
        clock,
        kind=CharityEvent.Kind.ASSET_CHANGE,
        title="接受捐赠办公用房（演示）",
        amount=Decimal("1800000.00"),
        other_party="演示制药股份有限公司",
        description="房产评估价值一百八十万元，用于患儿家庭住宿（演示）。",
    )
