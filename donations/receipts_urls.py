"""Addresses of receipts; `public_patterns` are for anybody who holds a paper."""

from django.urls import include, path

from donations.views import receipt_ranges, receipts, receipts_public

app_name = "receipts"
urlpatterns = [
    path("", receipts.receipts, name="receipts"),
    path("due/", receipts.due, name="due"),
    path("series/", receipt_ranges.series, name="series"),
    path("series/new/", receipt_ranges.series_new, name="series_new"),
    path("batch/", receipt_ranges.batch_new, name="batch_new"),
    path("batch/<uuid:uid>/", receipt_ranges.batch, name="batch"),
    path("batch/<uuid:uid>/file/", receipt_ranges.batch_file, name="batch_file"),
    path("issue/<uuid:uid>/", receipts.issue, name="issue"),
    path("waive/<uuid:uid>/", receipts.waive, name="waive"),
    path("<uuid:uid>/", receipts.receipt, name="receipt"),
    path("<uuid:uid>/paper/", receipts.paper, name="paper"),
    path("<uuid:uid>/void/", receipts.void, name="void"),
    path("<uuid:uid>/red/", receipts.red, name="red"),
]
public = [path("receipts/check/", receipts_public.check, name="check")]
public_patterns = [path("", include((public, "receipts_public")))]
