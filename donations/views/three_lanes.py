"""Three lanes of one request: hospital, foundation, patient; who did what when, and what is still to come."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models.work import Assessment
from departments.models.mechanisms import Transition
from departments.models.organizations import Organization
from departments.models.people import User
from donations.appeal_workflow import OPEN, AppealBy
from donations.models.lane import FamilyMessage, FamilyPaper
from donations.models.requests import FundingRequest
from donations.querysets import FOUNDATION_ROLES
from donations.services.course import stages_of
from donations.services.family_page import HOLDER
from donations.services.timeline import OF_HOSPITAL
from donations.views.appeals import appeals_card
from donations.views.lists import Lists
from donations.views.parts import move_label, paper_labels
from donations.views.results import result_card
from donations.views.wording import joined
from donations.workflow import FINAL, MAIN_LINE, RequestState
from msw_portal.kernel.display import money, when

HOSPITAL, FOUNDATION, PATIENT = "hospital", "foundation", "patient"
SHOWN_AHEAD = 4
BY_HOSPITAL = OF_HOSPITAL | {"draft", "die"}


@dataclass(frozen=True)
class Event:
    """`at` sorts; `how` is done, ahead or late; `lane_label` is said where the columns are one."""

    lane: str
    lane_label: str
    at: dt.datetime | None
    time: str
    title: Any
    note: str = ""
    how: str = "done"


def third_lane(user: User, aid: FundingRequest, lists: Lists) -> dict[str, Any]:
    """What both sides' pages show of appeals, of the result report and of the course in three lanes."""
    return {
        "appeals": appeals_card(user, aid, lists),
        "result": result_card(user, aid),
        "lanes": three_lanes_of(user, aid, lists),
    }


def three_lanes_of(user: User, aid: FundingRequest, lists: Lists) -> dict[str, Any] | None:
    """Heads of the three lanes and their events by time; None before the sending.

    What family and worker say to each other is in it for the hospital alone; nothing of it is a text.
    """
    if aid.submitted_at is None:
        return None
    heads = {
        HOSPITAL: _short(aid.organization),
        FOUNDATION: _short(aid.programme_version.organization),
    }
    heads[PATIENT] = _("患者与家属")
    found = [*_moves(lists.moves), *_messages(aid, lists), *_money(lists), *_appeals(aid, lists)]
    if user.role not in FOUNDATION_ROLES:
        found += [*_family(user, aid), *_checkpoints(user, aid)]
    found.sort(key=lambda one: one[1])
    events = [
        Event(lane, heads[lane], at, when(at), title, note) for lane, at, title, note in found
    ]
    events += [
        Event(lane, heads[lane], None, time, title, note, how)
        for lane, time, title, note, how in _ahead(aid, lists)
    ]
    return {"heads": list(heads.items()), "events": events}


def _short(house: Organization) -> str:
    return house.short_name or house.name


Done = tuple[str, dt.datetime, Any, str]


def _moves(moves: Iterable[Transition]) -> Iterable[Done]:
    for move in moves:
        lane = HOSPITAL if move.step in BY_HOSPITAL else FOUNDATION
        yield lane, move.at, move_label(move), move.actor.display_name if move.actor else _("系统")


def _messages(aid: FundingRequest, lists: Lists) -> Iterable[Done]:
    for one in lists.messages:
        lane = HOSPITAL if one.side_id == aid.organization_id else FOUNDATION
        yield lane, one.created_at, _("留言"), one.author.display_name if one.author else _("系统")


def _money(lists: Lists) -> Iterable[Done]:
    released = (one for one in lists.payouts if one.released_at is not None)
    for one in sorted(released, key=lambda one: one.pk):
        title = _("放款 %(amount)s 元") % {"amount": money(one.amount)}
        who = one.released_by.display_name if one.released_by else ""
        yield FOUNDATION, one.released_at, title, who
        if one.paid_on:
            yield HOSPITAL, _noon(one.paid_on), _("收到款项"), money(one.amount)
    for one in lists.visits:
        if one.done_on is not None:
            yield PATIENT, _noon(one.done_on), _("回访"), one.get_outcome_display()


def _appeals(aid: FundingRequest, lists: Lists) -> Iterable[Done]:
    lanes = {AppealBy.FAMILY: PATIENT, AppealBy.WORKER: HOSPITAL, AppealBy.OFFICER: FOUNDATION}
    for one in lists.appeals:
        yield lanes[one.raised_by], one.raised_at, one.get_kind_display(), one.number
        if one.answered_at:
            lane = HOSPITAL if one.addressee_id == aid.organization_id else FOUNDATION
            title = joined([_("答复"), one.get_outcome_display()])
            yield lane, one.answered_at, title, one.answered_by.display_name
    for one in lists.tellings:
        yield PATIENT, one.created_at, _("知道了决定"), one.get_how_display()


def _family(user: User, aid: FundingRequest) -> Iterable[Done]:
    labels = paper_labels(aid)
    for one in FamilyPaper.objects.visible_to(user).filter(request=aid).order_by("id"):
        yield PATIENT, one.created_at, _("补交材料"), labels.get(one.type, one.type)
    for one in FamilyMessage.objects.visible_to(user).filter(request=aid).order_by("id"):
        lane = PATIENT if one.is_from_family else HOSPITAL
        yield lane, one.created_at, _("家属与社工留言"), ""


def _checkpoints(user: User, aid: FundingRequest) -> Iterable[Done]:
    rows = Assessment.objects.visible_to(user).filter(case_id=aid.case_id, is_final=True)
    rows = rows.exclude(checkpoint="").filter(finalized_at__gte=aid.created_at)
    for one in rows.select_related("questionnaire", "created_by").order_by("id"):
        title = joined([one.get_checkpoint_display(), _("评估")])
        yield PATIENT, one.finalized_at, title, one.questionnaire.title


def _ahead(aid: FundingRequest, lists: Lists) -> Iterable[tuple[str, str, Any, str, str]]:
    """The next steps, dimmed: the present one with its limit, then the stages after it."""
    now = timezone.now()
    for one in (one for one in lists.appeals if one.state in OPEN):
        lane = HOSPITAL if one.addressee_id == aid.organization_id else FOUNDATION
        how = "late" if one.answer_by < timezone.localdate() else "ahead"
        yield (
            lane,
            one.answer_by.isoformat(),
            _("答复 %(kind)s") % {"kind": one.get_kind_display()},
            "",
            how,
        )
    if aid.state not in FINAL and aid.due_at is not None:
        how = "late" if aid.due_at < now else "ahead"
        title = _("办完“%(state)s”") % {"state": aid.get_state_display()}
        yield HOLDER.get(aid.state, FOUNDATION) or FOUNDATION, when(aid.due_at), title, "", how
    for one in (one for one in lists.visits if one.done_on is None):
        how = "late" if one.due_on < timezone.localdate() else "ahead"
        yield PATIENT, one.due_on.isoformat(), _("回访"), "", how
    if aid.state in MAIN_LINE:
        place = MAIN_LINE.index(aid.state)
        later = [state for state in stages_of(aid) if MAIN_LINE.index(state) > place]
        for state in later[:SHOWN_AHEAD]:
            lane = HOLDER.get(state, FOUNDATION) or FOUNDATION
            yield lane, "", RequestState(state).label, "", "ahead"


def _noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
