"""Break-glass: one case, an hour, read only, told at once, reviewed by somebody else."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from cases.consent_permissions import can_give_consent, can_read_document
from cases.form_permissions import can_print_case
from cases.models.alerts import RiskAlert
from cases.models.casework import Case
from cases.models.consents import Consent
from cases.models.work import Contact
from cases.permissions import can_keep_case, can_record_contact, can_view_case, can_void_case
from cases.services.break_glass import glass_break, glass_close, glass_review, glass_told
from cases.services.consents import consent_withdraw
from cases.services.secrecy import case_raise_secrecy
from departments.models.mechanisms import Notification, Task
from departments.models.people import AccessGrant
from departments.models.queues import Outbox
from departments.models.trail import AuditEntry
from departments.services.desk import notices
from departments.services.entering import house_scope
from donations.models.requests import FundingRequest
from msw_portal.kernel.scope import scope
from tests.cases.pages import make_file, text_of
from tests.factories.cases import make_case, make_need

pytestmark = pytest.mark.django_db
WHY = "急诊抢救，须知道家暴史与联系人"
SECRET = "涉及家庭暴力，需要严格保密"


@pytest.fixture
def sealed(worker, head, acting):
    """A level-5 case named for its worker only."""
    file = make_file(worker, head, acting)
    with acting(worker):
        file.case = case_raise_secrecy(case=file.case, named=[], reason=SECRET, by=worker)
    return file


def _break(case, by, **given):
    return glass_break(**{"number": case.number, "reason": WHY, "minutes": 30, **given}, by=by)


def test_the_head_reads_one_case_and_can_do_nothing_else(sealed, head, acting):
    with acting(head):
        assert not Case.objects.visible_to(head).filter(pk=sealed.case.pk).exists()
        case = _break(sealed.case, head)
        assert case.pk == sealed.case.pk
        assert Case.objects.visible_to(head).get(pk=case.pk) == case
        assert not Case.objects.listed_to(head).filter(pk=case.pk).exists()
        assert Contact.objects.visible_to(head).get() == sealed.contact
        assert can_view_case(head, case)
        for refused in (can_keep_case, can_record_contact, can_void_case):
            assert not refused(head, case), refused.__name__
        assert not FundingRequest.objects.visible_to(head).exists()


def test_by_the_person_and_only_one_at_a_time(sealed, head, worker, acting, refuses):
    with acting(worker):
        other = case_raise_secrecy(
            case=make_case(worker, stage="intervention"), named=[], reason=SECRET, by=worker
        )
    with acting(head):
        assert _break(sealed.case, head, number="", client=sealed.client).pk == sealed.case.pk
        with refuses("break_glass.one_at_a_time", status=409):
            _break(other, head)
        glass_close(by=head)
        with refuses("break_glass.is_over", status=409):
            glass_close(by=head)
        assert _break(other, head).pk == other.pk


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"number": "NO-SUCH"}, "break_glass.not_found", "number"),
        ({"number": " "}, "break_glass.needs_case", "number"),
        ({"reason": "看一下"}, "break_glass.needs_reason", "reason"),
        ({"minutes": 61}, "break_glass.too_long", "minutes"),
        ({"minutes": 0}, "break_glass.too_long", "minutes"),
    ],
)
def test_what_is_not_a_break_glass(sealed, head, acting, refuses, given, rule, field):
    with acting(head), refuses(rule, field):
        _break(sealed.case, head, **given)


def test_who_is_named_or_not_of_the_house_breaks_nothing(
    sealed, worker, assistant, other_head, acting, refuses
):
    with acting(worker), refuses("break_glass.is_named", "number", 409):
        _break(sealed.case, worker)
    with acting(assistant), refuses("permission.can_break_glass", status=403):
        _break(sealed.case, assistant)
    with acting(other_head), refuses("break_glass.not_found", "number"):
        _break(sealed.case, other_head)


def test_whoever_tries_numbers_is_stopped(sealed, head, acting, refuses):
    with acting(head):
        for n in range(6):
            with refuses("break_glass.not_found", "number"):
                _break(sealed.case, head, number=f"HA-C-2026-{n}")
        with refuses("break_glass.too_many", status=429):
            _break(sealed.case, head)
        assert not AccessGrant.objects.filter(kind="break_glass").exists()


def test_an_ordinary_case_answers_like_no_case(worker, head, acting, refuses):
    with acting(worker):
        ordinary = make_case(worker, stage="intervention")
    with acting(head), refuses("break_glass.not_found", "number"):
        _break(ordinary, head)


def test_the_database_refuses_every_write_under_glass(sealed, worker, head, acting):
    """The second wall: whatever a service forgets to ask."""
    with acting(head):
        _break(sealed.case, head)
        for change in (
            lambda: Case.objects.filter(pk=sealed.case.pk).update(priority="urgent"),
            lambda: Contact.objects.filter(pk=sealed.contact.pk).update(mode="phone"),
            lambda: make_need(sealed.case, head),
            lambda: Consent.objects.filter(pk=sealed.consent.pk).update(
                withdrawn_at=timezone.now()
            ),
            lambda: RiskAlert.objects.filter(pk=sealed.alert.pk).delete(),
        ):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                change()
            assert "break-glass" in str(refused.value)
    with acting(worker):
        assert Case.objects.filter(pk=sealed.case.pk).update(priority="urgent") == 1


def test_consents_are_not_withdrawn_and_no_one_is_named_under_glass(sealed, head, acting, refuses):
    with acting(head):
        case = _break(sealed.case, head)
        with refuses("permission.can_withdraw_consent", status=403):
            consent_withdraw(
                consent=sealed.consent, reason="家属要求", withdrawn_by="self", by=head
            )
        assert not can_read_document(head, case)
        assert not can_print_case(head, case)
        assert not can_give_consent(head, case)


def test_the_database_keeps_the_hour(sealed, head, acting):
    with acting(head):
        now = timezone.now()
        too_long = DateTimeTZRange(now, now + dt.timedelta(minutes=61))
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessGrant.objects.create(
                organization_id=head.house_id,
                user=head,
                compartment_id=sealed.case.pk,
                kind="break_glass",
                reason=WHY,
                valid=too_long,
            )


def _ended(user, acting):
    """The reading of `user` was yesterday."""
    with acting(user):
        grant = AccessGrant.objects.get(user=user, kind="break_glass")
        since = timezone.now() - dt.timedelta(days=1)
        grant.valid = DateTimeTZRange(since, since + dt.timedelta(minutes=30))
        grant.save(update_fields=["valid"])
    return grant


def test_after_its_time_the_wall_stands_again(sealed, head, acting):
    with acting(head):
        _break(sealed.case, head)
    _ended(head, acting)
    with acting(head):
        assert head.acting.glass is None
        assert not Case.objects.filter(pk=sealed.case.pk).exists()


def test_it_is_told_at_once_and_reviewed_by_another(
    sealed, worker, worker2, head, secadmin, acting, refuses
):
    with acting(worker2):
        _break(sealed.case, worker2)
        task = Task.objects.get(kind="break_glass_review")
        assert task.role == "dept_head"
        assert timezone.localdate(task.due_at) == timezone.localdate() + dt.timedelta(days=1)
        sent = Outbox.objects.get(topic="break_glass.opened")
        grant = AccessGrant.objects.get(user=worker2, kind="break_glass")
    with house_scope(worker2.membership.organization_id):
        assert glass_told(house=sent.organization_id, **sent.payload) == 3
        glass_told(house=sent.organization_id, **sent.payload)  # the relay may come twice
    with acting(head):
        assert Notification.objects.get(kind="break_glass.opened").subject_id == worker2.pk
        assert [one.url for one in notices(head)] == [reverse("cases:glass_reviews")]
        with refuses("break_glass.still_open", status=409):
            glass_review(grant=grant, result="accepted", by=head)
    with acting(worker):
        told = Notification.objects.get(kind="break_glass.own_case")
        assert (told.subject_id, told.user_id) == (sealed.case.pk, worker.pk)
    with acting(worker2):
        assert not Notification.objects.filter(kind__startswith="break_glass").exists()
    grant = _ended(worker2, acting)
    with acting(worker2), refuses("permission.can_review_glass", status=403):
        glass_review(grant=grant, result="accepted", by=worker2)
    with acting(head):
        with refuses("break_glass.result_unknown", "result"):
            glass_review(grant=grant, result="fine", by=head)
        assert glass_review(grant=grant, result="questioned", by=head).reviewed_by == head
        assert Task.objects.get(kind="break_glass_review").state == "done"
        with refuses("break_glass.is_reviewed", status=409):
            glass_review(grant=grant, result="accepted", by=head)


def test_a_head_who_read_is_reviewed_by_the_account_administrator(
    sealed, head, secadmin, acting, refuses
):
    with acting(head):
        _break(sealed.case, head)
        assert Task.objects.get(kind="break_glass_review").role == "secadmin"
    grant = _ended(head, acting)
    with acting(head), refuses("permission.can_review_glass", status=403):
        glass_review(grant=grant, result="accepted", by=head)
    with acting(secadmin):
        assert glass_review(grant=grant, result="accepted", by=secadmin).review_result == "accepted"


def test_in_the_browser_it_is_a_bar_on_every_page(sealed, head, client_for, acting, auditor):
    page = client_for(head)
    case = reverse("cases:case", args=[sealed.case.uid])
    assert page.get(case).status_code == 404
    address = reverse("cases:break_glass")
    bad = page.post(address, {"number": "X", "reason": "看", "minutes": "30"})
    assert bad.status_code == 422
    sent = {"number": sealed.case.number, "reason": WHY, "minutes": "30"}
    assert page.post(address, sent)["Location"] == case
    said = text_of(page.get(case))
    assert "紧急查阅中" in said
    assert sealed.case.number in said
    assert "紧急查阅中" in text_of(page.get(reverse("departments:workbench")))
    for name in ("print_case", "contact_new"):
        sent = {"shown": "masked", "why": "archive", "note": ""}
        answer = page.post(reverse(f"cases:{name}", args=[sealed.case.uid]), sent)
        assert answer.status_code in (403, 422), name
    assert page.post(reverse("cases:break_glass_close")).status_code == 302
    # The test is one transaction, and the wall's clock stands still in it.
    _ended(head, acting)
    assert page.get(case).status_code == 404
    with acting(auditor):
        actions = AuditEntry.objects.filter(action__startswith="break_glass.")
        assert set(actions.values_list("action", flat=True)) == {
            "break_glass.open",
            "break_glass.read",
            "break_glass.end",
        }


def test_the_reviewer_sees_number_and_reason_and_decides(
    sealed, worker2, head, client_for, acting, other_head
):
    with acting(worker2):
        _break(sealed.case, worker2)
    grant = _ended(worker2, acting)
    page, address = client_for(head), reverse("cases:glass_reviews")
    said = text_of(page.get(address))
    assert WHY in said
    assert sealed.case.number in said
    assert WHY not in text_of(client_for(other_head).get(address))
    assert client_for(worker2).get(address).status_code == 404
    sent = {"grant": grant.pk, "result": "accepted"}
    assert client_for(other_head).post(address, sent).status_code == 422
    assert page.post(address, sent).status_code == 302
    assert WHY not in text_of(page.get(address))
    assert "合理" in text_of(page.get(address + "?show=all"))


def test_nobody_breaks_in_without_a_house(sealed):
    with scope():
        assert not Case.objects.exists()
