"""Addresses of experts, conflicts, assignment, review, notice and list."""

from django.urls import URLPattern

app_name = "experts"
urlpatterns: list[URLPattern] = []
