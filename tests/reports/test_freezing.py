"""A closed month is kept as it was told; a later correction stands beside it; the authority sees no small number."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from departments.models.organizations import OrganizationSetting
from departments.services.entering import house_scope
from reports.models import IndicatorSnapshot
from reports.services.freezing import (
    MONTHS,
    freeze_day,
    house_months,
    houses_that_count,
    months_sweep,
)
from reports.services.monthly import month_freeze
from tests.factories.cases import make_case, make_client, make_episode

LAST = (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def _late() -> dt.date:
    """A day of the running month on which the last one is frozen."""
    return timezone.localdate().replace(day=20)


def _opened(day=3):
    return timezone.make_aware(dt.datetime.combine(LAST.replace(day=day), dt.time(9)))


def _cases(worker, count, **given):
    for _n in range(count):
        person = make_client(worker)
        make_case(
            worker,
            client=person,
            episode=make_episode(person, worker, **given),
            opened_at=_opened(),
        )


def _freeze(hospital):
    house = next(one for one in houses_that_count() if one.pk == hospital.pk)
    with house_scope(hospital.pk, care=True):
        return house_months(house=house, today=_late())


def _rows(hospital, **where):
    with house_scope(hospital.pk):
        rows = IndicatorSnapshot.objects.filter(period__startswith=LAST, **where)
        return list(rows.order_by("version", "pk"))


def test_a_month_is_frozen_in_total_and_by_each_dimension_once(worker, acting, hospital):
    with acting(worker):
        _cases(worker, 6)
    assert _freeze(hospital) > 0
    total = _rows(hospital, indicator="case_new", cut="total", released_at=None)
    assert [(row.value, row.n, row.version) for row in total] == [(Decimal(6), 6, 1)]
    disease = _rows(hospital, indicator="case_new", cut="disease", released_at=None)
    assert [(row.dims, row.value) for row in disease] == [({"disease": "leukaemia"}, Decimal(6))]
    assert _freeze(hospital) == 0


def test_a_late_entry_becomes_a_restatement_that_names_what_it_restates(worker, acting, hospital):
    with acting(worker):
        _cases(worker, 6)
    _freeze(hospital)
    with acting(worker):
        _cases(worker, 1)
    assert _freeze(hospital) > 0
    first, second = _rows(hospital, indicator="case_new", cut="total", released_at=None)
    assert (first.value, second.value, second.version) == (Decimal(6), Decimal(7), 2)
    assert second.restates_id == first.pk
    with house_scope(hospital.pk):
        newest = IndicatorSnapshot.objects.newest().filter(
            indicator="case_new", cut="total", released_at=None
        )
        assert [row.value for row in newest.filter(period__startswith=LAST)] == [Decimal(7)]


def test_what_is_small_is_hidden_in_the_copies_of_the_authority_alone(
    worker, acting, hospital, authority
):
    with acting(worker):
        _cases(worker, 7, disease_group="leukaemia")
        _cases(worker, 6, disease_group="kidney")
        _cases(worker, 2, disease_group="rare")
    _freeze(hospital)
    whole = _rows(hospital, indicator="case_new", cut="disease", released_at=None)
    assert sorted(row.n for row in whole) == [2, 6, 7]
    with acting(authority):
        seen = IndicatorSnapshot.objects.visible_to(authority).filter(period__startswith=LAST)
        total = seen.get(indicator="case_new", cut="total")
        parts = {
            row.dims["disease"]: row.value
            for row in seen.filter(indicator="case_new", cut="disease")
        }
        assert total.value == Decimal(15)
        # Two are hidden: one alone would follow from the total.
        assert parts == {"leukaemia": Decimal(7), "kidney": None, "rare": None}
        assert not seen.filter(cut__in=["ward", "department", "worker"]).exists()
        assert not seen.filter(indicator__in=["mandatory_reports", "emotional_load"]).exists()


def test_the_frozen_months_of_another_house_are_not_seen(worker, acting, hospital, other_head):
    with acting(worker):
        _cases(worker, 6)
    _freeze(hospital)
    with acting(other_head):
        assert not IndicatorSnapshot.objects.exists()


def test_the_monthly_report_and_the_library_keep_their_cells_apart(worker, head, acting, hospital):
    with acting(worker):
        _cases(worker, 6)
    _freeze(hospital)
    with acting(head):
        _at, cells = month_freeze(first=LAST, by=head)
    assert sum(cell.n for cell in cells["case_new"]) == 6
    assert _freeze(hospital) == 0


def test_the_month_before_waits_for_the_day_the_house_sets(hospital):
    first = timezone.localdate().replace(day=1)
    with house_scope(hospital.pk):
        third = freeze_day(hospital.pk, first)
        OrganizationSetting.objects.create(
            organization_id=hospital.pk, key="reports.freeze_workday", value=6
        )
        assert first < third < freeze_day(hospital.pk, first)


def test_before_that_day_only_older_months_are_frozen(worker, acting, hospital):
    house = next(one for one in houses_that_count() if one.pk == hospital.pk)
    first = timezone.localdate().replace(day=1)
    with house_scope(hospital.pk, care=True):
        house_months(house=house, today=first)
        months = set(IndicatorSnapshot.objects.values_list("period__startswith", flat=True))
    assert LAST not in months
    assert len(months) == MONTHS - 1


@pytest.mark.parametrize("name", ["hospital", "other_hospital"])
def test_the_sweep_visits_every_house(name, request, hospital, other_hospital):
    assert months_sweep(today=_late()) > 0
    with house_scope(request.getfixturevalue(name).pk):
        assert IndicatorSnapshot.objects.filter(cut="total").exists()
