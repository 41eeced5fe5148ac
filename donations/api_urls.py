"""Addresses of the API below /api/v1/."""

from django.urls import path

from donations.api import FundingRequestViewSet as Requests
from donations.api_awards import AwardsViewSet as Awards
from donations.api_course import RequestCourseViewSet as Course
from donations.api_money import DisbursementViewSet as Payouts
from donations.api_money import DonationViewSet as Gifts
from donations.api_money import FundViewSet as Funds
from donations.api_money import ProgrammeViewSet as Programmes
from donations.api_payments import PaymentListViewSet as PaymentLists
from donations.api_webhooks import WebhookViewSet as Webhooks

ONE = "funding-requests/<uuid:uid>/"
urlpatterns = [
    path("funding-requests/", Requests.as_view({"get": "list"}), name="funding_request_list"),
    path(ONE, Requests.as_view({"get": "retrieve"}), name="funding_request_detail"),
    path(
        f"{ONE}documents/<uuid:document_uid>/",
        Requests.as_view({"get": "document"}),
        name="funding_request_document",
    ),
    path(f"{ONE}check/", Requests.as_view({"post": "check"}), name="funding_request_check"),
    path(
        f"{ONE}request-supplement/",
        Requests.as_view({"post": "request_supplement"}),
        name="funding_request_request_supplement",
    ),
    path(f"{ONE}reject/", Requests.as_view({"post": "reject"}), name="funding_request_reject"),
    path(f"{ONE}review/", Requests.as_view({"post": "review"}), name="funding_request_review"),
    path(f"{ONE}propose/", Requests.as_view({"post": "propose"}), name="funding_request_propose"),
    path(f"{ONE}approve/", Requests.as_view({"post": "approve"}), name="funding_request_approve"),
    path(
        f"{ONE}return/",
        Requests.as_view({"post": "return_review"}),
        name="funding_request_return",
    ),
    path(
        f"{ONE}open-notice/",
        Requests.as_view({"post": "open_notice"}),
        name="funding_request_open_notice",
    ),
    path(
        f"{ONE}reconcile/",
        Requests.as_view({"post": "reconcile"}),
        name="funding_request_reconcile",
    ),
    path(f"{ONE}settle/", Requests.as_view({"post": "settle"}), name="funding_request_settle"),
    path(f"{ONE}recover/", Requests.as_view({"post": "recover"}), name="funding_request_recover"),
    path(
        f"{ONE}ask-rest/", Requests.as_view({"post": "ask_rest"}), name="funding_request_ask_rest"
    ),
    path(
        f"{ONE}release-rest/",
        Requests.as_view({"post": "release_rest"}),
        name="funding_request_release_rest",
    ),
    path(f"{ONE}close/", Requests.as_view({"post": "close"}), name="funding_request_close"),
]
urlpatterns += [
    path(
        f"{ONE}messages/",
        Course.as_view({"get": "messages", "post": "say"}),
        name="funding_request_messages",
    ),
    path(f"{ONE}timeline/", Course.as_view({"get": "timeline"}), name="funding_request_timeline"),
    path(f"{ONE}result/", Course.as_view({"get": "result"}), name="funding_request_result"),
    path("programmes/", Programmes.as_view({"get": "list"}), name="programme_list"),
    path(
        "programmes/<uuid:uid>/", Programmes.as_view({"get": "retrieve"}), name="programme_detail"
    ),
    path(
        "programmes/<uuid:uid>/versions/",
        Programmes.as_view({"get": "versions"}),
        name="programme_versions",
    ),
    path("funds/", Funds.as_view({"get": "list"}), name="fund_list"),
    path("funds/<uuid:uid>/", Funds.as_view({"get": "retrieve"}), name="fund_detail"),
    path("donations/", Gifts.as_view({"get": "list"}), name="donation_list"),
    path("donations/<uuid:uid>/", Gifts.as_view({"get": "retrieve"}), name="donation_detail"),
    path("donations/<uuid:uid>/trace/", Gifts.as_view({"get": "trace"}), name="donation_trace"),
    path("disbursements/", Payouts.as_view({"get": "list"}), name="disbursement_list"),
    path(
        "disbursements/<uuid:uid>/",
        Payouts.as_view({"get": "retrieve"}),
        name="disbursement_detail",
    ),
    path(
        "disbursements/<uuid:uid>/trace/",
        Payouts.as_view({"get": "trace"}),
        name="disbursement_trace",
    ),
    path("payment-lists/", PaymentLists.as_view({"get": "list"}), name="payment_list_list"),
    path(
        "payment-lists/<uuid:uid>/",
        PaymentLists.as_view({"get": "retrieve"}),
        name="payment_list_detail",
    ),
    path("awards/", Awards.as_view({"get": "list"}), name="award_list"),
    path("webhooks/", Webhooks.as_view({"get": "list", "post": "create"}), name="webhook_list"),
    path("webhooks/<uuid:uid>/", Webhooks.as_view({"get": "retrieve"}), name="webhook_detail"),
    path(
        "webhooks/<uuid:uid>/deliveries/",
        Webhooks.as_view({"get": "deliveries"}),
        name="webhook_deliveries",
    ),
    *(
        path(
            f"webhooks/<uuid:uid>/{verb}/",
            Webhooks.as_view({"post": verb}),
            name=f"webhook_{verb}",
        )
        for verb in ("amend", "rotate", "pause", "resume", "end", "test", "replay")
    ),
]
