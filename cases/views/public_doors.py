"""Pages without an account: a ward refers, a patient or relative asks, the receipt is looked up.

They carry no cookie: who holds the token of the address may knock, nobody else, and a form of ours
posted from elsewhere could do no more than the sender's own (so no CSRF token, which old in-app
browsers lose). The language is a part of the address.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.forms.doors import WHEN, DoorForm, ReceiptForm, SelfDoorForm, WardDoorForm
from cases.services.door_intake import door_submit, receipt_withdraw
from cases.services.door_links import Door, door_at
from cases.services.receipts import Receipt, code_shown, receipt_read
from cases.views.receipt_words import steps_of
from departments.middleware import outside_scope
from departments.services import rate
from msw_portal.kernel.htmx import is_fragment

FORMS: dict[str, type[DoorForm]] = {"ward_door": WardDoorForm, "self_door": SelfDoorForm}
PAGES = {"ward_door": "doors/ward.html", "self_door": "doors/self.html"}
View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A page for anybody: in the language of `?lang=`, seen by no search engine, with scopes of its own."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("lang", "")
        known = dict(settings.LANGUAGES)
        with translation.override(asked if asked in known else translation.get_language()):
            response = view(request, *args, **kwargs)
            response["Content-Language"] = translation.get_language()
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    methods = require_http_methods(["GET", "HEAD", "POST"])
    return outside_scope(csrf_exempt(login_not_required(methods(run))))


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A public page with the way to the other language."""
    english = translation.get_language() == "en"
    other = "zh-hans" if english else "en"
    lang = request.GET.get("lang", "")
    context |= {
        "other_language": {
            "code": other,
            "name": "简体中文" if english else "English",
            "url": f"{request.path}?lang={other}",
        },
        "lang_query": f"?lang={lang}" if lang in dict(settings.LANGUAGES) else "",
        "receipt_url": reverse("doors:receipt"),
    }
    return render(request, template, context, status=status)


@public
def door(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind a ward's or department's code; what is wrong, stopped or over answers alike."""
    opened = door_at(token)
    if opened is None:
        return gone(request)
    if request.method != "POST":
        return _form(request, opened, FORMS[opened.kind](initial=_known(opened)))
    form = FORMS[opened.kind](request.POST)
    if not form.is_valid():
        return _form(request, opened, form, 422)
    wait = too_many(request, opened)
    if wait:
        form.add_error(None, too_many_words(wait))
        response = _form(request, opened, form, 429)
        response["Retry-After"] = str(wait)
        return response
    code = door_submit(token=token, payload=form.payload, once=form.cleaned_data["once"])
    if code is None:
        return gone(request)
    return _done(request, opened, form, code)


def gone(request: HttpRequest) -> HttpResponse:
    """The code is over; a form that was being sent keeps what was typed."""
    words = _(
        "没有送出：这个码刚刚停用或换了。填的内容还在；请扫墙上现在挂着的码，或直接找护士、医务社工。"
    )
    return said(request, words) if is_fragment(request) else page(request, "doors/gone.html", 404)


def said(request: HttpRequest, words: str) -> HttpResponse:
    """A sentence above the form that htmx is sending, which stays as it is."""
    return render(request, "doors/_said.html", {"words": words}, status=404)


def _known(opened: Door) -> dict[str, str]:
    return {"ward": opened.place if opened.is_ward else ""}


def _form(request: HttpRequest, opened: Door, form: DoorForm, status: int = 200) -> HttpResponse:
    return page(request, PAGES[opened.kind], status, door=opened, form=form)


def _done(request: HttpRequest, opened: Door, form: DoorForm, code: str) -> HttpResponse:
    receipt = receipt_read(code)
    return page(
        request,
        "doors/done.html",
        door=opened,
        code=code_shown(code),
        receipt=receipt,
        steps=steps_of(receipt) if receipt else [],
        when=dict(WHEN).get(form.cleaned_data.get("call_when", ""), ""),
        is_crisis=form.cleaned_data["is_crisis"],
    )


def too_many(request: HttpRequest, opened: Any) -> int:
    """Seconds to wait when the address or the code has had its share; every valid request is counted."""
    window = settings.DOOR_WINDOW_SECONDS
    one = rate.hit(
        f"door-address:{request.facts.ip}", limit=settings.DOOR_ADDRESS_LIMIT, window=window
    )
    if not one:
        return one.seconds_left
    all_of_it = rate.hit(
        f"door-link:{opened.link_id}", limit=settings.DOOR_LINK_LIMIT, window=window
    )
    return 0 if all_of_it else all_of_it.seconds_left


def too_many_words(seconds: int) -> str:
    """What somebody is told who has to wait."""
    return _("现在提交的人太多，请 %(n)s 分钟后再点一次；填的内容都在。急事请直接找护士。") % {
        "n": seconds // 60 + 1
    }


@public
def receipt(request: HttpRequest) -> HttpResponse:
    """Where a request stands, for the holder of its code; a wrong code and one that is over answer alike."""
    if request.method != "POST":
        return page(request, "doors/receipt.html", form=ReceiptForm())
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return page(request, "doors/receipt.html", 422, form=form)
    key = f"receipt:{request.facts.ip}"
    tried = rate.hit(key, limit=settings.RECEIPT_LIMIT, window=settings.DOOR_WINDOW_SECONDS)
    if not tried:
        wait = tried.seconds_left // 60 + 1
        form.add_error("code", _("试的次数太多，请 %(n)s 分钟后再查。") % {"n": wait})
        return page(request, "doors/receipt.html", 429, form=form)
    code = form.cleaned_data["code"]
    taken_back = "withdraw" in request.POST and receipt_withdraw(code)
    found = receipt_read(code)
    if found is None:
        form.add_error("code", _("没有这个回执码，或已过期。请对照截图核对。"))
        return page(request, "doors/receipt.html", 422, form=form)
    rate.forgive(key, window=settings.DOOR_WINDOW_SECONDS)
    return _found(request, code, found, taken_back)


def _found(request: HttpRequest, code: str, found: Receipt, taken_back: bool) -> HttpResponse:
    return page(
        request,
        "doors/state.html",
        code=code_shown(code),
        receipt=found,
        steps=steps_of(found),
        taken_back=taken_back,
    )
