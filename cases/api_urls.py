"""Addresses of the API below /api/v1/."""

from django.urls import path

from cases.api import EpisodeViewSet
from cases.api_fhir import ServiceRequestViewSet
from cases.api_referrals import SentReferralViewSet

urlpatterns = [
    path(
        "referrals/",
        SentReferralViewSet.as_view({"get": "list", "post": "create"}),
        name="sent_referrals",
    ),
    path(
        "referrals/<uuid:uid>/",
        SentReferralViewSet.as_view({"get": "retrieve"}),
        name="sent_referral",
    ),
    # As FHIR writes its addresses: without a slash at the end.
    path(
        "fhir/ServiceRequest",
        ServiceRequestViewSet.as_view({"post": "create"}),
        name="fhir_requests",
    ),
    path(
        "fhir/ServiceRequest/<uuid:uid>",
        ServiceRequestViewSet.as_view({"get": "retrieve"}),
        name="fhir_request",
    ),
    # A record's number may hold a slash.
    path("episodes/<path:mrn>", EpisodeViewSet.as_view({"put": "update"}), name="episode_deliver"),
]
