"""The demo world: true facts, invented people, two hospitals that never meet, the same for the same seed."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from cases.models.people import Client, RelatedPerson
from departments.models.organizations import Department, Organization
from departments.services.documents import document_read
from departments.services.entering import house_scope
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import RequestDocument
from msw_portal.demo.people import STAFF
from msw_portal.demo.places import FOUNDATION, HOSPITAL_A, HOSPITAL_B
from msw_portal.kernel.scope import scope
from msw_portal.kernel.validators import parse_id_no, parse_mobile
from reports.services.published.keeping import as_json, everything

COMPARED = {
    "organizations": "SELECT uid, name FROM departments_organization WHERE id <> 1 ORDER BY id",
    "persons": "SELECT uid, name_masked, sex, birth_year, id_no_bidx, phone_bidx FROM cases_client ORDER BY id",
    "cases": "SELECT uid, number, stage, opened_at, closed_at FROM cases_case ORDER BY id",
    "contacts": "SELECT uid, occurred_on, minutes, mode FROM cases_contact ORDER BY id",
    "requests": "SELECT uid, number, state, requested, approved, disbursed FROM donations_fundingrequest ORDER BY id",
    "gifts": "SELECT uid, number, amount, received_on FROM donations_donation ORDER BY id",
    "journals": "SELECT uid, kind, posted_at, leg_count FROM donations_ledgerjournal ORDER BY id",
    # By their names: what was broken off has used up numbers of its own.
    "balances": "SELECT a.kind, f.number, p.code, a.balance FROM donations_ledgeraccount a "
    "LEFT JOIN donations_fund f ON f.id = a.fund_id LEFT JOIN donations_fundpurpose p ON p.id = a.purpose_id "
    "ORDER BY a.id",
    "payments": "SELECT uid, amount, state, voucher_no FROM donations_disbursement ORDER BY id",
    "rights": "SELECT uid, kind, state, outcome, refusal_code, received_on, due_on FROM cases_subjectrequest ORDER BY id",
    "families": "SELECT uid, relation FROM cases_householdmember ORDER BY id",
    "reports": "SELECT uid, ground, state, opened_at, reported_at FROM cases_mandatoryreport ORDER BY opened_at",
    "glass": "SELECT reason, lower(valid), upper(valid), review_result FROM departments_accessgrant "
    "WHERE kind = 'break_glass' ORDER BY id",
    # Without the keys of rows, which are others after a run that was broken off.
    "months": "SELECT o.name, indicator, cut, period, released_at IS NOT NULL, value, n, s.version, is_suppressed, "
    "(SELECT string_agg(k || '=' || v, ' ' ORDER BY k) FROM jsonb_each_text(dims) d(k, v) WHERE v !~ '^[0-9]+$') "
    "FROM reports_indicatorsnapshot s JOIN departments_organization o ON o.id = s.organization_id "
    "ORDER BY 1, 2, 3, 4, 5, 10, 8, 9, 6, 7",
    "moves": "SELECT id, workflow, step, at FROM departments_transition ORDER BY id",
}


@pytest.mark.long
@pytest.mark.parametrize("what", COMPARED)
def test_the_same_seed_and_day_make_the_same_world_also_after_a_broken_run(
    seeded, undisturbed, what
):
    assert seeded.rows(COMPARED[what]) == undisturbed.rows(COMPARED[what]) != []


@pytest.mark.parametrize("what", COMPARED)
def test_a_world_that_was_broken_off_is_finished(seeded, what):
    assert seeded.rows(COMPARED[what]) != []


def test_every_announced_call_has_the_text_that_visitors_read(seeded):
    silent = seeded.rows(
        "SELECT slug FROM projects_call c WHERE published_at IS NOT NULL AND NOT EXISTS "
        "(SELECT FROM projects_callversion v WHERE v.call_id = c.id)"
    )
    assert silent == []


def test_every_recomputation_finds_no_difference(seeded):
    done = seeded.command("prove")

    assert (done.returncode, "No difference anywhere." in done.stdout) == (0, True), done.stderr


def test_a_second_run_does_nothing_and_says_so_in_one_line(seeded):
    before = seeded.rows("SELECT count(*), max(at) FROM departments_auditentry")

    done = seeded.command("seed_demo", "--if-empty")

    assert (done.returncode, done.stdout) == (0, "The demo world is there: nothing to do.\n")
    assert seeded.rows("SELECT count(*), max(at) FROM departments_auditentry") == before
    assert seeded.command("seed_demo").returncode == 1


def test_outside_the_embedded_mode_the_command_refuses(seeded):
    done = seeded.command("seed_demo", MSW_EMBEDDED="0", ALLOWED_HOSTS="portal.example")

    assert done.returncode == 1
    assert "embedded mode only" in done.stderr


# ── facts of the source documents ────────────────────────────────────────────


def test_the_departments_of_the_documents_have_their_dates_and_units(world):
    with scope():
        hubei = Department.objects.get(organization__name="湖北省肿瘤医院", kind="msw")
        beijing = Department.objects.get(organization__name__endswith="北京儿童医院", kind="msw")
        now = Department.objects.get(organization__name="河南省胸科医院", ended_on=None)

        assert (hubei.founded_on, hubei.is_first_in_province) == (
            dt.date(2018, 5, 1),
            True,
        )
        assert hubei.children.count() == 4
        assert beijing.founded_on == dt.date(2020, 11, 1)
        assert (now.name, now.founded_on) == ("医疗事业发展和社会工作部", dt.date(2020, 4, 1))
        former = now.predecessors.get()
        assert (former.name, former.founded_on, former.founded_precision) == (
            "社会工作部",
            dt.date(2013, 8, 1),
            "month",
        )


def test_organizations_of_the_documents_hold_no_patients(world):
    with scope():
        tenants = set(Organization.objects.filter(is_tenant=True).values_list("name", flat=True))

        assert tenants == {"医务社工门户", *STAFF}
        assert (
            Organization.objects.get(name="北京微爱公益基金会").credentials.get(kind="rating").grade
            == "4A"
        )


def test_little_angel_gives_what_the_programme_states(world):
    with scope():
        version = ProgrammeVersion.objects.get(name__startswith="小天使基金")

        assert {row["code"]: row["amount"] for row in version.benefit_rows} == {
            "not_transplanted": "30000.00",
            "transplanted": "50000.00",
            "top_up": "20000.00",
        }
        assert [row["code"] for row in version.conditions] == ["age", "disease", "poor"]
        for_persons = ProgrammeVersion.objects.exclude(published_at=None).exclude(asker="project")
        assert for_persons.count() == 9


def test_every_published_number_comes_out_of_the_rows_or_says_why_not(world):
    found = {row["id"]: row for row in map(as_json, everything())}

    stated = {"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "X1", "X2", "X3", "X4", "X5", "S1c"}
    stated |= {"A1_projects", "A1_amount", "D1", "D2", "D3", "D4", "M1", "batch", "volunteers"}
    quoted = {"R1_cases", "R1_times", "R2_activities", "R2_times"}
    stated |= quoted | {"experts", "founders", "residents", "issuers_five", "issuers_six"}
    assert stated - set(found) == set()
    differs = {code for code, row in found.items() if not row["equal"]}
    assert differs == {"issuers_five", "issuers_six"} | quoted
    assert {found[code]["computed"] for code in quoted} == {None}
    assert all(found[code]["explanation"] for code in differs)


# ── invented people ──────────────────────────────────────────────────────────


def test_every_person_is_marked_and_has_numbers_that_nobody_has(world):
    house = _house(HOSPITAL_A)
    with house_scope(house, care=True):
        people = list(Client.objects.all())
        relatives = list(RelatedPerson.objects.all())

    assert people != []
    assert {person.name[-2:] for person in [*people, *relatives]} == {"演示"}
    assert {parse_id_no(person.id_no).region[:4] for person in people if person.id_no} == {"9900"}
    assert {parse_mobile(person.phone)[:7] for person in people if person.phone} == {"1990000"}


def test_papers_open_and_copies_stand_beside_them(world, settings):
    settings.MEDIA_ROOT = world.env["MSW_MEDIA"]
    house = _house(HOSPITAL_A)
    with house_scope(house, care=True):
        papers = RequestDocument.objects.filter(masked__voided_at=None).exclude(masked=None)
        contents = {
            document_read(document=paper.masked, by=None)[:4]
            for paper in papers.select_related("masked")
        }

    assert b"%PDF" in contents
    assert contents <= {b"%PDF", b"\x89PNG"}


def test_everybody_was_here_the_day_before_and_one_account_is_about_to_end(seeded):
    sql = (
        "SELECT (last_seen_at AT TIME ZONE 'Asia/Shanghai')::date, count(*) FROM departments_user "
        "WHERE is_demo GROUP BY 1 ORDER BY 1 NULLS LAST"
    )

    (away, n), (yesterday, rest) = seeded.rows(sql)

    assert (away, n, yesterday, rest > 40) == (
        dt.date(2026, 4, 8),
        1,
        dt.date(2026, 6, 29),
        True,
    )


def test_the_course_told_whole_lacks_a_step_on_the_very_day(seeded):
    """The talk before leaving may be held from this day on, and nothing written before can stand for it."""
    sql = (
        "SELECT m.planned_on, m.actual_on IS NULL, max(t.occurred_on) < m.planned_on - 3 "
        "FROM cases_milestone m JOIN cases_case c ON c.episode_id = m.episode_id "
        "JOIN cases_contact t ON t.case_id = c.id WHERE m.kind = 'discharge' GROUP BY m.id"
    )

    assert (dt.date(2026, 7, 3), True, True) in seeded.rows(sql)


# ── persons, families, and what few may know ─────────────────────────────────


def test_persons_have_asked_for_everything_and_every_request_stands_where_it_should(seeded):
    sql = "SELECT kind, state, outcome, refusal_code FROM cases_subjectrequest ORDER BY kind, id"

    assert seeded.rows(sql) == [
        ("access", "received", "", ""),
        ("copy", "refused", "refuse", "not_entitled"),
        ("copy", "accepted", "", ""),
        ("correct", "closed", "grant", ""),
        ("delete", "answered", "partly", "retention"),
        ("transfer", "closed", "grant", ""),
    ]


def test_two_families_of_two_patients_are_linked(seeded):
    sql = "SELECT relation FROM cases_householdmember WHERE left_on IS NULL ORDER BY relation"

    *others, spouse = (row[0] for row in seeded.rows(sql))

    assert others[-2:] == ["self", "self"]
    assert others[0] in ("father", "grandparent", "mother")
    assert spouse == "spouse"


def test_three_persons_were_registered_twice_and_stand_on_the_desk(seeded):
    sql = "SELECT score, state FROM cases_duplicatepair ORDER BY score DESC LIMIT 3"

    certain, same, mistyped = seeded.rows(sql)

    assert (certain, same[0] >= 90, mistyped) == ((100, "open"), True, (50, "open"))


def test_volunteers_have_served_and_two_hold_a_proof(seeded):
    states = dict(seeded.rows("SELECT state, count(*) FROM volunteers_servicerecord GROUP BY 1"))
    assert (states["disputed"], states["recorded"], states["confirmed"] > 10) == (1, 4, True)
    assert seeded.rows("SELECT count(*) > 0 FROM volunteers_certificate") == [(True,)]


def test_a_sealed_case_was_opened_twice_for_minutes_and_one_reading_waits_for_its_review(seeded):
    sql = (
        "SELECT review_result, upper(valid) - lower(valid) FROM departments_accessgrant "
        "WHERE kind = 'break_glass' ORDER BY id"
    )
    eleven = dt.timedelta(minutes=11)

    assert seeded.rows(sql) == [("accepted", eleven), ("", eleven)]


def test_one_mandatory_report_was_told_and_the_other_runs_against_its_clock(seeded):
    sql = (
        "SELECT state, reported_at IS NOT NULL, due_at > '2026-06-30 00:00+08' FROM cases_mandatoryreport "
        "ORDER BY opened_at"
    )

    assert seeded.rows(sql) == [("followed", True, False), ("opened", False, True)]


def test_referrals_left_for_bodies_and_the_other_hospital_and_were_answered_or_not(seeded):
    sent = (
        "SELECT state, count(*) FROM cases_referral WHERE direction = 'out' "
        "GROUP BY state ORDER BY state"
    )
    arrived = "SELECT state FROM cases_referral WHERE origin_uid IS NOT NULL AND direction = 'in' ORDER BY id"

    assert seeded.rows(sent) == [("accepted", 1), ("completed", 1), ("refused", 1), ("sent", 2)]
    assert [row[0] for row in seeded.rows(arrived)] == ["accepted", "received"]


# ── two hospitals that never meet ────────────────────────────────────────────


def _house(name: str) -> int:
    with scope():
        return Organization.objects.get(name=name).pk


def _texts(house: int) -> Iterator[str]:
    """Everything that msw_app can read in the house's own scope, opened."""
    with house_scope(house, care=True):
        for model in apps.get_models():
            if model._meta.app_label not in (
                "departments",
                "cases",
                "volunteers",
                "donations",
                "reports",
            ):
                continue
            for row in model._base_manager.all():
                yield " ".join(_opened(row))


def _opened(row: models.Model) -> Iterator[str]:
    for column in row._meta.concrete_fields:
        value: Any = getattr(row, column.attname)
        if value is not None and not isinstance(value, bytes | memoryview):
            yield str(value)


@pytest.mark.parametrize(("own", "other"), [("A", "B"), ("B", "A")])
def test_a_hospital_reads_its_own_narratives_and_none_of_the_other(world, own, other):
    texts = list(_texts(_house({"A": HOSPITAL_A, "B": HOSPITAL_B}[own])))

    assert sum(f"档号 {own}-" in text for text in texts) > 100
    assert [text for text in texts if f"档号 {other}-" in text] == []


def test_the_foundation_reads_narratives_in_consented_copies_only(world):
    house = _house(FOUNDATION)
    with house_scope(house):
        tables = {
            model._meta.model_name
            for model in apps.get_models()
            if model._meta.app_label in ("departments", "cases", "volunteers", "donations")
            for row in model._base_manager.all()
            if any("档号 " in text for text in _opened(row))
        }

    assert tables == {"disclosure"}


def test_the_walls_are_up_while_this_is_tested(world):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")

        assert cursor.fetchone() == ("msw_app",)
