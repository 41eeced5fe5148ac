"""The habits of the house that machines can check."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from msw_portal.kernel.errors import sentences

ROOT = Path(__file__).resolve().parents[2]
OURS = {"departments", "cases", "volunteers", "projects", "donations", "reports"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _tool(*arguments: str) -> str:
    done = subprocess.run([*arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_imports_keep_to_the_two_lines():
    assert "0 broken" in _tool(str(Path(sys.executable).parent / "lint-imports"))


def test_ruff_is_content():
    _tool(str(Path(sys.executable).parent / "ruff"), "check", ".")


def test_no_migration_is_missing(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_migrations_have_names():
    bad = [
        path.name
        for app in OURS
        for path in (ROOT / app / "migrations").glob("0*.py")
        if "_auto_" in path.name
    ]
    assert bad == []


def test_the_api_schema_is_valid_and_silent(db, capfd):
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--api-version", "v1", "--file", "/dev/null"
    )


def test_check_deploy_is_silent(db, settings):
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={
            **__import__("os").environ,
            "MSW_EMBEDDED": "0",
            "MSW_TEST": "0",
            "ALLOWED_HOSTS": "portal.example",
            "MSW_BEHIND_PROXY": "1",
            "SECRET_KEY": "".join(chr(33 + n) for n in range(60)),
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_moment_becomes_a_day_by_the_clock_of_the_house():
    """Until eight in the morning the day of a moment in UTC is yesterday: in Python as in a session of PostgreSQL."""
    slips = re.compile(r"_at\.date\(\)|now\(\)\.date\(\)|\bcurrent_date\b|_at::date", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for app in sorted(OURS)
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if slips.search(line)
    ]
    assert found == []


def test_every_constraint_has_a_sentence():
    known = sentences()
    missing = [
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for constraint in model._meta.constraints
        if constraint.name not in known
    ]
    assert missing == []


def test_every_constraint_sentence_belongs_to_something(db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
        )
        names = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE pronamespace = 'app'::regnamespace"
        )
        source = cursor.fetchone()[0]
    assert (
        sorted(name for name in sentences() if name not in names and f"'{name}'" not in source)
        == []
    )


def test_foreign_keys_protect_unless_argued():
    cascades = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    }
    argued = {
        "OrganizationName.organization",
        "DepartmentName.department",
        "OrganizationLink.from_organization",
        "OrganizationLink.to_organization",
        "OrganizationCredential.organization",
        "ApiClient.application",
        "Draft.user",
        "SavedView.user",
        "IdempotencyKey.user",
        "RequestSheet.request",
    }
    parts = {
        name
        for name in cascades
        if name.split(".")[0]
        in {
            "Goal",
            "EpisodeFeed",
            "FundPurpose",
            "CostLine",
            "RequestDocument",
            "DisclosureDocument",
            "GoalNeed",
            "FundingDuty",
            "ActivityLine",
            "Milestone",
            "PlanItem",
            "HouseholdMember",
            "ImportRow",
            "GroupCoLeader",
            "GroupBudgetLine",
            "GroupSession",
            "GroupMember",
            "Attendance",
            "SignIn",
            "SatisfactionMark",
            "ResourcePlace",
            "LearningAttendance",
            "CensusLine",
            "WebhookDelivery",
            "ApplicationParty",
            "BudgetLine",
            "ProjectIndicator",
            "ProjectValue",
            "SampleGroup",
            "SurveyAdvice",
            "RegisterParty",
            "RegisterLink",
        }
    }
    assert cascades - argued - parts == set()


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_a_template_keeps_the_content_policy(path):
    text = path.read_text()
    assert re.findall(r"\sstyle=|<style|javascript:|\son[a-z]+=\"", text) == []
    assert re.findall(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>", text) == []
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", text) == []


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_a_template_translates_its_words(path):
    text = path.read_text()
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.S)
    text = re.sub(r"\{% blocktranslate.*?\{% endblocktranslate %\}", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    if path.name.startswith("gallery"):
        return  # sample data on an internal page
    assert [line.strip() for line in text.splitlines() if CHINESE.search(line)] == []


def test_no_registry_host_and_no_machine_path_is_tracked():
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    # In halves, so that this file names none either.
    halves = (
        ("python", "hosted"),
        ("py", r"pi\.org"),
        ("registry", r"\.npm"),
        ("deb", r"\.debian"),
        ("npm", "mirror"),
    )
    hosts = re.compile("|".join(first + second for first, second in halves))
    found = []
    for name in filter(None, names):
        path = ROOT / name
        if path.suffix in {".png", ".ico", ".woff2"} or not path.is_file():
            continue
        text = path.read_text(errors="ignore")
        if hosts.search(text) or f"{ROOT}/" in text:
            found.append(name)
    assert found == []
