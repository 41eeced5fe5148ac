"""The donor's page without an account: where did my gift go."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.services.receipts import code_read
from cases.views.public_doors import page, public
from departments.services import rate
from donations.forms.orders import CodeForm
from donations.services.looking_up import Looked, code_shown, gift_look_up
from donations.views.trails import gift_picture, hop_rows, sum_lines


@public
def look_up(request: HttpRequest) -> HttpResponse:
    """The form, and behind a right code the gift's way; wrong codes are counted before they are compared."""
    if request.method != "POST":
        return page(request, "donations/look_up.html", form=CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid():
        return page(request, "donations/look_up.html", 422, form=form)
    key = f"donor-trace:{request.facts.ip}"
    tried = rate.hit(key, limit=settings.RECEIPT_LIMIT, window=settings.DOOR_WINDOW_SECONDS)
    if not tried:
        wait = tried.seconds_left // 60 + 1
        form.add_error("code", _("试的次数太多，请 %(n)s 分钟后再查。") % {"n": wait})
        return page(request, "donations/look_up.html", 429, form=form)
    code = code_read(form.cleaned_data["code"])
    found = gift_look_up(code)
    if found is None:
        form.add_error("code", _("没有这个查询码。请对照捐赠凭条核对。"))
        return page(request, "donations/look_up.html", 422, form=form)
    rate.forgive(key, window=settings.DOOR_WINDOW_SECONDS)
    return _found(request, found, code)


def _found(request: HttpRequest, found: Looked, code: str) -> HttpResponse:
    return page(
        request,
        "donations/looked_up.html",
        found=found,
        code=code_shown(code),
        picture=gift_picture(found.number, found.donor, found.trail),
        rows=hop_rows(found.trail),
        sums=sum_lines(found.trail),
        look_up_url=reverse("gifts:look_up"),
    )
