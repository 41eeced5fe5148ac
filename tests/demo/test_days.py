"""The demo world of `make run` on other days: lives that depend on the date must be livable on each."""

import pytest

from tests.demo.conftest import a_database

DAYS = ("2026-02-28", "2026-06-30", "2026-11-30", "2027-01-04")


@pytest.mark.long
@pytest.mark.parametrize("today", DAYS)
def test_the_world_of_make_run_is_made_and_proven_on_any_day(
    today, django_db_setup, template_database, tmp_path
):
    with a_database(template_database, str(tmp_path)) as world:
        made = world.command("seed_demo", "--if-empty", "--today", today)
        assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-4000:]
        proven = world.command("prove")

    assert (proven.returncode, "No difference anywhere." in proven.stdout) == (0, True)
