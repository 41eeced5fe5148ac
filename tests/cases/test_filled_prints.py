"""The papers that other tables fill: F2, F6, F8, F9 and F10 say what was entered, masked, and come as a PDF."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.form_schemas.registry import ALL
from cases.models.activities import Activity
from cases.models.casework import Referral
from cases.services.activities import line_promote
from cases.services.case_forms import form_finish
from cases.services.outgoing import referral_send
from cases.services.paper_rows import activity_values
from cases.services.papers import filled_sheet
from cases.services.printing import case_print, sheet_of
from cases.services.replies import reply_give
from tests.cases.pages import in_days, text_of
from tests.cases.test_activities import call, opening, visit
from tests.cases.test_outgoing import BODY, CONTENT, drafted, sent
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def said(sheet):
    """Label and text of every cell; of ticked choices the words that are ticked."""
    cells = [cell for block in sheet.blocks if block["t"] == "cells" for cell in block["cells"]]
    return {
        cell["label"]: "、".join(word for word, on in cell["ticks"] if on) or cell["text"]
        for cell in cells
    }


def printed(client, case, kind, row):
    answer = client.post(
        f"{reverse('cases:print', args=[case.uid, kind])}?row={row.uid}", {"shown": "masked"}
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_f2_is_the_text_that_was_signed(worker, acting, client_for):
    with acting(worker):
        case = make.make_case(worker)
        consent = make.make_consent(
            case, worker, "share_to_org", recipient_text=BODY, items=["sex", "ward"]
        )
        words = said(sheet_of(case, "F2", consent, is_named=False))
        named = said(sheet_of(case, "F2", consent, is_named=True))
    assert words["同意种类"] == str(consent.get_kind_display())
    assert words["正文"] == consent.template.text
    assert words["信息范围"] == "性别、科室与病区"
    assert words["接收方"] == BODY
    assert named["签署人"] == consent.signer
    assert words["签署人"] != consent.signer
    printed(client_for(worker), case, "F2", consent)


def test_f2_carries_every_page_of_its_scan_when_it_prints_the_name(worker, acting):
    out = io.BytesIO()
    pages = [Image.new("RGB", (300, 400), "white") for _page in range(2)]
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    scan = SimpleUploadedFile("签署件.pdf", out.getvalue())
    with acting(worker):
        case = make.make_case(worker)
        one = make.make_consent(case, worker, scan=scan)
        named = sheet_of(case, "F2", one, is_named=True).as_json()["blocks"]
        assert [(part["t"], part.get("pages")) for part in named[-2:]] == [
            ("head", None),
            ("pdf", 2),
        ]
        masked = sheet_of(case, "F2", one, is_named=False).as_json()["blocks"][-1]
        assert masked["text"] == "签署件有完整姓名，遮盖打印时不附；打印完整信息时附上。"
        printed = case_print(
            case=case, kind="F2", row=one, is_named=True, reason="交患者留存", by=worker
        )
        assert printed[:5] == b"%PDF-"


def test_a_record_is_no_longer_than_it_is_and_an_empty_form_has_room(worker, acting):
    with acting(worker):
        case = make.make_case(worker, stage="intervention")
        contact = make.make_contact(case, worker)
        sheets = [sheet_of(case, "F5", row, is_named=False) for row in (contact, None)]
    rooms = [
        {
            cell["label"]: cell["room"]
            for part in one.blocks
            if part["t"] == "cells"
            for cell in part["cells"]
        }
        for one in sheets
    ]
    assert [set(rooms[0].values()), rooms[1]["本次目标"] > 1] == [{0}, True]


def test_f6_is_filled_from_the_outgoing_referral(worker, hospital, acting, client_for):
    with acting(worker):
        made = sent(worker, needs=["financial", "crisis"], follow_up_on=None)
    reply_give(token=made.token, answer="accept", message="周五上门", who="王老师")
    with acting(worker):
        one = Referral.objects.get(pk=made.referral.pk)
        words = said(sheet_of(one.case, "F6", one, is_named=False))
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert words["转出方"] == f"测试第一医院 医务社会工作部 {worker.display_name}"
    assert (words["转往"], words["转介日期"], words["期望回复日期"]) == (BODY, today, today)
    assert (words["紧急程度"], words["服务对象知情"]) == ("一般", "是")
    assert words["同意书"].startswith("向第三方提供 ")
    assert words["转介原因"] == CONTENT["reason"]
    assert words["需求"] == "经济困难 / 医疗费用（Z59.6–Z59.7）\n危机干预"
    assert (words["受理意见"], words["办理情况"]) == ("受案", "已受理")
    assert words["结果与反馈"] == "王老师：周五上门"
    printed(client_for(worker), one.case, "F6", one)
    page = client_for(worker).get(reverse("cases:outgoing", args=[one.uid])).content.decode()
    assert f"/cases/{one.case.uid}/print/F6/?row={one.uid}" in page


@pytest.mark.parametrize(
    ("code", "reply", "feedback"),
    [
        ("no_capacity", "不受案", "名额或人手已满\n李医生"),
        ("passed_on", "再转", "已再转给其他机构\n李医生"),
        ("needs_more", "退回", "信息不够，退回补充\n李医生"),
    ],
)
def test_f6_says_how_it_was_refused(code, reply, feedback, worker, acting):
    with acting(worker):
        made = sent(worker)
    reply_give(token=made.token, answer="refuse", reason_code=code, who="李医生")
    with acting(worker):
        one = Referral.objects.get(pk=made.referral.pk)
        words = said(sheet_of(one.case, "F6", one, is_named=False))
    assert (words["受理意见"], words["办理情况"], words["结果与反馈"]) == (
        reply,
        "转介失败",
        feedback,
    )


def test_f6_of_a_house_of_the_register_on_a_legal_basis(worker, foundation, acting):
    with acting(worker):
        one = drafted(worker, to_organization=foundation, to_text="")
        draft = sheet_of(one.case, "F6", one, is_named=False)
        assert (draft.version, said(draft)["转介日期"]) == ("草稿", "")
        one = referral_send(
            referral=one, basis="vital_interest", note="昏迷，须马上安置", by=worker
        ).referral
        words = said(sheet_of(one.case, "F6", one, is_named=False))
    assert words["转往"] == foundation.name
    assert words["同意书"] == "紧急情况下保护生命健康和财产安全"


def test_f6_of_another_case_is_not_found(worker, acting, client_for):
    with acting(worker):
        one, other = drafted(worker), make.make_case(worker)
    where = f"{reverse('cases:print', args=[other.uid, 'F6'])}?row={one.uid}"
    assert client_for(worker).get(where).status_code == 404


def test_f8_says_how_the_person_is(worker, acting, client_for):
    with acting(worker):
        case = make.make_case(worker, stage="closed")
        one = form_finish(
            case=case,
            kind="F8",
            done_on=in_days(0),
            mode="phone",
            condition="stable",
            story="在家休养，情绪平稳",
            has_new_need="no",
            by=worker,
        )
        sheet = sheet_of(case, "F8", one, is_named=False)
        words = said(sheet)
    assert "在家休养，情绪平稳" in words.values()
    assert (words["结案原因"], case.client.name in str(sheet.as_json())) == ("目标实现", False)
    printed(client_for(worker), case, "F8", one)


def test_f9_prints_the_beds_of_a_visit(worker, worker2, ward, acting, client_for):
    with acting(worker):
        one = visit(worker, ward, volunteers=2, record="整层安静")
        case = line_promote(
            line=one.lines.get(bed="16"),
            client=make.make_client(worker),
            by=worker,
            **opening(worker),
        )
        case.worker = worker
        case.save(update_fields=["worker"])
        sheet = sheet_of(case, "F9", one, is_named=False)
    words = said(sheet)
    (beds,) = [block["rows"] for block in sheet.blocks if block["t"] == "rows"]
    assert beds == [
        ["12", "情绪心理", "情绪支持", "想家"],
        ["12", "", "提供资讯", ""],
        ["16", "经济困难 / 医疗费用", "转个案", "押金交不上"],
    ]
    assert (words["病区"], words["探访人数"], words["志愿者人数"], words["记录"]) == (
        ward.name,
        "2 人，3 人次",
        "2",
        "整层安静",
    )
    client = client_for(worker)
    printed(client, case, "F9", one)
    where = f"{reverse('cases:print', args=[case.uid, 'F10'])}?row={one.uid}"
    assert client.get(where).status_code == 404
    page = client.get(reverse("cases:activity", args=[one.uid])).content.decode()
    assert reverse("cases:print_activity", args=[one.uid]) in page
    assert client.get(reverse("cases:print_activity", args=[one.uid])).content[:5] == b"%PDF-"


@pytest.mark.parametrize("kind", ["consultation", "phone"])
def test_f10_prints_a_question_without_the_number_of_who_asked(kind, worker, acting, client_for):
    with acting(worker):
        one = call(
            worker,
            kind=kind,
            enquirer="王女士 13812341234",
            record="告知备案流程",
            services=["resources"],
        )
        one = Activity.objects.select_related("ward", "created_by").get(pk=one.pk)
        words = said(filled_sheet(ALL["F10"], None, activity_values(one), {}, is_named=False))
    assert words["咨询人"] == "王女士 138****1234"
    assert (words["主题"], words["答复"], words["结果"]) == ("异地报销", "告知备案流程", "已解答")
    assert words["服务内容"] == "整合社会资源"
    answer = client_for(worker).get(reverse("cases:print_activity", args=[one.uid]))
    assert answer.content[:5] == b"%PDF-"
    assert "F10" in answer["Content-Disposition"]


def test_work_that_has_no_form_offers_no_print(worker, acting, client_for):
    with acting(worker):
        one = call(worker, kind="hospital_side", result="", services=["relieve"], persons=5)
    client = client_for(worker)
    assert client.get(reverse("cases:print_activity", args=[one.uid])).status_code == 404
    page = client.get(reverse("cases:activity", args=[one.uid])).content.decode()
    assert reverse("cases:print_activity", args=[one.uid]) not in page


# ── what must be minded before it leaves ─────────────────────────────────────


def test_warnings_stand_before_the_sending_and_travel_nowhere(worker, acting, client_for, client):
    with acting(worker):
        referral = drafted(worker)
        make.make_consent(
            referral.case, worker, "share_to_org", recipient_text=BODY, items=["guardian"]
        )
        make.make_guardian(referral.case.client, worker, must_not_be_told=True)
    where = reverse("cases:outgoing_send", args=[referral.uid])
    browser = client_for(worker)
    assert "不可告知：不要交给或让其看到" in text_of(browser.get(where))
    refused = browser.post(where, {"basis": ""})
    assert (refused.status_code, "不可告知" in text_of(refused)) == (422, True)
    with acting(worker):
        made = referral_send(referral=referral, basis="consent", items=["guardian"], by=worker)
    reply = reverse("doors:reply", args=[made.token])
    assert "不可告知" not in text_of(client.post(reply, {"open": "1"}))


def test_a_person_without_flags_has_no_warning(worker, acting, client_for):
    with acting(worker):
        referral = drafted(worker)
    page = client_for(worker).get(reverse("cases:outgoing_send", args=[referral.uid]))
    assert "请注意" not in text_of(page)
