"""Addresses of payment lists, the bank's answers and the checks after payment."""

from django.urls import path

from donations.views import payment_answers, payment_lists, verifications

app_name = "payments"

urlpatterns = [
    path("payments/", payment_lists.lists, name="lists"),
    path("payments/new/", payment_lists.list_new, name="list_new"),
    path("payments/layouts/new/", payment_lists.layout_new, name="layout_new"),
    path("payments/answers/", payment_answers.answers, name="answers"),
    path("payments/answers/book/", payment_answers.book_all, name="answers_book"),
    path("payments/answers/<uuid:uid>/fit/", payment_answers.fit, name="answer_fit"),
    path("payments/answers/<uuid:uid>/book/", payment_answers.book, name="answer_book"),
    path("payments/answers/<uuid:uid>/ignore/", payment_answers.ignore, name="answer_ignore"),
    path("payments/<uuid:uid>/", payment_lists.show, name="list"),
    path("payments/<uuid:uid>/approve/", payment_lists.approve, name="list_approve"),
    path("payments/<uuid:uid>/cancel/", payment_lists.cancel, name="list_cancel"),
    path("payments/<uuid:uid>/file/", payment_lists.file, name="list_file"),
    path("checks/", verifications.checks, name="checks"),
    path("checks/draw/", verifications.draw, name="draw"),
    path("checks/rule/", verifications.rule, name="rule"),
    path("checks/<uuid:uid>/", verifications.check, name="check"),
    path("checks/<uuid:uid>/record/", verifications.record, name="check_record"),
]
