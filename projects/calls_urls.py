"""Addresses of calls, for who issues them and who answers; the public's are apart."""

from django.urls import path

from projects.views.applications import listing as received
from projects.views.calls import files, listing, testing, writing

app_name = "calls"
urlpatterns = [
    path("", listing.calls, name="list"),
    path("new/", writing.call_new, name="new"),
    path("<uuid:uid>/", listing.call, name="call"),
    path("<uuid:uid>/edit/", writing.call_edit, name="edit"),
    path("<uuid:uid>/parts/<slug:part>/", writing.call_part, name="part"),
    path("<uuid:uid>/fields/<slug:section>/", writing.call_fields, name="fields"),
    path("<uuid:uid>/publish/", writing.call_publish, name="publish"),
    path("<uuid:uid>/amend/", writing.call_amend, name="amend"),
    path("<uuid:uid>/cancel/", writing.call_cancel, name="cancel"),
    path("<uuid:uid>/files/", files.files, name="files"),
    path("<uuid:uid>/files/<uuid:file_uid>/", files.file, name="file"),
    path("<uuid:uid>/files/<uuid:file_uid>/remove/", files.file_remove, name="file_remove"),
    path("<uuid:uid>/history/", listing.history, name="history"),
    path("<uuid:uid>/test/", testing.self_test, name="self_test"),
    path("<uuid:uid>/applications/", received.received, name="received"),
    path("<uuid:uid>/applications/export/", received.received_export, name="export"),
]
public_patterns = (
    [
        path("calls/", testing.public_list, name="list"),
        path("calls/<slug:slug>/", testing.public_call, name="page"),
        path("calls/<slug:slug>/files/<uuid:file_uid>/", files.public_file, name="file"),
    ],
    "call_public",
)
