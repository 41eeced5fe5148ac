"""What the tests of the pages share: a case with one of everything, and reading answers."""

import datetime as dt
import html
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.alerts import RiskAlert
from cases.models.casework import Case, Referral
from cases.models.consents import Consent
from cases.models.people import Client
from cases.models.work import Assessment, Contact, Goal, Need, Plan
from cases.services.clients import client_search
from cases.services.planning import plan_approve, plan_submit
from cases.services.referrals import referral_receive
from departments.models.people import User
from msw_portal.kernel.identifiers import id_check_digit
from tests.factories import cases as make

BORN = dt.date(1988, 2, 3)
GOOD_ID = f"11010119880203002{id_check_digit('11010119880203002')}"
BAD_ID = GOOD_ID[:-1] + ("1" if GOOD_ID[-1] != "1" else "2")


@dataclass
class File:
    """A case of `worker` in intervention with one of everything, and a referral at the door."""

    case: Case
    client: Client
    referral: Referral
    need: Need
    plan: Plan
    goal: Goal
    contact: Contact
    assessment: Assessment
    consent: Consent
    alert: RiskAlert


def make_file(worker: User, head: User, acting: Any, **given: Any) -> File:
    """Everything a case page may show; the plan is approved by the head."""
    with acting(worker):
        case = make.make_case(worker, stage=given.pop("stage", "intervention"), **given)
        need, screen = make.make_need(case, worker), make.make_screen(case, worker)
        consent, alert = make.make_consent(case, worker), make.make_alert(case, worker)
        contact = make.make_contact(case, worker)
        referral = referral_receive(
            client=case.client,
            from_text="护士长 电话",
            reason="担心费用，想知道能申请什么",
            by=worker,
        )
        plan = plan_submit(plan=make.make_plan(case, worker), by=worker)
    with acting(head):
        plan = plan_approve(plan=plan, comment="", by=head)
        goal = plan.goals.get()
    return File(case, case.client, referral, need, plan, goal, contact, screen, consent, alert)


def searched(worker: User, acting: Any, **facts: str) -> str:
    """The uid of a search this worker has just made."""
    with acting(worker):
        return str(client_search(by=worker, **facts).uid)


def text_of(response: Any) -> str:
    """The page's words without tags and runs of spaces."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def hidden(response: Any, name: str) -> str:
    """The value of a hidden field of the page."""
    page = response.content.decode()
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert found, name
    return html.unescape(re.search(r'value="([^"]*)"', found.group()).group(1))


def in_days(days: int) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def queries(client: Any, where: str) -> int:
    """How many statements a page takes."""
    seen: list[int] = []

    def count(execute: Any, *rest: Any) -> Any:
        seen.append(1)
        return execute(*rest)

    with connection.execute_wrapper(count):
        assert client.get(where).status_code == 200
    return len(seen)


def statements(client: Any, where: str) -> list[str]:
    """What a page asks the database once caches are warm, without the savepoints of the test's own transaction."""
    client.get(where)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(where).status_code == 200
    own = ("SAVEPOINT", "RELEASE", "SET CONSTRAINTS")
    return [one["sql"] for one in seen if not one["sql"].startswith(own)]


def at(made: Any, lang: str = "") -> str:
    """The address behind a code."""
    return reverse("doors:door", args=[made.token]) + (f"?lang={lang}" if lang else "")


def code_in(answer: Any) -> str:
    """The receipt code that the page shows."""
    return answer.content.decode().partition("data-receipt>")[2].partition("<")[0]


def the_referral() -> Referral:
    """The only one there is, in the caller's scope."""
    return Referral.objects.get()
