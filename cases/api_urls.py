"""Addresses of the API below /api/v1/."""

from django.urls import path

from cases.api import EpisodeViewSet
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
    # A record's number may hold a slash.
    path("episodes/<path:mrn>", EpisodeViewSet.as_view({"put": "update"}), name="episode_deliver"),
]
