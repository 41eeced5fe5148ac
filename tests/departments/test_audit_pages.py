"""The audit list, its words, the history of a record and the walk along the chain."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from departments import audit
from departments.models.organizations import Organization
from departments.models.people import Role
from departments.models.trail import AuditEntry, AuditLink
from departments.services.entering import house_scope
from departments.services.history import action_label, history_lines, line
from departments.services.memberships import membership_give
from departments.services.verifying import audit_verify
from msw_portal.kernel.audit import link
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.factories.cases import make_case


def _record(house, count: int = 1, action: str = "case.close", **facts) -> None:
    with house_scope(house.pk):
        for n in range(count):
            audit.record(action, by=None, organization_id=house.pk, n=n, **facts)


def _verify(house, **asked):
    with house_scope(house.pk):
        return audit_verify(organization_id=house.pk, **asked)


# ── the list ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "login", ["worker", "head", "secadmin", "sysadmin", "officer", "clinician", "authority"]
)
def test_nobody_but_the_auditor_reads_the_audit(db, person, client_for, login):
    client = client_for(person(login))
    assert client.get("/audit/").status_code == 404
    assert client.post("/audit/jobs/").status_code == 404


def test_the_list_says_who_did_what_in_words(db, auditor, secadmin, worker, client_for, acting):
    with acting(secadmin):
        given = membership_give(user=worker, role=Role.SUPERVISOR, by=secadmin)
    page = client_for(auditor).get("/audit/").content.decode()
    assert "角色 · 给予" in page
    assert "测试secadmin" in page
    assert f"?subject={given.uid}" in page
    assert "membership.give" not in page.replace('value="membership.give"', "")


def test_opening_the_list_is_an_entry_with_its_conditions(db, auditor, client_for, hospital):
    client = client_for(auditor)
    client.get("/audit/", {"person": "worker", "since": "2026-01-01"})
    with scope(org=hospital.pk, role="auditor"):
        entry = AuditEntry.objects.get(action="audit.list")
    assert entry.actor_id == auditor.pk
    assert entry.body == '{"conditions":{"person":"worker","since":"2026-01-01"}}'


def test_entries_of_another_house_are_not_there(db, auditor, other_hospital, client_for):
    _record(other_hospital, action="case.void")
    page = client_for(auditor).get("/audit/").content.decode()
    assert "个案 · 作废" not in page


def test_the_list_is_paged_by_key_and_complete(db, auditor, hospital, client_for):
    _record(hospital, 120)
    client, address, seen = client_for(auditor), "/audit/?action=case.close", []
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r"n：(\d+)", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/audit/" + following[1].replace("&amp;", "&") if following else ""
    assert seen == [str(n) for n in reversed(range(120))]


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ({"action": "case.close"}, 2),
        ({"action": "case.open"}, 1),
        ({"result": "refused"}, 0),
        ({"person": "nobody"}, 0),
        ({"since": "2020-01-01", "action": "case.close"}, 2),
        ({"until": "2020-01-01", "action": "case.close"}, 0),
    ],
)
def test_the_list_is_narrowed(db, auditor, hospital, client_for, conditions, count):
    _record(hospital, 2)
    _record(hospital, 1, action="case.open")
    page = client_for(auditor).get("/audit/", conditions).content.decode()
    assert len(re.findall(r"n：\d", page)) == count


@pytest.mark.parametrize(
    ("field", "value"),
    [("since", "yesterday"), ("subject", "x"), ("action", "no.such"), ("person", "x" * 99)],
)
def test_a_crooked_condition_is_said_and_left_out(db, auditor, client_for, field, value):
    response = client_for(auditor).get("/audit/", {field: value})
    assert response.status_code == 200
    assert f'id="id_{field}_error"' in response.content.decode()


def test_all_about_a_case_is_found_by_its_number(db, auditor, worker, acting, client_for):
    with acting(worker):
        case, other = make_case(worker), make_case(worker)
        for one in (case, other):
            audit.record("case.assign", by=worker, on=one, number=one.number)
            audit.record("case.open_file", by=worker, on=one)
    page = client_for(auditor).get("/audit/", {"number": f" {case.number} "}).content.decode()
    assert page.count(f"?subject={case.uid}") == 2
    assert f"?subject={other.uid}" not in page


def test_a_part_of_a_number_finds_nothing(db, auditor, worker, acting, client_for):
    with acting(worker):
        case = make_case(worker)
        audit.record("case.assign", by=worker, on=case, number=case.number)
    page = client_for(auditor).get("/audit/", {"number": case.number[:-1]}).content.decode()
    assert f"?subject={case.uid}" not in page


def test_a_number_is_found_through_its_index_and_by_who_reads_the_trail_alone(
    db, auditor, worker, other_hospital, acting
):
    with acting(worker):
        case = make_case(worker)
        audit.record("case.assign", by=worker, on=case, number=case.number)
    ask = "SELECT app.audit_numbered(%s)"

    def found(org: int, role: str) -> list:
        with scope(org=org, role=role), connection.cursor() as cursor:
            cursor.execute(ask, [case.number])
            return [row[0] for row in cursor.fetchall()]

    house = auditor.membership.organization_id
    assert found(house, "auditor") == [case.uid]
    assert found(house, "worker") == []
    assert found(other_hospital.pk, "auditor") == []


def test_days_out_of_order_are_said(db, auditor, client_for):
    page = client_for(auditor).get("/audit/", {"since": "2026-02-01", "until": "2026-01-01"})
    assert "结束日期不能早于开始日期" in page.content.decode()


def test_the_list_asks_as_often_for_one_entry_as_for_three(
    db, auditor, hospital, client_for, count_queries
):
    client = client_for(auditor)
    _record(hospital)
    one = count_queries(lambda: client.get("/audit/?action=case.close"))
    _record(hospital, 2)
    assert count_queries(lambda: client.get("/audit/?action=case.close")) == one


# ── words ────────────────────────────────────────────────────────────────────


def _details(body: str, kind: str = "") -> list[tuple[str, str]]:
    made = line(at=None, who="某", role="worker", action="x", result="ok", body=body, kind=kind)
    return [(detail.label, detail.text) for detail in made.details]


def test_a_change_is_said_with_the_words_of_its_field():
    body = '{"stage":["assessment","planning"]}'
    assert _details(body, "case") == [("阶段", "从“预估”改为“计划”")]


def test_a_field_has_its_own_label_and_its_choices():
    assert _details('{"risk_level":"high"}', "case") == [("风险", "高")]


def test_facts_of_every_kind_are_readable():
    body = (
        '{"approve_limit":"50000.00","is_replaced":true,"role":"dept_head","scopes":["a","b","c"],'
        '"valid_to":null}'
    )
    assert _details(body) == [
        ("批准限额", "50000.00"),
        ("替换旧的", "是"),
        ("角色", "社工部主任"),
        ("范围", "a、b、c"),
        ("结束", "空"),
    ]


def test_a_long_number_is_hidden_as_on_the_pages():
    assert _details('{"reason":"核对 110101199001011237"}') == [("理由", "核对 •••")]
    assert _details('{"amount":"12345678.00"}') == [("金额", "12345678.00")]


def test_every_action_written_in_the_code_has_words():
    import ast
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    written = set()
    for app in (
        "departments",
        "cases",
        "volunteers",
        "projects",
        "donations",
        "reports",
        "msw_portal",
    ):
        for path in (root / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "record"
                    and getattr(node.func.value, "id", "") == "audit"
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                ):
                    written.add(node.args[0].value)
    assert len(written) > 20
    assert sorted(action for action in written if action_label(action) == action) == []


# ── the history of a record ──────────────────────────────────────────────────


def test_a_records_history_is_newest_first_and_its_own(db, secadmin, worker, worker2, acting):
    with acting(secadmin):
        given = membership_give(user=worker, role=Role.SUPERVISOR, by=secadmin)
        membership_give(user=worker2, role=Role.SUPERVISOR, by=secadmin)
        audit.record("membership.read", by=secadmin, on=given)
        lines = history_lines(given)
    assert [one.what for one in lines] == ["角色 · 查阅", "角色 · 给予"]
    assert {(one.who, one.role) for one in lines} == {("测试secadmin", "安全管理员")}


def test_the_history_of_a_foreign_record_is_empty(db, secadmin, other_worker, acting):
    with acting(secadmin):
        assert history_lines(other_worker.membership) == []


# ── the chain ────────────────────────────────────────────────────────────────


def test_an_untouched_chain_is_whole(db, hospital):
    _record(hospital, 25)
    made = _verify(hospital)
    assert (made.entries, made.links, made.walked, made.first_break) == (25, 25, 25, None)


def _entry_text(entry: AuditEntry) -> str:
    """What `app.audit_text` builds in SQL: fields joined by `|`, time as microseconds since 1970."""
    micros = int(entry.at.timestamp()) * 1_000_000 + entry.at.microsecond
    fields = [
        entry.id,
        entry.organization_id,
        micros,
        entry.actor_id or "",
        entry.action,
        entry.subject_kind,
    ]
    return "|".join(
        str(field) for field in [*fields, entry.subject_uid or "", entry.result, entry.body]
    )


def test_python_folds_to_the_same_chain(db, secadmin, worker, acting, hospital):
    with acting(secadmin):
        membership_give(user=worker, role=Role.SUPERVISOR, by=secadmin)
    before = None
    with scope(org=hospital.pk, role="auditor"):
        for stored in AuditLink.objects.order_by("seq"):
            entry = AuditEntry.objects.get(pk=stored.entry_id)
            before = link(before, _entry_text(entry))
            assert bytes(stored.hash) == before
    assert before is not None


def test_the_newest_part_is_walked_from_the_link_before_it(db, hospital):
    _record(hospital, 25)
    made = _verify(hospital, newest=10)
    assert (made.walked, made.is_whole) == (10, True)


def test_a_house_without_entries_is_whole(db, other_foundation):
    assert _verify(other_foundation).is_whole


ENTRY, LINK = "departments_auditentry", "departments_auditlink"
# how: (statement on the seventh of twelve entries, the reason found)
TAMPERINGS = {
    "body": (f"UPDATE {ENTRY} SET body = '{{}}' WHERE id = '%s'", "edited"),
    "when": (f"UPDATE {ENTRY} SET at = at + interval '1 microsecond' WHERE id = '%s'", "edited"),
    "who": (f"UPDATE {ENTRY} SET actor_id = 1 WHERE id = '%s'", "edited"),
    "what": (f"UPDATE {ENTRY} SET action = 'case.open' WHERE id = '%s'", "edited"),
    "result": (f"UPDATE {ENTRY} SET result = 'refused' WHERE id = '%s'", "edited"),
    "hash": (f"UPDATE {LINK} SET hash = sha256(hash) WHERE entry_id = '%s'", "edited"),
    "entry": (f"DELETE FROM {ENTRY} WHERE id = '%s'", "missing"),
    "link": (f"DELETE FROM {LINK} WHERE entry_id = '%s'", "gap"),
    "added": (
        f"INSERT INTO {ENTRY} SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).* "
        f"FROM {ENTRY} e WHERE e.id = '%s'",
        "unlinked",
    ),
}


def test_tampering_is_found_at_its_entry_and_named_by_the_command(own_database, run_as_owner):
    with scope(org=INSTALLATION, role="system"):
        houses = {
            how: Organization.objects.create(
                kind="hospital",
                name=f"被改动的医院 {how}",
                is_tenant=True,
                managed_by_id=INSTALLATION,
            )
            for how in TAMPERINGS
        }
    touched = {}
    for how, house in houses.items():
        _record(house, 12)
        with scope(org=house.pk, role="auditor"):
            touched[how] = AuditEntry.objects.order_by("at", "id")[6].id
    for table in (ENTRY, LINK):
        run_as_owner(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for how, (sql, _reason) in TAMPERINGS.items():
        run_as_owner(sql % touched[how])
    found = {how: _verify(house).first_break for how, house in houses.items()}
    reasons = {how: reason for how, (_sql, reason) in TAMPERINGS.items()}
    assert {how: broken.reason for how, broken in found.items()} == reasons
    named = {how for how, reason in reasons.items() if reason in {"edited", "missing"}}
    assert {how: found[how].entry_id for how in named} == {how: touched[how] for how in named}
    with pytest.raises(CommandError) as broken:
        call_command("verify_audit", stdout=StringIO())
    assert broken.value.returncode == 1
    assert all(str(touched[how]) in str(broken.value) for how in named)


def test_the_command_says_that_everything_is_whole(own_database, person):
    _record(person("worker").membership.organization, 3)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "测试第一医院: 3 entries, 3 links, whole" in out.getvalue()
