"""Families who were told no: messages behind their code, a second look that was answered, a complaint that waits."""

import datetime as dt
from collections.abc import Iterator, Mapping

from django.utils import timezone

from departments.models.mechanisms import AccessLink
from departments.models.people import User
from departments.services.entering import house_scope
from donations.appeal_workflow import AppealBy, AppealKind
from donations.models.appeals import Appeal
from donations.models.lane import FamilyMessage
from donations.models.requests import FundingRequest
from donations.services.appeals import appeal_acknowledge, appeal_answer, appeal_write
from donations.services.decisions import decision_tell
from donations.services.family_lane import VALID, code_hash
from donations.services.family_side import family_message_write
from msw_portal.demo.funds import Charity
from msw_portal.demo.telling import acting

DAY = dt.timedelta(days=1)
SAID = "（演示）孩子下个月还要住院，想知道为什么没有通过，还能补什么材料。"
REPLIED = "（演示）理由已经写在查询页的“决定”里，明天上午我到病房和您一起看。"
GROUNDS = "（演示）出院小结里写明了后续治疗方案，审核时没有看到，请重新看一遍。"
ANSWER = "（演示）重新看了出院小结，后续治疗在医保门诊慢病范围内，不在本项目资助范围；可以申请县区大病救助。"
COMPLAINT = "（演示）材料交了两周没有人告诉进展，打电话也说不清，希望有人答复。"
TOLD = 3
CODE = "DEMA23456789"  # /aid/DEMA23456789/ in the demo world


def appealing(
    charity: Charity, people: Mapping[str, User], until: dt.datetime
) -> Iterator[dt.datetime]:
    """Three refused families in the last fortnight; an actor."""
    yield until - 12 * DAY
    refused = _refused(charity, people)
    for place, request in enumerate(refused):
        _told(request, people[request.case.worker.username], is_first=place == 0)
    made = [_raised(one, AppealKind.SECOND_LOOK, GROUNDS) for one in refused[:1]]
    yield until - 5 * DAY
    for appeal in made:
        with charity.acting("f.approver"):
            by = charity.people["f.approver"]
            appeal_acknowledge(appeal=appeal, by=by)
            appeal_answer(appeal=appeal, outcome="dismissed", answer=ANSWER, by=by)
    yield until - 2 * DAY
    for request in refused[1:2]:
        _raised(request, AppealKind.COMPLAINT, COMPLAINT)


def _refused(charity: Charity, people: Mapping[str, User]) -> list[FundingRequest]:
    """The newest refusals of cases that are worked on and not secret."""
    rows = FundingRequest.objects.filter(
        counterparty_id=charity.id,
        state="rejected",
        case__closed_at=None,
        case__compartment_id=None,
        case__worker__username__in=list(people),
    )
    rows = rows.select_related("programme_version", "case__worker")
    return list(rows.order_by("-state_entered_at", "-id")[:TOLD])


def _told(request: FundingRequest, worker: User, *, is_first: bool) -> None:
    with acting(worker):
        decision_tell(request=request, told_on=timezone.localdate(), by=worker)
        if is_first:
            _code(request, worker)
            FamilyMessage(
                organization_id=request.organization_id,
                request=request,
                is_from_family=True,
                body=SAID,
            ).save(force_insert=True)
            family_message_write(request=request, body=REPLIED, by=worker)


def _code(request: FundingRequest, worker: User) -> None:
    """A code that the manual can name, where every other is made by chance."""
    AccessLink(
        organization_id=request.organization_id,
        kind=AccessLink.Kind.FAMILY_LANE,
        token_hash=code_hash(CODE),
        subject_kind=request._meta.model_name,
        subject_id=request.pk,
        subject_uid=request.uid,
        expires_at=timezone.now() + VALID,
        created_by=worker,
    ).save(force_insert=True)


def _raised(request: FundingRequest, kind: str, grounds: str) -> Appeal:
    with house_scope(request.organization_id, care=True):
        return appeal_write(
            request=request,
            kind=kind,
            grounds=grounds,
            raised_by=AppealBy.FAMILY,
            to_hospital=False,
            by=None,
        )
