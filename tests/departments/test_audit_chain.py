"""The chain: linked at commit, append-only, and every tampering shows."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from departments import audit
from departments.models.trail import AuditEntry, AuditLink
from departments.services.verifying import audit_verify
from msw_portal.kernel.scope import scope


def _write(acting, worker, count=3):
    for n in range(count):
        with acting(worker):
            audit.record("probe.write", by=worker, n=n)


def test_every_entry_has_its_link(worker, acting, hospital):
    _write(acting, worker)
    with scope(org=hospital.pk, role="auditor"):
        entries = set(AuditEntry.objects.values_list("id", flat=True))
        links = list(AuditLink.objects.order_by("seq").values_list("seq", "entry_id"))
    assert {entry for _seq, entry in links} == entries
    assert [seq for seq, _entry in links] == list(range(1, len(links) + 1))


def test_verification_of_an_untouched_chain_finds_no_break(worker, acting, hospital):
    _write(acting, worker)
    with scope(org=hospital.pk, role="auditor"):
        verified = audit_verify(organization_id=hospital.pk)
    assert (verified.entries, verified.links, verified.first_break) == (3, 3, None)


@pytest.mark.parametrize(
    "sql", ["UPDATE departments_auditentry SET action = 'x'", "DELETE FROM departments_auditentry"]
)
def test_the_web_cannot_change_an_entry(worker, acting, sql):
    _write(acting, worker, 1)
    with acting(worker), pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_worker_reads_no_audit(worker, acting):
    _write(acting, worker, 1)
    with acting(worker):
        assert AuditEntry.objects.count() == 0


def test_the_auditor_reads_the_own_house_only(worker, other_worker, auditor, acting):
    _write(acting, worker, 1)
    _write(acting, other_worker, 1)
    with acting(auditor):
        assert list(
            AuditEntry.objects.filter(action="probe.write").values_list("actor_id", flat=True)
        ) == [worker.pk]


def test_a_value_without_a_stable_text_is_refused(worker, acting):
    with acting(worker), pytest.raises(TypeError):
        audit.record("probe.write", by=worker, who=worker)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE departments_auditentry SET body = '{}' WHERE action = 'probe.write' AND body LIKE '%%1%%'",
        "DELETE FROM departments_auditentry WHERE body LIKE '%%1%%'",
        "UPDATE departments_auditlink SET hash = decode(repeat('00', 32), 'hex') WHERE seq = 2",
        "DELETE FROM departments_auditlink WHERE seq = 2",
    ],
)
def test_what_even_the_owner_changes_is_found(own_database, person, acting, run_as_owner, sql):
    worker = person("worker")
    _write(acting, worker)
    table = "departments_auditlink" if "auditlink" in sql else "departments_auditentry"
    run_as_owner(
        f"ALTER TABLE {table} DISABLE TRIGGER USER; {sql}; ALTER TABLE {table} ENABLE TRIGGER USER"
    )
    with scope(org=worker.membership.organization_id, role="auditor"):
        assert (
            audit_verify(organization_id=worker.membership.organization_id).first_break is not None
        )


def test_parallel_writers_never_fork_the_chain(own_database, person):
    import threading

    from departments.services.entering import member_scope

    worker = person("worker")

    def write():
        mine = person("worker")
        for _n in range(10):
            with member_scope(mine, mine.membership.uid):
                audit.record("probe.write", by=mine)
        connection.close()

    threads = [threading.Thread(target=write) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house = worker.membership.organization_id
    with scope(org=house, role="auditor"):
        verified = audit_verify(organization_id=house)
    assert (verified.entries, verified.links, verified.first_break) == (80, 80, None)
