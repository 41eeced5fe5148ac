"""The workbench's panels of casework: alarms, what is to be done today, approvals, drafts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.services import my_day


@require_safe
def panel_alerts(request: HttpRequest) -> HttpResponse:
    """Above everything: open risk alerts of the cases I may open."""
    return render(request, "cases/_panel_alerts.html", {"alerts": my_day.alerts(request.user)})


@require_safe
def panel_my_day(request: HttpRequest) -> HttpResponse:
    """What is due on my cases, the records to finish, what I typed and did not send."""
    todo, approvals = my_day.lines(request.user)
    context = {
        "todo": todo,
        "approvals": approvals,
        "records": my_day.records_to_finish(request.user),
        "drafts": my_day.drafts(request.user),
    }
    return render(request, "cases/_panel_my_day.html", context)
