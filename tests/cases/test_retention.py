"""Periods by dated rule, holds, and what two persons let be destroyed: the person goes, every figure stays."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case
from cases.models.holds import RecordHold
from cases.models.people import Client
from cases.models.work import Contact
from cases.services.people import index_client
from cases.services.record_holds import record_hold_end, record_hold_set
from cases.services.retention import case_files_propose, dues_of, ended_cases
from cases.services.retention_clock import retention_ask
from cases.services.secrecy import case_raise_secrecy
from departments.models.compliance import ComplianceRecord
from departments.models.mechanisms import Task
from departments.models.organizations import DatedRule
from departments.models.queues import Outbox, SearchPosting
from departments.receivers import carry_destruction
from departments.services import desk, destruction
from departments.services.entering import house_scope
from departments.services.registers import rule_add
from msw_portal.kernel.sealing import Ciphertext
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=365)
WHY = "保存期满，鉴定后没有继续保存的价值"


def old_case(by, *, years=16.0, visit="outpatient", stage="closed", **given):
    """A case that ended so many years ago."""
    at = timezone.now() - years * YEAR
    client = given.pop("client", None) or make.make_client(by, name="演示久远")
    stay = make.make_episode(
        client, by, visit_type=visit, mrn=f"M{client.pk}{given.get('number', '')}"
    )
    case = make.make_case(
        by,
        client=client,
        stage=stage,
        episode=stay,
        opened_at=at - YEAR,
        assigned_at=at - YEAR,
        closed_at=at,
        **given,
    )
    index_client(client)
    return case


@contextmanager
def ruled(sysadmin, acting, **params):
    with acting(sysadmin):
        DatedRule.objects.filter(kind="retention").delete()
        rule_add(
            kind="retention",
            article="",
            params=params,
            valid_from=timezone.localdate(),
            source="测试规则",
            by=sysadmin,
        )
    yield


def test_an_outpatient_file_is_due_after_15_years_and_an_inpatient_file_after_30(head, acting):
    with acting(head):
        out = old_case(head, years=15.1)
        stay = old_case(head, years=16, visit="inpatient")
        young = old_case(head, years=14.9)
        found = list(ended_cases(by=head).order_by("id"))
        assert found == [out]
        (due,) = dues_of(found, by=head)
        assert (due.code, due.is_due) == ("outpatient", True)
        assert dues_of([stay], by=head)[0].is_due is False
        assert dues_of([young], by=head)[0].is_due is False


def test_the_head_is_asked_once_a_month_while_files_are_due(head, worker, acting):
    house = head.membership.organization_id
    with acting(head):
        young = old_case(head, years=14.9)
    with house_scope(house, care=True):
        assert retention_ask(house) == 0
    with acting(head):
        due = old_case(head, years=15.1)
    with house_scope(house, care=True):
        assert (retention_ask(house), retention_ask(house)) == (1, 0)
    with acting(worker):
        assert not Task.objects.visible_to(worker).filter(kind="retention_due").exists()
    with acting(head):
        (asked,) = [one for one in desk.todos(head) if one.url == reverse("cases:dues")]
        assert not asked.is_late
        case_files_propose(cases=[str(due.uid)], note=WHY, by=head)
        assert Task.objects.get(kind="retention_due").state == "done"
    with house_scope(house, care=True):
        # What stands on a list waits for its second person, and young files for their time.
        Task.objects.filter(kind="retention_due").delete()
        assert retention_ask(house) == 0
    assert young.is_open is False


def test_a_mental_disorder_makes_an_outpatient_file_stay_30_years(head, acting):
    with acting(head):
        case = old_case(head, years=20)
        case.episode.diagnosis_codes = ["F32.1"]
        case.episode.save()
        (due,) = dues_of([case], by=head)
        assert (due.code, due.is_due) == ("mental", False)


def test_a_minor_is_kept_to_18_and_5_years_more(head, acting):
    today = timezone.localdate()
    with acting(head):
        born = today.replace(year=today.year - 22)
        client = make.make_client(head, name="演示小孩", birth_date=born)
        case = old_case(head, years=15.5, client=client)
        (due,) = dues_of([case], by=head)
        assert due.decisive.code == "minor"
        assert due.due_on == born.replace(year=born.year + 23)
        assert due.is_due is False


def test_the_rule_of_the_day_decides(head, sysadmin, acting):
    with acting(head):
        case = old_case(head, years=15.5)
    with ruled(sysadmin, acting, outpatient_years=20), acting(head):
        assert dues_of([case], by=head)[0].is_due is False


def test_a_hold_keeps_a_file_and_its_end_lets_it_go(head, worker, acting, refuses):
    with acting(head):
        case = old_case(head)
        hold = record_hold_set(
            client=case.client,
            kind="legal",
            reason="法院调卷，案件未结",
            since=timezone.localdate(),
            by=head,
        )
        case = ended_cases(by=head).get(pk=case.pk)
        assert case.client.legal_hold is True
        assert dues_of([case], by=head)[0].is_due is False
        with refuses("retention.not_due", "cases"):
            case_files_propose(cases=[str(case.uid)], note=WHY, by=head)
        record_hold_end(hold=hold, ending="settled", reason="案件已经审结", by=head)
        case = ended_cases(by=head).get(pk=case.pk)
        assert dues_of([case], by=head)[0].is_due is True
    with acting(worker), refuses("permission.can_keep_hold"):
        record_hold_set(
            client=case.client,
            kind="legal",
            reason="不是社工的事",
            since=timezone.localdate(),
            by=worker,
        )


def test_a_sealed_dispute_is_unsealed_by_its_term_after_three_years_alone(head, acting, refuses):
    today = timezone.localdate()
    with acting(head):
        case = old_case(head)
        young = record_hold_set(
            client=case.client, kind="dispute", reason="医患双方封存病历", since=today, by=head
        )
        with refuses("record_hold_term_is_waited", "ending"):
            record_hold_end(hold=young, ending="unsealed", reason="没有人提出", by=head)
        with pytest.raises(IntegrityError), transaction.atomic():
            RecordHold.objects.filter(pk=young.pk).update(
                ended_on=today,
                ending="unsealed",
                ended_reason=Ciphertext(b"x"),
                ended_by=head,
            )
        record_hold_end(hold=young, ending="together", reason="双方到场启封", by=head)
        old = record_hold_set(
            client=case.client,
            kind="dispute",
            reason="医患双方封存病历",
            since=today - 3 * YEAR - dt.timedelta(days=2),
            by=head,
        )
        ended = record_hold_end(hold=old, ending="unsealed", reason="三年没有人提出", by=head)
        assert ended.ended_on == today


def _propose(head, *cases):
    return case_files_propose(cases=[str(one.uid) for one in cases], note=WHY, by=head)


def _run(record):
    """What the relay does, until nothing of the list waits."""
    while True:
        with house_scope(record.organization_id):
            row = Outbox.objects.filter(topic=destruction.TOPIC, state="ready").first()
        if row is None:
            return
        delivery = _Delivery(row)
        carry_destruction(delivery)


class _Delivery:
    def __init__(self, row):
        self.organization_id, self.subject_uid, self.pk = (
            row.organization_id,
            row.subject_uid,
            row.pk,
        )

    def finish(self):
        Outbox.objects.filter(pk=self.pk).update(state="done")


def test_nobody_approves_the_own_list_in_python_and_in_the_database(
    head, secadmin, acting, refuses
):
    with acting(head):
        record = _propose(head, old_case(head))
        with refuses("destruction.same_person", status=409):
            destruction.destruction_approve(record=record, by=head)
        with pytest.raises(IntegrityError), transaction.atomic():
            ComplianceRecord.objects.filter(pk=record.pk).update(signer_2=head, step="approved")
        with pytest.raises(IntegrityError), transaction.atomic():
            ComplianceRecord.objects.filter(pk=record.pk).update(step="approved")
    with acting(secadmin):
        assert destruction.destruction_approve(record=record, by=secadmin).step == "approved"


def test_the_functions_that_empty_ask_for_a_list_signed_by_two(head, acting):
    with acting(head):
        case = old_case(head)
        record = _propose(head, case)
    for role in ("system", "dept_head"):
        with (
            house_scope(
                head.house_id if head.acting else case.organization_id, role=role, care=True
            ),
            pytest.raises(DatabaseError, match="signed by two"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT * FROM app.erase_rows(%s, 'cases_case', 'id', %s, '', '{}')",
                [record.pk, [case.pk]],
            )


def _figures(rows):
    """Counts over everything a figure reads, as the owner of the numbers would."""
    return {
        "cases": rows(
            "SELECT stage, method, source, service_kind, close_reason, satisfaction, count(*) FROM cases_case "
            "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6"
        ),
        "contacts": rows(
            "SELECT mode, phase, minutes, count(*) FROM cases_contact GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        ),
        "needs": rows("SELECT category, met, count(*) FROM cases_need GROUP BY 1, 2 ORDER BY 1, 2"),
        "persons": rows("SELECT sex, count(*) FROM cases_client GROUP BY 1 ORDER BY 1"),
        "stays": rows(
            "SELECT visit_type, insurance, disease_group, count(*) FROM cases_episode GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        ),
        "rollups": rows("SELECT indicator, period, n, n2 FROM reports_rollup ORDER BY 1, 2, 3, 4"),
        "deltas": rows("SELECT count(*) FROM reports_rollupdelta"),
    }


def _filled(by, **given):
    """A case with narrative of every usual kind."""
    case = old_case(by, presenting_problem="独居老人没有钱看病", **given)
    make.make_guardian(case.client, by)
    make.make_need(case, by)
    make.make_contact(case, by, facts="入户探访，住在和平路", locked_at=timezone.now() - YEAR)
    return case


def test_destroying_a_file_leaves_every_figure_and_nothing_of_the_person(
    head, secadmin, acting, rows
):
    with acting(head):
        case = _filled(head)
        stays = _filled(head, years=3)
        kind, client = case.client.root_id, case.client
        before = _figures(rows)
        record = _propose(head, case)
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    _run(record)
    with acting(head):
        assert _figures(rows) == before
        gone = Case.objects.get(pk=case.pk)
        assert gone.erased_on == timezone.localdate()
        assert gone.presenting_problem == "已销毁"
        person = Client.objects.get(pk=client.pk)
        assert (person.name, person.name_masked, person.id_no, person.birth_date) == (
            "已销毁",
            "已删除",
            None,
            None,
        )
        contact = Contact.objects.get(case=case)
        assert (contact.facts, contact.mode) == ("已销毁", Contact.objects.get(case=stays).mode)
        assert not SearchPosting.objects.filter(object_id=kind, kind=1).exists()
        assert Case.objects.get(pk=stays.pk).presenting_problem == "独居老人没有钱看病"
        record.refresh_from_db()
        assert (record.step, record.state, record.payload["persons"]) == ("done", "closed", 1)
        assert [one["state"] for one in record.payload["pieces"]] == ["done"]


def test_nobody_opens_the_case_or_the_person_afterwards(worker, head, secadmin, acting, client_for):
    with acting(head):
        case = _filled(head, worker=worker)
        record = _propose(head, case)
    pages = [
        reverse("cases:case", args=[case.uid]),
        reverse("cases:client", args=[case.client.uid]),
    ]
    assert [client_for(head).get(one).status_code for one in pages] == [200, 200]
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    _run(record)
    for who in (worker, head):
        assert [client_for(who).get(one).status_code for one in pages] == [404, 404]
    certificate = reverse("privacy:certificate", args=[record.uid])
    answer = client_for(secadmin).post(certificate)
    assert (answer.status_code, answer.content[:4]) == (200, b"%PDF")


def test_a_person_with_a_younger_case_keeps_the_name(head, secadmin, acting):
    with acting(head):
        client = make.make_client(head, name="演示两案")
        old = old_case(head, client=client, number="HA-C-1990-0001")
        old_case(head, client=client, years=2, number="HA-C-2020-0001")
        record = _propose(head, old)
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    _run(record)
    with acting(head):
        assert Client.objects.get(pk=client.pk).name == "演示两案"
        assert Case.objects.get(pk=old.pk).erased_on is not None


def test_a_hold_set_after_the_approval_stops_the_piece(head, secadmin, acting):
    with acting(head):
        case = old_case(head)
        record = _propose(head, case)
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    with acting(head):
        record_hold_set(
            client=case.client,
            kind="legal",
            reason="监察机关来函调取",
            since=timezone.localdate(),
            by=head,
        )
    _run(record)
    with acting(head):
        record.refresh_from_db()
        assert record.payload["pieces"][0]["state"] == "skipped"
        assert Case.objects.get(pk=case.pk).erased_on is None


def test_a_level_5_file_is_emptied_too(head, secadmin, acting):
    with acting(head):
        case = make.make_case(head)
        case_raise_secrecy(
            case=case, reason="涉及个人隐私，只限指名的人查阅", named=[head], by=head
        )
    at = timezone.now() - 31 * YEAR
    with acting(head):
        Case.objects.filter(pk=case.pk).update(
            stage="closed", close_reason="goals_met", opened_at=at, closed_at=at, assigned_at=at
        )
        record = _propose(head, case)
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    _run(record)
    with acting(head):
        assert Case.objects.get(pk=case.pk).presenting_problem == "已销毁"


def test_the_list_of_ended_files_asks_the_same_for_one_and_for_three(head, acting):
    with acting(head):
        counts = []
        for number in (1, 3):
            while ended_cases(by=head).count() < number:
                old_case(head)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                dues_of(ended_cases(by=head), by=head)
            counts.append(len(asked))
        assert counts[0] == counts[1]
