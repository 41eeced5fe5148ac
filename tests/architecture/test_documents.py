"""Manuals lead to pages and pictures that are there, and every manual stands in the list by role."""

import re
from pathlib import Path

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
