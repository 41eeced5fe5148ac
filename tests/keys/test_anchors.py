"""What a chain cannot say of itself, the anchors say: every tampering shows."""

import io
import json
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from departments import audit
from departments.services.anchoring import AnchorError, anchors, audit_anchor
from departments.services.entering import member_scope

HOUSE = "(SELECT id FROM departments_organization WHERE code = 'HA')"
# The whole chain from link %(seq)s on, written anew over what the entries say now.
RECHAIN = f"""
    DO $$ declare r record; h bytea := ''; begin
      select coalesce((select hash from departments_auditlink where organization_id = {HOUSE} and seq = %(seq)s - 1), '') into h;
      for r in select l.seq, e from departments_auditlink l join departments_auditentry e on e.id = l.entry_id
                where l.organization_id = {HOUSE} and l.seq >= %(seq)s order by l.seq loop
        h := sha256(h || app.audit_text(r.e));
        update departments_auditlink set hash = h where organization_id = {HOUSE} and seq = r.seq;
      end loop; end $$
"""
OF = f"organization_id = {HOUSE}"
ENTRY = f"(SELECT entry_id FROM departments_auditlink WHERE {OF} AND seq = %(seq)s)"
TAMPERINGS = {
    "edit": f"UPDATE departments_auditentry SET body = '{{\"n\":0}}' WHERE id = {ENTRY}",
    "delete": f"DELETE FROM departments_auditentry WHERE id = {ENTRY}",
    "delete with its link": f"DELETE FROM departments_auditentry WHERE id = {ENTRY}; DELETE FROM departments_auditlink WHERE {OF} AND seq = %(seq)s",
    "insert": "INSERT INTO departments_auditentry (id, organization_id, at, role, action, subject_kind, client_uid, ip, request_id, result, body) "
    f"VALUES (gen_random_uuid(), {HOUSE}, now(), '', 'probe.forged', '', '', '', '', 'ok', '{{}}')",
    "reorder": f"UPDATE departments_auditlink SET seq = -seq WHERE {OF} AND seq IN (%(seq)s, %(seq)s + 1); "
    f"UPDATE departments_auditlink SET seq = CASE seq WHEN -%(seq)s THEN %(seq)s + 1 ELSE %(seq)s END WHERE {OF} AND seq < 0",
    "cut": f"DELETE FROM departments_auditentry WHERE id IN (SELECT entry_id FROM departments_auditlink WHERE {OF} AND seq > %(seq)s); "
    f"DELETE FROM departments_auditlink WHERE {OF} AND seq > %(seq)s",
    "rewrite": f"UPDATE departments_auditentry SET body = '{{\"n\":-1}}' WHERE id = {ENTRY}; {RECHAIN}",
}
COUNT = 12


@pytest.fixture
def chained(own_database, person, settings, tmp_path):
    """A house with some entries in its chain, anchored."""
    settings.MSW_ANCHORS = tmp_path / "anchors" / "anchors.jsonl"
    worker = person("worker")
    for n in range(COUNT):
        with member_scope(worker, worker.membership.uid):
            audit.record("probe.write", by=worker, n=n + 1)
    assert audit_anchor() == 1
    return own_database


def _tamper(run_as_owner, sql: str, seq: int) -> None:
    tables = ("departments_auditentry", "departments_auditlink")
    for verb in ("DISABLE", "ENABLE"):
        if verb == "ENABLE":
            run_as_owner(sql.replace("%(seq)s", str(seq)))
        for table in tables:
            run_as_owner(f"ALTER TABLE {table} {verb} TRIGGER USER")


def _verify() -> str:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def _is_found(own_database, run_as_owner, dice: random.Random) -> None:
    keep = "CREATE TABLE kept_{0} AS SELECT * FROM departments_{0}"
    for table in ("auditentry", "auditlink"):
        run_as_owner(f"DROP TABLE IF EXISTS kept_{table}")
        run_as_owner(keep.format(table))
    kind = dice.choice(sorted(TAMPERINGS))
    seq = dice.randrange(1, COUNT)
    _tamper(run_as_owner, TAMPERINGS[kind], seq)
    with pytest.raises(CommandError, match="broken at link"):
        _verify()
        print(kind, seq)
    restore = "; ".join(
        f"DELETE FROM departments_{table}; INSERT INTO departments_{table} SELECT * FROM kept_{table}"
        for table in ("auditlink", "auditentry")
    )
    _tamper(run_as_owner, restore, 0)
    assert "whole" in _verify()


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_every_kind_of_tampering_is_found(chained, run_as_owner, kind):
    assert "whole" in _verify()
    _tamper(run_as_owner, TAMPERINGS[kind], 5)
    with pytest.raises(CommandError, match="broken at link"):
        _verify()


def test_ten_random_tamperings_are_found(chained, run_as_owner):
    dice = random.Random(10)
    for _n in range(10):
        _is_found(chained, run_as_owner, dice)


@pytest.mark.long
def test_a_hundred_random_tamperings_are_found(chained, run_as_owner):
    dice = random.Random(100)
    for _n in range(100):
        _is_found(chained, run_as_owner, dice)


def test_only_a_chain_that_has_grown_gets_a_new_anchor(chained, person):
    assert audit_anchor() == 0
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        audit.record("probe.write", by=worker)
    assert audit_anchor() == 1
    assert [one.seq for one in anchors()] == [COUNT, COUNT + 1]
    assert "whole" in _verify()


@pytest.mark.parametrize("change", ["edit", "remove", "insert"])
def test_a_changed_anchor_file_is_named_by_its_line(chained, person, settings, change):
    worker = person("worker")
    for _n in range(2):
        with member_scope(worker, worker.membership.uid):
            audit.record("probe.write", by=worker)
        audit_anchor()
    lines = settings.MSW_ANCHORS.read_text().splitlines()
    if change == "edit":
        lines[1] = json.dumps(json.loads(lines[1]) | {"seq": 1})
    elif change == "remove":
        del lines[1]
    else:
        lines.insert(1, lines[0])
    settings.MSW_ANCHORS.write_text("\n".join(lines) + "\n")
    with pytest.raises(AnchorError, match="^Line 2 of"):
        anchors()
    with pytest.raises(CommandError, match="was changed, or a line before it removed"):
        _verify()


def test_a_half_written_last_line_was_never_an_anchor(chained, person, settings):
    with open(settings.MSW_ANCHORS, "a") as file:
        file.write('{"at": "2026')
    assert [one.seq for one in anchors()] == [COUNT]
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        audit.record("probe.write", by=worker)
    assert audit_anchor() == 1
    assert [one.seq for one in anchors()] == [COUNT, COUNT + 1]


def test_a_full_disk_leaves_whole_lines_and_says_so(chained, person, settings):
    import resource

    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        audit.record("probe.write", by=worker)
    size, limits = settings.MSW_ANCHORS.stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)
    connection.close()
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, limits[1]))
    try:
        with pytest.raises(AnchorError, match="cannot be written"):
            audit_anchor()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert settings.MSW_ANCHORS.stat().st_size == size
    assert audit_anchor() == 1
