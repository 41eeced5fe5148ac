"""Class B questionnaires: imported, every fault named by its place, looked at, published, retired, scored."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.services.assessment import assessment_record
from cases.services.instruments import (
    questionnaire_discard,
    questionnaire_import,
    questionnaire_publish,
    questionnaire_retire,
)
from departments.models.mechanisms import Questionnaire, Task
from msw_portal.kernel.instruments.catalogue import SLOTS
from msw_portal.kernel.instruments.importing import import_faults, read
from tests.factories.cases import answers_for, make_case, make_questionnaire
from tests.factories.instruments import worded_slot

pytestmark = pytest.mark.django_db
ALLOWED = "作者 2025 年 3 月来信同意本院使用"


def imported(by, /, **given) -> Questionnaire:
    return questionnaire_import(definition=worded_slot("apgar", **given), permission=ALLOWED, by=by)


def as_file(definition) -> SimpleUploadedFile:
    content = definition if isinstance(definition, bytes) else json.dumps(definition).encode()
    return SimpleUploadedFile("量表.json", content, content_type="application/json")


# ── reading and checking ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "rule", "said"),
    [
        (b'{"a": 1,\n "b": }', "json", "第 2 行第 7 列：不是正确的 JSON。"),
        (b'{"a": 1, "a": 2}', "json", "“a”写了两次。"),
        (b'{"a": NaN}', "json", "NaN 不是数字。"),
        ("{}".encode("utf-16"), "encoding", "文件须用 UTF-8 编码保存。"),
        (b"[" * 100_000, "json", "嵌套太深。"),
        (b'{"a": ' + b"9" * 5000 + b"}", "json", "不是正确的 JSON。"),
        (b" " * (256 * 1024 + 1), "too_large", "文件超过 256 KB。"),
    ],
)
def test_what_is_no_json_is_said_with_its_place(content, rule, said):
    value, found = read(content)
    assert value is None
    assert [(one.rule, one.sentence) for one in found] == [(rule, said)]


def test_a_byte_order_mark_is_read():
    assert read("\ufeff{}".encode()) == ({}, [])


@pytest.mark.parametrize(
    ("code", "zh", "en", "name"),
    [
        ("hads", "x", "x", "医院焦虑抑郁量表（HADS）"),
        ("mine", "医院焦虑抑郁量表", "x", "医院焦虑抑郁量表（HADS）"),
        ("mine", "x", "Zarit Burden Interview", "照顾者负担量表（ZBI）"),
        ("mine", "ＰＲＡＰＡＲＥ", "x", "PRAPARE 社会风险评估"),
        ("mine", "心理痛苦温度计", "x", "心理痛苦温度计（NCCN）"),
    ],
)
def test_class_c_is_refused_by_name(code, zh, en, name):
    [fault] = import_faults(worded_slot("apgar", code=code, zh=zh, en=en))
    assert (fault.path, fault.rule) == ("code", "class_c")
    assert name in fault.sentence


def test_what_the_portal_ships_and_what_has_no_licence_or_source_is_refused():
    assert [one.rule for one in import_faults(worded_slot("apgar", code="phq9"))] == ["shipped"]
    found = import_faults(worded_slot("apgar", licence=" ", citation=""))
    assert [(one.path, one.sentence) for one in found] == [
        ("licence", "须写文字。"),
        ("citation", "须写文字。"),
    ]


def test_every_empty_place_and_changed_score_has_its_path():
    definition = worded_slot("apgar")
    definition["items"][2]["zh"] = ""
    definition["options"]["often"][1]["zh"] = " "
    assert {str(one) for one in import_faults(definition)} == {
        "items[2].zh：还没有文字。",
        "options.often[1].zh：还没有文字。",
    }
    definition = worded_slot("apgar")
    definition["options"]["often"][2]["value"] = 7
    assert [one.path for one in import_faults(definition)] == ["options.often"]


def test_every_slot_can_be_imported_once_worded(head, acting):
    with acting(head):
        for code, version in SLOTS:
            definition = worded_slot(code, version)
            made = questionnaire_import(definition=definition, permission=ALLOWED, by=head)
            assert (made.licence_class, made.published_at) == ("B", None)


# ── the life of a version ────────────────────────────────────────────────────


def test_only_the_head_imports_and_says_by_what_right(head, worker, other_head, acting, refuses):
    with acting(worker), refuses("permission.can_manage_instruments", status=403):
        imported(worker)
    with acting(head):
        with refuses("questionnaire.needs_permission", "permission"):
            questionnaire_import(definition=worded_slot("apgar"), permission="有", by=head)
        made = imported(head)
        assert made.definition["licence"].endswith(ALLOWED)
        with refuses("questionnaire_version_once", "file"):
            imported(head)
        with refuses("questionnaire.class_c", "file"):
            imported(head, zh="HADS")
        with refuses("questionnaire.kind", "file"):
            imported(head, version="1 二", kind="survey")
    with acting(other_head):
        assert not Questionnaire.objects.visible_to(other_head).filter(code="apgar").exists()


def test_it_is_answered_from_publishing_to_retiring_and_scored_by_the_kernel(
    head, worker, acting, refuses
):
    with acting(head):
        sheet = imported(head)
    with acting(worker):
        case = make_case(worker, stage="assessment")
        given = {"case": case, "questionnaire": sheet, "by": worker}
        with refuses("assessment.not_published", "questionnaire"):
            assessment_record(answers={"1": 2}, **given)
    with acting(head):
        sheet = questionnaire_publish(questionnaire=sheet, by=head)
        with refuses("questionnaire.is_published", status=409):
            questionnaire_publish(questionnaire=sheet, by=head)
        with refuses("questionnaire.is_published", status=409):
            questionnaire_discard(questionnaire=sheet, by=head)
    given["questionnaire"] = sheet
    with acting(worker):
        answers = {"1": 2, "2": 2, "3": 1, "4": 1, "5": 0}
        done = assessment_record(answers=answers, interpretation="x", is_final=True, **given)
        assert (done.score["total"], done.band) == ("6", "moderate")
    with acting(head):
        sheet = questionnaire_retire(questionnaire=sheet, by=head)
        with refuses("questionnaire.not_in_use", status=409):
            questionnaire_retire(questionnaire=sheet, by=head)
    given["questionnaire"] = sheet
    with acting(worker), refuses("assessment.not_published", "questionnaire"):
        assessment_record(answers={"1": 2}, **given)


def test_publishing_a_version_retires_the_one_before(head, acting):
    with acting(head):
        first = questionnaire_publish(questionnaire=imported(head), by=head)
        second = imported(head, version="1 修订")
        questionnaire_publish(questionnaire=second, by=head)
        in_use = Questionnaire.objects.visible_to(head).in_use().filter(code="apgar")
        assert list(in_use) == [second]
        first.refresh_from_db()
        assert first.is_in_use is False


def test_a_published_text_is_frozen_and_a_draft_is_thrown_away(head, acting, rows):
    with acting(head):
        draft = imported(head)
        questionnaire_discard(questionnaire=draft, by=head)
        assert not Questionnaire.objects.filter(code="apgar").exists()
        sheet = questionnaire_publish(questionnaire=imported(head), by=head)
        for change in ("title = 'x'", "definition = '{}'", "published_at = null"):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                rows(f"UPDATE departments_questionnaire SET {change} WHERE id = %s", sheet.pk)


def test_the_repeat_rule_of_an_import_stands_on_the_clock_and_moves_on(head, worker, acting):
    rule = [{"days": 14, "bands": ["severe", "moderate"]}]
    with acting(head):
        sheet = questionnaire_publish(questionnaire=imported(head, repeat=rule), by=head)
    with acting(worker):
        case = make_case(worker, stage="assessment")
        given = {"case": case, "questionnaire": sheet, "interpretation": "x", "by": worker}
        mild = answers_for(sheet)
        assessment_record(answers=mild, is_final=True, **given)
        task = Task.objects.get(kind="repeat_assessment", state="open")
        assert task.assignee == worker
        assert timezone.localdate(task.due_at) == timezone.localdate() + dt.timedelta(days=14)
        assessment_record(answers=mild, is_final=True, **given)
        states = Task.objects.filter(kind="repeat_assessment").order_by("id")
        assert list(states.values_list("state", flat=True)) == ["done", "open"]
        best = dict.fromkeys(mild, 2)
        assessment_record(answers=best, is_final=True, **given)
        assert not Task.objects.filter(kind="repeat_assessment", state="open").exists()


def test_a_shipped_sheet_repeats_by_its_own_rule(worker, acting):
    with acting(worker):
        sheet = make_questionnaire(worker, "distress")
        case = make_case(worker, stage="assessment")
        given = {"case": case, "questionnaire": sheet, "interpretation": "x", "by": worker}
        assessment_record(answers={"distress": 5}, is_final=True, **given)
        due = Task.objects.get(kind="repeat_assessment").due_at
        assert timezone.localdate(due) == timezone.localdate() + dt.timedelta(days=7)


# ── pages ────────────────────────────────────────────────────────────────────


def test_the_page_names_every_fault_and_keeps_what_was_typed(client_for, head, worker):
    page = client_for(head)
    address = reverse("cases:instrument_import")
    definition = worded_slot("apgar")
    definition["items"][0]["zh"] = definition["items"][4]["zh"] = ""
    bad = page.post(
        address, {"file": as_file(definition), "permission": ALLOWED, "is_allowed": "on"}
    )
    said = bad.content.decode()
    assert bad.status_code == 422
    assert "items[0].zh：还没有文字。" in said
    assert "items[4].zh：还没有文字。" in said
    assert ALLOWED in said
    bad = page.post(address, {"file": as_file(worded_slot("apgar")), "permission": ALLOWED})
    assert "没有使用权的量表不能导入。" in bad.content.decode()
    good = page.post(
        address,
        {"file": as_file(worded_slot("apgar")), "permission": ALLOWED, "is_allowed": "on"},
    )
    assert good.status_code == 302
    look = page.get(good.url).content.decode()
    assert "题 1" in look
    assert ALLOWED in look
    assert client_for(worker).get(good.url).status_code == 404


def test_the_template_of_a_slot_is_downloaded(client_for, head):
    page = client_for(head)
    content = page.get(reverse("cases:instrument_slot", args=["apgar", "1"])).content
    value, found = read(content)
    assert (found, value["code"]) == ([], "apgar")
    assert page.get(reverse("cases:instrument_slot", args=["apgar", "9"])).status_code == 404


def test_the_list_asks_the_same_number_of_queries_for_more_rows(client_for, head, acting):
    page = client_for(head)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert page.get(reverse("cases:instruments")).status_code == 200
        return len(asked)

    with acting(head):
        imported(head)
    count()
    one = count()
    with acting(head):
        for version in ("1 甲", "1 乙"):
            imported(head, version=version)
    assert count() == one
