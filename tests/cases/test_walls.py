"""The first wall of every table of this app, with Python's filters off."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from cases.models.casework import Case
from cases.models.consents import Consent
from cases.models.duplicates import ComparedUpTo, DuplicatePair
from cases.models.feeds import EpisodeDrop, EpisodeFeed
from cases.models.holds import RecordHold
from cases.models.people import Client
from cases.models.reveals import IdentityReveal
from cases.models.state_aid import StateAid
from cases.models.supervision import SupervisionCase
from cases.services.alerts import alert_raise
from cases.services.consents import consent_give
from cases.services.disclosures import disclosure_make
from cases.services.intake import case_accept
from cases.services.members import case_member_add
from cases.services.referrals import referral_receive
from cases.services.report_course import report_follow, report_tell
from cases.services.reporting import report_open
from departments.models.learning import LearningEvent
from departments.services.documents import document_store
from msw_portal.kernel.keyring import CryptoError
from tests.factories.cases import (
    make_case,
    make_client,
    make_consent,
    make_contact,
    make_episode,
    make_guardian,
    make_need,
    make_plan,
    make_screen,
    make_template,
)
from tests.factories.course import make_around
from tests.factories.groups import make_whole_group

pytestmark = pytest.mark.django_db
TABLES = [model._meta.db_table for model in apps.get_app_config("cases").get_models()]
OPEN_TABLES = {"cases_consenttemplate"}  # published texts are read by all


@pytest.fixture
def filled(worker, worker2, supervisor, assistant, hospital, foundation, acting, upload):
    """At least one row in every table of the app."""
    with acting(worker):
        client = make_client(worker)
        make_guardian(client, worker, is_guardian=False)
        episode = make_episode(client, worker)
        referral_receive(client=client, from_text="护士长", reason="x", by=worker)
        case = make_case(worker, client=client, episode=episode, supervisor=supervisor)
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
        make_consent(case, worker)
        case = case_accept(case=case, decision="open", urgency="normal", by=worker)
        make_need(case, worker)
        make_screen(case, worker)
        make_contact(case, worker)
        alert_raise(case=case, by=worker)
        report = report_open(case=case, ground="violence", facts="x", by=worker)
        told = {"recipient": "police", "office": "派出所", "way": "phone"}
        report_tell(report=report, sent_at=timezone.now(), by=worker, **told)
        report_follow(report=report, occurred_on=timezone.localdate(), text="x", by=worker)
        plan = make_plan(make_case(worker, stage="planning"), worker)
        make_around(case, episode, plan, worker2, worker)
        meeting = LearningEvent.objects.create(
            organization=hospital,
            kind="supervision",
            form="individual",
            theme="x",
            starts_at=timezone.now(),
            hours=1,
            leader=supervisor,
        )
        SupervisionCase.objects.create(organization=hospital, case=case, event=meeting, excerpt="x")
        StateAid.objects.create(
            organization=hospital, case=case, kind="medical", authority="x", applicant="patient"
        )
        RecordHold.objects.create(
            organization=hospital,
            client=client,
            kind="legal",
            reason="x",
            since=timezone.localdate(),
        )
        IdentityReveal.objects.create(organization=hospital, client=client, reason="x")
        EpisodeFeed.objects.create(organization=hospital, episode=episode, heard_at=timezone.now())
        EpisodeDrop.objects.create(organization=hospital, name="夜间.csv", digest=b"1" * 32)
        other = make_client(worker, name="演示乙")
        DuplicatePair.objects.create(
            organization=hospital, first=client, second=other, reasons=["name"]
        )
        ComparedUpTo.objects.create(organization=hospital)
        make_whole_group(worker, client=client)
        share = make_consent(case, worker, "share_to_org", recipient=foundation)
        given = {
            "mime": "application/pdf",
            "pages": 1,
            "subject": case,
            "kind": "other",
            "by": worker,
            "organization_id": case.organization_id,
        }
        original = document_store(name="原件.pdf", content=b"1", **given)
        masked = document_store(
            name="遮盖.pdf", content=b"2", derived_from=original, is_care=False, **given
        )
        disclosure_make(
            organization=hospital,
            recipient=foundation,
            consent=share,
            level="review",
            subject=case,
            payload={"sex": "2"},
            fields=["sex"],
            documents=[masked],
            by=worker,
        )
    return case


def counts(rows) -> dict[str, int]:
    return {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_the_world_has_a_row_in_every_table(filled, worker, acting, rows):
    with acting(worker):
        assert [table for table, count in counts(rows).items() if count == 0] == []


@pytest.mark.parametrize("login", ["other_worker", "other_head", "other_officer", "authority"])
def test_another_house_sees_no_row(login, filled, person, acting, rows):
    user = person(login)
    with acting(user):
        seen = {table for table, count in counts(rows).items() if count}
        assert seen - OPEN_TABLES == set()


@pytest.mark.parametrize("login", ["clinician", "auditor", "secadmin"])
def test_roles_without_care_see_no_file(login, filled, person, acting, rows):
    user = person(login)
    with acting(user):
        seen = {table for table, count in counts(rows).items() if count}
        # Copies that left the house belong to the house; their words open only through visible_to. Of
        # a dropped file the house keeps name and counts, for its system administrator.
        kept = {"cases_disclosure", "cases_disclosuredocument", "cases_episodedrop"}
        assert seen - OPEN_TABLES == kept


def test_the_recipient_sees_its_copy_and_nothing_else(filled, officer, acting, rows):
    with acting(officer):
        seen = {table for table, count in counts(rows).items() if count}
        assert seen - OPEN_TABLES == {"cases_disclosure", "cases_disclosuredocument"}


def test_without_a_scope_there_is_nothing(filled, rows):
    assert {table for table, count in counts(rows).items() if count} == OPEN_TABLES


def test_another_house_changes_and_deletes_nothing(filled, worker, other_worker, acting, rows):
    with acting(other_worker):
        rows("UPDATE cases_case SET close_reason = 'x'")
        rows("UPDATE cases_client SET name_masked = 'x'")
        rows("DELETE FROM cases_contact")
    with acting(worker):
        assert rows("SELECT count(*) FROM cases_contact") == [(1,)]
        assert rows("SELECT count(*) FROM cases_client WHERE name_masked = 'x'") == [(0,)]


@pytest.mark.parametrize("make", [make_need, make_contact])
def test_a_row_on_a_foreign_case_is_refused(make, filled, other_worker, acting):
    """The trigger takes the house from the case, and the policy refuses that house."""
    with acting(other_worker):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            make(filled, other_worker)


def test_a_pointer_to_a_foreign_row_is_refused_like_one_to_nothing(
    filled, other_worker, other_hospital, acting
):
    foreign = filled.client_id
    with acting(other_worker):
        mine = make_case(other_worker)
        for pk in (foreign, 999_999_999):
            with pytest.raises(IntegrityError, match="no such client_id"), transaction.atomic():
                Case(
                    organization_id=other_hospital.pk,
                    client_id=pk,
                    department_id=mine.department_id,
                    source="outreach",
                    presenting_problem="x",
                ).save()
        for column, pk in (
            ("episode_id", filled.episode_id),
            ("department_id", filled.department_id),
        ):
            with pytest.raises(IntegrityError, match=f"no such {column}"), transaction.atomic():
                Case(
                    organization_id=other_hospital.pk,
                    source="outreach",
                    presenting_problem="x",
                    **{
                        "client_id": mine.client_id,
                        "department_id": mine.department_id,
                        column: pk,
                    },
                ).save()


def test_a_row_of_another_house_cannot_be_written(worker, other_hospital, acting):
    with (
        acting(worker),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Client(organization=other_hospital, name="演示", name_masked="演*").save()


def test_ciphertext_moved_to_another_row_does_not_open(worker, acting, rows):
    with acting(worker):
        one, two = make_client(worker), make_client(worker, name="演示乙")
        rows(
            "UPDATE cases_client SET name = (SELECT name FROM cases_client WHERE id = %s) WHERE id = %s",
            one.pk,
            two.pk,
        )
        with pytest.raises(CryptoError):
            _ = Client.objects.get(pk=two.pk).name


def test_a_consent_of_the_person_as_a_whole_has_no_compartment(worker, acting):
    with acting(worker):
        client = make_client(worker)
        consent = consent_give(
            client=client,
            kind="sensitive_pi",
            template=make_template(worker, "sensitive_pi"),
            purpose="评估",
            signer="演示甲",
            signer_relation="self",
            method="paper_scan",
            signed_at=timezone.now(),
            by=worker,
        )
        assert (consent.case, consent.compartment_id) == (None, None)
        assert Consent.objects.visible_to(worker).get() == consent


def test_every_update_raises_the_version(worker, acting, rows):
    with acting(worker):
        case = make_case(worker)
        rows("UPDATE cases_case SET weight = 2 WHERE id = %s", case.pk)
        assert rows("SELECT row_version FROM cases_case WHERE id = %s", case.pk) == [(2,)]
