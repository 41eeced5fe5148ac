"""Further objects beside those of the access matrix, in the states that a command asks for before it is taken.

A key ends with the noun of the kind it stands beside (`confirmed_request` beside `paid_request`). Duties of the money
are somebody else's here, so that the actors of the matrix may still take the next one.
"""

import datetime as dt
from typing import Any

from django.utils import timezone

from cases.workflow import CaseStage
from departments.models.people import User
from donations.models.disclosure import DisclosureItem
from donations.services import disclosure, giving, hospital_gift_steps, payout, review
from donations.services.charity_events import event_record
from tests.conftest import _person
from tests.factories import gifts
from tests.factories.cases import make_case
from tests.factories.donations import (
    Asked,
    D,
    Money,
    People,
    approve,
    as_person,
    code_for,
    give,
    make_money,
    make_submitted,
    prepare,
    release,
)


def more() -> dict[str, str]:
    """Write them; `{kind: uid}`."""
    names = ("worker", "officer2", "officer", "approver", "cashier2", "cashier")
    people = People(*map(_person, names))
    made = _cases() | _requests(people) | _donations(people) | _disclosures(people)
    made |= _hospital_gifts(_person("head"))
    return {kind: str(one.uid) for kind, one in made.items()}


def _cases() -> dict[str, Any]:
    with as_person(_person("worker")) as by:
        return {f"{stage}_case": make_case(by, stage=stage) for stage in CaseStage.values}


def _checked(people: People, money: Money) -> Asked:
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        asked.request = review.request_check(request=asked.request, complete=True, by=by)
    return asked


def _requests(people: People) -> dict[str, Any]:
    """Along the main line, by those whom the matrix does not ask as, from another programme's money."""
    money = make_money(people, name="另一基金")
    give(people, money, "500000.00")
    first, second = _checked(people, money), _checked(people, money)
    for asked in (first, second):
        with as_person(people.officer2) as by:
            asked.request = review.request_review(request=asked.request, opinion="可以", by=by)
        approve(people, asked, "1000.00")
    waiting = prepare(people, first, "1000.00")
    paid = release(people, prepare(people, second, "1000.00"))
    with as_person(people.worker) as by:
        payout.disbursement_confirm(disbursement=paid, paid_on=timezone.localdate(), by=by)
    with as_person(people.officer):
        programme = money.version.programme
    return {
        "other_programme": programme,
        "verified_request": _checked(people, money).request,
        "waiting_disbursement": waiting,
        "confirmed_request": second.request,
    }


def _donations(people: People) -> dict[str, Any]:
    money = make_money(people, name="第三基金")
    booked = give(people, money, "2000.00")
    with as_person(people.officer) as by:
        promised = giving.donation_pledge(
            donor=money.donor,
            fund=money.fund,
            amount=D("100.00"),
            pledged_on=timezone.localdate(),
            by=by,
        )
    return {"booked_donation": booked, "again_promised": promised}


def _disclosures(people: People) -> dict[str, Any]:
    """Duties of the foundation's events: one drafted, one published."""
    made: dict[str, Any] = {}
    for state in ("drafted", "published"):
        with as_person(people.officer2) as by:
            event = event_record(
                kind="investment", title=f"演示{state}", happened_on=timezone.localdate(), by=by
            )
            item = DisclosureItem.objects.get(subject_uid=event.uid)
            item = disclosure.item_draft(item=item, title="公告", text="公告的正文", by=by)
        if state == "published":
            code = code_for(people.approver)
            with as_person(people.approver) as by:
                item = disclosure.item_publish(item=item, totp_code=code, by=by)
        made[f"{state}_item"] = item
    return made


def _hospital_gifts(head: User) -> dict[str, Any]:
    """An offer in each state between writing down and booking."""
    code = head.membership.organization.code
    names = (*gifts.OFFICES, "leader")
    offices = {name: _person(f"{name}-{code}") for name in names}
    made = {"drafted_gift": gifts.make_offer(head)}
    today: dt.date = timezone.localdate()
    for state in ("approved", "agreed", "accepted"):
        kind = {"kind": "goods", "content": "轮椅"} if state == "agreed" else {}
        gift = gifts.send(head, offices, gifts.make_offer(head, **kind))
        gifts.judge(offices, gift)
        gift = gifts.decide(offices, gift)
        if state != "approved":
            with as_person(head) as by:
                gift = hospital_gift_steps.hospital_gift_agree(
                    gift=gift, signed_on=today, delivery_on=None, file=gifts.signed(), by=by
                )
        if state == "accepted":
            with as_person(head) as by:
                gift = hospital_gift_steps.hospital_gift_accept(
                    gift=gift,
                    accepted_on=today,
                    accepted_value=D("49000.00"),
                    acceptance="银行回单 0001",
                    by=by,
                )
        made[f"{state}_gift"] = gift
    return made
