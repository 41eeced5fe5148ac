"""The case page and the person page: few statements however full the file is, and nothing else is said."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models.casework import Case
from cases.services.assessment import assessment_record
from cases.services.guards import GUARDS, Evidence, missing_for
from cases.services.members import case_member_add
from cases.services.steps import asked_steps
from cases.views.case_file import PARTS, CaseFile
from cases.views.course import happenings, strip_of, timeline_of
from cases.views.finding import CASE_JOINS
from cases.views.level5 import proposal
from cases.views.persons import minded
from cases.views.sheets import alerts_of, head_of, part_of
from cases.workflow import CaseStage
from msw_portal.kernel.together import together
from tests.cases.pages import make_file, statements
from tests.factories import cases as make

pytestmark = pytest.mark.django_db

CASE_PAGE, PERSON_PAGE = 8, 10  # statements at most
MANY = 100


@pytest.fixture
def file(worker, head, supervisor, acting):
    return make_file(worker, head, acting, supervisor=supervisor)


def _open(user, pk) -> CaseFile:
    case = Case.objects.visible_to(user).select_related(*CASE_JOINS).get(pk=pk)
    together(members := case.casemembers.all())
    case._prefetched_objects_cache = {"casemembers": members}
    return CaseFile(user, case)


def _shown(file: CaseFile, part: str) -> dict:
    """Everything the page's template is given out of the lists, read."""
    head, found = head_of(file), happenings(file) if part in ("overview", "course") else []
    lists = {"head": head, "alerts": alerts_of(file), **minded(file.flags, file.relatives)}
    lists |= {"timeline": timeline_of(found), "strip": found and strip_of(file, head, found)}
    return {
        name: list(value) if hasattr(value, "model") else value
        for name, value in {**lists, **part_of(file, part)}.items()
        if name != "now"
    }


@pytest.mark.parametrize("login", ["worker", "supervisor", "head"])
def test_a_case_page_asks_eight_statements_for_one_and_a_hundred_of_everything(
    file, worker, person, client_for, acting, login
):
    client, url = client_for(person(login)), reverse("cases:case", args=[file.case.uid])
    addresses = [f"{url}?part={part}" for part in PARTS]
    one = [len(statements(client, address)) for address in addresses]
    with acting(worker):
        screen = file.assessment.questionnaire
        answers = make.answers_for(screen)
        for _more in range(MANY - 1):
            make.make_contact(file.case, worker)
            make.make_need(file.case, worker)
            make.make_guardian(file.client, worker)
            assessment_record(case=file.case, questionnaire=screen, answers=answers, by=worker)
    many = [len(statements(client, address)) for address in addresses]
    assert many == one
    assert max(one) <= CASE_PAGE


@pytest.mark.parametrize(("login", "role"), [("worker2", "worker"), ("assistant", "assistant")])
def test_members_of_the_case_cost_no_statement_more(
    file, worker, person, client_for, acting, login, role
):
    colleague = person(login)
    with acting(worker):
        case_member_add(case=file.case, user=colleague, role=role, by=worker)
    client, url = client_for(colleague), reverse("cases:case", args=[file.case.uid])
    counts = [len(statements(client, f"{url}?part={part}")) for part in PARTS]
    assert max(counts) <= CASE_PAGE


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("login", ["worker", "supervisor", "head"])
def test_what_was_fetched_together_says_what_the_lists_say_alone(file, person, acting, login, part):
    user = person(login)
    with acting(user):
        alone = _shown(_open(user, file.case.pk), part)
        joined = _open(user, file.case.pk)
        joined.fetch(part)
        with CaptureQueriesContext(connection) as more:
            shown = _shown(joined, part)
    assert shown == alone
    assert len(more) == 0


def test_the_lists_are_those_the_reader_may_see(file, worker, worker2, other_worker, acting):
    for stranger in (worker2, other_worker):
        with acting(worker):
            case = Case.objects.select_related(*CASE_JOINS).get(pk=file.case.pk)
        with acting(stranger):
            seen = CaseFile(stranger, case)
            seen.fetch("overview")
            names = set(PARTS["overview"]) - {"consent_texts", "level5_entries", "consents"}
            assert {name: list(getattr(seen, name)) for name in names} == dict.fromkeys(names, [])
            assert [one for one in seen.consents if one.case_id] == []


@pytest.mark.parametrize("step", GUARDS)
def test_a_guard_names_all_it_looks_at(file, worker, acting, step):
    with acting(worker):
        case = Case.objects.select_related("client").get(pk=file.case.pk)
        seen = Evidence(case)
        together(*seen.of([step]))
        with CaptureQueriesContext(connection) as more:
            known = missing_for(step, case, seen=seen)
        assert [one.rule for one in known] == [one.rule for one in missing_for(step, case)]
    assert len(more) == 0


@pytest.mark.parametrize("stage", [CaseStage.INTAKE, CaseStage.ASSESSMENT, CaseStage.CLOSURE])
def test_the_steps_of_other_stages_are_fetched_too(worker, supervisor, acting, stage):
    with acting(worker):
        case = make.make_case(worker, stage=stage, supervisor=supervisor)
    with acting(supervisor):
        opened = _open(supervisor, case.pk)
        opened.fetch("contacts")
        with CaptureQueriesContext(connection) as more:
            head = head_of(opened)
        assert head.missing
        assert asked_steps(supervisor, case)
    assert len(more) == 0


def test_the_proposal_of_level_5_reads_the_same_lists(file, worker, acting):
    with acting(worker):
        make.make_need(file.case, worker, category="abuse_violence")
        alone, joined = _open(worker, file.case.pk), _open(worker, file.case.pk)
        joined.fetch("overview")
        with CaptureQueriesContext(connection) as more:
            found = proposal(joined)
        assert found == proposal(alone)
        assert found["level5"]
    assert len(more) == 0


@pytest.mark.parametrize("login", ["worker", "supervisor", "head"])
def test_a_person_page_asks_ten_statements_for_one_and_a_hundred_of_everything(
    file, worker, person, client_for, acting, login
):
    client, url = client_for(person(login)), reverse("cases:client", args=[file.client.uid])
    one = len(statements(client, url))
    with acting(worker):
        for n in range(MANY - 1):
            make.make_contact(file.case, worker)
            make.make_guardian(file.client, worker)
            make.make_episode(file.client, worker, bed=f"{n:02d}")
            make.make_case(worker, client=file.client, stage="closed", number=f"HA-C-1999-{n:04d}")
    assert len(statements(client, url)) == one
    assert one <= PERSON_PAGE
