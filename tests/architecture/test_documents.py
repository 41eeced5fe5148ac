"""Manuals lead to pages and pictures that are there, and every manual stands in the list by role."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _papers() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_link_of_a_document_leads_to_a_file():
    dead = [
        f"{paper.relative_to(ROOT)}: {target}"
        for paper in _papers()
        for target in LINK.findall(paper.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target) and not (paper.parent / target).exists()
    ]
    assert dead == []


def test_every_manual_stands_in_the_list_by_role():
    listed = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    manuals = {path.name for path in (ROOT / "docs").glob("manual-*.md")}
    assert {name for name in manuals if f"({name})" not in listed} == set()


# Papers for whoever reads the code: every name in them is one of the code's.
FOR_BUILDERS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/components.md")
APPS = ("msw_portal", "departments", "cases", "volunteers", "projects", "donations", "reports")
IS_PATH = re.compile(r"[\w.-]*/[\w./-]*|[\w-]+\.(?:py|md|toml|csv|lock|json|yml|txt|example)")
IS_DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(.*\))?")
IS_WORD = re.compile(r"([A-Za-z_]\w*)(?:\(.*\))?")
# Made when the portal is set up or runs.
NOT_KEPT = {
    "var/",
    "var/pictures",
    "var/backups",
    "static/dist",
    "benchmarks/results.json",
    "node_modules",
}
# What one would write, a library's own name, an address.
EXAMPLES = {
    "packaging",
    "/internal/components/",
    "entity_verb",
    "Case.objects.all",
    "Model.objects.visible_to",
}


@cache
def _sources() -> str:
    """Everything that is code, so that a name in a paper can be looked for."""
    paths = [
        path
        for app in (*APPS, "tests", "benchmarks", "deploy")
        for path in (ROOT / app).rglob("*.py")
    ]
    paths += [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static").glob("css/*.css"),
        *(ROOT / "static").glob("js/*.js"),
    ]
    paths += [
        ROOT / name
        for name in (
            "Makefile",
            "pyproject.toml",
            "docker-compose.yml",
            "requirements.in",
            ".env.example",
        )
    ]
    return "\n".join(path.read_text(encoding="utf-8", errors="ignore") for path in paths)


@cache
def _words() -> frozenset[str]:
    return frozenset(re.findall(r"\w+", _sources()))


def _names(paper: str) -> list[str]:
    text = re.sub(r"```.*?```", "", (ROOT / paper).read_text(encoding="utf-8"), flags=re.S)
    return re.findall(r"`([^`\n]+)`", text)


def _is_there(name: str) -> bool:
    if name in NOT_KEPT | EXAMPLES:
        return True
    if IS_PATH.fullmatch(name):
        places = (ROOT, ROOT / "msw_portal", ROOT / "templates", *(ROOT / app for app in APPS))
        return any((place / name).exists() for place in places)
    if dotted := IS_DOTTED.fullmatch(name):
        return _is_defined(dotted[1])
    word = IS_WORD.fullmatch(name)
    return word is None or word[1] in _words() or (ROOT / word[1]).exists()


def _is_defined(name: str) -> bool:
    """Whether a dotted name is one of Python's, a model's or, as `app.`, one of the database."""
    first, *rest = name.split(".")
    if first in APPS:
        return _can_be_reached(first, rest) or (
            len(rest) == 1
            and any(m.__name__ == rest[0] for m in apps.get_app_config(first).get_models())
        )
    return name in _sources() or (rest[-1] in _words() and first in _words())


def _can_be_reached(first: str, rest: list[str]) -> bool:
    at: Any = import_module(first)
    for n, part in enumerate(rest):
        if not hasattr(at, part):
            try:
                import_module(".".join((first, *rest[: n + 1])))
            except ImportError:
                return False
        at = getattr(at, part, None)
    return True


@pytest.mark.parametrize("paper", FOR_BUILDERS)
def test_every_name_of_a_paper_for_builders_is_the_codes(paper):
    assert [name for name in _names(paper) if not _is_there(name)] == []
