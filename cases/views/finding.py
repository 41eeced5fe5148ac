"""Rows an address names, through the second wall: what is not visible is not there (404)."""

import uuid
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cases.models.alerts import RiskAlert
from cases.models.casework import Case, CaseForm, Referral
from cases.models.consents import Consent
from cases.models.people import Client
from cases.models.team import CaseMember
from cases.models.work import Assessment, Contact, Goal, Plan
from cases.services.break_glass import glass_read
from departments.services.standing_in import facts_of, shape_of, stand_in
from msw_portal.kernel import addresses
from msw_portal.kernel.prepared import together_again

CASE_JOINS = ("client", "episode__ward", "episode__feed", "worker", "supervisor", "department")


def case_or_404(request: HttpRequest, uid: uuid.UUID) -> Case:
    """A case whose file the user may open, with what its head shows and who works on it."""
    user = request.user
    shape = shape_of(user)
    rows, members = together_again(
        ("case_or_404", shape, timezone.localdate()),
        facts_of(user) | {"uid": ("uid", uid)},
        lambda values: _case_rows(stand_in(shape, values), values["uid"]),
        lambda: _case_rows(user, uid),
    )
    case = next(iter(rows), None)
    if case is None:
        raise Http404
    # As prefetch_related keeps them, which would ask again: the predicates read case.casemembers.all().
    case._prefetched_objects_cache = {"casemembers": members}
    glass_read(case=case, by=user)
    return case


def _case_rows(user: Any, uid: uuid.UUID) -> tuple[QuerySet[Case], QuerySet[CaseMember]]:
    """The case of an address and who works on it, as `user` may see them."""
    rows = Case.objects.visible_to(user).select_related(*CASE_JOINS).filter(uid=uid)
    # What was destroyed counts in the lists and opens nowhere.
    rows = rows.filter(erased_on__isnull=True)
    # Of a reopened case: the one before it, by the two facts a link needs.
    rows = rows.annotate(previous_uid=F("previous__uid"), previous_number=F("previous__number"))
    return rows, CaseMember.objects.visible_to(user).filter(case__uid=uid)


def client_or_404(request: HttpRequest, uid: uuid.UUID) -> Client:
    rows = Client.objects.visible_to(request.user).filter(erased_on__isnull=True)
    return get_object_or_404(rows, uid=uid)


def referral_or_404(request: HttpRequest, uid: uuid.UUID) -> Referral:
    rows = Referral.objects.visible_to(request.user).select_related(
        "client", "from_department", "claimed_by", "inbox_item", "case"
    )
    rows = rows.filter(erased_on__isnull=True)
    return get_object_or_404(rows, uid=uid)


def child_or_404(request: HttpRequest, rows: Any, uid: uuid.UUID) -> Any:
    """A part of a case out of `rows` that may be seen, with what a page about it shows of the case."""
    joins = tuple(f"case__{name}" for name in CASE_JOINS)
    child = get_object_or_404(rows.select_related("case", *joins), uid=uid)
    if child.case is not None and child.case.erased_on is not None:
        raise Http404
    if child.case is not None:
        glass_read(case=child.case, by=request.user)
    return child


def plan_or_404(request: HttpRequest, uid: uuid.UUID) -> Plan:
    return child_or_404(request, Plan.objects.visible_to(request.user), uid)


def goal_or_404(request: HttpRequest, uid: uuid.UUID) -> Goal:
    return child_or_404(request, Goal.objects.visible_to(request.user).select_related("plan"), uid)


def contact_or_404(request: HttpRequest, uid: uuid.UUID) -> Contact:
    return child_or_404(
        request,
        Contact.objects.visible_to(request.user).with_co_sign_state().select_related("created_by"),
        uid,
    )


def assessment_or_404(request: HttpRequest, uid: uuid.UUID) -> Assessment:
    return child_or_404(
        request,
        Assessment.objects.visible_to(request.user).select_related("questionnaire", "created_by"),
        uid,
    )


def form_or_404(request: HttpRequest, uid: uuid.UUID) -> CaseForm:
    rows = CaseForm.objects.visible_to(request.user).select_related("created_by", "finalized_by")
    return child_or_404(request, rows, uid)


def alert_or_404(request: HttpRequest, uid: uuid.UUID) -> RiskAlert:
    return child_or_404(request, RiskAlert.objects.visible_to(request.user), uid)


def consent_or_404(request: HttpRequest, uid: uuid.UUID) -> Consent:
    rows = Consent.objects.visible_to(request.user).select_related(
        "template", "recipient", "client"
    )
    return child_or_404(request, rows, uid)


def address_of(case: Case, part: str = "") -> str:
    """Where the case's page is, or one part of it."""
    url = addresses.address_of("cases:case", case.uid)
    return f"{url}?part={part}" if part else url
