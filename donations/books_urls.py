"""Addresses of the books: the reconciliation desk, orders, journals and trails; and the donor's own."""

from django.urls import path

from donations.views import journals, look_up, orders, statements, trails

app_name = "books"

urlpatterns = [
    path("desk/", statements.desk, name="desk"),
    path("desk/months/", statements.months, name="months"),
    path("desk/<uuid:uid>/", statements.line, name="line"),
    path("desk/<uuid:uid>/match/", statements.match, name="line_match"),
    path("desk/<uuid:uid>/give/", statements.give, name="line_give"),
    path("desk/<uuid:uid>/split/", statements.split, name="line_split"),
    path("desk/<uuid:uid>/ignore/", statements.ignore, name="line_ignore"),
    path("desk/<uuid:uid>/undo/", statements.undo, name="line_undo"),
    path("desk/<uuid:uid>/confirm/", statements.confirm, name="line_confirm"),
    path("ledger/", journals.journals, name="journals"),
    path("ledger/export/", journals.journals_export, name="journals_export"),
    path("ledger/balances/", journals.balances, name="balances"),
    path("ledger/orders/", orders.orders, name="orders"),
    path("ledger/orders/new/<slug:kind>/", orders.order_new, name="order_new"),
    path("ledger/orders/<uuid:uid>/", orders.order, name="order"),
    path("ledger/orders/<uuid:uid>/agree/", orders.agree, name="order_agree"),
    path("ledger/orders/<uuid:uid>/approve/", orders.approve, name="order_approve"),
    path("ledger/orders/<uuid:uid>/book/", orders.book, name="order_book"),
    path("ledger/orders/<uuid:uid>/refuse/", orders.refuse, name="order_refuse"),
    path("ledger/orders/<uuid:uid>/disclose/", orders.disclose, name="order_disclose"),
    path("ledger/<uuid:uid>/", journals.journal, name="journal"),
    path("donations/<uuid:uid>/trail/", trails.gift_trail, name="gift_trail"),
    path("donations/<uuid:uid>/trail/code/", trails.trace_code, name="trace_code"),
    path("disbursements/<uuid:uid>/trail/", trails.payout_trail, name="payout_trail"),
]

# A short address for the slip that a donor takes home; a namespace of its own, mounted at the root.
gift_patterns = ([path("g/", look_up.look_up, name="look_up")], "gifts")
