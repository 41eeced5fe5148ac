"""The hospital's opinion, the way back from the second review, and the committee above a limit."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.people import Membership, User, duty_class
from departments.services import outbox
from donations.models.requests import FundingAct, RequestDocument
from donations.services import committee, opinions, requests, review
from donations.services.catalogue import LITTLE_ANGEL
from donations.services.duties import act_write, duty_claim
from msw_portal.kernel.scope import scope
from tests.factories.donations import as_person, code_for, give, make_money, make_submitted, paper
from tests.factories.world import SINCE

D = Decimal
MEDICAL = "medical_opinion"
HOSPITAL = [
    "document_check",
    "msw_assessment",
    "hospital_opinion",
    "first_review",
    "second_review",
    "committee",
    "proposed",
    "approved",
    "agreement",
    "disbursing",
    "disbursed",
]
PAPERS = [
    *LITTLE_ANGEL["documents"],
    {"type": MEDICAL, "text": "医疗意见", "required": True, "at": "opinion"},
]


def _asked(people, **content):
    """A request whose papers are in order; the programme asks the hospital and has a committee above 10,000."""
    money = make_money(
        people,
        **{
            "stages": HOSPITAL,
            "documents": PAPERS,
            "caps": {"per_request": "50000.00", "committee_above": "10000.00"},
            **content,
        },
    )
    give(people, money, "100000.00")
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        asked.request = review.request_check(request=asked.request, complete=True, by=by)
    return asked


def _opined(people, head, **content):
    asked = _asked(people, **content)
    with as_person(people.worker) as by:
        file = paper(asked.case, by, "medical_opinion")
        requests.request_attach(request=asked.request, type=MEDICAL, document=file, by=by)
        opinions.request_assess(request=asked.request, opinion="家庭负债，支持系统薄弱", by=by)
    with as_person(head) as by:
        asked.request = opinions.request_opine(request=asked.request, opinion="情况属实", by=by)
    return asked


@pytest.fixture
def officer3(db, foundation):
    """One more of the foundation's officers: who verifies, reviews and reviews again are three."""
    user = User.objects.create(username="officer3", display_name="演示复审")
    with scope(org=foundation.pk, role="system"):
        user.membership = Membership.objects.create(
            user=user,
            organization=foundation,
            role="foundation_officer",
            duty_class=duty_class("foundation_officer"),
            valid=SINCE,
        )
    return user


def test_the_hospital_is_asked_and_answers_with_two_persons(people, head, refuses):
    asked = _asked(people)
    assert asked.request.state == "msw_assessment"
    outbox.relay_once()
    with as_person(people.worker) as by:
        task = Task.objects.get(kind="assess", subject_id=asked.request.pk)
        assert (task.assignee_id, task.state) == (by.pk, "open")
        with refuses("funding_request.opinion_papers_missing", "opinion"):
            opinions.request_assess(request=asked.request, opinion="支持系统薄弱", by=by)
        with refuses("funding_request.attach_closed", status=409):  # what was verified stays
            requests.request_attach(
                request=asked.request,
                type="diagnosis_certificate",
                document=paper(asked.case, by),
                by=by,
            )
        file = paper(asked.case, by, "medical_opinion")
        requests.request_attach(request=asked.request, type=MEDICAL, document=file, by=by)
        with refuses("funding_request.needs_opinion", "opinion"):
            opinions.request_assess(request=asked.request, opinion=" ", by=by)
        done = opinions.request_assess(request=asked.request, opinion="支持系统薄弱", by=by)
        assert done.state == "hospital_opinion"
        assert Task.objects.get(pk=task.pk).state == "done"
        with refuses("permission.can_opine_request", None, status=403):
            opinions.request_opine(request=asked.request, opinion="属实", by=by)
    with as_person(head) as by:
        assert Task.objects.get(kind="opine", subject_id=done.pk).role == "dept_head"
        said = opinions.request_opine(request=asked.request, opinion="情况属实", by=by)
        assert said.state == "first_review"
        assert not Task.objects.filter(kind="opine", state="open").exists()
    outbox.relay_once()
    with as_person(people.officer):
        assert list(FundingAct.objects.order_by("id").values_list("step", "duty")) == [
            ("submit", "enter"),
            ("accept", "verify"),
            ("assess", "enter"),
            ("opine", "hospital"),
        ]
        copy = RequestDocument.objects.get(request=said, type=MEDICAL)
        assert copy.masked_id is not None  # the foundation reads its copy
        assert Task.objects.filter(
            subject_id=said.pk, state="open", kind="review", role="foundation_officer"
        ).exists()


def test_the_second_reviewer_sends_it_back(people, head, refuses, officer3):
    asked = _opined(people, head)
    with as_person(people.officer2) as by:
        review.request_review(request=asked.request, opinion="符合", by=by)
        with refuses("funding_duty_one_per_person", status=409):
            committee.request_return(request=asked.request, reason="请再看收入", by=by)
    with as_person(officer3) as by:
        with refuses("funding_request.return.needs_reason", "reason"):
            committee.request_return(request=asked.request, reason="", by=by)
        back = committee.request_return(request=asked.request, reason="请再看收入证明", by=by)
        assert back.state == "first_review"
    with as_person(people.officer2) as by:
        again = review.request_review(request=asked.request, opinion="已核对收入", by=by)
        assert again.state == "second_review"


def test_above_the_limit_the_committee_decides_and_its_recorder_does_not_approve(
    people, head, refuses, officer3
):
    asked = _opined(people, head)
    today = timezone.localdate()
    with as_person(people.officer2) as by:
        review.request_review(request=asked.request, opinion="符合", by=by)
    with as_person(officer3) as by:
        laid = review.request_review(
            request=asked.request, opinion="复审同意", amount=D("28000.00"), by=by
        )
        assert (laid.state, laid.proposed) == ("committee", D("28000.00"))
        given = {"request": laid, "present": 5, "in_favour": 3, "minutes": "五人到会", "by": by}
        with refuses("funding_duty_one_per_person", status=409):
            committee.request_decide(met_on=today, **given)
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        given = {"request": laid, "minutes": "五人到会，四人同意", "by": by}
        for wrong, rule, field in (
            ({"present": 2, "in_favour": 2}, "funding_request.committee_small", "present"),
            ({"present": 5, "in_favour": 6}, "funding_request.committee_votes", "in_favour"),
        ):
            with refuses(rule, field):
                committee.request_decide(met_on=today, **given, **wrong)
        with refuses("funding_request.met_in_future", "met_on"):
            committee.request_decide(
                met_on=today + dt.timedelta(days=1), present=5, in_favour=4, **given
            )
        with refuses("funding_request.over_requested", "amount"):
            committee.request_decide(
                met_on=today, present=5, in_favour=4, amount=D("30000.01"), **given
            )
        done = committee.request_decide(
            met_on=today, present=5, in_favour=4, amount=D("25000.00"), **given
        )
        assert (done.state, done.proposed) == ("proposed", D("25000.00"))
        with refuses("funding_duty_one_per_person", status=409):
            review.request_approve(request=done, amount=D("25000.00"), totp_code=code, by=by)


def test_half_of_the_votes_is_no_majority_and_the_reason_reaches_the_hospital(
    people, head, officer3
):
    asked = _opined(people, head)
    with as_person(people.officer2) as by:
        review.request_review(request=asked.request, opinion="符合", by=by)
    with as_person(officer3) as by:
        review.request_review(request=asked.request, opinion="复审同意", by=by)
    with as_person(people.approver) as by:
        done = committee.request_decide(
            request=asked.request,
            met_on=timezone.localdate(),
            present=4,
            in_favour=2,
            minutes="四人到会，二人同意，未过半",
            by=by,
        )
        assert (done.state, done.committed) == ("rejected", D(0))


def test_up_to_the_limit_nobody_meets(people, head, officer3):
    asked = _opined(people, head)
    with as_person(people.officer2) as by:
        review.request_review(request=asked.request, opinion="符合", by=by)
    with as_person(officer3) as by:
        done = review.request_review(
            request=asked.request, opinion="复审同意", amount=D("10000.00"), by=by
        )
        assert (done.state, done.proposed) == ("proposed", D("10000.00"))


@pytest.fixture
def within_the_limit(people, head, officer3):
    """Proposed with 10,000, which is where the committee's limit stands."""
    asked = _opined(people, head)
    with as_person(people.officer2) as by:
        review.request_review(request=asked.request, opinion="符合", by=by)
    with as_person(officer3) as by:
        asked.request = review.request_review(
            request=asked.request, opinion="复审同意", amount=D("10000.00"), by=by
        )
    return asked


def test_a_sum_corrected_above_the_limit_goes_before_the_committee_which_nobody_goes_beyond(
    people, refuses, officer3, within_the_limit
):
    asked = within_the_limit
    with as_person(people.officer2) as by:
        same = review.request_propose(request=asked.request, amount=D("9000.00"), by=by)
        assert same.state == "proposed"
        laid = review.request_propose(request=asked.request, amount=D("10000.01"), by=by)
        assert (laid.state, laid.proposed) == ("committee", D("10000.01"))
    with as_person(people.approver) as by:
        granted = committee.request_decide(
            request=laid,
            met_on=timezone.localdate(),
            present=3,
            in_favour=3,
            minutes="三人到会",
            amount=D("12000.00"),
            by=by,
        )
        assert granted.state == "proposed"
    with as_person(people.officer2) as by:
        with refuses("funding_request.over_committee", "amount"):
            review.request_propose(request=granted, amount=D("12000.01"), by=by)
        less = review.request_propose(request=granted, amount=D("11000.00"), by=by)
        assert (less.state, less.proposed) == ("proposed", D("11000.00"))


def test_nobody_approves_more_than_was_proposed_and_the_database_says_so_too(
    people, refuses, within_the_limit
):
    asked = within_the_limit
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        with refuses("funding_act_approved_within_proposed", "amount"):
            review.request_approve(
                request=asked.request, amount=D("10000.01"), totp_code=code, by=by
            )
        with pytest.raises(IntegrityError, match="more than was proposed"), transaction.atomic():
            act_write(
                request=asked.request,
                duty=duty_claim(request=asked.request, step="approve", by=by),
                step="approve",
                by=by,
                amount=D("10000.01"),
                second_factor_at=timezone.now(),
            )
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        done = review.request_approve(
            request=asked.request,
            amount=D("10000.00"),
            opinion="按评审拟定的金额",
            totp_code=code,
            by=by,
        )
        assert done.approved == D("10000.00")
