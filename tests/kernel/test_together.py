"""Several querysets in one statement: the same objects as one by one, for every column of every table."""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    IntegerRangeField,
)
from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext
from psycopg2.extras import Range

from cases.models.casework import Case
from cases.models.consents import Consent
from cases.models.work import Contact, Need
from departments.models.people import User
from msw_portal.kernel.together import together
from tests.cases.pages import make_file
from tests.factories.cases import make_case, make_contact, make_need

pytestmark = pytest.mark.django_db


def _same(one: models.Model, other: models.Model) -> bool:
    return all(
        _plain(getattr(one, field.attname)) == _plain(getattr(other, field.attname))
        and type(getattr(one, field.attname)) is type(getattr(other, field.attname))
        for field in one._meta.concrete_fields
    )


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.parametrize("app", ["departments", "cases", "volunteers", "projects", "donations"])
def test_every_table_comes_back_as_it_does_alone(app, worker, head, acting):
    make_file(worker, head, acting)
    differ = []
    with acting(worker):
        for model in apps.get_app_config(app).get_models():
            alone, joined = (
                list(model._base_manager.order_by("pk")[:20]),
                model._base_manager.order_by("pk")[:20],
            )
            together(joined)
            is_equal = [one.pk for one in joined] == [one.pk for one in alone]
            if not is_equal or not all(map(_same, joined, alone)):
                differ.append(model._meta.label)
    assert differ == []


def test_many_lists_are_one_statement(worker, head, acting):
    file = make_file(worker, head, acting)
    with acting(worker):
        make_contact(file.case, worker)
        make_need(file.case, worker)
        lists = [
            Contact.objects.visible_to(worker)
            .filter(case=file.case)
            .select_related("created_by", "case__client"),
            Need.objects.visible_to(worker).filter(case=file.case),
            Consent.objects.visible_to(worker).of_person(file.client),
            Case.objects.listed_to(worker).with_list_facts(),
            Case.objects.none(),
        ]
        alone = [list(rows.all()) for rows in lists]
        with CaptureQueriesContext(connection) as seen:
            together(*lists)
            assert [list(rows) for rows in lists] == alone
            assert [one.created_by.display_name for one in lists[0]] == [
                one.created_by.display_name for one in alone[0]
            ]
            assert lists[0][0].case.client.name_masked == file.client.name_masked
            assert [one.need_codes for one in lists[3]] == [one.need_codes for one in alone[3]]
            assert [one.next_due_at for one in lists[3]] == [one.next_due_at for one in alone[3]]
        assert len(seen) == 1


def test_a_list_can_be_narrowed_again_afterwards(worker, acting):
    with acting(worker):
        case = make_case(worker)
        rows = Case.objects.visible_to(worker)
        together(rows)
        assert list(rows.filter(pk=case.pk)) == [case]
        assert rows.count() == 1


SHANGHAI_NOON = "2026-02-28 12:30:15.123456+08"
VALUES = {
    "number": ("42", models.IntegerField()),
    "large number": ("9223372036854775807", models.BigIntegerField()),
    "amount": (
        "'1234567890.10'::numeric(14,2)",
        models.DecimalField(max_digits=14, decimal_places=2),
    ),
    "whole amount": ("12.00::numeric(14,2)", models.DecimalField(max_digits=14, decimal_places=2)),
    "small amount": (
        "0.0000000001::numeric",
        models.DecimalField(max_digits=20, decimal_places=10),
    ),
    "float": ("0.1::float8", models.FloatField()),
    "whole float": ("3::float8", models.FloatField()),
    "yes": ("true", models.BooleanField()),
    "text": ("E'引号 \" 反斜杠 \\\\ 换行\\n𠮷·'", models.TextField()),
    "digits as text": ("'007'", models.CharField(max_length=9)),
    "day": ("'2026-02-28'::date", models.DateField()),
    "instant": (f"'{SHANGHAI_NOON}'::timestamptz", models.DateTimeField()),
    "time": ("'23:59:59.5'::time", models.TimeField()),
    "uid": ("'019acb31-5800-71c8-a38b-e4ca24f5ea94'::uuid", models.UUIDField()),
    "bytes": ("'\\x00ff5c78'::bytea", models.BinaryField()),
    "no bytes": ("''::bytea", models.BinaryField()),
    "json": (
        """'{"n": 1.50, "m": 1e2, "l": [null, true, "中"], "big": 12345678901234567890}'::jsonb""",
        models.JSONField(),
    ),
    "json text": ("""'"2026-02-28"'::jsonb""", models.JSONField()),
    "json null": ("'null'::jsonb", models.JSONField()),
    "words": ("ARRAY['a,b', '\"', NULL, '']", ArrayField(models.CharField(max_length=9))),
    "no words": ("ARRAY[]::varchar[]", ArrayField(models.CharField(max_length=9))),
    "numbers": ("ARRAY[3, NULL]::bigint[]", ArrayField(models.BigIntegerField())),
    "days": ("ARRAY['2026-02-28']::date[]", ArrayField(models.DateField())),
    "amounts": (
        "ARRAY[1.10, 2]::numeric[]",
        ArrayField(models.DecimalField(max_digits=9, decimal_places=2)),
    ),
    "table": ("ARRAY[[1,2],[3,4]]", ArrayField(ArrayField(models.IntegerField()))),
    "days from to": ("'[2026-01-01,2026-02-01)'::daterange", DateRangeField()),
    "days from": ("'[2026-01-01,)'::daterange", DateRangeField()),
    "no days": ("'empty'::daterange", DateRangeField()),
    "instants": (f"tstzrange('{SHANGHAI_NOON}', NULL, '()')", DateTimeRangeField()),
    "numbers from to": ("'[1,5)'::int4range", IntegerRangeField()),
    "large numbers from": ("'[5,)'::int8range", BigIntegerRangeField()),
    "amounts from to": ("'(1.10,2.5]'::numrange", DecimalRangeField()),
}


def _value(sql: str, field: models.Field) -> tuple[object, object]:
    """What the expression is alone, and fetched together with another list."""
    expression = RawSQL(f"({sql})", [], output_field=field)  # noqa: S611 - the expressions above
    rows = User.objects.annotate(value=expression).order_by("pk")
    alone, joined = rows[:1].get().value, rows[:1]
    together(joined, User.objects.none(), User.objects.order_by("pk")[:2])
    return alone, joined[0].value


def _kinds(value: object) -> object:
    """The type, and those of what is in it."""
    if isinstance(value, list):
        return [_kinds(one) for one in value]
    if isinstance(value, dict):
        return {name: _kinds(one) for name, one in value.items()}
    if isinstance(value, Range):
        return type(value), type(value.lower), type(value.upper), value._bounds
    return type(value), getattr(value, "tzinfo", None)


@pytest.mark.parametrize(("sql", "field"), VALUES.values(), ids=VALUES)
def test_a_value_is_what_the_driver_gives(sql, field, worker, acting):
    with acting(worker):
        alone, joined = _value(sql, field)
    assert _plain(joined) == _plain(alone)
    assert _kinds(joined) == _kinds(alone)
    assert str(_plain(joined)) == str(_plain(alone))  # 12.00 is not 12


@pytest.mark.parametrize(
    "field", {type(field): field for _sql, field in VALUES.values()}.values(), ids=str
)
def test_nothing_is_nothing_for_every_type(field, worker, acting):
    with acting(worker):
        assert _value("NULL", field) == (None, None)


def test_a_type_that_is_not_known_is_refused(worker, acting):
    with acting(worker), pytest.raises(TypeError, match="DurationField"):
        _value("'1 day'::interval", models.DurationField())


def test_rows_that_are_no_objects_are_refused(worker, acting):
    with acting(worker), pytest.raises(TypeError, match="values"):
        together(Case.objects.visible_to(worker).values("pk"))


def test_sealed_words_are_opened_and_deferred_columns_stay_away(worker, acting):
    with acting(worker):
        case = make_case(worker)
        need = make_need(case, worker)
        whole = Need.objects.visible_to(worker)
        short = Need.objects.visible_to(worker).select_related("case").defer("statement")
        together(whole, short)
        assert whole[0].statement == need.statement
        assert short[0].get_deferred_fields() == {"statement"}
        assert short[0].case == case
        assert short[0].statement == need.statement


def test_nobody_sees_more_together(worker, other_worker, acting):
    with acting(worker):
        make_need(make_case(worker), worker)
    with acting(other_worker):
        rows, all_rows = Need.objects.visible_to(other_worker), Need.objects.all()
        together(rows, all_rows)
        assert (list(rows), list(all_rows)) == ([], [])


def test_a_list_that_was_read_before_is_not_asked_again(worker, acting):
    with acting(worker):
        rows = User.objects.order_by("pk")
        first = list(rows)
        with CaptureQueriesContext(connection) as seen:
            together(rows, User.objects.none())
        assert len(seen) == 0
        assert rows[0] is first[0]
