"""Addresses of the calendar of disclosures, of events and of a year's ratios; part of `donations`."""

from django.urls import path

from donations.views import charity_events, charity_years, disclosures

disclosure_patterns = [
    path("disclosures/", disclosures.disclosures, name="disclosures"),
    path("disclosures/rules/", disclosures.disclosure_rules, name="disclosure_rules"),
    path("disclosures/events/", charity_events.events, name="charity_events"),
    path("disclosures/events/new/", charity_events.event_new, name="charity_event_new"),
    path("disclosures/events/<uuid:uid>/", charity_events.event, name="charity_event"),
    path(
        "disclosures/events/<uuid:uid>/void/",
        charity_events.event_take_back,
        name="charity_event_void",
    ),
    path("disclosures/years/", charity_years.years, name="charity_years"),
    path("disclosures/years/new/", charity_years.year_new, name="charity_year_new"),
    path("disclosures/years/<uuid:uid>/", charity_years.year, name="charity_year"),
    path("disclosures/years/<uuid:uid>/edit/", charity_years.year_edit, name="charity_year_edit"),
    path("disclosures/years/<uuid:uid>/settle/", charity_years.settle, name="charity_year_settle"),
    path("disclosures/<uuid:uid>/", disclosures.disclosure_item, name="disclosure_item"),
    path("disclosures/<uuid:uid>/draft/", disclosures.draft, name="disclosure_draft"),
    path("disclosures/<uuid:uid>/publish/", disclosures.publish, name="disclosure_publish"),
    path("disclosures/<uuid:uid>/correct/", disclosures.correct, name="disclosure_correct"),
    path("disclosures/<uuid:uid>/fulfil/", disclosures.fulfil, name="disclosure_fulfil"),
    path("disclosures/<uuid:uid>/drop/", disclosures.drop, name="disclosure_drop"),
]
