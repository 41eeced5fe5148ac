"""A load plans by indexes, whatever the connection has planned while the tables were nearly empty."""

from django.db import connection, transaction

from departments.services.importing import applying
from tests.conftest import owner_sql
from tests.imports import files

READ = (
    "SELECT relname, seq_tup_read FROM pg_stat_xact_all_tables "
    "WHERE relname IN ('cases_client', 'cases_episode', 'departments_auditlink', 'departments_searchposting')"
)


def test_a_connection_that_planned_for_empty_tables_reads_none_of_them_whole(
    own_database, person, acting, brings, monkeypatch
):
    monkeypatch.setattr(applying, "BATCH", 50)
    user = person("worker")
    kind = brings(user, "persons")
    kind.through(files.csv_bytes([files.person(900)]), "warm.csv")
    owner_sql(own_database.name, "VACUUM ANALYZE")
    with transaction.atomic():
        kind.through(files.csv_bytes(files.person(n) for n in range(300, 320)), "few.csv")
        kind.through(files.csv_bytes(files.person(n) for n in range(200)), "many.csv")
        with connection.cursor() as cursor:
            cursor.execute(READ)
            read = dict(cursor.fetchall())
        transaction.set_rollback(True)
    # What the review of the first few may read of tables with one row; every row of 200 read them all before.
    assert max(read.values()) < 200, read
