"""The family's page without an account: where its request stands, what is missing, what was decided."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from cases.services.receipts import code_read
from cases.views.public_doors import page, public
from departments.services import rate
from donations.forms.lane import (
    HOSPITAL,
    LaneAgreeForm,
    LaneAppealForm,
    LaneCodeForm,
    LanePaperForm,
    LaneSayForm,
)
from donations.services.family_lane import (
    is_code,
    lane_agree,
    lane_agreement,
    lane_appeal,
    lane_know,
    lane_letter,
    lane_open,
    lane_paper,
    lane_say,
)
from donations.services.family_page import Lane
from donations.services.looking_up import code_shown
from donations.views.family_words import lane_words
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import is_fragment

LOOK_UP, LANE = "doors/lane_look_up.html", "doors/lane.html"
FORMS: dict[str, type[CommandForm]] = {
    "say": LaneSayForm,
    "paper": LanePaperForm,
    "appeal": LaneAppealForm,
    "know": CommandForm,
    "agree": LaneAgreeForm,
}
SERVICES: dict[str, Callable[..., Any]] = {
    "say": lane_say,
    "paper": lane_paper,
    "appeal": lane_appeal,
    "know": lane_know,
    "agree": lane_agree,
}


@public
def look_up(request: HttpRequest) -> HttpResponse:
    """Where the code is typed that the slip's picture opens by itself."""
    if request.method != "POST":
        return page(request, LOOK_UP, form=LaneCodeForm())
    form = LaneCodeForm(request.POST)
    if not form.is_valid():
        return page(request, LOOK_UP, 422, form=form)
    code = code_read(form.cleaned_data["code"])
    if not is_code(code):
        form.add_error("code", _("查询码是 12 位，请对照纸条逐个核对。"))
        return page(request, LOOK_UP, 422, form=form)
    return _open(request, code, form)


def _open(request: HttpRequest, code: str, form: LaneCodeForm) -> HttpResponse:
    """A wrong code is counted before it is compared; many families behind one address are not."""
    key, window = f"family-lane:{request.facts.ip}", settings.DOOR_WINDOW_SECONDS
    tried = rate.hit(key, limit=settings.RECEIPT_LIMIT, window=window)
    if not tried:
        wait = tried.seconds_left // 60 + 1
        form.add_error("code", _("试的次数太多，请 %(n)s 分钟后再查。") % {"n": wait})
        response = page(request, LOOK_UP, 429, form=form)
        response["Retry-After"] = str(tried.seconds_left)
        return response
    lane = lane_open(code)
    if lane is None:
        form.add_error("code", _("这个查询码不对，或已停用、过期。请对照纸条，或问社工要新的。"))
        return page(request, LOOK_UP, 422 if request.method == "POST" else 404, form=form)
    rate.forgive(key, window=window)
    if request.resolver_match.url_name == "look_up":
        return HttpResponseRedirect(_here(request, code))
    return _shown(request, code, lane)


def _here(request: HttpRequest, code: str, done: str = "") -> str:
    query = request.GET.copy()
    query.pop("done", None)
    if done:
        query["done"] = done
    return reverse("lane:lane", args=[code]) + (f"?{query.urlencode()}" if query else "")


@public
def lane(request: HttpRequest, code: str) -> HttpResponse:
    """The lane behind a code; a POST sends a line, a paper, an appeal, or says that the decision was read."""
    code = code_read(code)
    typed = {"code": code_shown(code)}
    if not is_code(code):
        return page(request, LOOK_UP, 404, form=LaneCodeForm(typed))
    if request.method != "POST":
        return _open(request, code, LaneCodeForm(typed))
    what = request.POST.get("do", "")
    form = FORMS.get(what, CommandForm)(request.POST, request.FILES)
    hit = rate.hit(
        f"family-lane-send:{request.facts.ip}",
        limit=settings.DOOR_ADDRESS_LIMIT,
        window=settings.DOOR_WINDOW_SECONDS,
    )
    if not hit:
        form.is_valid()
        form.add_error(
            None, _("试的次数太多，请 %(n)s 分钟后再试。") % {"n": hit.seconds_left // 60 + 1}
        )
        return _refused(request, code, what, form, 429)
    if what not in FORMS or not form.is_valid():
        return _refused(request, code, what, form)
    return _sent(request, code, what, form)


def _sent(request: HttpRequest, code: str, what: str, form: CommandForm) -> HttpResponse:
    given = {name: value for name, value in form.cleaned_data.items() if name != "once"}
    if what == "appeal":
        given["to_hospital"] = given.pop("to") == HOSPITAL
    given.pop("agreed", None)
    try:
        SERVICES[what](code=code, **given)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _refused(request, code, what, form)
    to = _here(request, code, what)
    if is_fragment(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = to
        return response
    return HttpResponseRedirect(to)


def _refused(
    request: HttpRequest, code: str, what: str, form: CommandForm, status: int = 422
) -> HttpResponse:
    """What is wrong, above the form it belongs to: by htmx alone, so that a chosen photograph stays chosen."""
    if is_fragment(request):
        response = render(request, "doors/_lane_errors.html", {"form": form}, status=status)
        response["HX-Retarget"] = f"#errors-{what}{_part(form)}"
        response["HX-Reswap"] = "innerHTML"
        return response
    found = lane_open(code)
    if found is None:
        return page(request, LOOK_UP, 404, form=LaneCodeForm({"code": code_shown(code)}))
    return _shown(request, code, found, {what: form}, status)


def _part(form: CommandForm) -> str:
    return f"-{form.data.get('type', '')}" if isinstance(form, LanePaperForm) else ""


def _shown(
    request: HttpRequest,
    code: str,
    found: Lane,
    bound: dict[str, CommandForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    forms: dict[str, Any] = {
        "say": LaneSayForm(),
        "appeal": LaneAppealForm(),
        "agree": LaneAgreeForm(),
        **(bound or {}),
    }
    kinds = list(LaneAppealForm().fields["kind"].choices)
    if not found.may_look_again:
        forms["appeal"].fields["kind"].choices = kinds[1:]
        forms["appeal"].initial.setdefault("kind", kinds[1][0])
    return page(
        request,
        LANE,
        status,
        lane=found,
        code=code_shown(code),
        say_form=forms["say"],
        appeal_form=forms["appeal"],
        agree_form=forms["agree"],
        paper_form=forms.get("paper") or LanePaperForm(),
        stray_form=_stray(found, forms.get("paper")),
        look_up_url=reverse("lane:look_up"),
        letter_url=reverse("lane:letter", args=[code]),
        agreement_url=reverse("lane:agreement", args=[code]),
        **lane_words(found, request.GET.get("done", "")),
    )


def _stray(found: Lane, form: CommandForm | None) -> CommandForm | None:
    """A paper that is not asked for any more: what is wrong stands above, as its form is gone."""
    shown = {paper.type for paper in found.papers if paper.is_open and not paper.is_waiting}
    return form if form is not None and form.data.get("type") not in shown else None


@public
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """The decision as a paper, behind the code."""
    return _paper(request, code, lane_letter, _("决定书"))


@public
def agreement(request: HttpRequest, code: str) -> HttpResponse:
    """The agreement as a paper, behind the code."""
    return _paper(request, code, lane_agreement, _("救助协议"))


def _paper(
    request: HttpRequest,
    code: str,
    paper: Callable[[str], tuple[str, bytes] | None],
    title: str,
) -> HttpResponse:
    """A PDF; a wrong code is counted as on the lane itself."""
    code = code_read(code)
    key, window = f"family-lane:{request.facts.ip}", settings.DOOR_WINDOW_SECONDS
    if not is_code(code) or not rate.hit(key, limit=settings.RECEIPT_LIMIT, window=window):
        return page(request, LOOK_UP, 404, form=LaneCodeForm())
    try:
        found = paper(code)
    except DomainError:
        return HttpResponseRedirect(_here(request, code))
    if found is None:
        return page(request, LOOK_UP, 404, form=LaneCodeForm())
    rate.forgive(key, window=window)
    response = HttpResponse(found[1], content_type="application/pdf")
    name = f"{title} {found[0]}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store, private"
    return response
