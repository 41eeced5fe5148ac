"""Gifts in full: the new area's seven million, a promise in parts, agreements, honours, ties, talks; offers to the hospital."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from departments.models.organizations import Region
from departments.models.people import User
from departments.services.entering import member_scope
from donations.models.giving import Donation, Donor
from donations.services import (
    agreements,
    approaches,
    donors,
    gift_steps,
    giving,
    related,
)
from msw_portal.demo.dice import Dice
from msw_portal.demo.funds import Charity
from msw_portal.demo.houses import Hospital
from msw_portal.demo.offers import OFFERS, offered, offices_of
from msw_portal.demo.papers import upload
from msw_portal.demo.places import NEW_AREA_REGION

D = Decimal
DAY = dt.timedelta(days=1)
# 近700万: what gifts for the new area add up to, just under seven million (domain.md 6.4, X3).
NEW_AREA_GIFTS = (
    ("1200000.00", 0, "incubation"),
    ("860000.00", 1, "stations"),
    ("1500000.00", 1, "incubation"),
    ("420000.00", 4, "stations"),
    ("980000.00", 0, "stations"),
    ("1315000.00", 4, "incubation"),
    ("460000.00", 2, "stations"),
    ("248000.00", 3, "incubation"),
)
TALKS = (
    ("示例能源集团", "visit", "患儿路费补贴", "200000.00", "considering", "送合作方案"),
    ("演示保险公益基金会", "meeting", "大病救助配捐", "500000.00", "promised", "起草协议"),
    ("示例连锁药房", "call", "康复辅具", None, "declined", ""),
    ("演示校友企业家协会", "letter", "爱心书包 100 个", None, "given", ""),
    ("示例科技公司", "event", "志愿者义卖场地", None, "waiting", "电话回访"),
)


def receiving(
    charity: Charity,
    hospital: Hospital,
    *,
    seed: int,
    start: dt.datetime,
    until: dt.datetime,
) -> Iterator[dt.datetime]:
    """The year of gifts beside the monthly ones; an actor."""
    dice = Dice("gifts in full", seed)
    yield dice.at_work(start + 12 * DAY)
    _about_donors(charity)
    for n, (amount, donor, purpose) in enumerate(NEW_AREA_GIFTS):
        yield dice.at_work(start + (30 + 38 * n) * DAY)
        _new_area(charity, D(amount), donor, purpose)
    yield dice.at_work(until - 46 * DAY)
    promised = _promise(charity)
    yield dice.at_work(until - 30 * DAY)
    _part(charity, promised, "250000.00")
    yield dice.at_work(until - 24 * DAY)
    _steps(charity)
    _carried(charity)
    _talks(charity.people["f.officer"], TALKS[:3])
    yield dice.at_work(until - 15 * DAY)
    _part(charity, promised, "200000.00")
    _talks(hospital.workers[0], TALKS[3:])
    offices = offices_of(hospital, charity.people)
    for n, facts in enumerate(OFFERS):
        yield dice.at_work(until - (13 - n) * DAY)
        offered(hospital, offices, *facts)


def _acting(person: User) -> Any:
    return member_scope(person, person.membership.uid)


def _new_area(charity: Charity, amount: Decimal, donor: int, purpose: str) -> None:
    with charity.acting("f.officer"):
        gift = giving.donation_record(
            donor=charity.donors[donor],
            fund=charity.funds["F-05"],
            purpose=charity.purposes["F-05", purpose],
            amount=amount,
            received_on=timezone.localdate(),
            region=Region.objects.get(pk=NEW_AREA_REGION),
            by=charity.people["f.officer"],
        )
    _confirm(charity, gift)


def _carried(charity: Charity) -> None:
    """Two gifts of before the portal, brought and not confirmed yet, with what had been used of them."""
    with charity.acting("f.officer"):
        for n, (amount, used) in enumerate((("20000.00", "12000.00"), ("8000.00", "0.00")), 1):
            giving.donation_record(
                donor=charity.donors[n],
                fund=charity.funds["F-05"],
                amount=D(amount),
                used_before=D(used),
                received_on=dt.date(2023, 5, n),
                external_no=f"2023-{n:04d}",
                by=charity.people["f.officer"],
            )


def _confirm(charity: Charity, gift: Donation) -> None:
    with charity.acting("f.cashier"):
        giving.donation_confirm(donation=gift, by=charity.people["f.cashier"])


def _about_donors(charity: Charity) -> None:
    """Profiles, contacts, an honour in each state, an objection, ties."""
    officer, today = charity.people["f.officer"], timezone.localdate()
    first, second, club = charity.donors[0], charity.donors[1], charity.donors[2]
    with charity.acting("f.officer"):
        donors.donor_describe(
            donor=first,
            industry="日用消费品",
            website="https://company.example.cn",
            esg_note="年度社会责任报告列有儿童健康项目，每年三月更新（演示）。",
            publish_name=True,
            by=officer,
        )
        donors.donor_contact_add(
            donor=first, name="唐联系示例", post="公益事务主管", phone="010-55550001", by=officer
        )
        plaque = _honour(first, "plaque", "门诊大厅爱心铭牌", officer)
        donors.recognition_answer(
            recognition=plaque, agrees=True, answered_on=today, answered_how="邮件", by=officer
        )
        donors.recognition_give(
            recognition=plaque, given_on=today, place="示例市第一医院门诊大厅", by=officer
        )
        media = _honour(second, "media", "年度公益报道", officer)
        donors.recognition_answer(
            recognition=media, agrees=False, answered_on=today, answered_how="电话", by=officer
        )
        _honour(club, "thanks", "年会公开致谢", officer)
        donors.donor_object(
            donor=charity.donors[5], objected_on=today, objection="姓名和金额", by=officer
        )
        _ties(charity, today)


def _honour(donor: Donor, kind: str, title: str, officer: User) -> Any:
    return donors.recognition_ask(
        donor=donor, kind=kind, title=title, asked_on=timezone.localdate(), by=officer
    )


def _ties(charity: Charity, today: dt.date) -> None:
    officer = charity.people["f.officer"]
    for name, relation, is_body, donor in (
        ("童理事示例", "manager", False, None),
        ("童家属演示", "kin", False, None),
        ("示例投资咨询有限公司", "controlled", True, None),
        ("示例爱心企业职工互助会", "donor_tie", True, charity.donors[0]),
    ):
        related.related_party_register(
            name=name,
            relation=relation,
            since=today,
            is_organization=is_body,
            donor=donor,
            note="年度申报（演示）",
            by=officer,
        )


def _promise(charity: Charity) -> Donation:
    """600,000 under a signed agreement, to come in parts."""
    officer, today = charity.people["f.officer"], timezone.localdate()
    with charity.acting("f.officer"):
        agreement = agreements.agreement_draft(
            donor=charity.donors[1],
            title="白血病患儿救助捐赠协议（演示）",
            use="白血病患儿医疗救助",
            fund=charity.funds["F-01"],
            amount=D("600000.00"),
            mgmt_share=D("5.00"),
            delivery_on=today + 60 * DAY,
            delivery="分期汇入本基金会账户",
            leftover="继续用于同类患儿的救助",
            reporting="每半年书面反馈一次",
            by=officer,
        )
        agreement = agreements.agreement_sign(
            agreement=agreement, signed_on=today, file=upload("agreement"), by=officer
        )
        agreements.agreement_draft(
            donor=charity.donors[0],
            title="志愿服务支持协议（演示）",
            use="志愿者交通补贴",
            amount=D("30000.00"),
            by=officer,
        )
        return giving.donation_pledge(
            donor=charity.donors[1],
            fund=charity.funds["F-01"],
            purpose=charity.purposes["F-01", "leukaemia"],
            amount=D("600000.00"),
            pledged_on=today,
            due_on=today + 60 * DAY,
            agreement=agreement,
            by=officer,
        )


def _part(charity: Charity, promised: Donation, amount: str) -> None:
    with charity.acting("f.officer"):
        giving.donation_receive(
            donation=promised,
            amount=D(amount),
            received_on=timezone.localdate(),
            by=charity.people["f.officer"],
        )
    _confirm(charity, promised)


def _steps(charity: Charity) -> None:
    """A service that was valued, one that cannot be, a refusal, and a return that waits."""
    officer, today = charity.people["f.officer"], timezone.localdate()
    common = {"fund": charity.funds["F-02"], "pledged_on": today, "by": officer}
    with charity.acting("f.officer"):
        audit = gift_steps.donation_offer(
            donor=charity.donors[0], kind="service", content="年度审计服务 1 次", **common
        )
        gift_steps.donation_accept(
            donation=audit,
            received_on=today,
            valuation_basis=Donation.Basis.PROOF,
            amount=D("20000.00"),
            valuation_note="服务报价单（演示）",
            by=officer,
        )
        gift_steps.donation_offer(
            donor=charity.donors[3], kind="ip", content="健康科普动画使用权", **common
        )
        no_gift = giving.donation_pledge(donor=charity.donors[1], amount=D("50000.00"), **common)
        gift_steps.donation_refuse(
            donation=no_gift, nature="sponsorship", reason="合同要求现场挂广告牌", by=officer
        )
        asked = giving.donation_record(
            donor=charity.donors[7],
            fund=charity.funds["F-03"],
            amount=D("500.00"),
            received_on=today,
            by=officer,
        )
    _confirm(charity, audit)
    _confirm(charity, asked)
    with charity.acting("f.officer"):
        gift_steps.donation_return_ask(
            donation=asked, reason="捐赠人误转，申请退回（演示）", by=officer
        )


def _talks(person: User, talks: tuple[tuple, ...]) -> None:
    today = timezone.localdate()
    with _acting(person):
        for n, (target, channel, asked_for, amount, result, step) in enumerate(talks):
            approaches.approach_write(
                target=target,
                on=today - n * DAY,
                channel=channel,
                asked_for=asked_for,
                asked_amount=D(amount) if amount else None,
                result=result,
                person="洽谈示例",
                next_step=step,
                next_on=today + (20 + 5 * n) * DAY if step else None,
                by=person,
            )
