"""What a link without an account may do is a short list of named services, and nothing else."""

import ast
from pathlib import Path

from django.apps import apps
from django.utils.module_loading import import_string

from departments.models.mechanisms import AccessLink
from msw_portal.topics import AUDIT_VALUES, LINK_SERVICES

ROOT = Path(__file__).resolve().parents[2]
APPS = ("departments", "cases", "volunteers", "projects", "donations", "reports")
DOORS = {"enter_link", "hold_token", "token_scope"}


def test_every_kind_of_link_names_its_services_and_they_are_there():
    assert set(LINK_SERVICES) == set(AccessLink.Kind.values)
    for paths in LINK_SERVICES.values():
        assert paths
        assert all(callable(import_string(path)) for path in paths)


def test_who_has_words_for_an_audit_entry_is_there_and_its_subject_is_a_table():
    tables = {model._meta.model_name for model in apps.get_models()}
    assert set(AUDIT_VALUES) <= tables
    assert all(callable(import_string(path)) for path in AUDIT_VALUES.values())


def test_nothing_else_enters_by_a_token():
    named = {path.rpartition(".")[0] for paths in LINK_SERVICES.values() for path in paths}
    found = set()
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            calls = {
                node.func.id
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            if calls & DOORS and path.name != "entering.py":
                found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert found - named == set()
