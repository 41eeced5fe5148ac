"""Who works here as what: posts, certificates, registration, hours of continuing education; beds per worker."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from departments import staff_permissions as may
from departments.forms.people import ReasonForm
from departments.forms.staff import CREDENTIAL_FORMS, ProfileEndForm, ProfileForm
from departments.models.mechanisms import Document
from departments.models.people import Role
from departments.models.staff import StaffCredential, StaffProfile
from departments.services import staff as services
from departments.services.history import history_lines
from departments.services.staff_standing import Standing, standings
from departments.services.staffing import HOSPITAL_KINDS, makeup, staffing_of
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.access import require

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30
SHOWS = {"": _("在岗"), "soon": _("证书将到期"), "ended": _("已离岗")}
NEW_WORDS = {
    "certificate": _("登记职业水平证书"),
    "registration": _("登记注册与有效期"),
    "cpd": _("登记继续教育学时"),
}
KEEPS = {Role.DEPT_HEAD, Role.SECADMIN}


@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """Everybody in a post, with grade, registration and hours; who has left stands apart."""
    require(may.can_list_profiles, request.user, None)
    show = request.GET.get("show", "")
    today = timezone.localdate()
    rows = StaffProfile.objects.visible_to(request.user).select_related("department", "agency")
    rows = rows.exclude(valid__contains=today) if show == "ended" else rows.here()
    if show == "soon":
        rows = rows.expiring(today)
    found = page_of(request, rows, order=("name", "id"), size=PAGE)
    context = found | {
        "rows": standings(found["rows"]),
        "show": show if show in SHOWS else "",
        "tabs": [(code, words, f"?show={code}" if code else "?") for code, words in SHOWS.items()],
        "may_keep": may.can_keep_profile(request.user, None),
        "may_see_staffing": may.can_view_staffing(request.user),
        "shows_accounts": request.user.role in KEEPS,
    }
    return render(request, "departments/staff/list.html", context)


@require_safe
def profile(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One post: its facts, its papers, the hours of the period, its history."""
    row = _row(request, uid)
    return render(request, "departments/staff/profile.html", _shown(request, row))


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """One's own post and papers; the head enters them."""
    require(may.can_list_learning, request.user, None)
    rows = StaffProfile.objects.visible_to(request.user).filter(user_id=request.user.pk)
    row = rows.select_related("department", "agency", "user").order_by("-valid").first()
    if row is None:
        return render(request, "departments/staff/own_none.html", {"tab": "own"})
    context = _shown(request, row) | {"is_own": True, "tab": "own"}
    return render(request, "departments/staff/profile.html", context)


def _shown(request: HttpRequest, row: StaffProfile) -> dict[str, Any]:
    standing: Standing = standings([row])[0]
    may_keep = may.can_keep_profile(request.user, row)
    rows = StaffCredential.objects.visible_to(request.user).filter(staff=row)
    credentials = list(rows.order_by("kind", "-issued_on", "-pk"))
    scans = Document.objects.visible_to(request.user).filter(
        subject_kind="staffcredential",
        subject_id__in=[one.pk for one in credentials],
        voided_at__isnull=True,
    )
    for one in scans.order_by("pk"):
        of = next(paper for paper in credentials if paper.pk == one.subject_id)
        of.scans = [*getattr(of, "scans", ()), one]
    return {
        "profile": row,
        "standing": standing,
        "credentials": credentials,
        "may_keep": may_keep,
        "may_list": may.can_list_profiles(request.user),
        "new": list(NEW_WORDS.items()) if may_keep else [],
        "lines": history_lines(row) if may_keep else [],
    }


@BOTH
def profile_new(request: HttpRequest) -> HttpResponse:
    require(may.can_keep_profile, request.user, None)
    return fill_in(
        request,
        Filling(
            page="departments/staff/form.html",
            form=ProfileForm,
            form_args={"by": request.user},
            service=services.staff_profile_add,
            given={},
            to=_address,
            done=_("已登记岗位。"),
            initial={"weekly_hours": 40, "is_counted": True, "since": timezone.localdate()},
            draft="departments-profile",
            context=_frame(_("登记一个岗位")),
        ),
    )


@BOTH
def profile_change(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _row(request, uid)
    require(may.can_keep_profile, request.user, row)
    return fill_in(
        request,
        Filling(
            page="departments/staff/form.html",
            form=ProfileForm,
            form_args={"by": request.user},
            service=services.staff_profile_change,
            given={"profile": row},
            to=_address(row),
            done=_("已保存。"),
            draft="departments-profile_change",
            subject=row.uid,
            current=lambda: _current(request, uid),
            context=_frame(_("修改岗位"), row),
        ),
    )


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    row = _row(request, uid)
    uids = {name: getattr(row, name) for name in ("user", "department", "agency")}
    values = {name: str(one.uid) if one else "" for name, one in uids.items()}
    plain = ("name", "title", "employment", "weekly_hours", "is_counted", "since", "until")
    values |= {name: getattr(row, name) for name in plain}
    return Current(row.row_version, values, at=row.updated_at)


@BOTH
def profile_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _row(request, uid)
    require(may.can_keep_profile, request.user, row)
    lead = _("门户里的角色由安全管理员结束；未结的个案由主任移交。")
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=ProfileEndForm,
            service=services.staff_profile_end,
            given={"profile": row},
            to=_address(row),
            done=_("已登记离岗。"),
            context=_frame(_("登记离岗"), row) | {"lead": lead, "tone": "danger"},
        ),
    )


@BOTH
def credential_new(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    row = _row(request, uid)
    require(may.can_keep_profile, request.user, row)
    if kind not in CREDENTIAL_FORMS:
        raise Http404
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=CREDENTIAL_FORMS[kind],
            service=services.credential_add,
            given={"profile": row, "kind": kind},
            to=_address(row),
            done=_("已登记。"),
            draft=f"departments-credential-{kind}",
            subject=row.uid,
            context=_frame(NEW_WORDS[kind], row),
        ),
    )


@BOTH
def credential_void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = StaffCredential.objects.visible_to(request.user).select_related("staff")
    credential = get_object_or_404(rows, uid=uid)
    require(may.can_keep_profile, request.user, credential.staff)
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=ReasonForm,
            service=services.credential_void,
            given={"credential": credential},
            to=_address(credential.staff),
            done=_("已作废，记录保留。"),
            context=_frame(_("作废登记错的一条"), credential.staff)
            | {"lead": str(credential), "tone": "danger", "button": _("作废")},
        ),
    )


@require_safe
def staffing(request: HttpRequest) -> HttpResponse:
    """Beds per worker, how many are asked for, how many are lacking, and the rule that says so."""
    found = staffing_of(by=request.user)
    rows = StaffProfile.objects.visible_to(request.user).here()
    context = {
        "staffing": found,
        "both": (found.rules, found.policies),
        "kind_words": HOSPITAL_KINDS[found.hospital_kind],
        "makeup": makeup(rows),
        "rows": rows.select_related("department").order_by("-is_counted", "name", "pk"),
        "may_keep": may.can_keep_profile(request.user, None),
    }
    return render(request, "departments/staff/staffing.html", context)


def _row(request: HttpRequest, uid: uuid.UUID) -> StaffProfile:
    rows = StaffProfile.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("department", "agency", "user"), uid=uid)


def _address(row: StaffProfile) -> str:
    return reverse("departments:profile", args=[row.uid])


def _frame(heading: Any, row: StaffProfile | None = None) -> dict[str, Any]:
    crumbs = [(reverse("departments:profiles"), _("人员与资质"))]
    if row is not None:
        crumbs.append((_address(row), row.name))
    return {"heading": heading, "crumbs": crumbs, "cancel": crumbs[-1][0]}
