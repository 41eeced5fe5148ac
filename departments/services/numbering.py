"""Numbers without gaps: taken by UPDATE ... RETURNING in the transaction of the row they number."""

import datetime as dt

from django.db import connection

from departments.models.numbers import NumberSequence
from departments.models.organizations import Organization
from msw_portal.kernel.numbers import render_number


def take_number(kind: str, *, organization: Organization, pattern: str, on: dt.date) -> str:
    """The next number of `kind` in the year of `on`, in the words of `pattern` ("{ORG}-C-{YYYY}-{SEQ4}")."""
    period = f"{on:%Y}"
    sql = (
        "UPDATE departments_numbersequence SET next = next + 1 "
        "WHERE organization_id = %s AND kind = %s AND period = %s RETURNING next - 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [organization.pk, kind, period])
        row = cursor.fetchone()
        if row is None:
            NumberSequence.objects.bulk_create(
                [NumberSequence(organization=organization, kind=kind, period=period)],
                ignore_conflicts=True,
            )
            cursor.execute(sql, [organization.pk, kind, period])
            row = cursor.fetchone()
    return render_number(
        pattern, seq=row[0], on=on, org=organization.code or organization.short_name
    )
