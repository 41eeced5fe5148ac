"""A volunteer's own pages on a phone: in, out, hours, stars, proofs."""

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.services import rate
from msw_portal.kernel import keyset
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from volunteers.forms.hours import CodeForm, NoteForm, PeriodForm
from volunteers.hour_permissions import can_see_own_hours
from volunteers.models.people import Volunteer
from volunteers.models.service import Certificate, ServiceRecord
from volunteers.models.shifts import Signup
from volunteers.services.certificates import certificate_ask
from volunteers.services.records import EARLY, service_check_in, service_check_out
from volunteers.services.stars import hours_to_next, star_levels
from volunteers.workflow import ServiceState, SignupState

PAGE = 20
ORDER = ("-checked_in", "-id")
TEMPLATE = "volunteers/my_hours.html"


def _volunteer(request: HttpRequest) -> Volunteer:
    if not can_see_own_hours(request.user, None):
        raise Http404
    return get_object_or_404(Volunteer.objects.visible_to(request.user))


def _mine(request: HttpRequest, **forms: CommandForm) -> dict[str, Any]:
    """What can be done now, what counts so far, and the records."""
    me, now = _volunteer(request), timezone.now()
    rows = ServiceRecord.objects.visible_to(request.user)
    asked = {"after": request.GET.get("after"), "before": request.GET.get("before")}
    try:
        page = keyset.page(rows.order_by(*ORDER), order=ORDER, size=PAGE, **asked)
    except keyset.BadCursor:
        page = keyset.page(rows.order_by(*ORDER), order=ORDER, size=PAGE)
    here, today = reverse("hours:mine"), timezone.localdate()
    expected = Signup.objects.visible_to(request.user).filter(
        state__in=[SignupState.CONFIRMED, SignupState.NO_SHOW],
        during__startswith__lte=now + EARLY,
        during__endswith__gt=now,
    )
    levels = star_levels()
    return {
        "me": me,
        "expected": expected.order_by("during").first(),
        "running": rows.filter(state=ServiceState.OPEN).first(),
        "rows": page.rows,
        "stars": range(me.star),
        "missing": hours_to_next(me.hours, levels),
        "proofs": list(
            Certificate.objects.visible_to(request.user).order_by("-issued_on", "-id")[:10]
        ),
        "code": CodeForm(),
        "noting": NoteForm(),
        "asking": PeriodForm(initial={"since": today.replace(month=1, day=1), "until": today}),
        "before_url": f"{here}?before={page.previous}" if page.previous else "",
        "after_url": f"{here}?after={page.next}" if page.next else "",
        **forms,
    }


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Check in or out, hours and stars, the records, the proofs."""
    return render(request, TEMPLATE, _mine(request))


def _answer(
    request: HttpRequest, form: CommandForm, slot: str, *, ok: bool, done: str
) -> HttpResponse:
    context = {} if ok else _mine(request, **{slot: form})
    return answer(request, TEMPLATE, context, ok=ok, to=reverse("hours:mine"), done=done)


@require_POST
def check_in(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """In, with the four digits that are read at the place."""
    _volunteer(request)
    rows = Signup.objects.visible_to(request.user).standing()
    signup = get_object_or_404(rows, uid=uid)
    form = CodeForm(request.POST)
    key, window = f"check-in:{signup.uid}", settings.DOOR_WINDOW_SECONDS
    tried = rate.hit(key, limit=settings.RECEIPT_LIMIT, window=window)
    if not tried and form.is_valid():
        wait = tried.seconds_left // 60 + 1
        form.add_error(
            "code", _("试的次数太多，请 %(n)s 分钟后再试，或请带教社工代签。") % {"n": wait}
        )
        return _answer(request, form, "code", ok=False, done="")
    ok = form.command(service_check_in, signup=signup, by=request.user)
    return _answer(request, form, "code", ok=ok, done=_("已签到，辛苦了。"))


@require_POST
def check_out(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Out, with how many persons were served and what was done."""
    _volunteer(request)
    record = get_object_or_404(ServiceRecord.objects.visible_to(request.user), uid=uid)
    form = NoteForm(request.POST)
    ok = form.command(service_check_out, record=record, by=request.user)
    return _answer(request, form, "noting", ok=ok, done=_("已签退，等带教社工确认。"))


@require_POST
def proof_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a certificate of a period; it is there a moment later."""
    _volunteer(request)
    form = PeriodForm(request.POST)
    ok = form.command(certificate_ask, by=request.user)
    done = _("正在出具，稍后刷新就能下载。")
    return _answer(request, form, "asking", ok=ok, done=done)
