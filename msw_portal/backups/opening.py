"""Does the key file fit a restored database? A sample of every sealed table is opened."""

from typing import Any
from uuid import UUID

from departments.services.sealed_tables import SealedTable, sealed_tables
from msw_portal.kernel.keyring import CryptoError, keys
from msw_portal.kernel.scope import INSTALLATION
from msw_portal.kernel.sealing import unseal

SAMPLE = 20


def opened(cursor: Any) -> str:
    """One sentence: how many values were opened, or that the key file is not the one."""
    try:
        keys()
    except CryptoError as error:
        return f"Names and numbers stay sealed: {error}."
    cursor.execute("SELECT id, uid FROM departments_organization")
    houses = {house: UUID(str(uid)) for house, uid in cursor.fetchall()}
    total, failed, reason = 0, 0, ""
    for table in sealed_tables():
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table.name}"])
        if not cursor.fetchone()[0]:
            continue
        for sealed in _sample(cursor, table, houses):
            total += 1
            try:
                unseal(**sealed)
            except CryptoError as error:
                failed, reason = failed + 1, str(error)
    if failed:
        return f"The key file does not fit: {failed} of {total} values stay sealed ({reason})."
    return f"The key file fits: {total} sampled values open."


def _sample(cursor: Any, table: SealedTable, houses: dict[int, UUID]) -> list[dict[str, Any]]:
    columns = {field.column for field in table.model._meta.concrete_fields}
    uid = "uid" if "uid" in columns else "id"
    house = "organization_id" if "organization_id" in columns else str(INSTALLATION)
    found = []
    for column in table.sealed:
        cursor.execute(
            f"SELECT {uid}, {house}, {column} FROM public.{table.name} "
            f"WHERE {column} IS NOT NULL ORDER BY id DESC LIMIT {SAMPLE}"
        )
        for row, owner, value in cursor.fetchall():
            place = {"organization": houses[owner], "table": table.name, "column": column}
            found.append({"sealed": bytes(value), "row": UUID(str(row)), **place})
    return found
