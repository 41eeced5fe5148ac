"""What patients and their families asked of the hospital: to see, copy, correct, delete and transfer, answered and not."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from cases.models.families import SubjectRequest
from cases.models.people import Client
from cases.models.service_codes import RefusalGround, SubjectRequestKind, SubjectRequestOutcome
from cases.models.work import Contact
from cases.services import clients, correcting, erasure
from cases.services import subject_requests as rights
from msw_portal.demo import papers
from msw_portal.demo.clock import Clock
from msw_portal.demo.stories import Story
from msw_portal.demo.telling import acting

DAY = dt.timedelta(days=1)
CHECKED, ANSWERED, HANDED_OVER = "checked", "answered", "handed over"
K, R = SubjectRequestKind, SubjectRequestOutcome


@dataclass(frozen=True)
class Wish:
    """One request: whose story, so many days ago, and how far it has come since."""

    kind: str
    days: int
    detail: str
    quirk: str = ""
    stage: str = "intervention"
    relation: str = ""
    as_far_as: str = ""
    outcome: str = ""
    note: str = "当面核对居民身份证原件，人证一致。"
    answer: dict[str, str] = field(default_factory=dict)


WISHES = (
    Wish(
        K.DELETE,
        20,
        "不再需要医院保留家庭经济情况和家属的联系方式，请删除。",
        quirk="erased",
        as_far_as=ANSWERED,
        outcome=R.PARTLY,
        answer={
            "answer": "家庭情况、家属的电话和证件号码已经删除。个案记录依法随病历保存，期满后销毁。",
            "refusal_code": RefusalGround.RETENTION,
            "refusal_reason": "个案记录随住院病历保存不少于 30 年，期限未满，不能删除。",
        },
    ),
    Wish(
        K.CORRECT,
        18,
        "记录里写的是与儿子同住，实际上出院后住在女儿家，请更正。",
        as_far_as=HANDED_OVER,
        outcome=R.GRANT,
        answer={"answer": "已核实，并在锁定的过程记录后追加了更正，原记录保留可查。"},
    ),
    Wish(
        K.TRANSFER,
        14,
        "患者已经去世，家属需要把社工部的记录转交给当地民政部门，用于申请临时救助。",
        quirk="died",
        relation="relative",
        as_far_as=HANDED_OVER,
        outcome=R.GRANT,
        note="核对请求人身份证、户口簿和死亡医学证明，系患者的近亲属。",
        answer={"answer": "资料已按通用格式导出，当面交给请求人，并附清单和领取回执。"},
    ),
    Wish(
        K.COPY,
        11,
        "自称是患者的单位同事，想复印谈话记录。",
        relation="other",
        as_far_as=ANSWERED,
        outcome=R.REFUSE,
        answer={
            "refusal_code": RefusalGround.NOT_ENTITLED,
            "refusal_reason": "请求人不是本人、监护人、受托人或近亲属，也没有授权委托书。请由本人提出，或补交委托书。",
        },
    ),
    Wish(K.COPY, 8, "申请工会补助，需要一份服务记录的复印件。", as_far_as=CHECKED),
    Wish(K.ACCESS, 2, "想知道住院以来有哪些人看过自己的记录。"),
)


def ask(
    clock: Clock, wish: Wish, stories: Sequence[Story], place: int, until: dt.datetime
) -> Iterator[dt.datetime]:
    """One request from the counter to its end; an actor."""
    since = until - wish.days * DAY + dt.timedelta(hours=9, minutes=40)
    story = _whose(wish, stories, place, since)
    if story is None:
        return
    if wish.quirk == "died":
        yield since - 9 * DAY
        with acting(story.worker):
            clients.client_amend(
                client=story.client, deceased_on=timezone.localdate(), by=story.worker
            )
    yield since
    made = _taken_down(story, wish)
    if wish.as_far_as and wish.outcome != R.REFUSE:
        yield since + dt.timedelta(minutes=35)
        _verified(story, made, wish)
    if wish.kind == K.CORRECT:
        yield since + 2 * DAY
        _corrected(story, made)
    head = story.hospital.head
    if wish.kind == K.DELETE:
        yield since + 3 * DAY
        with acting(head):
            erasure.subject_request_erase(asked=made, parts=["household", "relatives"], by=head)
    if wish.outcome:
        yield since + 4 * DAY
        with acting(head):
            rights.subject_request_answer(asked=made, outcome=wish.outcome, by=head, **wish.answer)
    if wish.as_far_as == HANDED_OVER:
        yield since + 5 * DAY
        _handed_over(story, made)


def _whose(wish: Wish, stories: Sequence[Story], place: int, since: dt.datetime) -> Story | None:
    fits = [
        one
        for one in stories
        if (one.scenario.quirk == wish.quirk if wish.quirk else one.scenario.stage == wish.stage)
        and not (one.life.is_child and not wish.quirk)
        # Somebody whose file the head may open, so that the copy holds it.
        and one.scenario.quirk not in ("level5", "harm")
        and one.life.started + DAY < since
    ]
    return fits[place % len(fits)] if fits else None


def _taken_down(story: Story, wish: Wish) -> SubjectRequest:
    requester, relation = story.life.person.name, "self"
    if wish.relation == "relative":
        relative = story.life.person.relatives[0]
        requester, relation = relative.name, relative.relation
    if wish.relation == "other":
        requester, relation = "钱同事演示", "other"
    with acting(story.worker):
        made_of = Client.objects.get(pk=story.client.pk)
        made = rights.subject_request_record(
            client=story.client,
            kind=wish.kind,
            requester=requester,
            requester_relation=relation,
            detail=wish.detail,
            received_on=timezone.localdate(),
            interest="" if made_of.deceased_on is None else "办理商业保险的身故理赔",
            by=story.worker,
        )
        if made_of.deceased_on is not None:
            _paper(story, made, "death_proof", "household_register")
        if relation == "self" or wish.relation == "relative":
            _paper(story, made, "identity_proof", "id_card")
        if wish.relation == "relative":
            _paper(story, made, "relation_proof", "household_register")
    return made


def _paper(story: Story, made: SubjectRequest, kind: str, specimen: str) -> Any:
    return rights.subject_request_add_paper(
        asked=made, kind=kind, file=papers.upload(specimen), by=story.worker
    )


def _verified(story: Story, made: SubjectRequest, wish: Wish) -> None:
    with acting(story.worker):
        rights.subject_request_verify(asked=made, identity_note=wish.note, by=story.worker)


def _corrected(story: Story, made: SubjectRequest) -> None:
    """Into the oldest record that is locked by now, when there is one."""
    with acting(story.worker):
        record = (
            Contact.objects.visible_to(story.worker)
            .filter(case=story.case, addendum_to__isnull=True, locked_at__lt=timezone.now())
            .order_by("id")
            .first()
        )
        correcting.subject_request_correct(
            asked=made,
            what="居住情况",
            was="出院后与儿子同住",
            becomes="出院后住在女儿家",
            contact=record,
            by=story.worker,
        )


def _handed_over(story: Story, made: SubjectRequest) -> None:
    with acting(story.worker):
        _paper(story, made, "receipt", "hardship_statement")
        rights.subject_request_close(asked=made, by=story.worker)
