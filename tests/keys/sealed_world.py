"""A committed database with something in every sealed column of every table, and what is in it in plain."""

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg2
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.db import models
from django.utils import timezone

from cases.models.people import Client, Episode, RelatedPerson
from cases.services.people import index_client
from departments.models.mechanisms import Draft
from departments.models.queues import IdempotencyKey
from departments.services.messages import message_write
from departments.services.sealed_tables import SealedTable, sealed_tables
from donations.models.giving import Donor
from msw_portal.kernel.crypto import (
    Ciphertext,
    SealedBytes,
    SealedDate,
    SealedJSON,
    organization_uid,
)
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.scope import INSTALLATION
from msw_portal.kernel.sealing import seal, unseal
from tests.conftest import _owner
from tests.factories import cases, donations

PATIENT, NUMBER, PHONE, MRN = "演示金丝雀", "11010519491231002X", "13800138000", "MRN-CANARY-7"
SECRET = "JBSWY3DPEHPK3PXP"
Ask = Callable[..., list[tuple]]


@contextlib.contextmanager
def _asking(database: str) -> Iterator[Ask]:
    """Statements as the owner, a thousand of them over one connection."""
    with contextlib.closing(_owner(database)) as link, link.cursor() as cursor:

        def ask(sql: str, params: tuple = ()) -> list[tuple]:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

        yield ask


def people_of(person: Any) -> donations.People:
    return donations.People(
        *map(person, ["worker", "officer", "officer2", "approver", "cashier", "cashier2"])
    )


def build(person: Any, database: str, *, extra: int = 0) -> None:
    """Rows through services and factories; what they leave empty is filled in as the owner."""
    people = people_of(person)
    money = donations.make_money(people)
    donations.give(people, money, "100000.00")
    asked = donations.make_approved(people, money)
    donations.release(people, donations.prepare(people, asked, "1000.00"))
    with donations.as_person(people.worker) as by:
        client = Client(
            organization_id=by.house_id,
            name=PATIENT,
            name_masked=mask_name(PATIENT),
            sex="1",
            birth_date=dt.date(1949, 12, 31),
            birth_year=1949,
            id_type="id",
            id_no=NUMBER,
            phone=PHONE,
            address="演示市演示路 1 号",
            capacity="limited",
            capacity_ground="court",
            capacity_judged_by="演示法院",
            capacity_judged_on=dt.date(2026, 3, 1),
            created_by=by,
        )
        client.save(force_insert=True)
        RelatedPerson.objects.create(
            organization_id=by.house_id,
            client=client,
            relation="mother",
            name="演示母金丝雀",
            phone=PHONE,
            id_no=NUMBER,
        )
        Episode.objects.create(
            organization_id=by.house_id,
            client=client,
            visit_type="inpatient",
            mrn=MRN,
            diagnosis="演示诊断金丝雀",
            admitted_on=timezone.localdate(),
        )
        index_client(client)
        case = cases.make_case(by, stage="intervention", client=client)
        cases.make_contact(case, by, locked_at=timezone.now() - dt.timedelta(days=2))
        cases.make_screen(case, by)
        cases.make_need(case, by)
        planned = cases.make_case(by, stage="planning")
        cases.make_plan(planned, by)
        message_write(subject=asked.request, body="演示留言", by=by)
        Draft.objects.create(
            user=by,
            organization_id=by.house_id,
            form="probe",
            payload={"text": "演示草稿"},
            base_version=1,
        )
        IdempotencyKey.objects.create(
            organization_id=by.house_id,
            user=by,
            key="probe",
            method_path="POST /",
            body_hash=b"0" * 32,
            lease_until=timezone.now(),
            body=b"kept answer",
            expires_at=timezone.now() + dt.timedelta(days=30),
            state="done",
        )
        many = [
            Client(
                organization_id=by.house_id,
                name=f"演示人{n}",
                name_masked="演**",
                sex="2",
                birth_unknown=True,
                id_type="none",
                phone=f"139{n:08}",
                created_by=by,
            )
            for n in range(extra)
        ]
        Client.objects.bulk_create(many, batch_size=500)
        for one in many[:50]:
            index_client(one)
    with donations.as_person(people.officer) as by:
        Donor.objects.create(
            organization_id=by.house_id,
            kind="person",
            name="演示捐赠人",
            name_masked="演**",
            id_no=NUMBER,
        )
    Authenticator.objects.create(
        user=person("other_worker"),
        type=Authenticator.Type.TOTP,
        data={"secret": encrypt(SECRET), "codes": [encrypt(SECRET)]},
    )
    with _asking(database) as ask:
        _freeze(ask)
        for table in sealed_tables():
            _fill(ask, table)


def _freeze(ask: Ask) -> None:
    """Rows that nobody may change any more: a final scale, an approved plan, a withdrawn copy."""
    for sql in (
        "UPDATE cases_assessment SET is_final = true",
        "UPDATE cases_plan SET state = 'approved', approved_at = now(), approved_by_id = "
        "(SELECT id FROM departments_user WHERE username = 'supervisor') WHERE state = 'draft'",
    ):
        _as_owner(ask, "cases_plan" if "plan" in sql else "cases_assessment", sql)


def _as_owner(ask: Ask, table: str, sql: str, params: tuple = ()) -> None:
    ask(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    ask(sql, params)
    ask(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _fill(ask: Ask, table: SealedTable) -> None:
    """Put a value into every sealed column that has none; a table without a row gets one, whatever it asks for."""
    aside = []
    if not ask(f"SELECT 1 FROM {table.name} LIMIT 1"):
        aside = _insert_anything(ask, table)
    row_id, row, house = _rows(ask, table)[0][:3]
    for column in table.sealed:
        if ask(f"SELECT 1 FROM {table.name} WHERE {column} IS NOT NULL LIMIT 1"):
            continue
        field = table.model._meta.get_field(column)
        sealed = seal(
            field.encode(_sample(field)),
            pad=field.pad,
            organization=organization_uid(house),
            table=table.name,
            column=column,
            row=row,
        )
        _as_owner(
            ask,
            table.name,
            f"UPDATE {table.name} SET {column} = %s WHERE id = %s",
            (bytes(sealed), row_id),
        )
    for rule, text in aside:
        _stand_again(ask, table.name, rule, text)


def _sample(field: models.Field) -> Any:
    if isinstance(field, SealedJSON):
        return {"probe": "演示"}
    if isinstance(field, SealedDate):
        return dt.date(1950, 1, 2)
    return b"bytes" if isinstance(field, SealedBytes) else "演示内容"


def _insert_anything(ask: Ask, table: SealedTable) -> list[tuple[str, str]]:
    """A row in a table no factory knows; its rules, which stand aside until the row is filled."""
    rules = ask(
        "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype IN ('c', 'f', 'x')",
        (table.name,),
    )
    for rule, _kind, _text in rules:
        ask(f"ALTER TABLE {table.name} DROP CONSTRAINT {rule}")
    columns = {field.column for field in table.model._meta.concrete_fields}
    for column in columns - {"id"}:
        ask(f'ALTER TABLE {table.name} ALTER COLUMN "{column}" DROP NOT NULL')
    given = {
        "uid": "gen_random_uuid()",
        "organization_id": "(SELECT id FROM departments_organization WHERE code = 'HA')",
    }
    if isinstance(table.model._meta.pk, models.UUIDField):
        given["id"] = "gen_random_uuid()"
    if "row_version" in columns:
        given["row_version"] = "1"
    for field in table.model._meta.concrete_fields:
        # Triggers look at what a row belongs to.
        if (
            field.is_relation
            and field.related_model is not table.model
            and field.column not in given
        ):
            target = field.related_model._meta
            in_house = any(one.column == "organization_id" for one in target.concrete_fields)
            where = f" WHERE organization_id = {given['organization_id']}" if in_house else ""
            given[field.column] = (
                f"(SELECT {target.pk.column} FROM {target.db_table}{where} ORDER BY 1 LIMIT 1)"
            )
    used = {name: value for name, value in given.items() if name in columns}
    _as_owner(
        ask,
        table.name,
        f"INSERT INTO {table.name} ({', '.join(used)}) VALUES ({', '.join(used.values())})",
    )
    return [(rule, text + " NOT VALID" * (kind == "f")) for rule, kind, text in rules]


def _stand_again(ask: Ask, table: str, rule: str, text: str) -> None:
    """No process starts over a table that lacks a rule; one the row breaks keeps its name only."""
    add = f"ALTER TABLE {table} ADD CONSTRAINT {rule}"
    try:
        ask(f"{add} {text}")
    except psycopg2.errors.CheckViolation:
        ask(f"{add} CHECK (true)")


def _rows(ask: Ask, table: SealedTable) -> list[tuple]:
    """(id, uid, house, version, updated, *sealed columns, *index columns) of every row."""
    columns = {field.column for field in table.model._meta.concrete_fields}
    wanted = [
        "id",
        "uid" if "uid" in columns else "id",
        "organization_id" if "organization_id" in columns else str(INSTALLATION),
        "row_version" if "row_version" in columns else "0",
        "updated_at" if "updated_at" in columns else "NULL",
        *table.sealed,
        *(index.column for index in table.indexes),
    ]
    rows = ask(f"SELECT {', '.join(wanted)} FROM {table.name} ORDER BY id")
    return [(row[0], UUID(str(row[1])), *row[2:]) for row in rows]


def plain(database: str) -> dict[str, Any]:
    """Everything that is sealed, opened; with version and time of its row. CryptoError when one does not open."""
    found: dict[str, Any] = {}
    with _asking(database) as ask:
        held = [(table, _rows(ask, table)) for table in sealed_tables()]
    for table, rows in held:
        for row in rows:
            row_id, uid, house, version, updated = row[:5]
            for column, value in zip(table.sealed, row[5:], strict=False):
                if value is not None:
                    opened = unseal(
                        bytes(value),
                        organization=organization_uid(house),
                        table=table.name,
                        column=column,
                        row=uid,
                    )
                    found[f"{table.name}.{column}.{row_id}"] = (opened, version, updated)
    for one in Authenticator.objects.order_by("pk"):
        found[f"mfa.{one.pk}"] = json.dumps(
            {
                name: decrypt(value) if isinstance(value, str) else str(value)
                for name, value in one.data.items()
                if name == "secret"
            }
        )
    return found


def wrong_indexes(database: str, kid: int) -> list[str]:
    """Index columns that are not exactly those of `kid`."""
    with _asking(database) as ask:
        return [one for table in sealed_tables() for one in _wrong_in(ask, table, kid)]


def _wrong_in(ask: Ask, table: SealedTable, kid: int) -> Iterator[str]:
    for row in _rows(ask, table) if table.indexes else ():
        instance = table.model(organization_id=row[2])
        for column, value in zip(table.sealed, row[5:], strict=False):
            instance.uid = row[1]
            if value is not None:
                setattr(instance, column, Ciphertext(bytes(value)))
        if table.kind_column:
            kind = ask(
                f"SELECT {table.kind_column} FROM {table.name} WHERE id = %s",
                (row[0],),
            )
            setattr(instance, table.kind_column, kind[0][0])
        for index, value in zip(table.indexes, row[5 + len(table.sealed) :], strict=True):
            wanted = index.made(instance, kid) if index in table.indexes_of(kid) else None
            if (bytes(value) if value is not None else None) != wanted:
                yield f"{table.name}.{index.column} of {row[0]}"
