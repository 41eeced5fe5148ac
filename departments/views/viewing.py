"""The page that shows a file: pictures the portal drew itself, nothing of the file runs in the browser."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from departments.models.mechanisms import Document
from departments.services.viewing import document_look
from msw_portal.kernel import scanning


@dataclass(frozen=True)
class Frame:
    """What stands around a file: (address, words) of where it belongs, and the addresses of its app."""

    crumbs: Sequence[tuple[str, Any]]
    back_url: str
    file_url: str
    page_url: Callable[[int], str]
    kind: Any
    remove_url: str = ""
    is_made: bool = False  # by the portal itself, not uploaded


def viewer(request: HttpRequest, document: Document, content: bytes, frame: Frame) -> HttpResponse:
    """The file whose `content` was just read and audited, page below page."""
    looking = document_look(document=document, content=content, by=request.user)
    pages = [
        {
            "page": one,
            "url": f"{frame.page_url(one.number)}?{urlencode({'key': looking.key})}",
        }
        for one in (looking.pages.shown if looking else ())
    ]
    return render(
        request,
        "departments/viewer.html",
        {
            "document": document,
            "frame": frame,
            "pages": pages,
            "count": looking.pages.count if looking else 0,
            "is_scanning": scanning.is_on(),
            # Another house learns what the file says, not who of ours keeps it.
            "is_ours": document.organization_id == request.user.house_id,
        },
    )
