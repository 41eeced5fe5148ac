"""The three consoles: each for its administrator alone, from set addresses, without business data."""

import datetime as dt
import ipaddress
import json
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.organizations import Code, DatedRule, Holiday
from departments.models.queues import Job, Outbox
from departments.models.trail import AuditEntry
from departments.services import operations, self_check
from departments.services.entering import house_scope
from msw_portal.kernel.scope import INSTALLATION, scope

ROOT = Path(__file__).resolve().parents[2]
SECURITY = (
    "/console/security/",
    "/console/security/settings/",
    "/console/security/export/",
    "/console/security/reviews/",
)
SYSTEM = (
    "/console/system/",
    "/console/system/passwords/",
    "/console/system/rules/",
    "/console/system/codes/",
    "/console/system/holidays/",
    "/console/system/queue/",
    "/console/system/mail/",
)
AUDIT = ("/audit/", "/audit/events/", "/audit/jobs/")
OWNERS = {"secadmin": SECURITY, "sysadmin": SYSTEM, "auditor": AUDIT}


def _actions(house: int) -> list[str]:
    with scope(org=house, role="auditor"):
        return list(AuditEntry.objects.order_by("-at").values_list("action", flat=True))


@pytest.fixture
def system(db, sysadmin, client_for) -> Client:
    return client_for(sysadmin)


# ── who ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", [*OWNERS, "worker", "head", "officer", "clinician"])
def test_a_console_is_there_for_its_administrator_alone(db, person, client_for, login):
    client = client_for(person(login))
    seen = {path: client.get(path).status_code for paths in OWNERS.values() for path in paths}
    wanted = {
        path: 200 if owner == login else 404 for owner, paths in OWNERS.items() for path in paths
    }
    assert seen == wanted


def test_calling_a_wrong_console_is_audited(db, worker, client_for):
    client_for(worker).get("/console/security/")
    with scope(org=worker.membership.organization_id, role="auditor"):
        entry = AuditEntry.objects.get(action="request.refused")
    assert (entry.actor_id, '"rule":"console.not_yours"' in entry.body) == (worker.pk, True)


@pytest.mark.parametrize(
    ("networks", "status"), [("10.8.0.0/16", 403), ("127.0.0.0/8", 200), ("127.0.0.1", 200)]
)
def test_administrators_work_from_set_addresses_only(
    db, secadmin, client_for, settings, networks, status
):
    settings.MSW_CONSOLE_ADDRESSES = [ipaddress.ip_network(networks)]
    answer = client_for(secadmin).get("/console/security/")
    assert answer.status_code == status
    if status == 403:
        assert "您现在的地址是 127.0.0.1" in answer.content.decode()
        assert "request.refused" in _actions(secadmin.membership.organization_id)


def test_other_roles_work_from_everywhere_and_a_role_can_be_changed(
    db, worker, secadmin, client_for, settings
):
    settings.MSW_CONSOLE_ADDRESSES = [ipaddress.ip_network("10.8.0.0/16")]
    assert client_for(worker).get("/workbench/").status_code == 200
    assert client_for(secadmin).get("/role/").status_code == 200


# ── rules, codes, holidays ───────────────────────────────────────────────────

RULE = {
    "kind": "account",
    "params": "idle_days = 60",
    "valid_from": "2030-01-01",
    "source": "院内制度",
}


def test_a_rule_is_added_with_its_days_and_source(system):
    answer = system.post("/console/system/rules/", {**RULE, "valid_to": "2030-12-31"})
    assert answer.status_code == 302
    rule = DatedRule.objects.get(kind="account")
    assert (rule.params, rule.valid) == (
        {"idle_days": 60},
        DateRange(dt.date(2030, 1, 1), dt.date(2031, 1, 1)),
    )
    assert "rule.add" in _actions(INSTALLATION)


def test_rules_do_not_overlap_though_they_have_no_region(system):
    system.post("/console/system/rules/", RULE)
    answer = system.post("/console/system/rules/", {**RULE, "params": "idle_days = 70"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "同一规则在这段时间里已有一行，有效期不能重叠。" in page
    assert "idle_days = 70" in page
    assert DatedRule.objects.filter(kind="account").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("params", "idle_days", "第 1 行不是“名称 = 值”"),
        ("params", "idle_days = 60\nidle_days = 61", "第 2 行的名称重复了"),
        ("params", "idle_day = 60", "没有“idle_day”这一项"),
        ("params", "idle_days = 3", "“idle_days”应是 30 到 730 的整数"),
        ("params", "idle_days = many", "“idle_days”应是 30 到 730 的整数"),
        ("valid_to", "2029-01-01", "结束日期不能早于开始日期"),
        ("source", "", ""),
        ("kind", "nothing", ""),
    ],
)
def test_a_crooked_rule_is_refused_at_its_field(system, field, value, sentence):
    answer = system.post("/console/system/rules/", {**RULE, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert sentence in page


def test_the_last_day_of_a_rule_is_never_in_the_past(system):
    with house_scope(INSTALLATION):
        rule = DatedRule.objects.create(
            kind="alarm", params={"exports": 9}, valid=DateRange(dt.date(2020, 1, 1), None)
        )
    address = f"/console/system/rules/{rule.pk}/end/"
    today = timezone.localdate()
    early = system.post(address, {"last_day": (today - dt.timedelta(days=1)).isoformat()})
    assert early.status_code == 422
    assert "最后一天不能早于今天" in early.content.decode()
    assert system.post(address, {"last_day": today.isoformat()}).status_code == 302
    rule.refresh_from_db()
    assert rule.last_day == today
    again = system.post(address, {"last_day": (today + dt.timedelta(days=3)).isoformat()})
    assert "这条规则已经更早结束" in again.content.decode()


def test_a_code_keeps_its_code_and_changes_its_words(system):
    with house_scope(INSTALLATION):
        code = Code.objects.create(scheme="need", code="money", zh="钱")
    address = f"/console/system/code/{code.pk}/"
    given = {"value": "other", "zh": "经济", "en": "money", "rank": "5", "valid_to": "2031-05-01"}
    assert system.post(address, given).status_code == 302
    code.refresh_from_db()
    assert (code.code, code.zh, code.rank, code.valid.upper) == (
        "money",
        "经济",
        5,
        dt.date(2031, 5, 2),
    )
    twice = system.post("/console/system/codes/need/", {**given, "value": "money"})
    assert "这个代码在代码表里已经有了" in twice.content.decode()


def test_a_holiday_is_set_and_cleared(system):
    address = "/console/system/holidays/"
    system.post(address, {"on": "2027-02-06", "kind": "off", "source": "国办发明电〔2026〕1号"})
    assert Holiday.objects.get().is_workday is False
    system.post(address, {"on": "2027-02-06", "kind": "work"})
    assert Holiday.objects.get().is_workday is True
    system.post(address, {"on": "2027-02-06", "kind": "clear"})
    assert not Holiday.objects.exists()


def test_a_code_list_asks_as_often_for_one_row_as_for_three(system, count_queries):
    def ask(*codes: str) -> int:
        with house_scope(INSTALLATION):
            for code in codes:
                Code.objects.create(scheme="need", code=code, zh="词")
        return count_queries(lambda: system.get("/console/system/codes/need/"))

    assert ask("a") == ask("b", "c")


# ── queues and mail ──────────────────────────────────────────────────────────


@pytest.fixture
def dead(db, hospital) -> Outbox:
    with house_scope(hospital.pk):
        row = Outbox(
            organization_id=hospital.pk,
            topic="referral.arrived",
            payload={"note": "演示机密"},
            state="dead",
            attempts=9,
            error="IntegrityError: key value 'CANARY'\nDETAIL: Key (name)=(CANARY)",
        )
        row.save(force_insert=True)
    return row


def test_the_queue_shows_states_of_every_house_and_no_contents(system, dead):
    page = system.get("/console/system/queue/?state=dead").content.decode()
    assert "referral.arrived" in page
    assert "IntegrityError" in page
    assert "CANARY" not in page
    assert "演示机密" not in page


def test_a_dead_effect_is_retried_once(system, dead):
    given = {"source": "outbox", "id": str(dead.pk)}
    assert system.post("/console/system/queue/retry/", given).status_code == 302
    with scope(role="relay"):
        assert Outbox.objects.get(pk=dead.pk).state == "ready"
    again = system.post("/console/system/queue/retry/", given)
    assert again.status_code == 409
    assert "不在失败状态" in again.content.decode()


def test_the_functions_of_the_queue_serve_the_system_administrator_alone(db, dead, worker, acting):
    from django.db import connection

    with acting(worker), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.queue_rows('', '', 10)")
        assert cursor.fetchall() == []
        cursor.execute("SELECT app.queue_retry('outbox', %s)", [str(dead.pk)])
        assert cursor.fetchone()[0] is False


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("ValueError: bad '张某'", "ValueError: bad •••"),
        ("DETAIL: Key (id_no)=(110101200001011234)", "DETAIL: Key •••"),
        ("OSError: 110101200001011234\nmore", "OSError: •••"),
        ("", ""),
    ],
)
def test_an_error_is_shown_without_values(error, shown):
    assert operations.plain_error(error) == shown


def test_without_a_mail_server_the_page_says_so(system, settings):
    settings.MAIL_IS_ON = False
    answer = system.post("/console/system/mail/", {"to": "a@example.org"})
    assert answer.status_code == 422
    assert "没有设置邮件服务器" in answer.content.decode()
    assert 'value="a@example.org"' in answer.content.decode()


def test_a_test_mail_goes_out(system, settings, mailoutbox):
    settings.MAIL_IS_ON = True
    assert system.post("/console/system/mail/", {"to": "a@example.org"}).status_code == 302
    assert [mail.to for mail in mailoutbox] == [["a@example.org"]]
    assert "mail.test" in _actions(INSTALLATION)


def test_whom_to_mail_is_checked_one_by_one(db, secadmin, client_for):
    client = client_for(secadmin)
    answer = client.post("/console/security/settings/", {"mail_to": "a@example.org, nobody"})
    assert answer.status_code == 422
    assert "“nobody”不是邮箱。" in answer.content.decode()
    client.post("/console/security/settings/", {"mail_to": "a@example.org，b@example.org"})
    page = client.get("/console/security/settings/").content.decode()
    assert "a@example.org b@example.org" in page


def test_no_secret_stands_on_the_settings_page(system, settings):
    page = system.get("/console/system/").content.decode()
    assert settings.SECRET_KEY not in page
    assert "MSW_SIGN_IN_LIMIT" in page


# ── the self-check ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", OWNERS)
def test_the_self_check_is_read_by_each_administrator(db, person, client_for, login):
    page = client_for(person(login)).get("/console/self-check/").content.decode()
    for clause in ("8.1.4.1 a", "8.1.4.2 e–f", "8.1.4.3 c–d", "8.1.5"):
        assert clause in page
    assert "data-print" in page


def test_the_self_check_names_tests_that_exist():
    missing = []
    for item in self_check.ITEMS:
        path, _colons, name = item.tests.partition("::")
        if path and f"\ndef {name}(" not in (ROOT / path).read_text():
            missing.append(item.tests)
    assert missing == []


def test_what_the_self_check_calls_fulfilled_without_reading_has_a_test():
    proved = {item.clause for item in self_check.ITEMS if item.tests}
    assert {item.clause for item in self_check.ITEMS} - proved == {
        "8.1.4.4 e",
        "8.1.4.9 b–c",
        "8.1.1–8.1.3",
    }


def _state(by, acting, clause: str) -> tuple[str, str]:
    with acting(by):
        lines = {line.item.clause: line.finding for line in self_check.self_check(by=by)}
    return lines[clause].state, lines[clause].evidence


def test_the_self_check_reads_the_last_good_drill(db, auditor, acting, settings, tmp_path):
    settings.MSW_BACKUPS = tmp_path
    assert _state(auditor, acting, "8.1.4.9 a") == ("attention", "还没有做过恢复演练")

    def drilled(good_days: int | None, is_good: bool) -> tuple[str, str]:
        now = timezone.now()
        known = {"last": {"at": now.isoformat(), "is_good": is_good}}
        if good_days is not None:
            known["last_good"] = {"at": (now - dt.timedelta(days=good_days)).isoformat()}
        (tmp_path / "drills.json").write_text(json.dumps(known))
        return _state(auditor, acting, "8.1.4.9 a")

    assert drilled(2, True) == ("ok", "最近一次成功的恢复演练在 2 天前")
    assert drilled(40, True) == ("attention", "最近一次成功的恢复演练在 40 天前")
    assert drilled(2, False) == (
        "attention",
        "最近一次成功的恢复演练在 2 天前；之后的一次没有成功",
    )
    assert drilled(None, False) == ("attention", "恢复演练没有成功过")


def test_a_review_is_neutral_where_it_cannot_be_read_or_no_rule_asks(db, auditor, secadmin, acting):
    assert _state(auditor, acting, "8.1.4.2 c")[0] == "elsewhere"
    assert _state(secadmin, acting, "8.1.4.2 c")[0] in ("ok", "attention")
    with scope(org=INSTALLATION, role="system"):
        DatedRule.objects.create(
            kind="account",
            params={"review_months": 0},
            valid=DateRange(dt.date(2020, 1, 1), None),
        )
    assert _state(secadmin, acting, "8.1.4.2 c") == (
        "elsewhere",
        "没有设定账户复核的周期（账户规则 review_months）",
    )


def test_the_self_check_reads_what_is_set(db, auditor, acting, settings):
    def states() -> dict[str, str]:
        with acting(auditor):
            lines = self_check.self_check(by=auditor)
        return {line.item.clause: line.finding.state for line in lines}

    assert states()["8.1.4.4 c"] == "attention"
    settings.MSW_CONSOLE_ADDRESSES = [ipaddress.ip_network("127.0.0.1")]
    assert states()["8.1.4.4 c"] == "ok"
    assert (states()["8.1.4.2 e–f"], states()["8.1.4.3 c–d"], states()["8.1.4.2 d"]) == (
        "ok",
        "ok",
        "ok",
    )
    assert states()["8.1.4.1 a"] == "attention"


def test_jobs_of_the_chain_are_not_seen_by_others(db, auditor, secadmin, client_for, acting):
    client = client_for(auditor)
    address = client.post("/audit/jobs/")["Location"]
    assert client.get(address).status_code == 200
    assert client_for(secadmin).get(address).status_code == 404
    with acting(auditor):
        assert Job.objects.visible_to(auditor).filter(kind="audit_check").count() == 1
