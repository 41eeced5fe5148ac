"""Addresses of projects, their cultivation and incubation."""

from django.urls import URLPattern

app_name = "projects"
urlpatterns: list[URLPattern] = []
