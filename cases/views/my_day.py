"""The workbench's panels of casework: what is to be done today, approvals, drafts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.services import my_day


@require_safe
def panel_my_day(request: HttpRequest) -> HttpResponse:
    """What is due on my cases (`span`: today, week, all; `shown` lines), the records to finish, what I did not send."""
    span, shown = request.GET.get("span", my_day.WEEK), request.GET.get("shown", "")
    found = my_day.panel(
        request.user,
        span=span if span in my_day.SPANS else my_day.WEEK,
        shown=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 5 else 0,
    )
    return render(request, "cases/_panel_my_day.html", vars(found))
