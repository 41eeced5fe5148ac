"""Addresses of the money side: the asking hospital's pages, then the foundation's; each is 404 to the other."""

from django.urls import path

from donations import charity_urls
from donations.disclosure_urls import disclosure_patterns
from donations.views import (
    asking,
    awards,
    board,
    deciding,
    files,
    funds,
    giving,
    histories,
    noticing,
    objecting,
    opining,
    own,
    payouts,
    reviewing,
    settling,
    speaking,
    webhooks,
)

app_name = "donations"

urlpatterns = [
    # the asking side
    path("requests/", own.requests, name="requests"),
    path("requests/export/", own.requests_export, name="requests_export"),
    path("panels/case/<uuid:uid>/", own.case_panel, name="case_panel"),
    path("panels/requests/", own.panel_requests, name="panel_requests"),
    path("requests/new/<uuid:uid>/", asking.request_new, name="request_new"),
    path("requests/<uuid:uid>/", own.show, name="request"),
    path("requests/<uuid:uid>/edit/", asking.edit, name="request_edit"),
    path("requests/<uuid:uid>/sum/", asking.request_sum, name="request_sum"),
    path("requests/<uuid:uid>/documents/", asking.request_document, name="request_document"),
    path("requests/<uuid:uid>/submit/", asking.submit, name="request_submit"),
    path("requests/<uuid:uid>/supplement/", asking.supplement, name="request_supplement"),
    path("requests/<uuid:uid>/assess/", opining.assess, name="request_assess"),
    path("requests/<uuid:uid>/opine/", opining.opine, name="request_opine"),
    path("requests/<uuid:uid>/invoice/", settling.invoice, name="request_invoice"),
    path("requests/<uuid:uid>/revisit/", settling.revisit, name="request_revisit"),
    path("requests/<uuid:uid>/death/", settling.death, name="request_death"),
    path("requests/<uuid:uid>/notice/", noticing.allow, name="request_notice"),
    path("requests/<uuid:uid>/withdraw/", asking.withdraw, name="request_withdraw"),
    path("requests/<uuid:uid>/resume/", asking.resume, name="request_resume"),
    path("requests/<uuid:uid>/identity/", asking.identity, name="request_identity"),
    path("requests/<uuid:uid>/messages/", speaking.request_say, name="request_say"),
    path("requests/<uuid:uid>/history/", histories.request_history, name="request_history"),
    path("disbursements/<uuid:uid>/confirm/", payouts.confirm, name="disbursement_confirm"),
    # both sides, each its own file
    path("documents/<uuid:uid>/", files.document, name="document"),
    path("documents/<uuid:uid>/view/", files.document_view, name="document_view"),
    path("documents/<uuid:uid>/pages/<int:number>/", files.document_picture, name="document_page"),
    # the foundation: requests
    path("board/", board.board, name="board"),
    path("board/export/", board.board_export, name="board_export"),
    path("review/<uuid:uid>/", reviewing.review, name="review"),
    path("review/<uuid:uid>/check/", reviewing.check, name="check"),
    path("review/<uuid:uid>/ask-supplement/", reviewing.ask_supplement, name="ask_supplement"),
    path(
        "review/<uuid:uid>/reject-ineligible/",
        reviewing.reject_ineligible,
        name="reject_ineligible",
    ),
    path("review/<uuid:uid>/reject/", reviewing.reject, name="reject"),
    path("review/<uuid:uid>/opinion/", reviewing.review_act, name="review_act"),
    path("review/<uuid:uid>/return/", deciding.return_review, name="return_review"),
    path("review/<uuid:uid>/decide/", deciding.decide, name="decide"),
    path("review/<uuid:uid>/open-notice/", noticing.open_notice, name="open_notice"),
    path("objections/<uuid:uid>/", noticing.objection, name="objection"),
    path("review/<uuid:uid>/propose/", reviewing.propose, name="propose"),
    path("review/<uuid:uid>/approve/", reviewing.approve, name="approve"),
    path("review/<uuid:uid>/reconcile/", settling.reconcile, name="reconcile"),
    path("review/<uuid:uid>/close/", settling.close, name="close"),
    path("review/<uuid:uid>/settle/", settling.settle, name="settle"),
    path("review/<uuid:uid>/recover/", settling.recover, name="recover"),
    path("review/<uuid:uid>/prepare/", payouts.prepare, name="prepare"),
    path("review/<uuid:uid>/messages/", speaking.review_say, name="review_say"),
    path("review/<uuid:uid>/history/", histories.review_history, name="review_history"),
    # the foundation: money
    path("disbursements/", payouts.disbursements, name="disbursements"),
    path("disbursements/<uuid:uid>/release/", payouts.release, name="release"),
    path("disbursements/<uuid:uid>/cancel/", payouts.cancel, name="disbursement_cancel"),
    path("disbursements/<uuid:uid>/refund/", settling.refund, name="disbursement_refund"),
    path("disbursements/<uuid:uid>/bounce/", payouts.bounce, name="disbursement_bounce"),
    path("funds/", funds.funds, name="funds"),
    path("funds/<uuid:uid>/", funds.fund, name="fund"),
    path("funds/<uuid:uid>/history/", histories.fund_history, name="fund_history"),
    path("donations/", giving.donations, name="donations"),
    path("donations/new/", giving.donation_new, name="donation_new"),
    path("donations/<uuid:uid>/", giving.donation, name="donation"),
    path("donations/<uuid:uid>/confirm/", giving.confirm, name="donation_confirm"),
    path("donations/<uuid:uid>/history/", histories.donation_history, name="donation_history"),
    # the foundation: its own systems
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook_new"),
    path("webhooks/<uuid:uid>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:uid>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("webhooks/<uuid:uid>/rotate/", webhooks.webhook_rotate, name="webhook_rotate"),
    path("webhooks/<uuid:uid>/replay/", webhooks.webhook_replay, name="webhook_replay"),
    *(
        path(
            f"webhooks/<uuid:uid>/{step}/",
            webhooks.webhook_step,
            {"step": step},
            name=f"webhook_{step}",
        )
        for step in ("pause", "resume", "end", "test")
    ),
    path("awards/", awards.award_export, name="awards"),
    *disclosure_patterns,
]
urlpatterns += charity_urls.urlpatterns

objection_patterns = (
    [path("<slug:slug>/", objecting.objecting, name="object")],
    "objections",
)
