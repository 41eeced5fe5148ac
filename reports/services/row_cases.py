"""The rows behind the figures of cases, contacts and referrals."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, Referral
from cases.models.codes import CaseSource, CloseReason, NeedCategory
from cases.models.work import Assessment, Contact, Need
from cases.need_codes import icd10_said
from cases.workflow import REFERRAL_OPEN, CaseStage, ReferralState
from reports.services.boards.words import TAKEN, WAITING
from reports.services.row_kinds import Line, Source, equals, named

OPENED = _("登记日")
ASSIGNED = Q(assigned_at__isnull=False) & ~Q(stage=CaseStage.VOIDED)
TAKEN_STATES = (ReferralState.ACCEPTED, ReferralState.COMPLETED)
OF_CASE = {
    "ward": named("ward"),
    "worker": named("worker"),
    "disease": equals("disease_group"),
}
OF_ITS_CASE = {
    "ward": named("case__ward"),
    "worker": named("case__worker"),
    "disease": equals("case__disease_group"),
}
# Whose work it was, not whose case it is now.
OF_CONTACT = {**OF_ITS_CASE, "worker": named("created_by")}


def _cases(where: Q) -> Callable[[Any], QuerySet]:
    return lambda user: Case.objects.listed_to(user).filter(where)


def _case_line(
    at: str, what: Callable[[Any], Any], amount: Callable[[Any], Any] = lambda _case: None
) -> Callable[[Any, Any], Line]:
    return lambda case, _user: Line(
        getattr(case, at),
        _number(case),
        reverse("cases:case", args=[case.uid]),
        what(case),
        amount(case),
    )


def _number(case: Any) -> str:
    return case.number or str(_("未编号"))


def _stage(case: Any) -> Any:
    return CaseStage(case.stage).label


def _source(case: Any) -> Any:
    return CaseSource(case.source).label


def _need_line(need: Any, _user: Any) -> Line:
    return Line(
        need.created_at,
        _number(need.case),
        reverse("cases:case", args=[need.case.uid]),
        " ".join(filter(None, (str(NeedCategory(need.category).label), icd10_said(need.category)))),
    )


def _of_cases(model: Any) -> Callable[[Any], QuerySet]:
    return lambda user: model.objects.filter(
        organization_id=user.house_id, case__in=Case.objects.listed_to(user)
    ).select_related("case")


def _contacts(user: Any) -> QuerySet:
    rows = _of_cases(Contact)(user).filter(addendum_to__isnull=True)
    # No narrative is loaded with a number's rows.
    return rows.only("occurred_on", "mode", "minutes", "case__uid", "case__number")


def _contact_line(contact: Any, _user: Any) -> Line:
    return Line(
        contact.occurred_on,
        _number(contact.case),
        reverse("cases:case", args=[contact.case.uid]),
        contact.get_mode_display(),
        contact.minutes,
    )


def _outcome(value: str) -> Q:
    if value == WAITING:
        return Q(state__in=REFERRAL_OPEN)
    return Q(state__in=TAKEN_STATES) if value == TAKEN else Q(state=value)


def _has_pair(code: str) -> Q:
    """Two final answers or more to one scale, those that were corrected left out."""
    answers = Assessment.objects.filter(
        case=OuterRef("pk"),
        is_final=True,
        questionnaire__code=code,
        score__total__isnull=False,
    ).exclude(Exists(Assessment.objects.filter(corrects=OuterRef("pk"), is_final=True)))
    return Q(Exists(answers.values("case").annotate(n=Count("pk")).filter(n__gt=1)))


def _referral_line(referral: Any, _user: Any) -> Line:
    return Line(
        referral.received_at,
        referral.from_department.name if referral.from_department else str(_("没有写病区")),
        reverse("cases:referral", args=[referral.uid]),
        ReferralState(referral.state).label,
    )


def _referrals(user: Any) -> QuerySet:
    rows = Referral.objects.visible_to(user).filter(direction="in")
    return rows.select_related("from_department")


REFERRAL_DIMS = {
    "outcome": _outcome,
    "ward": named("from_department"),
    "profession": equals("from_profession"),
}
SOURCES: dict[str, Source] = {
    "case_open": Source(
        _cases(Q(closed_at__isnull=True, assigned_at__isnull=False)),
        "opened_at",
        _case_line("opened_at", _stage),
        {"stage": equals("stage")},
        OF_CASE,
        day=OPENED,
    ),
    "case_pending": Source(
        _cases(Q(closed_at__isnull=True, assigned_at__isnull=True)),
        "opened_at",
        _case_line("opened_at", _source),
        chosen=OF_CASE,
        day=OPENED,
    ),
    "case_ended": Source(
        _cases(ASSIGNED & Q(closed_at__isnull=False)),
        "closed_at",
        _case_line("closed_at", _stage),
        {"ending": equals("stage")},
        OF_CASE,
    ),
    "case_load": Source(
        lambda user: (
            Case.objects.listed_to(user)
            .filter(closed_at__isnull=True, worker__isnull=False)
            .select_related(None)
            .only("number", "uid", "opened_at", "stage", "weight")
        ),
        "opened_at",
        _case_line("opened_at", _stage, lambda case: case.weight),
        {"worker": named("worker")},
        amount=_("权重"),
        day=OPENED,
    ),
    "case_new": Source(
        _cases(ASSIGNED),
        "assigned_at",
        _case_line("assigned_at", _source),
        {"source": equals("source")},
        OF_CASE,
    ),
    "case_new_ward": Source(
        _cases(ASSIGNED & Q(ward__isnull=False)),
        "assigned_at",
        _case_line("assigned_at", _source),
        {"ward": named("ward")},
    ),
    "case_new_disease": Source(
        _cases(ASSIGNED & ~Q(disease_group="")),
        "assigned_at",
        _case_line("assigned_at", _source),
        {"disease": equals("disease_group")},
    ),
    "case_closed": Source(
        _cases(Q(stage=CaseStage.CLOSED)),
        "closed_at",
        _case_line("closed_at", lambda case: CloseReason(case.close_reason).label),
        {"reason": equals("close_reason")},
        OF_CASE,
    ),
    "goal_rate": Source(
        lambda user: (
            Case.objects.listed_to(user)
            .filter(stage=CaseStage.CLOSED, goal_rate__isnull=False)
            .select_related(None)
            .only("number", "uid", "closed_at", "close_reason", "goal_rate")
        ),
        "closed_at",
        _case_line(
            "closed_at",
            lambda case: CloseReason(case.close_reason).label,
            lambda case: f"{case.goal_rate * 100:.1f}%",
        ),
        chosen=OF_CASE,
        amount=_("目标达成率"),
    ),
    "response_hours": Source(
        _cases(ASSIGNED), "assigned_at", _case_line("assigned_at", _stage), chosen=OF_CASE
    ),
    "need_found": Source(
        _of_cases(Need),
        "created_at",
        _need_line,
        {"category": equals("category")},
        OF_ITS_CASE,
    ),
    "contact_done": Source(
        _contacts,
        "occurred_on",
        _contact_line,
        {"mode": equals("mode")},
        OF_CONTACT,
        amount=_("分钟"),
        is_day=True,
    ),
    "contact_worker": Source(
        _contacts,
        "occurred_on",
        _contact_line,
        {"worker": named("created_by")},
        amount=_("分钟"),
        is_day=True,
    ),
    "referral_in": Source(
        _referrals,
        "received_at",
        _referral_line,
        REFERRAL_DIMS,
    ),
    "referral_case": Source(
        lambda user: _referrals(user).filter(made_case__isnull=False),
        "received_at",
        _referral_line,
        REFERRAL_DIMS,
    ),
    "scale": Source(
        _cases(Q(stage=CaseStage.CLOSED)),
        "closed_at",
        _case_line("closed_at", lambda case: CloseReason(case.close_reason).label),
        {"scale": _has_pair},
        OF_CASE,
    ),
}
SOURCES["scale_after"] = SOURCES["scale"]
