"""The object an address is about, put into the state that a refusal asks for, for one request that is taken back."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.data_dictionary import OURS
from departments.services.entering import house_scope
from msw_portal.kernel.scope import INSTALLATION
from msw_portal.kernel.workflow import Step, Workflow

REFUSAL = re.compile(r"当前状态是“[^”]*”，不能“([^”]*)”")
UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Standing:
    """A row, and the state it would be in."""

    model: type[models.Model]
    pk: int
    house: int
    column: str
    state: str

    def put(self) -> bool:
        """Write the state past every service; False where the database itself refuses it.

        What a state must have beside it (who and when) is filled where nothing stands; of a row that two houses
        share, the state may be the other one's to write.
        """
        for house in self._houses():
            for beside in self._beside(house):
                if self._write(house, {self.column: self.state} | beside):
                    return True
        return False

    def _write(self, house: int, values: dict[str, Any]) -> bool:
        try:
            with transaction.atomic(), house_scope(house, care=True):
                return self.model._base_manager.filter(pk=self.pk).update(**values) == 1
        except DatabaseError:
            return False

    def _houses(self) -> list[int]:
        if not hasattr(self.model, "counterparty_id"):
            return [self.house]
        with house_scope(self.house, care=True):
            rows = self.model._base_manager.filter(pk=self.pk)
            other = rows.values_list("counterparty_id", flat=True).first()
        return [self.house, *([other] if other else [])]

    def _beside(self, house: int) -> Iterator[dict[str, Any]]:
        yield {}
        with house_scope(house, care=True):
            row = self.model._base_manager.filter(pk=self.pk).first()
        if row is None:
            return
        now, dates, people = timezone.now(), {}, {}
        for one in self.model._meta.concrete_fields:
            if getattr(row, one.attname) is not None:
                continue
            if isinstance(one, models.DateTimeField):
                dates[one.attname] = now
            elif isinstance(one, models.DateField):
                dates[one.attname] = timezone.localdate()
            elif one.related_model is User:
                people[one.attname] = getattr(row, "created_by_id", None)
        yield people
        yield dates
        yield people | dates


class Standings:
    """Which states a refused request may be tried in."""

    def __init__(self, uids: Iterable[str]) -> None:
        self._rows = _rows_of({one for one in uids if UID.fullmatch(one)})

    def wanted(self, path: str, words: str) -> Iterator[Standing]:
        """The objects named in the path, in every state from which the step that was refused leads on."""
        said = REFUSAL.search(words)
        for uid in UID.findall(path) if said else ():
            model, pk, house = self._rows.get(uid, (None, 0, 0))
            for column, step in _steps(said[1]) if model else ():
                known = {
                    code
                    for one in model._meta.concrete_fields
                    if one.name == column
                    for code, _words in one.flatchoices
                }
                for state in sorted(step.sources):
                    if state in known:
                        yield Standing(model, pk, house, column, state)


def _rows_of(uids: set[str]) -> dict[str, tuple[type[models.Model], int, int]]:
    found: dict[str, tuple[type[models.Model], int, int]] = {}
    with house_scope(INSTALLATION):
        houses = list(Organization.objects.filter(is_tenant=True).values_list("pk", flat=True))
    kinds = [
        model
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        if {"uid", "organization", "state"} <= (names := _names(model))
        or {"uid", "organization", "stage"} <= names
    ]
    for house in houses:
        with house_scope(house, care=True):
            for model in kinds:
                rows = model._base_manager.filter(organization_id=house, uid__in=uids)
                for pk, uid in rows.values_list("pk", "uid"):
                    found[str(uid)] = (model, pk, house)
    return found


def _names(model: type[models.Model]) -> set[str]:
    return {one.name for one in model._meta.concrete_fields}


@cache
def _steps(label: str) -> list[tuple[str, Step]]:
    """(column, step) of every diagram that has a step with this label."""
    return [
        (diagram.field, step)
        for diagram in _diagrams()
        for step in diagram.steps
        if str(step.label or step.name) == label
    ]


@cache
def _diagrams() -> tuple[Workflow, ...]:
    found: dict[int, Workflow] = {}
    for app in OURS:
        package = import_module(app)
        for one in walk_packages(package.__path__, f"{app}."):
            if one.name.endswith("workflow") or ".workflow." in one.name:
                for value in vars(import_module(one.name)).values():
                    if isinstance(value, Workflow):
                        found[id(value)] = value
    return tuple(found.values())
