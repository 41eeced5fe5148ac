"""What people wrote never runs: a script planted in every text of the world stands on the pages as text."""

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction

from departments.models.organizations import Organization
from departments.services.data_dictionary import OURS
from departments.services.entering import house_scope
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.scope import scope
from tests.architecture.test_access_matrix import _actor, _addresses, _ask, _path

MARK = "</script><img src=x onerror=alert(1)>'\"{{7*7}}"
SHOWN = "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
SHORTEST = 60
# What leads somewhere or is compared by the code itself.
KEPT = re.compile(
    r"(number|code|slug|kind|state|stage|key|hash|path|storage|mime|token|username|url|digest|scheme|suffix|pattern)"
)
ACTORS = ("worker", "head", "officer", "authority", "secadmin", "anonymous")
# Pages a planted text reaches in this small world; fewer would mean that nothing was planted.
LEAST = 60


def _texts(model: type[models.Model]) -> list[str]:
    """Names of the fields of a model that hold free text."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField, SealedText))
        and not field.choices
        and not KEPT.search(field.name)
        and (field.max_length or SHORTEST) >= SHORTEST
    ]


def _behind(said: str, length: int) -> str:
    return f"{said}{MARK}"[-length:]


def _plant(house: Organization, words: Callable[[str, int], str] = _behind) -> int:
    """The mark in every text of the house that its own rules let change; how many rows took it."""
    planted = 0
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            names = _texts(model)
            if not names or not hasattr(model, "organization"):
                continue
            for row in model._base_manager.filter(organization_id=house.pk)[:3]:
                for name in names:
                    said = getattr(row, name) or ""
                    length = model._meta.get_field(name).max_length or 4000
                    setattr(row, name, words(said, length))
                try:
                    with transaction.atomic():
                        row.save(update_fields=names)
                    planted += 1
                except (DatabaseError, ValueError):
                    continue
    return planted


@pytest.mark.long
def test_a_planted_script_is_text_on_every_page(matrix, db, request, settings):
    settings.EMBEDDED = True
    known = matrix
    with scope(role="system"):
        houses = list(Organization.objects.tenants())
    planted = 0
    for house in houses:
        with house_scope(house.pk, care=True):
            planted += _plant(house)
    assert planted > LEAST
    runs, shown = set(), set()
    for actor in ACTORS:
        client = _actor(actor, request)
        for name, pattern in _addresses().items():
            answer = _ask(client, "get", _path(name, pattern, known))
            if not answer.headers.get("Content-Type", "").startswith("text/html"):
                continue
            body = answer.content.decode(errors="replace") if not answer.streaming else ""
            if "<img src=x" in body:
                runs.add(f"{actor} {name}")
            if SHOWN in body:
                shown.add(name)
    assert runs == set()
    assert len(shown) > LEAST
