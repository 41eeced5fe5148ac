"""The data dictionary holds every column there is, and says what each may be shown as."""

import csv
from io import StringIO

from django.apps import apps
from django.core.management import call_command
from django.db import connection

from departments.services.data_dictionary import OURS, dictionary


def test_every_column_of_the_database_stands_once(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns JOIN pg_class ON relname = table_name "
            "WHERE table_schema = 'public' AND relkind = 'r' AND split_part(table_name, '_', 1) = ANY(%s)",
            [list(OURS)],
        )
        there = set(cursor.fetchall())
    told = [(entry.table, entry.column) for entry in dictionary()]
    assert len(told) == len(set(told))
    assert set(told) == there


def test_an_entry_says_what_it_is_and_how_it_is_masked(db):
    [name] = [
        entry for entry in dictionary() if (entry.table, entry.column) == ("cases_client", "name")
    ]
    assert (name.label, name.mask, name.wall, name.is_required) == ("姓名", "name", "CARE", True)
    assert name.level.startswith("4 级")
    [stage] = [
        entry for entry in dictionary() if (entry.table, entry.column) == ("cases_case", "stage")
    ]
    assert stage.choices.startswith("pending=待受理")
    assert all(entry.wall for entry in dictionary())


def test_the_command_writes_markdown_and_csv(db):
    paper, table = StringIO(), StringIO()
    call_command("data_dictionary", stdout=paper)
    call_command("data_dictionary", "--csv", stdout=table)
    models = sum(len(list(apps.get_app_config(app).get_models())) for app in OURS)
    assert paper.getvalue().count("\n## ") == models
    rows = list(csv.reader(StringIO(table.getvalue().lstrip("\ufeff"))))
    assert len(rows) - 1 == len(list(dictionary()))
    assert rows[0][:3] == ["app", "table", "model"]
