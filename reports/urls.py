"""Addresses of figures and reports."""

from django.urls import path

from reports.views import (
    built,
    dashboards,
    indicators,
    open_data_keeping,
    published,
    rows,
    runs,
    schedules,
)

app_name = "reports"
urlpatterns = [
    path("", dashboards.dashboard, name="dashboard"),
    path("charts/<slug:chart>.csv", dashboards.chart_csv, name="chart_csv"),
    path("indicators/", indicators.listing, name="indicators"),
    path("indicators/<slug:code>/", indicators.one, name="indicator"),
    path("built/", built.builder, name="built"),
    path("built/keep/", built.keep, name="built_keep"),
    path("built/<uuid:uid>/", built.one, name="built_one"),
    path("built/<uuid:uid>/end/", built.end, name="built_end"),
    path("built/<uuid:uid>/export/", built.export, name="built_export"),
    path("rows/<slug:code>/", rows.rows, name="rows"),
    path("open-data/", open_data_keeping.keeping, name="open_data"),
    path("open-data/choose/", open_data_keeping.choose, name="open_data_choose"),
    path("open-data/budget/", open_data_keeping.budget, name="open_data_budget"),
    path("open-data/noise/", open_data_keeping.noise, name="open_data_noise"),
    path("published/", published.listing, name="published"),
    path("published/new/", published.new, name="published_new"),
    path("published/refresh/", published.refresh, name="published_refresh"),
    path("published/<uuid:uid>/", published.one, name="published_one"),
    path("published/<uuid:uid>/withdraw/", published.withdraw, name="published_withdraw"),
    path("schedules/", schedules.schedules, name="schedules"),
    path("schedules/new/", schedules.schedule_new, name="schedule_new"),
    path("schedules/<uuid:uid>/", schedules.schedule, name="schedule"),
    path("schedules/<uuid:uid>/move/", schedules.move, name="schedule_move"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<uuid:uid>/", runs.run, name="run"),
    path("runs/<uuid:uid>/progress/", runs.run_progress, name="run_progress"),
    path("runs/<uuid:uid>/cancel/", runs.run_cancel, name="run_cancel"),
    path("runs/<uuid:uid>/retry/", runs.run_retry, name="run_retry"),
    path("runs/<uuid:uid>/<str:kind>/", runs.run_download, name="run_file"),
]
