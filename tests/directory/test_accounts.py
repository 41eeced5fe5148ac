"""What the security administrator does about the directory, and what it closes of the portal's own."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from departments.models.access import AccountCode, DirectoryAccount
from departments.models.people import Membership, User, duty_class
from departments.services import passwords
from departments.services.account_codes import account_code_issue
from departments.services.memberships import person_invite
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.factories.world import PASSWORD, SINCE

REASON = {"reason": "信息科已核对本人"}


def _page(user, act: str = "directory") -> str:
    return f"/people/{user.membership.uid}/{act}/"


def test_an_account_is_opened_for_the_directory_without_a_code(ldap, client_for, secadmin):
    client = client_for(secadmin)
    assert "用统一身份登录，不设密码" in client.get("/people/invite/").content.decode()
    typed = {"username": "li.si", "display_name": "李四", "role": "worker", "by_directory": "on"}
    response = client.post("/people/invite/", typed, follow=True)
    page = response.content.decode()
    assert "已开通：李四 用统一身份登录，不需要一次性码。" in page
    assert "还没有登录过" in page
    user = User.objects.get(username="li.si")
    assert not user.has_usable_password()
    assert not AccountCode.objects.filter(user=user).exists()
    assert user.directory_account.name == "li.si"
    answer = Client().post("/sign-in/", {"username": "li.si", "password": "li-pass"})
    assert answer.status_code == 302


def test_without_a_directory_nobody_is_opened_for_one(acting, secadmin, client_for):
    assert "by_directory" not in client_for(secadmin).get("/people/invite/").content.decode()
    with acting(secadmin), pytest.raises(DomainError) as refused:
        person_invite(
            username="li.si", display_name="李四", role="worker", by_directory=True, by=secadmin
        )
    assert refused.value.rule == "directory.none"


def test_a_person_is_moved_to_the_directory_and_back(ldap, client_for, secadmin, worker):
    client, own = client_for(secadmin), client_for(worker)
    assert own.get("/workbench/").status_code == 200
    page = client.get(_page(worker)).content.decode()
    assert 'value="worker"' in page
    response = client.post(_page(worker), {**REASON, "directory_name": "Li.Si"}, follow=True)
    assert "此人下次用统一身份登录。" in response.content.decode()
    assert DirectoryAccount.objects.get(user=worker).name == "li.si"
    assert own.get("/workbench/").status_code == 302
    response = client.post(_page(worker, "directory/end"), REASON, follow=True)
    assert "已改回密码登录，请签发一次性码。" in response.content.decode()
    assert not DirectoryAccount.objects.exists()
    response = client.post(_page(worker, "directory/end"), REASON)
    assert (response.status_code, "此人没有用统一身份登录。" in response.content.decode()) == (
        422,
        True,
    )


@pytest.mark.parametrize("name", ["worker2", "WORKER2", "taken"])
def test_a_name_of_somebody_else_is_refused_at_its_field(
    ldap, client_for, secadmin, worker, mark, name
):
    mark("assistant", "taken")
    response = client_for(secadmin).post(_page(worker), {**REASON, "directory_name": name})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'value="{name}"' in page
    assert "另一个账户" in page


def test_a_login_name_that_the_directory_uses_is_not_given_again(ldap, acting, secadmin, mark):
    mark("worker", "li.si")
    with acting(secadmin), pytest.raises(DomainError) as refused:
        person_invite(username="li.si", display_name="李四", role="worker", by=secadmin)
    assert (refused.value.rule, refused.value.field) == ("directory.name_taken", "username")


def test_whoever_also_works_elsewhere_is_not_moved_by_one_house(
    ldap, client_for, secadmin, worker, other_hospital
):
    with scope(org=other_hospital.pk, role="system"):
        Membership.objects.create(
            user=worker,
            organization=other_hospital,
            role="worker",
            duty_class=duty_class("worker"),
            valid=SINCE,
        )
    response = client_for(secadmin).post(_page(worker), {**REASON, "directory_name": "worker"})
    assert response.status_code == 422
    assert "此人在其他机构也有角色" in response.content.decode()
    assert not DirectoryAccount.objects.exists()


def test_nobody_else_moves_anybody(ldap, client_for, worker, head, other_head, auditor, secadmin):
    typed = {**REASON, "directory_name": "worker"}
    for user in (worker, head, other_head, auditor):
        assert client_for(user).post(_page(worker), typed).status_code == 404
    assert client_for(secadmin).post(_page(secadmin), typed).status_code in (403, 422)
    assert not DirectoryAccount.objects.exists()


def test_a_closed_account_gets_no_code_no_reset_and_no_password(
    ldap, acting, secadmin, worker, mark, only, settings
):
    mark("worker")
    mark("head")
    only()
    with acting(secadmin), pytest.raises(DomainError) as refused:
        account_code_issue(membership=worker.membership, by=secadmin)
    assert refused.value.rule == "account_code.directory"
    with scope(user=worker.pk), pytest.raises(DomainError) as refused:
        passwords.password_change(new_password="another-long-password", by=worker)
    assert refused.value.rule == "password.directory"


def test_a_code_issued_before_opens_nothing_after(ldap, acting, secadmin, worker, mark, only):
    with acting(secadmin):
        code = account_code_issue(membership=worker.membership, by=secadmin).code
    mark("worker")
    only()
    assert Client().post("/sign-in/", {"username": "worker", "password": code}).status_code == 422
    DirectoryAccount.objects.all().delete()
    assert Client().post("/sign-in/", {"username": "worker", "password": code}).status_code == 302


def test_the_password_page_says_where_the_password_is(
    ldap, client_for, worker, secadmin, mark, only
):
    mark("worker")
    mark("secadmin")
    only()
    page = client_for(worker).get("/account/password/").content.decode()
    assert "您用示例统一身份登录，密码请在那里修改。" in page
    assert "new_password" not in page
    assert "new_password" in client_for(secadmin).get("/account/password/").content.decode()


def test_an_authenticator_is_bound_again_by_the_directorys_password(
    ldap, client_for, worker, mark, only
):
    mark("worker")
    only()
    client = client_for(worker)
    page = client.get("/account/second-factor/").content.decode()
    assert 'name="password"' in page
    typed = {"password": PASSWORD, "totp_code": "000000"}
    assert "登录名或密码不对" in client.post("/account/second-factor/", typed).content.decode()
    typed["password"] = "directory-pass"
    assert "动态口令不对" in client.post("/account/second-factor/", typed).content.decode()
    assert not Authenticator.objects.exists()


def test_where_there_is_no_password_a_fresh_sign_in_stands_for_it(
    openid, client_for, worker, mark, only
):
    mark("worker")
    only()
    client = client_for(worker)
    page = client.get("/account/second-factor/").content.decode()
    assert 'name="password"' not in page
    typed = {"totp_code": "000000"}
    assert "动态口令不对" in client.post("/account/second-factor/", typed).content.decode()
    session = client.session
    session["signed_in_at"] -= int(dt.timedelta(minutes=11).total_seconds())
    session.save()
    page = client.post("/account/second-factor/", typed).content.decode()
    assert "请退出后重新登录，再在十分钟之内绑定。" in page
