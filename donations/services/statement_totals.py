"""A month of one source as a statement: what came, what of it is booked, and how it ties to the cash account."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from donations.permissions import can_view_statements
from msw_portal.kernel.access import require


@dataclass(frozen=True)
class Statement:
    """One source in one month, in yuan: came = booked + waiting + open + ignored."""

    source: str
    month: dt.date
    line_count: int
    came: Decimal
    booked: Decimal
    waiting: Decimal
    open: Decimal
    ignored: Decimal


@dataclass(frozen=True)
class Cash:
    """Gifts on the cash account in a month: `tied` of them stand on a confirmed line, `loose` do not."""

    month: dt.date
    gifts: Decimal
    tied: Decimal

    @property
    def loose(self) -> Decimal:
        return self.gifts - self.tied


TOTALS = """
    SELECT source, date_trunc('month', "on")::date, count(*), sum(amount),
           coalesce(sum(amount) FILTER (WHERE state = 'confirmed'), 0),
           coalesce(sum(amount) FILTER (WHERE state = 'matched'), 0),
           coalesce(sum(amount) FILTER (WHERE state = 'open'), 0),
           coalesce(sum(amount) FILTER (WHERE state = 'ignored'), 0)
      FROM donations_statementline
     WHERE organization_id = %s AND state NOT IN ('split', 'undone') AND "on" >= %s
     GROUP BY 1, 2 ORDER BY 2 DESC, 1
"""
# By the day the money came, not the day it was booked: that is what the bank's statement is about.
CASH = """
    SELECT g.month, sum(g.amount), sum(least(g.amount, coalesce(t.total, 0)))
      FROM (SELECT d.id, date_trunc('month', d.received_on)::date AS month, sum(e.amount) AS amount
              FROM donations_ledgerjournal j
              JOIN donations_ledgerentry e ON e.journal_id = j.id
              JOIN donations_ledgeraccount a ON a.id = e.account_id AND a.kind = 'cash'
              JOIN donations_donation d ON d.id = j.donation_id
             WHERE j.organization_id = %s AND j.kind = 'donation' AND d.received_on >= %s AND d.used_before IS NULL
             GROUP BY d.id) g
      LEFT JOIN (SELECT donation_id, sum(amount) AS total FROM donations_statementline
                  WHERE organization_id = %s AND state = 'confirmed' GROUP BY 1) t ON t.donation_id = g.id
     GROUP BY 1 ORDER BY 1 DESC
"""


def statements_since(day: dt.date, *, by: Any) -> tuple[list[Statement], list[Cash]]:
    """Statements and the cash account's gifts from the month of `day` on, newest month first.

    Raises:
        DomainError: `permission.can_view_statements` (403).
    """
    require(can_view_statements, by, None)
    first = day.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [by.house_id, first])
        statements = [Statement(*row) for row in cursor.fetchall()]
        cursor.execute(CASH, [by.house_id, first, by.house_id])
        cash = [Cash(*row) for row in cursor.fetchall()]
    return statements, cash
