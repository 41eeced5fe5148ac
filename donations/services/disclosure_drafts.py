"""The draft of a disclosure from the books: words to start from, facts, tables; frozen at publication."""

import datetime as dt
from typing import Any

from django.apps import apps
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from departments.models.organizations import Organization
from departments.services.publishing import Column, EntryPayload, EntryTable, yuan
from donations.charity_workflow import CampaignState
from donations.models.disclosure import About, CharityEvent, CharityYear, DisclosureItem
from donations.models.orders import LedgerOrder
from donations.services.disclosure_figures import (
    LINES,
    Account,
    Row,
    account_of,
    entries_of,
    totals,
)
from donations.services.leftovers import leftover_facts, leftover_named, leftover_text
from msw_portal.kernel.errors import DomainError

NO_MONEY = "本期没有发生收支。"
BOOKS = _("按基金会计账簿编制，不是机构的财务会计报告；金额单位为人民币元。")
COUNT, AMOUNT = Column("count", _("笔数"), "count"), Column("amount", _("金额"), "money")


def subject_of(item: DisclosureItem) -> Any:
    """The row an item is about.

    Raises:
        ObjectDoesNotExist: never within the house, for nothing of it is deleted.
    """
    return apps.get_model("donations", item.subject_kind).objects.get(
        pk=item.subject_id, organization_id=item.organization_id
    )


def subject_named(kind: str, subject: Any) -> str:
    """How the calendar calls what an item is about: a trust has no name but its fund's."""
    if kind == About.TRUST:
        return str(subject.fund)
    return leftover_named(subject) if kind == About.LEFTOVER else str(subject)


def closes_on_campaign(item: DisclosureItem) -> bool:
    """Whether the account of a campaign is published by the step of its own page, under its own address."""
    if item.rule_key != "campaign_closing" or not item.is_waiting:
        return False
    return subject_of(item).state in {CampaignState.RUNNING, CampaignState.ENDED}


BY_CAMPAIGN = gettext_lazy("请在募捐活动页办“公开结项”，收支表随同公布；这一项自动办结。")


def check_door(item: DisclosureItem) -> None:
    """Raises `disclosure.by_campaign` (409) for what the campaign's own page publishes."""
    if closes_on_campaign(item):
        raise DomainError("disclosure.by_campaign", BY_CAMPAIGN, status=409)


def account_for(item: DisclosureItem) -> Account | None:
    """The account of an item's period; None for a matter without money of its own."""
    about = entries_of(item)
    if about is None:
        return None
    last = item.period_to or timezone.localdate()
    return account_of(item.organization_id, about, item.period_from, last)


def proposed(item: DisclosureItem) -> dict[str, str]:
    """A title and a text to start from, in Chinese: `{"title", "text"}`."""
    with translation.override("zh-hans"):
        return {"title": _title(item), "text": _text(item)}


def _title(item: DisclosureItem) -> str:
    words = {
        "emergency_receipts": "应急募捐款物接收与使用情况",
        "campaign_progress": "募捐情况",
        "campaign_closing": "募捐情况与募得款物使用情况",
        "project_progress": "项目实施情况",
        "project_closing": "项目实施情况与财产使用情况",
        "residual_property": "剩余财产处理情况",
        "annual_report": "年度款物收支与慈善项目情况",
        "annual_projects": "年度主要慈善项目情况",
        "trust_report": "慈善信托事务处理情况与财务状况",
        "trust_setup": "设立慈善信托",
        "leftover_use": "剩余财产处理情况",
    }.get(item.rule_key, item.get_about_display())
    name = f"{item.subject_text} 年" if item.about == About.YEAR else item.subject_text
    if item.period_from and item.period_to and item.about != About.YEAR:
        return f"{name}：{words}（{item.period_from} 至 {item.period_to}）"
    return f"{name}：{words}"


def _text(item: DisclosureItem) -> str:
    account = account_for(item)
    if account is None:
        return _event_text(subject_of(item))
    gifts, given = totals(account.income)
    uses, used = totals(account.uses)
    if not (gifts or uses or account.opening):
        return NO_MONEY
    return (
        f"本期收到捐赠 {gifts} 笔，共 {given:,.2f} 元；用于慈善活动 {uses} 笔，共 {used:,.2f} 元；"
        f"期初余额 {account.opening:,.2f} 元，期末余额 {account.closing:,.2f} 元。"
    )


def _event_text(event: Any) -> str:
    if isinstance(event, CharityEvent) and event.description:
        return event.description
    if isinstance(event, LedgerOrder):
        return leftover_text(event)
    return str(event)


# ── the payload ──────────────────────────────────────────────────────────────


def payload_of(item: DisclosureItem, *, text: str) -> EntryPayload:
    """What is published: facts of the matter, the edited words, and the tables as the books stand now."""
    with translation.override("zh-hans"):
        account = account_for(item)
        return EntryPayload(
            facts=_facts(item),
            sections=((_("情况说明"), text),) if text else (),
            tables=account_tables(account) if account else (),
            basis=f"《{item.rule.source.split('；')[0]}》{item.rule.article}",
        )


def _facts(item: DisclosureItem) -> list[tuple[str, str]]:
    house = Organization.objects.get(pk=item.organization_id)
    facts = [(_("公布机构"), house.name), (_("统一社会信用代码"), house.uscc)]
    facts += [(str(item.get_about_display()), item.subject_text)]
    if item.period_from and item.period_to:
        facts.append((_("期间"), f"{item.period_from} 至 {item.period_to}"))
    facts += _facts_of(subject_of(item))
    return [(label, text) for label, text in facts if text]


def _facts_of(subject: Any) -> list[tuple[str, str]]:
    if isinstance(subject, CharityEvent):
        return [
            (_("事项类别"), str(subject.get_kind_display())),
            (_("发生日期"), _day(subject.happened_on)),
            (_("金额"), f"{subject.amount:,.2f} 元" if subject.amount else ""),
            (_("对方"), subject.other_party or ""),
            (_("与本机构的关系"), subject.relation),
            (_("决策机构与日期"), subject.decided_by),
        ]
    if isinstance(subject, CharityYear):
        return _ratio_facts(subject)
    if isinstance(subject, LedgerOrder):
        return leftover_facts(subject)
    return [
        (_("备案编号"), getattr(subject, "filing_no", "")),
        (_("起始日期"), _day(getattr(subject, "starts_on", None))),
        (_("结束日期"), _day(getattr(subject, "ends_on", None))),
    ]


def _ratio_facts(year: CharityYear) -> list[tuple[str, str]]:
    """The settled ratios; nothing is said of a ratio that has not been settled."""
    made = []
    if year.spend_ratio is not None:
        made.append((_("慈善活动支出比例"), f"{year.spend_ratio * 100:.2f}%"))
    if year.mgmt_ratio is not None:
        made.append((_("管理费用比例"), f"{year.mgmt_ratio * 100:.2f}%"))
    return made


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def account_tables(account: Account) -> list[EntryTable]:
    """Balance, income, donors and uses, as every disclosure shows them."""
    return [
        _balance(account),
        _grouped(
            "income",
            _("捐赠收入，按基金与用途"),
            (Column("fund", _("基金")), Column("purpose", _("用途"))),
            account.income,
        ),
        _grouped(
            "donors", _("捐赠收入，按捐赠人"), (Column("donor", _("捐赠人")),), account.donors
        ),
        _grouped("uses", _("慈善活动支出，按项目"), (Column("project", _("项目")),), account.uses),
    ]


def _balance(account: Account) -> EntryTable:
    rows = [(_("期初余额"), yuan(account.opening))]
    rows += [(str(LINES[line]), yuan(amount)) for line, amount in account.lines.items()]
    return EntryTable(
        key="balance",
        heading=_("款物收支与余额"),
        columns=(Column("line", _("收支项目")), AMOUNT),
        rows=rows,
        total=(_("期末余额"), yuan(account.closing)),
        note=BOOKS,
    )


def _grouped(key: str, heading: str, columns: tuple[Column, ...], rows: list[Row]) -> EntryTable:
    count, amount = totals(rows)
    return EntryTable(
        key=key,
        heading=heading,
        columns=(*columns, COUNT, AMOUNT),
        rows=[(*row.words, str(row.count), yuan(row.amount)) for row in rows],
        total=(_("合计"), *("" for _one in columns[1:]), str(count), yuan(amount)),
    )
