"""`python -m benchmarks.rollups`: what keeping the figures costs a writer, and what reading them costs at any size.

Run it on a demo world that is thrown away. Writes are taken with the triggers of the roll-ups on and off in
alternating blocks of the same run: contacts through the service of the page (lock, constraints, postings, task,
audit), 10,000 contacts in one statement, and 32 writers of one house. The time of a writer is the processor time
of its backend as the kernel counts it (`/proc/<pid>/schedstat`), which neighbours on the machine do not lengthen;
the throughput of the 32 is by the clock. Reads are EXPLAIN ANALYZE of the board's one statement, of every part and
of one ward, over what is there. Adds its lines to benchmarks/rollups.json.
"""

import argparse
import datetime as dt
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "rollups.json"
BLOCKS, PER_BLOCK, BATCH = 14, 60, 10_000
WRITERS, SECONDS, ROUNDS = 32, 6, 6
NANO = 1e9
COPIED = """
    INSERT INTO cases_contact ({columns})
    SELECT {values} FROM (SELECT * FROM cases_contact WHERE id = ANY(%(ids)s)) c
      CROSS JOIN generate_series(1, %(times)s) n
"""


def _switch(on: bool) -> None:
    """The triggers of the roll-ups on or off, by the owner of the tables."""
    words = [sys.executable, "-m", "benchmarks.rollups", "--switch", "on" if on else "off"]
    subprocess.run(words, env={**os.environ, "MSW_AS_OWNER": "1"}, check=True)


def switch(word: str) -> None:
    from django.db import connection

    verb = "ENABLE" if word == "on" else "DISABLE"
    with connection.cursor() as cursor:
        for event in ("insert", "update", "delete"):
            cursor.execute(f"ALTER TABLE cases_contact {verb} TRIGGER rollup_{event}")


def _backend() -> Path:
    from django.db import connection

    connection.ensure_connection()
    return Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")


def _spent(backend: Path) -> float:
    """Seconds of processor the backend has used."""
    return int(backend.read_text(encoding="ascii").split()[0]) / NANO


def _workplace() -> tuple[Any, list[Any]]:
    """The worker with the most open cases, and up to fifty of them."""
    from django.db.models import Count

    from cases.models.casework import Case
    from cases.workflow import CaseStage
    from departments.models.organizations import Organization
    from departments.models.people import Membership, User
    from departments.services.entering import house_scope, member_scope
    from msw_portal.kernel.scope import scope

    with scope(role="system"):
        house = Organization.objects.get(code=os.environ.get("BENCH_HOUSE", "SLYY"))
    with house_scope(house.pk, care=True):
        ranked = (
            Case.objects.filter(
                organization_id=house.pk, stage=CaseStage.INTERVENTION, compartment_id=None
            )
            .values("worker_id")
            .annotate(n=Count("id"))
            .order_by("-n")
        )
        user = User.objects.get(pk=ranked[0]["worker_id"])
    with scope(user=user.pk):
        user.membership = Membership.objects.filter(
            user=user, organization=house, role="worker"
        ).first()
    with member_scope(user, user.membership.uid):
        cases = list(
            Case.objects.filter(
                organization_id=house.pk,
                worker=user,
                stage=CaseStage.INTERVENTION,
                compartment_id=None,
            )[:50]
        )
    return user, cases


def _write(user: Any, cases: list[Any], count: int) -> None:
    from cases.services.contacts import contact_record
    from departments.services.entering import member_scope

    for n in range(count):
        with member_scope(user, user.membership.uid):
            contact_record(
                case=cases[n % len(cases)],
                occurred_on=dt.date.today(),  # noqa: DTZ011 - the day of the machine
                minutes=30,
                mode="ward_visit",
                target="client",
                facts="基准：床旁面谈，了解费用情况。",
                by=user,
            )


def single(user: Any, cases: list[Any]) -> dict[str, float]:
    """Processor milliseconds of the backend per contact, with and without, and their ratio.

    Of every contact by itself the lower quartile: neighbours lengthen a write (caches), and shorten none.
    """
    backend, found = _backend(), {True: [], False: []}
    _write(user, cases, PER_BLOCK)
    for block in range(BLOCKS):
        on = block % 2 == 0
        _switch(on)
        _write(user, cases, 5)
        for number in range(PER_BLOCK):
            began = _spent(backend)
            _write(user, [cases[number % len(cases)]], 1)
            found[on].append((_spent(backend) - began) * 1000)
    with_, without = (statistics.quantiles(found[on], n=4)[0] for on in (True, False))
    return {
        "with_ms": round(with_, 3),
        "without_ms": round(without, 3),
        "tax": round(with_ / without - 1, 3),
    }


def batch(user: Any, cases: list[Any]) -> dict[str, float]:
    """The same of 10,000 contacts in one statement, on fifty cases."""
    from django.db import connection, transaction

    from cases.models.work import Contact
    from departments.services.entering import member_scope

    names = [
        field.column
        for field in Contact._meta.concrete_fields
        if field.column not in {"id", "uid", "entry_key"}
    ]
    backend, found = _backend(), {True: [], False: []}
    with member_scope(user, user.membership.uid):
        ids = [Contact.objects.filter(case=case, created_by=user).latest("id").pk for case in cases]
    sql = COPIED.format(
        columns=", ".join(["uid", *names]),
        values=", ".join(["gen_random_uuid()", *(f"c.{name}" for name in names)]),
    )
    for turn in range(6):
        on = turn % 2 == 0
        _switch(on)
        began = _spent(backend)
        with member_scope(user, user.membership.uid), connection.cursor() as cursor:
            cursor.execute(sql, {"ids": ids, "times": BATCH // len(ids)})
            found[on].append(_spent(backend) - began)
            transaction.set_rollback(True)
    with_, without = min(found[True]), min(found[False])
    return {
        "with_s": round(with_, 3),
        "without_s": round(without, 3),
        "tax": round(with_ / without - 1, 3),
    }


def _writer(number: int, user: Any, cases: list[Any], gate: Any, counts: Any) -> None:
    """One of the 32, on cases of its own turn: writes while a round lasts, as many rounds as there are."""
    _write(user, cases[number % len(cases) :], 1)
    for _round in range(ROUNDS):
        gate.wait()
        count, until = 0, time.monotonic() + SECONDS
        while time.monotonic() < until:
            _write(user, [cases[(number + count) % len(cases)]], 1)
            count += 1
        counts[number] = count
        gate.wait()


def together(user: Any, cases: list[Any]) -> dict[str, Any]:
    """Contacts a second of 32 writers of one house, with and without, in turns; the best of each counts.

    The writers are forks of this process and live through all rounds; a gate that stays shut for a minute ends
    the run.
    """
    from django.db import connections

    connections.close_all()
    ways = multiprocessing.get_context("fork")
    gate, counts = ways.Barrier(WRITERS + 1, timeout=60), ways.Array("i", WRITERS)
    team = [
        ways.Process(target=_writer, args=(number, user, cases, gate, counts), daemon=True)
        for number in range(WRITERS)
    ]
    for one in team:
        one.start()
    found: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(ROUNDS):
        on = turn % 2 == 0
        _switch(on)
        gate.wait()
        gate.wait()
        found[on].append(round(sum(counts) / SECONDS, 1))
    for one in team:
        one.join(30)
    with_, without = max(found[True]), max(found[False])
    return {
        "with_per_s": found[True],
        "without_per_s": found[False],
        "kept": round(with_ / without, 3),
    }


def reads(user: Any) -> dict[str, Any]:
    """Milliseconds the server says of the one statement of the head's board: each part, and one ward of the first."""
    from django.db import connection

    from departments.models.organizations import Department
    from departments.models.people import Membership, User
    from departments.services.entering import member_scope
    from msw_portal.kernel.scope import scope
    from reports.services.boards.asking import asking_of
    from reports.services.boards.parts import HOSPITAL
    from reports.services.boards.reading import board_asked

    figures: dict[str, Any] = {}
    with scope(user=user.pk, org=user.membership.organization_id):
        seat = Membership.objects.filter(
            organization_id=user.membership.organization_id, role="dept_head"
        ).first()
        head = User.objects.get(pk=seat.user_id)
    today = dt.date.today()  # noqa: DTZ011
    with member_scope(head, seat.uid) as acting, connection.cursor() as cursor:
        house = acting.organization_id
        ward = Department.objects.filter(organization_id=house, kind="ward").first()
        queries = {part: {"part": part} for part in HOSPITAL}
        if ward is not None:
            queries["ward"] = {"only": f"ward:{ward.uid}"}
        for name, query in queries.items():
            asking = asking_of(query, parts=list(HOSPITAL), today=today, may_filter=True)
            sql, asked = board_asked(
                by=head, part=HOSPITAL[asking.part], asking=asking, today=today, may_filter=True
            )
            taken = []
            for _round in range(9):
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", asked)
                made = cursor.fetchone()[0][0]
                taken.append(made["Execution Time"])
            figures[f"{name}_ms"] = round(statistics.median(taken), 3)
            figures[f"{name}_rows"] = made["Plan"]["Actual Rows"]
        cursor.execute("SELECT count(*) FROM cases_case WHERE organization_id = %s", [house])
        figures["cases"] = cursor.fetchone()[0]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switch", choices=("on", "off"))
    parser.add_argument("--only", default="reads,single,batch,together")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
    import django

    django.setup()
    if asked.switch:
        return switch(asked.switch)
    user, cases = _workplace()
    figures: dict[str, Any] = {}
    try:
        for name in asked.only.split(","):
            figures[name] = (
                reads(user)
                if name == "reads"
                else {"single": single, "batch": batch, "together": together}[name](user, cases)
            )
            print(name, json.dumps(figures[name]), flush=True)
    finally:
        _switch(True)
    past = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    RESULTS.write_text(json.dumps([*past, figures], indent=1) + "\n", encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
