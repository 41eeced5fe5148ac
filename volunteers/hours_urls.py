"""Addresses of hours, attendance and certificates; `public_patterns` are for anybody who holds a printed address."""

from django.urls import include, path

from volunteers.views import attendance, certificates, desks, figures, hours, my_hours

app_name = "hours"
urlpatterns = [
    path("", hours.hours, name="list"),
    path("export/", hours.export, name="export"),
    path("figures/", figures.figures, name="figures"),
    path("enter/<uuid:uid>/", hours.enter, name="enter"),
    path("mine/", my_hours.mine, name="mine"),
    path("mine/in/<uuid:uid>/", my_hours.check_in, name="check_in"),
    path("mine/out/<uuid:uid>/", my_hours.check_out, name="my_check_out"),
    path("mine/proof/", my_hours.proof_ask, name="proof_ask"),
    path("shifts/<uuid:uid>/", attendance.attendance, name="attendance"),
    path("shifts/<uuid:uid>/in/<uuid:signup>/", attendance.attend, name="attend"),
    path("posts/<uuid:uid>/code/", attendance.code, name="code"),
    path("posts/<uuid:uid>/code/new/", attendance.code_new, name="code_new"),
    path("posts/<uuid:uid>/code/print/", attendance.code_print, name="code_print"),
    path("posts/<uuid:uid>/code/end/", attendance.code_end, name="code_end"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/new/<uuid:uid>/", certificates.certificate_new, name="certificate_new"),
    path("certificates/<uuid:uid>/", certificates.certificate, name="certificate"),
    path("certificates/<uuid:uid>/paper/", certificates.certificate_file, name="certificate_file"),
    path("certificates/<uuid:uid>/void/", certificates.certificate_end, name="certificate_end"),
    path("<uuid:uid>/", hours.record, name="record"),
    path("<uuid:uid>/confirm/", hours.confirm, name="confirm"),
    path("<uuid:uid>/amend/", hours.amend, name="amend"),
    path("<uuid:uid>/ask/", hours.ask, name="ask"),
    path("<uuid:uid>/correct/", hours.correct, name="correct"),
    path("<uuid:uid>/keep/", hours.keep, name="keep"),
    path("<uuid:uid>/void/", hours.void, name="void"),
    path("<uuid:uid>/out/", hours.check_out, name="check_out"),
    path("<uuid:uid>/link/", hours.link, name="link"),
]
public = [
    path("v/<str:token>/", desks.desk, name="desk"),
    path("certificates/<str:token>/", certificates.check, name="certificate"),
]
public_patterns = [path("", include((public, "hours_public")))]
