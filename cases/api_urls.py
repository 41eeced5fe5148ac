"""Addresses of the API below /api/v1/."""

from django.urls import path

from cases.api import EpisodeViewSet

urlpatterns = [
    # A record's number may hold a slash.
    path("episodes/<path:mrn>", EpisodeViewSet.as_view({"put": "update"}), name="episode_deliver")
]
