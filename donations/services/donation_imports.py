"""Gifts of before the portal as a kind of the import engine: a line is one gift with what had been used of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.services.importing import values as cells
from departments.services.importing.kinds import KNOWN, Column, Kind, Line, Lines, one_by_one
from departments.services.regions import region_read
from donations.models.arrivals import DonationArrival
from donations.models.campaigns import Campaign
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.services.giving import donation_record, donor_register
from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.identifiers import bare
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.money import parse_amount
from msw_portal.kernel.validators import parse_id_no, parse_uscc

ROLES = frozenset({"foundation_officer", "foundation_cashier", "finance"})
KIND_WORDS = {
    "自然人": Donor.Kind.PERSON,
    "单位": Donor.Kind.COMPANY,
    "公司": Donor.Kind.COMPANY,
    "基金会": Donor.Kind.ORGANIZATION,
    "政府": Donor.Kind.GOVERNMENT,
}
CHANNEL_WORDS = {
    "转账": Donation.Channel.BANK,
    "银行转账": Donation.Channel.BANK,
    "微信支付": Donation.Channel.WECHAT,
    "平台": Donation.Channel.PLATFORM,
}


def _amount(cell: str) -> str:
    """Money as text, as it is kept until the file is confirmed."""
    return str(cells.parsed(parse_amount)(cell))


COLUMNS = (
    Column(
        "number",
        _("原捐赠编号"),
        cells.line_text(60),
        ("捐赠编号", "编号", "凭证号", "流水号"),
        required=True,
        example="2023-0107",
        note=_("原来台账里的编号；同一编号只导入一次"),
    ),
    Column(
        "donor_kind",
        _("捐赠人类型"),
        cells.code(Donor.Kind, KIND_WORDS),
        ("捐赠人类别",),
        required=True,
        example="企业",
        choices=cells.labels(Donor.Kind),
    ),
    Column(
        "donor_name",
        _("捐赠人姓名或名称"),
        cells.line_text(80),
        ("捐赠人", "捐赠单位", "姓名", "名称"),
        example="演示爱心企业",
        note=_("匿名捐赠不填"),
        mask="name",
    ),
    Column(
        "uscc",
        _("统一社会信用代码"),
        cells.parsed(parse_uscc),
        ("信用代码",),
        note=_("有的按它认出同一捐赠单位"),
    ),
    Column(
        "id_no",
        _("身份证号码"),
        lambda cell: cells.parsed(parse_id_no)(cell).number,
        ("证件号码",),
        mask="id_no",
    ),
    Column("contact", _("联系方式"), cells.line_text(80), ("电话", "联系电话"), mask="phone"),
    Column("publish_name", _("同意公示姓名"), cells.flag, ("同意公示", "公示"), example="否"),
    Column(
        "fund",
        _("基金"),
        cells.line_text(80),
        ("基金编号", "基金名称", "专项基金"),
        required=True,
        example="SLJJ-F-01",
        note=_("编号或名称"),
    ),
    Column("purpose", _("用途"), cells.line_text(120), ("捐赠用途",), note=_("空着为不限定用途")),
    Column("campaign", _("募捐活动编号"), cells.line_text(40), ("活动编号",)),
    Column(
        "amount",
        _("到账金额"),
        _amount,
        ("金额", "捐赠金额", "捐款金额"),
        required=True,
        example="20,000.00",
        note=_("可用全角数字和千位分隔符"),
    ),
    Column(
        "used_before",
        _("启用前已使用"),
        _amount,
        ("已使用", "已使用金额", "已支出"),
        example="12,000.00",
        note=_("没有用过的填 0 或空着；余下的才可在本系统拨付"),
    ),
    Column(
        "received_on",
        _("到账日期"),
        cells.day,
        ("日期", "捐赠日期", "捐款日期"),
        required=True,
        example="2023-05-18",
        revive=cells.revive_day,
    ),
    Column(
        "channel",
        _("渠道"),
        cells.code(Donation.Channel, CHANNEL_WORDS),
        ("到账方式", "捐赠方式"),
        example="银行",
        choices=cells.labels(Donation.Channel),
    ),
    Column("beneficiary_class", _("指定受益人类别"), cells.line_text(40), ("受益人类别",)),
    Column(
        "region",
        _("受益地区"),
        lambda cell: cells.parsed(region_read)(cell).code,
        ("地区",),
        note=_("代码或名称"),
    ),
)


def settle(line: Line) -> None:
    """What one line alone must hold."""
    values = line.values
    amount = Decimal(values.get("amount") or 0)
    if not amount:
        line.refuse("amount", _("金额必须大于零。"))
    if Decimal(values.get("used_before") or 0) > amount:
        line.refuse("used_before", _("启用前已使用的不能多于到账金额。"))
    if values["received_on"] > timezone.localdate():
        line.refuse("received_on", _("到账日期不能晚于今天。"))
    if values["donor_kind"] != Donor.Kind.ANONYMOUS and not values.get("donor_name"):
        line.refuse("donor_name", _("请填写捐赠人姓名或名称。"))


def check(lines: Lines, by: User) -> None:
    """Funds, purposes and campaigns are the own house's."""
    funds = {name: fund for fund in _funds(by) for name in (fund.number, fund.name)}
    purposes = {
        (one.fund_id, word)
        for one in FundPurpose.objects.visible_to(by)
        for word in (one.code, one.text)
    }
    named = {line.values.get("campaign") for line in lines} - {None, ""}
    campaigns = dict(
        Campaign.objects.visible_to(by).filter(number__in=named).values_list("number", "fund_id")
    )
    for line in lines:
        fund = funds.get(line.values.get("fund", ""))
        if fund is None:
            line.refuse("fund", _("没有这个基金，或它已停止接收捐赠。"))
            continue
        purpose = line.values.get("purpose")
        if purpose and (fund.pk, purpose) not in purposes:
            line.refuse("purpose", _("这个用途不属于所选基金。"))
        campaign = line.values.get("campaign")
        if campaign and campaigns.get(campaign) != fund.pk:
            line.refuse("campaign", _("没有这个编号的募捐活动，或它不属于所选基金。"))


def _funds(by: User) -> Any:
    return Fund.objects.visible_to(by).active()


def _make(line: Line, by: User) -> str | None:
    values = line.values
    if DonationArrival.objects.visible_to(by).filter(
        external_no=values["number"], donation__used_before__isnull=False
    ):
        return KNOWN
    name = values["fund"]
    fund = _funds(by).filter(Q(number=name) | Q(name=name)).first()
    purpose = values.get("purpose")
    if fund is None:
        line.refuse("fund", _("没有这个基金，或它已停止接收捐赠。"))
        return ""
    donation_record(
        donor=_donor(values, by),
        fund=fund,
        purpose=fund.purposes.filter(Q(code=purpose) | Q(text=purpose)).first()
        if purpose
        else None,
        campaign=Campaign.objects.visible_to(by).filter(number=values["campaign"]).first()
        if values.get("campaign")
        else None,
        amount=Decimal(values["amount"]),
        used_before=Decimal(values.get("used_before") or 0),
        received_on=values["received_on"],
        channel=values.get("channel") or Donation.Channel.BANK,
        beneficiary_class=values.get("beneficiary_class") or "",
        region=region_read(str(values["region"])) if values.get("region") else None,
        external_no=values["number"],
        by=by,
    )
    return None


def _donor(values: Mapping[str, Any], by: User) -> Donor:
    """The donor who gave before, by number, else by kind, name and contact; a new one where there is none."""
    kind, name = values["donor_kind"], values.get("donor_name") or ""
    known = _known(values, kind, name, by)
    return known or donor_register(
        kind=kind,
        name=name,
        id_no=values.get("id_no") or "",
        uscc=values.get("uscc") or "",
        contact=values.get("contact") or "",
        publish_name=bool(values.get("publish_name")),
        by=by,
    )


def _known(values: Mapping[str, Any], kind: str, name: str, by: User) -> Donor | None:
    rows = Donor.objects.visible_to(by).filter(kind=kind).order_by("id")
    if kind == Donor.Kind.ANONYMOUS:
        return rows.first()
    if values.get("uscc"):
        return rows.filter(uscc=values["uscc"]).first()
    if values.get("id_no"):
        asked = found_by(Donor, "id_no_bidx", "id", values["id_no"], organization_id=by.house_id)
        return rows.filter(asked).first()
    # A name alone is not a person: without a number the contact decides too.
    contact = values.get("contact") or None
    return next(
        (
            one
            for one in rows.filter(id_no__isnull=True, uscc="", name_masked=_masked(kind, name))
            if bare(one.name) == bare(name) and (one.contact or None) == contact
        ),
        None,
    )


def _masked(kind: str, name: str) -> str:
    return mask_name(name) if kind == Donor.Kind.PERSON else name


def key(values: Mapping[str, Any]) -> str:
    return values["number"]


DONATIONS = Kind(
    code="donations",
    label=_("以前的捐赠"),
    lead=_(
        "启用本系统之前收到的货币捐赠，一行一笔。写明已使用多少，余下的才可在本系统拨付；另一人复核后才入账，按到账日期计入当年。"
    ),
    roles=ROLES,
    columns=COLUMNS,
    key=key,
    settle=settle,
    check=check,
    apply=one_by_one(_make),
    is_care=False,
    shown=("number", "donor_name"),
)
