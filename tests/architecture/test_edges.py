"""Reads at an edge go through visible_to; forms and serializers do not save; no logic hides in save()."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("departments", "cases", "volunteers", "projects", "donations", "reports")
EDGES = ("views", "api", "forms", "serializers", "filters", "urls", "oauth", "context")


def _files(names: tuple[str, ...]) -> list[Path]:
    found = []
    for app in APPS:
        for name in names:
            found += [ROOT / app / f"{name}.py", *(ROOT / app / name).glob("**/*.py")]
    return sorted(path for path in found if path.exists())


def _chains(tree: ast.AST):
    """Every `Something.objects` with the attribute that follows it."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {
            "objects",
            "_default_manager",
            "_base_manager",
        }:
            parent = parents.get(node)
            yield node.lineno, parent.attr if isinstance(parent, ast.Attribute) else ""


@pytest.mark.parametrize("path", _files(EDGES), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_edge_reads_through_visible_to(path):
    follows = {"visible_to", "listed_to", "none", "owned_by", "sent_to"}
    loose = [line for line, after in _chains(ast.parse(path.read_text())) if after not in follows]
    assert loose == []


@pytest.mark.parametrize("path", _files(EDGES), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_edge_does_not_save(path):
    writes = {
        "save",
        "create",
        "bulk_create",
        "bulk_update",
        "delete",
        "update_or_create",
        "get_or_create",
    }
    found = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in writes
        and not (isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "session")
    ]
    assert found == []


@pytest.mark.parametrize(
    "path", _files(("models", "querysets")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_model_has_no_logic_in_save(path):
    tree = ast.parse(path.read_text())
    assert [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ] == []


@pytest.mark.parametrize(
    "path", _files(("services",)), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_service_never_sees_a_request_and_takes_keywords(path):
    if path.name in {"sessions.py", "idempotency.py", "entering.py", "signing_in.py"}:
        return  # the doors themselves: they are about requests
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        names = [argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]]
        assert "request" not in names or path.parts[-3] == "donations", f"{path.name}:{node.name}"
        if any("command" in ast.dump(decorator) for decorator in node.decorator_list):
            assert not node.args.args, f"{node.name} takes positional arguments"
            assert "by" in names, f"{node.name} does not say who"


def test_views_are_short():
    long = {}
    for path in _files(("views", "api")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                body = node.end_lineno - node.lineno
                if body > 25:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = body
    assert long == {}


def test_no_home_for_leftovers():
    bad = {"utils.py", "helpers.py", "selectors.py", "common.py", "misc.py"}
    found = [
        path
        for app in (*APPS, "msw_portal")
        for path in (ROOT / app).rglob("*.py")
        if path.name in bad
    ]
    assert found == []


def test_no_file_of_ours_passes_400_lines():
    long = {
        str(path.relative_to(ROOT)): count
        for app in (*APPS, "msw_portal")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and (count := len(path.read_text().splitlines())) > 400
    }
    assert long == {}
