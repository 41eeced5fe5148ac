"""Addresses of the privacy office."""

from django.urls import path

from departments.views.privacy import registers, retention

app_name = "privacy"
urlpatterns = [
    path("", registers.home, name="home"),
    path("retention/", retention.periods, name="retention"),
    path("lists/", retention.lists, name="lists"),
    path("lists/new/", retention.propose, name="propose"),
    path("lists/<uuid:uid>/", retention.one_list, name="one_list"),
    path("lists/<uuid:uid>/approve/", retention.approve, name="approve"),
    path("lists/<uuid:uid>/refuse/", retention.refuse, name="refuse"),
    path("lists/<uuid:uid>/withdraw/", retention.withdraw, name="withdraw"),
    path("lists/<uuid:uid>/certificate/", retention.certificate, name="certificate"),
    path("necessity/", registers.necessity_list, name="necessity"),
    path("necessity/<str:key>/", registers.necessity_word, name="necessity_word"),
    path("records/<uuid:uid>/", registers.record, name="record"),
    path("records/<uuid:uid>/edit/", registers.edit, name="edit"),
    path("records/<uuid:uid>/close/", registers.close, name="close"),
    path("records/<uuid:uid>/print/", registers.record_print, name="print"),
    path("records/<uuid:uid>/step/<slug:step>/", registers.incident_step, name="step"),
    path("records/<uuid:uid>/notice/<slug:to>/", registers.notice_print, name="notice"),
    path("registers/<slug:slug>/", registers.listing, name="list"),
    path("registers/<slug:slug>/new/", registers.new, name="new"),
]
