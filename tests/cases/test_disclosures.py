"""Copies for other houses: minimal, frozen, counted, emptied with the consent."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models.consents import Disclosure, DisclosureDocument
from cases.services.consents import consent_withdraw
from cases.services.disclosures import (
    disclosure_make,
    disclosure_read,
    disclosures_withdraw,
    payload_hash,
)
from departments.audit import history
from departments.models.mechanisms import Document
from departments.services.documents import document_read, document_store
from tests.factories.cases import make_case, make_consent

pytestmark = pytest.mark.django_db
PAYLOAD = {"age_band": "30–44", "sex": "2", "disease_group": "leukaemia"}


@pytest.fixture
def shared(worker, hospital, foundation, acting):
    """A case with a live consent for the foundation."""
    with acting(worker):
        case = make_case(worker)
        case.shared = make_consent(case, worker, "share_to_org", recipient=foundation)
    return case


@pytest.fixture
def make(worker, hospital, foundation):
    def run(case, **given):
        values = {
            "organization": hospital,
            "recipient": foundation,
            "consent": case.shared,
            "level": "review",
            "subject": case,
            "payload": PAYLOAD,
            "by": worker,
            **given,
        }
        values.setdefault("fields", list(values["payload"]))
        return disclosure_make(**values)

    return run


def test_disclosure_make_freezes_exactly_the_consented_fields(shared, make, worker, acting):
    with acting(worker):
        disclosure = make(shared)
        assert (disclosure.version, disclosure.fields) == (1, ["age_band", "disease_group", "sex"])
        assert disclosure.payload == PAYLOAD
        assert bytes(disclosure.payload_hash) == payload_hash(PAYLOAD)
        [event] = history(disclosure)
        assert "leukaemia" not in event.body


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"payload": {"sex": "2", "mood": "低落"}}, "disclosure.field_not_consented"),
        ({"fields": ["sex"]}, "disclosure.fields_are_the_payload"),
        ({"level": "everything"}, "disclosure.level_unknown"),
    ],
)
def test_disclosure_make_refuses_what_the_consent_does_not_cover(
    given, rule, shared, make, worker, acting, refuses
):
    with acting(worker), refuses(rule):
        make(shared, **given)


def test_disclosure_make_needs_a_live_consent_for_this_recipient(
    shared, make, worker, other_foundation, foundation, acting, refuses
):
    with acting(worker):
        with refuses("disclosure.other_recipient", "recipient"):
            make(shared, recipient=other_foundation)
        with refuses("disclosure.needs_share_consent", "consent"):
            make(shared, consent=make_consent(shared, worker))
        consent_withdraw(consent=shared.shared, reason="改变主意", withdrawn_by="self", by=worker)
        with refuses("disclosure.consent_is_over", "consent", 409):
            make(shared)


def test_disclosure_make_by_who_is_not_on_the_case_is_refused(
    shared, make, worker2, head, acting, refuses
):
    for person in (worker2, head):
        with acting(person), refuses("permission.can_make_disclosure", status=403):
            make(shared, by=person)


def test_the_next_version_empties_the_one_before(shared, make, worker, acting):
    with acting(worker):
        first, second = make(shared), make(shared, payload={"sex": "2"})
        first.refresh_from_db()
        assert (first.payload, first.withdrawn_at is not None, second.version) == (None, True, 2)
        assert make(shared, level="identity", payload={"name": "演示甲"}).version == 1


def test_the_recipient_reads_the_copy_and_nobody_else_outside(
    shared, make, worker, officer, approver, other_officer, other_head, acting, rows
):
    with acting(worker):
        disclosure = make(shared)
    for person in (officer, approver):
        with acting(person):
            found = Disclosure.objects.visible_to(person).get()
            assert disclosure_read(disclosure=found, by=person) == PAYLOAD
    for person in (other_officer, other_head):
        with acting(person):
            assert rows("SELECT count(*) FROM cases_disclosure") == [(0,)]
            assert not Disclosure.objects.visible_to(person).exists()
    with acting(worker):
        disclosure.refresh_from_db(fields=["read_count"])
        assert disclosure.read_count == 2


def test_reading_is_audited_in_the_reader_s_own_chain(shared, make, worker, officer, acting):
    with acting(worker):
        disclosure = make(shared)
    with acting(officer):
        disclosure_read(disclosure=Disclosure.objects.get(), by=officer)
        [event] = history(disclosure)
        assert (event.action, event.actor_id) == ("disclosure.read", officer.pk)


def test_the_recipient_cannot_write_the_copy(shared, make, worker, officer, acting, rows):
    with acting(worker):
        make(shared)
    with acting(officer):
        rows("UPDATE cases_disclosure SET read_count = 99, withdrawn_at = now(), payload = null")
        rows("DELETE FROM cases_disclosure")
    with acting(worker):
        assert rows("SELECT read_count, withdrawn_at FROM cases_disclosure") == [(0, None)]


def test_withdrawing_the_consent_empties_every_copy_at_once(
    shared, make, worker, officer, acting, refuses, rows
):
    with acting(worker):
        review, identity = make(shared), make(shared, level="identity", payload={"name": "演示甲"})
        consent_withdraw(consent=shared.shared, reason="不再申请", withdrawn_by="self", by=worker)
        assert rows("SELECT count(*) FROM cases_disclosure WHERE payload IS NOT NULL") == [(0,)]
        assert rows("SELECT count(*) FROM cases_disclosure WHERE length(payload_hash) = 32") == [
            (2,)
        ]
        assert [event.action for event in history(review)] == [
            "disclosure.empty",
            "disclosure.make",
        ]
    with acting(officer):
        assert rows("SELECT count(*) FROM cases_disclosure") == [(0,)]
        with refuses("disclosure.is_empty", status=409):
            disclosure_read(disclosure=identity, by=officer)


def test_withdrawing_also_empties_copies_of_the_consent_it_superseded(
    shared, make, worker, foundation, acting, rows
):
    with acting(worker):
        make(shared)
        newer = make_consent(shared, worker, "share_to_org", recipient=foundation)
        assert rows("SELECT count(*) FROM cases_disclosure WHERE payload IS NOT NULL") == [(1,)]
        consent_withdraw(consent=newer, reason="不再申请", withdrawn_by="self", by=worker)
        assert rows("SELECT count(*) FROM cases_disclosure WHERE payload IS NOT NULL") == [(0,)]


def test_disclosures_withdraw_leaves_the_consent(shared, make, worker, acting):
    with acting(worker):
        make(shared)
        assert disclosures_withdraw(consent=shared.shared, by=worker) == 1
        assert disclosures_withdraw(consent=shared.shared, by=worker) == 0
        shared.shared.refresh_from_db()
        assert shared.shared.is_live


def test_an_expired_copy_is_not_read(shared, make, worker, officer, acting, refuses):
    with acting(worker):
        disclosure = make(shared, expires_at=timezone.now() - dt.timedelta(minutes=1))
    with acting(officer):
        assert not Disclosure.objects.exists()
        with refuses("disclosure.is_empty", status=409):
            disclosure_read(disclosure=disclosure, by=officer)


def test_a_copy_is_never_rewritten(shared, make, worker, acting, rows):
    with acting(worker):
        disclosure = make(shared)
        for change in (
            "fields = '{name}'",
            "payload = '\\x00'",
            "recipient_id = 1",
            "version = 9",
            "consent_id = null",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows(f"UPDATE cases_disclosure SET {change} WHERE id = %s", disclosure.pk)
        disclosures_withdraw(consent=shared.shared, by=worker)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows(
                "UPDATE cases_disclosure SET withdrawn_at = null, payload = '\\x00' WHERE id = %s",
                disclosure.pk,
            )


@pytest.fixture
def paper(shared, worker, acting):
    """An original and its masked copy, stored for the case."""
    with acting(worker):
        given = {
            "mime": "application/pdf",
            "pages": 1,
            "subject": shared,
            "kind": "diagnosis_certificate",
            "by": worker,
            "organization_id": shared.organization_id,
        }
        original = document_store(name="诊断证明.pdf", content=b"original", **given)
        return document_store(
            name="诊断证明（遮盖）.pdf",
            content=b"masked",
            derived_from=original,
            is_care=False,
            **given,
        )


def test_only_masked_copies_go_out_and_their_key_is_thrown_away(
    shared, make, paper, worker, officer, foundation, acting, refuses
):
    with acting(worker):
        with refuses("disclosure.only_copies", "documents"):
            make(shared, documents=[paper.derived_from])
        make(shared, documents=[paper])
    with acting(officer):
        part = DisclosureDocument.objects.visible_to(officer).select_related("document").get()
        assert document_read(document=part.document, by=officer) == b"masked"
    with acting(worker):
        consent_withdraw(consent=shared.shared, reason="不再申请", withdrawn_by="self", by=worker)
    with acting(officer):
        assert not DisclosureDocument.objects.exists()
        document = Document.objects.get(pk=paper.pk)
        assert (document.title, document.voided_at is not None) == ("已撤回", True)
        with refuses("file.damaged"):
            document_read(document=document, by=officer)
    with acting(worker):
        assert document_read(document=paper.derived_from, by=worker) == b"original"


def test_the_house_s_own_roles_read_copies_of_cases_they_may_open(
    shared, make, worker, worker2, head, acting
):
    with acting(worker):
        make(shared)
    for person, sees in ((worker, True), (head, True), (worker2, False)):
        with acting(person):
            assert Disclosure.objects.visible_to(person).exists() is sees
