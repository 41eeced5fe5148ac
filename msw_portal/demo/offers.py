"""What is offered to the demo hospital: from the offer to the fund, each as far as the table says."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from departments.models.organizations import Department
from departments.models.people import User
from departments.services.entering import member_scope
from donations.models.hospital_gifts import GiftOpinion, HospitalGift
from donations.services import giving, hospital_gift_goods, hospital_gift_steps, hospital_gifts
from msw_portal.demo.houses import Hospital
from msw_portal.demo.papers import upload

D = Decimal
# content, kind, amount, purpose, use, how far it comes
OFFERS = (
    ("医疗救助款", "money", "80000.00", "relief", "困难患儿住院费用减免", "booked"),
    ("轮椅 20 台，全新，有合格证", "goods", "36000.00", "facility", "病区便民服务", "noticed"),
    ("健康教育图书 300 册", "goods", "9000.00", "health", "病区读书角", "approved"),
    ("人员培训经费", "money", "50000.00", "training", "医务社工进修", "assessed"),
    ("科研经费", "money", "120000.00", "research", "儿童康复研究", "assessing"),
    ("候诊区座椅 40 把", "goods", "24000.00", "facility", "门诊候诊区", "draft"),
    ("高值耗材 1 批", "goods", "60000.00", "other", "手术室使用", "refused"),
)
ORDER = ("draft", "assessing", "assessed", "approved", "noticed", "booked")


def _acting(person: User) -> Any:
    return member_scope(person, person.membership.uid)


def offices_of(hospital: Hospital, people: Mapping[str, User]) -> dict[str, User]:
    own = hospital.letter.lower()
    return {
        "finance": people[f"{own}.finance"],
        "finance2": people[f"{own}.finance2"],
        "discipline": people[f"{own}.discipline"],
        "audit": people[f"{own}.auditing"],
        "business": hospital.supervisors[0],
        "leader": people[f"{own}.leader"],
    }


def offered(
    hospital: Hospital,
    offices: dict[str, User],
    content: str,
    kind: str,
    amount: str,
    purpose: str,
    use: str,
    state: str,
) -> None:
    """One offer, as far as `state`; what is refused has an opinion against it."""
    head = hospital.head
    with _acting(head):
        giver = giving.donor_register(kind="company", name="示例健康产业有限公司", by=head)
        gift = hospital_gifts.hospital_gift_offer(
            donor=giver,
            kind=kind,
            content=content,
            amount=D(amount),
            purpose=purpose,
            use=use,
            department=Department.objects.filter(
                organization_id=head.house_id, kind="ward", ended_on=None
            )
            .order_by("id")
            .first(),
            is_free_of_procurement=True,
            is_free_of_return=True,
            by=head,
        )
    far = ORDER.index(state) if state in ORDER else ORDER.index("approved")
    if far >= ORDER.index("assessing"):
        _judge(gift, head, offices, state)
    if far >= ORDER.index("approved"):
        _decide(gift, offices["leader"], accepts=state != "refused")
    if far >= ORDER.index("noticed"):
        _take(gift, head)
    if state == "booked":
        _book(gift, offices)


def _judge(gift: HospitalGift, head: User, offices: dict[str, User], state: str) -> None:
    persons = {office: offices[office] for office in GiftOpinion.Office.values}
    with _acting(head):
        hospital_gifts.hospital_gift_submit(
            gift=gift, persons=persons, leader=offices["leader"], by=head
        )
    # Two of the four have answered where the assessment is under way.
    for office in list(persons)[: 2 if state == "assessing" else 4]:
        against = state == "refused" and office == "discipline"
        with _acting(persons[office]):
            hospital_gifts.hospital_gift_opine(
                opinion=gift.opinions.get(office=office),
                verdict="against" if against else "for",
                text="该公司正参加本院耗材招标" if against else "未见不当之处",
                by=persons[office],
            )


def _decide(gift: HospitalGift, leader: User, *, accepts: bool) -> None:
    with _acting(leader):
        hospital_gifts.hospital_gift_decide(
            gift=gift,
            accepts=accepts,
            decided_on=timezone.localdate(),
            minutes="院长办公会纪要（演示）",
            reason="" if accepts else "与采购有关，不予接受",
            by=leader,
        )


def _take(gift: HospitalGift, head: User) -> None:
    today = timezone.localdate()
    with _acting(head):
        hospital_gift_steps.hospital_gift_agree(
            gift=gift, signed_on=today, delivery_on=today, file=upload("agreement"), by=head
        )
        valued = {}
        if gift.kind == "goods":
            hospital_gift_goods.hospital_gift_item_add(
                gift=gift,
                item=gift.content.split("，")[0][:20],
                kind="general",
                quantity=20,
                unit="台",
                received_on=today,
                batch="演示 2026-11",
                by=head,
            )
            valued = {"valuation_basis": 1, "file": upload("invoice")}
        hospital_gift_steps.hospital_gift_accept(
            gift=gift,
            accepted_on=today,
            accepted_value=gift.amount,
            acceptance="已清点，凭证齐全（演示）",
            by=head,
            **valued,
        )
        hospital_gift_steps.hospital_gift_notice(
            gift=gift, noticed_on=today, noticed_where="医院公示栏", by=head
        )


def _book(gift: HospitalGift, offices: dict[str, User]) -> None:
    finance, second = offices["finance"], offices["finance2"]
    with _acting(finance):
        fund = giving.fund_open(
            number="HF-01",
            name="医院救助基金",
            kind="hospital",
            purposes=[("relief", "患者医疗费用减免")],
            by=finance,
        )
        gift = hospital_gift_steps.hospital_gift_book(
            gift=gift, fund=fund, fund_purpose=fund.purposes.get(), by=finance
        )
    with _acting(second):
        giving.donation_confirm(donation=gift.donation, by=second)
