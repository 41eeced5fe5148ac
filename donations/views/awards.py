"""The awards of the house as a 360Giving file."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from donations.forms.awards import AwardSpan
from donations.services.three_sixty import awards
from donations.views.guards import foundation_page


@require_safe
@foundation_page
def award_export(request: HttpRequest) -> HttpResponse:
    """The days asked for, and with them the file."""
    today = timezone.localdate()
    if "since" not in request.GET:
        form = AwardSpan(initial={"since": today.replace(month=1, day=1), "until": today})
        return render(request, "donations/awards.html", {"form": form})
    form = AwardSpan(request.GET)
    if not form.command(awards, by=request.user):
        return render(request, "donations/awards.html", {"form": form}, status=422)
    text = json.dumps(form.result, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    name = f"360giving-{form.cleaned_data['since']}-{form.cleaned_data['until']}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
