"""Roll-ups by ward, worker and disease: equal to their rows after every kind of change, and after changes at once."""

import datetime as dt
import threading
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from cases.models.activities import Activity
from cases.models.casework import Case, Referral
from cases.models.groups import Attendance, Group, GroupSession
from cases.models.people import Episode
from cases.models.work import Contact, Need
from reports.services.figures import Only, by_dim, cells_read
from reports.services.proving import rollups_catch_up, rollups_prove
from tests.factories.cases import make_case, make_client, make_contact, make_episode, make_need
from tests.factories.groups import make_event, make_group, make_member, make_session

SINCE, UNTIL = dt.date(2025, 1, 1), dt.date(2027, 12, 1)
DAY = dt.date(2026, 3, 9)


def _cells(by, code, only=None):
    return cells_read(by=by, codes=[code], since=SINCE, until=UNTIL, only=only).get(code, [])


def _n(by, code, only=None):
    return sum(cell.n for cell in _cells(by, code, only))


def _n2(by, code, only=None):
    return sum((cell.n2 for cell in _cells(by, code, only)), Decimal())


def _placed(by, ward, *, disease="leukaemia", **given):
    client = make_client(by)
    episode = make_episode(client, by, ward=ward, disease_group=disease)
    return make_case(by, client=client, episode=episode, **given)


@pytest.fixture
def world(worker, acting, ward):
    """A case with a need and two contacts, a group with a session and two attendances, an activity, a referral."""
    with acting(worker):
        case = _placed(worker, ward)
        need = make_need(case, worker)
        contacts = [
            make_contact(case, worker, occurred_on=DAY, minutes=minutes) for minutes in (30, 45)
        ]
        group = make_group(worker)
        session = make_session(
            group,
            worker,
            state="held",
            held_on=DAY,
            record={"process": "互相介绍"},
            recorded_at=timezone.now(),
            attainment=3,
            recorded_by=worker,
        )
        seats = [
            Attendance.objects.create(
                organization_id=worker.house_id,
                session=session,
                member=make_member(group, worker, alias=name),
                presence=presence,
                created_by=worker,
            )
            for name, presence in (("甲", "present"), ("乙", "absent"))
        ]
        event = make_event(worker, state="held", occurred_on=DAY, persons=12, person_times=20)
        referral = Referral.objects.create(
            organization_id=worker.house_id,
            from_department=ward,
            reason="担心费用",
            received_at=timezone.now(),
            created_by=worker,
        )
        yield SimpleNamespace(
            case=case,
            need=need,
            contacts=contacts,
            group=group,
            session=session,
            seats=seats,
            event=event,
            referral=referral,
        )


def test_the_world_is_counted(world, worker, ward):
    assert (_n(worker, "contact_done"), _n2(worker, "contact_done")) == (2, 75)
    assert (_n(worker, "group_session"), _n2(worker, "group_session")) == (1, 90)
    assert _n(worker, "group_attendance") == 1
    assert (_n(worker, "activity_held"), _n2(worker, "activity_held")) == (1, 20)
    assert _n(worker, "activity_persons") == 12
    assert [dict(cell.dims) for cell in _cells(worker, "referral_in")] == [
        {"ward": ward.pk, "profession": "", "outcome": "waiting"}
    ]
    assert by_dim(_cells(worker, "case_new_ward"), "ward") == {str(ward.pk): 1}
    assert by_dim(_cells(worker, "case_new_disease"), "disease") == {"leukaemia": 1}
    assert by_dim(_cells(worker, "case_load"), "worker") == {str(worker.pk): 1}
    assert rollups_prove().differences == ()


@pytest.mark.parametrize(
    ("model", "of", "change"),
    [
        (Case, "case", {"source": "family"}),
        (Case, "case", {"weight": Decimal("2.50")}),
        (Case, "case", {"disease_group": "cancer"}),
        (Case, "case", {"opened_at": timezone.now() - dt.timedelta(days=70)}),
        (Contact, "contacts", {"minutes": 90}),
        (Contact, "contacts", {"mode": "phone"}),
        (Contact, "contacts", {"occurred_on": dt.date(2026, 5, 1)}),
        (Need, "need", {"category": "emotional"}),
        (Group, "group", {"kind": "growth"}),
        (GroupSession, "session", {"held_on": dt.date(2026, 5, 1)}),
        (GroupSession, "session", {"state": "cancelled"}),
        (Attendance, "seats", {"presence": "late"}),
        (Activity, "event", {"persons": 3, "person_times": 30}),
        (Activity, "event", {"state": "cancelled", "persons": 0, "person_times": 0}),
        (Referral, "referral", {"state": "accepted"}),
    ],
)
def test_after_any_change_the_roll_ups_equal_their_rows(world, model, of, change):
    rows = getattr(world, of)
    keys = [row.pk for row in rows] if isinstance(rows, list) else [rows.pk]
    assert rollups_catch_up() > 0
    assert model.objects.filter(pk__in=keys).update(**change) == len(keys)
    assert rollups_prove().differences == ()
    rollups_catch_up()
    assert rollups_prove().differences == ()


def test_a_filter_gives_the_figures_of_its_rows_alone(worker, acting, ward, msw, supervisor):
    with acting(worker):
        mine = _placed(worker, ward)
        other = _placed(worker, msw, disease="cancer", worker=supervisor)
        unplaced = make_case(worker)
        for case, times in ((mine, 1), (other, 2), (unplaced, 3)):
            for _time in range(times):
                make_need(case, worker)
        for code, found in (("case_new", (1, 1, 2)), ("need_found", (1, 2, 4))):
            assert (
                _n(worker, code, Only("ward", str(ward.pk))),
                _n(worker, code, Only("disease", "cancer")),
                _n(worker, code, Only("worker", str(worker.pk))),
            ) == found
        assert (_n(worker, "case_new"), _n(worker, "need_found")) == (3, 6)


def test_a_contact_is_the_work_of_its_author_whoever_leads_the_case(supervisor, world, worker):
    Case.objects.filter(pk=world.case.pk).update(worker=supervisor)
    assert _n(worker, "contact_done", Only("worker", str(worker.pk))) == 2
    assert _n(worker, "need_found", Only("worker", str(supervisor.pk))) == 1
    assert _n(worker, "need_found", Only("worker", str(worker.pk))) == 0


def test_a_case_keeps_its_first_ward_and_follows_the_disease(world, worker, ward, msw):
    episode = Episode.objects.get(pk=world.case.episode_id)
    episode.ward, episode.disease_group = msw, "cancer"
    episode.save(update_fields=["ward", "disease_group"])
    world.case.refresh_from_db()
    assert (world.case.ward_id, world.case.disease_group) == (ward.pk, "cancer")
    assert _n(worker, "contact_done", Only("disease", "cancer")) == 2
    assert rollups_prove().differences == ()


def test_a_case_without_a_ward_takes_the_first_that_is_known(worker, acting, ward):
    with acting(worker):
        case = _placed(worker, None, disease="")
        make_contact(case, worker)
        Episode.objects.filter(pk=case.episode_id).update(ward=ward, disease_group="burn")
        assert _n(worker, "contact_done", Only("ward", str(ward.pk))) == 1
        assert _n(worker, "case_new", Only("disease", "burn")) == 1
        assert rollups_prove().differences == ()


def test_how_long_cases_lasted_and_what_their_goals_reached(worker, acting):
    closed = timezone.make_aware(dt.datetime(2026, 3, 31, 12))
    with acting(worker):
        for days, rate in ((10, "0.500"), (31, "0.667")):
            make_case(
                worker,
                stage="closed",
                closed_at=closed,
                opened_at=closed - dt.timedelta(days=days),
                goal_rate=Decimal(rate),
            )
        assert (_n(worker, "case_closed"), _n2(worker, "case_closed")) == (2, 41)
        assert (_n(worker, "goal_rate"), _n2(worker, "goal_rate")) == (2, Decimal("116.70"))


def test_a_cell_that_has_come_to_nothing_goes(worker, acting, ward):
    with acting(worker):
        case = _placed(worker, ward)
        rollups_catch_up()
        Case.objects.filter(pk=case.pk).update(
            stage="closed", closed_at=timezone.now(), close_reason="goals_met"
        )
        rollups_catch_up()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE indicator LIKE 'case_open%%') FROM reports_rollup "
                "WHERE n = 0 AND n2 = 0 OR indicator LIKE 'case_open%%'"
            )
            assert cursor.fetchone() == (0, 0)


def test_an_update_of_other_columns_writes_nothing(world):
    rollups_catch_up()
    Case.objects.filter(pk=world.case.pk).update(priority="urgent")
    Contact.objects.filter(case=world.case).update(next_on=DAY)
    assert rollups_catch_up() == 0


def test_contacts_written_while_their_case_moves_are_counted_once(own_database, person, acting):
    """Eight write contacts, two move the cases from ward to ward and hand to hand: nothing is lost or doubled."""
    worker, supervisor = person("worker"), person("supervisor")
    with acting(worker):
        cases = [make_case(worker).pk for _n in range(3)]
        ward = worker.acting.department_id
    barrier, errors = threading.Barrier(10), []

    def write(n):
        for turn in range(12):
            me = person("worker")
            with acting(me):
                make_contact(Case.objects.get(pk=cases[(n + turn) % 3]), me, occurred_on=DAY)

    def move(n):
        for turn in range(18):
            me = person("worker")
            with acting(me):
                case = Case.objects.locked().get(pk=cases[turn % 3])
                case.worker = supervisor if turn % 2 else worker
                case.disease_group, case.ward_id = f"病 {turn}", ward if n else None
                case.save(update_fields=["worker", "disease_group", "ward"])

    def run(work, n):
        try:
            barrier.wait()
            work(n)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(write if n < 8 else move, n % 8)) for n in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with acting(worker):
        assert _n(worker, "contact_done") == 8 * 12
        assert rollups_prove().differences == ()
