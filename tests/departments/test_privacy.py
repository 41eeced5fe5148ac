"""The privacy office: registers with their clocks, notices with their parts, necessity from the models, lists of two."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models.compliance import ComplianceRecord
from departments.models.mechanisms import Task
from departments.services import destruction
from departments.services import privacy_registers as registers
from departments.services.necessity import facts, necessity_say, words_kept
from departments.services.privacy_papers import incident_notice_print, privacy_record_print
from departments.services.retention import CLASSES, classes_today
from tests.cases.pages import text_of
from tests.cases.test_retention import _run

pytestmark = pytest.mark.django_db


def pia(by, **given):
    values = {
        "title": "向基金会提供救助材料",
        "trigger": "sharing",
        "kinds": "姓名、诊断、费用；每年约三百人",
        "lawful": "为本人申请救助所必需",
        "impact": "泄露会影响名誉",
        "measures": "去标识、分级、留痕",
        "risk": "middle",
        "conclusion": "yes",
        "assessor": "测试评估人",
        "assessed_on": timezone.localdate(),
        "again_years": 2,
        **given,
    }
    return registers.privacy_record_add(kind="pia", values=values, by=by)


def incident(by, **given):
    values = {
        "title": "一份名单误发到外部邮箱",
        "severity": "general",
        "found_at": timezone.now() - dt.timedelta(hours=2),
        "kinds": "姓名、床号",
        **given,
    }
    fields = registers.REGISTERS["incident"].fields
    return registers.privacy_record_add(
        kind="incident", values={field.name: values.get(field.name) for field in fields}, by=by
    )


WHOLE = {
    "cause": "经办人选错收件人",
    "harm": "可能被外人知道住院",
    "measures": "已请对方删除并书面确认",
    "advice": "接到可疑电话请向本院核实",
    "contact": "社工部 010-00000000",
}


def test_an_assessment_is_due_again_after_its_years_and_anew_after_a_change(head, acting, refuses):
    today = timezone.localdate()
    with acting(head):
        record = pia(head)
        assert record.due_on == today.replace(year=today.year + 2)
        assert not Task.objects.filter(kind="pia_due").exists()
        house, later = head.house_id, record.due_on - dt.timedelta(days=30)
        assert registers.privacy_clocks(organization_id=house, today=later) == 1
        assert registers.privacy_clocks(organization_id=house, today=later) == 0
        task = Task.objects.get(kind="pia_due", state="open")
        assert (task.subject_id, task.role) == (record.pk, "dept_head")
        values = registers.values_of(record) | {"again_years": 1}
        registers.privacy_record_amend(record=record, values=values, by=head)
        record.refresh_from_db()
        assert record.due_on == today.replace(year=today.year + 1)
        assert [one["values"]["again_years"] for one in record.payload["versions"]] == [2]
        assert not Task.objects.filter(kind="pia_due", state="open").exists()
        with refuses("privacy.again_years", "again_years"):
            pia(head, again_years=5)
        with refuses("privacy.missing", "impact"):
            pia(head, impact="")


def test_who_is_no_keeper_writes_nothing_and_finds_no_page(
    worker, head, acting, refuses, client_for
):
    with acting(worker), refuses("permission.can_keep_privacy", status=403):
        pia(worker)
    with acting(head):
        record = pia(head)
    for name, args in (
        ("privacy:list", ["assessments"]),
        ("privacy:record", [record.uid]),
        ("privacy:new", ["incidents"]),
        ("privacy:necessity", []),
    ):
        address = reverse(name, args=args)
        assert client_for(worker).get(address).status_code == 404
        assert client_for(head).get(address).status_code == 200


def test_another_house_finds_nothing(head, other_head, acting, client_for):
    with acting(head):
        record = pia(head)
    page = client_for(other_head)
    assert page.get(reverse("privacy:record", args=[record.uid])).status_code == 404
    assert "向基金会" not in text_of(page.get(reverse("privacy:list", args=["assessments"])))


def test_a_closed_record_changes_no_more(head, acting, refuses):
    with acting(head):
        record = pia(head)
        registers.privacy_record_close(record=record, reason="不再进行这项处理", by=head)
        assert not Task.objects.filter(kind="pia_due", state="open").exists()
        with refuses("privacy.closed", status=409):
            registers.privacy_record_amend(
                record=record, values=registers.values_of(record), by=head
            )


def test_an_incident_is_told_when_all_parts_of_the_law_stand(secadmin, acting, refuses):
    with acting(secadmin):
        record = incident(secadmin)
        task = Task.objects.get(kind="incident_tell", state="open")
        assert task.due_at == registers.values_of(record)["found_at"] + dt.timedelta(hours=24)
        with refuses("incident.lacks", status=409):
            incident_notice_print(record=record, to="persons", by=secadmin)
        with refuses("incident.lacks", status=409):
            registers.incident_move(record=record, step="tell", by=secadmin)
        with refuses("incident.close.wrong_state", status=409):
            registers.privacy_record_close(record=record, reason="已经处理完毕", by=secadmin)
        values = registers.values_of(record) | WHOLE
        record = registers.privacy_record_amend(record=record, values=values, by=secadmin)
        for to in ("authority", "persons"):
            content = incident_notice_print(record=record, to=to, by=secadmin)
            assert content.startswith(b"%PDF")
        registers.incident_move(record=record, step="contain", by=secadmin)
        registers.incident_move(record=record, step="tell", by=secadmin)
        assert not Task.objects.filter(kind="incident_tell", state="open").exists()
        done = registers.privacy_record_close(record=record, reason="已经处理完毕", by=secadmin)
        assert (done.state, done.step) == ("closed", "closed")


def test_who_need_not_be_told_gets_no_notice(secadmin, acting, refuses):
    with acting(secadmin):
        record = incident(secadmin, **WHOLE, no_notice="邮件已撤回，对方没有打开")
        assert incident_notice_print(record=record, to="authority", by=secadmin)
        with refuses("incident.no_notice_for_persons", status=409):
            incident_notice_print(record=record, to="persons", by=secadmin)


def test_a_severe_incident_has_a_shorter_clock(secadmin, acting):
    with acting(secadmin):
        incident(secadmin, severity="extreme")
        task = Task.objects.get(kind="incident_tell", state="open")
        assert task.due_at < timezone.now()


def test_every_personal_field_of_the_models_stands_in_the_register(head, acting, refuses):
    found = {one.key: one for one in facts()}
    assert found["cases.Client.name"].is_asked is True
    assert found["cases.Client.phone"].is_asked is False
    assert all(one.purpose and one.basis for one in found.values())
    with acting(head):
        necessity_say(
            key="cases.Client.phone", verdict="optional", word="可以留家属的电话", by=head
        )
        assert words_kept(by=head)["cases.Client.phone"]["verdict"] == "optional"
        with refuses("necessity.no_such_field", status=404):
            necessity_say(key="cases.Client.nothing", verdict="drop", word="没有用", by=head)


def test_every_class_of_the_table_has_its_number_and_its_law(db, head, acting):
    with acting(head):
        classes, _row = classes_today()
    assert len(classes) == len(CLASSES)
    assert {one.of.code: one.amount for one in classes}["inpatient"] == 30
    assert all(str(one.of.law) and str(one.of.then) for one in classes)


def test_a_register_record_is_emptied_after_its_years_by_two(head, secadmin, acting):
    with acting(head):
        young = pia(head)
        registers.privacy_record_close(record=young, reason="不再进行这项处理", by=head)
        assert destruction.records_due(by=head) == []
        record = ComplianceRecord(
            organization_id=head.house_id,
            kind="pia",
            state="closed",
            closed_at=timezone.now() - dt.timedelta(days=3 * 366 + 1),
            payload={"number": "HA-PIA-2020-001", "values": {"title": "旧的处理活动"}},
        )
        record.save(force_insert=True)
    with acting(head):
        (piece,) = destruction.records_due(by=head)
        batch = destruction.destruction_propose(pieces=[piece], note="三年期满，可以清空", by=head)
    with acting(secadmin):
        destruction.destruction_approve(record=batch, by=secadmin)
    _run(batch)
    with acting(head):
        record.refresh_from_db()
        assert record.payload == {}
        batch.refresh_from_db()
        assert batch.step == "done"


def test_what_was_emptied_before_does_not_hide_what_is_due(head, acting, monkeypatch):
    monkeypatch.setattr(destruction, "MOST", 2)
    with acting(head):
        for number in range(5):
            ComplianceRecord(
                organization_id=head.house_id,
                kind="pia",
                state="closed",
                closed_at=timezone.now() - dt.timedelta(days=4 * 366 - number),
                payload={} if number < 2 else {"number": f"HA-PIA-2020-00{number}"},
            ).save(force_insert=True)
        labels = [one.label[-3:] for one in destruction.records_due(by=head)]
    assert labels == ["002", "003"]


def test_the_list_asks_the_same_for_one_and_for_three(head, acting, client_for):
    counts = []
    for number in (1, 2):
        with acting(head):
            for _one in range(number):
                pia(head)
        page = client_for(head)
        page.get(reverse("privacy:list", args=["assessments"]))
        with CaptureQueriesContext(connection) as asked:
            page.get(reverse("privacy:list", args=["assessments"]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_pages_of_the_office_open_and_print(head, acting, client_for):
    with acting(head):
        record = pia(head)
        assert privacy_record_print(record=record, by=head).startswith(b"%PDF")
    page = client_for(head)
    for name in ("privacy:retention", "privacy:lists", "privacy:propose", "privacy:necessity"):
        assert page.get(reverse(name)).status_code == 200
    edit = reverse("privacy:edit", args=[record.uid])
    assert "向基金会提供" in page.get(edit).content.decode()
