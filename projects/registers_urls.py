"""Addresses of surveys, registers and the coverage map."""

from django.urls import URLPattern

app_name = "registers"
urlpatterns: list[URLPattern] = []
