"""An assistant writes, a supervisor countersigns and approves, a head looks at the figures and staffs a case."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from cases.models.casework import Case
from cases.models.work import Contact, Plan
from cases.services.members import case_member_add
from cases.services.planning import plan_submit
from tests.days.stops import LANGUAGES, a_day
from tests.factories import cases as make
from tests.factories.donations import as_person

FACTS = "陪同办理了住院押金减免的登记。"
pytestmark = pytest.mark.long


@dataclass
class Office:
    """A case in the middle of its planning, its plan, and one that nobody has taken."""

    case: str
    plan: str
    waiting: str
    worker2: str


@pytest.fixture
def office(own_database, person) -> Office:
    supervisor, assistant = person("supervisor"), person("assistant")
    with as_person(person("worker")) as by:
        case = make.make_case(by, stage="planning", supervisor=supervisor)
        make.make_consent(case, by, purpose="缓解住院费用的压力")  # stored, so not the catalogue's
        make.make_f3(case, by)
        case_member_add(case=case, user=assistant, role="assistant", by=by)
        plan = make.make_plan(case, by)
        make.sign_plan(plan, by)
        plan_submit(plan=plan, by=by)
        waiting = make.make_case(by, stage="pending")
    return Office(*(str(one.uid) for one in (case, plan, waiting, person("worker2"))))


def _an_assistant_writes(day, office: Office) -> None:
    page = day.page
    day.sign_in("assistant")
    day.stop("assistant-today")
    day.press(page.locator("nav a[href='/cases/']"))
    day.stop("assistant-cases")
    day.press(page.locator(f"main a[href='/cases/{office.case}/']"))
    day.stop("assistant-case")
    day.press(page.locator(f"main a[href='/cases/{office.case}/contacts/new/']"))
    day.send(mode="escort", target="client", quick="30", facts=FACTS)
    day.stop("assistant-written")


def _a_supervisor_countersigns(day, office: Office) -> None:
    page = day.page
    day.sign_in("supervisor")
    waits = page.locator("#h-approvals").locator("xpath=ancestor::section")
    expect(waits).to_be_visible()
    day.stop("supervisor-today")
    day.go(f"/cases/{office.case}/?part=contacts")
    day.press(page.locator("main a[href^='/cases/contacts/']"))
    day.stop("supervisor-contact")
    day.press(page.locator("main form[action$='/countersign/'] button"))
    expect(page.locator("main form[action$='/countersign/']")).to_have_count(0)
    day.go("/workbench/")
    day.press(waits.locator("a.btn"))
    day.go(f"/cases/plans/{office.plan}/")
    day.stop("supervisor-plan")
    day.press(page.locator("main a[href$='/approve/']"))
    day.stop("supervisor-approve")
    day.send(comment="目标清楚，同意")


def _a_head_looks_and_staffs(day, office: Office) -> None:
    page = day.page
    day.sign_in("head")
    day.stop("head-today")
    day.press(page.locator("nav a[href='/reports/']"))
    day.stop("head-board")
    day.press(page.locator("main a[href^='/reports/rows/case_open/']"))
    day.stop("head-rows")
    day.press(page.locator("nav a[href='/cases/']"))
    day.go(f"/cases/{office.waiting}/")
    day.stop("head-case")
    day.press(page.locator("main a[href$='/assign/']"))
    day.send(worker=office.worker2)
    day.stop("head-assigned")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_the_desk(language, office, portal, browser, person):
    """One after the other: each works with what the one before has done."""
    for part in (_an_assistant_writes, _a_supervisor_countersigns, _a_head_looks_and_staffs):
        with a_day(browser, portal, language=LANGUAGES[language]) as day:
            part(day, office)
    with as_person(person("supervisor")) as by:
        contact = Contact.objects.get()
        assert (contact.facts, contact.countersigned_by) == (FACTS, by)
        assert Plan.objects.get().approved_by == by
    with as_person(person("head")):
        assert str(Case.objects.get(uid=office.waiting).worker.uid) == office.worker2
