"""The check of a receipt by anybody: valid, void or reversed, and nothing that is not on the paper."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.views.public_doors import page, public
from departments.services import rate
from donations.forms.receipts import CheckForm
from donations.services.donation_receipts import receipt_check

TEMPLATE = "doors/gift_receipt.html"


@public
def check(request: HttpRequest) -> HttpResponse:
    """Code, number and check code; what was never issued and a wrong code answer alike."""
    if request.method != "POST":
        return page(request, TEMPLATE, form=CheckForm())
    form = CheckForm(request.POST)
    if not form.is_valid():
        return page(request, TEMPLATE, 422, form=form)
    window = settings.DOOR_WINDOW_SECONDS
    key = f"gift-receipt:{request.facts.ip}"
    tried = rate.hit(key, limit=settings.RECEIPT_LIMIT, window=window)
    if not tried:
        wait = tried.seconds_left // 60 + 1
        form.add_error("check_code", _("试的次数太多，请 %(n)s 分钟后再查。") % {"n": wait})
        response = page(request, TEMPLATE, 429, form=form)
        response["Retry-After"] = str(tried.seconds_left)
        return response
    found = receipt_check(**form.cleaned_data)
    if found is None:
        form.add_error("check_code", _("没有这张票据。请逐字核对代码、号码和校验码。"))
        return page(request, TEMPLATE, 422, form=form)
    # Many people share one address: only what was never issued is counted.
    rate.forgive(key, window=window)
    return page(request, TEMPLATE, found=found)
