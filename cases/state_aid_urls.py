"""Addresses of state aid, below those of casework."""

from django.urls import path

from cases.views import state_aid

urlpatterns = [
    path("state-aid/", state_aid.state_aids, name="state_aids"),
    path("state-aid/export/", state_aid.export, name="state_aids_export"),
    path("state-aid/<uuid:uid>/", state_aid.state_aid, name="state_aid"),
    path("state-aid/<uuid:uid>/edit/", state_aid.state_aid_edit, name="state_aid_edit"),
    path("state-aid/<uuid:uid>/<slug:step>/", state_aid.state_aid_step, name="state_aid_step"),
    path("<uuid:uid>/state-aid/", state_aid.panel, name="state_aid_panel"),
    path("<uuid:uid>/state-aid/new/", state_aid.state_aid_new, name="state_aid_new"),
]
