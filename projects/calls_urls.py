"""Addresses of calls, for who issues them and who answers."""

from django.urls import URLPattern

app_name = "calls"
urlpatterns: list[URLPattern] = []
