"""Abstract bases: every table has an id, a birth time and an author; public rows have a uid and a version."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import connection, models
from django.db.models.sql import UpdateQuery
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.ids import uuid7

Model = TypeVar("Model", bound=models.Model)


class ScopedQuerySet(models.QuerySet):
    """A queryset that must say which rows a user may see."""

    def visible_to(self, user: Any) -> Self:
        """The rows `user` may see in the active role; always narrowed by a plain tenant equality."""
        raise TypeError(f"{type(self).__name__} does not say what is visible to {user!r}")

    def locked(self) -> Self:
        """Lock for a write. Never plain FOR UPDATE: it collides with foreign-key checks."""
        return self.select_for_update(no_key=True, of=("self",))


def insert_once(row: models.Model, *, beside: tuple[str, Sequence[Any]] | None = None) -> bool:
    """Insert a new row unless one like it stands, by whatever unique constraint, in one statement; whether it is new.

    `beside` is a write of other rows that the same statement makes, new row or not.
    """
    fields = [one for one in row._meta.concrete_fields if not (one.primary_key and row.pk is None)]
    values = [one.get_db_prep_save(one.pre_save(row, True), connection) for one in fields]
    name = connection.ops.quote_name
    columns = ", ".join(name(one.column) for one in fields)
    marks = ", ".join(["%s"] * len(fields))
    also, given = (f"WITH beside AS ({beside[0]}) ", beside[1]) if beside else ("", ())
    with connection.cursor() as cursor:
        cursor.execute(
            f"{also}INSERT INTO {name(row._meta.db_table)} ({columns}) VALUES ({marks}) "
            f"ON CONFLICT DO NOTHING RETURNING {name(row._meta.pk.column)}",
            [*given, *values],
        )
        made = cursor.fetchone()
    if made is None:
        return False
    row.pk, row._state.adding, row._state.db = made[0], False, connection.alias
    return True


def update_of(rows: models.QuerySet, **values: Any) -> tuple[str, Sequence[Any]]:
    """The UPDATE that `rows.update(**values)` would send, to stand beside another write."""
    query = rows.order_by().query.chain(UpdateQuery)
    query.add_update_values(values)
    return query.get_compiler(rows.db).as_sql()


def row_by_key(model: type[Model], key: int) -> Model | None:
    """The row with this primary key, or None: for what every request reads, by a statement written once."""
    names, converted, sql = _by_key(model)
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found)
    for place, convert in converted:
        values[place] = convert(values[place], None, connection)
    return model.from_db(connection.alias, names, values)


@cache
def _by_key(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Any]], str]:
    fields = model._meta.concrete_fields
    name = connection.ops.quote_name
    columns = ", ".join(name(one.column) for one in fields)
    converted = [
        (n, one.from_db_value) for n, one in enumerate(fields) if hasattr(one, "from_db_value")
    ]
    table, key = name(model._meta.db_table), name(model._meta.pk.column)
    return (
        [one.attname for one in fields],
        converted,
        f"SELECT {columns} FROM {table} WHERE {key} = %s",  # nosec B608
    )


class Row(models.Model):
    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field) -> Any:
        """Django's own makes a dictionary of all words, translated and hashed, for each value that is shown."""
        if isinstance(field.choices, CallableChoiceIterator):
            return super()._get_FIELD_display(field)
        value = getattr(self, field.attname)
        return force_str(_words(field).get(value, value), strings_only=True)


@cache
def _words(field: models.Field) -> dict[Any, Any]:
    return dict(field.flatchoices)


class PublicRow(Row):
    """`uid` is what addresses, files and the encryption's associated data use; the trigger
    `app.touch` raises `row_version` and `updated_at` at every update."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    row_version = models.IntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Row.Meta):
        abstract = True


class Tenanted(models.Model):
    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class CaseRow(Tenanted):
    """A child of a case; `organization` and `compartment_id` are taken from the case by a trigger."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="%(class)ss")
    compartment_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True


class SharedRow(Tenanted):
    """Read by the owner and, once set, by the other party; the trigger keep_parties fixes both."""

    counterparty = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class SharedCareRow(SharedRow):
    """SHARED +comp: the owner's side needs the care setting when `is_care`, and the compartment."""

    is_care = models.BooleanField(default=False, editable=False)
    compartment_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True


class Subject(models.Model):
    """A pointer without a foreign key, for the shared tables of departments only."""

    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_uid = models.UUIDField(null=True)

    class Meta:
        abstract = True


class Answered(models.Model):
    """The response to a questionnaire; final rows are frozen by a trigger."""

    questionnaire = models.ForeignKey("departments.Questionnaire", models.PROTECT, related_name="+")
    score = models.JSONField(default=dict, blank=True)
    band = models.CharField(max_length=40, blank=True)
    is_final = models.BooleanField(default=False)
    finalized_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Leased(models.Model):
    """Work that one process at a time may own; see kernel/leases.py."""

    state = models.CharField(max_length=20, default="ready")
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


class Voidable(models.Model):
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    void_reason = models.TextField(blank=True)

    class Meta:
        abstract = True
