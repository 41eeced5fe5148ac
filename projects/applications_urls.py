"""Addresses of applications, for the unit and the issuer."""

from django.urls import path

from projects.views.applications import files, listing, page, writing

app_name = "applications"
urlpatterns = [
    path("", listing.own, name="list"),
    path("export/", listing.own_export, name="export"),
    path("new/<uuid:uid>/", writing.begin, name="begin"),
    path("invitations/", listing.invitations, name="invitations"),
    path("invitations/<uuid:uid>/", page.invitation, name="invitation"),
    path("invitations/<uuid:uid>/answer/", writing.invitation_answer, name="invitation_answer"),
    path("invitations/<uuid:uid>/end/", writing.uninvite, name="uninvite"),
    path("<uuid:uid>/", page.application, name="application"),
    path("<uuid:uid>/sections/<slug:section>/", writing.section, name="section"),
    path("<uuid:uid>/files/", files.add, name="files"),
    path("<uuid:uid>/files/<uuid:document_uid>/", files.read, name="file"),
    path("<uuid:uid>/files/<uuid:document_uid>/remove/", files.remove, name="file_remove"),
    path("<uuid:uid>/preview/", page.preview, name="preview"),
    path("<uuid:uid>/versions/<int:number>/", page.version, name="version"),
    path("<uuid:uid>/paper/", page.paper, name="paper"),
    path("<uuid:uid>/history/", page.history, name="history"),
    path("<uuid:uid>/invite/", writing.invite, name="invite"),
    path("<uuid:uid>/submit/", writing.submit, name="submit"),
    path("<uuid:uid>/resubmit/", writing.resubmit, name="resubmit"),
    path("<uuid:uid>/withdraw/", writing.withdraw, name="withdraw"),
    path("<uuid:uid>/merge/", writing.merge, name="merge"),
]
