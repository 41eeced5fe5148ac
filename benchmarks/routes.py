"""The busiest routes: who asks, where, and by what a right answer is known."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from cases.models.casework import Case
from departments.models.organizations import Organization
from departments.models.people import Membership, User
from donations.models.requests import FundingRequest
from donations.services.listing import ORDER as API_ORDER
from msw_portal.demo.places import FOUNDATION, HOSPITAL_A
from msw_portal.kernel import keyset
from msw_portal.kernel.scope import scope

CASE_ORDER = ("-opened_at", "-id")
DEEP = 0.9  # of the list lies before the deep page


@dataclass(frozen=True)
class Route:
    """An address as one person asks it; `marks` are bytes with how often they stand in a right answer."""

    name: str
    who: str
    path: str
    marks: tuple[tuple[str, int], ...] = ()
    budget: int = 8  # queries
    status: int = 200
    note: str = ""


@dataclass
class World:
    """What the routes are asked of: the largest hospital, a smaller one, the foundation."""

    small: str = "d"
    facts: dict[str, Any] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        facts = self.facts
        api, lst = reverse("funding_request_list"), reverse("cases:list")
        page = ((f"{facts['code']}-C-", 1), ("</table>", 1))
        return [
            Route("api_list", "client", api, (('"uid"', 150), ('"next":"', 1)), budget=6),
            Route(
                "api_list_deep",
                "client",
                f"{api}?after={facts['api_deep']}",
                (('"uid"', 150),),
                budget=6,
            ),
            Route(
                "api_list_state", "client", f"{api}?state=disbursed", (('"items"', 1),), budget=6
            ),
            Route(
                "api_detail",
                "client",
                f"{api}{facts['request']}/",
                ((facts["request"], 1),),
                budget=14,
            ),
            Route("case_list", "worker", lst, page, budget=6),
            Route(
                "case_list_deep",
                "head",
                f"{lst}?worker=all&status=ended&after={facts['case_deep']}",
                page,
                budget=6,
            ),
            Route("case_list_head", "head", f"{lst}?worker=all&status=open", page, budget=6),
            Route(
                "case_page",
                "worker",
                f"{lst}{facts['case']}/",
                ((facts["case_number"], 1),),
                budget=8,
            ),
            Route(
                "case_funding_panel",
                "worker",
                reverse("donations:case_panel", args=[facts["case"]]),
                budget=10,
            ),
            # Both name what they are about with a statement for each kind of subject.
            Route("workbench", "worker", reverse("departments:workbench"), budget=11),
            Route("workbench_referrals", "worker", reverse("cases:panel_referrals"), budget=8),
            Route("workbench_caseload", "worker", reverse("cases:panel_caseload"), budget=8),
            Route("workbench_requests", "worker", reverse("donations:panel_requests"), budget=8),
            # Four are every page's: session, person, scope, counts beside the navigation.
            Route("dashboard", "head", reverse("reports:dashboard"), (("<svg", 1),), budget=5),
            Route(
                "dashboard_foundation",
                "officer",
                reverse("reports:dashboard"),
                (("<svg", 1),),
                budget=5,
            ),
            Route("dashboard_rows", "head", reverse("reports:rows", args=["case_open"]), budget=8),
            Route("board", "officer", reverse("donations:board"), budget=10),
            Route(
                "review_page",
                "officer",
                reverse("donations:review", args=[facts["request"]]),
                budget=25,
            ),
            Route("own_requests", "worker", reverse("donations:requests"), budget=10),
            Route("donations", "officer", reverse("donations:donations"), budget=8),
            Route("disbursements", "cashier", reverse("donations:disbursements"), budget=10),
            Route("funds", "officer", reverse("donations:funds"), budget=6),
            Route(
                "fund_page", "officer", reverse("donations:fund", args=[facts["fund"]]), budget=16
            ),
            Route("referrals", "worker", reverse("cases:referrals"), budget=6),
            Route(
                "client_page", "worker", reverse("cases:client", args=[facts["client"]]), budget=10
            ),
            Route(
                "search_two_characters",
                "worker",
                f"{lst}?q={quote(facts['name2'])}",
                status=302,
                budget=14,
            ),
            Route(
                "search_initials", "worker", f"{lst}?q={facts['initials']}", status=302, budget=14
            ),
            Route(
                "search_number", "worker", f"{lst}?number={facts['case_number']}", page, budget=6
            ),
            Route("duplicates", "head", reverse("cases:duplicates"), budget=8),
            Route("notifications", "worker", reverse("departments:notifications"), budget=10),
            Route("audit_list", "auditor", reverse("departments:audit"), budget=8),
        ]


def person_of(login: str) -> User:
    user = User.objects.get(username=login)
    with scope(user=user.pk):
        user.membership = Membership.objects.select_related("organization").get(user=user)
    return user


def look_around() -> dict[str, Any]:
    """Read once what the addresses name: a case, a request, a person, and cursors far down the lists."""
    houses = {
        house.name: house
        for house in Organization.objects.filter(name__in=[HOSPITAL_A, FOUNDATION])
    }
    hospital, foundation = houses[HOSPITAL_A], houses[FOUNDATION]
    worker = person_of("a.worker")
    with scope(org=hospital.pk, role="worker", care=hospital.pk, user=worker.pk):
        cases = Case.objects.filter(organization_id=hospital.pk)
        own = cases.filter(worker=worker)
        case = own.filter(stage="intervention").order_by("-opened_at").first()
        client = case.client
        name = client.name
        facts = {
            "code": hospital.code,
            "case": str(case.uid),
            "case_number": case.number,
            "client": str(client.uid),
            "name2": name[:2],
            "initials": "wzy",
            "cases": _estimate(cases),
            "case_deep": _deep(cases, CASE_ORDER),
        }
    with scope(org=foundation.pk, role="foundation_officer"):
        sent = FundingRequest.objects.filter(
            counterparty_id=foundation.pk, submitted_at__isnull=False
        )
        request = (
            sent.filter(state__in=["disbursed", "confirmed"]).order_by("-submitted_at").first()
        )
        facts |= {
            "request": str(request.uid),
            "fund": str(request.fund.uid),
            "requests": _estimate(sent),
            "api_deep": _deep(sent, API_ORDER),
        }
    return facts


def _estimate(rows: Any) -> int:
    return rows.count()


def _deep(rows: Any, order: tuple[str, ...]) -> str:
    """A cursor after DEEP of the rows."""
    place = int(rows.count() * DEEP)
    values = [name.removeprefix("-") for name in order]
    row = rows.order_by(*order).values_list(*values)[place : place + 1].get()
    return keyset.make_cursor(list(row), order=order)
