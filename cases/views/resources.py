"""The directory of resources: looked up by need, place, age and insurance; kept, confirmed, taken out and brought in."""

import json
import uuid
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.forms.opening_hours import DAYS, is_plain, line_of
from cases.forms.resources import DirectoryFileForm, PlaceForm, ResourceFilter, ResourceForm
from cases.models.casework import Case
from cases.models.codes import Insurance, NeedCategory
from cases.referral_permissions import can_draft_referral
from cases.resource_permissions import can_add_resource, can_keep_resource
from cases.services import resources as services
from cases.services.hsds import services_out, whole
from cases.services.hsds_import import directory_take
from cases.views.filling import Filling, fill_in
from cases.views.finding import case_or_404
from departments.models.resources import ResourceLocation, ResourceService
from departments.services.regions import region_path
from departments.views.clashes import Current
from departments.views.paging import page_of
from msw_portal.kernel.display import enumerated
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30
EXPORTED = 5000
COUNTED = 1000
WORDS = dict(DAYS)


def _rows(request: HttpRequest) -> Any:
    return ResourceService.objects.visible_to(request.user)


def service_or_404(request: HttpRequest, uid: uuid.UUID) -> ResourceService:
    rows = _rows(request).select_related(
        "provider__region", "area__parent__parent", "assured_by", "organization"
    )
    return get_object_or_404(rows, uid=uid)


def _asked(request: HttpRequest) -> tuple[ResourceFilter, Any]:
    """The filter as typed and the services it finds; what is wrong in it is said and narrows nothing."""
    form = ResourceFilter(request.GET)
    form.is_valid()
    asked, rows = form.cleaned_data, _rows(request)
    if text := asked.get("q"):
        rows = rows.filter(Q(name__icontains=text) | Q(provider__name__icontains=text))
    if need := asked.get("need"):
        rows = rows.filter(categories__contains=[need])
    if place := asked.get("place"):
        rows = rows.filter(services.reaches(place))
    if (age := asked.get("age")) is not None:
        rows = rows.filter(services.for_age(age))
    if code := asked.get("insurance"):
        rows = rows.filter(services.with_insurance(code))
    if request.GET.get("show") == "stale":
        rows = services.stale(rows.filter(organization_id=request.user.house_id))
    elif request.GET.get("show") == "closed":
        rows = rows.exclude(status=ResourceService.Status.ACTIVE)
    else:
        rows = rows.filter(status=ResourceService.Status.ACTIVE)
    return form, rows


@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """What there is; with `?case=` one of them can be chosen for a referral of that case."""
    form, rows = _asked(request)
    case = _case(request)
    rows = rows.select_related("provider", "area").prefetch_related("places__location__region")
    found = page_of(request, rows, order=("name", "id"), size=PAGE)
    show = request.GET.get("show", "")
    own = _rows(request).filter(organization_id=request.user.house_id)
    context = {
        **found,
        "rows": [_line(row, case) for row in found["rows"]],
        "form": form,
        "case": case,
        "is_narrowed": any(form.data.get(name) for name in form.fields),
        "tabs": [
            {"label": label, "url": _tab(request, key), "is_now": key == show}
            for key, label in (("", _("开放")), ("stale", _("待核实")), ("closed", _("已停")))
        ],
        "n_stale": min(services.stale(own)[: COUNTED + 1].count(), COUNTED),
        "may_add": can_add_resource(request.user, None),
        "export_url": f"{reverse('cases:resources_json')}?{_kept(request).urlencode()}",
    }
    return render(request, "cases/resources.html", context)


def _case(request: HttpRequest) -> Case | None:
    try:
        uid = uuid.UUID(request.GET.get("case", ""))
    except ValueError:
        return None
    case = case_or_404(request, uid)
    return case if can_draft_referral(request.user, case) else None


def _kept(request: HttpRequest) -> Any:
    asked = request.GET.copy()
    for name in ("after", "before"):
        asked.pop(name, None)
    return asked


def _tab(request: HttpRequest, show: str) -> str:
    asked = _kept(request)
    asked.pop("show", None)
    if show:
        asked["show"] = show
    return f"?{asked.urlencode()}" if asked else reverse("cases:resources")


def _line(row: ResourceService, case: Case | None) -> dict[str, Any]:
    regions = [one.location.region.name for one in row.places.all() if one.location.region]
    query = urlencode({"service": row.uid})
    return {
        "row": row,
        "needs": enumerated(str(NeedCategory(code).label) for code in row.categories),
        "where": enumerated(dict.fromkeys(regions))
        or (row.area.name if row.area else _("不限地区")),
        "ages": _ages(row),
        "choose": f"{reverse('cases:outgoing_new', args=[case.uid])}?{query}" if case else "",
    }


def _ages(row: ResourceService) -> str:
    if row.min_age is None and row.max_age is None:
        return pgettext("resource", "不限")
    if row.max_age is None:
        return _("%(low)d 岁起") % {"low": row.min_age}
    if row.min_age is None:
        return _("%(high)d 岁以下（含）") % {"high": row.max_age}
    return _("%(low)d 至 %(high)d 岁") % {"low": row.min_age, "high": row.max_age}


def _hours(rows: list[dict[str, Any]]) -> list[str]:
    """`周一、周三 09:00–17:00 节假日休息` for each schedule."""
    said = []
    for row in rows:
        days = enumerated(
            str(WORDS.get(day, day)) for day in row.get("byday", "").split(",") if day
        )
        times = "–".join(filter(None, [row.get("opens_at"), row.get("closes_at")]))
        line = " ".join(filter(None, [days, times, row.get("description")]))
        if line:
            said.append(line)
    return said


@require_safe
def resource(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = service_or_404(request, uid)
    may_keep = can_keep_resource(request.user, row)
    places = [
        {"place": one.location, "hours": _hours(one.location.schedules)}
        for one in row.places.select_related("location__region").order_by("id")
    ]
    context = {
        "service": row,
        "needs": [NeedCategory(code).label for code in row.categories],
        "insurance": [Insurance(code).label for code in row.insurance],
        "ages": _ages(row),
        "hours": _hours(row.schedules),
        "places": places,
        "is_own": row.organization_id == request.user.house_id,
        "may_keep": may_keep,
    }
    return render(request, "cases/resource.html", context)


def _to(row: ResourceService) -> str:
    return reverse("cases:resource", args=[row.uid])


@BOTH
def resource_new(request: HttpRequest) -> HttpResponse:
    if not can_add_resource(request.user, None):
        raise Http404
    return fill_in(
        request,
        Filling(
            page="cases/resource_form.html",
            form=ResourceForm,
            service=services.resource_add,
            given={},
            form_args={"providers": services.providers_for(request.user)},
            draft="cases-resource",
            to=_to,
            done=_("已登记；可以接着写服务地点。"),
            context={"heading": _("登记资源"), "back": reverse("cases:resources")},
        ),
    )


@BOTH
def resource_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _own_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/resource_form.html",
            form=ResourceForm,
            service=services.resource_change,
            given={"resource": row},
            form_args={
                "providers": services.providers_for(request.user),
                "schedules": row.schedules,
            },
            current=lambda: _current(request, uid),
            draft="cases-resource_edit",
            subject=row.uid,
            to=_to(row),
            done=_("已保存，核实日期是今天。"),
            context={"heading": _("修改资源"), "back": _to(row), "service": row},
        ),
    )


def _own_or_404(request: HttpRequest, uid: uuid.UUID) -> ResourceService:
    row = service_or_404(request, uid)
    if not can_keep_resource(request.user, row):
        raise Http404
    return row


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = service_or_404(request, uid)
    plain = [one for one in now.schedules if is_plain(one)]
    first = plain[0] if plain else {}
    values = {name: getattr(now, name) for name in services.PARTS if name != "schedules"}
    values |= {
        "provider": now.provider.uid,
        "area": region_path(now.area),
        "documents": "\n".join(now.documents),
        "languages": "\n".join(now.languages),
        "costs": ResourceForm.base_fields["costs"].prepare_value(now.costs),
        "days": [day for day in first.get("byday", "").split(",") if day in WORDS],
        "opens_at": first.get("opens_at", "")[:5],
        "closes_at": first.get("closes_at", "")[:5],
        "hours": first.get("description", ""),
        "more_hours": "\n".join(map(line_of, plain[1:])),
        "is_public": now.published_at is not None,
    }
    by = now.assured_by.display_name if now.assured_by else ""
    return Current(now.row_version, values, by=by, at=now.updated_at)


@require_POST
def resource_assure(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _own_or_404(request, uid)
    services.resource_assure(resource=row, by=request.user)
    return answer(
        request, "cases/resource.html", {}, ok=True, to=_to(row), done=_("已记下：今天核实过。")
    )


@BOTH
def place_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _own_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/resource_place.html",
            form=PlaceForm,
            service=services.place_add,
            given={"resource": row},
            draft="cases-resource_place",
            subject=row.uid,
            to=_to(row),
            done=_("地点已登记。"),
            context={"heading": _("服务地点"), "back": _to(row), "service": row},
        ),
    )


@require_POST
def place_remove(request: HttpRequest, uid: uuid.UUID, place: uuid.UUID) -> HttpResponse:
    row = _own_or_404(request, uid)
    own = ResourceLocation.objects.visible_to(request.user).filter(places__service=row)
    services.place_remove(resource=row, place=get_object_or_404(own, uid=place), by=request.user)
    return answer(request, "cases/resource.html", {}, ok=True, to=_to(row), done=_("地点已移除。"))


@require_safe
def resources_json(request: HttpRequest) -> HttpResponse:
    """What the list shows, whole, as HSDS 3.0."""
    _form, rows = _asked(request)
    made = services_out(whole(rows.order_by("name", "id"))[:EXPORTED])
    body = json.dumps(made, ensure_ascii=False, indent=1)
    day = timezone.localdate()
    return HttpResponse(
        body,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="hsds-services-{day}.json"'},
    )


@BOTH
def resources_import(request: HttpRequest) -> HttpResponse:
    """A file of another directory: what came of every row stands on the same page."""
    if not can_add_resource(request.user, None):
        raise Http404
    is_sent = request.method == "POST"
    form = DirectoryFileForm(request.POST, request.FILES) if is_sent else DirectoryFileForm()
    ok = is_sent and form.command(directory_take, by=request.user)
    context = {
        "form": form,
        "taken": form.result if ok else None,
        "is_rehearsal": ok and form.cleaned_data["is_rehearsal"],
    }
    status = 200 if ok or not is_sent else 422
    return render(request, "cases/resources_import.html", context, status=status)
