"""Every address of the portal; a new one needs a row in tests/access_matrix.toml."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from cases.urls import console_patterns, door_patterns
from donations.books_urls import gift_patterns
from donations.charity_urls import public_patterns as campaign_patterns
from donations.lane_urls import public_patterns as lane_patterns
from donations.receipts_urls import public_patterns as receipt_patterns
from donations.urls import objection_patterns
from msw_portal import gallery, health, metrics
from projects.calls_urls import public_patterns as call_patterns
from projects.registers_urls import public_patterns as register_patterns
from projects.surveys_urls import public_patterns as sheet_patterns
from reports.open_data_urls import public_patterns as figure_patterns
from volunteers.hours_urls import public_patterns as hours_patterns
from volunteers.urls import door_patterns as volunteer_doors

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", include("msw_portal.api_urls")),
    path("", include("departments.urls")),
    path("", include(figure_patterns)),
    path("public/", include("departments.public_urls")),
    path("", include(door_patterns)),
    path("", include(hours_patterns)),
    path("", include(campaign_patterns)),
    path("", include(lane_patterns)),
    path("console/system/", include(console_patterns)),
    path("privacy/", include("departments.privacy_urls")),
    path("cases/", include("cases.urls")),
    path("volunteers/hours/", include("volunteers.hours_urls")),
    path("", include(volunteer_doors)),
    path("volunteers/", include("volunteers.urls")),
    path("", include(call_patterns)),
    path("projects/calls/", include("projects.calls_urls")),
    path("projects/applications/", include("projects.applications_urls")),
    path("projects/experts/", include("projects.experts_urls")),
    path("projects/registers/", include("projects.registers_urls")),
    path("projects/surveys/", include("projects.surveys_urls")),
    path("", include(sheet_patterns)),
    path("", include(register_patterns)),
    path("projects/", include("projects.cultivation_urls")),
    path("funding/goods/", include("donations.goods_urls")),
    path("funding/receipts/", include("donations.receipts_urls")),
    path("", include(receipt_patterns)),
    path("objections/", include(objection_patterns)),
    path("funding/", include("donations.urls")),
    path("funding/", include("donations.books_urls")),
    path("funding/", include("donations.payment_urls")),
    path("", include(gift_patterns)),
    path("reports/", include("reports.urls")),
    path("internal/components/", gallery.gallery, name="gallery"),
    path(settings.ADMIN_ADDRESS, admin.site.urls),
]
handler400 = "msw_portal.errors.bad_request"
handler403 = "msw_portal.errors.forbidden"
handler404 = "msw_portal.errors.not_found"
handler500 = "msw_portal.errors.server_error"
