"""A closed call with handed-in applications, a bank of experts and a plan, made by each house for itself."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from departments.models.mechanisms import Questionnaire
from departments.models.organizations import Organization
from departments.models.people import Membership, User, duty_class
from msw_portal.kernel.scope import scope
from projects.models.applications import Application, ApplicationParty, ApplicationVersion
from projects.models.calls import Call, CallVersion
from projects.models.experts import Conflict, ExpertProfile
from projects.models.reviews import OutcomeLetter, Review, ReviewPlan
from projects.services.applications.inviting import co_applicant_ask, invitation_answer
from projects.services.assigning import assignment_apply, assignment_propose
from projects.services.calls.writing import announced, content_hash
from projects.services.experts import appointment_make
from projects.services.panels import panel_plan
from projects.services.review_plans import checklist_default, plan_set
from projects.services.score_sheets import score_sheet_make, score_sheet_publish
from projects.workflow.calls import ApplicationState, CallState
from tests.factories.donations import as_person
from tests.factories.world import SINCE

MARKS = {
    "need": 12,
    "design": 16,
    "innovation": 12,
    "spread": 12,
    "team": 12,
    "feasible": 8,
    "budget": 4,
    "ethics": 4,
}


def make_member(house: Organization, login: str, role: str, name: str = "") -> User:
    """Somebody with one role in a house, made outside any scope."""
    user = User.objects.create(
        username=login, display_name=name or f"测试{login}", password="!", is_demo=True
    )
    with scope(org=house.pk, role="system"):
        user.membership = Membership.objects.create(
            user=user, organization=house, role=role, duty_class=duty_class(role), valid=SINCE
        )
    return user


def make_experts(by: User, count: int, employer: Organization | None = None) -> list[ExpertProfile]:
    """Experts of the house `by` acts for, each with an account; `.user` carries the membership."""
    house = Organization.objects.get(code="GA")
    users = [make_member(house, f"expert{n}", "expert_reviewer") for n in range(count)]
    with as_person(by):
        made = [
            ExpertProfile(
                organization=house,
                user=user,
                employer=employer if n == 0 else None,
                employer_text="" if n == 0 and employer else f"演示大学{n}",
                grade="senior",
                fields=["paediatrics"],
                created_by=by,
            )
            for n, user in enumerate(users)
        ]
        for one in made:
            one.save(force_insert=True)
    return made


def make_call(by: User, **given: Any) -> Call:
    """A call that accepts applications now."""
    now = timezone.now()
    with as_person(by):
        call = Call(
            organization_id=by.house_id,
            created_by=by,
            **{
                "kind": "cultivation",
                "title": "测试多元培育项目征集",
                "year": 2026,
                "slug": f"call-{now:%H%M%S%f}",
                "places": 2,
                "opens_at": now - dt.timedelta(days=30),
                "closes_at": now + dt.timedelta(days=1),
                "published_at": now - dt.timedelta(days=30),
                "version": 1,
                "state": CallState.ACCEPTING,
                **given,
            },
        )
        call.save(force_insert=True)
        content = announced(call)
        CallVersion(
            organization_id=by.house_id,
            call=call,
            version=call.version,
            content=content,
            content_hash=content_hash(content),
            published_at=call.published_at,
            created_by=by,
        ).save(force_insert=True)
    return call


def hand_in(
    call: Call, by: User, title: str, *, member: str = "", partner: User | None = None
) -> Application:
    """An application of the unit `by` acts for, frozen as its first version; the house of `partner` joins it."""
    now = timezone.now()
    with as_person(by):
        house = Organization.objects.get(pk=by.house_id)
        row = Application(
            organization=house,
            call=call,
            unit_name=house.name,
            title=title,
            title_key=title,
            leader=by,
            created_by=by,
            answers={"background": f"{house.name}血液科的儿童需要陪伴，电话 13800138000。"},
        )
        row.save(force_insert=True)
        ApplicationParty.objects.create(
            organization=house,
            application=row,
            role="leader",
            name=member or by.display_name,
            profession="social_worker",
        )
        if partner is not None:
            house = partner.membership.organization
            asked = co_applicant_ask(application=row, partner=house, part="院外随访", by=by)
    if partner is not None:
        with as_person(partner):
            invitation_answer(party=asked, verdict="accepted", by=partner)
    with as_person(by):
        house = row.organization
        row.refresh_from_db()
        row.state, row.counterparty_id = ApplicationState.SUBMITTED, call.organization_id
        row.submitted_at, row.submitted_version, row.completeness = now, 1, 100
        row.save()
        sections = [
            {
                "code": "need",
                "title": "背景与需求",
                "facts": [["背景", row.answers["background"]]],
                "tables": [],
            }
        ]
        payload = {"title": title, "unit": house.name, "call": call.title, "sections": sections}
        ApplicationVersion.objects.create(
            organization=house,
            counterparty_id=call.organization_id,
            application=row,
            version=1,
            kind="submission",
            call_version=1,
            payload=payload,
            payload_hash=content_hash(payload),
            submitted_at=now,
        )
    return row


def close_call(call: Call, by: User, numbers: Sequence[Application] = ()) -> Call:
    """The deadline has passed, and the issuer has numbered and accepted what came."""
    with as_person(by):
        Call.objects.filter(pk=call.pk).update(state=CallState.CLOSED)
        for at, row in enumerate(numbers):
            Application.objects.filter(pk=row.pk).update(
                number=f"YWSG-DYPY-2026{at + 1:02d}", state=ApplicationState.ACCEPTED_FORMAL
            )
    call.state = CallState.CLOSED
    return call


def make_sheet(by: User) -> Questionnaire:
    with as_person(by):
        return score_sheet_publish(sheet=score_sheet_make(template="application", by=by), by=by)


def make_plan(call: Call, by: User, **given: Any) -> ReviewPlan:
    sheet = make_sheet(by)
    today = timezone.localdate()
    with as_person(by):
        return plan_set(
            call=call,
            by=by,
            base=0,
            **{
                "sheet": sheet,
                "experts_each": 3,
                "most_per_expert": 30,
                "is_blind": True,
                "opens_on": today - dt.timedelta(days=1),
                "closes_on": today + dt.timedelta(days=10),
                "trim_from": 5,
                "spread_alarm": 15,
                "shows_normalised": True,
                "reserve_places": 1,
                "checklist": checklist_default(),
                **given,
            },
        )


def one_of_each(desk: User, head: User) -> dict[str, Any]:
    """A call under review with one of everything that has an address, for the access matrix."""
    call = make_call(desk, title="矩阵评审征集")
    rows = [hand_in(call, head, "矩阵项目")]
    close_call(call, desk, rows)
    experts = make_experts(desk, 3)
    plan = make_plan(call, desk)
    with as_person(desk) as by:
        run = assignment_apply(run=assignment_propose(call=call, seed=1, by=by), by=by)
        term = appointment_make(
            expert=experts[0],
            body="示例专家委员会",
            post="委员",
            since=plan.opens_on,
            until=plan.opens_on + dt.timedelta(days=365),
            by=by,
        )
        conflict = Conflict.objects.create(
            organization_id=by.house_id,
            application=rows[0],
            expert=experts[0],
            user=experts[0].user,
            kind="kin",
        )
        letter = OutcomeLetter.objects.create(
            organization_id=by.house_id,
            call=call,
            application=rows[0],
            number="GA-TZ-1",
            outcome="proposed",
            title="通知书",
            body="正文",
        )
        return {
            "review_call": call,
            "review_application": rows[0],
            "expert_profile": experts[0],
            "expert_term": term,
            "expert_conflict": conflict,
            "assignment_run": run,
            "expert_review": Review.objects.get(call=call, expert=experts[1]),
            "review_panel": panel_plan(call=call, on=plan.opens_on, place="", chair=None, by=by),
            "outcome_letter": letter,
            "score_sheet": plan.sheet,
        }
