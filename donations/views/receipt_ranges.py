"""Ranges of receipt numbers, and many receipts as one file."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.services.documents import document_read
from departments.views.paging import page_of
from donations.forms.receipts import BatchForm, SeriesForm
from donations.goods_permissions import can_issue_receipt
from donations.models.receipts import ReceiptSeries
from donations.services import receipt_papers
from donations.services.donation_receipts import series_open
from donations.views.guards import foundation_page
from donations.views.paging import PAGE_SIZE
from donations.views.receipts import crumbs_of
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require

BOTH = require_http_methods(["GET", "POST"])


@require_safe
@foundation_page
def series(request: HttpRequest) -> HttpResponse:
    """Ranges of numbers with what is left of each."""
    rows = ReceiptSeries.objects.visible_to(request.user)
    page = page_of(request, rows, order=("-id",), size=PAGE_SIZE)
    page["rows"] = [
        {
            "code": one.code,
            "first": f"{one.first:010}",
            "last": f"{one.last:010}",
            "next": f"{one.next:010}" if one.next <= one.last else "—",
            "used": one.next - one.first,
            "left": one.last - one.next + 1,
        }
        for one in page["rows"]
    ]
    page["may_issue"] = can_issue_receipt(request.user)
    return render(request, "donations/receipt_series.html", page)


@BOTH
@foundation_page
def series_new(request: HttpRequest) -> HttpResponse:
    require(can_issue_receipt, request.user, None)
    back = reverse("receipts:series")
    return take(
        request,
        Step(
            form=SeriesForm,
            service=series_open,
            to=back,
            done=_("号段已登记。"),
            title=_("登记票据号段"),
            button=_("登记"),
            url=request.path,
            back_url=back,
            crumbs=crumbs_of((back, _("号段"))),
        ),
    )


@BOTH
@foundation_page
def batch_new(request: HttpRequest) -> HttpResponse:
    require(can_issue_receipt, request.user, None)
    back = reverse("receipts:receipts")
    return take(
        request,
        Step(
            form=BatchForm,
            service=receipt_papers.batch_ask,
            to=lambda job: reverse("receipts:batch", args=[job.uid]),
            done=_("正在打包。"),
            title=_("批量下载票据"),
            button=_("打包成 ZIP"),
            url=request.path,
            back_url=back,
            initial={"since": timezone.localdate().replace(day=1)},
            crumbs=crumbs_of(),
        ),
    )


def _batch(request: HttpRequest, uid: uuid.UUID) -> dict[str, Any]:
    job = get_object_or_404(receipt_papers.batches_of(by=request.user), uid=uid)
    return {
        "job": job,
        "is_kept": receipt_papers.batch_is_kept(job),
        "kept_until": job.done_at + receipt_papers.KEPT if job.done_at else None,
        "days": f"{job.args['since']} — {job.args['until']}",
    }


@require_safe
@foundation_page
def batch(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """How far the ZIP file is, then where to get it; asks again every two seconds."""
    part = request.headers.get("HX-Request") == "true"
    template = "donations/_receipt_batch.html" if part else "donations/receipt_batch.html"
    return render(request, template, _batch(request, uid))


@require_safe
@foundation_page
def batch_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The ZIP file, while it is kept."""
    context = _batch(request, uid)
    if not context["is_kept"]:
        raise Http404
    found = context["job"].result
    response = HttpResponse(document_read(document=found, by=request.user), content_type=found.mime)
    response["Content-Disposition"] = content_disposition_header(True, found.title)
    response["Content-Security-Policy"] = "sandbox"
    return response
