"""Accounts as the security administrator keeps them: locks and why, unlocking, second factor, sessions, exports."""

import csv
import io

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as django_settings
from django.test import Client
from openpyxl import load_workbook

from departments.models.people import Membership, Role, User
from departments.models.trail import AuditEntry
from departments.services import rate
from departments.services.accounts import locks_of
from departments.services.memberships import membership_end, membership_give, person_invite
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.factories.archives import unlocked

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
REASON = {"reason": "当面核对过本人"}


@pytest.fixture
def keeper(db, secadmin, client_for) -> Client:
    return client_for(secadmin)


def _lock(user: User) -> None:
    for _attempt in range(django_settings.SIGN_IN_LIMIT):
        rate.hit(
            f"account:{user.username}",
            limit=django_settings.SIGN_IN_LIMIT,
            window=django_settings.SIGN_IN_WINDOW_SECONDS,
        )


def _entry(house: int, action: str) -> AuditEntry:
    with scope(org=house, role="auditor"):
        return AuditEntry.objects.get(action=action)


# ── locked and unlocked ──────────────────────────────────────────────────────


def test_wrong_passwords_lock_and_the_console_says_who_and_why(keeper, worker, settings):
    settings.EMBEDDED = True
    gate = Client()
    for _attempt in range(settings.SIGN_IN_LIMIT):
        gate.post("/sign-in/", {"username": "worker", "password": "no"})
    assert [(lock.why, lock.attempts) for lock in locks_of([worker])[worker.pk]] == [
        ("password", settings.SIGN_IN_LIMIT)
    ]
    page = keeper.get("/console/security/").content.decode()
    assert "测试worker" in page
    assert "密码错的次数太多" in page


def test_unlocking_lets_the_person_try_at_once(keeper, worker, secadmin, settings):
    settings.EMBEDDED = True
    _lock(worker)
    gate = Client()
    right = {"username": "worker", "password": "demo-pass-2026"}
    assert gate.post("/sign-in/", right).status_code == 429
    address = f"/people/{worker.membership.uid}/unlock/"
    assert keeper.post(address, REASON).status_code == 302
    assert gate.post("/sign-in/", right).status_code == 302
    entry = _entry(secadmin.membership.organization_id, "account.unlock")
    assert (entry.subject_uid, "当面核对过本人" in entry.body) == (worker.uid, True)


def test_nothing_is_unlocked_twice(keeper, worker):
    answer = keeper.post(f"/people/{worker.membership.uid}/unlock/", REASON)
    assert answer.status_code == 422
    assert "这个账户没有被锁定。" in answer.content.decode()


def test_a_lock_of_another_name_is_not_ones_own(keeper, worker, worker2):
    _lock(worker)
    locks = locks_of([worker, worker2])
    assert (len(locks[worker.pk]), locks[worker2.pk]) == (1, ())


# ── second factor and sessions ───────────────────────────────────────────────


def test_a_lost_authenticator_is_reset_and_the_person_signed_out(keeper, worker):
    TOTP.activate(worker, SECRET)
    before = worker.session_epoch
    address = f"/people/{worker.membership.uid}/second-factor/"
    assert keeper.post(address, REASON).status_code == 302
    assert not Authenticator.objects.filter(user=worker).exists()
    worker.refresh_from_db()
    assert worker.session_epoch == before + 1
    again = keeper.post(address, REASON)
    assert "这个账户没有绑定身份验证器。" in again.content.decode()


def test_one_house_alone_does_not_reset_whoever_works_for_two(keeper, worker, other_hospital):
    from tests.factories.world import SINCE

    TOTP.activate(worker, SECRET)
    with scope(org=other_hospital.pk, role="system"):
        Membership.objects.create(
            user=worker, organization=other_hospital, role="worker", duty_class=0, valid=SINCE
        )
    answer = keeper.post(f"/people/{worker.membership.uid}/second-factor/", REASON)
    assert answer.status_code == 422
    assert "此人在其他机构也有角色" in answer.content.decode()
    assert Authenticator.objects.filter(user=worker).exists()


def test_sessions_end_with_the_next_click(keeper, worker, client_for):
    client = client_for(worker)
    assert client.get("/workbench/").status_code == 200
    keeper.post(f"/people/{worker.membership.uid}/sessions/", REASON)
    assert client.get("/workbench/").status_code == 302


@pytest.mark.parametrize("act", ["unlock", "second-factor", "sessions"])
def test_keeping_needs_a_reason_and_is_for_the_keeper_of_the_house(
    keeper, worker, other_worker, secadmin, head, client_for, act
):
    short = keeper.post(f"/people/{worker.membership.uid}/{act}/", {"reason": "x"})
    assert (short.status_code, 'value="x"' in short.content.decode()) == (422, True)
    own = keeper.post(f"/people/{secadmin.membership.uid}/{act}/", REASON)
    assert "您的角色不能执行这个操作" in own.content.decode()
    assert keeper.post(f"/people/{other_worker.membership.uid}/{act}/", REASON).status_code == 404
    address = f"/people/{worker.membership.uid}/{act}/"
    assert client_for(head).post(address, REASON).status_code == 404


# ── the last one stays ───────────────────────────────────────────────────────


def test_the_last_security_administrator_is_not_ended(db, secadmin, client_for):
    answer = client_for(secadmin).post(
        f"/people/{secadmin.membership.uid}/end/", {"reason": "不干了"}
    )
    assert answer.status_code == 422
    assert "这是本机构最后一位安全管理员，不能结束。" in answer.content.decode()
    page = client_for(secadmin).get(f"/people/{secadmin.membership.uid}/").content.decode()
    assert "最后一位安全管理员" in page


def test_one_of_two_security_administrators_is_ended(db, secadmin, acting):
    with acting(secadmin):
        made = person_invite(username="sec2", display_name="某", role=Role.SECADMIN, by=secadmin)
        membership_end(membership=made.membership, reason="调离", by=secadmin)
        with pytest.raises(DomainError) as refused:
            membership_end(membership=secadmin.membership, reason="调离", by=secadmin)
    assert refused.value.rule == "membership.last_secadmin"


# ── exports follow the data class ────────────────────────────────────────────


@pytest.fixture
def formula(secadmin, worker, acting) -> User:
    """Somebody whose name begins like a formula, with a mail address and a telephone."""
    User.objects.filter(pk=worker.pk).update(display_name='=HYPERLINK("x")', email="w@example.org")
    row = User.objects.get(pk=worker.pk)
    row.phone = "13800001234"
    row.save(update_fields=["phone"])
    return row


def _rows(answer) -> dict[str, list[str]]:
    text = answer.getvalue().decode("utf-8-sig")
    return {row[0]: row for row in csv.reader(io.StringIO(text))}


def test_an_export_masks_what_identifies_and_neutralises_formulas(keeper, formula, secadmin):
    answer = keeper.post("/console/security/export/", {"suffix": "csv"})
    row = _rows(answer)["worker"]
    assert row[1:4] == ['\'=HYPERLINK("x")', "•••", "138****1234"]
    assert answer["Content-Disposition"].startswith("attachment")
    entry = _entry(secadmin.membership.organization_id, "export.make")
    assert '"level":3' in entry.body


def test_in_clear_needs_a_reason_and_is_audited_at_its_level(keeper, formula, secadmin):
    given = {"suffix": "csv", "in_clear": "on"}
    refused = keeper.post("/console/security/export/", {**given, "reason": "要用"})
    assert refused.status_code == 422
    assert "请写明理由，至少 10 个字" in refused.content.decode()
    asked = {**given, "reason": "年度通讯录核对，用后即删"}
    rows = {row[0]: row for row in unlocked(keeper, "/console/security/export/", asked)}
    assert rows["worker"][2:4] == ["w@example.org", "13800001234"]
    entry = _entry(secadmin.membership.organization_id, "export.make")
    assert ('"level":4' in entry.body, "年度通讯录核对" in entry.body) == (True, True)


def test_a_workbook_holds_text_and_no_formula(keeper, formula):
    answer = keeper.post("/console/security/export/", {"suffix": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert '=HYPERLINK("x")' in {cell.value for cell in cells}


def test_the_console_asks_as_often_for_one_more_account_as_for_three(
    keeper, secadmin, acting, count_queries
):
    def invite(*names: str) -> int:
        with acting(secadmin):
            for name in names:
                person_invite(username=name, display_name="某", role=Role.WORKER, by=secadmin)
        return count_queries(lambda: keeper.get("/console/security/"))

    assert invite("sg1") == invite("sg2", "sg3")


def test_a_second_role_is_no_second_account(keeper, secadmin, worker, acting):
    before = keeper.get("/console/security/").context["people"]
    with acting(secadmin):
        membership_give(user=worker, role=Role.SUPERVISOR, by=secadmin)
    assert keeper.get("/console/security/").context["people"] == before
