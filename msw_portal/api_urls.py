"""The REST API, version 1: stays, funding requests, the token, the schema and its readable page."""

from django.urls import include, path

from departments import oauth

urlpatterns = [
    path("oauth/token/", oauth.token, name="oauth_token"),
    path("oauth/revoke/", oauth.revoke, name="oauth_revoke"),
    path("schema/", oauth.schema, name="api_schema"),
    path("docs/", oauth.docs, name="api_docs"),
    path("", include("cases.api_urls")),
    path("", include("donations.api_urls")),
]
