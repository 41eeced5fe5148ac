"""Applications: written, whole, handed in by the clock, sealed, numbered; each house its own part."""

import datetime as dt
import hashlib
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from departments.services.entering import house_scope
from departments.services.outbox import relay_once
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application, ApplicationParty, ApplicationVersion
from projects.models.calls import Call
from projects.services.applications.completeness import meter
from projects.services.applications.content import whole_of
from projects.services.applications.files import files_of
from projects.services.applications.inviting import co_applicant_ask, invitation_answer
from projects.services.applications.papers import application_paper
from projects.services.applications.submitting import (
    application_merge,
    application_submit,
    application_withdraw,
)
from projects.services.applications.writing import application_write
from projects.services.calls.clock import calls_sweep
from projects.services.calls.writing import call_amend, content_hash
from tests.factories import projects as made
from tests.factories.donations import PDF, as_person
from tests.factories.reviews import hand_in

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def call(db, authority):
    return made.make_open_call(authority, number_pattern="YWSG-DYPY-{YYYY}{SEQ}", max_per_unit=1)


@pytest.fixture
def whole(call, head):
    return made.fill(made.make_application(call, head), head)


def test_the_meter_counts_what_the_form_asks_and_names_what_is_missing(call, head):
    row = made.make_application(call, head)
    with as_person(head):
        before = meter(whole_of(row))
    assert before.missing[0].label == "开始日期"
    assert before.percent < 20
    row = made.fill(row, head)
    with as_person(head):
        after = meter(whole_of(row))
    assert (after.missing, after.percent, row.completeness) == ((), 100, 100)
    assert (row.budget_total, row.budget_asked) == (Decimal("9000.00"), Decimal("9000.00"))


def test_handing_in_freezes_a_version_with_its_hash_and_the_issuer_numbers_it(
    whole, head, authority, call
):
    with as_person(authority):
        assert Application.objects.visible_to(authority).count() == 0
    row = made.submit(whole, head)
    assert (row.state, row.counterparty_id) == ("submitted", call.organization_id)
    relay_once()
    with as_person(authority):
        seen = Application.objects.visible_to(authority).get(pk=row.pk)
        version = ApplicationVersion.objects.visible_to(authority).get(application=row)
    assert seen.number == f"YWSG-DYPY-{call.year}1"
    assert version.payload_hash == content_hash(version.payload)
    assert version.payload["budget_total"] == "9000.00"
    with as_person(head), pytest.raises(DomainError) as refused:
        application_write(application=row, section="need", columns={}, answers={}, by=head)
    assert refused.value.rule == "permission.can_write_application"


def test_papers_reach_the_issuer_with_the_hand_in_and_then_stay(
    whole, head, authority, other_head, client_for
):
    page = reverse("applications:files", args=[whole.uid])
    client, issuer = client_for(head), client_for(authority)
    for name in ("盖章申报书.pdf", "传错的.pdf"):
        sent = client.post(page, {"file": SimpleUploadedFile(name, PDF, "application/pdf")})
        assert sent.status_code == 302, sent.content.decode()
    refused = client.post(page, {"file": SimpleUploadedFile("a.exe", b"MZ", "application/pdf")})
    assert refused.status_code == 422
    with as_person(head):
        kept, wrong = files_of(whole)
    read = reverse("applications:file", args=[whole.uid, kept.uid])
    taken = reverse("applications:file_remove", args=[whole.uid, wrong.uid])
    assert (client.post(taken).status_code, issuer.get(read).status_code) == (302, 404)
    row = made.submit(whole, head)
    with as_person(authority):
        version = ApplicationVersion.objects.visible_to(authority).get(application=row)
    assert version.payload["files"] == [
        {"title": "盖章申报书.pdf", "sha256": hashlib.sha256(PDF).hexdigest(), "bytes": len(PDF)}
    ]
    assert b"".join(issuer.get(read)) == PDF
    assert (
        "盖章申报书.pdf"
        in issuer.get(reverse("applications:application", args=[whole.uid])).content.decode()
    )
    assert client_for(other_head).get(read).status_code == 404
    again = reverse("applications:file_remove", args=[whole.uid, kept.uid])
    assert client.post(again).status_code == 403


def test_what_was_handed_in_is_sealed_in_the_database_for_both_houses(whole, head, authority):
    row = made.submit(whole, head)
    for person, sql in (
        (head, "UPDATE projects_application SET title = 'x' WHERE id = %s"),
        (head, "UPDATE projects_application SET selected = true WHERE id = %s"),
        (authority, "UPDATE projects_application SET answers = '{}' WHERE id = %s"),
        (head, "UPDATE projects_budgetline SET note = 'x' WHERE application_id = %s"),
        (head, "DELETE FROM projects_applicationparty WHERE application_id = %s"),
    ):
        with as_person(person), pytest.raises(IntegrityError):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, [row.pk])


def test_too_late_is_refused_and_leaves_its_evidence(whole, head, authority, call):
    made.close_now(call, authority)
    with as_person(head):
        outcome = application_submit(application=whole, by=head)
    assert (outcome.is_late, outcome.version) == (True, None)
    assert "这次提交没有接收" in str(outcome.sentence)
    with as_person(head):
        row = Application.objects.get(pk=whole.pk)
    assert row.state == "draft"
    [evidence] = row.late_evidence
    assert (evidence["by"], evidence["role"], len(evidence["payload_hash"])) == (
        str(head.uid),
        "dept_head",
        64,
    )
    # Whatever Python says, the database takes no row whose time is past the deadline.
    with as_person(head), pytest.raises(IntegrityError) as refused:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE projects_application SET state = 'submitted', counterparty_id = %s, submitted_version = 1, "
                "submitted_at = %s WHERE id = %s",
                [call.organization_id, timezone.now(), row.pk],
            )
    assert refused.value.__cause__.diag.constraint_name == "application_in_window"


def test_of_two_at_the_deadlines_second_the_one_within_counts(
    call, head, other_head, authority, monkeypatch
):
    first = made.fill(made.make_application(call, head), head)
    second = made.fill(made.make_application(call, other_head), other_head)
    end = call.closes_at
    module = "projects.services.applications.submitting.timezone.now"
    monkeypatch.setattr(module, lambda: end)
    assert made.submit(first, head).state == "submitted"
    monkeypatch.setattr(module, lambda: end + dt.timedelta(microseconds=1))
    with as_person(other_head):
        outcome = application_submit(application=second, by=other_head)
    assert outcome.is_late
    assert outcome.application.late_evidence[0]["closes_at"] == end.isoformat()


def test_a_unit_hands_in_no_more_than_the_call_allows(call, whole, head):
    made.submit(whole, head)
    second = made.fill(made.make_application(call, head, title="第二个示例项目"), head)
    with as_person(head), pytest.raises(DomainError) as refused:
        application_submit(application=second, by=head)
    assert refused.value.rule == "application_within_unit_limit"


def test_a_budget_that_does_not_add_up_or_asks_too_much_is_refused_on_its_row(authority, head):
    call = made.make_open_call(authority, funding_ceiling=Decimal(5000))
    row = made.make_application(call, head)
    line = {
        "line": "活动",
        "unit_price": Decimal("3.00"),
        "quantity": Decimal(3),
        "source": "asked",
    }
    with as_person(head), pytest.raises(DomainError) as refused:
        application_write(
            application=row, section="budget", columns={}, answers={},
            rows=[line, line | {"amount": Decimal("9.10")}], by=head,
        )  # fmt: skip
    assert (refused.value.rule, refused.value.field) == (
        "budget_line_amount_is_product",
        "1-amount",
    )
    assert "第 2 行的金额应是 9.00 元" in str(refused.value)
    row = made.fill(row, head)
    with as_person(head), pytest.raises(DomainError) as refused:
        application_submit(application=row, by=head)
    assert refused.value.rule == "budget.over_ceiling"


def test_a_co_applicant_reads_its_copy_and_answers_for_itself(
    call, whole, head, other_head, other_hospital
):
    with as_person(head):
        party = co_applicant_ask(
            application=whole,
            partner=other_hospital,
            part="协作",
            by=head,
        )
        with pytest.raises(DomainError) as refused:
            application_submit(application=whole, by=head)
    assert refused.value.rule == "application.co_applicant_open"
    with as_person(other_head):
        assert not Application.objects.filter(pk=whole.pk).exists()
        seen = ApplicationParty.objects.listed_to(other_head).get()
        assert "sections" not in seen.shown
        invitation_answer(party=seen, verdict="accepted", by=other_head)
    relay_once()
    with as_person(other_head):
        seen = ApplicationParty.objects.listed_to(other_head).get()
        assert seen.shown["sections"][0]["facts"][0] == ["项目名称", "示例项目"]
        with pytest.raises(IntegrityError), transaction.atomic():
            ApplicationParty.objects.filter(pk=party.pk).update(part="改别人的分工")
    made.submit(whole, head)
    with as_person(other_head):
        assert ApplicationParty.objects.get(pk=party.pk).application_state == "submitted"


def test_a_draft_whose_call_is_over_was_started_not_submitted_and_lives_again(
    call, head, authority
):
    row = made.make_application(call, head)
    calls_sweep([row.organization_id, call.organization_id], call.closes_at + dt.timedelta(hours=1))
    with as_person(authority):
        assert Call.objects.get(pk=call.pk).state == "closed"
        with connection.cursor() as cursor:
            cursor.execute("SELECT drafts, lapsed, houses FROM app.call_progress(%s)", [call.pk])
            assert cursor.fetchone() == (0, 1, 1)
    with as_person(head):
        assert Application.objects.get(pk=row.pk).state == "started_not_submitted"
        with connection.cursor() as cursor:
            cursor.execute("SELECT lapsed FROM app.call_progress(%s)", [call.pk])
            assert cursor.fetchone() == (0,)


def test_an_amendment_is_told_to_whoever_writes_a_draft(call, head, authority):
    row = made.make_application(call, head)
    with as_person(authority):
        later = call.closes_at + dt.timedelta(days=3)
        call = call_amend(call=call, note="延长申报时间", closes_at=later, by=authority)
        assert call.version == 2
    calls_sweep([row.organization_id])
    calls_sweep([row.organization_id])
    relay_once()
    with as_person(head):
        from departments.models.mechanisms import Notification

        assert Notification.objects.filter(user=head, kind="call.amended").count() == 1


def test_withdrawing_and_merging_say_why_and_free_the_place(authority, head, worker):
    call = made.make_open_call(authority)
    rows = [
        made.submit(made.fill(made.make_application(call, head, title=f"示例 {n}"), head), head)
        for n in (1, 2)
    ]
    with as_person(head), pytest.raises(DomainError):
        application_withdraw(application=rows[0], reason=" ", by=head)
    with as_person(worker), pytest.raises(DomainError) as refused:
        application_withdraw(application=rows[0], reason="不做了，另行安排", by=worker)
    assert refused.value.rule == "permission.can_withdraw_application"
    with as_person(authority):
        merged = application_merge(
            application=rows[0], target=rows[1], reason="内容相近，合并申报", by=authority
        )
    assert (merged.state, merged.merged_into_id) == ("merged", rows[1].pk)
    with as_person(head):
        gone = application_withdraw(application=rows[1], reason="人员变动，不再申报", by=head)
    assert gone.state == "withdrawn"


def test_another_house_sees_nothing(whole, other_head, other_hospital):
    with house_scope(other_hospital.pk):
        assert Application.objects.filter(pk=whole.pk).count() == 0
    with as_person(other_head):
        assert Application.objects.visible_to(other_head).count() == 0


def test_a_version_that_does_not_say_everything_is_printed_with_what_the_row_says(call, head):
    row = hand_in(call, head, "早先的申报")
    with as_person(head):
        version = ApplicationVersion.objects.get(application=row)
    # Rows are never changed in the database: the print is asked for a copy.
    version.payload = {"title": row.title}
    with as_person(head) as by:
        made_pdf = application_paper(application=row, version=version, by=by)
    assert made_pdf.startswith(b"%PDF")
