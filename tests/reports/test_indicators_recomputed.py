"""The most used indicators equal a second computation, in Python, from the same rows."""

import datetime as dt
import math
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models.activities import Activity
from cases.models.alerts import RiskAlert
from cases.models.casework import Case
from cases.models.groups import Attendance, GroupSession
from cases.models.work import Contact, Need
from reports.services.indicators import indicator_read
from tests.factories.cases import (
    make_alert,
    make_case,
    make_client,
    make_contact,
    make_episode,
    make_need,
)
from tests.factories.groups import make_event, make_group, make_member, make_session

TODAY = timezone.localdate()
FIRST = (TODAY.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
SPAN = (FIRST, TODAY.replace(day=1) - dt.timedelta(days=1))


def _at(day, hour=9):
    return timezone.make_aware(dt.datetime.combine(FIRST.replace(day=day), dt.time(hour)))


@pytest.fixture
def world(worker, worker2, acting):
    """Cases of the last month with everything on them, and some of other months beside."""
    with acting(worker):
        same = make_client(worker)
        for at in range(6):
            person = same if at in {2, 4} else make_client(worker)
            opened = _at(2 + at)
            closes = at % 2 == 0
            given = (
                {
                    "stage": "closed",
                    "closed_at": _at(12 + at),
                    "goal_rate": Decimal(at) / 10,
                    "satisfaction": 2 + at // 2,
                    "close_reason": "goals_met" if at else "lost_contact",
                }
                if closes
                else {"stage": "intervention"}
            )
            case = make_case(
                worker,
                client=person,
                episode=make_episode(person, worker),
                source="clinician_referral" if at < 4 else "other",
                service_kind="short" if at == 1 else "full",
                opened_at=opened,
                assigned_at=opened + dt.timedelta(hours=5 * at + 1),
                duplicate_reason="演示" if at == 4 else "",
                **given,
            )
            for n in range(at):
                make_contact(
                    case,
                    worker,
                    occurred_on=FIRST.replace(day=8 + n),
                    minutes=20 + n,
                    mode="home_visit" if n == 1 else "phone",
                )
            make_need(
                case, worker, severity=1 + at % 5, created_at=_at(9), met="yes" if at % 3 else "no"
            )
        make_contact(case, worker, occurred_on=TODAY, minutes=90)
        make_alert(case, worker, raised_at=_at(20), report_due_at=_at(21))
        group = make_group(worker, starts_on=FIRST.replace(day=5))
        session = make_session(
            group,
            worker,
            held_on=FIRST.replace(day=6),
            state="held",
            minutes=75,
            record={"facts": "演示"},
            recorded_at=_at(7),
            attainment=4,
        )
        for presence in ("present", "late", "absent"):
            member = make_member(group, worker)
            Attendance.objects.create(
                organization_id=worker.house_id,
                created_by=worker,
                session=session,
                member=member,
                presence=presence,
            )
        for persons, times in ((3, 5), (4, 4)):
            make_event(
                worker,
                state="held",
                occurred_on=FIRST.replace(day=7),
                persons=persons,
                person_times=times,
            )
        make_event(
            worker,
            kind="consultation",
            event="",
            plan=None,
            state="held",
            result="to_case",
            occurred_on=FIRST.replace(day=8),
            persons=1,
            person_times=1,
        )


def _in(value):
    day = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    return SPAN[0] <= day <= SPAN[1]


def _mean(values):
    values = [Decimal(value) for value in values]
    return sum(values) / len(values)


def _share(part, whole):
    return Decimal(100) * len(list(part)) / len(list(whole))


def _lowest_covering(values, share):
    values = sorted(values)
    return values[math.ceil(share * len(values)) - 1]


def _wanted():
    cases = [case for case in Case.objects.all() if case.assigned_at and case.stage != "voided"]
    new = [case for case in cases if _in(case.assigned_at)]
    closed = [case for case in cases if case.stage == "closed" and _in(case.closed_at)]
    end = timezone.make_aware(dt.datetime.combine(SPAN[1] + dt.timedelta(days=1), dt.time()))
    still = [
        case
        for case in cases
        if case.assigned_at < end and (not case.closed_at or case.closed_at >= end)
    ]
    hours = [
        math.ceil((case.assigned_at - case.opened_at).total_seconds() / 3600)
        for case in cases
        if _in(case.assigned_at)
    ]
    contacts = [one for one in Contact.objects.filter(addendum_to=None) if _in(one.occurred_on)]
    needs = [need for need in Need.objects.all() if _in(need.created_at)]
    days = [
        (timezone.localtime(case.closed_at).date() - timezone.localtime(case.opened_at).date()).days
        for case in closed
    ]
    of_closed = [Contact.objects.filter(case=case, addendum_to=None) for case in closed]
    held = [one for one in GroupSession.objects.filter(state="held") if _in(one.held_on)]
    marks = [one for one in Attendance.objects.all() if one.session in held]
    came = [one for one in marks if one.presence in {"present", "late"}]
    events = [one for one in Activity.objects.filter(state="held") if _in(one.occurred_on)]
    public = [one for one in events if one.kind == "community"]
    alerts = [one for one in RiskAlert.objects.all() if _in(one.raised_at)]
    calls = [one for one in events if one.kind == "consultation"]
    return {
        "case_new": len(new),
        "case_new_persons": len({case.client_id for case in new}),
        "case_short": sum(case.service_kind == "short" for case in new),
        "case_from_clinicians": _share((c for c in new if c.source == "clinician_referral"), new),
        "case_open": len(still),
        "case_open_persons": len({case.client_id for case in still}),
        "case_closed": len(closed),
        "case_days": _mean(days),
        "case_sessions": _mean([rows.count() for rows in of_closed]),
        "case_minutes": _mean([sum(one.minutes for one in rows) for rows in of_closed]) / 60,
        "goal_rate": 100 * _mean([case.goal_rate for case in closed]),
        "case_satisfaction": _mean([case.satisfaction for case in closed]),
        "case_satisfied": _share((case for case in closed if case.satisfaction >= 4), closed),
        "case_goals_met": _share(
            (case for case in closed if case.close_reason == "goals_met"), closed
        ),
        "case_lost": _share(
            (case for case in closed if case.close_reason == "lost_contact"), closed
        ),
        "response_hours": _lowest_covering(hours, 0.5),
        "response_hours_p90": _lowest_covering(hours, 0.9),
        "response_on_time": _share((one for one in hours if one <= 24), hours),
        "contact_done": len(contacts),
        "contact_persons": len({one.client_id for one in contacts}),
        "contact_hours": Decimal(sum(one.minutes for one in contacts)) / 60,
        "contact_minutes": _mean([one.minutes for one in contacts]),
        "contact_home": sum(one.mode == "home_visit" for one in contacts),
        "need_found": len(needs),
        "need_severity": _mean([need.severity for need in needs]),
        "need_met": _share((need for need in needs if need.met == "yes"), needs),
        "group_session": len(held),
        "group_hours": Decimal(sum(one.minutes for one in held)) / 60,
        "group_attendance": len(came),
        "group_persons": len({one.member_id for one in came}),
        "group_rate": _share(came, marks),
        "event_held": len(public),
        "event_person_times": sum(one.person_times for one in public),
        "event_persons": sum(one.persons for one in public),
        "consultations": len(calls),
        "consultation_to_case": _share((one for one in calls if one.result == "to_case"), calls),
        "risk_alerts": len(alerts),
        "risk_on_time": _share((one for one in alerts if one.handled_at), alerts),
    }


def test_the_most_used_indicators_equal_a_second_computation(world, head, acting):
    with acting(head):
        wanted = _wanted()
        read = {
            code: indicator_read(code=code, first=SPAN[0], last=SPAN[1], by=head)[0].value
            for code in wanted
        }
    different = {
        code: (read[code], Decimal(value))
        for code, value in wanted.items()
        # What is read is rounded to at most two decimals.
        if abs(read[code] - Decimal(value)) > Decimal("0.05")
    }
    assert different == {}
    assert len(wanted) >= 25
    assert all(wanted[code] for code in ("case_new", "contact_done", "need_found", "group_persons"))
