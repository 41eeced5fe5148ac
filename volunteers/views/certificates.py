"""Certificates: the house's list, one with its paper, issuing and voiding; the check by anybody."""

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.views.filling import Filling, fill_in
from cases.views.public_doors import page as public_page
from cases.views.public_doors import public, too_many_words
from departments.services import rate
from departments.services.history import history_lines
from msw_portal.kernel import keyset
from msw_portal.kernel.htmx import answer
from volunteers.forms.hours import PeriodForm, ReasonForm
from volunteers.hour_permissions import (
    can_issue_certificate,
    can_keep_hours,
    can_print_certificate,
    can_void_certificate,
)
from volunteers.models.people import Volunteer
from volunteers.models.service import Certificate
from volunteers.services.certificate_papers import certificate_paper, check_address
from volunteers.services.certificates import (
    certificate_check,
    certificate_issue,
    certificate_void,
)

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 30
ORDER = ("-issued_on", "-id")


@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """Every certificate of the house, the newest first; the void ones with why."""
    if not can_keep_hours(request.user, None):
        raise Http404
    rows = Certificate.objects.visible_to(request.user).select_related("volunteer").order_by(*ORDER)
    asked = {"after": request.GET.get("after"), "before": request.GET.get("before")}
    try:
        page = keyset.page(rows, order=ORDER, size=PAGE, **asked)
    except keyset.BadCursor:
        page = keyset.page(rows, order=ORDER, size=PAGE)
    here = reverse("hours:certificates")
    context = {
        "rows": page.rows,
        "before_url": f"{here}?before={page.previous}" if page.previous else "",
        "after_url": f"{here}?after={page.next}" if page.next else "",
    }
    return render(request, "volunteers/certificates.html", context)


@BOTH
def certificate_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Prove the confirmed hours of a volunteer in a period."""
    if not can_keep_hours(request.user, None):
        raise Http404
    volunteer = get_object_or_404(Volunteer.objects.visible_to(request.user), uid=uid)
    if not can_issue_certificate(request.user, volunteer):
        raise Http404
    today = timezone.localdate()
    return fill_in(
        request,
        Filling(
            page="volunteers/certificate_new.html",
            form=PeriodForm,
            service=certificate_issue,
            given={"volunteer": volunteer},
            initial={"since": today.replace(month=1, day=1), "until": today},
            to=lambda made: reverse("hours:certificate", args=[made.uid]),
            done=_("证明已出具。"),
            context={"volunteer": volunteer},
        ),
    )


def _one(request: HttpRequest, uid: uuid.UUID) -> Certificate:
    rows = Certificate.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("volunteer", "organization", "replaces"), uid=uid)


def _page(request: HttpRequest, row: Certificate, voiding: ReasonForm | None = None) -> Any:
    return {
        "certificate": row,
        "lines": row.payload.get("lines", ()),
        "address": check_address(row),
        "may_void": row.voided_at is None and can_void_certificate(request.user, row),
        "is_kept": can_keep_hours(request.user, row),
        "newer": Certificate.objects.visible_to(request.user).filter(replaces=row).first(),
        "voiding": voiding or ReasonForm(),
        "history": history_lines(row),
    }


@require_safe
def certificate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One certificate: what stands on it, its paper, where anybody checks it."""
    return render(request, "volunteers/certificate.html", _page(request, _one(request, uid)))


@require_safe
def certificate_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The A4 paper."""
    row = _one(request, uid)
    if not can_print_certificate(request.user, row):
        raise Http404
    response = HttpResponse(certificate_paper(row), content_type="application/pdf")
    name = f"{row.get_kind_display()} {row.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_POST
def certificate_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Declare it void."""
    row = _one(request, uid)
    form = ReasonForm(request.POST)
    ok = form.command(certificate_void, certificate=row, by=request.user)
    to = reverse("hours:certificate", args=[uid])
    context = {} if ok else _page(request, row, form)
    done = _("证明已作废，查验页会这样说。")
    return answer(request, "volunteers/certificate.html", context, ok=ok, to=to, done=done)


@public
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Whether a printed certificate is true and stands; what was never issued answers 404."""
    window = settings.DOOR_WINDOW_SECONDS
    key = f"certificate:{request.facts.ip}"
    tried = rate.hit(key, limit=settings.DOOR_LINK_LIMIT, window=window)
    if not tried:
        words = too_many_words(tried.seconds_left)
        response = public_page(request, "doors/certificate.html", 429, words=words)
        response["Retry-After"] = str(tried.seconds_left)
        return response
    found = certificate_check(token)
    if found is not None:
        # Many people share one address: only what was never issued is counted.
        rate.forgive(key, window=window)
    return public_page(request, "doors/certificate.html", 200 if found else 404, certificate=found)
