"""The worker's main job through the pages alone, from a telephone call to the signed closing."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.alerts import RiskAlert
from cases.models.casework import Case, Referral
from cases.models.consents import Consent
from cases.models.people import Client
from cases.models.work import Assessment, Contact, Goal, Need, Plan
from cases.services.consents import consent_give
from cases.services.members import case_member_add
from departments.models.mechanisms import Document
from departments.services.documents import document_upload
from msw_portal.kernel.ids import uuid7
from tests.cases.pages import GOOD_ID, hidden, in_days, make_file, text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def _go(client, name: str, /, *args, **typed) -> object:
    """Post a form twice, as a double click does; a success leads on, and the second answer is the first's."""
    where, typed = (
        reverse(f"cases:{name}", args=args) + typed.pop("query", ""),
        {"once": str(uuid7())} | typed,
    )
    answer = client.post(where, typed)
    assert answer.status_code == 302, text_of(answer)
    again = client.post(where, _rewound(typed))
    assert (again.status_code, again["Location"]) == (302, answer["Location"])
    assert again["Idempotency-Replayed"] == "true"
    return answer


def _rewound(typed: dict) -> dict:
    """The same fields; a file is read from its beginning again."""
    for value in typed.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return typed


def test_the_whole_line_runs_in_the_browsers_words(
    worker, head, foundation, ward, client_for, acting, upload
):
    mine, theirs = client_for(worker), client_for(head)
    _go(
        mine,
        "referral_new",
        from_text="护士长 电话",
        from_department=ward.uid,
        reason="押金不够，夜里睡不好",
        needs=["financial"],
        urgency="urgent",
        client_aware="on",
    )
    with acting(worker):
        referral = Referral.objects.get()
        make.make_template(worker)
        screen = make.make_questionnaire(worker)
    _go(mine, "referral_claim", referral.uid)
    query = f"?referral={referral.uid}"

    found = mine.post(reverse("cases:search") + query, {"name": "演示乙", "id_no": GOOD_ID})
    assert "没有找到" in text_of(found)
    begun = mine.post(
        reverse("cases:register") + query,
        {
            "begin": "1",
            "searched": hidden(found, "searched"),
            "name": "演示乙",
            "id_no": GOOD_ID,
            "phone": "",
        },
    )
    assert begun.status_code == 200
    assert f'value="{GOOD_ID}"' in begun.content.decode()
    made = _go(
        mine,
        "register",
        query=query,
        searched=hidden(begun, "searched"),
        name="演示乙",
        sex="2",
        id_type="id",
        id_no=GOOD_ID,
        phone="13800138000",
    )
    with acting(worker):
        person = Client.objects.get()
    assert made["Location"] == reverse("cases:open", args=[person.uid]) + query
    assert "押金不够" in mine.get(made["Location"]).content.decode()
    _go(
        mine,
        "episode_new",
        person.uid,
        visit_type="inpatient",
        mrn="ZY20260001",
        ward=ward.uid,
        bed="12",
        disease_group="白血病",
        admitted_on=timezone.localdate().isoformat(),
    )
    _go(
        mine,
        "open",
        person.uid,
        query=query,
        source="clinician_referral",
        presenting_problem="押金不够",
        risk_level="medium",
        priority="soon",
    )
    with acting(worker):
        case = Case.objects.get()
        assert Referral.objects.get().state == "accepted"

    _go(mine, "claim", case.uid)
    with acting(worker):
        texts = {kind: make.make_template(worker, kind) for kind in ("service", "share_to_org")}
    signed = {
        "agreed": "on",
        "signer_relation": "self",
        "signer": "演示乙",
        "method": "paper_scan",
        "signed_at": timezone.localdate().isoformat(),
    }
    _go(
        mine,
        "consent_new",
        case.uid,
        query=f"?template={texts['service'].uid}",
        purpose="医务社工服务",
        **signed,
    )
    _go(
        mine,
        "consent_new",
        case.uid,
        query=f"?template={texts['share_to_org'].uid}",
        purpose="救助审核",
        recipient=foundation.uid,
        items=["age_band", "disease_group", "costs"],
        **signed,
    )
    _go(
        mine,
        "accept",
        case.uid,
        decision="open",
        urgency="soon",
        within_scope="on",
        privacy_notice_given="on",
    )

    closed = mine.get(reverse("cases:case", args=[case.uid]))
    assert "还不能“完成预估”" in text_of(closed)
    assert reverse("cases:need_add", args=[case.uid]) in closed.content.decode()
    _go(
        mine,
        "need_add",
        case.uid,
        category="financial",
        statement="押金不够",
        voice="client",
        severity="5",
    )
    answers = {f"item_{code}": value for code, value in make.answers_for(screen).items()}
    _go(
        mine,
        "assessment_new",
        case.uid,
        query=f"?questionnaire={screen.uid}",
        is_final="on",
        interpretation="费用压力为主",
        **answers,
    )
    with acting(worker):
        make.make_f3(case, worker, summary="经济困难为主，家庭支持尚可")
    _go(mine, "assess", case.uid)
    with acting(worker):
        need = Need.objects.get()
        assert Assessment.objects.get().is_final
    _go(
        mine,
        "plan_new",
        case.uid,
        aim="缓解费用压力",
        review_due_on=in_days(14),
        row=["0"],
        **{
            "goal0-statement": "补齐押金",
            "goal0-indicator": "欠费",
            "goal0-need": need.uid,
            "goal0-weight": "1",
        },
    )
    with acting(worker):
        plan, goal = Plan.objects.get(), Goal.objects.get()
    _go(
        mine,
        "plan_sign",
        plan.uid,
        signer="演示甲",
        signer_relation="self",
        drawing=make.DRAWN,
    )
    _go(mine, "plan_submit", plan.uid)
    _go(theirs, "plan_approve", plan.uid, comment="同意")
    _go(mine, "start", case.uid)

    for facts in ("床旁面谈，核对费用清单。", "与母亲商量照顾安排。"):
        _go(
            mine,
            "contact_new",
            case.uid,
            mode="interview",
            target="client",
            quick="45",
            facts=facts,
            occurred_on=timezone.localdate().isoformat(),
        )
    sent = mine.post(
        reverse("cases:document_upload", args=[case.uid]), {"kind": "cost_list", "file": upload}
    )
    assert sent.status_code == 302
    _go(mine, "goal_rate", goal.uid, gas="0")
    _go(mine, "evaluate", case.uid)
    _go(
        mine,
        "propose_closing",
        case.uid,
        summary="押金已补齐",
        satisfaction="5",
        client_informed="on",
    )
    assert "押金已补齐" in text_of(theirs.get(reverse("cases:close", args=[case.uid])))
    _go(theirs, "close", case.uid, reason="goals_met")
    with acting(worker):
        case = Case.objects.get()
        assert (case.stage, case.close_reason, case.gas_t) == ("closed", "goals_met", 50)
        assert (
            Contact.objects.count(),
            Consent.objects.count(),
            Document.objects.visible_to(worker).count(),
        ) == (2, 2, 2)  # the upload, and the signature under the plan
    page = text_of(mine.get(reverse("cases:case", args=[case.uid])))
    for word in ("补齐押金", "0 达到预期", "共 2 次 · 90 分钟", "救助审核", "已结案"):
        assert word in page, word


def test_a_file_is_given_back_only_as_an_attachment(
    worker, worker2, other_worker, client_for, acting, upload
):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        content = upload.read()
        upload.seek(0)
        document = document_upload(subject=case, kind="cost_list", file=upload, by=worker)
    url = reverse("cases:document", args=[document.uid])
    answer = client_for(worker).get(url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''%E8%AF%81%E6%98%8E.png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Content-Type"] == "image/png"
    assert answer.content[:4] == content[:4]
    assert [client_for(user).get(url).status_code for user in (worker2, other_worker)] == [404, 404]


def test_withdrawing_a_consent_says_so_on_the_case(worker, foundation, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
        consent = make.make_consent(case, worker, "share_to_org", recipient=foundation)
    client = client_for(worker)
    refused = client.post(
        reverse("cases:consent_withdraw", args=[consent.uid]),
        {"withdrawn_by": "self", "reason": ""},
    )
    assert refused.status_code == 422
    _go(
        client,
        "consent_withdraw",
        consent.uid,
        withdrawn_by="self",
        reason="本人当面提出，不再申请",
    )
    page = client.get(reverse("cases:case", args=[case.uid]))
    assert "已撤回" in text_of(page)
    assert reverse("cases:consent_withdraw", args=[consent.uid]) not in page.content.decode()


def test_an_alert_is_taken_and_a_crisis_is_ended_by_another_person(
    worker, head, client_for, acting
):
    file = make_file(worker, head, acting)
    mine, theirs = client_for(worker), client_for(head)
    page = mine.get(reverse("cases:case", args=[file.case.uid]))
    assert "风险预警（危机）" in text_of(page)
    _go(mine, "alert_take", file.alert.uid)
    report = {
        "report": "十点面见，已告知医生。",
        "outcome": "seen_safe",
        "event_type": "self_harm",
        "happened_on": timezone.localdate().isoformat(),
        "notified": ["doctor"],
    }
    refused = mine.post(reverse("cases:alert_resolve", args=[file.alert.uid]), report)
    assert refused.status_code == 422
    assert "须由另一人" in text_of(refused)
    _go(theirs, "alert_resolve", file.alert.uid, **report)
    with acting(worker):
        assert RiskAlert.objects.get(pk=file.alert.pk).state == "resolved"


def test_a_contact_is_corrected_by_its_author_until_it_locks_and_then_added_to(
    worker, client_for, acting
):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        fresh = make.make_contact(case, worker)
        locked = make.make_contact(
            case, worker, locked_at=timezone.now() - timezone.timedelta(minutes=1)
        )
    client = client_for(worker)
    typed = {
        "mode": "phone",
        "target": "parent",
        "quick": "20",
        "facts": "改为电访。",
        "occurred_on": timezone.localdate().isoformat(),
    }
    _go(client, "contact", fresh.uid, **typed)
    refused = client.post(reverse("cases:contact", args=[locked.uid]), typed)
    assert refused.status_code == 422
    _go(client, "contact_addendum", locked.uid, facts="补充：家属下午来电。")
    assert "补充：家属下午来电。" in text_of(
        client.get(reverse("cases:contact", args=[locked.uid]))
    )
    with acting(worker):
        assert Contact.objects.get(pk=fresh.pk).mode == "phone"
        assert Contact.objects.get(pk=locked.pk).mode == "ward_visit"


def test_the_side_steps_ask_for_their_reason(worker, head, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="planning")
    client = client_for(worker)
    assert client.post(reverse("cases:suspend", args=[case.uid]), {"reason": ""}).status_code == 422
    _go(client, "suspend", case.uid, reason="转去外院治疗两周")
    assert "个案已暂停" in text_of(client.get(reverse("cases:case", args=[case.uid])))
    _go(client, "resume", case.uid, reason="已回院继续治疗")
    _go(client, "step_back", case.uid, reason="漏了一项需求，退回预估")
    _go(client_for(head), "void", case.uid, reason="登记错误，与另一人混淆")
    with acting(worker):
        assert Case.objects.get().stage == "voided"


def test_head_assigns_and_declines(worker, worker2, supervisor, head, client_for, acting):
    with acting(worker):
        first = make.make_case(worker, stage="pending")
        second = make.make_case(worker, stage="pending", client=make.make_client(worker))
    client = client_for(head)
    page = client.get(reverse("cases:assign", args=[first.uid])).content.decode()
    assert f'value="{worker2.uid}"' in page
    foreign = client.post(reverse("cases:assign", args=[first.uid]), {"worker": head.uid})
    assert foreign.status_code == 422
    assert "请从列出的同事中选择" in text_of(foreign)
    nobody = client.post(reverse("cases:assign", args=[first.uid]), {"worker": ""})
    assert nobody.context["form"].errors["worker"] == ["请选择一位同事。"]
    _go(client, "assign", first.uid, worker=worker2.uid, supervisor=supervisor.uid)
    _go(client, "decline", second.uid, reason="不属于本部门服务范围")
    with acting(head):
        assert Case.objects.get(pk=first.pk).worker_id == worker2.pk
        assert Case.objects.get(pk=second.pk).stage == "declined"


def test_one_more_goal_row_follows_the_highest(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="planning")
    answer = client_for(worker).get(
        reverse("cases:goal_row", args=[case.uid]), {"row": ["0", "1", "4", "x"]}
    )
    assert re.findall(r'name="row" value="(\d+)"', answer.content.decode()) == ["5"]
    assert 'name="goal5-statement"' in answer.content.decode()


def test_amending_a_person_changes_only_what_is_filled_in(worker, client_for, acting):
    with acting(worker):
        person = make.make_client(worker, phone="13800138000")
    client = client_for(worker)
    empty = client.post(reverse("cases:client_amend", args=[person.uid]), {})
    assert empty.status_code == 422
    _go(client, "client_amend", person.uid, address="东城区演示路 2 号")
    with acting(worker):
        person = Client.objects.get()
        assert (person.name, person.phone, person.address) == (
            "演示甲",
            "13800138000",
            "东城区演示路 2 号",
        )


def test_an_assistants_record_waits_for_the_workers_signature(
    worker, assistant, client_for, acting
):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
    helper, mine = client_for(assistant), client_for(worker)
    page = helper.get(reverse("cases:case", args=[case.uid])).content.decode()
    assert reverse("cases:contact_new", args=[case.uid]) in page
    assert reverse("cases:need_add", args=[case.uid]) not in page
    today = timezone.localdate().isoformat()
    _go(
        helper,
        "contact_new",
        case.uid,
        mode="ward_visit",
        target="client",
        quick="20",
        facts="陪伴",
        occurred_on=today,
    )
    with acting(worker):
        contact = Contact.objects.get()
    assert "待会签" in text_of(mine.get(reverse("cases:case", args=[case.uid])))
    assert helper.post(reverse("cases:contact_countersign", args=[contact.uid])).status_code == 422
    _go(mine, "contact_countersign", contact.uid)
    assert "待会签" not in text_of(mine.get(reverse("cases:case", args=[case.uid])))


def test_a_consent_of_the_person_as_a_whole_is_taken_back_on_the_persons_page(
    worker, client_for, acting
):
    with acting(worker):
        person = make.make_client(worker)
        consent = consent_give(
            client=person,
            kind="sensitive_pi",
            template=make.make_template(worker, "sensitive_pi"),
            purpose="处理敏感个人信息",
            signer="演示甲",
            signer_relation="self",
            method="paper_scan",
            signed_at=timezone.now(),
            by=worker,
        )
    client, url = client_for(worker), reverse("cases:consent_withdraw", args=[consent.uid])
    assert url in client.get(reverse("cases:client", args=[person.uid])).content.decode()
    assert client.get(url).status_code == 200
    made = _go(
        client, "consent_withdraw", consent.uid, withdrawn_by="self", reason="本人打电话提出"
    )
    assert made["Location"] == reverse("cases:client", args=[person.uid])
