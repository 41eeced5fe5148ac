"""Postings are what a recomputation says: after every change, and after a rebuild beside ordinary work."""

import random
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from cases.models.people import Client, Episode
from cases.services.clients import client_amend, client_register, client_search
from cases.services.intake import episode_record
from cases.services.people import grams_of_client, index_client
from departments.models.queues import SearchPosting
from departments.services import rebuilding
from departments.services.entering import member_scope
from departments.services.searching import KINDS, find, hold_object
from msw_portal.kernel.crypto import organization_uid
from msw_portal.kernel.grams import gram_hashes
from tests.factories.cases import make_client

SURNAMES = ("王", "单", "仇", "曾", "解", "歐陽", "尉迟", "𠮷", "阿卜杜拉·", "Ｊosé ", "呂")
LETTERS = "丽华明強重乐桂芳𠀀𠮷买提解曾行长還"


def a_name(chance: random.Random) -> str:
    given = "".join(chance.choices(LETTERS, k=chance.randint(1, 3)))
    return chance.choice(SURNAMES) + given


def differing(organization_id: int) -> list[int]:
    """Persons whose postings are not those of a recomputation from their own rows."""
    have: dict[int, set[int]] = {}
    rows = SearchPosting.objects.filter(organization_id=organization_id, kind=KINDS["client"])
    for pk, gram in rows.values_list("object_id", "gram"):
        have.setdefault(pk, set()).add(gram)
    people = Client.objects.filter(organization_id=organization_id)
    wanted = {
        one.pk: grams_of_client(
            one, [stay.mrn or "" for stay in Episode.objects.filter(client=one)]
        )
        for one in people
    }
    return [pk for pk in have.keys() | wanted.keys() if have.get(pk) != wanted.get(pk)]


def registered(by, name: str) -> Client:
    made = client_search(name=name, by=by)
    return client_register(
        name=name, sex="0", id_type="none", birth_unknown=True, searched=made.uid, by=by
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_random_names_and_changes_leave_what_a_recomputation_says(seed, worker, acting, rows):
    chance = random.Random(seed)
    with acting(worker):
        people = [registered(worker, a_name(chance)) for _n in range(4)]
        for turn in range(8):
            person = chance.choice(people)
            match turn % 3:
                case 0:
                    client_amend(client=person, name=a_name(chance), by=worker)
                case 1:
                    phone = f"138{chance.randrange(10**8):08d}"
                    client_amend(client=person, phone=chance.choice(["", phone]), by=worker)
                case _:
                    episode_record(
                        client=person,
                        visit_type="inpatient",
                        mrn=f"Z{seed}{turn:05d}",
                        bed="1",
                        admitted_on=timezone.localdate(),
                        by=worker,
                    )
        kept, merged = people[:2]
        rows("UPDATE cases_client SET root_id = %s WHERE id = %s", kept.pk, merged.pk)
        index_client(Client.objects.get(pk=merged.pk))
        assert differing(worker.house_id) == []


@pytest.mark.django_db
def test_the_rarest_gram_leads_and_the_newest_come_first(worker, acting):
    with acting(worker):
        people = [registered(worker, f"王{c}{c}") for c in "一二三四五"]
        registered(worker, "一王王")
        house = worker.house_id

        def asked(*grams, **more):
            hashes = gram_hashes(set(grams), organization=organization_uid(house))
            return find(organization_id=house, kind="client", grams=hashes, **more)

        newest = [one.pk for one in reversed(people)]
        assert asked(("n1", "王"), limit=3)[1:] == newest[:2]
        assert asked(("n1", "王"), ("n1", "三")) == [people[2].pk]
        assert asked(("n1", "王"), ("n1", "丁")) == []
        assert asked(("n1", "王"), among=[people[0].pk, people[3].pk]) == [
            people[3].pk,
            people[0].pk,
        ]
        assert asked(("n1", "王"), among=[]) == []


def test_a_rebuild_mends_what_is_wrong_while_names_are_changed(own_database, person, run_as_owner):
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        people = [make_client(worker, name=f"演示第{n}") for n in range(30)]
        known = registered(worker, "演示改名")
        house = worker.house_id
    run_as_owner("DELETE FROM departments_searchposting WHERE gram & 1 = 0")

    def rename() -> None:
        user = person("worker")
        try:
            for turn in range(12):
                with member_scope(user, user.membership.uid):
                    client_amend(client=known, name=f"演示改名{'一二三四'[turn % 4]}", by=user)
        finally:
            connections.close_all()

    said = StringIO()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(rename)
        call_command("rebuild_search", stdout=said)
        writing.result(60)
    call_command("rebuild_search", organization=house, stdout=said)
    assert f"house {house}, client: 1 pages, 0 left" in said.getvalue()
    with member_scope(worker, worker.membership.uid):
        assert differing(house) == []
        assert len(people) == 30


def test_a_record_that_stays_locked_is_told(own_database, person, monkeypatch):
    monkeypatch.setattr(rebuilding, "ROUNDS", 2)
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        one = registered(worker, "演示锁住")
    held, ready, done = ThreadPoolExecutor(1), Event(), Event()

    def hold() -> None:
        user = person("worker")
        try:
            with member_scope(user, user.membership.uid):
                hold_object(kind="client", object_id=one.pk)
                ready.set()
                done.wait(60)
        finally:
            connections.close_all()

    holding = held.submit(hold)
    ready.wait(30)
    try:
        with pytest.raises(CommandError, match="1 records were being written"):
            call_command("rebuild_search", stdout=StringIO())
    finally:
        done.set()
        holding.result(60)


LARGE = """
INSERT INTO departments_searchposting (organization_id, gram, kind, object_id)
SELECT %s, g.gram, 1, n FROM generate_series(1000000, 1059999) n,
  LATERAL (VALUES (%s::bigint), ((n %% 300)::bigint), ((n %% 7 + 1000)::bigint)) g(gram)
"""


def test_a_common_surname_among_many_is_an_index_range(own_database, person, run_as_owner):
    """60,000 postings of one gram: the plan reads a few rows of the key, never the table."""
    worker = person("worker")
    common = 123456789
    run_as_owner(LARGE, worker.membership.organization_id, common)
    run_as_owner("ANALYZE departments_searchposting")
    plans = []

    def explained(execute, sql, params, many, context):
        if "departments_searchposting" in sql and sql.startswith("SELECT"):
            execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params, many, context)
            plans.append(context["cursor"].fetchone()[0][0]["Plan"])
        return execute(sql, params, many, context)

    with member_scope(worker, worker.membership.uid), connection.execute_wrapper(explained):
        house = worker.house_id
        assert find(organization_id=house, kind="client", grams=[common], limit=7) == list(
            range(1059999, 1059992, -1)
        )
        both = find(organization_id=house, kind="client", grams=[common, 5, 1003], limit=7)
        assert both == [n for n in range(1059999, 999999, -1) if n % 300 == 5 and n % 7 == 3][:7]
    assert len(plans) == 3
    for plan in plans:
        nodes, waiting = [], [plan]
        while waiting:
            node = waiting.pop()
            nodes.append(node)
            waiting += node.get("Plans", [])
        assert [n for n in nodes if n["Node Type"] in ("Seq Scan", "Parallel Seq Scan")] == []
        most = max(n["Actual Rows"] * n["Actual Loops"] for n in nodes)
        assert most <= 12000, plan
