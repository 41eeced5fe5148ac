"""Addresses of applications, for the unit and the issuer."""

from django.urls import URLPattern

app_name = "applications"
urlpatterns: list[URLPattern] = []
