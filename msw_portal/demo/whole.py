"""One stay told whole: admission, operation and what was done around it, scores that change, a step still missing."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.utils import timezone

from cases.models.casework import Case
from cases.services import assessment, calculations, contacts, drawings, whole_course
from msw_portal.demo.clock import Clock
from msw_portal.demo.stories import Story
from msw_portal.demo.telling import acting
from msw_portal.kernel.drawings.words import Kind

DAY = dt.timedelta(days=1)
AXES = ("economy", "support", "family", "mood")
BEFORE, AFTER = (3, 5, 6, 3), (6, 6, 7, 6)
BASIS = {
    "economy": "押金靠亲友凑齐，备用金只够一周。",
    "mood": "夜里睡三四个小时，反复问手术会不会有危险。",
}
# days since the intervention began, mode, target, place of the course, facts
STEPS = (
    (3, "ward_visit", "client", "pre_op", "{who}第一次说出对手术的担心，约定手术前一天再来。"),
    (
        7,
        "escort",
        "spouse",
        "operation",
        "在手术等候区陪同家属约 {minutes} 分钟，核对联系电话。",
    ),
    (9, "ward_visit", "client", "post_op", "转出监护室后床旁探视，{who}说比想象的好。"),
)


def whole(clock: Clock, story: Story, until: dt.datetime) -> Iterator[dt.datetime]:
    """The stay of one story; an actor."""
    start = timezone.localtime(story.life.started).replace(hour=10, minute=0)
    yield start + 2 * DAY
    with acting(story.worker):
        _scored(story, "admission", BEFORE, BASIS)
        clock.pass_minutes(15)
        _drawn(story)
        clock.pass_minutes(10)
        _counted(story)
        _day(story, "operation", planned_on=(start + 7 * DAY).date())
    for days, mode, target, place, facts in STEPS:
        yield start + days * DAY
        with acting(story.worker):
            if place == "operation":
                _day(story, "operation", actual_on=timezone.localdate())
            contacts.contact_record(
                case=Case.objects.get(pk=story.case.pk),
                occurred_on=timezone.localdate(),
                minutes=40,
                mode=mode,
                target=target,
                facts=story.told(facts),
                analysis=story.told("情绪与疾病进程相称，家属支持到位。"),
                checkpoint=place,
                by=story.worker,
            )
    clock.pass_minutes(20)
    with acting(story.worker):
        _scored(story, "post_op", AFTER, {})
    yield until - 14 * dt.timedelta(hours=1)
    with acting(story.worker):
        # The talk before it may be held from today on: whatever else was written, this step is missing.
        _day(story, "discharge", planned_on=(until + 3 * DAY).date())


def _day(story: Story, kind: str, **days: dt.date) -> None:
    whole_course.milestone_set(case=story.case, kind=kind, by=story.worker, **days)


def _scored(story: Story, place: str, scores: tuple[int, ...], basis: dict[str, str]) -> None:
    answers = dict(zip(AXES, scores, strict=True))
    assessment.assessment_record(
        case=story.case,
        questionnaire=story.hospital.questionnaires["four_way"],
        answers=answers | {f"{axis}_basis": said for axis, said in basis.items()},
        interpretation=story.told("按面谈和观察评定，与家属的说法一致。"),
        checkpoint=place,
        is_final=True,
        by=story.worker,
    )


def _drawn(story: Story) -> None:
    for kind in (Kind.GENOGRAM, Kind.ECOMAP):
        drawings.drawing_save(
            case=story.case,
            kind=kind,
            payload=drawings.first_drawing(story.case, kind),
            by=story.worker,
        )


def _counted(story: Story) -> None:
    cost, covered = story.life.cost, story.life.covered
    income = Decimal(story.life.person.monthly_income * 12)
    for kind, inputs in (
        ("calc_own", {"total_cost": cost, "basic_insurance": covered}),
        ("calc_ratio", {"annual_own": cost - covered, "annual_income": income}),
    ):
        calculations.calculation_save(
            case=story.case,
            kind=kind,
            inputs=inputs,
            basis="住院费用清单与家属口述（演示）",
            by=story.worker,
        )
