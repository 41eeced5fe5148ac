"""Choosing a role, giving and ending roles, and the three administrators kept apart."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.organizations import Department
from departments.models.people import Membership, Role, User, duty_class
from departments.services.memberships import membership_end, membership_give, person_invite
from departments.signals import membership_ended
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.factories.world import PASSWORD

GIVE = """
    INSERT INTO departments_membership
        (uid, row_version, created_at, updated_at, user_id, organization_id, role, duty_class, valid, end_reason)
    VALUES (gen_random_uuid(), 1, now(), now(), %s, %s, %s, %s, daterange(current_date, null), '')
"""


def _also(user: User, role: str, organization_id: int, since: dt.date | None = None) -> Membership:
    with scope(org=organization_id, role="system"):
        return Membership.objects.create(
            user=user,
            organization_id=organization_id,
            role=role,
            duty_class=duty_class(role),
            valid=DateRange(since or dt.date(2020, 1, 1), None),
        )


def _actions(organization_id: int) -> list[str]:
    with scope(org=organization_id, role="auditor"), connection.cursor() as cursor:
        cursor.execute("SELECT action FROM departments_auditentry ORDER BY at, id")
        return [row[0] for row in cursor.fetchall()]


def _signed_in(login: str, **data: str) -> tuple[Client, str]:
    client = Client()
    response = client.post("/sign-in/", {"username": login, "password": PASSWORD, **data})
    return client, response["Location"]


# ── choosing ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "first"),
    [
        ("worker", "/workbench/"),
        ("supervisor", "/workbench/"),
        ("head", "/workbench/"),
        ("officer", "/funding/"),
        ("approver", "/funding/"),
        ("cashier", "/funding/"),
        ("auditor", "/audit/"),
        ("secadmin", "/console/security/"),
        ("sysadmin", "/console/system/"),
        ("clinician", "/start/"),
        ("authority", "/start/"),
        ("volunteer", "/volunteers/mine/"),
    ],
)
def test_one_role_is_taken_by_itself_and_leads_to_its_first_page(db, login, first):
    client, to = _signed_in(login)
    assert to == "/"
    assert client.get("/")["Location"].startswith(first)


@pytest.mark.parametrize("login", ["clinician", "officer", "auditor", "sysadmin", "authority"])
def test_who_does_no_casework_is_led_from_the_workbench_to_the_own_page(db, login):
    client, _to = _signed_in(login)
    assert client.get("/workbench/")["Location"] == "/"


def test_two_roles_are_chosen_from_and_the_page_asked_for_comes_after(db, worker, hospital):
    second = _also(worker, Role.SUPERVISOR, hospital.pk)
    client, to = _signed_in("worker", next="/organizations/")
    assert to == "/role/?next=%2Forganizations%2F"
    assert client.get("/workbench/")["Location"] == "/role/"
    page = client.get(to).content.decode()
    assert f"/role/{second.uid}/" in page
    assert f"/role/{worker.membership.uid}/" in page
    before = client.session.session_key
    response = client.post(f"/role/{second.uid}/", {"next": "/organizations/"})
    assert response["Location"] == "/organizations/"
    assert client.session["membership_uid"] == str(second.uid)
    assert client.session.session_key != before
    assert "督导" in client.get("/workbench/").content.decode()
    assert _actions(INSTALLATION).count("role.take") == 1


def test_the_page_head_switches_by_a_post(db, worker, hospital):
    second = _also(worker, Role.DEPT_HEAD, hospital.pk)
    client, _to = _signed_in("worker")
    client.post("/role/", {"membership": str(worker.membership.uid)})
    page = client.get("/workbench/").content.decode()
    assert f'name="membership" value="{second.uid}"' in page
    assert client.post("/role/", {"membership": str(second.uid), "next": "/x/"})["Location"] == "/"
    assert "社工部主任" in client.get("/workbench/").content.decode()


def test_a_role_of_somebody_else_is_not_taken(db, worker, head, client_for):
    client = client_for(worker)
    for address in (f"/role/{head.membership.uid}/", "/role/0190a6c2-0000-7000-8000-000000000001/"):
        assert client.post(address).status_code == 404
    assert client.post("/role/", {"membership": "crooked"}).status_code == 404
    assert client.session["membership_uid"] == str(worker.membership.uid)


def test_a_role_is_not_taken_by_a_link(db, worker, client_for):
    assert client_for(worker).get(f"/role/{worker.membership.uid}/").status_code == 405


def test_a_role_that_begins_tomorrow_or_has_ended_is_not_offered(db, worker, hospital):
    _also(worker, Role.SUPERVISOR, hospital.pk, since=timezone.localdate() + dt.timedelta(days=1))
    _client, to = _signed_in("worker")
    assert to == "/"


def test_a_foreign_next_is_not_followed_after_choosing(db, worker, client_for):
    client = client_for(worker)
    response = client.post(f"/role/{worker.membership.uid}/", {"next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_the_navigation_shows_the_areas_of_the_role_only(db, client_for, worker, officer, auditor):
    def labels(user) -> list[str]:
        page = client_for(user).get("/organizations/").content.decode()
        nav = page[page.index('<nav class="nav"') : page.index("</nav>")].split("nav__more")[0]
        heads = re.sub(r'<(?:li|summary) class="nav__group">([^<]+)<', r"<span>[\1]</span><", nav)
        return re.findall(r"<span>([^<]+)</span>", heads.partition("<ul>")[2])

    assert labels(worker) == [
        "工作台",
        *("[服务]", "个案", "转介", "查房", "小组与活动", "探访与咨询", "志愿者"),
        *("[救助与拨付]", "慈善救助", "国家救助"),
        *("[筹资与捐赠]", "筹资接洽"),
        *("[项目]", "项目申报", "政策与登记册", "调研", "项目"),
        *("[统计报表]", "统计报表", "我的报表"),
        *("[机构与资料]", "资源库", "督导与培训", "机构与部门"),
    ]
    assert labels(officer) == [
        "首页",
        *("[救助与拨付]", "慈善救助", "复核与投诉", "救助项目", "付款清单", "拨付后核查"),
        *("[筹资与捐赠]", "募捐活动", "物资", "捐赠票据", "捐赠", "筹资接洽"),
        *("[账目与公开]", "对账台", "账簿", "信息公开"),
        *("[项目]", "征集", "项目评审", "政策与登记册", "覆盖与对接", "调研", "项目"),
        *("[统计报表]", "统计报表"),
        *("[机构与资料]", "导入", "机构与部门"),
    ]
    assert labels(auditor) == ["首页", "处置清单", "我的报表", "审计记录", "安全事件", "机构与部门"]


def test_the_start_page_of_an_administrator_says_what_can_be_done(
    db, client_for, secadmin, sysadmin
):
    page = client_for(secadmin).get("/start/").content.decode()
    assert all(word in page for word in ("人员与角色", "开通账户", "接口客户端"))
    page = client_for(sysadmin).get("/start/").content.decode()
    assert "登记资料" in page
    assert "人员与角色" not in page


# ── the three administrators ─────────────────────────────────────────────────

APART = [
    (holds, given)
    for holds in ("worker", "sysadmin", "secadmin", "auditor")
    for given in (Role.WORKER, Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR)
    if duty_class(Role(holds)) != duty_class(given)
]


@pytest.mark.parametrize(("holds", "given"), APART)
def test_the_database_keeps_the_administrators_apart(db, person, hospital, holds, given):
    user = person(holds)
    with scope(org=hospital.pk, role="system"), pytest.raises(IntegrityError) as refused:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(GIVE, [user.pk, hospital.pk, given, duty_class(given)])
    assert refused.value.__cause__.diag.constraint_name == "membership_duties_apart"


def test_a_false_duty_class_does_not_get_around_it(db, worker, hospital):
    with scope(org=hospital.pk, role="system"), pytest.raises(IntegrityError) as refused:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(GIVE, [worker.pk, hospital.pk, Role.AUDITOR, 0])
    assert refused.value.__cause__.diag.constraint_name == "membership_duty_class_fits"


def test_two_business_roles_go_together(db, worker, hospital):
    with scope(org=hospital.pk, role="system"), connection.cursor() as cursor:
        cursor.execute(GIVE, [worker.pk, hospital.pk, Role.SUPERVISOR, 0])
        assert cursor.rowcount == 1


def test_the_page_says_the_sentence_beside_the_role(db, secadmin, worker, client_for):
    response = client_for(secadmin).post(
        f"/people/{worker.membership.uid}/give/", {"role": Role.AUDITOR}
    )
    assert response.status_code == 422
    assert "系统、安全、审计管理员与业务角色不能由同一人同时担任。" in response.content.decode()
    with scope(user=worker.pk):
        assert Membership.objects.filter(user=worker).count() == 1


# ── accounts and roles ───────────────────────────────────────────────────────

NEW = {"username": "sg0417", "display_name": "林示例", "role": Role.WORKER}


def test_an_invited_person_signs_in_with_the_code_shown_once(db, secadmin, client_for, msw):
    client = client_for(secadmin)
    response = client.post("/people/invite/", {**NEW, "department": msw.pk})
    page = response.content.decode()
    code = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", page)[0]
    assert response.status_code == 200
    user = User.objects.get(username="sg0417")
    assert (user.has_usable_password(), user.is_demo) == (False, False)
    gate = Client()
    data = {"username": "sg0417", "password": code}
    assert gate.post("/sign-in/", data)["Location"] == "/account/password/"
    assert urlsplit(gate.get("/workbench/")["Location"]).path == "/sign-in/"
    assert {"person.invite", "membership.give", "account_code.issue"} <= set(
        _actions(secadmin.membership.organization_id)
    )


def test_a_username_is_never_given_twice(db, secadmin, client_for):
    response = client_for(secadmin).post("/people/invite/", {**NEW, "username": "worker"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "登录名已被使用" in page
    assert 'value="林示例"' in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "client-7", "留给接口客户端"),
        ("username", "A B", "只用小写字母"),
        ("username", "ab", ""),
        ("display_name", "  ", ""),
        ("role", "sysadmin", ""),
        ("role", "foundation_officer", ""),
        ("valid_to", "2020-01-01", "结束日期不能早于今天"),
        ("department", "999999", ""),
    ],
)
def test_bad_input_is_refused_at_its_field_and_makes_nobody(
    db, secadmin, client_for, field, value, sentence
):
    response = client_for(secadmin).post("/people/invite/", {**NEW, field: value})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert sentence in response.content.decode()
    assert not User.objects.filter(username="sg0417").exists()


def test_a_department_of_another_house_is_not_to_be_had(db, secadmin, client_for):
    foreign = Department.objects.get(organization__code="HB", kind="msw")
    response = client_for(secadmin).post("/people/invite/", {**NEW, "department": foreign.pk})
    assert response.status_code == 422


def test_a_service_is_as_strict_as_the_form(db, secadmin, acting):
    with acting(secadmin), pytest.raises(DomainError) as refused:
        person_invite(username="x1", display_name="某", role=Role.FOUNDATION_CASHIER, by=secadmin)
    assert refused.value.rule == "membership.role_not_here"


@pytest.mark.parametrize("login", ["worker", "head", "auditor", "supervisor", "clinician"])
def test_only_the_security_administrator_makes_accounts(db, person, client_for, acting, login):
    user = person(login)
    assert client_for(user).post("/people/invite/", NEW).status_code == 403
    with acting(user), pytest.raises(DomainError) as refused:
        person_invite(username="x1", display_name="某", role=Role.WORKER, by=user)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("login", "status"), [("worker", 403), ("auditor", 403), ("head", 200), ("secadmin", 200)]
)
def test_who_sees_the_staff(db, person, client_for, login, status):
    assert client_for(person(login)).get("/people/").status_code == status


def test_the_staff_of_another_house_does_not_exist_here(db, secadmin, other_worker, client_for):
    client = client_for(secadmin)
    assert other_worker.username not in client.get("/people/").content.decode()
    assert client.get(f"/people/{other_worker.membership.uid}/").status_code == 404
    response = client.post(f"/people/{other_worker.membership.uid}/end/", {"reason": "试试"})
    assert response.status_code == 404


def test_ending_a_role_takes_effect_today_and_tells_the_right_apps(db, secadmin, worker, acting):
    told = []

    def hear(sender, membership, by, **_more):
        told.append((membership.pk, by.pk))

    membership_ended.connect(hear)
    try:
        with acting(secadmin):
            membership_end(membership=worker.membership, reason="调离", by=secadmin)
            row = Membership.objects.get(pk=worker.membership.pk)
    finally:
        membership_ended.disconnect(hear)
    today = timezone.localdate()
    assert (row.valid.upper, row.ended_by_id, row.end_reason) == (today, secadmin.pk, "调离")
    assert told == [(worker.membership.pk, secadmin.pk)]
    assert User.objects.get(pk=worker.pk).session_epoch == 1


def test_a_role_given_today_can_be_ended_today(db, secadmin, worker, acting):
    with acting(secadmin):
        given = membership_give(user=worker, role=Role.SUPERVISOR, by=secadmin)
        ended = membership_end(membership=given, reason="给错了", by=secadmin)
        assert not Membership.objects.active(timezone.localdate()).filter(pk=ended.pk).exists()


def test_a_role_is_ended_once(db, secadmin, worker, acting):
    with acting(secadmin):
        membership_end(membership=worker.membership, reason="调离", by=secadmin)
        with pytest.raises(DomainError) as refused:
            membership_end(membership=worker.membership, reason="再来", by=secadmin)
    assert (refused.value.rule, refused.value.status) == ("membership.ended", 409)


def test_nobody_ends_the_own_role(db, secadmin, client_for, acting):
    with acting(secadmin):
        person_invite(username="sec2", display_name="某", role=Role.SECADMIN, by=secadmin)
    address = f"/people/{secadmin.membership.uid}/end/"
    response = client_for(secadmin).post(address, {"reason": "不干了"})
    assert response.status_code == 422
    assert "您的角色不能执行这个操作" in response.content.decode()


def test_ending_a_role_needs_a_reason_and_keeps_what_was_typed(db, secadmin, worker, client_for):
    response = client_for(secadmin).post(f"/people/{worker.membership.uid}/end/", {"reason": "x"})
    assert response.status_code == 422
    assert 'value="x"' in response.content.decode()


def test_the_page_of_a_role_shows_its_history(db, secadmin, worker, client_for, acting):
    with acting(secadmin):
        given = membership_give(user=worker, role=Role.SUPERVISOR, by=secadmin)
    page = client_for(secadmin).get(f"/people/{given.uid}/").content.decode()
    assert "角色 · 给予" in page
    assert "测试secadmin" in page
    assert "<dd>督导</dd>" in page


def test_a_double_click_makes_one_account(db, secadmin, client_for):
    client, once = client_for(secadmin), "01f0a6c2-0000-7000-8000-0000000000aa"
    first = client.post("/people/invite/", {**NEW, "once": once})
    second = client.post("/people/invite/", {**NEW, "once": once})
    assert (first.status_code, second.status_code) == (200, 200)
    assert second["Idempotency-Replayed"] == "true"
    assert User.objects.filter(username="sg0417").count() == 1


def test_the_staff_page_asks_as_often_for_one_more_row_as_for_three(
    db, secadmin, client_for, acting, count_queries
):
    client = client_for(secadmin)

    def invite(*names: str) -> int:
        with acting(secadmin):
            for name in names:
                person_invite(username=name, display_name="某", role=Role.WORKER, by=secadmin)
        return count_queries(lambda: client.get("/people/"))

    assert invite("sg1") == invite("sg2", "sg3")
