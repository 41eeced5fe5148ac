"""What only named persons know: a level-5 case opened under break-glass and reviewed, and mandatory reports."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from cases.models.reporting import MandatoryReport
from cases.services import break_glass, report_course, reporting
from departments.models.people import AccessGrant
from msw_portal.demo.clock import Clock
from msw_portal.demo.stories import Story
from msw_portal.demo.telling import HOUR, acting

DAY = dt.timedelta(days=1)
MINUTES = 30
GLASS = (
    (8 * DAY - 19 * HOUR, "夜间患者突发昏迷，需核对家属联系方式和既往风险，责任社工联系不上。"),
    (DAY - 17 * HOUR, "家属到办公室反映患者失联，责任社工外出，需要看最近的谈话要点。"),
)
FACTS = {
    "found_at": dt.time(15, 20),
    "how_found": ["injury", "said"],
    "signs": ["injuries"],
    "injuries": "左前臂与背部多处新旧不一的瘀伤，已由接诊医生检查并记入病历。（演示）",
    "evidence": "伤情照片和病历由病区保管；谈话记录由社工部保管。（演示）",
    "suspect": "同住成年人（演示）",
    "suspect_relation": "同住亲属",
    "suspect_where": "不清楚",
    "safety": "safe",
    "actions": "留院观察，由护士单独陪护；已通知值班领导。（演示）",
}
SAID = "换药时发现背部多处瘀伤，孩子低声说“不听话就会挨打”。随后单独谈话，原话记录在案。（演示）"


def glass(clock: Clock, story: Story, until: dt.datetime) -> Iterator[dt.datetime]:
    """Two readings of a level-5 case by somebody who is not named for it; the first one reviewed. An actor."""
    others = [one for one in story.hospital.workers if one != story.worker]
    if not others:
        return
    head = story.hospital.head
    for place, (ago, reason) in enumerate(GLASS):
        yield until - ago
        reader = others[place % len(others)]
        with acting(reader):
            case = break_glass.glass_break(
                number=story.case.number, reason=reason, minutes=MINUTES, by=reader
            )
            break_glass.glass_read(case=case, by=reader)
            grant = _moved(reader.pk)
            clock.pass_minutes(11)
            break_glass.glass_close(by=reader)
        if place == 0:
            yield until - ago + 14 * HOUR
            with acting(head):
                break_glass.glass_review(grant=grant, result="accepted", by=head)


def _moved(reader: int) -> AccessGrant:
    """The grant just given, at the demo's time: the wall goes by the database's own clock."""
    grant = AccessGrant.objects.filter(
        user_id=reader, kind=AccessGrant.Kind.BREAK_GLASS, review_result=""
    ).latest("id")
    now = timezone.now()
    grant.valid = DateTimeTZRange(now, now + dt.timedelta(minutes=MINUTES))
    grant.save(update_fields=["valid"])
    return grant


def report(clock: Clock, story: Story, until: dt.datetime) -> Iterator[dt.datetime]:
    """A report of suspected harm: the one told to the police and followed, the other just begun. An actor."""
    is_told = story.scenario.quirk == "harm"
    after = timezone.localtime(story.life.started) + DAY
    yield after.replace(hour=15, minute=40) if is_told else until - HOUR
    with acting(story.worker):
        made = reporting.report_open(
            case=story.case, ground="minor_harm", facts=SAID, by=story.worker
        )
    if is_told:
        clock.pass_minutes(25)
        _tell(clock, story, made)
        yield story.life.started + 4 * DAY
        with acting(story.worker):
            report_course.report_follow(
                report=made,
                occurred_on=timezone.localdate(),
                text="派出所已立案受理，民警与儿童主任到院；孩子由外祖母接走照看。（演示）",
                by=story.worker,
            )


def _tell(clock: Clock, story: Story, made: MandatoryReport) -> None:
    with acting(story.worker):
        report_course.report_write(report=made, by=story.worker, **FACTS)
        clock.pass_minutes(20)
        for recipient, office, way in (
            ("police", "示例市公安局示例派出所（演示）", "phone"),
            ("civil_affairs", "示例市民政局儿童福利科（演示）", "letter"),
        ):
            report_course.report_tell(
                report=made,
                recipient=recipient,
                office=office,
                way=way,
                sent_at=timezone.now(),
                officer="值班人员（演示）",
                receipt_number="演示-0001" if recipient == "police" else "",
                by=story.worker,
            )
            clock.pass_minutes(30)
