"""The first steps of a case: who takes it, whether it is taken, form F1."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.form_schemas.intake import F1
from cases.forms.intake import AcceptForm, AssignForm, OverLimitForm
from cases.forms.referrals import ReasonForm
from cases.services.caseloads import counts_of, limit_of
from cases.services.form_facts import known_of
from cases.services.intake import case_accept, case_assign, case_decline
from cases.services.team import colleagues
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404
from msw_portal.kernel.htmx import answer


@require_POST
def claim(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A worker takes a waiting case."""
    case = case_or_404(request, uid)
    form = OverLimitForm(request.POST)
    ok = form.command(case_assign, case=case, worker=request.user, by=request.user)
    context = {"case": case, "form": form, "heading": _("接手个案"), "button": _("仍要接手")}
    return answer(
        request,
        "cases/claim.html",
        context,
        ok=ok,
        to=address_of(case),
        done=_("个案已归您。"),
    )


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Head or supervisor name the worker and the supervisor."""
    case = case_or_404(request, uid)
    workers = colleagues(role="worker", by=request.user, department_id=case.department_id)
    people = {
        "workers": workers,
        "counts": counts_of([one.pk for one in workers], case.organization_id),
        "limit": limit_of(case.department),
        "supervisors": colleagues(role="supervisor", by=request.user),
    }
    return fill_in(
        request,
        Filling(
            page="cases/assign.html",
            form=AssignForm,
            service=case_assign,
            given={"case": case},
            form_args=people,
            to=address_of(case),
            done=_("已分派。"),
            context={"case": case, "heading": _("受理并分派")},
        ),
    )


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The case is not taken, with the reason."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/case_reason.html",
            form=ReasonForm,
            service=case_decline,
            given={"case": case},
            to=address_of(case),
            done=_("已记为不接案。"),
            context={
                "case": case,
                "heading": _("不接案"),
                "button": _("不接案"),
                "lead": _("理由会留在个案里，也告诉转介人。"),
            },
        ),
    )


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """F1 接案登记表."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/accept.html",
            form=AcceptForm,
            service=case_accept,
            given={"case": case},
            to=address_of(case),
            done=_("接案登记已完成，进入预估。"),
            draft="cases-accept",
            subject=case.uid,
            initial={"urgency": case.priority},
            context={"case": case, "heading": F1.title, "facts": known_of(case, F1)},
        ),
    )
