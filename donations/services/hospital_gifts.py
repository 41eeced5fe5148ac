"""A hospital as recipient: from the offer to the notice, as 国卫财务发〔2015〕77号 asks.

Four offices give their opinion, each by another person and once (art. 13); the leaders decide (14); the
agreement, the acceptance and the public notice follow; at the end it is a gift in the hospital's own fund.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.tasks import task_finish, task_open, tasks_close
from donations.gift_workflow import HOSPITAL_GIFT
from donations.models.giving import Donor
from donations.models.hospital_gifts import GiftOpinion, HospitalGift
from donations.permissions import (
    can_decide_hospital_gift,
    can_give_opinion,
    can_keep_hospital_gift,
    can_offer_hospital_gift,
)
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

PATTERN = "{ORG}-G-{YYYY}-{SEQ4}"
OPINION_DAYS = 5
OPINION_TASK, DECISION_TASK = "gift_opinion", "gift_decision"
Office, Verdict = GiftOpinion.Office, GiftOpinion.Verdict


def gift_locked(gift: HospitalGift) -> HospitalGift:
    return HospitalGift.objects.locked().select_related("donor").get(pk=gift.pk)


@command
def hospital_gift_offer(
    *,
    donor: Donor,
    kind: str,
    content: str,
    amount: Decimal,
    purpose: str,
    use: str,
    receiver: str = "house",
    department: Any = None,
    wants: str = "",
    is_free_of_procurement: bool = False,
    is_free_of_return: bool = False,
    by: Any,
) -> HospitalGift:
    """Write down what somebody offers the hospital. `receiver` says to whom: only the house itself may be it.

    Raises:
        DomainError: `hospital_gift_to_legal_person` on `receiver`, `hospital_gift.amount` on `amount`,
            `hospital_gift_is_free` on `is_free_of_procurement` or `is_free_of_return`.
    """
    require(can_offer_hospital_gift, by, None)
    if receiver != "house":
        raise DomainError(
            "hospital_gift_to_legal_person",
            _("只能由医院法人接受捐赠，科室和个人不能接受（国卫财务发〔2015〕77号第四条）。"),
            "receiver",
        )
    if amount <= 0:
        raise DomainError("hospital_gift.amount", _("金额或价值必须大于零。"), "amount")
    _require_free(is_free_of_procurement, is_free_of_return)
    house = Organization.objects.get(pk=by.house_id)
    number = take_number(
        "hospital_gift", organization=house, pattern=PATTERN, on=timezone.localdate()
    )
    gift = HospitalGift(
        organization_id=by.house_id,
        receiver_id=by.house_id,
        number=number,
        donor=donor,
        kind=kind,
        content=content,
        amount=amount,
        purpose=purpose,
        use=use,
        department=department,
        wants=wants,
        is_free_of_procurement=is_free_of_procurement,
        is_free_of_return=is_free_of_return,
        created_by=by,
    )
    gift.save(force_insert=True)
    write_transition(gift, HOSPITAL_GIFT, "offer", before="", by=by)
    audit.record("hospital_gift.offer", by=by, on=gift, number=number, amount=amount)
    return gift


def _require_free(procurement: bool, back: bool) -> None:
    if not procurement:
        raise DomainError(
            "hospital_gift_is_free",
            _(
                "与采购物品或服务挂钩的捐赠不能接受；没有挂钩的请声明（国卫财务发〔2015〕77号第六条第四项）。"
            ),
            "is_free_of_procurement",
        )
    if not back:
        raise DomainError(
            "hospital_gift_is_free",
            _(
                "附有经济利益、知识产权、科研成果或行业数据要求的捐赠不能接受；没有的请声明（国卫财务发〔2015〕77号第六条第五项）。"
            ),
            "is_free_of_return",
        )


@command
def hospital_gift_submit(
    *, gift: HospitalGift, persons: Mapping[str, User], leader: User, by: Any
) -> HospitalGift:
    """Send an offer to pre-assessment: one person of each office, and the leader who brings it to the decision.

    Raises:
        DomainError: `hospital_gift.submit.wrong_state` (409), `hospital_gift.office_missing`,
            `gift_opinion_person_once` on the office's field, `hospital_gift.leader_is_assessor` on
            `leader`.
    """
    gift = gift_locked(gift)
    require(can_keep_hospital_gift, by, gift)
    HOSPITAL_GIFT.check(gift, "submit")
    seen: set[int] = set()
    for office in Office.values:
        person = persons.get(office)
        if person is None:
            raise DomainError("hospital_gift.office_missing", _("请指定这个部门的人。"), office)
        if person.pk in seen:
            raise DomainError(
                "gift_opinion_person_once", _("四个部门要由四个不同的人提出意见。"), office
            )
        seen.add(person.pk)
    if leader.pk in seen:
        raise DomainError(
            "hospital_gift.leader_is_assessor",
            _("提出预评估意见的人不能再作决定，请指定另一位院领导。"),
            "leader",
        )
    for office in Office.values:
        _ask_opinion(gift, office, persons[office], by=by)
    gift.decided_by = leader
    move(gift, HOSPITAL_GIFT, "submit", by=by, also=("decided_by",))
    audit.record("hospital_gift.submit", by=by, on=gift, leader=leader.uid)
    return gift


def _ask_opinion(gift: HospitalGift, office: str, person: User, *, by: Any) -> None:
    opinion = GiftOpinion(
        organization_id=gift.organization_id,
        gift=gift,
        office=office,
        person=person,
        created_by=by,
    )
    opinion.save(force_insert=True)
    task_open(
        kind=OPINION_TASK,
        organization_id=gift.organization_id,
        subject=gift,
        assignee=person,
        due_at=timezone.now() + dt.timedelta(days=OPINION_DAYS),
        dedup_key=f"{OPINION_TASK}:{opinion.uid}",
        by=by,
    )


@command
def hospital_gift_opine(*, opinion: GiftOpinion, verdict: str, text: str, by: Any) -> GiftOpinion:
    """Give one's office's opinion, once; after the fourth the offer waits for the decision.

    Raises:
        DomainError: `gift_opinion.given` (409), `gift_opinion.needs_text` on `text` for an opinion
            against, `hospital_gift.assess.wrong_state` (409).
    """
    gift = gift_locked(opinion.gift)
    opinion = GiftOpinion.objects.locked().get(pk=opinion.pk)
    require(can_give_opinion, by, opinion)
    if opinion.given_at is not None:
        raise DomainError("gift_opinion.given", _("您的意见已经提交，不能再改。"), status=409)
    HOSPITAL_GIFT.check(gift, "assess")
    if verdict == Verdict.AGAINST and len(text.strip()) < 5:
        raise DomainError("gift_opinion.needs_text", _("不同意要写明理由，至少 5 个字。"), "text")
    opinion.verdict, opinion.text, opinion.given_at = verdict, text.strip() or None, timezone.now()
    opinion.save(update_fields=["verdict", "text", "given_at"])
    audit.record("hospital_gift.judge", by=by, on=gift, office=opinion.office, verdict=verdict)
    _close_own(gift, opinion)
    if not gift.opinions.filter(given_at__isnull=True).exists():
        move(gift, HOSPITAL_GIFT, "assess", by=by)
        task_open(
            kind=DECISION_TASK,
            organization_id=gift.organization_id,
            subject=gift,
            assignee=gift.decided_by,
            dedup_key=f"{DECISION_TASK}:{gift.uid}",
            by=by,
        )
    return opinion


def _close_own(gift: HospitalGift, opinion: GiftOpinion) -> None:
    from_key = f"{OPINION_TASK}:{opinion.uid}"
    task_finish(organization_id=gift.organization_id, dedup_key=from_key)


@command
def hospital_gift_decide(
    *,
    gift: HospitalGift,
    accepts: bool,
    decided_on: dt.date,
    minutes: str,
    reason: str = "",
    by: Any,
) -> HospitalGift:
    """The leaders' decision with its meeting or document; an opinion against stands in the way of accepting.

    Raises:
        DomainError: `hospital_gift.approve.wrong_state` (409), `hospital_gift.opinion_against`,
            `hospital_gift.refuse.needs_reason` on `reason`, `hospital_gift.decided_in_future`,
            `hospital_gift.needs_minutes` on `minutes`.
    """
    gift = gift_locked(gift)
    require(can_decide_hospital_gift, by, gift)
    HOSPITAL_GIFT.check(gift, "approve")
    if decided_on > timezone.localdate():
        raise DomainError("hospital_gift.decided_in_future", _("不能晚于今天。"), "decided_on")
    if not minutes.strip():
        raise DomainError(
            "hospital_gift.needs_minutes",
            _("请写明领导班子会议或文件（国卫财务发〔2015〕77号第十四条）。"),
            "minutes",
        )
    if accepts and gift.opinions.filter(verdict=Verdict.AGAINST).exists():
        raise DomainError(
            "hospital_gift.opinion_against",
            _("有部门不同意接受，不能决定接受；可决定不予接受并向捐赠人说明。"),
            "accepts",
        )
    gift.decided_on, gift.minutes = decided_on, minutes.strip()
    step = "approve" if accepts else "refuse"
    move(gift, HOSPITAL_GIFT, step, by=by, reason=reason, also=("decided_on", "minutes"))
    tasks_close(kind=DECISION_TASK, subject=gift)
    audit.record(f"hospital_gift.{step}", by=by, on=gift, minutes=gift.minutes)
    return gift


@command
def hospital_gift_withdraw(*, gift: HospitalGift, reason: str, by: Any) -> HospitalGift:
    """The giver takes the offer back, or it was written down by mistake.

    Raises:
        DomainError: `hospital_gift.withdraw.wrong_state` (409), `.needs_reason` on `reason`.
    """
    gift = gift_locked(gift)
    require(can_keep_hospital_gift, by, gift)
    move(gift, HOSPITAL_GIFT, "withdraw", by=by, reason=reason)
    tasks_close(kind=(OPINION_TASK, DECISION_TASK), subject=gift)
    audit.record("hospital_gift.withdraw", by=by, on=gift, reason=reason)
    return gift
