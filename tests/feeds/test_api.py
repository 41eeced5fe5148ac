"""PUT /api/v1/episodes/{mrn}: stays come, move and end as the hospital's system says, whatever the order."""

import datetime as dt
import json
from urllib.parse import quote

import pytest
from django.test import Client as HttpClient
from django.utils import timezone

from cases.models.casework import Case
from cases.models.people import Episode
from cases.services.whole_course import gaps_of, milestone_set
from departments.models.queues import IdempotencyKey
from departments.models.trail import AuditEntry
from msw_portal.kernel.scope import scope
from tests.conftest import api_client_of
from tests.factories.cases import make_case, make_client, make_episode
from tests.feeds.conftest import His, facts

WARD = "血液科一病区"
LATER = "2026-11-20T18:00:00+08:00"
EARLIER = "2026-11-20T07:00:00+08:00"


def test_a_stay_is_created_with_its_person_and_found_again(his, stay, persons):
    said = facts(
        ward=WARD, bed="12", doctor="王医生", admitted_on="2026-11-20", insurance="居民医保"
    )
    answer = his.put("ZY01", status=201, **said)
    assert (answer["outcome"], answer["is_new_person"]) == ("created", True)
    [found] = stay("ZY01")
    assert str(found.uid) == answer["uid"]
    assert (found.ward.name, found.bed, found.doctor) == (WARD, "12", "王医生")
    assert (found.visit_type, found.origin, str(found.admitted_on)) == (
        "inpatient",
        "his",
        "2026-11-20",
    )
    assert (found.client.name, found.client.sex) == ("演示赵一", "2")
    again = his.put("ZY01", **said)
    assert (again["outcome"], again["changed"], again["kept"]) == ("known", [], [])
    assert (len(stay("ZY01")), persons()) == (1, 1)


def test_a_later_delivery_moves_and_an_older_one_that_comes_late_does_not(his, stay):
    his.put("ZY02", status=201, **facts(ward=WARD, bed="12", admitted_on="2026-11-20"))
    assert his.put("ZY02", source_time=LATER, bed="15")["changed"] == ["bed"]
    late = his.put("ZY02", source_time=EARLIER, bed="3", doctor="李医生")
    assert (late["older"], late["changed"]) == (["bed"], ["doctor"])
    [found] = stay("ZY02")
    assert (found.bed, found.doctor) == ("15", "李医生")


def test_what_a_worker_wrote_stays_and_is_named(his, stay, worker, ward, acting):
    with acting(worker):
        person = make_client(worker, name="演示赵一", birth_date=None, birth_unknown=True)
        make_episode(
            person, worker, mrn="ZY03", bed="加3", admitted_on="2026-11-20", doctor="", ward=ward
        )
    said = {
        "source_time": LATER,
        "ward": WARD,
        "bed": "15",
        "doctor": "王医生",
        "admitted_on": "2026-11-20",
    }
    answer = his.put("ZY03", **said)
    assert (answer["kept"], answer["changed"]) == (["bed"], ["doctor"])
    [found] = stay("ZY03")
    assert (found.bed, found.doctor, found.ward_id) == ("加3", "王医生", ward.pk)
    # What both said is the system's to move from then on.
    with acting(worker):
        Episode.objects.filter(pk=found.pk).update(doctor="王医生改")
    moved = his.put(
        "ZY03", source_time="2026-11-21T08:00:00+08:00", ward=None, doctor="赵医生", bed="15"
    )
    assert (moved["changed"], moved["kept"]) == (["ward"], ["bed", "doctor"])
    [found] = stay("ZY03")
    assert (found.ward, found.doctor, found.bed) == (None, "王医生改", "加3")


def test_a_discharge_that_comes_before_its_admission_is_one_stay(his, stay, course):
    his.put("ZY04", status=201, **facts(source_time=LATER, discharged_on="2026-11-20"))
    [early] = stay("ZY04")
    assert (early.admitted_on, str(early.discharged_on)) == (None, "2026-11-20")
    his.put("ZY04", **facts(admitted_on="2026-11-10", ward=WARD, bed="2"))
    [found] = stay("ZY04")
    assert (str(found.admitted_on), str(found.discharged_on)) == ("2026-11-10", "2026-11-20")
    assert course(found) == {"discharge": (None, "2026-11-20")}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_every_order_ends_the_same(his, stay, course, order):
    said = [
        facts(
            ward=WARD, bed="1", admitted_on="2026-11-10", source_time="2026-11-10T10:00:00+08:00"
        ),
        facts(bed="7", admitted_on="2026-11-10", source_time="2026-11-12T10:00:00+08:00"),
        facts(
            admitted_on="2026-11-10",
            operation_on="2026-11-13",
            source_time="2026-11-13T20:00:00+08:00",
        ),
        facts(
            admitted_on="2026-11-10",
            discharged_on="2026-11-18",
            bed=None,
            source_time="2026-11-18T11:00:00+08:00",
        ),
    ]
    for number, position in enumerate(order):
        his.put("ZY05", status=200 if number else 201, **said[position])
    [found] = stay("ZY05")
    assert (found.ward.name, found.bed, str(found.discharged_on)) == (WARD, "", "2026-11-18")
    assert course(found) == {"operation": (None, "2026-11-13"), "discharge": (None, "2026-11-18")}


def test_an_operation_and_a_discharge_draw_the_gaps_of_the_course_like_typed_ones(
    his, stay, worker, acting
):
    today, day = timezone.localdate(), dt.timedelta(days=1)
    admitted = str(today - 20 * day)
    his.put("ZY06", status=201, **facts(admitted_on=admitted))
    [found] = stay("ZY06")
    with acting(worker):
        case = make_case(worker, client=found.client, episode=found)
        Case.objects.filter(pk=case.pk).update(opened_at=case.opened_at - 9 * day)
    his.put(
        "ZY06",
        source_time=LATER,
        admitted_on=admitted,
        operation_on=str(today - 2 * day),
        discharged_on=str(today),
    )
    with acting(worker):
        rows = Case.objects.filter(pk=case.pk).select_related("client", "episode")
        drawn = [(gap.place, gap.is_late) for gap in gaps_of(rows)]
    assert drawn == [
        ("pre_op", True),
        ("operation", True),
        ("post_op", False),
        ("discharge", False),
    ]


def test_a_planned_operation_of_a_worker_comes_about_and_its_own_day_stays(
    his, stay, worker, course, acting
):
    his.put("ZY07", status=201, **facts(admitted_on="2026-11-10"))
    [found] = stay("ZY07")
    with acting(worker):
        case = make_case(worker, client=found.client, episode=found)
        milestone_set(case=case, kind="operation", planned_on=dt.date(2026, 11, 14), by=worker)
    answer = his.put(
        "ZY07",
        source_time=LATER,
        admitted_on="2026-11-10",
        operation_planned_on="2026-11-15",
        operation_on="2026-11-16",
    )
    assert (answer["kept"], answer["changed"]) == (
        ["operation.1.planned_on"],
        ["operation.1.actual_on"],
    )
    assert course(found) == {"operation": ("2026-11-14", "2026-11-16")}


def test_a_cancelled_discharge_leaves_the_course_and_a_second_operation_stands_beside_the_first(
    his, stay, course, worker, acting
):
    his.put(
        "ZY08",
        status=201,
        **facts(admitted_on="2026-11-10", discharged_on="2026-11-18", operation_on="2026-11-12"),
    )
    his.put(
        "ZY08",
        source_time=LATER,
        admitted_on="2026-11-10",
        discharged_on=None,
        operation_no="2",
        operation_on="2026-11-19",
    )
    [found] = stay("ZY08")
    assert found.discharged_on is None
    with acting(worker):
        rows = found.milestones.order_by("actual_on").values_list("kind", "actual_on")
        assert [(kind, str(day)) for kind, day in rows] == [
            ("operation", "2026-11-12"),
            ("operation", "2026-11-19"),
        ]


def test_a_number_of_the_stay_lets_the_day_of_admission_be_corrected(his, stay):
    his.put("ZY09", status=201, **facts(visit_no="1", admitted_on="2026-10-01"))
    assert his.put("ZY09", source_time=LATER, visit_no="1", admitted_on="2026-10-02")[
        "changed"
    ] == ["admitted_on"]
    his.put("ZY09", status=201, source_time=LATER, visit_no="2", admitted_on="2026-11-19")
    assert [str(one.admitted_on) for one in stay("ZY09")] == ["2026-10-02", "2026-11-19"]


def test_a_discharge_that_could_be_of_two_stays_is_refused(his, stay):
    his.put("ZY10", status=201, **facts(admitted_on="2026-10-01", discharged_on="2026-10-09"))
    refused = his.put("ZY10", status=422, source_time=LATER, discharged_on="2026-11-18")
    assert refused["type"] == "urn:msw:problem:episode.which_stay"
    assert refused["errors"][0]["field"] == "admitted_on"
    assert [str(one.discharged_on) for one in stay("ZY10")] == ["2026-10-09"]


def test_the_person_is_found_by_the_document_and_a_stay_without_its_number_gets_it(
    his, stay, worker, acting, persons
):
    with acting(worker):
        person = make_client(worker, name="演示钱二", id_type="id", id_no="11010119900307002X")
        make_episode(person, worker, admitted_on="2026-11-15", bed="4")
    his.put(
        "ZY11",
        source_time=LATER,
        name="演示钱二",
        id_no="11010119900307002x",
        admitted_on="2026-11-15",
        doctor="王医生",
    )
    [found] = stay("ZY11")
    assert (found.client_id, found.bed, found.doctor) == (person.pk, "4", "王医生")
    assert persons() == 1


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"ward": "不存在的病区"}, "ward", "episode.ward_unknown"),
        ({"name": ""}, "name", "episode.person_unknown"),
        ({"birth_date": ""}, "birth_date", "episode.person_unknown"),
        ({"admitted_on": "2026-02-30"}, "admitted_on", "validation"),
        ({"admitted_on": "26-2-3"}, "admitted_on", "validation"),
        ({"admitted_on": "2999-01-01"}, "admitted_on", "episode.in_future"),
        ({"discharged_on": "2026-11-01"}, "discharged_on", "episode_dates_in_order"),
        ({"operation_on": "2026-11-01"}, "operation_on", "milestone.before_admission"),
        ({"source_time": ""}, "source_time", "validation"),
        ({"source_time": "2026-11-20"}, "source_time", "validation"),
        ({"source_time": "2999-11-20T08:00:00Z"}, "source_time", "validation"),
        ({"sex": "X"}, "sex", "validation"),
        ({"id_no": "110101199003070020"}, "id_no", "client.id_no_check_digit"),
        ({"bed": "床" * 21}, "bed", "validation"),
        ({"bed": "1\x00"}, "bed", "validation"),
        ({"bed": ["1"]}, "bed", "validation"),
    ],
)
def test_bad_facts_write_nothing_and_name_their_field(his, stay, persons, change, field, rule):
    said = (
        facts(admitted_on="2026-11-10", **change)
        if "admitted_on" not in change
        else facts(**change)
    )
    refused = his.put("ZY12", status=422, **said)
    assert refused["type"] == f"urn:msw:problem:{rule}"
    assert [one["field"] for one in refused["errors"]] == [field]
    assert (stay("ZY12"), persons()) == ([], 0)


def test_somebody_probably_known_is_left_to_the_workers(his, stay, worker, acting, persons):
    his.put("ZY13", status=201, **facts(admitted_on="2026-11-10"))
    refused = his.put("ZY14", status=422, **facts(admitted_on="2026-11-10"))
    assert refused["type"] == "urn:msw:problem:episode.person_doubted"
    other = his.put("ZY13", status=422, **facts(name="演示孙三"))
    assert other["type"] == "urn:msw:problem:episode.person_differs"
    assert "赵" not in json.dumps([refused, other], ensure_ascii=False)
    assert persons() == 1


def test_another_hospital_writes_its_own_records_and_never_this_ones(
    his, stay, db, other_worker, acting
):
    his.put("ZY15", status=201, **facts(ward=WARD, bed="1", admitted_on="2026-11-10"))
    other = His("other_head")
    other.put("ZY15", status=201, **facts(ward=WARD, bed="9", admitted_on="2026-11-10"))
    [found] = stay("ZY15")
    assert found.bed == "1"
    with acting(other_worker):
        theirs = Episode.objects.visible_to(other_worker).get(bed="9")
        assert theirs.organization_id == other_worker.membership.organization_id
    refused = other.put("ZY15", status=403, hospital="HA", **facts(bed="8"))
    assert refused["type"] == "urn:msw:problem:episode.other_hospital"
    assert his.put("ZY15", hospital="测试第一医院", source_time=LATER, bed="2")["changed"] == [
        "bed"
    ]


def test_without_the_scope_or_a_token_nobody_delivers(db, stay, persons):
    body = json.dumps(facts(admitted_on="2026-11-10"))
    path, kind = "/api/v1/episodes/ZY16", {"content_type": "application/json"}
    officer = api_client_of("officer")
    assert officer.put(path, body, **kind).status_code == 403
    assert HttpClient().put(path, body, **kind).status_code == 401
    assert His().client.get(path).status_code == 403
    assert His().client.put(path, "name=x", content_type="text/plain").status_code == 415
    assert His().client.put(path, "{", **kind).status_code == 400
    assert persons() == 0


def test_a_record_may_hold_a_slash_and_its_address_is_not_kept_for_a_key(his, stay):
    path = f"/api/v1/episodes/{quote('2026/001', safe='')}/"
    answer = his.client.put(
        path,
        json.dumps(facts(admitted_on="2026-11-10")),
        content_type="application/json",
        headers={"Idempotency-Key": "once"},
    )
    assert answer.status_code == 201
    assert len(stay("2026/001")) == 1
    assert not IdempotencyKey.objects.exists()


def test_what_was_written_stands_in_the_audit_without_names(his, hospital):
    his.put("ZY17", status=201, **facts(bed="1", doctor="王医生", admitted_on="2026-11-10"))
    his.put("ZY17", source_time=LATER, bed="2", doctor="李医生")
    his.put("ZY17", source_time=LATER, bed="2", doctor="李医生")
    with scope(org=hospital.pk, role="auditor"):
        entries = list(AuditEntry.objects.filter(action="episode.deliver").order_by("at"))
    assert [json.loads(one.body)["outcome"] for one in entries] == ["created", "changed"]
    moved = json.loads(entries[1].body)
    assert (moved["bed"], moved["facts"]) == (["1", "2"], ["bed", "doctor"])
    assert "医生" not in "".join(one.body for one in entries)
    assert {one.role for one in entries} == {"assistant"}
    assert all(one.client_uid for one in entries)
