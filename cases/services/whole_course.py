"""The whole course of a stay (入院 术前 术中 术后 出院 随访): its days, what is missing, who took over.

A gap is read from milestones, contacts and final assessments; no row and no task stands for it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.families import Milestone
from cases.models.people import Episode
from cases.models.service_codes import MilestoneKind
from cases.models.work import Assessment, Contact
from cases.permissions import can_record_contact
from cases.workflow import WORKING_STAGES
from departments import audit
from departments.models.organizations import Department
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@dataclass(frozen=True)
class Rule:
    """What must have happened around an anchor day: from `first` to `last` days after it.

    The gap shows once `opens` days after the anchor have come.
    """

    place: str
    anchor: str
    first: int
    last: int
    opens: int
    label: Any
    with_assessment: bool = False


RULES = (
    Rule("pre_op", "operation", -14, -1, -7, _("术前评估"), with_assessment=True),
    Rule("operation", "operation", 0, 0, 0, _("术中支持")),
    Rule("post_op", "operation", 1, 14, 1, _("术后探望")),
    Rule("discharge", "discharge", -3, 0, -3, _("出院前面谈")),
    Rule("follow_up", "discharge", 1, 30, 7, _("出院后回访")),
)
SHOWN_FOR = 60  # days after an anchor in which a gap can still be filled
SAID_BEFORE = 30  # days before an anchor in which a step may name it
ANCHORS = ("operation", "discharge")
Step = tuple[dt.date, str]  # the day, and the place of the course it names ("" for none)


@dataclass(frozen=True)
class Gap:
    """A missing step of one case's course; `is_assessment` says which form fills it."""

    case: Case
    place: str
    label: Any
    anchor_label: str
    anchor_on: dt.date
    is_assessment: bool
    is_late: bool


def gaps_of(cases: Iterable[Case], *, today: dt.date | None = None) -> list[Gap]:
    """The gaps of cases the caller may open, the oldest anchor first; at most three queries."""
    today = today or timezone.localdate()
    by_episode: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        if case.episode_id is not None and case.stage in WORKING_STAGES:
            by_episode[case.episode_id].append(case)
    anchors = _anchors(by_episode, today) if by_episode else []
    if not anchors:
        return []
    pks = [case.pk for case, _kind, _day in anchors]
    since = min(day for _case, _kind, day in anchors) - dt.timedelta(days=SAID_BEFORE)
    seen: dict[int, list[Step]] = defaultdict(list)
    contacts = Contact.objects.filter(case__in=pks, occurred_on__gte=since).own_entries()
    for pk, day, place in contacts.values_list("case_id", "occurred_on", "checkpoint"):
        seen[pk].append((day, place))
    assessed: dict[int, list[Step]] = defaultdict(list)
    finals = Assessment.objects.filter(case__in=pks, finalized_at__date__gte=since).final()
    for pk, at, place in finals.values_list("case_id", "finalized_at", "checkpoint"):
        assessed[pk].append((timezone.localdate(at), place))
    found = [
        _gap(case, rule, day, today)
        for case, kind, day in anchors
        for rule in RULES
        if rule.anchor == kind
        and day + dt.timedelta(days=rule.opens) <= today
        and not _is_filled(rule, day, seen[case.pk], assessed[case.pk])
    ]
    return sorted(found, key=lambda gap: (gap.anchor_on, gap.case.pk))


def _anchors(by_episode: dict[int, list[Case]], today: dt.date) -> list[tuple[Case, str, dt.date]]:
    rows = Milestone.objects.filter(episode__in=list(by_episode), kind__in=ANCHORS)
    found = [
        (case, row.kind, row.actual_on or row.planned_on)
        for row in rows.order_by("id")
        for case in by_episode[row.episode_id]
    ]
    said = {(case.pk, kind) for case, kind, _day in found}
    for cases in by_episode.values():
        for case in cases:
            left = case.episode.discharged_on
            if left is not None and (case.pk, "discharge") not in said:
                found.append((case, "discharge", left))
    oldest = today - dt.timedelta(days=SHOWN_FOR)
    # What was over before the case began is nobody's gap.
    return [
        (case, kind, day)
        for case, kind, day in found
        if day >= oldest and day >= timezone.localdate(case.opened_at)
    ]


def _is_filled(rule: Rule, day: dt.date, seen: list[Step], assessed: list[Step]) -> bool:
    """By what was done within the days of the rule; a step that names its place counts there alone,
    and there also when it came somewhat early or late."""
    steps = [*seen, *assessed] if rule.with_assessment else seen
    first, last = day + dt.timedelta(days=rule.first), day + dt.timedelta(days=rule.last)
    early = first if rule.first >= 0 else day - dt.timedelta(days=SAID_BEFORE)
    late = last if rule.last <= 0 else day + dt.timedelta(days=SHOWN_FOR)
    return any(
        early <= on <= late if place == rule.place else first <= on <= last and not place
        for on, place in steps
    )


def _gap(case: Case, rule: Rule, day: dt.date, today: dt.date) -> Gap:
    return Gap(
        case=case,
        place=rule.place,
        label=rule.label,
        anchor_label=str(MilestoneKind(rule.anchor).label),
        anchor_on=day,
        is_assessment=rule.with_assessment,
        is_late=today > day + dt.timedelta(days=max(rule.last, 0)),
    )


def my_gaps(user: User) -> list[Gap]:
    """The gaps of the person's own open cases: what stands in my day without anybody's task."""
    oldest = timezone.localdate() - dt.timedelta(days=SHOWN_FOR)
    cases = (
        Case.objects.visible_to(user)
        .kept_by(user)
        .open()
        .filter(worker=user, episode__isnull=False)
        .exclude(episode__discharged_on__lt=oldest)
        .select_related("client__root", "episode")
    )
    return gaps_of(cases)


def _check_days(episode: Episode, planned_on: dt.date | None, actual_on: dt.date | None) -> None:
    if planned_on is None and actual_on is None:
        raise DomainError("milestone_has_a_day", _("计划日期和实际日期至少填一个。"), "planned_on")
    if actual_on is not None and actual_on > timezone.localdate():
        raise DomainError(
            "milestone.actual_in_future", _("还没有到的日子填在计划日期。"), "actual_on"
        )
    for name, day in (("planned_on", planned_on), ("actual_on", actual_on)):
        if day is not None and episode.admitted_on is not None and day < episode.admitted_on:
            raise DomainError("milestone.before_admission", _("不能早于入院日期。"), name)


@command
def milestone_set(
    *,
    case: Case,
    kind: str,
    planned_on: dt.date | None = None,
    actual_on: dt.date | None = None,
    note: str = "",
    by: User,
) -> Milestone:
    """Enter a day of the course: a planned one that has not come about yet is moved, else a new one stands.

    An actual discharge sets the discharge day of the stay.

    Raises:
        DomainError: `milestone.*`, `milestone_has_a_day` on its field.
    """
    case = Case.objects.select_related("episode").get(pk=case.pk)
    require(can_record_contact, by, case)
    if case.episode_id is None:
        raise DomainError(
            "milestone.needs_episode", _("个案还没有关联就诊，请先登记就诊。"), "kind"
        )
    if kind not in MilestoneKind.values:
        raise DomainError("milestone.kind_unknown", _("请从列表中选择。"), "kind")
    episode = Episode.objects.locked().get(pk=case.episode_id)
    _check_days(episode, planned_on, actual_on)
    row = (
        Milestone.objects.locked()
        .filter(episode=episode, kind=kind)
        .order_by(F("actual_on").asc(nulls_first=True), "-id")
        .first()
    )
    if row is None or (row.actual_on is not None and row.actual_on != actual_on):
        row = Milestone(
            organization_id=episode.organization_id, episode=episode, kind=kind, created_by=by
        )
    row.planned_on, row.actual_on = planned_on or row.planned_on, actual_on or row.actual_on
    row.note = note.strip()
    row.save()
    if kind == MilestoneKind.DISCHARGE and actual_on is not None:
        episode.discharged_on = actual_on
        episode.save(update_fields=["discharged_on"])
    audit.record(
        "milestone.set", by=by, on=case, kind=kind, planned_on=planned_on, actual_on=actual_on
    )
    return row


@command
def episode_take_over(
    *,
    case: Case,
    taken_over_by: Department | None = None,
    taken_over_text: str = "",
    taken_over_on: dt.date,
    by: User,
) -> Episode:
    """After discharge: which station or centre goes on with the person, since when.

    Raises:
        DomainError: `episode_taken_over_names_who`, `episode.taken_over_before_discharge`.
    """
    case = Case.objects.get(pk=case.pk)
    require(can_record_contact, by, case)
    text = taken_over_text.strip()
    if taken_over_by is None and not text:
        raise DomainError("episode_taken_over_names_who", _("请写明由谁承接。"), "taken_over_text")
    if case.episode_id is None:
        raise DomainError(
            "milestone.needs_episode", _("个案还没有关联就诊，请先登记就诊。"), "taken_over_on"
        )
    episode = Episode.objects.locked().get(pk=case.episode_id)
    if episode.discharged_on is None or taken_over_on < episode.discharged_on:
        raise DomainError(
            "episode.taken_over_before_discharge",
            _("承接日期不能早于出院日期；还没出院的先填出院。"),
            "taken_over_on",
        )
    episode.taken_over_by, episode.taken_over_text = taken_over_by, text
    episode.taken_over_on = taken_over_on
    episode.save(update_fields=["taken_over_by", "taken_over_text", "taken_over_on"])
    audit.record("episode.take_over", by=by, on=case, on_day=taken_over_on)
    return episode
