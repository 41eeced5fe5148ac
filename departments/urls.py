"""Addresses of the doors: signing in, roles, the workbench, people and places, the audit."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, register_converter
from django.urls.converters import SlugConverter
from django.views.i18n import set_language

from departments import admin as _registers  # noqa: F401  fills the admin site
from departments.middleware import outside_scope
from departments.views import (
    api_clients,
    calendars,
    department_file,
    directory,
    drafts,
    imports,
    learning,
    learning_papers,
    list_box,
    people,
    places,
    registers,
    roles,
    search,
    setting_up,
    signing,
    staff,
    staff_papers,
    trail,
    workbench,
)
from departments.views.census import desk as census_desk
from departments.views.census import figures as census_figures
from departments.views.census import returns as census
from departments.views.consoles import auditing, checking, keeping, security, system


class FormName(SlugConverter):
    """The name of a form with a draft: a slug that may have a dot, as long as its column."""

    regex = r"[-a-zA-Z0-9_.]{1,60}"


register_converter(FormName, "form")

pages = [
    path("start/", roles.start, name="start"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("role/", roles.choose_role, name="choose_role"),
    path("role/<uuid:membership>/", roles.take_role, name="take_role"),
    path("account/password/", signing.password, name="password"),
    path("account/second-factor/", signing.own_second_factor, name="second_factor"),
    path("account/second-factor/codes/", signing.renew_codes, name="renew_codes"),
    path("account/calendar/", calendars.calendar, name="calendar"),
    path("account/calendar/new/", calendars.calendar_new, name="calendar_new"),
    path("account/calendar/end/", calendars.calendar_end, name="calendar_end"),
    path("calendar/<str:token>.ics", calendars.calendar_feed, name="calendar_feed"),
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/tasks/", workbench.panel_tasks, name="panel_tasks"),
    path("notifications/", workbench.notifications, name="notifications"),
    path("notifications/read/", workbench.notifications_read, name="notifications_read"),
    path(
        "notifications/settings/",
        workbench.notification_settings,
        name="notification_settings",
    ),
    path("views/", list_box.view_keep, name="view_keep"),
    path("views/<uuid:uid>/drop/", list_box.view_drop, name="view_drop"),
    path("drafts/<form:form>/", drafts.draft, name="draft"),
    path("drafts/<form:form>/<uuid:subject>/", drafts.draft, name="draft"),
    path("drafts/<form:form>/drop/", drafts.discard, name="draft_discard"),
    path("drafts/<form:form>/<uuid:subject>/drop/", drafts.discard, name="draft_discard"),
    path("organizations/", places.organizations, name="organizations"),
    path("organizations/new/", registers.organization_new, name="organization_new"),
    path("organizations/regions/", registers.regions, name="regions"),
    path("organizations/staffing/", registers.staffing, name="staffing_region"),
    path("organizations/regions/suggest/", registers.regions_suggest, name="regions_suggest"),
    path("organizations/suggest/", registers.organizations_suggest, name="organizations_suggest"),
    path("organizations/<uuid:uid>/", places.organization, name="organization"),
    path(
        "organizations/<uuid:uid>/change/",
        registers.organization_change,
        name="organization_change",
    ),
    *(
        path(
            f"organizations/<uuid:uid>/{part}/",
            registers.organization_part,
            {"part": part},
            name=f"organization_{part}",
        )
        for part in ("rename", "name", "link", "credential")
    ),
    *(
        path(
            f"organizations/<uuid:uid>/{part}/<int:pk>/drop/",
            registers.organization_part_drop,
            {"part": part},
            name=f"organization_{part}_drop",
        )
        for part in ("name", "link", "credential")
    ),
    path(
        "organizations/<uuid:uid>/link/<int:pk>/end/",
        registers.organization_link_end,
        name="organization_link_end",
    ),
    path(
        "organizations/<uuid:uid>/departments/new/",
        registers.department_new,
        name="department_new",
    ),
    path("organizations/<uuid:uid>/stations/new/", registers.station_new, name="station_new"),
    path("stations/", places.stations, name="stations"),
    path("stations/suggest/", registers.stations_suggest, name="stations_suggest"),
    path("departments/", setting_up.departments, name="departments"),
    path("departments/wards/", setting_up.wards, name="wards"),
    path("departments/<uuid:uid>/", setting_up.department, name="department"),
    path("departments/<uuid:uid>/end/", setting_up.department_end, name="department_end"),
    path(
        "departments/<uuid:uid>/rename/",
        department_file.department_rename,
        name="department_rename",
    ),
    path(
        "departments/<uuid:uid>/predecessors/new/",
        department_file.predecessor_new,
        name="predecessor_new",
    ),
    path("departments/<uuid:uid>/years/", department_file.department_year, name="department_year"),
    path(
        "departments/<uuid:uid>/practice/new/",
        department_file.practice_base_new,
        name="practice_base_new",
    ),
    path("practice/<uuid:uid>/", department_file.practice_base, name="practice_base"),
    path(
        "practice/placements/<uuid:uid>/drop/",
        department_file.placement_drop,
        name="placement_drop",
    ),
    path("people/", people.staff, name="staff"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:uid>/", people.membership, name="membership"),
    path("people/<uuid:uid>/code/", people.issue_code, name="issue_code"),
    path("people/<uuid:uid>/end/", people.end, name="membership_end"),
    path("people/<uuid:uid>/give/", people.give, name="membership_give"),
    path("staff/", staff.profiles, name="profiles"),
    path("staff/new/", staff.profile_new, name="profile_new"),
    path("staff/staffing/", staff.staffing, name="staffing"),
    path("staff/<uuid:uid>/", staff.profile, name="profile"),
    path("staff/<uuid:uid>/change/", staff.profile_change, name="profile_change"),
    path("staff/<uuid:uid>/end/", staff.profile_end, name="profile_end"),
    path("staff/<uuid:uid>/credentials/<slug:kind>/", staff.credential_new, name="credential_new"),
    path("staff/credentials/<uuid:uid>/void/", staff.credential_void, name="credential_void"),
    path("staff/credentials/<uuid:uid>/scan/", staff_papers.paper_new, name="credential_paper_new"),
    path("staff/scans/<uuid:uid>/", staff_papers.paper, name="credential_paper"),
    path("staff/scans/<uuid:uid>/file/", staff_papers.paper_file, name="credential_paper_file"),
    path(
        "staff/scans/<uuid:uid>/pages/<int:number>/",
        staff_papers.paper_page,
        name="credential_paper_page",
    ),
    path(
        "staff/scans/<uuid:uid>/remove/", staff_papers.paper_remove, name="credential_paper_remove"
    ),
    path("learning/", learning.learning, name="learning"),
    path("learning/own/", staff.own, name="own"),
    path("learning/figures/", learning.learning_figures, name="learning_figures"),
    path("learning/new/<slug:kind>/", learning.learning_new, name="learning_new"),
    path("learning/<uuid:uid>/", learning.learning_event, name="learning_event"),
    path("learning/<uuid:uid>/change/", learning.learning_change, name="learning_change"),
    path("learning/<uuid:uid>/record/", learning.learning_hold, name="learning_hold"),
    path("learning/<uuid:uid>/cancel/", learning.learning_cancel, name="learning_cancel"),
    path("learning/<uuid:uid>/join/", learning.learning_join, name="learning_join"),
    path("learning/<uuid:uid>/leave/", learning.learning_leave, name="learning_leave"),
    path(
        "learning/<uuid:uid>/actions/<slug:key>/",
        learning.learning_action_done,
        name="learning_action_done",
    ),
    path(
        "learning/<uuid:uid>/material/",
        learning_papers.material_new,
        name="learning_material_new",
    ),
    path("learning/material/<uuid:uid>/", learning_papers.material, name="learning_material"),
    *(
        path(f"learning/material/<uuid:uid>/{tail}", view, name=f"learning_material_{name}")
        for tail, view, name in (
            ("file/", learning_papers.material_file, "file"),
            ("pages/<int:number>/", learning_papers.material_page, "page"),
            ("remove/", learning_papers.material_remove, "remove"),
        )
    ),
    path("learning/attendances/<uuid:uid>/sign/", learning.learning_sign, name="learning_sign"),
    path(
        "learning/attendances/<uuid:uid>/certificate/",
        learning_papers.certificate,
        name="learning_certificate",
    ),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/<slug:kind>/", imports.import_new, name="import_new"),
    path("imports/template/<slug:kind>/", imports.import_template, name="import_template"),
    path("imports/<uuid:uid>/", imports.import_page, name="import"),
    path("imports/<uuid:uid>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<uuid:uid>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<uuid:uid>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<uuid:uid>/resume/", imports.import_resume, name="import_resume"),
    path("imports/<uuid:uid>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<uuid:uid>/refused/", imports.import_refused, name="import_refused"),
    path("clients/", api_clients.api_clients, name="api_clients"),
    path("clients/new/", api_clients.api_client_new, name="api_client_new"),
    path("clients/<uuid:uid>/secret/", api_clients.rotate, name="api_client_rotate"),
    path("clients/<uuid:uid>/end/", api_clients.end, name="api_client_end"),
    path("people/<uuid:uid>/unlock/", keeping.account_unlock, name="account_unlock"),
    path(
        "people/<uuid:uid>/second-factor/", keeping.second_factor_reset, name="second_factor_reset"
    ),
    path("people/<uuid:uid>/sessions/", keeping.sessions_end, name="sessions_end"),
    path("people/<uuid:uid>/directory/", keeping.directory_use, name="directory_use"),
    path("people/<uuid:uid>/directory/end/", keeping.directory_leave, name="directory_leave"),
    path("census/", census.returns, name="census"),
    path("census/new/", census.new, name="census_new"),
    path("census/desk/", census_desk.desk, name="census_desk"),
    path("census/desk/export/", census_desk.desk_export, name="census_desk_export"),
    path("census/desk/freeze/", census_desk.freeze, name="census_freeze"),
    path("census/desk/remind/", census_desk.remind, name="census_remind"),
    path("census/figures/", census_figures.figures, name="census_figures"),
    path("census/figures/sheet/", census_figures.sheet, name="census_sheet"),
    path("census/figures/rows/<slug:measure>/", census_figures.rows, name="census_rows"),
    path("census/published/", census_figures.published_values, name="census_published"),
    path("census/published/<uuid:uid>/withdraw/", census_figures.withdraw, name="census_withdraw"),
    path("census/<uuid:uid>/", census.page, name="census_return"),
    path("census/<uuid:uid>/edit/", census.edit, name="census_edit"),
    path("census/<uuid:uid>/row/", census.row, name="census_row"),
    path("census/<uuid:uid>/submit/", census.submit, name="census_submit"),
    path("census/<uuid:uid>/discard/", census.discard, name="census_discard"),
    path("census/<uuid:uid>/recall/", census.recall, name="census_recall"),
    path("census/<uuid:uid>/correct/", census.correct, name="census_correct"),
    path("census/<uuid:uid>/accept/", census.accept, name="census_accept"),
    path("census/<uuid:uid>/return/", census.send_back, name="census_send_back"),
    path("census/<uuid:uid>/export/", census_desk.export, name="census_export"),
    path("console/security/", security.home, name="console_security"),
    path("console/security/settings/", security.settings, name="console_security_settings"),
    path("console/security/export/", security.export, name="accounts_export"),
    path("console/security/reviews/", security.review_list, name="reviews"),
    path("console/security/reviews/<uuid:uid>/", security.review, name="review"),
    path("console/system/", system.home, name="console_system"),
    path("console/system/passwords/", system.policy, name="console_policy"),
    path("console/system/rules/", system.rules, name="console_rules"),
    path("console/system/rules/<int:pk>/end/", system.rule_end, name="console_rule_end"),
    path("console/system/codes/", system.schemes, name="console_schemes"),
    path("console/system/codes/<slug:scheme>/", system.codes, name="console_codes"),
    path("console/system/code/<int:pk>/", system.code, name="console_code"),
    path("console/system/holidays/", system.holidays, name="console_holidays"),
    path("console/system/queue/", system.queue, name="console_queue"),
    path("console/system/queue/retry/", system.queue_retry, name="console_queue_retry"),
    path("console/system/schedule/", system.schedule, name="console_schedule"),
    path("console/system/mail/", system.mail, name="console_mail"),
    path("console/self-check/", checking.page, name="self_check"),
    path("audit/events/", auditing.events, name="audit_events"),
    path("audit/alarms/<uuid:uid>/", auditing.alarm, name="audit_alarm"),
    path("audit/jobs/", auditing.jobs, name="audit_jobs"),
    path("audit/jobs/<uuid:uid>/", auditing.job, name="audit_job"),
    path("audit/jobs/<uuid:uid>/progress/", auditing.job_progress, name="audit_job_progress"),
    path("audit/jobs/<uuid:uid>/file/", auditing.job_file, name="audit_job_file"),
    path("audit/export/", auditing.export, name="audit_export"),
    path("audit/", trail.entries, name="audit"),
]

urlpatterns = [
    path("", roles.home, name="home"),
    path("sign-in/", signing.sign_in, name="account_login"),
    path("sign-in/second-factor/", signing.second_factor_step, name="mfa_authenticate"),
    path("sign-in/directory/", directory.begin, name="directory_begin"),
    path("sign-in/directory/answer/", directory.answer, name="directory_answer"),
    path("sign-in/forgotten/", signing.forgotten, name="forgotten"),
    path("sign-out/", signing.sign_out, name="account_logout"),
    path("language/", outside_scope(login_not_required(set_language)), name="set_language"),
    path("", include((pages, "departments"))),
]
