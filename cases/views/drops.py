"""The system administrator's page of the files that hospitals' systems dropped."""

import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cases.services.feeds.console import drop_shown, drops_shown, folders_shown
from cases.services.feeds.shelving import KEPT_DAYS, report_csv
from departments.models.people import Role
from departments.views.consoles.gate import console

ours = console(Role.SYSADMIN)


@require_safe
@ours
def drops(request: HttpRequest) -> HttpResponse:
    """The newest files with their counts, and where each system drops them."""
    context = {
        "rows": drops_shown(by=request.user),
        "folders": folders_shown(by=request.user),
        "is_set_up": settings.EPISODE_DROPS is not None,
        "kept": KEPT_DAYS,
    }
    return render(request, "cases/drops.html", context)


@require_safe
@ours
def drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One file: which lines were refused and why."""
    found = drop_shown(uid=uid, by=request.user)
    if found is None:
        raise Http404
    return render(request, "cases/drop.html", {"drop": found})


@require_safe
@ours
def report(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The same as a table to pass on to who keeps the hospital's system."""
    found = drop_shown(uid=uid, by=request.user)
    if found is None:
        raise Http404
    name = f"his-{timezone.localtime(found.created_at):%Y%m%d-%H%M}-errors.csv"
    response = HttpResponse(report_csv(found.faults).encode("utf-8-sig"), content_type="text/csv")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "sandbox"
    return response
