"""Referrals that leave the hospital: answered by link, refused, without an answer, and to the other hospital."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils import timezone

from cases.models.casework import Referral
from cases.models.codes import ConsentKind, NoHelpReason
from cases.services import crossings, outgoing, replies
from departments.services.entering import house_scope
from msw_portal.demo.clock import Clock
from msw_portal.demo.houses import Hospital
from msw_portal.demo.scenarios import Scenario
from msw_portal.demo.stories import Story
from msw_portal.demo.telling import HOUR, acting

DAY = dt.timedelta(days=1)
ITEMS = ("name", "sex", "age_band", "phone", "region", "disease_group", "treatment_stage")
BODIES = (
    ("示例街道社会工作服务站（演示）", "出院后独居，需要上门探访和陪同复诊。", "social_support"),
    ("示例市残疾人联合会服务中心（演示）", "需要评估辅具并申请补贴。", "rehab_reintegration"),
    ("示例社区长者食堂项目（演示）", "出院后一个月需要送餐。", "basic_living"),
)


def _drafted(story: Story, reason: str, need: str, **receiver: object) -> Referral:
    """Consent to tell exactly this body, and the sheet; inside the worker's scope."""
    is_house = "to_organization" in receiver
    named = {"recipient": receiver["to_organization"]} if is_house else {}
    if not is_house:
        named = {"recipient_text": receiver["to_text"]}
    story.consent(
        ConsentKind.SHARE_TO_ORG, items=ITEMS, purpose="转介后续服务，提供必要的信息", **named
    )
    return outgoing.referral_draft(
        case=story.case,
        reason=reason,
        needs=[need],
        urgency="normal",
        reply_due_on=timezone.localdate() + 7 * DAY,
        follow_up_on=timezone.localdate() + 14 * DAY,
        client_aware=True,
        by=story.worker,
        **{"to_organization": None, "to_text": ""} | receiver,
    )


def _sent(clock: Clock, story: Story, made: Referral) -> outgoing.Sent:
    clock.pass_minutes(4)
    return outgoing.referral_send(referral=made, basis="consent", items=ITEMS, by=story.worker)


def bodies(clock: Clock, story: Story, until: dt.datetime) -> Iterator[dt.datetime]:
    """To three bodies without an account: one helps, one cannot, one does not answer. An actor."""
    yield until - 12 * DAY + 10 * HOUR
    tokens = []
    with acting(story.worker):
        for name, reason, need in BODIES:
            made = _drafted(story, reason, need, to_text=name)
            tokens.append((made, _sent(clock, story, made).token))
            clock.pass_minutes(9)
    helping, full, silent = tokens
    yield until - 11 * DAY + 9 * HOUR
    replies.reply_open(helping[1], with_copy=True)
    replies.reply_give(
        token=helping[1], answer="accept", message="周三上午上门。", who="站长（演示）"
    )
    yield until - 10 * DAY + 15 * HOUR
    replies.reply_open(full[1], with_copy=True)
    replies.reply_give(
        token=full[1],
        answer="refuse",
        reason_code=NoHelpReason.NO_CAPACITY,
        message="本季度评估名额已满，建议下月再转。",
        who="服务中心值班（演示）",
    )
    yield until - 6 * DAY + 11 * HOUR
    with acting(story.worker):
        outgoing.referral_remind(
            referral=silent[0], reason="电话催问，对方说负责人出差，回来答复。", by=story.worker
        )
    yield until - 3 * DAY + 16 * HOUR
    replies.reply_give(
        token=helping[1], answer="done", message="已探访两次，陪同复诊一次。", who="站长（演示）"
    )


def to_hospital(
    clock: Clock, story: Story, other: Hospital, ago: Sequence[dt.timedelta], until: dt.datetime
) -> Iterator[dt.datetime]:
    """To the other hospital's inbox as a consented copy; a case is opened there `ago[1]` before the end, when given.

    An actor.
    """
    yield until - ago[0]
    with acting(story.worker):
        made = _drafted(
            story,
            "转到居住地附近的医院继续治疗，请社工部接续经济援助和出院安排。",
            "discharge_planning",
            to_organization=other.organization,
        )
        _sent(clock, story, made)
    clock.pass_minutes(1)
    arrived = _carried(story, made, other)
    for answered in ago[1:]:
        yield until - answered
        _taken_on(clock, story, other, arrived)
        with house_scope(other.id, care=True):
            answer = crossings.answer_find(house=other.id, uid=arrived.uid)
        with house_scope(story.hospital.id, care=True):
            crossings.answer_apply(answer)


def _carried(story: Story, made: Referral, other: Hospital) -> Referral:
    """As the relay carries it; the relay finds it there and leaves it."""
    house = story.hospital.id
    with house_scope(house, care=True):
        crossing = crossings.crossing_find(house=house, uid=made.uid)
    with house_scope(other.id, care=True):
        return crossings.crossing_arrive(crossing)


def _taken_on(clock: Clock, story: Story, other: Hospital, arrived: Referral) -> None:
    """The same person becomes a patient there, and the referral opens a case."""
    life = dataclasses.replace(
        story.life,
        house=other.letter,
        admitted_on=clock.now.date(),
        problem="由示例市第一医院社工部转介，继续经济援助与出院安排。",
    )
    there = Story(clock, other, life, Scenario("pending"), facts={"referral": arrived})
    there.open()
