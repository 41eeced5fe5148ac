"""The page behind the code that hangs at a post: in and out with one's mobile number, without an account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.views.public_doors import page, public
from departments.services import rate
from msw_portal.kernel.errors import DomainError
from volunteers.forms.hours import DeskForm
from volunteers.services.check_ins import Desk, desk_note, desk_open

TEMPLATE = "doors/desk.html"


@public
def desk(request: HttpRequest, token: str) -> HttpResponse:
    """First the place and one field; after a click what was noted. Dead codes answer alike."""
    opened = desk_open(token)
    if opened is None:
        return page(request, "doors/gone.html", 404)
    if request.method != "POST":
        return page(request, TEMPLATE, desk=opened, form=DeskForm())
    form = DeskForm(request.POST)
    if not form.is_valid():
        return page(request, TEMPLATE, 422, desk=opened, form=form)
    wait = _too_many(request)
    if wait:
        form.add_error(
            "phone", _("试的次数太多，请 %(n)s 分钟后再试，或请带教社工代签。") % {"n": wait}
        )
        return page(request, TEMPLATE, 429, desk=opened, form=form)
    return _note(request, token, opened, form)


def _note(request: HttpRequest, token: str, opened: Desk, form: DeskForm) -> HttpResponse:
    try:
        noted = desk_note(
            token=token,
            phone=form.cleaned_data["phone"],
            is_out="out" in request.POST,
            persons=form.cleaned_data["persons"] or 0,
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return page(request, TEMPLATE, 422, desk=opened, form=form)
    if noted is None:
        return page(request, "doors/gone.html", 404)
    rate.forgive(_key(request), window=settings.DOOR_WINDOW_SECONDS)
    return page(request, TEMPLATE, desk=opened, noted=noted)


def _key(request: HttpRequest) -> str:
    return f"desk:{request.facts.ip}"


def _too_many(request: HttpRequest) -> int:
    """Minutes to wait for an address with too many numbers that nobody expects; those who succeed are not counted."""
    tried = rate.hit(
        _key(request), limit=settings.DOOR_ADDRESS_LIMIT, window=settings.DOOR_WINDOW_SECONDS
    )
    return 0 if tried else tried.seconds_left // 60 + 1
