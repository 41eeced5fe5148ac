"""What the head of a department sets: deadlines, the lock of records, the house's numbers without gaps."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case
from cases.services.archiving import give_archive_number
from cases.services.case_numbers import by_case_number
from cases.services.department_settings import clocks_of, settings_set
from cases.services.intake import case_assign
from cases.services.number_patterns import PATTERNS, numbers_ahead, patterns_of
from departments.models.numbers import NumberSequence
from departments.models.trail import AuditEntry
from departments.services.entering import house_scope
from tests.cases.pages import queries, text_of
from tests.cases.test_contacts import record
from tests.factories.cases import department_of, make_case
from tests.factories.doors import referrals_of, send

pytestmark = pytest.mark.django_db
USUAL = {
    "triage_hours": "24",
    "crisis_hours": "2",
    "intake_hours": "72",
    "assessment_hours": "168",
    "contact_lock_hours": "24",
    "mandatory_report_hours": "2",
    "case_pattern": PATTERNS["case"],
    "archive_pattern": PATTERNS["archive"],
}
WHERE = "/cases/settings/"


def kept(by, **given):
    typed = USUAL | given
    hours = {key: int(value) for key, value in typed.items() if key.endswith("_hours")}
    patterns = {key: value for key, value in typed.items() if key.endswith("_pattern")}
    return settings_set(department=department_of(by), by=by, **hours, **patterns)


def assigned(worker, head):
    case = make_case(head, stage="pending")
    return case_assign(case=case, worker=worker, by=head).number


# ── who ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", ["worker", "assistant", "supervisor", "clinician"])
def test_only_the_head_keeps_the_settings(login, request, head, acting, refuses, client_for):
    person = request.getfixturevalue(login)
    assert client_for(person).get(WHERE).status_code == 404
    assert client_for(person).post(WHERE, USUAL).status_code == 404
    assert client_for(person).get(f"{WHERE}preview/case/").status_code == 404
    with acting(head):
        department = department_of(head)
    with acting(person), refuses("permission.can_keep_settings", status=403):
        settings_set(
            department=department,
            by=person,
            **{key: 5 for key in USUAL if key.endswith("_hours")},
            case_pattern=PATTERNS["case"],
            archive_pattern=PATTERNS["archive"],
        )


def test_another_house_keeps_its_own(head, other_head, acting, other_hospital):
    with acting(head):
        kept(head, case_pattern="个案-{YYYY}-{SEQ5}", contact_lock_hours="48")
    with acting(other_head):
        assert patterns_of(other_hospital.pk) == PATTERNS
        assert clocks_of(department_of(other_head))["contact_lock_hours"] == 24


# ── hours ────────────────────────────────────────────────────────────────────


def test_the_next_referral_follows_the_clocks(head, ward_door, client_for, hospital):
    client = client_for(head)
    done = client.post(WHERE, USUAL | {"triage_hours": "８", "crisis_hours": "1"})
    assert (done.status_code, done["Location"]) == (302, WHERE)
    send(ward_door)
    send(ward_door, is_crisis=True)
    spans = [one.due_at - one.received_at for one in referrals_of(hospital.pk)]
    assert spans == [dt.timedelta(hours=8), dt.timedelta(hours=1)]


def test_a_record_locks_after_the_department_s_hours_and_older_ones_as_they_were(
    head, worker, acting
):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        before = record(case, worker)
    with acting(head):
        kept(head, contact_lock_hours="48")
    with acting(worker):
        case = Case.objects.select_related("department").get(pk=case.pk)
        after = record(case, worker)
        before.refresh_from_db()
        spans = [
            round((one.locked_at - one.created_at) / dt.timedelta(hours=1))
            for one in (before, after)
        ]
        assert spans == [24, 48]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"crisis_hours": "3", "triage_hours": "2"}, "危机的时限不能比一般的长。"),
        ({"triage_hours": "0"}, "请填 1 到 168 小时。"),
        ({"contact_lock_hours": "169"}, "请填 1 到 168 小时。"),
        ({"contact_lock_hours": "一天"}, "请填整数。"),
        ({"mandatory_report_hours": "25"}, "请填 1 到 24 小时。"),
        ({"intake_hours": "337"}, "请填 1 到 336 小时。"),
        ({"assessment_hours": "721"}, "请填 1 到 720 小时。"),
        ({"case_pattern": ""}, "请填写这一项。"),
        ({"case_pattern": "{ORG}-C-{YYYY}"}, "要有且只有一个流水号变量"),
        ({"case_pattern": "{ORG}-{SEQ4}"}, "编号规则里要有年份"),
        ({"case_pattern": "{WARD}-{YYYY}-{SEQ4}"}, "没有“{WARD}”这个变量"),
        ({"case_pattern": "{YYYY}<{SEQ4}"}, "只能用汉字、字母、数字"),
        ({"case_pattern": "{YYYY}{SEQ4}"}, "之间要有符号隔开"),
        ({"case_pattern": "{YYYY}-{SEQ4}0"}, "之间要有符号隔开"),
        ({"archive_pattern": "{YYYY}-" + "档" * 31 + "-{SEQ5}"}, "编号最长 40 个字"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    given, sentence, head, client_for, acting, hospital
):
    answer = client_for(head).post(WHERE, USUAL | {"triage_hours": "30"} | given)
    assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    with acting(head):
        assert clocks_of(department_of(head))["triage_hours"] == 24
        assert patterns_of(hospital.pk) == PATTERNS


def test_what_was_typed_is_kept_in_the_form(head, client_for):
    answer = client_for(head).post(WHERE, USUAL | {"intake_hours": "55", "case_pattern": "乱写"})
    page = answer.content.decode()
    assert 'value="55"' in page and 'value="乱写"' in page


# ── numbers ──────────────────────────────────────────────────────────────────


def test_a_new_pattern_goes_on_counting_and_leaves_old_numbers(head, worker, acting):
    with acting(head):
        first = assigned(worker, head)
        kept(head, case_pattern="个案{YYYY}-{SEQ5}")
        second, third = assigned(worker, head), assigned(worker, head)
        assert Case.objects.filter(number=first).count() == 1
    seqs = [int(re.search(r"(\d+)$", number)[1]) for number in (first, second, third)]
    assert seqs == [seqs[0], seqs[0] + 1, seqs[0] + 2]
    assert second == f"个案{timezone.localdate():%Y}-{seqs[1]:05d}"


def test_the_preview_is_what_comes_and_takes_nothing(head, worker, acting, hospital, client_for):
    with acting(head):
        assigned(worker, head)
        row = NumberSequence.objects.get(kind="case", period=f"{timezone.localdate():%Y}")
        ahead = numbers_ahead(
            "case",
            "{ORG}/{YY}/{SEQ3}",
            organization=hospital,
            on=timezone.localdate(),
            field="case_pattern",
        )
        assert NumberSequence.objects.get(pk=row.pk).next == row.next
        kept(head, case_pattern="{ORG}/{YY}/{SEQ3}")
        assert [assigned(worker, head) for _n in ahead] == ahead
    client = client_for(head)
    shown = client.get(f"{WHERE}preview/case/", {"case_pattern": "{ORG}-{YYYY}-{SEQ6}"})
    assert f"接下来的编号： HA-{timezone.localdate():%Y}-00" in text_of(shown)
    wrong = client.get(f"{WHERE}preview/case/", {"case_pattern": "{YYYY}"})
    assert (wrong.status_code, "流水号变量" in text_of(wrong)) == (200, True)
    assert client.get(f"{WHERE}preview/ward/").status_code == 404


def test_old_and_new_numbers_are_found(head, worker, acting):
    with acting(head):
        first = assigned(worker, head)
        kept(head, case_pattern="{YYYY}年-{SEQ5}")
        second = assigned(worker, head)

        def found(typed):
            return set(
                Case.objects.filter(by_case_number(typed, head)).values_list("number", flat=True)
            )

        assert first in found(first) and second in found(second)
        assert first in found(first.rpartition("-")[2])
        assert second in found(second.rpartition("-")[2])


def test_the_archive_follows_its_own_pattern(head, worker, acting):
    with acting(head):
        kept(head, archive_pattern="档{YYYY}-{SEQ6}")
    with acting(worker):
        case = make_case(worker)
        give_archive_number(case)
        assert re.fullmatch(rf"档{timezone.localdate():%Y}-\d{{6}}", case.archive_number)


def test_changes_stand_in_the_audit_with_before_and_after(head, hospital, acting):
    with acting(head):
        kept(head, contact_lock_hours="36")
        kept(head, contact_lock_hours="36", case_pattern="{YYYY}-{SEQ4}")
    with house_scope(hospital.pk):
        entries = AuditEntry.objects.filter(action__startswith="department.").order_by("id")
        said = [(one.action, one.body) for one in entries]
    assert said == [
        ("department.clocks", '{"contact_lock_hours":[24,36]}'),
        ("department.clocks", "{}"),
        (
            "department.number_patterns",
            '{"case_pattern":["{ORG}-C-{YYYY}-{SEQ4}","{YYYY}-{SEQ4}"]}',
        ),
    ]


def test_the_page_asks_the_same_after_changes(head, client_for, acting):
    client = client_for(head)
    counts = [queries(client, WHERE)]
    for number in range(3):
        with acting(head):
            kept(head, case_pattern=f"{{YYYY}}-{'ABC'[number]}-{{SEQ4}}")
    counts.append(queries(client, WHERE))
    assert counts[0] == counts[1]
    page = text_of(client.get(WHERE))
    assert "部门设置" in page and "接下来的编号" in page
    assert reverse("cases:settings") in client.get("/workbench/").content.decode()
