"""The head passes the cases of a colleague who leaves: to another worker, or to another supervisor."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.forms.team import HandOverForm, SupervisionHandOverForm
from cases.models.casework import Case
from cases.services import transfers
from cases.services.caseloads import counts_of, limit_of
from cases.services.supervision_handing import cases_pass_supervision, supervision_holders
from cases.services.team import Holder, caseload_holders, colleagues
from cases.views.filling import Filling, fill_in
from departments.models.organizations import Department
from departments.models.people import User


def receivers(people: Any, department: Department | None) -> dict[str, Any]:
    """Who may be chosen, and what the choice says beside each name."""
    limit = limit_of(department)
    house = department.organization_id if department else 0
    counts = counts_of([one.pk for one in people], house) if limit else {}
    return {"colleagues": people, "counts": counts, "limit": limit}


def _own_department(user: Any) -> Department | None:
    rows = Department.objects.visible_to(user)
    return rows.filter(pk=user.acting.department_id).first()


def _chosen(holders: list[Holder], asked: str) -> User | None:
    return next((one.user for one in holders if str(one.user.uid) == asked), None)


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """Whose cases: `?worker=` of one who answers for them, `?supervisor=` of one who supervises them."""
    user = request.user
    holders, supervisors = caseload_holders(by=user), supervision_holders(by=user)
    leaving = _chosen(holders, request.GET.get("worker", ""))
    if leaving is not None:
        return fill_in(request, _cases(user, leaving))
    leaving = _chosen(supervisors, request.GET.get("supervisor", ""))
    if leaving is not None:
        return fill_in(request, _supervision(user, leaving))
    context = {
        "holders": holders,
        "supervisors": supervisors,
        "may_pass": user.role == "dept_head",
    }
    return render(request, "cases/hand_over_who.html", context)


def _open(user: User, **whose: User) -> Any:
    rows = Case.objects.visible_to(user).open().select_related("client__root")
    return rows.filter(**whose).order_by("id")


def _cases(user: User, leaving: User) -> Filling:
    cases = _open(user, worker=leaving)
    others = colleagues(role="worker", by=user).exclude(pk=leaving.pk)
    return Filling(
        page="cases/hand_over.html",
        form=HandOverForm,
        form_args=receivers(others, _own_department(user)) | {"cases": cases},
        service=transfers.cases_hand_over,
        given={"from_user": leaving},
        initial={"cases": [case.uid for case in cases]},
        to=reverse("cases:transfers") + "?show=all",
        done=_("已全部移交。"),
        draft="cases-hand_over",
        subject=leaving.uid,
        context={"leaving": leaving, "count": len(cases)},
    )


def _supervision(user: User, leaving: User) -> Filling:
    cases = _open(user, supervisor=leaving)
    others = colleagues(role="supervisor", by=user).exclude(pk=leaving.pk)
    return Filling(
        page="cases/hand_over.html",
        form=SupervisionHandOverForm,
        form_args={"colleagues": others, "cases": cases},
        service=cases_pass_supervision,
        given={"from_user": leaving},
        initial={"cases": [case.uid for case in cases]},
        to=reverse("cases:hand_over"),
        done=_("已另定督导，未完成的审批一起转过去。"),
        draft="",
        context={"leaving": leaving, "count": len(cases), "is_supervision": True},
    )
