"""The self-check for 等保三级: a page to print, read by each of the three administrators."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.models.people import Role
from departments.services.self_check import self_check
from departments.services.self_check_reads import STATE_WORDS
from departments.views.consoles.gate import console


@require_safe
@console(Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR)
def page(request: HttpRequest) -> HttpResponse:
    """Clause, control, evidence, state."""
    lines = self_check(by=request.user)
    count = Counter(line.finding.state for line in lines)
    context = {
        "lines": lines,
        "figures": [(words, tone, count[state]) for state, (words, tone) in STATE_WORDS.items()],
        "at": timezone.now(),
    }
    return render(request, "departments/consoles/self_check.html", context)
