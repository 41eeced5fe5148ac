"""The gate: passwords, limits that hold under parallel attempts, nothing to learn from a refusal."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from departments.backends import PortalBackend
from departments.models.people import Membership, User
from departments.models.queues import RateWindow
from departments.services import rate
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.factories.world import PASSWORD

SIGN_IN = "/sign-in/"
WRONG = "登录名或密码不对"
LIMITED = "尝试的次数太多"


def _try(username: str, password: str, client: Client | None = None, **headers):
    return (client or Client()).post(
        SIGN_IN, {"username": username, "password": password}, **headers
    )


def _entries(action: str) -> list[tuple]:
    with scope(org=INSTALLATION, role="auditor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_id, result, body FROM departments_auditentry WHERE action = %s ORDER BY at",
            [action],
        )
        return cursor.fetchall()


def _service(username: str) -> User:
    return User.objects.create(
        username=username, display_name="接口", is_service=True, password=make_password(PASSWORD)
    )


def test_a_right_password_opens_the_first_page_of_the_one_role(db):
    client = Client()
    response = _try("worker", PASSWORD, client)
    assert (response.status_code, response["Location"]) == (302, "/")
    with scope(user=User.objects.get(username="worker").pk):
        membership = Membership.objects.get(user__username="worker")
    assert client.session["membership_uid"] == str(membership.uid)
    assert client.get("/")["Location"] == "/workbench/"
    assert _entries("sign_in") == [
        (User.objects.get(username="worker").pk, "ok", '{"method":"password","roles":1}')
    ]


def test_signing_in_makes_a_new_session_id(db):
    client = Client()
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    _try("worker", PASSWORD, client)
    assert client.session.session_key != session.session_key
    assert not client.session.exists(session.session_key)


def test_a_wrong_password_says_one_sentence_and_keeps_the_name(db):
    response = _try("worker", "wrong")
    page = response.content.decode()
    assert response.status_code == 422
    assert f"{WRONG}。再错 4 次，此登录名停用一段时间。" in page
    assert 'value="worker"' in page
    assert "wrong" not in page
    assert _entries("sign_in.refuse") == [(None, "refused", '{"attempts_left":4}')]


def test_a_name_that_nobody_has_gets_the_same_bytes(db):
    def shown(username: str) -> str:
        page = _try(username, "wrong").content.decode()
        start = page.index('<form class="form"')
        form = page[start : page.index("</form>", start)]
        head, _quote, tail = form.partition('name="csrfmiddlewaretoken" value="')
        return (head + tail[64:]).replace(username, "NAME")

    assert shown("worker") == shown("nobody")


@pytest.mark.parametrize("username", ["service-account", "gone"])
def test_an_account_that_may_not_sign_in_looks_like_a_wrong_password(db, username):
    _service("service-account")
    User.objects.create(
        username="gone", display_name="离职", is_active=False, password=make_password(PASSWORD)
    )
    response = _try(username, PASSWORD)
    assert response.status_code == 422
    assert WRONG in response.content.decode()
    assert PortalBackend().get_user(User.objects.get(username=username).pk) is None


def test_a_demo_account_opens_nothing_outside_the_embedded_mode(db, settings):
    settings.EMBEDDED = False
    assert WRONG in _try("worker", PASSWORD).content.decode()


def test_the_next_attempt_after_the_limit_is_not_compared(db):
    for _n in range(django_settings.SIGN_IN_LIMIT):
        assert WRONG in _try("worker", "wrong").content.decode()
    response = _try("worker", PASSWORD)
    page = response.content.decode()
    assert response.status_code == 429
    assert LIMITED in page
    assert 'value="worker"' in page
    assert len(_entries("sign_in.refuse")) == django_settings.SIGN_IN_LIMIT
    _try("worker", PASSWORD)
    assert len(_entries("sign_in.limit")) == 1


def test_the_limit_of_a_name_is_the_same_whether_it_exists_or_not(db):
    answers = [
        _try("nobody", "wrong").status_code for _n in range(django_settings.SIGN_IN_LIMIT + 1)
    ]
    assert answers == [422] * django_settings.SIGN_IN_LIMIT + [429]


def test_case_and_spaces_do_not_open_a_second_window(db):
    for name in ("worker", "WORKER", " worker ", "Worker", "wOrker"):
        _try(name, "wrong")
    assert _try("worker", "wrong").status_code == 429


def test_success_opens_the_window_again(db):
    for _n in range(django_settings.SIGN_IN_LIMIT - 1):
        _try("worker", "wrong")
    assert _try("worker", PASSWORD).status_code == 302
    assert [_try("worker", "wrong").status_code for _n in range(3)] == [422] * 3


def test_two_hundred_parallel_wrong_passwords_compare_exactly_the_limit(own_database, monkeypatch):
    compared = []
    real = User.check_password

    def counting(self, raw):
        compared.append(raw)
        return real(self, raw)

    monkeypatch.setattr(User, "check_password", counting)
    monkeypatch.setattr(django_settings, "SIGN_IN_ADDRESS_LIMIT", 10_000)

    def attempt(n: int) -> int:
        try:
            return _try("worker", f"wrong-{n}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(attempt, range(200)))
    limit = django_settings.SIGN_IN_LIMIT
    assert len(compared) == limit
    assert (answers.count(422), answers.count(429)) == (limit, 200 - limit)
    assert max(RateWindow.objects.values_list("count", flat=True)) == 200


def test_hits_are_counted_exactly_under_parallel_attempts(own_database):
    def attempt(_n: int) -> bool:
        try:
            return bool(rate.hit("somebody", limit=7, window=900))
        finally:
            connection.close()

    with ThreadPoolExecutor(24) as pool:
        passed = list(pool.map(attempt, range(150)))
    assert passed.count(True) == 7


def test_a_hit_outlives_the_transaction_it_is_made_in(db):
    def command() -> None:
        with scope():
            rate.hit("somebody", limit=5, window=900)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        command()
    assert rate.hit("somebody", limit=5, window=900).count == 2


def test_an_address_has_its_own_limit_over_many_names(db, monkeypatch):
    monkeypatch.setattr(django_settings, "SIGN_IN_ADDRESS_LIMIT", 6)
    answers = [_try(f"name-{n}", "wrong", REMOTE_ADDR="192.0.2.7").status_code for n in range(8)]
    assert answers == [422] * 6 + [429] * 2
    assert _try("worker", PASSWORD, REMOTE_ADDR="192.0.2.8").status_code == 302


def test_people_who_succeed_do_not_use_up_the_limit_of_their_address(db, monkeypatch):
    monkeypatch.setattr(django_settings, "SIGN_IN_ADDRESS_LIMIT", 3)
    for login in ("worker", "worker2", "head", "supervisor", "officer"):
        assert _try(login, PASSWORD, REMOTE_ADDR="192.0.2.9").status_code == 302


def test_an_address_a_client_wrote_itself_is_not_believed(db, monkeypatch):
    monkeypatch.setattr(django_settings, "SIGN_IN_ADDRESS_LIMIT", 3)
    answers = [
        _try(f"name-{n}", "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}").status_code
        for n in range(4)
    ]
    assert answers == [422, 422, 422, 429]


def test_an_unknown_name_takes_as_long_as_a_known_one(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    User.objects.filter(username="worker").update(password=make_password(PASSWORD))
    _service("a-service")
    User.objects.filter(username="a-service").update(password="!unusable")
    backend, took = PortalBackend(), {"worker": [], "nobody": [], "a-service": []}
    for _round in range(5):
        for name, times in took.items():
            began = time.perf_counter()
            assert backend.authenticate(None, username=name, password="wrong") is None
            times.append(time.perf_counter() - began)
    known, *others = (statistics.median(times) for times in took.values())
    # One hash more or less would be a factor of two or nothing at all.
    assert all(0.7 < other / known < 1.4 for other in others)


def test_get_user_is_one_statement(db, worker, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert PortalBackend().get_user(worker.pk) == worker


def test_next_goes_back_to_our_own_pages_only(db):
    def lands(to: str) -> str:
        data = {"username": "worker", "password": PASSWORD, "next": to}
        return Client().post(SIGN_IN, data)["Location"]

    assert lands("/cases/?stage=intake") == "/cases/?stage=intake"
    for foreign in (
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
    ):
        assert lands(foreign) == "/"


def test_a_page_asked_for_without_sign_in_is_come_back_to(db):
    response = Client().get("/workbench/")
    assert response.status_code == 302
    parts = urlsplit(response["Location"])
    assert (parts.path, parse_qs(parts.query)) == (SIGN_IN, {"next": ["/workbench/"]})


def test_a_fragment_asked_for_without_sign_in_sends_the_whole_page_there(db):
    response = Client().get(
        "/workbench/tasks/",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/workbench/",
    )
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/sign-in/?next=%2Fworkbench%2F"


def test_whoever_is_signed_in_sees_no_form(db):
    client = Client()
    _try("worker", PASSWORD, client)
    assert client.get(SIGN_IN)["Location"] == "/"


def test_signing_out_is_a_post_and_is_audited(db):
    client = Client()
    _try("worker", PASSWORD, client)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert client.get("/workbench/").status_code == 302
    assert len(_entries("sign_out")) == 1


def test_signing_out_needs_the_pages_own_token(db):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-out/").status_code == 403
    assert client.post(SIGN_IN, {"username": "worker", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/signup/",
        "/accounts/login/",
        "/accounts/email/",
        "/accounts/password/reset/",
        "/signup/",
        "/sign-up/",
        "/accounts/2fa/",
        "/api/v1/oauth/applications/",
        "/api/v1/oauth/authorize/",
        "/api/v1/oauth/introspect/",
    ],
)
def test_there_is_no_door_of_the_libraries(db, path):
    assert Client().get(path).status_code == 404


def test_the_admin_has_no_second_form(db):
    address = f"/{django_settings.ADMIN_ADDRESS}"
    anonymous = Client().get(f"{address}login/")
    assert (anonymous.status_code, urlsplit(anonymous["Location"]).path) == (302, SIGN_IN)
    worker, sysadmin = Client(), Client()
    _try("worker", PASSWORD, worker)
    _try("sysadmin", PASSWORD, sysadmin)
    assert worker.get(address, follow=True).status_code == 403
    assert sysadmin.get(address).status_code == 200


def test_a_pending_sign_in_is_over_after_ten_minutes(db, monkeypatch):
    monkeypatch.setattr(django_settings, "SECOND_FACTOR_AT_SIGN_IN", True)
    client = Client()
    assert _try("worker", PASSWORD, client)["Location"] == "/account/second-factor/"
    session = client.session
    pending = session["pending_sign_in"]
    pending["began_at"] = int(timezone.now().timestamp()) - 601
    session["pending_sign_in"] = pending
    session.save()
    assert urlsplit(client.get("/account/second-factor/")["Location"]).path == SIGN_IN


@pytest.mark.parametrize(
    ("path", "to"), [("password_change/", "/account/password/"), ("logout/", "/")]
)
def test_the_admin_has_no_password_form_and_no_way_out_of_its_own(
    db, sysadmin, client_for, path, to
):
    client = client_for(sysadmin)
    assert client.get(f"/{django_settings.ADMIN_ADDRESS}{path}")["Location"] == to


def test_the_admin_is_for_looking(db, sysadmin, client_for, hospital):
    client, address = client_for(sysadmin), f"/{django_settings.ADMIN_ADDRESS}departments/"
    assert client.get(f"{address}region/").status_code == 200
    page = client.get(f"{address}organization/{hospital.pk}/change/").content.decode()
    assert 'name="_save"' not in page
    assert client.get(f"{address}organization/add/").status_code == 403
    assert (
        client.post(f"{address}organization/{hospital.pk}/change/", {"name": "x"}).status_code
        == 403
    )
    assert (
        client.post(f"{address}organization/{hospital.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )
    hospital.refresh_from_db()
    assert hospital.name == "测试第一医院"


def test_accounts_and_secrets_are_not_in_the_admin(db, sysadmin, client_for):
    client, address = client_for(sysadmin), f"/{django_settings.ADMIN_ADDRESS}"
    page = client.get(address).content.decode()
    assert "地区" in page
    for table in (
        "departments/user/",
        "mfa/authenticator/",
        "account/emailaddress/",
        "oauth2_provider/application/",
        "oauth2_provider/accesstoken/",
        "auth/group/",
    ):
        assert client.get(f"{address}{table}").status_code == 404, table


def test_the_language_is_switched_by_a_post_and_stays(db):
    client = Client()
    response = client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert response["Location"] == "/sign-in/"
    assert '<html lang="en"' in client.get("/sign-in/").content.decode()


def test_a_page_without_the_context_of_a_request_names_the_gate_that_is_there(db):
    page = render_to_string("_root.html")
    address = page.partition('<meta name="sign-in" content="')[2].partition('"')[0]
    assert (address, Client().get(address).status_code) == (SIGN_IN, 200)
