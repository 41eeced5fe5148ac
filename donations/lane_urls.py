"""Addresses of the family's lane and of appeals; `public_patterns` are for whoever holds a code."""

from django.urls import include, path

from donations.views import (
    agreement_scans,
    aid_agreements,
    appeals,
    comparing,
    family_lane,
    family_side,
    results,
)

lane_patterns = [
    path("requests/<uuid:uid>/lane/", family_side.lane_code, name="lane_code"),
    path("requests/<uuid:uid>/lane/slip/", family_side.slip, name="lane_slip"),
    path("requests/<uuid:uid>/lane/end/", family_side.lane_end, name="lane_code_end"),
    path("requests/<uuid:uid>/lane/reply/", family_side.reply, name="family_reply"),
    path("requests/<uuid:uid>/told/", family_side.tell, name="decision_tell"),
    path("requests/<uuid:uid>/agreement/", aid_agreements.sign, name="aid_agreement_sign"),
    path(
        "requests/<uuid:uid>/agreement/print/",
        aid_agreements.request_paper,
        name="request_agreement",
    ),
    path("aid-agreements/<uuid:uid>/", agreement_scans.scan_view, name="aid_scan_view"),
    path(
        "aid-agreements/<uuid:uid>/pages/<int:number>/",
        agreement_scans.scan_page,
        name="aid_scan_page",
    ),
    path("aid-agreements/<uuid:uid>/file/", agreement_scans.scan_download, name="aid_scan_file"),
    path("review/<uuid:uid>/agreement/", aid_agreements.review_paper, name="review_agreement"),
    path("family-papers/<uuid:uid>/", family_side.paper, name="family_paper"),
    path("family-papers/<uuid:uid>/file/", family_side.paper_file, name="family_paper_file"),
    path(
        "family-papers/<uuid:uid>/pages/<int:number>/",
        family_side.paper_page,
        name="family_paper_page",
    ),
    path("family-papers/<uuid:uid>/take/", family_side.paper_take, name="family_paper_take"),
    path(
        "family-papers/<uuid:uid>/decline/",
        family_side.paper_decline,
        name="family_paper_decline",
    ),
    path("compare/<uuid:uid>/", comparing.compare, name="compare"),
    path("results/<uuid:uid>/", results.result, name="result"),
    path("results/<uuid:uid>/give/", results.result_give, name="result_give"),
    path("results/<uuid:uid>/print/", results.result_print, name="result_print"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/new/<uuid:uid>/", appeals.appeal_new, name="appeal_new"),
    path("appeals/<uuid:uid>/", appeals.appeal, name="appeal"),
    path("appeals/<uuid:uid>/acknowledge/", appeals.acknowledge, name="appeal_acknowledge"),
    path("appeals/<uuid:uid>/answer/", appeals.answer, name="appeal_answer"),
    path("appeals/<uuid:uid>/withdraw/", appeals.withdraw, name="appeal_withdraw"),
    path("appeal-papers/<uuid:uid>/", appeals.paper, name="appeal_paper"),
    path("appeal-papers/<uuid:uid>/file/", appeals.paper_file, name="appeal_paper_file"),
    path(
        "appeal-papers/<uuid:uid>/pages/<int:number>/",
        appeals.paper_page,
        name="appeal_paper_page",
    ),
]
public = [
    path("aid/", family_lane.look_up, name="look_up"),
    path("aid/<str:code>/", family_lane.lane, name="lane"),
    path("aid/<str:code>/letter/", family_lane.letter, name="letter"),
    path("aid/<str:code>/agreement/", family_lane.agreement, name="agreement"),
]
public_patterns = [path("", include((public, "lane")))]
