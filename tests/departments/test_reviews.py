"""The quarterly account review: every row decided, signed, kept; what is to end ends at signing."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from departments.models.compliance import ComplianceRecord
from departments.models.people import Membership, Role
from departments.services import reviews
from departments.services.memberships import membership_end
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope


@pytest.fixture
def started(db, secadmin, acting) -> ComplianceRecord:
    with acting(secadmin):
        return reviews.review_start(by=secadmin)


def _all(review, **others: reviews.Decision) -> dict[str, reviews.Decision]:
    """Keep everybody, but those named by login."""
    keep = reviews.Decision("keep")
    return {row["membership"]: others.get(row["username"], keep) for row in review.payload["rows"]}


def _refused(service, **given) -> str:
    with pytest.raises(DomainError) as refused:
        service(**given)
    return refused.value.rule


def test_a_review_lists_every_account_and_role_of_the_house(started, hospital):
    with scope(org=hospital.pk, role="system"):
        held = Membership.objects.filter(organization=hospital).active(timezone.localdate()).count()
    names = {row["username"] for row in started.payload["rows"]}
    assert len(started.payload["rows"]) == held
    assert {"worker", "secadmin", "auditor"} <= names
    assert "other_worker" not in names


def test_the_second_reviewer_sees_both_decisions_and_chooses(started, secadmin, client_for):
    page, one = f"/console/security/reviews/{started.uid}/", client_for(secadmin)
    rows = {row["username"]: row["membership"] for row in started.payload["rows"]}
    decision, note = f"d-{rows['worker2']}", f"n-{rows['worker2']}"
    base = str(one.get(page).context["base"])
    assert one.post(page, {"_draft_base": base, f"d-{rows['worker']}": "keep"}).status_code == 302
    typed = {"_draft_base": base, decision: "end", note: "已调离"}
    answer = one.post(page, typed)
    assert answer.status_code == 409
    found = {clash.name: (clash.mine, clash.theirs) for clash in answer.context["clashes"]}
    assert found == {
        f"d-{rows['worker']}": ("（空）", "保留"),
        decision: ("结束", "（空）"),
        note: ("已调离", "（空）"),
    }
    again = typed | {
        "_draft_base": str(answer.context["base"]),
        f"_pick-d-{rows['worker']}": "theirs",
    }
    assert one.post(page, again).status_code == 302
    stands = one.get(page).context["rows"]
    chosen = {row["username"]: row["decision"] for row in stands if row["decision"]}
    assert chosen == {"worker": "keep", "worker2": "end"}


def test_one_review_at_a_time(started, secadmin, acting):
    with acting(secadmin):
        assert _refused(reviews.review_start, by=secadmin) == "compliance_one_review_open"


def test_signing_ends_what_is_to_end_and_freezes_the_row(started, secadmin, worker2, acting):
    chosen = _all(started, worker2=reviews.Decision("end", "已调离"))
    with acting(secadmin):
        review = reviews.review_finish(review=started, decisions=chosen, by=secadmin)
        ended = Membership.objects.get(pk=worker2.membership.pk)
        assert (review.state, review.signer_1_id) == ("closed", secadmin.pk)
        assert (ended.valid.upper, ended.end_reason) == (timezone.localdate(), "已调离")
        assert (
            _refused(reviews.review_decide, review=review, decisions={}, by=secadmin)
            == "review.signed"
        )
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE departments_compliancerecord SET due_on = NULL WHERE id = %s", [review.pk]
            )


def test_the_next_is_due_three_months_after_the_signing(started, secadmin, hospital, acting):
    with acting(secadmin):
        assert reviews.review_due_on(hospital.pk) == timezone.localdate()
        reviews.review_finish(review=started, decisions=_all(started), by=secadmin)
        due = reviews.review_due_on(hospital.pk)
    assert 88 <= (due - timezone.localdate()).days <= 92


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
        (dt.date(2027, 11, 30), 3, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 1), 1, dt.date(2027, 1, 1)),
        (dt.date(2026, 3, 31), 1, dt.date(2026, 4, 30)),
    ],
)
def test_months_are_counted_to_a_day_that_exists(day, months, then):
    assert reviews._months_later(day, months) == then


def test_an_undecided_row_stops_the_signing_and_ends_nobody(started, secadmin, worker2, acting):
    chosen = _all(started, worker2=reviews.Decision("end", "已调离"), worker=reviews.Decision(""))
    with acting(secadmin):
        rule = _refused(reviews.review_finish, review=started, decisions=chosen, by=secadmin)
        assert rule == "review.undecided"
        assert Membership.objects.active(timezone.localdate()).filter(pk=worker2.membership.pk)


@pytest.mark.parametrize(
    ("login", "decision", "rule"),
    [
        ("secadmin", reviews.Decision("end", "自己"), "review.own_role"),
        ("worker", reviews.Decision("end", ""), "review.needs_note"),
    ],
)
def test_a_crooked_decision_is_refused(started, secadmin, acting, login, decision, rule):
    with acting(secadmin):
        assert (
            _refused(
                reviews.review_decide,
                review=started,
                decisions=_all(started, **{login: decision}),
                by=secadmin,
            )
            == rule
        )


def test_a_role_that_ended_meanwhile_does_not_stop_the_signing(started, secadmin, worker2, acting):
    chosen = _all(started, worker2=reviews.Decision("end", "已调离"))
    with acting(secadmin):
        membership_end(membership=worker2.membership, reason="先结束", by=secadmin)
        assert reviews.review_finish(review=started, decisions=chosen, by=secadmin).closed_at


def test_the_page_keeps_what_was_typed_when_it_refuses(started, secadmin, worker, client_for):
    client, address = client_for(secadmin), f"/console/security/reviews/{started.uid}/"
    row = next(one for one in started.payload["rows"] if one["username"] == "worker")
    given = {f"d-{row['membership']}": "end", f"n-{row['membership']}": "x", "save": "1"}
    answer = client.post(address, given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "的角色要结束，请写明原因。" in page
    assert 'value="x"' in page
    assert '<option value="end" selected>' in page


def test_the_page_saves_and_signs(started, secadmin, client_for):
    client, address = client_for(secadmin), f"/console/security/reviews/{started.uid}/"
    given = {f"d-{row['membership']}": "keep" for row in started.payload["rows"]}
    assert client.post(address, {**given, "save": "1"}).status_code == 302
    assert client.post(address, {**given, "sign": "1"}).status_code == 302
    page = client.get(address).content.decode()
    assert "测试secadmin 于" in page
    assert 'name="d-' not in page


def test_a_review_of_another_house_does_not_exist_here(started, client_for, db):
    from tests.architecture.matrix_world import keeper

    other = client_for(keeper())
    assert other.get(f"/console/security/reviews/{started.uid}/").status_code == 404


def test_only_the_security_administrator_reviews(started, head, acting):
    with acting(head):
        assert _refused(reviews.review_start, by=head) == "permission.can_review_accounts"
    assert head.membership.role == Role.DEPT_HEAD
