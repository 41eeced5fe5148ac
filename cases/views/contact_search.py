"""Words in the contacts of the opened case; what was looked for is never in an address."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cases.forms.contact_search import WordsForm
from cases.services.contact_search import contacts_find
from cases.views.finding import case_or_404


@require_http_methods(["GET", "POST"])
def contact_search(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The box, and with a POST what was found."""
    case, asked = case_or_404(request, uid), request.method == "POST"
    form = WordsForm(request.POST if asked else None)
    found = asked and form.command(contacts_find, case=case, by=request.user)
    context = {"case": case, "form": form, "found": form.result if found else None}
    status = 422 if asked and not found else 200
    return render(request, "cases/contact_search.html", context, status=status)
