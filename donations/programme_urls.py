"""Addresses of aid programmes and their versions."""

from django.urls import path

from donations.views import programmes

urlpatterns = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/new/", programmes.programme_new, name="programme_new"),
    path("programmes/<uuid:uid>/", programmes.programme, name="programme"),
    path("programmes/<uuid:uid>/compare/", programmes.compare, name="programme_compare"),
    path("programmes/<uuid:uid>/versions/new/", programmes.version_new, name="version_new"),
    path("programmes/versions/<uuid:uid>/", programmes.version, name="version"),
    path("programmes/versions/<uuid:uid>/edit/", programmes.version_edit, name="version_edit"),
    path("programmes/versions/<uuid:uid>/try/", programmes.version_try, name="version_try"),
    path(
        "programmes/versions/<uuid:uid>/publish/",
        programmes.version_publish,
        name="version_publish",
    ),
]
