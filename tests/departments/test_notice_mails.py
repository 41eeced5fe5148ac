"""Notices by mail: a real server on loopback that takes, refuses, dawdles or is away; once, and naming nobody."""

import datetime as dt
import os
import time

import pytest
from django.utils import timezone

from departments import tasks
from departments.models.mechanisms import Notification
from departments.models.organizations import Organization
from departments.models.people import User
from departments.models.queues import Outbox
from departments.services import digests, notice_settings, outbox
from departments.services.digests import digests_sweep
from departments.services.entering import house_scope
from departments.services.notice_kinds import Mail
from departments.services.notices import people_tell
from departments.services.registers import holiday_set
from departments.services.tasks import notify, task_open
from msw_portal.kernel import leases
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.conftest import free_port
from tests.departments.smtp_sink import smtp_sink
from tests.factories.cases import make_case

MONDAY = dt.datetime(2026, 11, 23, 8, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SATURDAY = MONDAY + dt.timedelta(days=5)


def _use(settings, sink) -> None:
    settings.MAIL_IS_ON = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


@pytest.fixture
def sink(settings):
    with smtp_sink() as one:
        _use(settings, one)
        yield one


def _address(*users) -> None:
    for user in users:
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@hospital.example")
        user.refresh_from_db()


def _wants(acting, user, digest: str = "", **groups: Mail) -> None:
    chosen = {code: notice_settings.Choice(True, mail) for code, mail in groups.items()}
    with acting(user):
        notice_settings.notice_settings_save(groups=chosen, digest=digest, by=user)
    # As if it had been chosen long ago.
    preferences = User.objects.get(pk=user.pk).preferences
    preferences["notices"].pop("digest_from", None)
    User.objects.filter(pk=user.pk).update(preferences=preferences)
    user.refresh_from_db()


def _told(acting, user, kind: str = "risk_alert.raised", once: str = "1") -> None:
    with acting(user):
        notify(
            users=[user.pk],
            organization_id=user.house_id,
            kind=kind,
            subject=user.membership,
            dedup_key=f"{kind}:{once}",
        )


def _rows(topic: str = "notice.mail") -> list[Outbox]:
    with scope(role="relay"):
        return list(Outbox.objects.filter(topic=topic).order_by("id"))


def _now() -> None:
    """The wait is over."""
    with scope(role="relay"):
        Outbox.objects.filter(state="ready").update(not_before=timezone.now())


def _notice(acting, user) -> Notification:
    with acting(user):
        return Notification.objects.get(user=user)


# ── at once ──────────────────────────────────────────────────────────────────


def test_a_crisis_is_mailed_at_once_and_names_nobody(
    db, worker, supervisor, acting, sink, hospital
):
    _address(supervisor)
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
        people_tell(
            kind="risk_alert.raised",
            organization_id=hospital.pk,
            subject=case,
            users=[supervisor.pk],
            by=worker,
        )
    outbox.relay_once()
    assert outbox.mail_once() is True
    (letter,) = sink.letters
    text = letter.get_content()
    assert letter["To"] == "supervisor@hospital.example"
    assert letter["Subject"].strip() == "医务社工门户：有新的风险警报，请马上处理"
    assert "/notifications/" in text
    for secret in (case.number, case.client.name, case.client.name_masked, str(case.uid)):
        assert secret not in text + str(letter["Subject"])
    assert _notice(acting, supervisor).mailed_at is not None
    assert letter["Message-ID"].startswith(f"<{_rows()[0].pk}@")


def test_a_row_delivered_again_sends_no_second_mail(db, supervisor, acting, sink):
    _address(supervisor)
    _told(acting, supervisor)
    outbox.mail_once()
    with scope(role="relay"):
        Outbox.objects.update(state="ready", not_before=timezone.now(), done_at=None)
    assert outbox.mail_once() is True
    assert len(sink.letters) == 1
    assert [row.state for row in _rows()] == ["done"]


def test_who_read_it_meanwhile_gets_no_mail(db, supervisor, acting, sink):
    _address(supervisor)
    _told(acting, supervisor)
    with acting(supervisor):
        Notification.objects.update(read_at=timezone.now())
    assert outbox.mail_once() is True
    assert sink.letters == []


def test_no_address_or_no_server_leave_it_in_the_page(
    db, worker, supervisor, acting, sink, settings
):
    _told(acting, worker)  # has no address
    settings.MAIL_IS_ON = False
    _address(supervisor)
    _told(acting, supervisor)
    assert _rows() == []
    with acting(supervisor):
        assert Notification.objects.filter(is_shown=True).count() == 1


def test_a_training_house_mails_nothing(db, supervisor, acting, sink):
    with scope(role="system"):
        house = Organization.objects.create(
            kind="hospital", name="练习医院", code="TR", is_tenant=True, is_training=True,
            managed_by_id=INSTALLATION,
        )  # fmt: skip
    _address(supervisor)
    with scope(org=house.pk, user=supervisor.pk, role="system"):
        notify(
            users=[supervisor.pk],
            organization_id=house.pk,
            kind="risk_alert.raised",
            subject=supervisor.membership,
            dedup_key="1",
        )
    assert outbox.mail_once() is True
    assert sink.letters == []


def test_a_server_that_is_away_loses_nothing_and_is_not_asked_for_each(
    db, worker, supervisor, acting, settings, sink
):
    _address(worker, supervisor)
    settings.EMAIL_PORT = free_port()
    _told(acting, worker)
    _told(acting, supervisor)
    assert tasks.relay_mail() == 0
    rows = _rows()
    # The first was tried; the second waits as well, without having lost an attempt.
    assert [(row.state, row.attempts) for row in rows] == [("ready", 1), ("ready", 0)]
    assert all(row.not_before > timezone.now() + dt.timedelta(seconds=40) for row in rows)
    assert "ConnectionRefusedError" in rows[0].error
    assert outbox.mail_once() is False
    settings.EMAIL_PORT = sink.port
    _now()
    assert tasks.relay_mail() == 2
    assert sorted(letter["To"] for letter in sink.letters) == [
        "supervisor@hospital.example",
        "worker@hospital.example",
    ]


def test_other_effects_do_not_wait_for_the_mail_server(db, supervisor, acting, settings, sink):
    _address(supervisor)
    settings.EMAIL_PORT = free_port()
    _told(acting, supervisor)
    outbox.mail_once()
    with acting(supervisor):
        people_tell(
            kind="plan.submitted",
            organization_id=supervisor.house_id,
            subject=supervisor.membership,
            users=[supervisor.pk],
        )
    assert outbox.relay_once() == 1


def test_it_is_given_up_after_hours_and_said_to_be_dead(db, supervisor, acting, settings, sink):
    _address(supervisor)
    settings.EMAIL_PORT = free_port()
    _told(acting, supervisor)
    for _attempt in range(outbox.MAIL_ATTEMPTS):
        _now()
        outbox.mail_once()
    assert [(row.state, row.attempts) for row in _rows()] == [("dead", outbox.MAIL_ATTEMPTS)]
    _now()
    assert outbox.mail_once() is False
    assert leases.backoff(1, leases.Patience(12, 30)) > dt.timedelta(seconds=45)
    assert leases.backoff(11, leases.Patience(12, 30)) > dt.timedelta(minutes=45)


def test_an_address_that_is_refused_for_good_is_not_tried_again_and_is_said(
    db, supervisor, acting, sink, client_for
):
    _address(supervisor)
    sink.refuse = "550 no such user"
    _told(acting, supervisor)
    assert outbox.mail_once() is True
    assert [row.state for row in _rows()] == ["done"]
    notice = _notice(acting, supervisor)
    assert (notice.mailed_at, notice.mail_error) == (None, "550")
    page = client_for(supervisor).get("/notifications/settings/").content.decode()
    assert "被邮件服务器拒收（550）" in page


def test_a_refusal_for_now_is_tried_again(db, supervisor, acting, sink):
    _address(supervisor)
    sink.refuse = "450 come back later"
    _told(acting, supervisor)
    assert outbox.mail_once() is False
    assert [(row.state, row.attempts) for row in _rows()] == [("ready", 1)]
    sink.refuse = ""
    _now()
    assert outbox.mail_once() is True
    assert len(sink.letters) == 1


# ── once a day ───────────────────────────────────────────────────────────────


def _late_task(acting, user, hours: float = -2) -> None:
    with acting(user):
        task_open(
            kind="next_contact",
            organization_id=user.house_id,
            subject=user.membership,
            due_at=timezone.now() + dt.timedelta(hours=hours),
            assignee=user,
            dedup_key=f"late:{hours}",
        )


def test_the_daily_mail_counts_what_waits_and_what_happened(db, worker, acting, sink):
    _address(worker)
    _wants(acting, worker, "08:00", referral=Mail.DIGEST)
    _late_task(acting, worker)
    for once in "123":
        _told(acting, worker, "referral.arrived", once)
    assert sink.calls == 0
    assert digests_sweep(MONDAY) == 1
    assert outbox.mail_once() is True
    (letter,) = sink.letters
    text = letter.get_content()
    assert letter["Subject"] == "医务社工门户：11-23 摘要"
    assert "已逾期 1 项\n全部待办 1 项\n收到新的转介：3\n" in text.replace("\r\n", "\n")
    with acting(worker):
        assert Notification.objects.filter(mailed_at__isnull=True).count() == 0


def test_it_is_sent_once_a_day_whoever_rings(db, worker, acting, sink):
    _address(worker)
    _wants(acting, worker, "08:00")
    _late_task(acting, worker)
    assert [digests_sweep(MONDAY), digests_sweep(MONDAY + dt.timedelta(hours=3))] == [1, 0]
    outbox.mail_once()
    assert digests_sweep(MONDAY + dt.timedelta(hours=9)) == 0
    assert digests_sweep(MONDAY + dt.timedelta(days=1)) == 1
    assert len(sink.letters) == 1


def test_it_waits_for_the_persons_own_time(db, worker, supervisor, acting, sink):
    _address(worker, supervisor)
    _wants(acting, worker, "08:00")
    _wants(acting, supervisor, "18:00")
    assert digests_sweep(MONDAY) == 1
    assert digests_sweep(MONDAY.replace(hour=18, minute=0)) == 1
    assert [row.payload["user"] for row in _rows("notice.digest")] == [worker.pk, supervisor.pk]


def test_nothing_to_say_sends_nothing(db, worker, acting, sink):
    _address(worker)
    _wants(acting, worker, "08:00", referral=Mail.DIGEST)
    assert digests_sweep(MONDAY) == 1
    assert outbox.mail_once() is True
    assert sink.letters == []


def test_weekends_and_holidays_are_left_out_unless_something_is_late(
    db, worker, supervisor, sysadmin, acting, sink
):
    _address(worker, supervisor)
    _wants(acting, worker, "08:00")
    _wants(acting, supervisor, "08:00")
    with acting(worker):
        task_open(
            kind="next_contact",
            organization_id=worker.house_id,
            subject=worker.membership,
            due_at=SATURDAY - dt.timedelta(hours=3),
            assignee=worker,
        )
    assert digests_sweep(SATURDAY) == 1
    assert [row.payload["user"] for row in _rows("notice.digest")] == [worker.pk]
    with acting(sysadmin):
        holiday_set(on=MONDAY.date(), kind="off", source="", by=sysadmin)
        holiday_set(
            on=(SATURDAY + dt.timedelta(days=1)).date(), kind="work", source="", by=sysadmin
        )
    assert digests_sweep(MONDAY) == 0
    assert digests_sweep(SATURDAY + dt.timedelta(days=1)) == 2


def test_without_a_mail_server_nothing_is_queued(db, worker, acting, sink, settings):
    _address(worker)
    _wants(acting, worker, "08:00")
    _late_task(acting, worker)
    settings.MAIL_IS_ON = False
    assert digests_sweep(MONDAY) == 0
    assert _rows("notice.digest") == []


def test_who_left_the_house_hears_no_more(db, worker, acting, sink, hospital):
    _address(worker)
    _wants(acting, worker, "08:00")
    with house_scope(hospital.pk):
        assert len(digests._due(hospital.pk, MONDAY)) == 1
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert digests_sweep(MONDAY) == 0


# ── with the real relay worker ───────────────────────────────────────────────


@pytest.fixture
def mailing_worker(own_database, request):
    """A relay worker whose EMAIL_URL leads to a sink that dawdles longer than a lease."""
    with smtp_sink() as one:
        own_database.env["EMAIL_URL"] = one.url
        one.seconds = leases.LEASE_SECONDS + 3
        request.getfixturevalue("celery_worker")
        yield one


@pytest.mark.long
def test_a_slow_server_gets_one_mail_through_the_real_worker(
    mailing_worker, person, acting, settings
):
    supervisor, settings.MAIL_IS_ON = person("supervisor"), True
    _address(supervisor)
    _told(acting, supervisor)
    assert os.environ.get("EMAIL_URL", "") != mailing_worker.url
    mailing_worker.wait(1, seconds=60)
    until = time.monotonic() + 20
    while _rows()[0].state != "done" and time.monotonic() < until:
        time.sleep(0.2)
    (row,) = _rows()
    # The lease is shorter than the server's pause: the heartbeat kept it, nobody took it over.
    assert (row.state, row.fence, mailing_worker.calls) == ("done", 1, 1)
    assert len(mailing_worker.letters) == 1
    assert _notice(acting, supervisor).mailed_at is not None
