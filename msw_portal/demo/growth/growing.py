"""The order in which a large world grows out of the lived year. As the owner; two processes."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from cases.models.casework import Case
from departments.models.numbers import NumberSequence
from departments.models.organizations import Organization, OrganizationSetting
from departments.models.queues import SearchPosting
from departments.models.trail import AuditEntry, AuditLink
from departments.services.entering import house_scope
from donations.models.ledger import DonationLot, LedgerAccount, LotBalance
from msw_portal.demo import world
from msw_portal.demo.growth import deriving, loading, people, tenants
from msw_portal.demo.growth.plan import YEARS, Coming, Planner, shares
from msw_portal.demo.growth.printing import Copier, Model, Numbers, Printer, print_gifts
from msw_portal.demo.growth.stock import Stock, gather
from msw_portal.demo.growth.tenants import Tenant
from msw_portal.demo.places import FOUNDATION
from msw_portal.kernel.scope import INSTALLATION

GROWING = "demo_growing"
LIVED = 600  # so many cases live through the services and in bulk before the stamping begins
PROCESSES = 2
DERIVED = {SearchPosting, AuditEntry, AuditLink, LedgerAccount, LotBalance}


def is_broken_off() -> bool:
    """Whether a world stopped growing half-way: it must be made anew."""
    return OrganizationSetting.objects.filter(organization_id=INSTALLATION, key=GROWING).exists()


def grow(*, size: int, seed: int, tell: world.Tell) -> None:
    """Let the demo world that stands grow to `size` cases in twenty houses.

    The tables are bare meanwhile; a run that is broken off leaves its mark and a world of no use.
    """
    done = world.Progress(tell)
    _mark()
    with transaction.atomic():
        pattern, second = tenants.known_hospitals()
        houses = tenants.open_tenants(pattern, second)
        stock = gather(pattern)
    done(f"{len(houses)} hospitals, {len(stock.patterns)} patterns")
    plans, planner = _plans(houses, stock, size, seed)
    names = people.names(seed, sum(map(len, plans.values())))
    with transaction.atomic():
        models = stock.models | DERIVED
        free = loading.next_ids(models)
        dress = loading.undress(models)
    done(f"{sum(map(len, plans.values()))} persons drawn, tables bare")
    load = _Load(stock, plans, planner.gift_copies, names, free, seed)
    _both(load.print, load.split())
    _analyze(AuditEntry, AuditLink)
    done("rows copied")
    _both(deriving.chain, _dealt(_houses_by_entries()))
    done("audit chains folded")
    _both(lambda tables: loading.put_on(dress, tables), _dealt(_tables_by_size(dress.tables)))
    done("keys and indexes")
    with transaction.atomic():
        deriving.balances()
        deriving.nothing_compared()
    with transaction.atomic():
        loading.tie(dress)
        loading.set_sequences(models)
    done("balances, foreign keys proved, triggers on")
    with transaction.atomic():
        deriving.rollups()
    done("roll-ups")
    _vacuum()
    done("analyzed")
    _unmark(size)


@dataclass
class _Load:
    """What both processes print from; they part after it is made."""

    stock: Stock
    plans: dict[Tenant, list[Coming]]
    gift_copies: int
    names: Any
    free: dict[Model, int]
    seed: int

    def split(self) -> list[list[Tenant]]:
        """Houses for each process, about as many cases; the gifts go with the last."""
        weights = {
            house: sum(len(coming.visits) for coming in plan) for house, plan in self.plans.items()
        }
        return _dealt(sorted(weights.items(), key=lambda pair: -pair[1]))

    def print(self, houses: Sequence[Tenant]) -> None:
        """One process: its houses, with ids of its own."""
        next_ids = self._first_ids(houses)
        copier, is_last = Copier(), houses == self.split()[-1]
        with transaction.atomic():
            for house in houses:
                numbers = Numbers(house.code, _taken(house.id))
                printer = Printer(
                    stock=self.stock,
                    tenant=house,
                    names=self.names,
                    numbers=numbers,
                    next_ids=next_ids,
                    lots_from=self.free[DonationLot],
                    seed=self.seed,
                    copier=copier,
                )
                for coming in self.plans[house]:
                    printer.person(coming)
                deriving.numbers(house.id, numbers.last)
            if is_last:
                self._gifts(next_ids, copier)
            copier.close()

    def _gifts(self, next_ids: dict[Model, int], copier: Copier) -> None:
        foundation = Organization.objects.get(name=FOUNDATION)
        numbers = Numbers(foundation.code, _taken(foundation.pk))
        print_gifts(
            self.stock,
            copies=self.gift_copies,
            years=YEARS,
            numbers=numbers,
            next_ids=next_ids,
            copier=copier,
            seed=self.seed,
        )
        deriving.numbers(foundation.pk, numbers.last)

    def _first_ids(self, houses: Sequence[Tenant]) -> dict[Model, int]:
        """The free ids after those of the processes before this one."""
        first = Counter(self.free)
        for others in self.split():
            if list(others) == list(houses):
                break
            for house in others:
                for coming in self.plans[house]:
                    pattern = self.stock.patterns[coming.family]
                    first.update(pattern.person.counts())
                    for visit in coming.visits:
                        first.update((pattern.then if visit.years else pattern.now).counts())
        return {model: first[model] for model in self.free}


def _plans(
    houses: Sequence[Tenant], stock: Stock, size: int, seed: int
) -> tuple[dict[Tenant, list[Coming]], Planner]:
    with transaction.atomic():
        stand = Counter(
            Case.objects.filter(organization__in=[house.id for house in houses]).values_list(
                "organization_id", flat=True
            )
        )
    numbered = list(enumerate(stock.patterns))
    planner = Planner(
        seed=seed,
        current=[place for place, _one in numbered],
        plain=[place for place, one in numbered if one.then and not one.is_asking],
        asking=[place for place, one in numbered if one.then and one.is_asking],
    )
    wanted = {
        house: round(size * share) for house, share in zip(houses, shares(len(houses)), strict=True)
    }
    return {
        house: planner.house(house.number, max(0, count - stand[house.id]))
        for house, count in wanted.items()
    }, planner


def _taken(house: int) -> dict[tuple[str, str], int]:
    rows = NumberSequence.objects.filter(organization_id=house).values_list(
        "kind", "period", "next"
    )
    return {(kind, period): following - 1 for kind, period, following in rows}


def _both(work: Callable[[Any], None], shares_of: Sequence[Any]) -> None:
    """One process per share, each with a connection of its own; raises when one fails."""
    connection.close()
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=work, args=(share,)) for share in shares_of if share]
    for process in running:
        process.start()
    for process in running:
        process.join()
    if any(process.exitcode for process in running):
        raise RuntimeError("a process of the load failed: its words stand above")


def _dealt(weighted: Sequence[tuple[Any, float]]) -> list[list[Any]]:
    """Things in as many heaps as there are processes, each thing on the lighter heap; heaviest first."""
    heaps: list[list[Any]] = [[] for _n in range(PROCESSES)]
    weights = [0.0] * PROCESSES
    for thing, weight in weighted:
        lighter = weights.index(min(weights))
        heaps[lighter].append(thing)
        weights[lighter] += weight
    return heaps


def _houses_by_entries() -> list[tuple[int, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, count(*) FROM departments_auditentry GROUP BY 1 ORDER BY 2 DESC"
        )
        return cursor.fetchall()


def _tables_by_size(tables: Sequence[str]) -> list[tuple[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pg_table_size(name::regclass) FROM unnest(%s) name ORDER BY 2 DESC",
            [list(tables)],
        )
        return cursor.fetchall()


def _mark() -> None:
    with house_scope(INSTALLATION):
        OrganizationSetting(
            organization_id=INSTALLATION,
            key=GROWING,
            value={"since": time.strftime("%Y-%m-%d %H:%M")},
        ).save(force_insert=True)


def _unmark(size: int) -> None:
    with house_scope(INSTALLATION):
        marks = OrganizationSetting.objects.filter(organization_id=INSTALLATION)
        marks.filter(key=GROWING).delete()
        mark = marks.get(key=world.MARKER)
        mark.value["size"] = size
        mark.save(update_fields=["value"])


def _analyze(*models: Model) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in models)}")


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("VACUUM (ANALYZE)")
