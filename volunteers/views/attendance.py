"""Who came to a shift: its code, who is in, out, waited for or missing; the code that hangs at a post."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.pictures import code_picture
from volunteers.hour_permissions import can_keep_hours
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Post, Shift, Signup
from volunteers.services.check_in_posters import code_poster, post_of_token
from volunteers.services.check_ins import code_create, code_of, code_revoke
from volunteers.services.records import service_check_in, shift_code
from volunteers.workflow import SignupState


def _shift(request: HttpRequest, uid: uuid.UUID) -> Shift:
    if not can_keep_hours(request.user, None):
        raise Http404
    rows = Shift.objects.visible_to(request.user).select_related("post__ward")
    return get_object_or_404(rows, uid=uid)


def _attendance(
    request: HttpRequest, shift: Shift, form: CommandForm | None = None
) -> dict[str, Any]:
    promised = Signup.objects.visible_to(request.user).standing().filter(shift=shift)
    records = ServiceRecord.objects.visible_to(request.user).live().filter(shift=shift)
    by_volunteer = {one.volunteer_id: one for one in records}
    code = shift_code(organization_id=shift.organization_id, shift_id=shift.pk)
    return {
        "form": form or CommandForm(),
        "shift": shift,
        "code": code,
        "is_on": not shift.is_over,
        "rows": [
            {
                "signup": one,
                "record": by_volunteer.get(one.volunteer_id),
                "may_enter": one.state in {SignupState.CONFIRMED, SignupState.NO_SHOW},
            }
            for one in promised.select_related("volunteer").order_by("place", "id")
        ],
    }


@require_safe
def attendance(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The code of the shift, and who is in, out, waited for or missing."""
    shift = _shift(request, uid)
    return render(request, "volunteers/attendance.html", _attendance(request, shift))


@require_POST
def attend(request: HttpRequest, uid: uuid.UUID, signup: uuid.UUID) -> HttpResponse:
    """Check somebody in who stands here without a phone."""
    shift = _shift(request, uid)
    rows = Signup.objects.visible_to(request.user).filter(shift=shift)
    form = CommandForm(request.POST)
    one = get_object_or_404(rows, uid=signup)
    ok = form.command(service_check_in, signup=one, by=request.user)
    to = reverse("hours:attendance", args=[uid])
    context = {} if ok else _attendance(request, shift, form)
    return answer(request, "volunteers/attendance.html", context, ok=ok, to=to, done=_("已签到。"))


# ── the code that hangs at a post ────────────────────────────────────────────


def _post(request: HttpRequest, uid: uuid.UUID) -> Post:
    if not can_keep_hours(request.user, None):
        raise Http404
    rows = Post.objects.visible_to(request.user).select_related("organization", "ward")
    return get_object_or_404(rows, uid=uid)


@require_safe
def code(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Whether a code hangs at the post, and since when."""
    post = _post(request, uid)
    context = {"post": post, "link": code_of(post=post), "form": CommandForm()}
    return render(request, "volunteers/code.html", context)


@require_POST
def code_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new code; its address stands on the answer and on the poster, and nowhere else."""
    post = _post(request, uid)
    form = CommandForm(request.POST)
    if not form.command(code_create, post=post, by=request.user):
        context = {"post": post, "link": code_of(post=post), "form": form}
        return render(request, "volunteers/code.html", context, status=422)
    address = _address(request, form.result.token)
    context = {
        "post": post,
        "token": form.result.token,
        "address": address,
        "picture": code_picture(address),
    }
    return render(request, "volunteers/code_made.html", context)


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("hours_public:desk", args=[token]))


@require_POST
def code_print(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The A4 sheet of a code that has just been made: only who holds the token can have it."""
    post, token = _post(request, uid), request.POST.get("token", "")
    link = post_of_token(post=post, token=token)
    if link is None:
        raise Http404
    content = code_poster(post=post, link=link, address=_address(request, token))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="check-in-{post.uid}.pdf"'
    return response


@require_POST
def code_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take the code down: it stops at once."""
    post = _post(request, uid)
    form = CommandForm(request.POST)
    ok = form.command(code_revoke, post=post, by=request.user)
    context = {"post": post, "link": code_of(post=post), "form": form}
    to = reverse("hours:code", args=[uid])
    return answer(request, "volunteers/code.html", context, ok=ok, to=to, done=_("码已停用。"))
