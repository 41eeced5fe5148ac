"""强制报告 is opened: by a rule or by a person; who must know is named, told and put on the clock.

未成年人保护法第十一条 and 反家庭暴力法第十四条 say 立即: the clock is short, and neither a missing
consent nor a level of secrecy is asked about anywhere here.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import BooleanField, Func, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from cases.models.alerts import RiskAlert
from cases.models.casework import Case
from cases.models.codes import AlertTrigger, NeedCategory
from cases.models.people import Client, RelatedPerson
from cases.models.reporting import MandatoryReport, ReportGround, ReportOrigin, new_compartment
from cases.report_permissions import can_name_for_report, can_open_report
from cases.services.clocks import hours
from cases.services.crisis_words import harm_words
from cases.services.secrecy import transaction_time
from cases.workflow import REPORT
from departments import audit
from departments.models.people import AccessGrant, Membership, Role, User
from departments.services import outbox
from departments.services.entering import enter_member
from departments.services.moving import write_transition
from departments.services.tasks import task_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import age_at

OF_AGE = 18
TASK, FOLLOW_TASK = "mandatory_report", "report_follow_up"
OPENED = "mandatory_report.opened"
NAMED_BECAUSE = "强制报告须知情的人员（法定职责）"
GROUND_OF = {
    AlertTrigger.MINOR_HARM: ReportGround.MINOR_HARM,
    AlertTrigger.VIOLENCE: ReportGround.VIOLENCE,
}


def is_minor(client: Client, on: dt.date) -> bool:
    """Under 18 on the day; by the year alone when that is all there is, and rather yes than no."""
    if client.birth_date is not None and client.birth_date <= on:
        return age_at(client.birth_date, on) < OF_AGE
    return client.birth_year is not None and on.year - client.birth_year <= OF_AGE


def ground_for(case: Case) -> str:
    """Which law asks for the report of this person."""
    minor = is_minor(case.client.person, timezone.localdate())
    return ReportGround.MINOR_HARM if minor else ReportGround.VIOLENCE


def report_by_alert(case: Case, alert: RiskAlert, *, by: User) -> MandatoryReport | None:
    """A risk alert about harm opens the report; any other opens none."""
    if alert.trigger not in GROUND_OF:
        return None
    is_harm = alert.trigger == AlertTrigger.MINOR_HARM
    ground = ReportGround.MINOR_HARM if is_harm else ground_for(case)
    return _open_once(case, ground=ground, origin=ReportOrigin.ALERT, alert=alert, by=by)


def report_by_need(case: Case, category: str, *, by: User) -> MandatoryReport | None:
    """The need 虐待 / 忽视 / 家暴 opens the report."""
    if category != NeedCategory.ABUSE_VIOLENCE:
        return None
    return _open_once(case, ground=ground_for(case), origin=ReportOrigin.NEED, by=by)


def report_by_diagnosis(case: Case, diagnosis: str | None, *, by: User) -> MandatoryReport | None:
    """A diagnosis that names maltreatment (or its ICD-10 code) opens the report."""
    if not harm_words(diagnosis or ""):
        return None
    return _open_once(case, ground=ground_for(case), origin=ReportOrigin.DIAGNOSIS, by=by)


def report_by_form(case: Case, event_type: str, *, by: User) -> MandatoryReport | None:
    """A crisis report (F11) about abuse opens the report."""
    if event_type != "abuse":
        return None
    return _open_once(case, ground=ground_for(case), origin=ReportOrigin.FORM, by=by)


def _open_once(
    case: Case, *, ground: str, origin: str, by: User, alert: RiskAlert | None = None
) -> MandatoryReport:
    """One unfinished report a case is enough for a rule; who is not named for it begins another."""
    known = MandatoryReport.objects.filter(case=case).unfinished().first()
    return known or _open(case, ground=ground, origin=origin, alert=alert, facts={}, by=by)


@command
def report_open(*, case: Case, ground: str, facts: str, by: User) -> MandatoryReport:
    """Somebody on the case suspects harm; the report's own page asks for the rest.

    Raises:
        DomainError: `mandatory_report.*`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_open_report, by, case)
    if ground not in ReportGround.values:
        raise DomainError("mandatory_report_ground_known", _("请从列表中选择。"), "ground")
    if not facts.strip():
        raise DomainError("mandatory_report.needs_facts", _("请写发现了什么。"), "facts")
    if MandatoryReport.objects.filter(case=case).unfinished().exists():
        raise DomainError(
            "mandatory_report.one_is_open",
            _("这个个案已有一份没办结的强制报告，请在那一份里写。"),
            status=409,
        )
    given = {"facts": facts.strip(), "found_by": by.display_name}
    return _open(case, ground=ground, origin=ReportOrigin.WORKER, facts=given, by=by)


def _open(
    case: Case,
    *,
    ground: str,
    origin: str,
    facts: dict[str, str],
    by: User,
    alert: RiskAlert | None = None,
) -> MandatoryReport:
    now = timezone.now()
    report = MandatoryReport(
        organization_id=case.organization_id,
        compartment_id=new_compartment(),
        case=case,
        department_id=case.department_id,
        alert=alert,
        ground=ground,
        origin=origin,
        opened_at=now,
        due_at=now + hours(case.department, "mandatory_report_hours"),
        facts=_who(case) | {"found_on": f"{timezone.localdate():%Y-%m-%d}"} | facts,
        created_by=by,
    )
    people = _who_must_know(case, by)
    grant_report(report, people, reason=NAMED_BECAUSE, by=by)
    # The compartment is entered before its first row is written: the wall has no open side.
    enter_member(by, by.acting.membership_uid)
    report.save(force_insert=True)
    write_transition(report, REPORT, "open", before="", by=by)
    for person in people:
        put_on_clock(report, person, by=by)
    _tell(report, people, by=by)
    audit.record("mandatory_report.open", by=by, on=report, ground=ground, origin=origin)
    return report


def put_on_clock(report: MandatoryReport, person: User, *, by: User | None) -> None:
    """The duty to report, as a task of one named person."""
    task_open(
        kind=TASK,
        organization_id=report.organization_id,
        subject=report,
        due_at=report.due_at,
        assignee=person,
        dedup_key=f"{TASK}:{report.uid}:{person.pk}",
        by=by,
    )


def _tell(report: MandatoryReport, people: Iterable[User], *, by: User) -> None:
    outbox.put(
        OPENED,
        organization_id=report.organization_id,
        subject=report,
        compartment=report.compartment_id,
        users=[person.pk for person in people if person.pk != by.pk],
    )


def _who_must_know(case: Case, by: User) -> list[User]:
    """Who found it, who works on the case, who supervises it, who heads the department.

    The head is named at every level of secrecy: the duty is the unit's, and the head answers for it.
    """
    heads = Membership.objects.filter(
        organization_id=case.organization_id,
        department_id=case.department_id,
        role=Role.DEPT_HEAD,
        user__is_active=True,
    ).active(timezone.localdate())
    people = [by, case.worker, case.supervisor, *(one.user for one in heads.select_related("user"))]
    return list({one.pk: one for one in people if one is not None}.values())


def grant_report(
    report: MandatoryReport, people: Iterable[User], *, reason: str, by: User | None
) -> None:
    """Name persons for the report, from the beginning of this transaction."""
    since = DateTimeTZRange(transaction_time(), None)
    for person in people:
        AccessGrant.objects.create(
            organization_id=report.organization_id,
            user=person,
            compartment_id=report.compartment_id,
            kind=AccessGrant.Kind.NAMED,
            reason=reason,
            valid=since,
            created_by=by,
        )


def named_for(report: MandatoryReport) -> list[User]:
    """The persons who see it now, in the order they were named."""
    grants = AccessGrant.objects.filter(
        organization_id=report.organization_id,
        compartment_id=report.compartment_id,
        valid__contains=timezone.now(),
    )
    return [one.user for one in grants.select_related("user").order_by("id")]


@command
def report_name(*, report: MandatoryReport, person: User, reason: str, by: User) -> MandatoryReport:
    """Let one more person of the house see the report; who takes the case over is named by that.

    Raises:
        DomainError: `mandatory_report.not_here`, `.named_already` on `person`, `.needs_reason`.
    """
    report = MandatoryReport.objects.locked().get(pk=report.pk)
    require(can_name_for_report, by, report)
    here = Membership.objects.filter(user=person, organization_id=report.organization_id)
    if not here.active(timezone.localdate()).exists():
        raise DomainError("mandatory_report.not_here", _("请从列出的人员中选择。"), "person")
    if person.pk in {one.pk for one in named_for(report)}:
        raise DomainError("mandatory_report.named_already", _("此人已经能看这份报告。"), "person")
    if len(reason.strip()) < 10:
        raise DomainError(
            "mandatory_report.needs_reason", _("请写明理由，至少 10 个字。"), "reason"
        )
    grant_report(report, [person], reason=reason.strip()[:300], by=by)
    if report.is_open and report.reported_at is None:
        put_on_clock(report, person, by=by)
    _tell(report, [person], by=by)
    audit.record("mandatory_report.name", by=by, on=report, person=person.uid)
    return report


def _who(case: Case) -> dict[str, str]:
    """Who the person is, as the report keeps it: its readers may not be the case's."""
    person, stay = case.client.person, case.episode
    guardian = (
        RelatedPerson.objects.filter(
            organization_id=case.organization_id, client__root_id=person.root_id, is_guardian=True
        )
        .order_by("id")
        .first()
    )
    born = f"{person.birth_date:%Y-%m-%d}" if person.birth_date else str(person.birth_year or "")
    place = [stay.ward.name if stay.ward else "", stay.bed] if stay is not None else []
    facts = {
        "case_number": case.number,
        "name": person.name,
        "sex": person.sex,
        "born": born,
        "id_no": person.id_no or "",
        "address": person.address or "",
        "whereabouts": " ".join(filter(None, place)),
    }
    if guardian is not None:
        facts["guardian"] = f"{guardian.name}（{guardian.get_relation_display()}）"
        facts["guardian_phone"] = guardian.phone or ""
    return {name: value for name, value in facts.items() if value}


def asked_of_case(function: str, case: Case) -> QuerySet[Case]:
    """The case when `report_is_open` or `report_is_waiting` says yes, else nothing.

    One yes or no about reports the asker may not see.
    """
    says_yes = Func("pk", function=f"app.{function}", output_field=BooleanField())
    return Case.objects.filter(says_yes, pk=case.pk)
