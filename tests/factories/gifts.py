"""Gifts for tests: a hospital's finance and office people, an offer to the hospital in any state."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from departments.models.people import Membership, User, duty_class
from donations.models.hospital_gifts import HospitalGift
from donations.services import (
    giving,
    hospital_gift_goods,
    hospital_gift_steps,
    hospital_gifts,
)
from msw_portal.kernel.scope import scope
from tests.factories.donations import PDF, D, as_person
from tests.factories.world import SINCE

OFFICES = ("finance", "discipline", "audit", "business")


def staff_of(house: Any, login: str, role: str) -> User:
    """A person of a house in a role the small world has nobody for, made outside any scope."""
    user = User.objects.create(
        username=f"{login}-{house.code}", display_name=f"测试{login}", password="!", is_demo=True
    )
    with scope(org=house.pk, role="system"):
        user.membership = Membership.objects.create(
            user=user, organization=house, role=role, duty_class=duty_class(role), valid=SINCE
        )
    return user


def offices_of(house: Any) -> dict[str, User]:
    """Finance, a second of finance, three offices and a leader of a hospital."""
    roles = {"finance": "finance", "finance2": "finance"}
    names = ("finance", "finance2", "discipline", "audit", "business", "leader")
    return {name: staff_of(house, name, roles.get(name, "office")) for name in names}


def signed() -> SimpleUploadedFile:
    return SimpleUploadedFile("协议.pdf", PDF, content_type="application/pdf")


def make_offer(head: User, **given: Any) -> HospitalGift:
    """What a company offers the hospital, written down by the head of the department."""
    values = {
        "kind": "money",
        "content": "救助款",
        "amount": D("50000.00"),
        "purpose": "relief",
        "use": "困难患儿医疗费用减免",
        "is_free_of_procurement": True,
        "is_free_of_return": True,
        **given,
    }
    with as_person(head) as by:
        donor = giving.donor_register(kind="company", name="示例捐赠企业", by=by)
        return hospital_gifts.hospital_gift_offer(donor=donor, by=by, **values)


def send(head: User, offices: dict[str, User], gift: HospitalGift) -> HospitalGift:
    with as_person(head) as by:
        persons = {name: offices[name] for name in OFFICES}
        return hospital_gifts.hospital_gift_submit(
            gift=gift, persons=persons, leader=offices["leader"], by=by
        )


def judge(offices: dict[str, User], gift: HospitalGift, **verdicts: str) -> None:
    """Every office gives its opinion, in favour unless `verdicts` says otherwise."""
    for name in OFFICES:
        with as_person(offices[name]) as by:
            opinion = gift.opinions.get(office=name)
            hospital_gifts.hospital_gift_opine(
                opinion=opinion, verdict=verdicts.get(name, "for"), text="理由说明文字", by=by
            )


def decide(offices: dict[str, User], gift: HospitalGift, *, accepts: bool = True) -> HospitalGift:
    with as_person(offices["leader"]) as by:
        return hospital_gifts.hospital_gift_decide(
            gift=gift,
            accepts=accepts,
            decided_on=timezone.localdate(),
            minutes="院长办公会纪要〔示例〕1号",
            reason="" if accepts else "不符合本院需要",
            by=by,
        )


def make_noticed(head: User, offices: dict[str, User], **given: Any) -> HospitalGift:
    """Offered, judged, decided, agreed, accepted and published today."""
    today: dt.date = timezone.localdate()
    gift = send(head, offices, make_offer(head, **given))
    judge(offices, gift)
    decide(offices, gift)
    with as_person(head) as by:
        gift = hospital_gift_steps.hospital_gift_agree(
            gift=gift, signed_on=today, delivery_on=None, file=signed(), by=by
        )
        valued: dict[str, Any] = {}
        if gift.kind != "money":
            valued = {"valuation_basis": 1, "file": signed()}
        if gift.kind == "goods":
            hospital_gift_goods.hospital_gift_item_add(
                gift=gift,
                item="轮椅",
                kind="device",
                quantity=20,
                unit="台",
                received_on=today,
                expires_on=today + dt.timedelta(days=900),
                by=by,
            )
        gift = hospital_gift_steps.hospital_gift_accept(
            gift=gift,
            accepted_on=today,
            accepted_value=D("49000.00"),
            acceptance="银行回单 0001",
            by=by,
            **valued,
        )
        return hospital_gift_steps.hospital_gift_notice(gift=gift, noticed_on=today, by=by)
