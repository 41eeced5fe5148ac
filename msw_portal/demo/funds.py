"""The foundation's money: funds with their purposes, programmes, donors and a year of gifts."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import house_scope, member_scope
from donations.models.giving import CharityProfile, Donor, Fund, FundPurpose
from donations.models.programmes import ProgrammeVersion
from donations.services.giving import (
    donation_confirm,
    donation_record,
    donor_register,
    fund_open,
)
from donations.services.programmes import programme_open, version_publish, version_write
from msw_portal.demo.clock import Clock
from msw_portal.demo.dice import Dice
from msw_portal.demo.places import FOUNDATION
from msw_portal.demo.programmes import PROGRAMMES

FUNDS = (
    (
        "F-01",
        "小天使救助基金",
        Fund.Kind.SPECIAL,
        (("leukaemia", "白血病患儿救助"), ("transplant", "造血干细胞移植")),
    ),
    (
        "F-02",
        "大病救助综合基金",
        Fund.Kind.GENERAL,
        (
            ("general", "成人大病救助"),
            ("heart", "先天性心脏病救助"),
            ("cleft", "唇腭裂救助"),
            ("hospital", "院内困难患者减免"),
        ),
    ),
    ("F-03", "海豚康复基金", Fund.Kind.SPECIAL, (("palsy", "脑瘫儿童康复"),)),
    (
        "F-05",
        "雄安社会工作发展基金",
        Fund.Kind.SPECIAL,
        (("incubation", "社会工作孵化培育"), ("stations", "社工站服务")),
    ),
)
# kind, name, share of the money, may be named in public
DONORS = (
    ("company", "示例爱心企业有限公司", 30, True),
    ("company", "演示制药股份有限公司", 22, True),
    ("organization", "示例同乡会", 8, True),
    ("organization", "演示大学校友会", 8, True),
    ("government", "示例市福利彩票公益金", 20, True),
    ("person", "韩捐示例", 4, True),
    ("person", "吕爱心演示", 3, False),
    ("person", "潘行善示例", 2, False),
    ("anonymous", "", 3, False),
)
# fund, purpose: share of what is given in a year
SHARES = {
    ("F-01", "leukaemia"): 30,
    ("F-01", None): 12,
    ("F-01", "transplant"): 6,
    ("F-02", "general"): 20,
    ("F-02", "heart"): 12,
    ("F-02", "cleft"): 5,
    ("F-02", "hospital"): 5,
    ("F-02", None): 9,
}
A_YEAR = Decimal(7_200_000)
LITTLE = Decimal(36_000)  # all that the third fund holds
GIFTS = 66
EARLY = len(SHARES)


@dataclass
class Charity:
    """The demo foundation with its people, funds and published programmes."""

    organization: Organization
    people: Mapping[str, User]
    funds: dict[str, Fund] = field(default_factory=dict)
    purposes: dict[tuple[str, str], FundPurpose] = field(default_factory=dict)
    versions: dict[str, ProgrammeVersion] = field(default_factory=dict)
    donors: list[Donor] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.organization.pk

    def acting(self, login: str):
        """A transaction as this member."""
        person = self.people[login]
        return member_scope(person, person.membership.uid)


def build(made: Mapping[str, Organization], people: Mapping[str, User], clock: Clock) -> Charity:
    """Open funds, programmes and donors through the ordinary services."""
    charity = Charity(made[FOUNDATION], people)
    with house_scope(charity.id):
        CharityProfile(
            organization_id=charity.id,
            net_asset_tier="8m_60m",
            thresholds={"committee_above": "80000.00"},
            donor_feedback={"every_months": 6},
        ).save(force_insert=True)
    with charity.acting("f.officer"):
        officer = people["f.officer"]
        for number, name, kind, purposes in FUNDS:
            fund = fund_open(number=number, name=name, kind=kind, purposes=purposes, by=officer)
            charity.funds[number] = fund
            for purpose in FundPurpose.objects.filter(fund=fund):
                charity.purposes[number, purpose.code] = purpose
        for kind, name, _share, is_named in DONORS:
            charity.donors.append(
                donor_register(kind=kind, name=name, publish_name=is_named, by=officer)
            )
        drafts = {}
        for name, (fund_no, purpose, content) in PROGRAMMES.items():
            programme = programme_open(
                fund=charity.funds[fund_no],
                name=name,
                purpose=charity.purposes[fund_no, purpose],
                by=officer,
            )
            drafts[name] = version_write(
                programme=programme, content=content, valid_from=clock.now.date(), by=officer
            )
    clock.pass_minutes(45)
    with charity.acting("f.approver"):
        for name, version in drafts.items():
            charity.versions[name] = version_publish(version=version, by=people["f.approver"])
    return charity


def giving(
    charity: Charity, *, seed: int, size: int, start: dt.datetime, until: dt.datetime
) -> Iterator[dt.datetime]:
    """A year of gifts, more of them early so that the first requests find money; an actor."""
    dice = Dice("gifts", seed)
    a_year = A_YEAR * max(Decimal(1), Decimal(size) / 600)
    shares = [dice.uniform(0.4, 2.2) * (2.5 if n < EARLY else 1) for n in range(GIFTS)]
    whole = sum(shares)
    yield start + dt.timedelta(hours=2)
    _give(charity, dice, LITTLE, "F-03", "palsy")
    for n, share in enumerate(shares):
        # One for every purpose arrives in the first days.
        day = n / 2 if n < EARLY else 5 + (n - EARLY) * 356 / (GIFTS - EARLY)
        yield dice.at_work(start + dt.timedelta(days=day, hours=3))
        amount = (a_year * Decimal(share / whole)).quantize(Decimal("100"))
        number, purpose = list(SHARES)[n] if n < EARLY else dice.weighted(SHARES)
        _give(charity, dice, amount, number, purpose)


def _give(charity: Charity, dice: Dice, amount: Decimal, number: str, purpose: str | None) -> None:
    donor = charity.donors[dice.choices(range(len(DONORS)), [row[2] for row in DONORS])[0]]
    officer, cashier = charity.people["f.officer"], charity.people["f.cashier"]
    with charity.acting("f.officer"):
        gift = donation_record(
            donor=donor,
            fund=charity.funds[number],
            amount=amount,
            received_on=timezone.localdate(),
            purpose=charity.purposes[number, purpose] if purpose else None,
            channel=dice.choice(("bank", "bank", "alipay", "wechat", "platform")),
            by=officer,
        )
    with charity.acting("f.cashier"):
        donation_confirm(donation=gift, by=cashier)
