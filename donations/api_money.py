"""Programmes and money over the API: what the foundation's own books and programmes say, read only."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from departments import audit
from donations import api_filters as filters
from donations import reading_serializers as shapes
from donations.api_descriptions import query, reads
from donations.models.giving import Donation, Fund
from donations.models.payout import Disbursement
from donations.models.programmes import Programme
from donations.services.holdings import (
    funds_with_balances,
    programmes_with_versions,
    purposes_of,
)
from donations.services.tracing import payers_of_disbursement, trace_of_donation
from donations.workflow import DisbursementState, DonationState
from msw_portal.kernel.api import etag
from msw_portal.kernel.api_answers import filtered, page_answer, page_of, single

DATE, UID = OpenApiTypes.DATE, OpenApiTypes.UUID


@extend_schema_view(
    list=reads(
        "programmes_list",
        "programmes",
        "List the foundation's programmes",
        "Scope `funding:read`. By id, paged by cursor.",
        shapes.ProgrammePage,
        filters=(
            query("state", "Of the programme.", choices=Programme.State.values),
            query("fund", "uid of a fund.", UID),
        ),
        paged=True,
    ),
    retrieve=reads(
        "programmes_retrieve",
        "programmes",
        "Read a programme with the version in force",
        "Scope `funding:read`. Conditions as text and as rule, benefits with their amounts, papers, stages, "
        "caps and days.",
        shapes.ProgrammeDetail,
        one="The programme.",
    ),
    versions=reads(
        "programmes_versions",
        "programmes",
        "List every version of a programme",
        "Scope `funding:read`. The newest first; `published_at` is null on a draft.",
        shapes.VersionsBody,
        one="The programme.",
    ),
)
class ProgrammeViewSet(viewsets.ViewSet):
    """The aid programmes of the client's foundation."""

    required_scopes = dict.fromkeys(("list", "retrieve", "versions"), "funding:read")

    def list(self, request: Request) -> Response:
        rows = programmes_with_versions(request.user)
        rows, used = filtered(request, rows, filters.ProgrammeFilter)
        page = page_of(request, rows, order=("id",))
        audit.record("programme.list", by=request.user, count=len(page.rows), filters=used)
        return page_answer(page, lambda row: shapes.ProgrammeRow(row).data)

    def retrieve(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(programmes_with_versions(request.user), uid=uid)
        audit.record("programme.read", by=request.user, on=row)
        return single(shapes.ProgrammeDetail(row).data)

    @action(detail=True, methods=["get"])
    def versions(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(programmes_with_versions(request.user), uid=uid)
        audit.record("programme.read", by=request.user, on=row)
        return single({"items": shapes.VersionRow(row.own_versions, many=True).data})


@extend_schema_view(
    list=reads(
        "funds_list",
        "money",
        "List the funds and what they hold",
        "Scope `money:read`. By number, paged by cursor; balances as the ledger stands now.",
        shapes.FundPage,
        filters=(
            query("state", "Of the fund.", choices=Fund.State.values),
            query("kind", "Of the fund.", choices=Fund.Kind.values),
        ),
        paged=True,
    ),
    retrieve=reads(
        "funds_retrieve",
        "money",
        "Read a fund with its balances by purpose",
        "Scope `money:read`.",
        shapes.FundDetail,
        one="The fund.",
    ),
)
class FundViewSet(viewsets.ViewSet):
    """The funds of the client's foundation and their balances."""

    required_scopes = dict.fromkeys(("list", "retrieve"), "money:read")

    def list(self, request: Request) -> Response:
        rows, used = filtered(request, funds_with_balances(request.user), filters.FundFilter)
        page = page_of(request, rows, order=("number",))
        audit.record("fund.list", by=request.user, count=len(page.rows), filters=used)
        return page_answer(page, lambda row: shapes.FundRow(row).data)

    def retrieve(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(funds_with_balances(request.user), uid=uid)
        row_purposes = shapes.PurposeBalance(purposes_of(row, request.user), many=True).data
        audit.record("fund.read", by=request.user, on=row)
        return single({**shapes.FundRow(row).data, "purposes": row_purposes})


@extend_schema_view(
    list=reads(
        "donations_list",
        "money",
        "List the gifts",
        "Scope `money:read`. Newest first, paged by cursor; the donor as the house's lists show him, masked.",
        shapes.DonationPage,
        filters=(
            query("state", "Repeat for several.", choices=DonationState.values, many=True),
            query("fund", "uid of a fund.", UID),
            query("received_from", "First day.", DATE),
            query("received_to", "Last day.", DATE),
            query("number", "The whole number."),
        ),
        paged=True,
    ),
    retrieve=reads(
        "donations_retrieve",
        "money",
        "Read a gift",
        "Scope `money:read`.",
        shapes.DonationRow,
        one="The gift.",
    ),
    trace=reads(
        "donations_trace",
        "money",
        "Follow a gift to what it paid",
        "Scope `money:read`. What is still available, promised and paid of it, and for which requests, by "
        "the lots of the ledger.",
        shapes.TraceBody,
        one="The gift.",
    ),
)
class DonationViewSet(viewsets.ViewSet):
    """Gifts to the client's foundation and their traces."""

    required_scopes = dict.fromkeys(("list", "retrieve", "trace"), "money:read")

    def list(self, request: Request) -> Response:
        rows, used = filtered(request, _gifts(request), filters.DonationFilter)
        page = page_of(request, rows, order=("-id",))
        audit.record("donation.list", by=request.user, count=len(page.rows), filters=used)
        return page_answer(page, lambda row: shapes.DonationRow(row).data)

    def retrieve(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(_gifts(request), uid=uid)
        audit.record("donation.read", by=request.user, on=row)
        return single(shapes.DonationRow(row).data)

    @action(detail=True, methods=["get"])
    def trace(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(_gifts(request), uid=uid)
        found = trace_of_donation(donation=row, by=request.user)
        audit.record("donation.trace", by=request.user, on=row)
        return single(shapes.TraceBody(found).data)


@extend_schema_view(
    list=reads(
        "disbursements_list",
        "money",
        "List the payouts",
        "Scope `money:read`. Newest first, paged by cursor. Neither payee nor account is told.",
        shapes.PayoutPage,
        filters=(
            query("state", "Repeat for several.", choices=DisbursementState.values, many=True),
            query("funding_request", "uid of a request.", UID),
            query("hospital", "uid of the hospital.", UID),
            query("released_from", "First day, Asia/Shanghai.", DATE),
            query("released_to", "Last day, Asia/Shanghai.", DATE),
        ),
        paged=True,
    ),
    retrieve=reads(
        "disbursements_retrieve",
        "money",
        "Read a payout",
        "Scope `money:read`. Preparing and releasing are for persons in a browser.",
        shapes.PayoutRow,
        one="The payout.",
    ),
    trace=reads(
        "disbursements_trace",
        "money",
        "Follow a payout to the gifts that paid it",
        "Scope `money:read`. Gifts by number, never the donors.",
        shapes.PayersBody,
        one="The payout.",
    ),
)
class DisbursementViewSet(viewsets.ViewSet):
    """What the client's foundation pays, instalment by instalment."""

    required_scopes = dict.fromkeys(("list", "retrieve", "trace"), "money:read")

    def list(self, request: Request) -> Response:
        rows, used = filtered(request, _payouts(request), filters.DisbursementFilter)
        page = page_of(request, rows, order=("-id",))
        audit.record("disbursement.list", by=request.user, count=len(page.rows), filters=used)
        return page_answer(page, lambda row: shapes.PayoutRow(row).data)

    def retrieve(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(_payouts(request), uid=uid)
        audit.record("disbursement.read", by=request.user, on=row)
        return single(shapes.PayoutRow(row).data, tag=etag(row))

    @action(detail=True, methods=["get"])
    def trace(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(_payouts(request), uid=uid)
        found = payers_of_disbursement(disbursement=row, by=request.user)
        audit.record("disbursement.trace", by=request.user, on=row)
        return single(shapes.PayersBody({"payers": found}).data)


def _gifts(request: Request):
    rows = Donation.objects.visible_to(request.user)
    return rows.select_related("fund", "purpose", "donor")


def _payouts(request: Request):
    rows = Disbursement.objects.visible_to(request.user)
    return rows.select_related("request", "organization")
