"""The whole line by services alone: from the door to the archive."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models.codes import ShareItem
from cases.services.assessment import assessment_record, case_assess, instruments_install, need_add
from cases.services.clients import client_register, client_search, related_person_add
from cases.services.closing import case_close, case_evaluate, case_propose_closing
from cases.services.consent_publishing import consent_templates_install
from cases.services.consents import consent_give
from cases.services.contacts import contact_record
from cases.services.intake import case_accept, case_assign, case_open, episode_record
from cases.services.planning import case_start, goal_rate, plan_approve, plan_submit, plan_write
from cases.services.referrals import referral_claim, referral_receive
from departments.models.mechanisms import Questionnaire, Task, Transition
from tests.factories.cases import answers_for, department_of, make_f3, make_template, sign_plan

pytestmark = pytest.mark.django_db


def at_the_door(worker, ward):
    consent_templates_install(organization_id=worker.house_id, by=worker)
    instruments_install(organization_id=worker.house_id, by=worker)
    made = client_search(name="演示童心", by=worker)
    assert made.hits == []
    today = timezone.localdate()
    client = client_register(
        name="演示童心",
        sex="2",
        birth_date=today.replace(year=today.year - 8, day=1),
        id_type="none",
        phone="13800138000",
        searched=made.uid,
        by=worker,
    )
    related_person_add(
        client=client, name="演示母亲", relation="mother", is_guardian=True, by=worker
    )
    episode = episode_record(
        client=client,
        visit_type="inpatient",
        mrn="Z0099",
        ward=ward,
        disease_group="leukaemia",
        admitted_on=today,
        by=worker,
    )
    referral = referral_receive(
        client=client,
        from_text="护士长",
        from_department=ward,
        reason="欠费",
        needs=["financial"],
        client_aware=True,
        by=worker,
    )
    return case_open(
        client=client,
        department=department_of(worker),
        source="clinician_referral",
        presenting_problem="押金不够",
        referral=referral_claim(referral=referral, by=worker),
        episode=episode,
        by=worker,
    )


def sign(case, worker, kind, **given):
    return consent_give(
        client=case.client,
        case=case,
        kind=kind,
        template=make_template(worker, kind),
        purpose="本次服务",
        signer="演示母亲",
        signer_relation="mother",
        guardian_proof="birth_certificate",
        method="paper_scan",
        signed_at=timezone.now(),
        by=worker,
        **given,
    )


def test_a_case_from_the_door_to_the_archive(worker, supervisor, head, ward, foundation, acting):
    with acting(worker):
        case = at_the_door(worker, ward)
    with acting(head):
        case = case_assign(case=case, worker=worker, supervisor=supervisor, by=head)
    with acting(worker):
        sign(case, worker, "service")
        sign(case, worker, "share_to_org", recipient=foundation, items=list(ShareItem.values))
        case = case_accept(
            case=case, decision="open", urgency="soon", previous_help="问过村委会", by=worker
        )
        screen = Questionnaire.objects.get(code="quick_screen", organization_id=worker.house_id)
        assessment_record(
            case=case,
            questionnaire=screen,
            answers=answers_for(screen, cost="yes"),
            interpretation="费用压力",
            is_final=True,
            by=worker,
        )
        need = need_add(
            case=case,
            category="financial",
            statement="押金不够",
            voice="client",
            severity=4,
            by=worker,
        )
        make_f3(case, worker)
        case = case_assess(case=case, by=worker)
        plan = plan_write(
            case=case,
            aim="缓解费用压力",
            review_due_on=timezone.localdate() + dt.timedelta(days=14),
            goals=[{"statement": "补齐押金", "indicator": "欠费金额", "needs": [need]}],
            by=worker,
        )
        sign_plan(plan, worker, signer="演示母亲", signer_relation="mother")
        plan_submit(plan=plan, by=worker)
    with acting(supervisor):
        plan_approve(plan=plan, comment="可行", by=supervisor)
    with acting(worker):
        case = case_start(case=case, by=worker)
        for minutes in (30, 45):
            contact_record(
                case=case,
                occurred_on=timezone.localdate(),
                minutes=minutes,
                mode="ward_visit",
                target="parent",
                facts="谈费用与申请",
                by=worker,
            )
        case = case_evaluate(case=case, by=worker)
        goal_rate(goal=plan.goals.get(), gas=0, by=worker)
        case = case_propose_closing(
            case=case, summary="已得到救助", satisfaction=5, client_informed=True, by=worker
        )
    with acting(supervisor):
        case = case_close(case=case, reason="goals_met", by=supervisor)
        assert (case.stage, str(case.gas_t), str(case.goal_rate)) == ("closed", "50.00", "1.000")
        assert [row.step for row in Transition.objects.of(case)] == [
            "open",
            "assign",
            "accept",
            "assess",
            "start",
            "evaluate",
            "propose_closing",
            "close",
        ]
        assert case.assigned_at - case.referral.received_at > dt.timedelta(0)
        open_kinds = set(
            Task.objects.filter(state="open", subject_kind="case").values_list("kind", flat=True)
        )
        assert open_kinds == {"follow_up", "consent_paper"}
