"""One-time codes: printed or mailed, hashed, used once, short-lived, and nothing to learn from a refusal."""

import datetime as dt
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.access import AccountCode
from departments.models.people import Membership, User, duty_class
from departments.models.queues import Outbox
from departments.services import account_codes, mailing, outbox, passwords
from departments.services.memberships import person_invite
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.factories.world import PASSWORD, SINCE

CODE = r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}"
NEW_PASSWORD = "a-long-and-own-password"
WRONG = "登录名或密码不对"


@pytest.fixture
def with_mail(settings):
    settings.MAIL_IS_ON = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


@pytest.fixture
def issue(acting):
    """A printed code for somebody, made by the security administrator of the house."""

    def make(membership, by):
        with acting(by):
            return account_codes.account_code_issue(membership=membership, by=by)

    return make


def _sign_in(username: str, password: str, client: Client | None = None):
    return (client or Client()).post("/sign-in/", {"username": username, "password": password})


def _set_password(client: Client, password: str = NEW_PASSWORD):
    typed = {"new_password": password, "repeated": password}
    return client.post("/account/password/", typed)


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_the_printed_page_shows_the_code_once_and_the_table_only_its_hash(
    db, secadmin, worker, client_for
):
    page = client_for(secadmin).post(f"/people/{worker.membership.uid}/code/").content.decode()
    (code,) = set(re.findall(CODE, page))
    row = AccountCode.objects.get()
    assert "data-print" in page
    assert (row.user, row.kind, row.is_mailed) == (worker, "reset", False)
    assert bytes(row.code_hash) == account_codes.code_hash(code)
    assert code not in str(
        _rows("SELECT departments_accountcode::text FROM departments_accountcode")
    )
    assert (
        code not in client_for(secadmin).get(f"/people/{worker.membership.uid}/").content.decode()
    )


def test_a_code_sets_a_password_and_is_used_up(db, secadmin, worker, issue):
    issued = issue(worker.membership, secadmin)
    client = Client()
    assert _sign_in("worker", issued.code, client)["Location"] == "/account/password/"
    # The old password still opens until the new one is set.
    assert _sign_in("worker", PASSWORD)["Location"] == "/"
    assert _set_password(client)["Location"] == "/"
    assert client.get("/workbench/").status_code == 200
    assert WRONG in _sign_in("worker", issued.code).content.decode()
    assert WRONG in _sign_in("worker", PASSWORD).content.decode()
    assert _sign_in("worker", NEW_PASSWORD)["Location"] == "/"


def test_typing_habits_do_not_matter(db, secadmin, worker, issue):
    code = issue(worker.membership, secadmin).code
    assert _sign_in("worker", code.upper().replace("-", " "))["Location"] == "/account/password/"


def test_a_weak_password_costs_no_code(db, secadmin, worker, issue):
    client = Client()
    _sign_in("worker", issue(worker.membership, secadmin).code, client)
    assert _set_password(client, "short").status_code == 422
    assert _set_password(client)["Location"] == "/"


def test_a_code_of_somebody_else_opens_nothing(db, secadmin, worker, worker2, issue):
    code = issue(worker.membership, secadmin).code
    assert WRONG in _sign_in("worker2", code).content.decode()


def test_an_expired_code_opens_nothing(db, secadmin, worker, issue):
    code = issue(worker.membership, secadmin).code
    now = timezone.now()
    AccountCode.objects.update(created_at=now - dt.timedelta(days=2), expires_at=now)
    assert WRONG in _sign_in("worker", code).content.decode()


def test_a_code_that_expires_between_the_steps_sets_nothing(db, secadmin, worker, issue):
    client = Client()
    _sign_in("worker", issue(worker.membership, secadmin).code, client)
    now = timezone.now()
    AccountCode.objects.update(created_at=now - dt.timedelta(days=2), expires_at=now)
    response = _set_password(client)
    assert response.status_code == 422
    assert "已经用过或已过期" in response.content.decode()
    assert _sign_in("worker", PASSWORD)["Location"] == "/"


def test_a_newer_code_voids_the_older_one(db, secadmin, worker, issue):
    old, new = issue(worker.membership, secadmin), issue(worker.membership, secadmin)
    assert WRONG in _sign_in("worker", old.code).content.decode()
    assert _sign_in("worker", new.code)["Location"] == "/account/password/"


def test_how_long_codes_live(db, secadmin, worker, issue, acting):
    reset = issue(worker.membership, secadmin)
    with acting(secadmin):
        made = person_invite(username="n1", display_name="新", role="worker", by=secadmin)
    hours = [
        round((one.expires_at - timezone.now()).total_seconds() / 3600)
        for one in (reset, made.issued)
    ]
    assert hours == [24, 72]
    assert made.issued.kind == "invitation"


def test_a_reset_keeps_the_second_factor(db, secadmin, worker, issue, settings):
    settings.SECOND_FACTOR_AT_SIGN_IN = True
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(worker, generate_totp_secret())
    client = Client()
    code = issue(worker.membership, secadmin).code
    assert _sign_in("worker", code, client)["Location"] == "/sign-in/second-factor/"
    # The password is not to be set before the second factor has been shown.
    assert client.get("/account/password/")["Location"] == "/sign-in/second-factor/"
    assert AccountCode.objects.get().ended_at is None


def test_the_limit_of_an_account_holds_for_codes_too(db, secadmin, worker, issue):
    code = issue(worker.membership, secadmin).code
    for _n in range(django_settings.SIGN_IN_LIMIT):
        _sign_in("worker", "aaaa-bbbb-cccc-dddd")
    response = _sign_in("worker", code)
    assert response.status_code == 429


def test_an_unknown_name_with_a_code_says_the_same(db, secadmin, worker, issue):
    code = issue(worker.membership, secadmin).code
    pages = [
        _sign_in(name, code[:-1] + "x").content.decode().count(WRONG) for name in ("worker", "no")
    ]
    assert pages == [1, 1]


def test_two_at_once_set_one_password(own_database, person):
    secadmin, worker = person("secadmin"), person("worker")
    from departments.services.entering import member_scope

    with member_scope(secadmin, secadmin.membership.uid):
        issued = account_codes.account_code_issue(membership=worker.membership, by=secadmin)
    code = account_codes.code_of(username="worker", code=issued.code)
    gate = threading.Barrier(6)

    def set_one(n: int) -> str:
        try:
            user = User.objects.get(username="worker")
            gate.wait()
            with scope(user=user.pk):
                passwords.password_change(
                    new_password=f"{NEW_PASSWORD}-{n}", code_id=code.pk, by=user
                )
            return "set"
        except DomainError as error:
            return error.rule
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        done = sorted(pool.map(set_one, range(6)))
    assert done == ["account_code.used"] * 5 + ["set"]


# ── who may issue ────────────────────────────────────────────────────────────


def test_only_the_security_administrator_of_the_house_issues(db, person, client_for, worker):
    address = f"/people/{worker.membership.uid}/code/"
    answers = {
        login: client_for(person(login)).post(address).status_code
        for login in ("secadmin", "head", "worker", "auditor", "other_head", "officer", "sysadmin")
    }
    assert answers == {
        "secadmin": 200, "head": 422, "worker": 422, "auditor": 404, "other_head": 404,
        "officer": 404, "sysadmin": 404,
    }  # fmt: skip
    assert AccountCode.objects.count() == 1


def test_nobody_issues_a_code_for_oneself(db, secadmin, client_for):
    response = client_for(secadmin).post(f"/people/{secadmin.membership.uid}/code/")
    assert response.status_code == 422
    assert AccountCode.objects.count() == 0


def test_a_house_cannot_take_over_a_person_of_another_house(
    db, secadmin, worker, acting, foundation
):
    with scope(org=foundation.pk, role="system"):
        Membership.objects.create(
            user=worker, organization=foundation, role="foundation_approver", valid=SINCE,
            duty_class=duty_class("foundation_approver"),
        )  # fmt: skip
    with acting(secadmin), pytest.raises(DomainError) as refused:
        account_codes.account_code_issue(membership=worker.membership, by=secadmin)
    assert refused.value.rule == "account_code.other_house"
    assert AccountCode.objects.count() == 0


def test_no_code_for_an_ended_role_or_a_closed_account(db, secadmin, worker, worker2, acting):
    today = timezone.localdate()
    with scope(org=worker.membership.organization_id, role="system"):
        Membership.objects.filter(pk=worker.membership.pk).update(
            valid=DateRange(today - dt.timedelta(days=9), today)
        )
    User.objects.filter(pk=worker2.pk).update(is_active=False)
    for user, rule in ((worker, "account_code.ended_role"), (worker2, "account_code.ended")):
        with acting(secadmin), pytest.raises(DomainError) as refused:
            account_codes.account_code_issue(membership=user.membership, by=secadmin)
        assert refused.value.rule == rule


# ── mail ─────────────────────────────────────────────────────────────────────


def _relay() -> None:
    with scope(role="relay"):
        pks = list(Outbox.objects.filter(topic=account_codes.MAIL, state="ready").values_list("pk"))
    for _row in pks:
        outbox.mail_once()


def test_without_a_mail_server_nothing_is_offered(db, secadmin, worker, client_for, acting):
    page = Client().get("/sign-in/").content.decode()
    assert "/sign-in/forgotten/" not in page
    assert "没有设置邮件" in Client().get("/sign-in/forgotten/").content.decode()
    Client().post("/sign-in/forgotten/", {"username": "worker"})
    assert 'name="by_mail"' not in client_for(secadmin).get("/people/invite/").content.decode()
    with acting(secadmin), pytest.raises(DomainError) as refused:
        account_codes.account_code_issue(membership=worker.membership, by_mail=True, by=secadmin)
    assert refused.value.rule == "account_code.no_mail"
    with scope(role="relay"):
        assert Outbox.objects.filter(topic=account_codes.MAIL).count() == 0


def test_an_invitation_leaves_by_mail_through_the_outbox(db, secadmin, client_for, with_mail):
    response = client_for(secadmin).post(
        "/people/invite/",
        {"username": "sg0418", "display_name": "林示例", "role": "worker",
         "email": "lin@hospital.example", "by_mail": "on"},
    )  # fmt: skip
    assert response.status_code == 200
    assert not re.search(CODE, response.content.decode())
    assert (mail.outbox, AccountCode.objects.count()) == ([], 0)
    _relay()
    (letter,) = mail.outbox
    code = re.search(CODE, letter.body)[0]
    assert letter.to == ["lin@hospital.example"]
    assert "sg0418" in letter.body
    with scope(role="relay"):
        row = Outbox.objects.get(topic=account_codes.MAIL)
    assert code not in str(row.payload)
    assert letter.extra_headers["Message-ID"].startswith(f"<{row.pk}@")
    assert _sign_in("sg0418", code)["Location"] == "/account/password/"


def test_a_reset_by_mail_answers_the_same_for_every_name(db, worker, with_mail):
    User.objects.filter(pk=worker.pk).update(email="worker@hospital.example")

    def ask(name: str) -> str:
        page = Client().post("/sign-in/forgotten/", {"username": name}).content.decode()
        return page[page.index('<section class="gate__card"') : page.index("</section>")]

    assert ask("worker") == ask("nobody") == ask("worker2")
    with scope(role="relay"):
        rows = list(Outbox.objects.filter(topic=account_codes.MAIL).order_by("created_at"))
    assert [row.payload["user_id"] for row in rows] == [worker.pk, None, None]
    _relay()
    (letter,) = mail.outbox
    assert (letter.to, "一小时" in letter.body) == (["worker@hospital.example"], False)
    assert round((AccountCode.objects.get().expires_at - timezone.now()).seconds / 60) == 60


def test_an_account_gets_three_mails_an_hour_and_nobody_is_told(db, worker, with_mail):
    User.objects.filter(pk=worker.pk).update(email="worker@hospital.example")
    answers = [
        Client().post("/sign-in/forgotten/", {"username": "worker"}).status_code for _n in range(5)
    ]
    assert answers == [200] * 5
    with scope(role="relay"):
        rows = Outbox.objects.filter(topic=account_codes.MAIL).order_by("created_at")
        assert [row.payload["user_id"] for row in rows] == [worker.pk] * 3 + [None] * 2


def test_an_address_asks_so_often_and_not_more(db, with_mail, monkeypatch):
    monkeypatch.setattr(django_settings, "SIGN_IN_ADDRESS_LIMIT", 2)
    answers = [
        Client().post("/sign-in/forgotten/", {"username": f"n{n}"}).status_code for n in range(3)
    ]
    assert answers == [200, 200, 429]


def test_a_mail_server_that_is_away_leaves_the_row_for_later_and_no_code(
    db, worker, with_mail, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    User.objects.filter(pk=worker.pk).update(email="worker@hospital.example")
    Client().post("/sign-in/forgotten/", {"username": "worker"})
    _relay()
    with scope(role="relay"):
        row = Outbox.objects.get(topic=account_codes.MAIL)
    assert (row.state, row.attempts) == ("ready", 1)
    assert "ConnectionRefusedError" in row.error
    assert AccountCode.objects.count() == 0
    with pytest.raises(DomainError) as refused:
        mailing.mail_test(to="admin@hospital.example")
    assert refused.value.rule == "mail.failed"


def test_the_audit_says_who_was_helped_and_never_the_code(db, secadmin, worker, issue):
    code = issue(worker.membership, secadmin).code
    with scope(org=worker.membership.organization_id, role="auditor"):
        rows = _rows(
            "SELECT actor_id, subject_uid, body FROM departments_auditentry WHERE action = 'account_code.issue'"
        )
    assert rows == [(secadmin.pk, worker.uid, '{"is_mailed":false,"kind":"reset"}')]
    assert code not in str(rows)
