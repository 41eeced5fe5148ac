"""The addresses of the volunteers' work; a new one needs a row in tests/access_matrix.toml."""

from django.urls import path

from volunteers.views import guardians, joining, own, people, shifts

app_name = "volunteers"
urlpatterns = [
    path("", people.volunteers, name="list"),
    path("poster/", joining.poster, name="poster"),
    path("poster/new/", joining.poster_make, name="poster_make"),
    path("poster/end/", joining.poster_end, name="poster_end"),
    path("poster/print/", joining.poster_print, name="poster_print"),
    path("new/", people.volunteer_new, name="volunteer_new"),
    path("posts/", shifts.posts, name="posts"),
    path("posts/new/", shifts.post_new, name="post_new"),
    path("posts/<uuid:uid>/", shifts.post, name="post"),
    path("posts/<uuid:uid>/edit/", shifts.post_edit, name="post_edit"),
    path("posts/<uuid:uid>/shifts/new/", shifts.shift_new, name="shift_new"),
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/<uuid:uid>/", shifts.shift, name="shift"),
    path("shifts/<uuid:uid>/edit/", shifts.shift_edit, name="shift_edit"),
    path("shifts/<uuid:uid>/cancel/", shifts.shift_cancel, name="shift_cancel"),
    path("shifts/<uuid:uid>/add/", shifts.signup_add, name="signup_add"),
    path("signups/<uuid:uid>/cancel/", shifts.signup_cancel, name="signup_cancel"),
    path("signups/<uuid:uid>/miss/", shifts.signup_miss, name="signup_miss"),
    path("facts/<uuid:uid>/void/", people.fact_void, name="fact_void"),
    path("mine/", own.mine, name="mine"),
    path("mine/posts/", own.posts, name="own_posts"),
    path("mine/posts/<uuid:uid>/", own.post, name="own_post"),
    path("mine/shifts/<uuid:uid>/", own.sign_up, name="own_sign_up"),
    path("mine/signups/<uuid:uid>/cancel/", own.cancel, name="own_cancel"),
    path("mine/profile/", own.profile, name="profile"),
    path("<uuid:uid>/", people.volunteer, name="volunteer"),
    path("<uuid:uid>/edit/", people.volunteer_edit, name="volunteer_edit"),
    path("<uuid:uid>/reveal/", people.reveal, name="reveal"),
    path("<uuid:uid>/account/", people.account, name="account"),
    path("<uuid:uid>/guardian/", people.guardian, name="guardian"),
    path("<uuid:uid>/guardian/paper/", guardians.paper, name="guardian_paper"),
    path("<uuid:uid>/guardian/paper/file/", guardians.file, name="guardian_file"),
    path("<uuid:uid>/guardian/paper/pages/<int:number>/", guardians.page, name="guardian_page"),
    path("<uuid:uid>/facts/<slug:kind>/new/", people.fact_new, name="fact_new"),
    path("<uuid:uid>/steps/<slug:step>/", people.step, name="step"),
]
door_patterns = ([path("join/<str:token>/", joining.join, name="join")], "joining")
