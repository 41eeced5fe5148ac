"""Addresses of group work and community work, inside those of casework."""

from django.urls import path

from cases.views import events, satisfaction, work_figures
from cases.views.groups import listing, members, page, photos, planning, printing, sessions

urlpatterns = [
    # groups and patient associations
    path("groups/", listing.groups, name="groups"),
    path("groups/new/<slug:what>/", planning.group_new, name="group_new"),
    path("groups/blank/<slug:kind>/", printing.blank_paper, name="group_blank"),
    path("groups/<uuid:uid>/", page.group, name="group"),
    path("groups/<uuid:uid>/edit/", planning.group_edit, name="group_edit"),
    path("groups/<uuid:uid>/leaders/", planning.leaders, name="group_leaders"),
    path("groups/<uuid:uid>/submit/", planning.submit, name="group_submit"),
    path("groups/<uuid:uid>/approve/", planning.approve, name="group_approve"),
    path("groups/<uuid:uid>/return/", planning.give_back, name="group_return"),
    path("groups/<uuid:uid>/advance/", planning.advance, name="group_advance"),
    path("groups/<uuid:uid>/cancel/", planning.cancel, name="group_cancel"),
    path("groups/<uuid:uid>/summary/", sessions.summary, name="group_summary"),
    path("groups/<uuid:uid>/close/", planning.close, name="group_close"),
    path(
        "groups/<uuid:uid>/summary/return/",
        planning.return_summary,
        name="group_return_summary",
    ),
    path("groups/<uuid:uid>/paper/<slug:kind>/", printing.group_paper, name="group_paper"),
    path("groups/<uuid:uid>/members/new/", members.member_new, name="group_member_new"),
    path("groups/<uuid:uid>/members/find/", members.member_find, name="group_member_find"),
    path("groups/members/<uuid:uid>/", members.member, name="group_member"),
    path("groups/members/<uuid:uid>/amend/", members.member_amend, name="group_member_amend"),
    path("groups/members/<uuid:uid>/admit/", members.admit, name="group_member_admit"),
    path("groups/members/<uuid:uid>/decline/", members.decline, name="group_member_decline"),
    path("groups/members/<uuid:uid>/leave/", members.leave, name="group_member_leave"),
    path(
        "groups/members/<uuid:uid>/answers/<slug:code>/",
        members.answers_new,
        name="group_answers_new",
    ),
    path("groups/<uuid:uid>/sessions/new/", sessions.session_new, name="group_session_new"),
    path("groups/sessions/<uuid:uid>/", sessions.session, name="group_session"),
    path("groups/sessions/<uuid:uid>/edit/", sessions.session_edit, name="group_session_edit"),
    path("groups/sessions/<uuid:uid>/record/", sessions.session_record, name="group_record"),
    path(
        "groups/sessions/<uuid:uid>/cancel/",
        sessions.session_cancel,
        name="group_session_cancel",
    ),
    path(
        "groups/sessions/<uuid:uid>/paper/",
        printing.session_paper,
        name="group_session_paper",
    ),
    path("groups/sessions/<uuid:uid>/photos/new/", photos.photo_new, name="group_photo_new"),
    path("groups/photos/<uuid:uid>/", photos.photo_view, name="group_photo_view"),
    path("groups/photos/<uuid:uid>/file/", photos.photo, name="group_photo"),
    path(
        "groups/photos/<uuid:uid>/pages/<int:number>/",
        photos.photo_picture,
        name="group_photo_page",
    ),
    path("groups/photos/<uuid:uid>/remove/", photos.photo_end, name="group_photo_remove"),
    # satisfaction, given by people themselves
    path(
        "groups/satisfaction/<slug:what>/<uuid:uid>/",
        satisfaction.satisfaction,
        name="satisfaction",
    ),
    path(
        "groups/satisfaction/<slug:what>/<uuid:uid>/new/",
        satisfaction.satisfaction_new,
        name="satisfaction_new",
    ),
    path(
        "groups/satisfaction/<slug:what>/<uuid:uid>/end/",
        satisfaction.satisfaction_end,
        name="satisfaction_end",
    ),
    # community work and the figures of all of it
    path("events/", events.events, name="events"),
    path("events/new/", events.event_new, name="event_new"),
    path("events/figures/", work_figures.work_figures, name="work_figures"),
    path("events/figures/rows/", work_figures.work_rows, name="work_rows"),
    path("events/<uuid:uid>/", events.event, name="event"),
    path("events/<uuid:uid>/edit/", events.event_edit, name="event_edit"),
    path("events/<uuid:uid>/sign-in/", events.sign_in, name="event_sign_in"),
    path("events/<uuid:uid>/record/", events.event_record, name="event_record"),
    path("events/<uuid:uid>/summary/", events.event_summary, name="event_summary"),
    path("events/<uuid:uid>/cancel/", events.event_cancel, name="event_cancel"),
    path("events/<uuid:uid>/paper/", printing.event_paper, name="event_paper"),
]
