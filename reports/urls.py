"""Addresses of figures and reports."""

from django.urls import path

from reports.views import dashboards, rows, runs

app_name = "reports"
urlpatterns = [
    path("", dashboards.dashboard, name="dashboard"),
    path("rows/<slug:code>/", rows.rows, name="rows"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<uuid:uid>/", runs.run, name="run"),
    path("runs/<uuid:uid>/progress/", runs.run_progress, name="run_progress"),
    path("runs/<uuid:uid>/cancel/", runs.run_cancel, name="run_cancel"),
    path("runs/<uuid:uid>/<str:kind>/", runs.run_download, name="run_file"),
]
