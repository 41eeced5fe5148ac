"""What another house has cannot be chosen: every field of a valid body that names a row by its uid is sent the uid of
such a row in another house, and the address does nothing.

The bodies are those of tests/architecture/test_mass_assignment.py. Where no other house has a row of the kind, the row
that was offered is copied into one, past the walls: only that it stands elsewhere matters.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from departments.services.data_dictionary import OURS
from msw_portal.kernel.ids import uuid7
from tests.architecture.bodies import Bodies, Sent
from tests.architecture.mending import as_sent
from tests.architecture.test_mass_assignment import ROUNDS, Written, _send
from tests.conftest import _person, owner_sql
from tests.factories.donations import code_for

UID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
PARTS = {
    "cases": re.compile(r"^cases:"),
    "departments": re.compile(r"^departments:"),
    "donations": re.compile(r"^donations:"),
    "the rest": re.compile(r"^(?!(cases|departments|donations):)"),
}
SAMPLE = re.compile(
    r"^(cases:(assign|contact_new|members|hand_over)|donations:(fund_edit|record)|shifts:.*|people:.*)$"
)
# Registers that everybody reads: a row of another house is a right answer.
PUBLIC = {"departments_organization", "departments_region", "departments_resourceservice"}
# Fields that are no choice of a row, or whose choices are other houses' too.
MEANT = re.compile(
    # Which goal of the own draft a row takes the place of; what is none of them is nobody's.
    r"^cases:plan_\w+ goal\d+-was$"
    # A policy follows one that is public, of whatever house.
    r"|^registers:entry_(new|edit) replaces$"
)


@dataclass
class Houses:
    """Every row by its uid: its table and house; and a row of the same table in another house."""

    database: str
    where: dict[str, tuple[str, int]] = field(default_factory=dict)
    found: dict[tuple[str, int], str] = field(default_factory=dict)

    def read(self) -> "Houses":
        tables = [
            model._meta.db_table
            for app in OURS
            for model in apps.get_app_config(app).get_models()
            if {"uid", "organization_id"} <= {one.attname for one in model._meta.concrete_fields}
        ]
        parts = [f"SELECT uid::text, '{one}', organization_id FROM {one}" for one in tables]  # noqa: S608
        parts.append(
            "SELECT u.uid::text, 'departments_user', m.organization_id FROM departments_user u "
            "JOIN departments_membership m ON m.user_id = u.id"
        )
        for uid, table, house in owner_sql(self.database, " UNION ALL ".join(parts)):
            self.where[uid] = (table, house)
        return self

    def foreign(self, uid: str) -> str | None:
        """The uid of a row like this one in another house; None where there is none and none can be made."""
        table, house = self.where.get(uid, ("", 0))
        if not table or table in PUBLIC:
            return None
        if (table, house) not in self.found:
            others = (
                one
                for one, (of, at) in self.where.items()
                if of == table and at not in (house, None)
            )
            self.found[table, house] = next(others, None) or self._copied(table, uid, house) or ""
        return self.found[table, house] or None

    def _copied(self, table: str, uid: str, house: int) -> str | None:
        names = [
            name
            for (name,) in owner_sql(
                self.database,
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = %s "
                "AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'uid', 'organization_id')",
                (table,),
            )
        ]
        if "compartment_id" in names:
            # Who may see it hangs on the compartment, and the copy would lie in the own one.
            return None
        columns, new = ", ".join(f'"{name}"' for name in names), str(uuid7())
        try:
            owner_sql(
                self.database,
                f"INSERT INTO {table} (uid, organization_id, {columns}) SELECT %s, o.id, {columns} "  # noqa: S608
                f"FROM {table}, (SELECT id FROM departments_organization WHERE is_tenant AND id NOT IN (1, %s) "
                "ORDER BY id DESC LIMIT 1) o WHERE uid = %s",
                (new, house, uid),
            )
        except Exception:  # a constraint or trigger that a copy does not meet
            return None
        self.where[new] = (table, -1)
        return new


def _sender(sent: Sent) -> Callable[[dict[str, Any]], Written]:
    def send(more: dict[str, Any]) -> Written:
        if sent.method:
            return _send(
                sent.client,
                sent.path,
                method=sent.method,
                data=json.dumps(sent.body | more),
                content_type="application/json",
                headers={"If-Match": "*", "Idempotency-Key": str(uuid7())},
            )
        once = {"once": [str(uuid7())]} if "once" in sent.body else {}
        code = {"totp_code": [code_for(_person(sent.who))]} if "totp_code" in sent.drawn else {}
        return _send(sent.client, sent.path, data=as_sent(sent.body | more) | once | code)

    return send


def _honest(sent: Sent) -> Written:
    """What the body comes to after it was made as good as it can be."""
    send = _sender(sent)
    now = send({})
    for _round in range(ROUNDS if sent.mender else 0):
        better = sent.mender.better(sent.body, now.refusal) if now.refusal else None
        if better is None:
            break
        sent.body = better
        now = send({})
    return now


def _walk(own, known: dict[str, str], request, only: re.Pattern[str]) -> tuple[list[str], set[str]]:
    """(what took a row of another house, every choice that was tried)."""
    houses = Houses(connection.settings_dict["NAME"]).read()
    wrong, tried = [], set()
    for name, choices in Bodies(request, known, only).once():
        for sent in choices:
            named = {
                key: values
                for key, values in sent.body.items()
                if isinstance(values, list) and any(UID.match(str(one)) for one in values)
            }
            if not named or not _honest(sent).is_taken:
                continue
            for key in named.keys() & sent.body.keys():
                (first, *_rest) = sent.body[key]
                foreign = houses.foreign(str(first))
                if foreign is None or MEANT.match(f"{name} {key}"):
                    continue
                tried.add(f"{name} {key}")
                done = _sender(sent)({key: [foreign]})
                if done.is_taken:
                    wrong.append(
                        f"{name} {key}: {houses.where[str(first)][0]} answers {done.status}"
                    )
            break
    return wrong, tried


def test_what_another_house_has_is_not_chosen(own_matrix, matrix_world, request, settings):
    settings.EMBEDDED = True
    wrong, tried = _walk(own_matrix, matrix_world.known, request, SAMPLE)
    assert not wrong, "\n".join(wrong)
    assert tried


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS)
def test_no_address_takes_a_choice_of_another_house(
    own_matrix, matrix_world, request, settings, record_property, part
):
    settings.EMBEDDED = True
    wrong, tried = _walk(own_matrix, matrix_world.known, request, PARTS[part])
    record_property("tried", len(tried))
    assert not wrong, "\n".join(wrong)
    assert len(tried) > 3, tried
