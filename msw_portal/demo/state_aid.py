"""State aid in every stage on some open cases: papers being gathered, an overdue answer, a notice, grants, a refusal."""

import datetime as dt
from decimal import Decimal
from random import Random

from cases.models.casework import Case
from cases.models.state_aid import StateAid
from cases.services.state_aid import steps
from cases.services.state_aid.opening import state_aid_amend, state_aid_open
from departments.models.people import User
from msw_portal.demo.houses import Hospital
from msw_portal.demo.telling import acting

# kind, who applies, how far it came, days since it was filed
COURSES = (
    ("medical", "family", "granted", 40),
    ("temporary", "patient", "preparing", 0),
    ("medical", "patient", "late", 36),
    ("emergency", "hospital", "received", 60),
    ("temporary", "agent", "notice", 6),
    ("subsistence", "family", "refused", 45),
    ("medical", "family", "supplement", 12),
    ("destitute", "agent", "reviewing", 15),
)


def state_aid(hospital: Hospital, *, seed: int, today: dt.date) -> int:
    """Write them down for one hospital, the same for the same seed and day; how many there are."""
    random, made = Random(f"{seed}:state_aid:{hospital.letter}"), 0
    for number, course in enumerate(COURSES):
        worker = hospital.workers[number % len(hospital.workers)]
        with acting(worker):
            free = Case.objects.visible_to(worker).open().filter(worker=worker, stateaids=None)
            case = free.filter(compartment_id=None).order_by("-id").first()
            if case is None:
                continue
            _follow(case, course, random, today, worker)
            made += 1
    return made


def _follow(
    case: Case, course: tuple[str, str, str, int], random: Random, today: dt.date, by: User
) -> None:
    kind, applicant, end, days = course
    applied = Decimal(random.randrange(20, 150)) * 100
    is_sum = kind in ("medical", "temporary", "emergency")
    aid = state_aid_open(
        case=case,
        kind=kind,
        authority="演示街道办事处" if kind != "emergency" else "演示医院医务部",
        applicant=applicant,
        acting_ground="急诊送来，一时无人代办（演示）" if applicant == "hospital" else "",
        applied=applied if is_sum else None,
        next_on=today + dt.timedelta(days=2),
        by=by,
    )
    wanted = list(aid.papers)
    aid = state_aid_amend(
        aid=aid,
        authority=aid.authority,
        papers=wanted,
        handed_in=wanted[: len(wanted) // 2] if end == "preparing" else wanted,
        handed_on=today - dt.timedelta(days=days),
        applied=aid.applied,
        next_on=aid.next_on,
        by=by,
    )
    if end == "preparing":
        return
    aid = steps.state_aid_file(aid=aid, filed_on=today - dt.timedelta(days=days), by=by)
    if end == "late":
        return
    _answered(aid, end, (applied * 6 / 10).quantize(Decimal("0.01")), today, by)


def _answered(aid: StateAid, end: str, granted: Decimal, today: dt.date, by: User) -> None:
    aid = steps.state_aid_accept(aid=aid, by=by)
    answered = today - dt.timedelta(days=3)
    if end == "notice":
        steps.state_aid_notice(aid=aid, next_on=today + dt.timedelta(days=4), by=by)
    elif end == "supplement":
        steps.state_aid_ask_papers(
            aid=aid, papers=["settlement"], reason="缺结算单原件（演示）", by=by
        )
    elif end == "refused":
        steps.state_aid_refuse(aid=aid, answered_on=answered, refusal="income", by=by)
    elif end in ("granted", "received"):
        aid = steps.state_aid_grant(aid=aid, answered_on=answered, granted=granted, by=by)
        if end == "received":
            steps.state_aid_receive(aid=aid, received=granted, received_on=today, by=by)
