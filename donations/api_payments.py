"""Payment lists over the API: what was ordered from the bank and what it answered, read only, without accounts."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from departments import audit
from donations import api_filters as filters
from donations import payment_serializers as shapes
from donations.api_descriptions import query, reads
from donations.models.payments import PaymentLine, PaymentList
from donations.payment_workflow import ListState
from msw_portal.kernel.api import etag
from msw_portal.kernel.api_answers import filtered, page_answer, page_of, single

DATE = OpenApiTypes.DATE


@extend_schema_view(
    list=reads(
        "payment_lists_list",
        "money",
        "List the payment lists",
        "Scope `money:read`. Newest first, paged by cursor. Neither payees nor accounts are told.",
        shapes.PaymentListPage,
        filters=(
            query("state", "Repeat for several.", choices=ListState.values, many=True),
            query("on_from", "First day of payment.", DATE),
            query("on_to", "Last day of payment.", DATE),
        ),
        paged=True,
    ),
    retrieve=reads(
        "payment_lists_retrieve",
        "money",
        "Read a payment list with what the bank answered",
        "Scope `money:read`. Each line names its disbursement; making, approving and booking are for "
        "persons in a browser.",
        shapes.PaymentListDetail,
        one="The list.",
    ),
)
class PaymentListViewSet(viewsets.ViewSet):
    """What the client's foundation orders its bank to pay."""

    required_scopes = dict.fromkeys(("list", "retrieve"), "money:read")

    def list(self, request: Request) -> Response:
        rows = PaymentList.objects.visible_to(request.user)
        rows, used = filtered(request, rows, filters.PaymentListFilter)
        page = page_of(request, rows, order=("-id",))
        audit.record("payment_list.list", by=request.user, count=len(page.rows), filters=used)
        return page_answer(page, lambda row: shapes.PaymentListRow(row).data)

    def retrieve(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(PaymentList.objects.visible_to(request.user), uid=uid)
        lines = PaymentLine.objects.visible_to(request.user).filter(list=row)
        found = lines.select_related("disbursement__request").order_by("place")
        audit.record("payment_list.read", by=request.user, on=row)
        body = {
            **shapes.PaymentListRow(row).data,
            "lines": shapes.PaymentLineRow(found, many=True).data,
        }
        return single(body, tag=etag(row))
