"""The addresses whose command moves or sets aside money: the key of one is kept for a month, not for a day."""

REQUESTS = {
    f"donations:{name}"
    for name in (
        *("approve", "raise_sum", "prepare", "release", "reconcile", "close", "settle", "recover"),
        *("ask_rest", "release_rest", "keep_rest"),
        *("disbursement_cancel", "disbursement_bounce", "disbursement_refund"),
        "disbursement_confirm",
    )
}
GIFTS = {
    f"donations:{name}"
    for name in (
        *("donation_new", "donation_pledge", "donation_receive", "donation_confirm"),
        *("donation_settle", "donation_return", "return_pay", "hospital_gift_book"),
    )
}
BOOKS = {
    f"books:{name}"
    for name in ("line_give", "line_confirm", "order_new", "order_agree", "order_approve")
} | {"books:order_book"}
ORDERED = {
    f"payments:{name}" for name in ("list_new", "list_approve", "answers_book", "answer_book")
}
API = {
    f"funding_request_{step}"
    for step in ("approve", "reconcile", "settle", "recover", "close", "ask_rest", "release_rest")
}
MONEY = frozenset(REQUESTS | GIFTS | BOOKS | ORDERED | API)
