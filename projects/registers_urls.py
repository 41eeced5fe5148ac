"""Addresses of registers and the coverage map."""

from django.urls import path

from projects.views import coverage, public_registers, registers

app_name = "registers"
urlpatterns = [
    path("", registers.registers, name="registers"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("matching/", coverage.matching, name="matching"),
    path("kinds/<slug:kind>/", registers.listing, name="list"),
    path("kinds/<slug:kind>/new/", registers.entry_new, name="entry_new"),
    path("parties/<uuid:uid>/remove/", registers.party_remove, name="party_remove"),
    path("links/<uuid:uid>/remove/", registers.link_remove, name="link_remove"),
    path("<uuid:uid>/", registers.entry, name="entry"),
    path("<uuid:uid>/edit/", registers.entry_edit, name="entry_edit"),
    path("<uuid:uid>/parties/new/", registers.party_new, name="party_new"),
    path("<uuid:uid>/links/new/", registers.link_new, name="link_new"),
    path("<uuid:uid>/checklist/", registers.checklist, name="checklist"),
    path("<uuid:uid>/checklist/<slug:code>/", registers.checklist_point, name="checklist_point"),
]
# For everybody, mounted at the root.
public_patterns = (
    [
        path("policies/", public_registers.policies, name="policies"),
        path("policies/<uuid:uid>/", public_registers.policy, name="policy"),
    ],
    "policies",
)
