"""What looks after accounts by itself: notice before the end, nobody by mistake, alarms once."""

import datetime as dt

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from psycopg2.extras import DateRange

from departments import audit
from departments.models.mechanisms import Task
from departments.models.organizations import DatedRule, Organization
from departments.models.people import Membership, User, duty_class
from departments.models.queues import Outbox
from departments.models.trail import AuditEntry
from departments.receivers import mail_administrators, tell_idle
from departments.services import housekeeping, outbox
from departments.services.accounts import idle_soon
from departments.services.entering import house_scope
from departments.services.housekeeping import idle_sweep, review_remind
from departments.services.security_events import alarms_raise
from msw_portal.kernel import leases
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.factories import donations as made
from tests.factories.world import SINCE

TODAY = timezone.localdate()


def _person(house, login: str, days: int, *, role: str = "worker", email: str = "") -> Membership:
    """Somebody of the house who was seen last `days` ago."""
    at = timezone.now() - dt.timedelta(days=days)
    user = User.objects.create(
        username=login,
        display_name="某",
        password=make_password(None),
        created_at=at,
        last_seen_at=at,
        email=email,
    )
    with scope(org=house.pk, role="system"):
        return Membership.objects.create(
            user=user,
            organization=house,
            role=role,
            duty_class=duty_class(role),
            valid=SINCE,
            created_at=at,
        )


def _sweep(house, today: dt.date = TODAY) -> housekeeping.Swept:
    with house_scope(house.pk):
        return idle_sweep(organization_id=house.pk, today=today)


def _is_in_force(row: Membership, day: dt.date = TODAY) -> bool:
    with scope(org=row.organization_id, role="system"):
        return Membership.objects.active(day).filter(pk=row.pk).exists()


def test_the_page_names_the_day_on_which_an_idle_account_really_ends(db, hospital):
    """Long idle and not told yet, told some days ago, idle within the fortnight: never a day that is over."""
    told = _person(hospital, "sg-told", 200)
    _sweep(hospital, TODAY - dt.timedelta(days=5))
    new, soon, busy = (_person(hospital, f"sg-{days}", days) for days in (201, 80, 3))
    with house_scope(hospital.pk):
        found = {row.pk: on for row, on in idle_soon([told, new, soon, busy])}
    fortnight = TODAY + dt.timedelta(days=14)
    assert found == {
        told.pk: fortnight - dt.timedelta(days=5),
        new.pk: fortnight,
        soon.pk: fortnight,
    }


def test_an_idle_account_is_told_a_fortnight_before_and_then_ended(db, hospital):
    row = _person(hospital, "sg-idle", 76)
    _person(hospital, "sg-busy", 3)
    assert _sweep(hospital) == housekeeping.Swept(told=1)
    assert _sweep(hospital) == housekeeping.Swept()
    assert _sweep(hospital, TODAY + dt.timedelta(days=13)) == housekeeping.Swept()
    assert _is_in_force(row)
    assert _sweep(hospital, TODAY + dt.timedelta(days=14)) == housekeeping.Swept(ended=1)
    assert not _is_in_force(row)
    with house_scope(hospital.pk):
        task = Task.objects.get(kind="account_idle")
        ended = Membership.objects.get(pk=row.pk)
    assert (task.state, ended.end_reason) == ("done", "90 天没有登录，由系统结束")


def test_nobody_ends_without_notice_however_long_away(db, hospital):
    row = _person(hospital, "sg-idle", 400)
    assert _sweep(hospital) == housekeeping.Swept(told=1)
    assert _sweep(hospital, TODAY + dt.timedelta(days=13)).ended == 0
    assert _is_in_force(row)
    assert _sweep(hospital, TODAY + dt.timedelta(days=14)).ended == 1


def test_signing_in_after_the_notice_keeps_the_account(db, hospital):
    row = _person(hospital, "sg-idle", 80)
    _sweep(hospital)
    User.objects.filter(pk=row.user_id).update(last_seen_at=timezone.now())
    assert _sweep(hospital, TODAY + dt.timedelta(days=14)) == housekeeping.Swept()
    assert _is_in_force(row)
    with house_scope(hospital.pk):
        assert Task.objects.get(kind="account_idle").state == "cancelled"


def test_the_last_security_administrator_stays(db, other_hospital):
    row = _person(other_hospital, "sec-idle", 400, role="secadmin")
    _sweep(other_hospital)
    assert _sweep(other_hospital, TODAY + dt.timedelta(days=20)).ended == 0
    assert _is_in_force(row)


def test_when_most_of_a_house_would_end_nobody_does(db, hospital):
    rows = [_person(hospital, f"sg-idle{n}", 100) for n in range(5)]
    _sweep(hospital)
    swept = _sweep(hospital, TODAY + dt.timedelta(days=20))
    assert (swept.ended, swept.held_back) == (0, 5)
    assert all(map(_is_in_force, rows))
    with house_scope(hospital.pk):
        assert Task.objects.filter(kind="clock", role="secadmin").count() == 1


def test_a_clock_in_doubt_ends_nobody(db, hospital, monkeypatch):
    row = _person(hospital, "sg-idle", 80)
    _sweep(hospital)
    later = timezone.now() + dt.timedelta(days=30)
    monkeypatch.setattr(housekeeping.timezone, "now", lambda: later)
    assert housekeeping.clock_skew() > housekeeping.MOST_SKEW
    housekeeping.accounts_sweep()
    monkeypatch.undo()
    assert _is_in_force(row)


def test_the_review_is_called_to_mind_once(db, hospital):
    with house_scope(hospital.pk):
        assert review_remind(organization_id=hospital.pk)
        assert not review_remind(organization_id=hospital.pk)
        task = Task.objects.get(kind="access_review")
    assert (task.role, timezone.localdate(task.due_at)) == ("secadmin", TODAY)


def _deliver(handler, topic: str) -> None:
    with scope(role="relay"):
        claims = leases.claim(outbox.TABLE, limit=10, where="topic = %s", params=(topic,))
        rows = [Outbox.objects.get(pk=held.pk) for held in claims]
    for row, held in zip(rows, claims, strict=True):
        handler(outbox.Delivery(row, held))


def test_the_person_hears_by_mail(db, hospital, settings, mailoutbox):
    settings.MAIL_IS_ON = True
    _person(hospital, "sg-idle", 80, email="idle@example.org")
    _sweep(hospital)
    _deliver(tell_idle, "account.idle_soon")
    last = (TODAY + dt.timedelta(days=14)).isoformat()
    assert [(mail.to, last in mail.body) for mail in mailoutbox] == [(["idle@example.org"], True)]


# ── alarms ───────────────────────────────────────────────────────────────────


def _events(house, user, action: str, count: int) -> None:
    with house_scope(house.pk):
        for _n in range(count):
            audit.record(action, by=user, organization_id=house.pk, result="refused")


def _raise(house) -> int:
    with house_scope(house.pk):
        return alarms_raise(organization_id=house.pk)


@pytest.mark.parametrize(
    ("action", "below"),
    [("request.not_found", 9), ("request.refused", 9), ("export.make", 4), ("case.break_glass", 0)],
)
def test_an_alarm_is_raised_at_its_number_and_once(db, hospital, worker, action, below):
    _events(hospital, worker, action, below)
    assert _raise(hospital) == 0
    _events(hospital, worker, action, 1)
    assert _raise(hospital) == 1
    _events(hospital, worker, action, 5)
    assert _raise(hospital) == 0


def test_failed_sign_ins_of_the_houses_people_raise_its_alarm_alone(
    db, hospital, other_hospital, worker
):
    with scope():
        for _n in range(5):
            audit.record("sign_in.refuse", by=None, on=worker, result="refused")
    assert (_raise(hospital), _raise(other_hospital)) == (1, 0)


def test_names_that_belong_to_nobody_raise_an_alarm_by_their_address(db, client, auditor, acting):
    """Each name is tried once, so that no account is locked and no person is counted."""
    installation = Organization.objects.get(pk=INSTALLATION)
    with scope(org=INSTALLATION, role="sysadmin"):
        DatedRule.objects.create(
            kind="alarm",
            params={"failed_by_address": 3},
            valid=DateRange(TODAY - dt.timedelta(days=1), None),
        )

    def tries(*names: str) -> int:
        for name in names:
            sent = {"username": name, "password": "guessed-2026"}
            assert client.post("/sign-in/", sent).status_code == 422
        return _raise(installation)

    assert tries("zhang.san", "li.si") == 0
    assert tries("wang.wu") == 1
    assert tries("zhao.liu") == 0
    with house_scope(INSTALLATION):
        task = Task.objects.get(kind="security_alarm")
        assert task.dedup_key.startswith("alarm:failed:127.0.0.1:")
        (entry,) = AuditEntry.objects.filter(action="alarm.raise")
        assert '"address":"127.0.0.1"' in entry.body


def test_refused_tokens_of_a_program_raise_the_alarm_of_its_house_alone(
    db, foundation, hospital, officer
):
    with house_scope(foundation.pk):
        program = made.make_api_client(foundation, duties=[], limit=None, scopes=["money:read"])
    with scope():
        for _n in range(5):
            audit.record(
                "client.token_refuse", by=program.user, on=program, result="refused", rule="x"
            )
    assert (_raise(foundation), _raise(hospital)) == (1, 0)


def test_alarms_are_mailed_to_whom_the_house_named(
    db, hospital, worker, secadmin, acting, settings, mailoutbox
):
    from departments.services.house_settings import mail_to_set

    settings.MAIL_IS_ON = True
    with acting(secadmin):
        mail_to_set(mail_to="sec@example.org", by=secadmin)
    _events(hospital, worker, "export.make", 5)
    _raise(hospital)
    _deliver(mail_administrators, "administration.mail")
    assert [(mail.to, "1 条" in mail.body) for mail in mailoutbox] == [(["sec@example.org"], True)]
    assert "测试worker" not in mailoutbox[0].body


def test_the_auditor_sees_the_alarm_and_says_what_it_was(db, hospital, worker, auditor, client_for):
    _events(hospital, worker, "export.make", 5)
    _raise(hospital)
    client = client_for(auditor)
    page = client.get("/audit/events/").content.decode()
    assert "测试worker" in page
    with house_scope(hospital.pk):
        task = Task.objects.get(kind="security_alarm")
    address = f"/audit/alarms/{task.uid}/"
    assert client.post(address, {"note": ""}).status_code == 422
    assert client.post(address, {"note": "月底正常导出，已核实"}).status_code == 302
    again = client.post(address, {"note": "再来"})
    assert "这条警报已经处理。" in again.content.decode()
    assert "没有待处理的警报" in client.get("/audit/events/").content.decode()


def test_a_row_that_is_not_there_is_noted_with_who_asked(db, worker, client_for, hospital):
    from departments.models.trail import AuditEntry

    missing = "01f0a6c2-0000-7000-8000-0000000000bb"
    assert client_for(worker).get(f"/cases/{missing}/").status_code == 404
    with scope(org=hospital.pk, role="auditor"):
        entry = AuditEntry.objects.get(action="request.not_found")
    assert (entry.actor_id, missing in entry.body) == (worker.pk, True)
