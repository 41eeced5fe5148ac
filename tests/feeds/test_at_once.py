"""Real HTTP, two deliveries at one moment: one person, one stay, and the newer facts."""

import json
import threading
import urllib.error
import urllib.request

from tests.conftest import api_client_of, owner_sql
from tests.feeds.conftest import SCOPE, facts


def _put(address: str, token: str, said: dict, seen: list) -> None:
    request = urllib.request.Request(
        f"{address}/api/v1/episodes/ZY90",
        json.dumps(said).encode(),
        {"Authorization": token, "Content-Type": "application/json"},
        method="PUT",
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            seen.append(answer.status)
    except urllib.error.HTTPError as refused:
        seen.append(refused.code)


def test_deliveries_at_one_moment_make_one_person_and_one_stay(portal, own_database):
    client = api_client_of("secadmin", scopes=SCOPE, limit=None)
    token = client.defaults["HTTP_AUTHORIZATION"]
    seen: list[int] = []
    said = [
        facts(
            admitted_on="2026-11-10",
            bed=str(hour),
            id_no="11010119900307002X",
            source_time=f"2026-11-20T{hour:02d}:00:00+08:00",
        )
        for hour in range(8, 16)
    ]
    threads = [threading.Thread(target=_put, args=(portal, token, one, seen)) for one in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200] * 7 + [201]
    assert owner_sql(own_database.name, "SELECT count(*) FROM cases_client") == [(1,)]
    assert owner_sql(own_database.name, "SELECT bed, row_version > 0 FROM cases_episode") == [
        ("15", True)
    ]
