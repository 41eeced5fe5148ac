"""Addresses of the API below /api/v1/."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from cases.api import EpisodeViewSet
from cases.api_fhir import RESOURCES, metadata
from cases.api_referrals import SentReferralViewSet

FHIR_NAMES = {"ServiceRequest": ("fhir_requests", "fhir_request")}


def fhir_paths() -> Iterator[URLPattern]:
    """As FHIR writes its addresses: without a slash at the end."""
    for name, (view, all_of, one) in RESOURCES.items():
        many, single = FHIR_NAMES[name]
        yield path(f"fhir/{name}", view.as_view(all_of), name=many)
        yield path(f"fhir/{name}/<uuid:uid>", view.as_view(one), name=single)


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
    path("fhir/metadata", metadata, name="fhir_metadata"),
    *fhir_paths(),
    # A record's number may hold a slash.
    path("episodes/<path:mrn>", EpisodeViewSet.as_view({"put": "update"}), name="episode_deliver"),
]
