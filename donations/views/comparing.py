"""Two papers of a request next to each other, page by page; each opening is audited like any other."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.services.viewing import document_look, is_shown
from donations.models.requests import FundingRequest, RequestDocument
from donations.querysets import FOUNDATION_ROLES
from donations.services.copies import COPY_NOTE
from donations.views import parts
from donations.views.appeals import request_url
from donations.views.files import paper_content
from donations.views.lists import Lists
from donations.views.results import request_of

SIDES = ("left", "right")
ZOOMS = ("", "150", "200", "300")  # steps of static/css/viewer.css; "" fits the column


@require_safe
def compare(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The two papers named by `left` and `right`; without them the first two that can be shown."""
    aid = request_of(request, uid)
    papers = [one for one in parts.papers_of(Lists(request.user, aid)) if _file(request, one)]
    by_type = {one.type: one for one in papers}
    chosen = [by_type.get(request.GET.get(side, "")) for side in SIDES]
    rest = [one for one in papers if one not in chosen]
    chosen = [one or (rest.pop(0) if rest else None) for one in chosen]
    zoom = request.GET.get("zoom", "")
    query = {side: one.type for side, one in zip(SIDES, chosen, strict=True) if one}
    context = {
        "aid": aid,
        "back_url": request_url(request.user, aid, "papers"),
        "note": COPY_NOTE if request.user.role in FOUNDATION_ROLES else "",
        "zoom": zoom if zoom in ZOOMS else "",
        "zooms": _zooms(query, zoom),
        "choices": _choices(aid, papers),
        "sides": [
            _side(request, aid, side, one) for side, one in zip(SIDES, chosen, strict=True) if one
        ],
    }
    return render(request, "donations/compare.html", context)


def _zooms(query: dict[str, str], zoom: str) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{one or 100}%",
            "url": f"?{urlencode({**query, 'zoom': one})}",
            "is_on": one == zoom,
        }
        for one in ZOOMS
    ]


def _file(request: HttpRequest, one: RequestDocument) -> Any:
    file = one.masked if request.user.role in FOUNDATION_ROLES else one.document
    is_there = file is not None and file.voided_at is None and is_shown(file)
    return file if is_there else None


def _choices(aid: FundingRequest, papers: list[RequestDocument]) -> list[tuple[str, str]]:
    labels = parts.paper_labels(aid)
    return [(one.type, labels.get(one.type, one.type)) for one in papers]


def _side(
    request: HttpRequest, aid: FundingRequest, side: str, one: RequestDocument
) -> dict[str, Any]:
    """The pages of one paper as pictures the portal drew; nothing of the file runs in the browser."""
    file, content = paper_content(request, one)
    looking = document_look(document=file, content=content, by=request.user)
    address = "donations:document_page"
    query = urlencode({"key": looking.key}) if looking else ""
    return {
        "name": side,
        "head_id": f"h-{side}",
        "chosen": one.type,
        "label": parts.paper_labels(aid).get(one.type, one.type),
        "file_url": reverse("donations:document", args=[one.uid]),
        "pages": [
            {
                "number": page.number,
                "url": f"{reverse(address, args=[one.uid, page.number])}?{query}",
            }
            for page in (looking.pages.shown if looking else ())
        ],
    }
