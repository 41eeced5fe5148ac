"""Addresses of the API below /api/v1/."""

from django.urls import path

from donations.api import FundingRequestViewSet as Requests

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
]
