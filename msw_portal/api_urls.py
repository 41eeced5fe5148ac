"""The REST API, version 1: stays, funding requests, money, webhooks, the token, the schema and its readable page."""

from django.urls import include, path

from departments import oauth
from departments.api import MeViewSet

urlpatterns = [
    path("oauth/token/", oauth.token, name="oauth_token"),
    path("oauth/revoke/", oauth.revoke, name="oauth_revoke"),
    path("me/", MeViewSet.as_view({"get": "retrieve"}), name="api_me"),
    path("schema/", oauth.schema, name="api_schema"),
    path("docs/", oauth.docs, name="api_docs"),
    path("", include("cases.api_urls")),
    path("", include("donations.api_urls")),
]
