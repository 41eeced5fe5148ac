"""Sign-in through an OpenID provider: who is let in, with which steps, and every answer that is refused."""

import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from departments.models.access import DirectoryAccount
from departments.models.people import User
from tests.directory.provider import Provider

BEGIN, ANSWER = "/sign-in/directory/", "/sign-in/directory/answer/"
UNTRUSTED = "示例统一身份的应答没有通过核对，没有登录。"
STATE = "这次登录已经过期，或它的地址已经用过一次。请重新开始。"
AWAY = "示例统一身份现在连不上"


def _round(client: Client, provider: Provider, to: str = "") -> str:
    """To the provider and back: the address of the answer, as the browser would ask for it."""
    begun = client.get(BEGIN, {"next": to} if to else {})
    assert begun.status_code == 302, begun.content.decode()
    return provider.authorize(begun["Location"])


def _sign_in(provider: Provider, to: str = ""):
    client = Client()
    return client, client.get(_round(client, provider, to))


def _refused(response, sentence: str, status: int) -> None:
    assert response.status_code == status
    assert sentence in response.content.decode()
    assert "_auth_user_id" not in response.client.session


def test_a_marked_person_comes_in_with_the_roles_of_the_portal(openid, mark, entries):
    account = mark("worker")
    client, response = _sign_in(openid)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/workbench/"
    assert entries("sign_in") == [("ok", '{"method":"oidc","roles":1}')]
    assert entries("account.bind_directory") == [("ok", "{}")]
    account.refresh_from_db()
    assert account.subject == f"{openid.issuer} s-1"


def test_the_page_asked_for_comes_after_sign_in_and_only_one_of_ours(openid, mark):
    mark("worker")
    assert _sign_in(openid, "/cases/?stage=open")[1]["Location"] == "/cases/?stage=open"
    assert _sign_in(openid, "https://evil.example/x")[1]["Location"] == "/"
    assert _sign_in(openid, "//evil.example/x")[1]["Location"] == "/"


def test_what_is_listed_to_the_provider_is_fixed(openid, mark):
    client = Client()
    client.get(BEGIN + "?scope=admin&auth_params=prompt%3Dnone&process=connect")
    begun = client.get(BEGIN + "?scope=admin&auth_params=prompt%3Dnone&process=connect")
    asked = parse_qs(urlsplit(begun["Location"]).query)
    assert set(asked) == {
        "client_id",
        "redirect_uri",
        "scope",
        "response_type",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    assert set(asked["scope"][0].split()) == {"openid", "profile"}
    assert asked["redirect_uri"] == ["http://testserver/sign-in/directory/answer/"]
    assert asked["code_challenge_method"] == ["S256"]


def test_nobody_gets_an_account_by_the_directory(openid, mark, entries):
    before = User.objects.count()
    _refused(_sign_in(openid)[1], "这里没有您的账户", 403)  # the name exists, but is not marked
    openid.person = {"sub": "s-9", "preferred_username": "stranger"}
    _refused(_sign_in(openid)[1], "这里没有您的账户", 403)
    assert User.objects.count() == before
    assert DirectoryAccount.objects.count() == 0
    assert entries("sign_in.refuse_directory") == [
        ("refused", '{"rule":"directory.unknown"}'),
        ("refused", '{"rule":"directory.unknown"}'),
    ]


def test_an_ended_account_stays_outside(openid, mark):
    mark("worker")
    User.objects.filter(username="worker").update(is_active=False)
    _refused(_sign_in(openid)[1], "这里没有您的账户", 403)


def test_a_name_given_to_another_person_opens_nothing(openid, mark):
    mark("worker")
    _sign_in(openid)
    openid.person = {"sub": "s-2", "preferred_username": "worker"}
    _refused(_sign_in(openid)[1], "目录里的这个登录名换了人", 403)


def test_a_new_name_of_the_same_person_is_the_same_person(openid, mark):
    mark("worker")
    _sign_in(openid)
    openid.person = {"sub": "s-1", "preferred_username": "worker.married"}
    assert _sign_in(openid)[1].status_code == 302


def test_the_second_factor_is_still_asked(openid, mark, settings):
    settings.SECOND_FACTOR_AT_SIGN_IN = True
    mark("worker")
    openid.claims = {"amr": ["pwd", "otp"]}
    client, response = _sign_in(openid)
    assert response["Location"] == "/account/second-factor/"
    assert client.get("/workbench/").status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("amr", "to"),
    [
        (["pwd", "otp"], "/"),
        (["pwd"], "/account/second-factor/"),
        ("otp", "/account/second-factor/"),
        (None, "/account/second-factor/"),
    ],
)
def test_the_providers_second_factor_counts_where_a_setting_says_so(
    openid, mark, settings, amr, to
):
    settings.SECOND_FACTOR_AT_SIGN_IN = True
    known = replace(settings.DIRECTORY.openid, second_factor=frozenset({"otp", "hwk"}))
    settings.DIRECTORY = replace(settings.DIRECTORY, openid=known)
    mark("worker")
    openid.claims = {"amr": amr}
    assert _sign_in(openid)[1]["Location"] == to


def test_the_name_may_stand_in_the_userinfo_of_the_same_subject(openid, mark):
    mark("worker")
    openid.person = {"sub": "s-1"}
    assert _sign_in(openid)[1].status_code == 302
    openid.person = {"sub": "s-7"}
    _refused(_sign_in(openid)[1], UNTRUSTED, 502)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example"},
        {"aud": "another-client"},
        {"azp": "another-client"},
        {"nonce": "another-nonce"},
        {"exp": int(time.time()) - 60},
        {"preferred_username": 7},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_is_not_ours_is_refused(openid, mark, claims, entries):
    mark("worker")
    openid.claims = claims
    _refused(_sign_in(openid)[1], UNTRUSTED, 502)
    assert entries("sign_in.refuse_directory") == [("refused", '{"rule":"directory.untrusted"}')]


def test_a_token_signed_by_another_key_or_by_none_is_refused(openid, mark):
    mark("worker")
    openid.is_forged = True
    _refused(_sign_in(openid)[1], UNTRUSTED, 502)
    for algorithm in ("HS256", "none"):
        openid.algorithm = algorithm
        _refused(_sign_in(openid)[1], UNTRUSTED, 502)


def test_a_replayed_answer_is_refused(openid, mark):
    mark("worker")
    client = Client()
    answer = _round(client, openid)
    assert client.get(answer).status_code == 302
    client.post("/sign-out/")
    _refused(client.get(answer), STATE, 403)


def test_an_answer_to_another_browser_is_refused(openid, mark):
    mark("worker")
    answer = _round(Client(), openid)
    _refused(Client().get(answer), STATE, 403)
    _refused(Client().get(ANSWER), STATE, 403)


def test_a_code_that_the_provider_does_not_know_is_refused(openid, mark):
    mark("worker")
    client = Client()
    answer = _round(client, openid)
    openid.codes.clear()
    _refused(client.get(answer), UNTRUSTED, 502)


def test_a_person_who_cancels_is_told_so(openid):
    client = Client()
    state = parse_qs(urlsplit(_round(client, openid)).query)["state"][0]
    response = client.get(ANSWER, {"error": "access_denied", "state": state})
    _refused(response, "您取消了登录", 403)


def test_a_provider_that_calls_itself_another_is_refused(openid):
    openid.described = {"issuer": "https://another.example"}
    response = Client().get(BEGIN)
    assert response.status_code == 502
    assert UNTRUSTED in response.content.decode()


def test_an_answer_in_the_name_of_another_issuer_is_refused(openid, mark):
    mark("worker")
    client = Client()
    answer = _round(client, openid)
    _refused(client.get(f"{answer}&iss=https%3A%2F%2Fanother.example"), UNTRUSTED, 502)


def test_a_provider_without_its_description_is_no_error_of_ours(openid):
    openid.described = {"authorization_endpoint": None}
    assert Client(raise_request_exception=False).get(BEGIN).status_code in (302, 502)
    cache.clear()
    openid.description = lambda: ["nonsense"]
    assert Client(raise_request_exception=False).get(BEGIN).status_code == 502


def test_while_the_provider_is_away_an_emergency_administrator_signs_in_here(openid, mark, only):
    only()
    mark("secadmin")
    mark("worker")
    client = Client()
    answer = _round(client, openid)
    openid.shutdown()
    openid.server_close()
    cache.clear()
    for response in (Client().get(BEGIN), client.get(answer)):
        _refused(response, AWAY, 503)
        assert "应急管理员可以用登录名和本门户的密码登录" in response.content.decode()
    page = Client().post("/sign-in/", {"username": "secadmin", "password": "demo-pass-2026"})
    assert (page.status_code, page["Location"]) == (302, "/")
    page = Client().post("/sign-in/", {"username": "worker", "password": "demo-pass-2026"})
    assert page.status_code == 422


def test_begun_sign_ins_are_counted_by_address(openid, settings):
    settings.SIGN_IN_ADDRESS_LIMIT = 2
    assert [Client().get(BEGIN).status_code for _n in range(3)] == [302, 302, 429]


def test_without_a_directory_there_is_no_such_door(db):
    assert Client().get(BEGIN).status_code == 404
    assert Client().get(ANSWER).status_code == 404
    assert "统一身份" not in Client().get("/sign-in/").content.decode()


def test_the_sign_in_page_leads_to_the_directory_and_keeps_the_page_asked_for(openid):
    page = Client().get("/sign-in/?next=/cases/").content.decode()
    assert 'href="/sign-in/directory/?next=/cases/"' in page
    assert "用示例统一身份登录" in page
