"""`python -m benchmarks.queueing [ROWS]`: how soon the relay takes what a transaction put in, and how fast it drains.

Beside a running portal on a demo world that is thrown away (`python -m msw_portal.embedded exec -- …`): fifty
notices, each in a transaction of its own, half a second apart, from commit to done as the rows themselves say;
then ROWS at once, from the first commit until none is left. The work of each is a real one: a person is told
once, in a transaction of its own under the house's walls (P19). Adds its line to benchmarks/queueing.json.
"""

import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "queueing.json"


def _put(house: int, person: Any, name: str, rows: int) -> None:
    from django.db import transaction

    from cases.models.casework import Case
    from departments.services.notices import people_tell
    from departments.services.outbox import gathered
    from msw_portal.kernel.scope import scope

    with scope(org=house, role="system"), transaction.atomic():
        subject = Case(pk=1, uid=person.uid)
        with gathered():
            for number in range(rows):
                people_tell(
                    kind="case.assigned", organization_id=house, subject=subject, users=[person.pk],
                    once=f"{name}:{number}",
                )  # fmt: skip


def _rows(name: str) -> list[tuple[Any, Any]]:
    """(put in, done) of the rows of one burst."""
    from departments.models.queues import Outbox
    from msw_portal.kernel.scope import scope

    with scope(role="relay"):
        found = Outbox.objects.filter(topic="notice.tell", payload__once__startswith=f"{name}:")
        return list(found.values_list("created_at", "done_at"))


def _until_done(name: str, rows: int, patience: float = 600) -> list[tuple[Any, Any]]:
    began = time.monotonic()
    while time.monotonic() < began + patience:
        found = _rows(name)
        if len(found) == rows and all(done for _put_in, done in found):
            return found
        time.sleep(0.2)
    raise TimeoutError(name)


def main() -> None:
    import django

    django.setup()
    from benchmarks.routes import person_of

    burst = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    person, run = person_of("a.worker"), f"bench-{os.getpid()}"
    house = person.membership.organization_id
    for number in range(50):
        _put(house, person, f"{run}-{number}", 1)
        time.sleep(0.5)
    waits = sorted(
        (done - put_in).total_seconds()
        for number in range(50)
        for put_in, done in _until_done(f"{run}-{number}", 1)
    )
    _put(house, person, f"{run}-burst", burst)
    found = _until_done(f"{run}-burst", burst)
    lasted = (max(done for _p, done in found) - min(put for put, _d in found)).total_seconds()
    said = {
        "load": round(os.getloadavg()[0], 1),
        "p50_s": round(statistics.median(waits), 3),
        "p95_s": round(waits[int(len(waits) * 0.95)], 3),
        "burst": burst,
        "per_second": round(burst / lasted, 1),
    }
    print(json.dumps(said))
    RESULTS.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
