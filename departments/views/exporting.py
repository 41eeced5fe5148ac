"""The page before a list leaves the portal: how many rows, in which format, masked or not."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from departments.forms.exporting import ExportForm
from departments.permissions import can_export_in_clear, can_export_listing
from departments.services.exporting import ARCHIVE, MIMES, Exported, Listing, listing_export
from msw_portal.kernel import keyset


def export_page(
    request: HttpRequest,
    *,
    listing: Listing,
    rows: QuerySet,
    heading: Any,
    back: str,
    tabs: Sequence[dict[str, Any]] = (),
) -> HttpResponse:
    """GET: what would be taken. POST: the file; the address keeps the conditions of the list.

    `tabs` lead to other tables under the same conditions.
    """
    user = request.user
    if not can_export_listing(user, listing):
        raise Http404
    form = ExportForm(request.POST or None, may_clear=_may_clear(user, listing))
    if request.method == "POST" and form.command(
        listing_export, listing=listing, rows=rows, by=user
    ):
        return sent(form.result, heading)
    count, is_capped = keyset.capped_count(rows)
    context = {"form": form, "heading": heading, "back": back, "tabs": tabs}
    context |= {"n": count, "is_capped": is_capped}
    status = 422 if request.method == "POST" else 200
    return render(request, "departments/export.html", context, status=status)


def _may_clear(user: Any, listing: Listing) -> bool:
    models = {column.model for part in listing.clear for column in part.columns}
    return bool(models) and all(can_export_in_clear(user, model) for model in models)


def sent(made: Exported, heading: Any) -> FileResponse:
    """The file piece by piece, as a download that no browser keeps or runs."""
    mime = "application/zip" if made.suffix == ARCHIVE else MIMES[made.suffix]
    response = FileResponse(made.file, content_type=mime)
    name = f"{heading} {timezone.localdate():%Y-%m-%d}.{made.suffix}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "no-store, private"
    return response
