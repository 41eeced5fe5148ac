"""The token door: one grant, hashed secrets, scopes cut to the client's, errors of RFC 6749."""

import base64
import datetime as dt
import hashlib
import json
import re
from decimal import Decimal
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from cases.services.team import colleagues, team_mates
from departments.models.organizations import Organization
from departments.models.people import ApiClient, Membership, Role, User
from departments.models.trail import AuditEntry
from departments.services import demo_access
from departments.services.api_clients import (
    OF_HOSPITALS,
    api_client_create,
    api_client_end,
    api_client_rotate,
)
from departments.services.entering import enter_client, house_scope
from departments.services.memberships import membership_end
from departments.services.second_factor import second_factor_check
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope, scope_block
from tests.departments.test_second_factor import code_at
from tests.factories.world import SINCE

TOKEN, REVOKE = "/api/v1/oauth/token/", "/api/v1/oauth/revoke/"
ALL = ["funding:read", "funding:review", "funding:approve"]
EVERY = (*ALL, "money:read", "webhooks:manage")  # what a foundation may be given


@pytest.fixture
def keeper(db, foundation, person):
    """A security administrator of the foundation."""
    user = User.objects.create(username="keeper", display_name="测试keeper", is_demo=True)
    with house_scope(foundation.pk):
        Membership.objects.create(
            user=user, organization=foundation, role=Role.SECADMIN, duty_class=2, valid=SINCE
        )
    return person("keeper")


@pytest.fixture
def made(keeper, foundation, acting):
    """A client of the foundation that may read and review: (client_id, secret)."""
    with acting(keeper):
        return api_client_create(
            organization=foundation,
            name="捐助系统",
            scopes=["funding:read", "funding:review"],
            duties=["verify", "review1"],
            by=keeper,
        )


def _ask(client_id: str, secret: str, **data):
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return Client(enforce_csrf_checks=True).post(TOKEN, {**body, **data})


def _entered(token: str) -> User | None:
    checksum = hashlib.sha256(token.encode()).hexdigest()
    with scope_block():
        return enter_client(checksum, "127.0.0.1")


def test_a_client_gets_a_bearer_token_for_its_secret(made, foundation):
    response = _ask(*made)
    answer = response.json()
    assert response.status_code == 200
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert "no-store" in response["Cache-Control"]
    assert "refresh_token" not in answer
    user = _entered(answer["access_token"])
    assert (user.acting.organization_id, user.acting.role) == (foundation.pk, "foundation_officer")
    assert user.acting.client.duties == ("verify", "review1")
    assert user.acting.client.approve_limit is None


def test_without_a_scope_asked_for_the_token_has_the_clients_own(made):
    assert _ask(*made).json()["scope"].split() == ["funding:read", "funding:review"]


def test_a_token_can_be_narrower_than_its_client(made):
    token = _ask(*made, scope="funding:read").json()["access_token"]
    assert _entered(token).acting.client.scopes == {"funding:read"}


@pytest.mark.parametrize("asked", ["funding:approve", "funding:read funding:approve", "admin", "*"])
def test_a_token_is_never_wider_than_its_client(made, asked):
    response = _ask(*made, scope=asked)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")
    assert AccessToken.objects.count() == 0


def test_the_secret_may_come_by_http_basic(made):
    basic = base64.b64encode(":".join(made).encode()).decode()
    response = Client().post(
        TOKEN, {"grant_type": "client_credentials"}, HTTP_AUTHORIZATION=f"Basic {basic}"
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("client_id", "secret"), [("", "wrong"), ("nobody", "wrong"), ("a\0b", "x"), ("", "")]
)
def test_a_wrong_secret_and_an_unknown_client_say_the_same(made, client_id, secret):
    response = _ask(client_id or made[0], secret)
    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    "grant",
    [
        "password",
        "authorization_code",
        "refresh_token",
        "implicit",
        "",
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
)
def test_there_is_one_grant(made, grant):
    response = _ask(*made, grant_type=grant, username="worker", password="demo-pass-2026")
    assert (response.status_code, response.json()) == (400, {"error": "unsupported_grant_type"})


def test_an_application_without_a_client_of_ours_gets_nothing(db):
    Application.objects.create(
        name="loose",
        client_id="loose",
        client_secret="secret-secret",
        client_type="confidential",
        authorization_grant_type="client-credentials",
    )
    response = _ask("loose", "secret-secret")
    assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")


def test_a_token_is_posted_for(made):
    response = Client().get(TOKEN)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert response["Content-Type"] == "application/json"


def test_secrets_and_tokens_are_not_in_the_database(made):
    client_id, secret = made
    token = _ask(client_id, secret).json()["access_token"]
    stored = Application.objects.get(client_id=client_id).client_secret
    assert secret not in stored
    assert stored.startswith(("pbkdf2", "md5"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM oauth2_provider_accesstoken t")
        assert all(token not in row[0] for row in cursor.fetchall())


def test_wrong_secrets_are_limited_and_say_when_to_come_back(made, monkeypatch):
    monkeypatch.setattr(django_settings, "SIGN_IN_ADDRESS_LIMIT", 3)
    assert [_ask(made[0], "wrong").status_code for _n in range(3)] == [401] * 3
    response = _ask(*made)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= django_settings.SIGN_IN_WINDOW_SECONDS


def test_a_client_that_asks_often_and_rightly_is_not_limited(made, monkeypatch):
    monkeypatch.setattr(django_settings, "SIGN_IN_ADDRESS_LIMIT", 3)
    assert [_ask(*made).status_code for _n in range(6)] == [200] * 6


def test_a_revoked_token_opens_nothing(made):
    client_id, secret = made
    token = _ask(client_id, secret).json()["access_token"]
    data = {"token": token, "client_id": client_id, "client_secret": secret}
    assert Client(enforce_csrf_checks=True).post(REVOKE, data).status_code == 200
    assert _entered(token) is None


def test_a_client_cannot_revoke_the_token_of_another(made, keeper, foundation, acting):
    with acting(keeper):
        other = api_client_create(
            organization=foundation, name="另一个", scopes=["funding:read"], duties=[], by=keeper
        )
    token = _ask(*made).json()["access_token"]
    data = {"token": token, "client_id": other[0], "client_secret": other[1]}
    Client().post(REVOKE, data)
    assert _entered(token) is not None


def test_every_token_given_or_refused_is_audited(made):
    _ask(*made)
    _ask(made[0], "wrong")
    with scope(org=INSTALLATION, role="auditor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, result FROM departments_auditentry WHERE action LIKE 'client.token%' ORDER BY at"
        )
        assert cursor.fetchall() == [("client.token", "ok"), ("client.token_refuse", "refused")]


def test_an_ended_client_gets_and_keeps_no_token(made, keeper, acting):
    token = _ask(*made).json()["access_token"]
    client = ApiClient.objects.get(application__client_id=made[0])
    with acting(keeper):
        api_client_end(client=client, reason="换系统", by=keeper)
    assert _entered(token) is None
    assert _ask(*made).json()["error"] == "unauthorized_client"


def _rotate(made, keeper, acting, hours: int) -> tuple[str, str]:
    client = ApiClient.objects.get(application__client_id=made[0])
    with acting(keeper):
        return api_client_rotate(client=client, hours=hours, by=keeper)


def test_both_secrets_open_until_the_overlap_is_over(made, keeper, acting, foundation):
    new = _rotate(made, keeper, acting, 24)
    assert (new[0], new[1] != made[1]) == (made[0], True)
    assert [_ask(*one).status_code for one in (made, new)] == [200, 200]
    basic = base64.b64encode(":".join(made).encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    asked = Client().post(TOKEN, {"grant_type": "client_credentials"}, headers=headers)
    assert asked.status_code == 200
    over = timezone.now() - dt.timedelta(seconds=1)
    ApiClient.objects.filter(application__client_id=made[0]).update(old_secret_until=over)
    assert [_ask(*one).status_code for one in (made, new)] == [401, 200]
    with house_scope(foundation.pk):
        (entry,) = AuditEntry.objects.filter(action="api_client.rotate")
        assert (entry.actor_id, '"hours":24' in entry.body) == (keeper.pk, True)
        assert not any(secret in entry.body for secret in (made[1], new[1]))


def test_a_secret_that_has_become_known_ends_at_once_with_its_tokens(made, keeper, acting):
    token = _ask(*made).json()["access_token"]
    new = _rotate(made, keeper, acting, 0)
    assert _entered(token) is None
    assert [_ask(*one).status_code for one in (made, new)] == [401, 200]


def test_there_are_never_more_than_two_secrets(made, keeper, acting):
    second = _rotate(made, keeper, acting, 24)
    third = _rotate(made, keeper, acting, 24)
    assert [_ask(*one).status_code for one in (made, second, third)] == [401, 200, 200]


def test_the_secret_is_changed_on_the_page_by_the_own_house_alone(
    made, keeper, other_foundation, client_for, person
):
    uid = ApiClient.objects.get(application__client_id=made[0]).uid
    address = f"/clients/{uid}/secret/"
    assert client_for(keeper).post(address, {"hours": "169"}).status_code == 422
    page = client_for(keeper).post(address, {"hours": "1"}).content.decode()
    assert (made[0] in page, made[1] in page, "旧密钥还能用 1 小时" in page) == (True, False, True)
    other = User.objects.create(username="other_keeper", display_name="测试他", is_demo=True)
    with house_scope(other_foundation.pk):
        Membership.objects.create(
            user=other,
            organization=other_foundation,
            role=Role.SECADMIN,
            duty_class=2,
            valid=SINCE,
        )
    assert client_for(person("other_keeper")).post(address, {"hours": "1"}).status_code == 404


def test_a_client_opens_from_its_addresses_alone(keeper, foundation, client_for):
    sent = {
        "name": "捐助系统",
        "scopes": ["funding:read"],
        "source_addresses": "127.0.0.1， 2001:DB8:0::1",
    }
    page = client_for(keeper).post("/clients/new/", sent)
    assert page.status_code == 200
    client = ApiClient.objects.get(organization=foundation)
    assert client.source_addresses == ["127.0.0.1", "2001:db8::1"]
    secret = re.search(r"client_secret</dt><dd class=\"mono\">([^<]+)", page.content.decode())[1]
    token = _ask(client.application.client_id, secret).json()["access_token"]
    assert _entered(token) is not None
    ApiClient.objects.filter(pk=client.pk).update(source_addresses=["2001:db8::1"])
    assert _entered(token) is None


@pytest.mark.parametrize(
    "given", ["10.0.0.0/8", "his.example.org", " ".join(f"10.0.0.{n}" for n in range(21))]
)
def test_source_addresses_are_few_single_ones(keeper, client_for, given):
    sent = {"name": "捐助系统", "scopes": ["funding:read"], "source_addresses": given}
    answer = client_for(keeper).post("/clients/new/", sent)
    assert (answer.status_code, 'id="id_source_addresses_error"' in answer.content.decode()) == (
        422,
        True,
    )


def test_a_service_account_never_signs_in_at_the_gate(made):
    client = ApiClient.objects.get(application__client_id=made[0])
    assert not client.user.has_usable_password()
    for password in ("", made[1], "!"):
        data = {"username": client.user.username, "password": password}
        assert Client().post("/sign-in/", data).status_code == 422


def test_the_staff_page_does_not_show_or_end_service_accounts(made, keeper, client_for, acting):
    client = ApiClient.objects.get(application__client_id=made[0])
    page = client_for(keeper).get("/people/").content.decode()
    assert client.user.username not in page
    with acting(keeper):
        held = client.membership
    assert client_for(keeper).get(f"/people/{held.uid}/").status_code == 404
    with acting(keeper):
        membership_end(membership=held, reason="借道", by=keeper)
    assert _ask(*made).status_code == 200
    assert _entered(_ask(*made).json()["access_token"]) is None


# ── making one ───────────────────────────────────────────────────────────────


def test_the_security_administrator_makes_a_client_on_the_page(keeper, client_for):
    browser = client_for(keeper)
    response = browser.post(
        "/clients/new/",
        {"name": "捐助系统", "scopes": ALL, "duties": ["approve"], "approve_limit": "５０,０００"},
    )
    page = response.content.decode()
    assert response.status_code == 200
    client = ApiClient.objects.get()
    assert client.approve_limit == Decimal("50000.00")
    secret = page.partition('client_secret</dt><dd class="mono">')[2].partition("<")[0]
    assert _ask(client.application.client_id, secret).status_code == 200
    assert secret not in browser.get("/clients/").content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin"]}, "scopes"),
        ({"duties": ["release"]}, "duties"),
        ({"duties": ["approve"]}, "approve_limit"),
        ({"approve_limit": "-5"}, "approve_limit"),
        ({"approve_limit": "0"}, "approve_limit"),
        ({"approve_limit": "1e9"}, "approve_limit"),
        ({"approve_limit": "9999999999999"}, "approve_limit"),
    ],
)
def test_bad_input_makes_no_client(keeper, client_for, change, field):
    good = {"name": "系统", "scopes": ALL, "duties": ["verify"], "approve_limit": ""}
    response = client_for(keeper).post("/clients/new/", {**good, **change})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'class="error-list"' in page
    assert f'href="#id_{field}' in page
    assert not ApiClient.objects.exists()
    assert not Application.objects.exists()


def test_a_hospitals_client_delivers_stays_and_decides_nothing(
    secadmin, hospital, client_for, acting
):
    given = {"organization": hospital, "name": "HIS", "by": secadmin}
    for scopes, duties, limit, rule in (
        (ALL, [], None, "api_client.scopes"),
        (["episodes:write"], ["verify"], None, "api_client.duties"),
        (["episodes:write"], [], Decimal(5), "api_client.duties"),
    ):
        with acting(secadmin), pytest.raises(DomainError) as refused:
            api_client_create(scopes=scopes, duties=duties, approve_limit=limit, **given)
        assert refused.value.rule == rule
    page = client_for(secadmin).get("/clients/new/").content.decode()
    assert "episodes:write" in page and "funding:" not in page and "approve_limit" not in page
    made = client_for(secadmin).post("/clients/new/", {"name": "HIS", "scopes": ["episodes:write"]})
    assert made.status_code == 200
    client = ApiClient.objects.get(organization=hospital)
    assert client.scopes == ["episodes:write"]
    listed = client_for(secadmin).get("/clients/").content.decode()
    assert str(client.uid) in listed
    with acting(secadmin):
        assert client.user not in colleagues(role="assistant", by=secadmin)
        assert client.user not in team_mates(by=secadmin)


def test_a_house_of_another_kind_has_no_clients(authority, acting):
    with house_scope(authority.membership.organization_id):
        Membership.objects.filter(pk=authority.membership.pk).update(role="secadmin", duty_class=2)
    with acting(authority), pytest.raises(DomainError) as refused:
        api_client_create(
            organization=authority.membership.organization,
            name="x",
            scopes=ALL,
            duties=[],
            by=authority,
        )
    assert refused.value.rule == "api_client.house"


@pytest.mark.parametrize("login", ["officer", "approver", "worker", "head", "auditor"])
def test_nobody_else_sees_or_makes_clients(db, person, client_for, login):
    client = client_for(person(login))
    assert client.get("/clients/").status_code == 403
    assert client.get("/clients/new/").status_code == 403


def test_a_client_of_another_house_is_not_made(keeper, other_foundation, acting):
    with acting(keeper), pytest.raises(DomainError) as refused:
        api_client_create(organization=other_foundation, name="x", scopes=ALL, duties=[], by=keeper)
    assert refused.value.status == 403


def test_a_client_of_another_house_is_not_ended(made, other_foundation, person, client_for):
    client = ApiClient.objects.get(application__client_id=made[0])
    user = User.objects.create(username="keeper2", display_name="测试keeper2", is_demo=True)
    with house_scope(other_foundation.pk):
        Membership.objects.create(
            user=user, organization=other_foundation, role=Role.SECADMIN, duty_class=2, valid=SINCE
        )
    response = client_for(person("keeper2")).post(f"/clients/{client.uid}/end/", {"reason": "试试"})
    assert response.status_code == 404


def test_ending_a_client_needs_a_reason(made, keeper, client_for):
    client = ApiClient.objects.get(application__client_id=made[0])
    browser = client_for(keeper)
    assert browser.post(f"/clients/{client.uid}/end/", {"reason": ""}).status_code == 422
    assert browser.post(f"/clients/{client.uid}/end/", {"reason": "换系统"}).status_code == 302
    assert "已停用" in browser.get("/clients/").content.decode()


# ── what the API says of itself ──────────────────────────────────────────────


def test_the_schema_is_public_and_openapi_3_1(db):
    response = Client().get("/api/v1/schema/", HTTP_ACCEPT="application/json")
    schema = json.loads(response.content)
    assert schema["openapi"] == "3.1.0"
    assert schema["paths"]
    flow = schema["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == TOKEN
    assert set(flow["scopes"]) == {*EVERY, *OF_HOSPITALS}
    assert "put" in schema["paths"]["/api/v1/episodes/{mrn}"]


def test_the_readable_page_names_no_outside_address(db):
    response = Client().get("/api/v1/docs/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<style" not in page
    for address in page.split('src="')[1:] + page.split('href="')[1:]:
        assert not urlsplit(address.partition('"')[0]).netloc


# ── the demo's sign-ins ──────────────────────────────────────────────────────


def _json(command: str):
    out = StringIO()
    call_command(command, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def demo_house(db) -> Organization:
    with scope(org=INSTALLATION, role="system"):
        return Organization.objects.create(
            kind="foundation",
            name="演示基金会",
            short_name="演示",
            code="YS",
            is_tenant=True,
            is_demo=True,
            managed_by_id=INSTALLATION,
        )


def test_a_demo_person_signs_in_and_steps_up_with_what_the_command_prints(demo_house):
    with house_scope(demo_house.pk):
        user = demo_access.demo_person(
            username="ys-approver",
            display_name="演示审批",
            role=Role.FOUNDATION_APPROVER,
            organization=demo_house,
        )
        demo_access.demo_person(
            username="ys-approver",
            display_name="演示审批",
            role=Role.FOUNDATION_APPROVER,
            organization=demo_house,
        )
    account = next(row for row in _json("demo_accounts") if row["login"] == "ys-approver")
    assert account == {
        "login": "ys-approver",
        "password": demo_access.DEMO_PASSWORD,
        "role": "foundation_approver",
        "role_name": "基金会审批",
        "organisation": "演示基金会",
        "second_factor_secret": demo_access.totp_secret_of("ys-approver"),
    }
    data = {"username": account["login"], "password": account["password"]}
    assert Client().post("/sign-in/", data)["Location"] == "/"
    second_factor_check(user=user, code=code_at(account["second_factor_secret"]))


def test_one_account_per_house_and_role_is_listed(db):
    rows = _json("demo_accounts")
    keys = [(row["organisation"], row["role"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert ("测试第一医院", "worker") in keys
    assert ("医务社工门户", "sysadmin") in keys


def test_the_demo_client_is_made_once_and_opens_with_what_is_printed(db, foundation):
    first, second = _json("demo_client"), _json("demo_client")
    assert first == second
    assert first["organisation"] == foundation.name
    assert ApiClient.objects.filter(organization=foundation).count() == 1
    assert urlsplit(first["token_url"]).path == TOKEN
    response = _ask(first["client_id"], first["client_secret"])
    client = _entered(response.json()["access_token"]).acting.client
    assert sorted(client.scopes) == first["scopes"] == sorted(EVERY)
    assert client.approve_limit == Decimal("50000.00")


@pytest.mark.parametrize("command", ["demo_accounts", "demo_client"])
def test_the_demo_commands_refuse_outside_the_embedded_mode(db, settings, command):
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="embedded mode only"):
        call_command(command, stdout=StringIO())


def test_people_read_a_table(demo_house):
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert "测试第一医院  医务社工  worker" in out.getvalue()
