"""The front page for visitors, and what they may check."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from departments.services.anchoring import AnchorError
from departments.services.public_entries import houses_published
from departments.services.public_face import anchors_daily, front_parts, hospitals_helping
from departments.views.publishing import public_page, published


@published
def front(request: HttpRequest) -> HttpResponse:
    """What medical social work is, where to ask for help, what is published and can be checked."""
    context = {
        "hospitals": hospitals_helping(),
        "parts": front_parts(),
        "houses": houses_published(),
    }
    return public_page(request, "public/index.html", context)


@published
def anchors_page(request: HttpRequest) -> HttpResponse:
    """The daily anchors of the audit, so that anybody can keep them."""
    try:
        rows, is_broken = anchors_daily(), False
    except AnchorError:
        rows, is_broken = [], True
    context = {"rows": rows, "is_broken": is_broken}
    return public_page(request, "public/anchors.html", context)


@published
def anchors_json(request: HttpRequest) -> HttpResponse:
    """The same for programs; 503 when the file does not prove itself."""
    try:
        rows = anchors_daily()
    except AnchorError:
        return JsonResponse({"error": _("锚点文件未通过校验。")}, status=503)
    listed = [
        {"day": one.day.isoformat(), "organization": one.house, "seq": one.seq, "sha256": one.hash}
        for one in rows
    ]
    return JsonResponse({"anchors": listed}, json_dumps_params={"ensure_ascii": False})
