"""Which pages stand in the manuals besides the workers': who looks, where, after which heading of which manual.

`docs/picturing.py` takes them; a manual shows a picture by its name (docs/pictures/manual/<name>.png).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One picture: with `link`, of what the first such link of the page leads to."""

    name: str
    login: str
    path: str
    link: str = ""
    on_phone: bool = False


FIRST_ROW = "main tbody th a, main tbody a.t"
PAGES = (
    Page("head-dashboard", "a.head", "/reports/"),
    Page("head-indicators", "a.head", "/reports/indicators/"),
    Page("head-reports", "a.head", "/reports/runs/"),
    Page("head-staffing", "a.head", "/staff/staffing/"),
    Page("system", "sysadmin", "/console/system/"),
    Page("system-schedule", "sysadmin", "/console/system/schedule/"),
    Page("security", "a.secadmin", "/console/security/"),
    Page("security-person", "a.secadmin", "/people/", "main tbody td a.btn"),
    Page("audit", "a.auditor", "/audit/"),
    Page("self-check", "a.auditor", "/console/self-check/"),
    Page("privacy-assessments", "a.secadmin", "/privacy/registers/assessments/"),
    Page("privacy-incident", "a.secadmin", "/privacy/registers/incidents/", FIRST_ROW),
    Page("privacy-periods", "a.head", "/privacy/retention/"),
    Page("privacy-lists", "a.auditing", "/privacy/lists/"),
    Page("public-figures", "", "/public/figures/"),
    Page(
        "public-table",
        "",
        "/public/figures/",
        "main a[href^='/public/figures/tables/']:not([href$='csv']):not([href$='json'])",
    ),
    Page("calls", "g.officer", "/projects/calls/"),
    Page("call", "g.officer", "/projects/calls/", FIRST_ROW),
    Page("applications", "a.head", "/projects/applications/"),
    Page("review-call", "g.officer", "/projects/experts/calls/", FIRST_ROW),
    Page("expert-reviews", "g.expert1", "/projects/experts/mine/"),
    Page("expert-review", "g.expert1", "/projects/experts/mine/", FIRST_ROW),
    Page("projects", "a.head", "/projects/"),
    Page("project", "a.head", "/projects/", FIRST_ROW),
    Page("aid-board", "f.officer", "/funding/board/"),
    Page("aid-request", "f.officer", "/funding/board/", "main a[href*='/funding/review/']"),
    Page("family-lane", "", "/aid/DEMA23456789/", on_phone=True),
    Page("gifts", "f.officer", "/funding/donations/"),
    Page("gift", "f.officer", "/funding/donations/", FIRST_ROW),
    Page("volunteers", "a.coordinator", "/volunteers/"),
    Page("volunteer-shifts", "a.coordinator", "/volunteers/shifts/"),
    Page("volunteer-phone", "a.volunteer", "/volunteers/mine/", on_phone=True),
    Page("volunteer-hours", "a.coordinator", "/volunteers/hours/"),
    Page("volunteer-my-hours", "a.volunteer", "/volunteers/hours/mine/", on_phone=True),
    Page("books-desk", "f.cashier", "/funding/desk/"),
    Page("books-ledger", "f.cashier", "/funding/ledger/"),
    Page("campaigns", "f.officer", "/funding/campaigns/"),
    Page("campaign", "f.officer", "/funding/campaigns/", "main tbody tr:nth-of-type(3) a"),
    Page("funds", "f.officer", "/funding/funds/"),
    Page("census-desk", "g.officer", "/census/desk/"),
    Page("census-figures", "x.officer", "/census/figures/"),
    Page("disclosure-calendar", "f.officer", "/funding/disclosures/"),
    Page("disclosure-years", "f.officer", "/funding/disclosures/years/", FIRST_ROW),
    Page("goods", "f.officer", "/funding/goods/"),
    Page("receipts", "f.cashier", "/funding/receipts/"),
    Page("imports", "a.head", "/imports/"),
    Page("webhooks", "f.officer", "/funding/webhooks/"),
    Page("payments", "f.cashier", "/funding/payments/"),
    Page("payment", "f.cashier", "/funding/payments/", FIRST_ROW),
    Page("checks", "f.officer", "/funding/checks/"),
    Page("organizations", "g.officer", "/organizations/"),
    Page("organization", "g.officer", "/organizations/", "main tbody tr:nth-of-type(2) a"),
    Page("report-builder", "a.head", "/reports/built/"),
    Page("coverage", "g.officer", "/projects/registers/coverage/"),
    Page("registers", "g.officer", "/projects/registers/"),
)
