"""The foundation in public: its qualifications, a talent fund with four lines, a trust, campaigns with their figures."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.utils import timezone

from departments.models.organizations import Organization
from departments.services.entering import house_scope
from donations.models.campaigns import Campaign, CampaignStat
from donations.services.campaigns import figures, planning, running
from donations.services.charities import charity_profile_write, qualification_add
from donations.services.fund_keeping import fund_establish
from donations.services.giving import donation_confirm, donation_record, donor_register
from donations.services.trusts import trust_beneficiary_add, trust_report_add, trust_set_up
from msw_portal.demo.dice import Dice
from msw_portal.demo.funds import Charity
from msw_portal.demo.places import FOUNDATION, HOSPITAL_A

DAY = dt.timedelta(days=1)
AUTHORITY = "示例市民政局"
# channel, views a day, share that agrees, gives, gives again
CHANNELS = (
    ("alipay", 5200, 0.09, 0.24, 0.17),
    ("wechat", 2600, 0.12, 0.31, 0.22),
    ("weibo", 3100, 0.05, 0.11, 0.08),
    ("video", 4300, 0.06, 0.14, 0.10),
    ("offline", 120, 0.45, 0.52, 0.31),
)
LINE_GIFT = Decimal("50000.00")  # what another charity gives to each line of the talent fund
LINES = ("人才培养", "课程体系", "科技赋能", "乡村振兴")


def plan(title: str, starts_on: dt.date, days: int, **changed: object) -> dict[str, object]:
    """A statutory plan, every account and number marked as made up."""
    return {
        "title": title,
        "type": "public",
        "modes": ["internet", "charity_event"],
        "purpose": "为低收入家庭的白血病患儿筹集医保报销后的自付治疗费用（演示）。",
        "starts_on": starts_on,
        "ends_on": starts_on + days * DAY,
        "area": "全国",
        "responsible_person": "钱示例",
        "office_address": "示例市示例区示例路 1 号",
        "donation_methods": "通过指定的互联网公开募捐平台捐赠，或银行汇款到本基金会账户；本门户不收款。",
        "bank_account": "示例慈善基金会，示例银行示例支行，0000 0000 0000（演示）",
        "beneficiaries": "十四周岁以下、家庭人均收入低于当地标准的白血病患儿",
        "use_of_funds": "支付患儿在合作医院的自付治疗费用，按救助项目的标准审核，拨付到医院账户。",
        "cost": "平台信息服务费和传播费用不超过募得款物的百分之三，从募得款物中列支。",
        "cost_budget": Decimal("30000.00"),
        "target": Decimal("1000000.00"),
        "residual_property": "继续用于同类患儿的救助，并向社会公开。",
        "contact": "010-00000000（演示），工作日 9:00—17:00",
        "query_words": "凭捐赠编号在本门户或平台查询每一笔的去向",
        "platforms": ["alipay", "tencent"],
        "platform_urls": {
            "alipay": "https://gongyi.example.cn/alipay/demo",
            "tencent": "https://gongyi.example.cn/tencent/demo",
        },
    } | changed


def campaigning(
    charity: Charity, *, seed: int, start: dt.datetime, until: dt.datetime
) -> Iterator[dt.datetime]:
    """A year of the foundation in public; an actor."""
    dice = Dice("campaigns", seed)
    yield start + dt.timedelta(hours=4)
    _facts(charity)
    _talent_fund(charity)
    first = _planned(charity, "小天使新生季募捐（演示）", timezone.localdate() + 12 * DAY, 90, 1)
    yield start + 13 * DAY
    _start(charity, first)
    yield start + 20 * DAY
    trust = _trust(charity)
    yield start + 105 * DAY
    _stats(charity, dice, first, timezone.localdate())
    with charity.acting("f.approver"):
        running.campaign_end(campaign=first, by=charity.people["f.approver"])
    yield start + 150 * DAY
    with charity.acting("f.approver"):
        running.campaign_publish_closing(
            campaign=first,
            raised=Decimal("862340.50"),
            closing_words="共募得 862,340.50 元，支出募捐成本 21,000.00 元；余款全部用于患儿治疗，去向逐笔可查（演示）。",
            difference_words="平台代收的款项按月结算，结算后逐笔入账（演示）。",
            by=charity.people["f.approver"],
        )
    yield start + 190 * DAY
    if timezone.localdate().year > trust.signed_on.year:
        _trust_report(charity, trust)
    yield until - 62 * DAY
    winter = _planned(charity, "暖冬行动（演示）", timezone.localdate() + 14 * DAY, 120, 2)
    _partner(charity, winter)
    yield until - 47 * DAY
    _start(charity, winter)
    yield until - 20 * DAY
    _snapshot(charity)
    yield until - 3 * DAY
    spring = timezone.localdate() + 40 * DAY
    _planned(charity, "开学季爱心书包（演示）", spring, 45, 3)
    with charity.acting("f.officer"):
        _draft(charity, "康复之路（演示）", spring + 30 * DAY, 60)
    yield until - dt.timedelta(hours=5)
    _stats(charity, dice, winter, timezone.localdate())


def _facts(charity: Charity) -> None:
    officer, today = charity.people["f.officer"], timezone.localdate()
    with charity.acting("f.officer"):
        charity_profile_write(
            legal_form="foundation",
            registration_authority=AUTHORITY,
            supervising_body=AUTHORITY,
            public_contact="010-00000000（演示），示例市示例区示例路 1 号",
            query_words="凭捐赠编号查询每一笔捐赠的去向",
            bank_accounts="示例慈善基金会，示例银行示例支行，0000 0000 0000（演示）",
            by=officer,
        )
        for kind, number, grade, since, years in (
            ("registration", "示例基证字第 0001 号", "", 2000, None),
            ("public_fundraising", "示例公募证〔演示〕001", "", 900, 5),
            ("tax_deduction", "示例财税〔演示〕12 号", "", 400, 3),
            ("rating", "", "4A", 1100, 5),
        ):
            first = today - since * DAY
            qualification_add(
                kind=kind,
                number=number,
                grade=grade,
                issued_on=first,
                valid_from=first,
                valid_to=first + years * 365 * DAY if years else None,
                by=officer,
            )


def _talent_fund(charity: Charity) -> None:
    """A special fund with four lines, to which another charity gives: one gift for each line."""
    officer, cashier = charity.people["f.officer"], charity.people["f.cashier"]
    with charity.acting("f.officer"):
        fund = fund_establish(
            number="F-04",
            name="社工人才发展基金（演示）",
            kind="special",
            parent=None,
            purposes=LINES,
            summary="支持医务社会工作人才的成长，分四条线使用：人才培养、课程体系、科技赋能、乡村振兴。",
            founder=charity.donors[0],
            agreed_on=timezone.localdate(),
            mgmt_share=Decimal("5.00"),
            committee="主任：钱示例；委员：孙演示、李示例（演示）。每季度开会一次，过半数通过。",
            by=officer,
        )
        giver = donor_register(
            kind="organization", name="示例微爱公益基金会（演示）", publish_name=True, by=officer
        )
        gifts = [
            donation_record(
                donor=giver,
                fund=fund,
                purpose=purpose,
                amount=LINE_GIFT,
                received_on=timezone.localdate(),
                by=officer,
            )
            for purpose in fund.purposes.order_by("rank")
        ]
    with charity.acting("f.cashier"):
        for gift in gifts:
            donation_confirm(donation=gift, by=cashier)


def _trust(charity: Charity):
    officer, today = charity.people["f.officer"], timezone.localdate()
    with charity.acting("f.officer"):
        trust = trust_set_up(
            number="T-01",
            name="和风仁心健康公益慈善信托（演示）",
            settlor="示例控股集团有限公司",
            trustee=Organization.objects.get(name=FOUNDATION),
            supervisor="示例律师事务所",
            purpose="支持人文医疗与健康社工服务，帮助困难患者。",
            beneficiary_scope="示例市内医院的困难患者，以及为他们服务的医务社工项目",
            property_kind="资金",
            initial_property=Decimal("2000000.00"),
            signed_on=today - 5 * DAY,
            filing_no="示例信备〔演示〕01 号",
            filed_on=today,
            filing_authority=AUTHORITY,
            by=officer,
        )
        for name, is_body, basis in (
            ("白示例", False, "管理委员会按信托文件第五条评审，公示七日无异议"),
            ("示例医院社工部人文医疗项目", True, "公开征集，三名评审打分，过半数通过"),
        ):
            trust_beneficiary_add(
                trust=trust,
                name=name,
                is_body=is_body,
                chosen_on=today,
                basis=basis,
                amount=Decimal("20000.00"),
                by=officer,
            )
    return trust


def _trust_report(charity: Charity, trust) -> None:
    with charity.acting("f.officer"):
        trust_report_add(
            trust=trust,
            year=timezone.localdate().year - 1,
            reported_on=timezone.localdate(),
            income=Decimal("18600.00"),
            paid=Decimal("40000.00"),
            costs=Decimal("6000.00"),
            balance=Decimal("1972600.00"),
            summary="信托财产单独管理；支出两笔，均按信托文件的范围和程序（演示）。",
            by=charity.people["f.officer"],
        )


def _draft(charity: Charity, title: str, starts_on: dt.date, days: int) -> Campaign:
    """In a scope of the officer."""
    return planning.campaign_draft(
        fund=charity.funds["F-01"],
        licensed_org=Organization.objects.get(name=FOUNDATION),
        by=charity.people["f.officer"],
        **plan(title, starts_on, days),
    )


def _planned(charity: Charity, title: str, starts_on: dt.date, days: int, n: int) -> Campaign:
    with charity.acting("f.officer"):
        campaign = _draft(charity, title, starts_on, days)
        return planning.campaign_file(
            campaign=campaign,
            filing_no=f"示例募备〔演示〕{n:02} 号",
            filed_on=timezone.localdate(),
            filing_authority=AUTHORITY,
            by=charity.people["f.officer"],
        )


def _partner(charity: Charity, campaign: Campaign) -> None:
    with charity.acting("f.officer"):
        planning.campaign_partner_write(
            campaign=campaign,
            partner=Organization.objects.get(name=HOSPITAL_A),
            part="推荐符合条件的患儿，核实治疗费用；不接收、不保管募得款物",
            agreed_on=timezone.localdate() - 2 * DAY,
            agreement_no="示例合作〔演示〕07",
            refiling_no="示例募备〔演示〕02 号变更 1",
            refiled_on=timezone.localdate(),
            by=charity.people["f.officer"],
        )


def _start(charity: Charity, campaign: Campaign) -> None:
    with charity.acting("f.approver"):
        running.campaign_start(campaign=campaign, by=charity.people["f.approver"])


def _stats(charity: Charity, dice: Dice, campaign: Campaign, last: dt.date) -> None:
    """Every day up to the day before `last` by channel: much at first, then less, more at weekends."""
    rows = []
    for n in range((last - campaign.starts_on).days):
        day = campaign.starts_on + n * DAY
        weight = (1.6 if day.weekday() >= 5 else 1.0) * (0.35 + 2.2 / (1 + n / 6))
        for channel, views, agree, give, again in CHANNELS:
            if channel == "offline" and day.weekday() < 5:
                continue
            seen = round(views * weight * dice.uniform(0.7, 1.3))
            agreed = round(seen * agree * dice.uniform(0.8, 1.2))
            gave = round(agreed * give * dice.uniform(0.8, 1.2))
            rows.append((day, channel, seen, agreed, gave, round(gave * again)))
        rows.append((day, "portal", round(90 * weight), round(7 * weight), 0, 0))
    fields = ("on", "channel", "views", "supporters", "donors", "repeat_donors")
    with house_scope(charity.id):
        CampaignStat.objects.bulk_create(
            CampaignStat(
                organization_id=charity.id,
                campaign=campaign,
                source="portal" if row[1] == "portal" else "平台后台（演示）",
                **dict(zip(fields, row, strict=True)),
            )
            for row in rows
        )


def _snapshot(charity: Charity) -> None:
    with charity.acting("f.officer"):
        figures.platform_snapshot_record(
            platform="alipay",
            as_of=timezone.localdate() - 15 * DAY,
            project_count=6800,
            amount=Decimal("300000000.00"),
            qualifier="more",
            scope="平台上大病与医疗类公益项目，累计",
            source="平台负责人在行业会议上的介绍（演示）",
            by=charity.people["f.officer"],
        )
