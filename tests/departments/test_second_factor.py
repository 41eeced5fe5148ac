"""The second factor: used once, counted exactly, asked of everybody, never replaced by a recovery code."""

import datetime as dt
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.utils import timezone

from departments.models.people import User
from departments.services import second_factor
from departments.services.second_factor import second_factor_check
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.factories.world import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(secret: str = SECRET, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def bound():
    """Give somebody an authenticator app and recovery codes; the unused recovery codes."""

    def bind(user: User) -> list[str]:
        TOTP.activate(user, SECRET)
        return RecoveryCodes.activate(user).get_unused_codes()

    return bind


@pytest.fixture
def strict(settings):
    """As in production: nobody signs in without a second factor."""
    settings.SECOND_FACTOR_AT_SIGN_IN = True


@pytest.fixture(autouse=True)
def _not_at_the_edge_of_a_step():
    """A code read in one 30-second step and used in the next would be refused, rightly."""
    left = 30 - time.time() % 30
    if left < 4:
        time.sleep(left)


def _refused(code: str, user: User) -> str:
    with pytest.raises(DomainError) as refused:
        second_factor_check(user=user, code=code)
    assert refused.value.field == "totp_code"
    return refused.value.rule


def _sign_in(login: str = "worker") -> Client:
    client = Client()
    response = client.post("/sign-in/", {"username": login, "password": PASSWORD})
    assert response.status_code == 302
    return client


# ── the check before money moves ─────────────────────────────────────────────


def test_a_fresh_code_is_accepted_and_says_when(db, approver, bound):
    bound(approver)
    before = timezone.now()
    checked = second_factor_check(user=approver, code=code_at())
    assert before <= checked <= timezone.now()


def test_a_code_in_full_width_digits_with_spaces_is_the_same_code(db, approver, bound):
    bound(approver)
    wide = code_at().translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert second_factor_check(user=approver, code=f" {wide[:3]}　{wide[3:]} ").tzinfo is dt.UTC


def test_a_code_is_used_once(db, approver, bound):
    bound(approver)
    code = code_at()
    second_factor_check(user=approver, code=code)
    assert _refused(code, approver) == "second_factor.used"


def test_a_refused_command_gives_the_code_back(db, approver, bound):
    bound(approver)
    code = code_at()

    def command() -> None:
        with scope(user=approver.pk):
            second_factor_check(user=approver, code=code)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        command()
    second_factor_check(user=approver, code=code)


@pytest.mark.parametrize("code", ["", "  "])
def test_no_code_is_asked_for(db, approver, bound, code):
    bound(approver)
    assert _refused(code, approver) == "second_factor.missing"


def test_whoever_has_no_app_is_told_to_bind_one(db, approver):
    assert _refused("123456", approver) == "second_factor.not_set_up"


def test_a_code_of_another_step_is_wrong(db, approver, bound):
    bound(approver)
    assert _refused(code_at(steps=-1), approver) == "second_factor.wrong"
    assert _refused(code_at(steps=1), approver) == "second_factor.wrong"


def test_the_code_of_somebody_else_is_wrong(db, approver, cashier, bound):
    bound(approver)
    TOTP.activate(cashier, "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")
    assert _refused(code_at(), cashier) == "second_factor.wrong"


def test_recovery_codes_do_not_move_money(db, approver, bound):
    codes = bound(approver)
    assert _refused(codes[0], approver) == "second_factor.wrong"
    assert second_factor.recovery_codes_left(approver) == len(codes)


def test_the_limit_of_codes_outlives_the_refusals(db, approver, bound):
    bound(approver)
    wrong = "000000" if code_at() != "000000" else "000001"
    for _n in range(django_settings.SIGN_IN_LIMIT):
        with pytest.raises(DomainError), scope(user=approver.pk):
            second_factor_check(user=approver, code=wrong)
    with pytest.raises(DomainError) as refused, scope(user=approver.pk):
        second_factor_check(user=approver, code=code_at())
    assert (refused.value.rule, refused.value.status) == ("second_factor.limited", 429)


def test_a_right_code_opens_the_limit_again(db, approver, bound):
    bound(approver)
    wrong = "000000" if code_at() != "000000" else "000001"
    for _n in range(django_settings.SIGN_IN_LIMIT - 1):
        assert _refused(wrong, approver) == "second_factor.wrong"
    second_factor_check(user=approver, code=code_at())
    assert _refused(wrong, approver) == "second_factor.wrong"


def test_one_code_in_a_hundred_parallel_commands_counts_once(own_database, person, monkeypatch):
    monkeypatch.setattr(django_settings, "SIGN_IN_LIMIT", 1000)
    approver = person("approver")
    TOTP.activate(approver, SECRET)
    code = code_at()

    def attempt(_n: int) -> str:
        try:
            with scope(user=approver.pk):
                second_factor_check(user=approver, code=code)
            return "accepted"
        except DomainError as error:
            return error.rule
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(attempt, range(100)))
    assert answers.count("accepted") == 1
    assert set(answers) - {"accepted"} == {"second_factor.used"}


def test_a_thousand_guesses_at_once_compare_exactly_the_limit(own_database, person, monkeypatch):
    approver = person("approver")
    TOTP.activate(approver, SECRET)
    compared = []
    real = second_factor.step_of

    def counting(secret: str, code: str):
        compared.append(code)
        return real(secret, code)

    monkeypatch.setattr(second_factor, "step_of", counting)
    right = code_at()
    guesses = [code for n in range(120) if (code := f"{n:06}") != right]

    def attempt(code: str) -> str:
        try:
            with scope(user=approver.pk):
                second_factor_check(user=approver, code=code)
        except DomainError as error:
            return error.rule
        finally:
            connection.close()
        return "accepted"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(attempt, guesses))
    limit = django_settings.SIGN_IN_LIMIT
    assert len(compared) == limit
    assert answers.count("second_factor.wrong") == limit
    assert answers.count("second_factor.limited") == len(guesses) - limit


# ── at sign-in ───────────────────────────────────────────────────────────────


def test_demo_accounts_pass_without_a_code_in_the_embedded_mode(db, worker, bound, settings):
    bound(worker)
    settings.SECOND_FACTOR_AT_SIGN_IN = False
    assert _sign_in().get("/workbench/").status_code == 200


def test_an_account_of_ones_own_is_asked_for_its_code_also_there(db, worker, bound, settings):
    bound(worker)
    User.objects.filter(pk=worker.pk).update(is_demo=False)
    settings.SECOND_FACTOR_AT_SIGN_IN = False
    client = _sign_in()
    assert client.get("/workbench/").status_code == 302
    assert client.get("/sign-in/second-factor/").status_code == 200


def test_a_code_completes_the_sign_in(db, worker, bound, strict):
    bound(worker)
    client = _sign_in()
    assert client.get("/workbench/").status_code == 302
    response = client.post("/sign-in/second-factor/", {"totp_code": code_at()})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/workbench/").status_code == 200


def test_a_code_seen_over_the_shoulder_does_not_sign_in_again(db, worker, bound, strict):
    bound(worker)
    code = code_at()
    _sign_in().post("/sign-in/second-factor/", {"totp_code": code})
    again = _sign_in()
    response = again.post("/sign-in/second-factor/", {"totp_code": code})
    assert response.status_code == 422
    assert "每个口令只能用一次" in response.content.decode()
    assert again.get("/workbench/").status_code == 302


def test_a_recovery_code_signs_in_once(db, worker, bound, strict):
    codes = bound(worker)
    first = _sign_in().post("/sign-in/second-factor/", {"totp_code": codes[3]})
    assert first.status_code == 302
    second = _sign_in().post("/sign-in/second-factor/", {"totp_code": codes[3]})
    assert second.status_code == 422
    assert second_factor.recovery_codes_left(worker) == len(codes) - 1


def test_wrong_codes_at_the_gate_are_limited(db, worker, bound, strict):
    bound(worker)
    client = _sign_in()
    wrong = "000000" if code_at() != "000000" else "000001"
    answers = [
        client.post("/sign-in/second-factor/", {"totp_code": wrong}).status_code
        for _n in range(django_settings.SIGN_IN_LIMIT + 1)
    ]
    assert answers == [422] * django_settings.SIGN_IN_LIMIT + [429]


def test_the_second_step_is_closed_without_the_first(db, worker, bound, strict):
    bound(worker)
    assert Client().get("/sign-in/second-factor/")["Location"] == "/sign-in/"
    response = Client().post("/sign-in/second-factor/", {"totp_code": code_at()})
    assert response["Location"] == "/sign-in/"


def test_a_pending_sign_in_opens_no_page(db, worker, bound, strict):
    bound(worker)
    client = _sign_in()
    for path in ("/", "/workbench/", "/role/", "/account/password/", "/notifications/"):
        assert client.get(path).status_code == 302, path
    # The step of binding an app is not open to whoever has one: it would replace it.
    assert client.get("/account/second-factor/")["Location"] == "/sign-in/second-factor/"


# ── binding an app ───────────────────────────────────────────────────────────


def _offered(client: Client) -> str:
    page = client.get("/account/second-factor/").content.decode()
    return re.search(r'<dd class="mono">([A-Z2-7]+)</dd>', page)[1]


def test_whoever_has_no_app_is_led_to_bind_one_and_can_do_nothing_before(db, worker, strict):
    client = _sign_in()
    for path in ("/", "/workbench/", "/role/", "/sign-in/second-factor/"):
        assert client.get(path).status_code == 302, path
    secret = _offered(client)
    response = client.post("/account/second-factor/", {"totp_code": code_at(secret)})
    page = response.content.decode()
    codes = re.findall(r"<li>(\d{8})</li>", page)
    assert response.status_code == 200
    assert len(codes) == 10
    assert client.get("/workbench/").status_code == 200
    assert second_factor.recovery_codes_left(worker) == 10


def test_the_code_that_binds_an_app_is_used_up(db, worker, strict):
    client = _sign_in()
    secret = _offered(client)
    code = code_at(secret)
    client.post("/account/second-factor/", {"totp_code": code})
    assert _refused(code, worker) == "second_factor.used"


def test_a_wrong_first_code_binds_nothing_and_keeps_the_picture(db, worker, strict):
    client = _sign_in()
    secret = _offered(client)
    response = client.post("/account/second-factor/", {"totp_code": "000000"})
    assert response.status_code == 422
    assert secret in response.content.decode()
    assert not Authenticator.objects.filter(user=worker).exists()


def test_the_page_of_binding_has_no_data_address(db, worker, strict):
    page = _sign_in().get("/account/second-factor/").content.decode()
    assert "<svg viewBox" in page
    assert "data:" not in page


def test_secrets_are_sealed_in_the_database(db, worker, bound):
    bound(worker)
    stored = Authenticator.objects.get(user=worker, type="totp").data["secret"]
    assert SECRET not in stored
    assert get_adapter().decrypt(stored) == SECRET


def test_replacing_an_app_asks_for_password_and_present_code(db, worker, bound, client_for):
    bound(worker)
    client = client_for(worker)
    secret = _offered(client)
    new = {"totp_code": code_at(secret)}
    assert client.post("/account/second-factor/", new).status_code == 422
    without_code = client.post("/account/second-factor/", {**new, "password": PASSWORD})
    assert without_code.status_code == 422
    wrong = {**new, "password": "wrong", "current_code": code_at()}
    assert client.post("/account/second-factor/", wrong).status_code == 422
    whole = {**new, "password": PASSWORD, "current_code": code_at()}
    assert client.post("/account/second-factor/", whole).status_code == 200
    stored = Authenticator.objects.get(user=worker, type="totp")
    assert get_adapter().decrypt(stored.data["secret"]) == secret


def test_new_recovery_codes_void_the_old_ones(db, worker, bound, client_for):
    old = bound(worker)
    client = client_for(worker)
    response = client.post("/account/second-factor/codes/", {"totp_code": code_at()})
    new = re.findall(r"<li>(\d{8})</li>", response.content.decode())
    assert len(new) == 10
    assert not set(new) & set(old)
    with pytest.raises(DomainError):
        second_factor.code_accept(user=worker, code=old[0])


def test_a_one_time_password_must_be_changed_before_anything(db, worker, strict):
    User.objects.filter(pk=worker.pk).update(
        must_change_password=True, password=make_password(PASSWORD)
    )
    client = _sign_in()
    assert client.get("/workbench/").status_code == 302
    assert client.get("/account/second-factor/")["Location"] == "/account/password/"
    weak = {"new_password": "12345678", "repeated": "12345678"}
    assert client.post("/account/password/", weak).status_code == 422
    unlike = {"new_password": "三更灯火五更鸡 2026", "repeated": "other"}
    assert "两次输入的密码不一样" in client.post("/account/password/", unlike).content.decode()
    good = {"new_password": "三更灯火五更鸡 2026", "repeated": "三更灯火五更鸡 2026"}
    response = client.post("/account/password/", good)
    assert response["Location"] == "/account/second-factor/"
    worker.refresh_from_db()
    assert (worker.must_change_password, worker.session_epoch) == (False, 1)
