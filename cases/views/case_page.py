"""The case page: head, stage line, next step and its parts; who looked at it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.services.feeds.saying import said_otherwise
from cases.services.opening import case_opened
from cases.views.case_file import PARTS, CaseFile
from cases.views.course import happenings, strip_of, timeline_of
from cases.views.finding import case_or_404
from cases.views.persons import minded
from cases.views.sheets import alerts_of, head_of, part_of, rights, tabs_of
from departments.services.history import history_lines


@require_GET
def case(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One part of the case, `?part=`; opening a file that is not one's own is an event."""
    one, user = case_or_404(request, uid), request.user
    case_opened(case=one, by=user)
    part = request.GET.get("part", "overview")
    part = part if part in PARTS else "overview"
    file = CaseFile(user, one)
    file.fetch(part)
    head = head_of(file)
    context = {
        "case": one,
        "head": head,
        "part": part,
        "tabs": tabs_of(one, part),
        "can": rights(user, one),
        **minded(file.flags, file.relatives),
        "otherwise": said_otherwise([one.episode]),
        "alerts": alerts_of(file),
        **part_of(file, part),
    }
    if part in ("overview", "course"):
        found = happenings(file)
        context |= {"strip": strip_of(file, head, found), "timeline": timeline_of(found)}
    return render(request, "cases/case.html", context)


@require_GET
def history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who did and saw what in this case, newest first."""
    one = case_or_404(request, uid)
    return render(request, "cases/_history.html", {"case": one, "lines": history_lines(one)})
