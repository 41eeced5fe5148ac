"""Anybody says what is wrong with a notice: without an account, without a cookie, without a name."""

from django.http import HttpRequest, HttpResponse

from cases.views.public_doors import page, public
from departments.models.publishing import PublicEntry
from departments.services.objections import objection_receive, objectionable_at
from donations.forms.review import ObjectionForm
from msw_portal.kernel.errors import DomainError


@public
def objecting(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of an objection; what is over or was never there answers alike."""
    entry = objectionable_at(slug)
    if entry is None:
        return page(request, "objections/over.html", 404)
    if request.method != "POST":
        return _form(request, entry, ObjectionForm())
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _form(request, entry, form, 422)
    try:
        objection_receive(entry=entry, place=request.facts.ip, **form.cleaned_data)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _form(request, entry, form, error.status)
    return page(request, "objections/done.html", entry=entry)


def _form(
    request: HttpRequest, entry: PublicEntry, form: ObjectionForm, status: int = 200
) -> HttpResponse:
    return page(request, "objections/object.html", status, entry=entry, form=form)
