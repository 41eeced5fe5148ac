"""Bad input: a sentence beside the field, what was typed kept, nothing half saved."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case, Referral
from cases.models.consents import Consent
from cases.models.people import Client, Episode
from cases.models.work import Assessment, Contact, Need, Plan
from departments.models.mechanisms import Document, Draft
from tests.cases.pages import BAD_ID, GOOD_ID, hidden, in_days, make_file, searched, text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def _person(**given: str) -> dict[str, str]:
    return {"name": "演示乙", "sex": "2", "id_type": "id", "id_no": GOOD_ID, "phone": "", **given}


def _contact(**given: str) -> dict[str, str]:
    return {
        "mode": "interview",
        "target": "client",
        "quick": "30",
        "occurred_on": timezone.localdate().isoformat(),
        "facts": "床旁谈了四十分钟。",
        **given,
    }


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        return make.make_case(worker, stage="intervention")


# ── looking for and registering a person ─────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "请至少填一项"),
        ({"id_no": BAD_ID}, "校验码"),
        ({"phone": "1381234"}, "电话格式不正确"),
    ],
)
def test_a_search_says_what_is_wrong_and_keeps_what_was_typed(typed, sentence, worker, client_for):
    answer = client_for(worker).post(reverse("cases:search"), typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert all(value in answer.content.decode() for value in typed.values())


def test_registering_without_a_search_leads_to_the_search(worker, client_for):
    answer = client_for(worker).get(reverse("cases:register"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("cases:search"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id_no": BAD_ID}, "身份证号的校验码"),
        ({"id_no": "11010119880230002X"}, "不存在"),
        ({"birth_date": "1990-01-01"}, "与身份证号上的"),
        ({"sex": "1"}, "第 17 位"),
        ({"name": ""}, "请填姓名"),
        ({"phone": "12345"}, "电话格式不正确"),
        ({"id_type": "none"}, "请选对应的证件类型"),
        ({"id_no": "", "id_type": "none", "birth_date": ""}, "请填出生日期"),
        ({"id_no": "", "id_type": "none", "birth_date": "2099-01-01"}, "不能晚于今天"),
        ({"id_no": "", "id_type": "none", "birth_date": "昨天"}, "请写成"),
        ({"members_count": "负三"}, "请填整数"),
        ({"searched": str(uuid.UUID(int=7))}, "请先查找"),
    ],
)
def test_registering_refuses_with_a_sentence(change, sentence, worker, client_for, acting):
    typed = _person(searched=searched(worker, acting, name="演示乙", id_no=GOOD_ID)) | change
    answer = client_for(worker).post(reverse("cases:register"), typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not typed["name"] or typed["name"] in answer.content.decode()
    with acting(worker):
        assert not Client.objects.exists()


def test_full_width_digits_are_read(worker, client_for, acting):
    wide = GOOD_ID.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    typed = _person(
        id_no=wide, searched=searched(worker, acting, id_no=GOOD_ID), members_count="４"
    )
    assert client_for(worker).post(reverse("cases:register"), typed).status_code == 302
    with acting(worker):
        person = Client.objects.get()
        assert (person.id_no, person.birth_date, person.household) == (
            GOOD_ID,
            dt.date(1988, 2, 3),
            {"members_count": 4},
        )


def test_the_same_document_twice_is_refused_beside_its_field(worker, client_for, acting):
    typed = _person(searched=searched(worker, acting, id_no=GOOD_ID))
    client = client_for(worker)
    assert client.post(reverse("cases:register"), typed).status_code == 302
    again = client.post(reverse("cases:register"), typed | {"name": "另一个"})
    assert again.status_code == 422
    assert "已登记过这个证件号码" in text_of(again)


def test_a_double_click_registers_once(worker, client_for, acting):
    client = client_for(worker)
    typed = _person(searched=searched(worker, acting, id_no=GOOD_ID), once=str(uuid.uuid4()))
    first, second = (client.post(reverse("cases:register"), typed) for _click in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    with acting(worker):
        assert Client.objects.count() == 1


def test_the_same_form_with_other_words_is_refused_after_it_was_saved(worker, client_for, acting):
    client, once = client_for(worker), str(uuid.uuid4())
    typed = _person(searched=searched(worker, acting, id_no=GOOD_ID), once=once)
    client.post(reverse("cases:register"), typed)
    again = client.post(reverse("cases:register"), typed | {"address": "另写一处"})
    assert again.status_code == 409


def test_an_identity_is_shown_only_with_a_reason(worker, client_for, acting):
    with acting(worker):
        person = make.make_client(worker, name="演示甲", phone="13800138000")
    url, client = reverse("cases:reveal", args=[person.uid]), client_for(worker)
    for typed in ({}, {"reason": "other", "note": ""}, {"reason": "other", "note": "想看"}):
        answer = client.post(url, typed)
        assert answer.status_code == 422
        assert "演示甲" not in answer.content.decode()
    shown = client.post(url, {"reason": "contact", "note": ""})
    assert shown.status_code == 200
    assert "演示甲 · 13800138000" in text_of(shown)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"admitted_on": "2026-11-10", "discharged_on": "2026-11-09"}, "出院日期不能早于入院日期"),
        ({"admitted_on": "", "discharged_on": ""}, "住院的请填入院日期"),
        ({"ward": str(uuid.uuid4())}, "请从列出的病区中选择"),
        ({"visit_type": "elsewhere"}, "请从列出的选项中选择"),
    ],
)
def test_a_stay_refuses_with_a_sentence(change, sentence, worker, client_for, acting):
    with acting(worker):
        person = make.make_client(worker)
    typed = {"visit_type": "inpatient", "mrn": "ZY001", "admitted_on": "2026-11-01"} | change
    answer = client_for(worker).post(reverse("cases:episode_new", args=[person.uid]), typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    with acting(worker):
        assert not Episode.objects.exists()


# ── referrals and opening ────────────────────────────────────────────────────


def test_a_referral_needs_its_reason(worker, client_for, acting):
    answer = client_for(worker).post(
        reverse("cases:referral_new"), {"from_text": "护士长", "urgency": "soon"}
    )
    assert answer.status_code == 422
    assert "护士长" in answer.content.decode()
    with acting(worker):
        assert not Referral.objects.exists()


@pytest.mark.parametrize("name", ["referral_refuse", "referral_return"])
def test_a_referral_is_sent_back_only_with_a_reason(name, worker, head, client_for, acting):
    file = make_file(worker, head, acting)
    answer = client_for(worker).post(
        reverse(f"cases:{name}", args=[file.referral.uid]), {"reason": "不"}
    )
    assert answer.status_code == 422
    assert "请写明理由" in text_of(answer)


def test_a_referral_claimed_by_somebody_else_says_so(worker, worker2, head, client_for, acting):
    file = make_file(worker, head, acting)
    url = reverse("cases:referral_claim", args=[file.referral.uid])
    assert client_for(worker).post(url).status_code == 302
    late = client_for(worker2).post(url)
    assert late.status_code == 422
    assert "当前状态是“已认领”" in text_of(late)


def test_a_second_open_case_needs_its_reason(worker, client_for, acting, case):
    typed = {
        "source": "outreach",
        "presenting_problem": "又来求助",
        "risk_level": "low",
        "priority": "normal",
    }
    url, client = reverse("cases:open", args=[case.client.uid]), client_for(worker)
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert "已有未结束的个案" in text_of(refused)
    assert "又来求助" in refused.content.decode()
    assert (
        client.post(url, typed | {"duplicate_reason": "另一件事，另一位家属求助"}).status_code
        == 302
    )


def test_another_persons_stay_is_not_offered(worker, client_for, acting):
    with acting(worker):
        one, other = make.make_client(worker), make.make_client(worker, name="演示丙")
        stay = make.make_episode(other, worker)
    typed = {
        "source": "outreach",
        "presenting_problem": "求助",
        "risk_level": "low",
        "priority": "normal",
    }
    answer = client_for(worker).post(
        reverse("cases:open", args=[one.uid]), typed | {"episode": str(stay.uid)}
    )
    assert answer.status_code == 422
    assert "请从列出的就诊中选择" in text_of(answer)


# ── the file ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"quick": "", "minutes": ""}, "请选或填时长"),
        ({"minutes": "0"}, "至少 1 分钟"),
        ({"minutes": "－５"}, "至少 1 分钟"),
        ({"minutes": "1441"}, "最多 1440 分钟"),
        ({"minutes": "半小时"}, "请填整数"),
        ({"occurred_on": in_days(1)}, "不能晚于今天"),
        ({"occurred_on": in_days(-400)}, "早于个案登记的日期"),
        ({"next_on": in_days(-2)}, "下次日期不能早于"),
        ({"facts": "  "}, "请填写这一项"),
        ({"mode": "telepathy"}, "请从列出的选项中选择"),
    ],
)
def test_a_contact_refuses_with_a_sentence(change, sentence, worker, client_for, acting, case):
    answer = client_for(worker).post(
        reverse("cases:contact_new", args=[case.uid]), _contact(**change)
    )
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    with acting(worker):
        assert not Contact.objects.exists()


def test_what_was_typed_stands_in_the_refused_form(worker, client_for, case):
    answer = client_for(worker).post(
        reverse("cases:contact_new", args=[case.uid]),
        _contact(facts="沉默约 15 分钟", minutes="１４４１"),
    )
    page = answer.content.decode()
    assert "沉默约 15 分钟" in page
    assert 'value="１４４１"' in page
    assert 'value="interview"' in page


def test_a_need_of_another_case_cannot_be_bound_to_a_goal(worker, client_for, acting):
    with acting(worker):
        one = make.make_case(worker, stage="planning")
        other = make.make_need(
            make.make_case(worker, stage="planning", client=make.make_client(worker)), worker
        )
    typed = {
        "aim": "缓解压力",
        "review_due_on": in_days(14),
        "row": ["0"],
        "goal0-statement": "补齐押金",
        "goal0-indicator": "欠费",
        "goal0-need": str(other.uid),
        "goal0-weight": "1",
    }
    answer = client_for(worker).post(reverse("cases:plan_new", args=[one.uid]), typed)
    assert answer.status_code == 422
    assert "请从本个案的需求中选择" in text_of(answer)
    assert "补齐押金" in answer.content.decode()
    with acting(worker):
        assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"review_due_on": in_days(-1)}, "不能早于今天"),
        ({"goal0-weight": "-1"}, "权重须大于 0"),
        ({"goal0-need": ""}, "每个目标要对应一项需求"),
        ({"goal0-statement": "", "goal0-indicator": "", "goal0-need": ""}, "请至少写一个目标"),
        ({"aim": ""}, "请填写这一项"),
    ],
)
def test_a_plan_refuses_with_a_sentence(change, sentence, worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="planning")
        need = make.make_need(case, worker)
    typed = {
        "aim": "缓解压力",
        "review_due_on": in_days(14),
        "row": ["0", "1", "2"],
        "goal0-statement": "补齐押金",
        "goal0-indicator": "欠费",
        "goal0-need": str(need.uid),
        "goal0-weight": "１",
    } | change
    answer = client_for(worker).post(reverse("cases:plan_new", args=[case.uid]), typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_empty_rows_of_the_plan_are_left_out(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="planning")
        need = make.make_need(case, worker)
    typed = {
        "aim": "缓解压力",
        "review_due_on": in_days(14),
        "row": ["0", "1", "7"],
        "goal7-statement": "补齐押金",
        "goal7-indicator": "欠费",
        "goal7-need": str(need.uid),
        "goal7-weight": "２",
        "goal0-weight": "1",
    }
    assert (
        client_for(worker).post(reverse("cases:plan_new", args=[case.uid]), typed).status_code
        == 302
    )
    with acting(worker):
        assert [(goal.statement, goal.weight) for goal in Plan.objects.get().goals.all()] == [
            ("补齐押金", 2)
        ]


def _consent(text, **given: object) -> dict[str, object]:
    return {
        "purpose": text.title,
        "agreed": "on",
        "signer_relation": "self",
        "signer": "演示甲",
        "method": "paper_scan",
        "signed_at": timezone.localdate().isoformat(),
        **given,
    }


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("service", {"agreed": ""}, "签署人同意后才能登记"),
        ("service", {"signed_at": in_days(1)}, "不能晚于今天"),
        ("service", {"valid_to": in_days(-1)}, "有效期不能早于签署日期"),
        ("service", {"method": "oral_witness"}, "口头同意须写见证人"),
        ("share_to_org", {"items": ["age_band"]}, "请写明提供给哪一家机构"),
        ("share_to_org", {"recipient": "FA"}, "请逐项勾选"),
        ("share_to_org", {"recipient": "HA", "items": ["age_band"]}, "请从列出的机构中选择"),
    ],
)
def test_a_consent_refuses_with_a_sentence(
    kind, change, sentence, worker, client_for, acting, case, foundation, hospital
):
    with acting(worker):
        text = make.make_template(worker, kind)
    houses = {"FA": str(foundation.uid), "HA": str(hospital.uid)}
    typed = _consent(text, **change)
    typed["recipient"] = houses.get(str(typed.get("recipient", "")), "")
    url = reverse("cases:consent_new", args=[case.uid]) + f"?template={text.uid}"
    answer = client_for(worker).post(url, typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    with acting(worker):
        assert not Consent.objects.exists()


def test_a_childs_consent_is_signed_by_the_guardian(worker, client_for, acting):
    with acting(worker):
        child = make.make_client(worker, birth_date=timezone.localdate() - dt.timedelta(days=2000))
        case, text = make.make_case(worker, client=child), make.make_template(worker)
        make.make_guardian(child, worker)
    url, client = (
        reverse("cases:consent_new", args=[case.uid]) + f"?template={text.uid}",
        client_for(worker),
    )
    page = text_of(client.get(url))
    assert "须由监护人签署" in page
    assert text.text.split("\n")[0] in page
    refused = client.post(url, _consent(text))
    assert refused.status_code == 422
    assert "须由监护人签署" in text_of(refused)
    by_mother = _consent(text, signer_relation="mother", signer="演示母")
    refused = client.post(url, by_mother)
    assert refused.context["form"].errors["guardian_proof"] == ["请选择看过的监护关系证明。"]
    assert client.post(url, by_mother | {"guardian_proof": "court"}).status_code == 302


def test_nothing_is_ticked_before_a_consent_is_given(worker, client_for, acting, case):
    with acting(worker):
        text = make.make_template(worker, "share_to_org")
    page = (
        client_for(worker)
        .get(reverse("cases:consent_new", args=[case.uid]) + f"?template={text.uid}")
        .content.decode()
    )
    form = page[page.index('<form class="form"') :]
    assert " checked" not in form


def test_intake_is_not_finished_without_a_consent(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker)
    typed = {
        "decision": "open",
        "urgency": "soon",
        "within_scope": "on",
        "privacy_notice_given": "on",
        "previous_help": "借过款",
    }
    answer = client_for(worker).post(reverse("cases:accept", args=[case.uid]), typed)
    assert answer.status_code == 422
    assert "还没有有效的服务同意书" in text_of(answer)
    assert "借过款" in answer.content.decode()
    with acting(worker):
        assert Case.objects.get().stage == "intake"


def test_a_step_of_another_stage_is_refused_with_its_sentence(worker, client_for, case):
    answer = client_for(worker).post(reverse("cases:start", args=[case.uid]), {})
    assert answer.status_code == 422
    assert "当前状态是“介入”" in text_of(answer)


def test_the_author_cannot_approve_the_own_plan(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="planning")
        plan = make.make_plan(case, worker)
    client = client_for(worker)
    assert client.post(reverse("cases:plan_submit", args=[plan.uid])).status_code == 302
    answer = client.post(reverse("cases:plan_approve", args=[plan.uid]), {"comment": "好"})
    assert answer.status_code == 422
    assert "您的角色不能执行这个操作" in text_of(answer)


def test_closing_needs_the_client_told_and_one_answer_on_satisfaction(worker, client_for, acting):
    with acting(worker):
        case = make.make_case(worker, stage="evaluation")
    url, client = reverse("cases:propose_closing", args=[case.uid]), client_for(worker)
    untold = client.post(url, {"summary": "目标达成", "satisfaction": "5"})
    assert "结案前要先告知服务对象" in text_of(untold)
    both = client.post(
        url,
        {
            "summary": "目标达成",
            "satisfaction": "5",
            "satisfaction_refused": "on",
            "client_informed": "on",
        },
    )
    assert (untold.status_code, both.status_code) == (422, 422)
    assert "就不要勾" in text_of(both)


def test_an_unknown_answer_is_refused_and_the_others_are_kept(worker, client_for, acting, case):
    with acting(worker):
        sheet = make.make_questionnaire(worker, "gad7")
    items = [item["code"] for item in sheet.definition["items"]]
    url = reverse("cases:assessment_new", args=[case.uid]) + f"?questionnaire={sheet.uid}"
    answer = client_for(worker).post(
        url, {f"item_{items[0]}": "99", f"item_{items[1]}": "2", "interpretation": "再看"}
    )
    assert answer.status_code == 422
    assert "请从列出的选项中选择" in text_of(answer)
    assert "再看" in answer.content.decode()
    with acting(worker):
        assert not Assessment.objects.exists()


def test_a_foreign_questionnaire_is_not_there(worker, other_worker, client_for, acting, case):
    with acting(other_worker):
        sheet = make.make_questionnaire(other_worker)
    url = reverse("cases:assessment_new", args=[case.uid])
    answers = [
        client_for(worker).get(f"{url}?questionnaire={uid}")
        for uid in (sheet.uid, uuid.uuid4(), "nonsense")
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("病历.exe", b"MZ" + b"0" * 200, "文件"),
        ("病历.pdf", b"this is no pdf", "文件"),
        ("空.pdf", b"", "文件是空的"),
    ],
)
def test_a_file_is_judged_by_its_content(name, content, sentence, worker, client_for, acting, case):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    answer = client_for(worker).post(
        reverse("cases:document_upload", args=[case.uid]), {"kind": "medical_record", "file": file}
    )
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    with acting(worker):
        assert not Document.objects.exists()


# ── drafts and sessions ──────────────────────────────────────────────────────


def test_a_draft_comes_back_and_is_dropped_when_the_record_is_saved(
    worker, client_for, acting, case
):
    client, url = client_for(worker), reverse("cases:contact_new", args=[case.uid])
    draft = reverse("departments:draft", args=["cases-contact", case.uid])
    page = client.get(url)
    assert f'data-draft="{draft}"' in page.content.decode()
    typed = _contact(facts="写到一半", once=hidden(page, "once"))
    assert client.post(draft, typed, HTTP_HX_REQUEST="true").status_code in (200, 204)
    assert "写到一半" in client.get(url).content.decode()
    assert client.post(url, _contact(facts="写完了")).status_code == 302
    with acting(worker):
        assert not Draft.objects.visible_to(worker).exists()


def test_a_refused_form_keeps_its_draft(worker, client_for, acting, case):
    client, url = client_for(worker), reverse("cases:contact_new", args=[case.uid])
    client.post(
        reverse("departments:draft", args=["cases-contact", case.uid]),
        _contact(facts="写到一半"),
        HTTP_HX_REQUEST="true",
    )
    assert client.post(url, _contact(facts="写到一半", minutes="0")).status_code == 422
    with acting(worker):
        assert Draft.objects.visible_to(worker).count() == 1


def test_an_ended_session_in_the_middle_saves_nothing_and_leads_back(
    worker, client_for, acting, case
):
    client, url = client_for(worker), reverse("cases:contact_new", args=[case.uid])
    session = client.session
    session["seen_at"] = session["signed_in_at"] = 0
    session.save()
    answer = client.post(
        url, _contact(), HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=f"http://testserver{url}"
    )
    assert answer.status_code == 401
    assert url.replace("/", "%2F") in answer["HX-Redirect"]
    with acting(worker):
        assert not Contact.objects.exists()


def test_after_the_role_has_ended_the_form_saves_nothing(worker, client_for, acting, case):
    client = client_for(worker)
    session = client.session
    session["membership_uid"] = str(uuid.uuid4())
    session.save()
    answer = client.post(reverse("cases:need_add", args=[case.uid]), {"category": "financial"})
    assert answer.status_code == 302
    with acting(worker):
        assert not Need.objects.exists()
