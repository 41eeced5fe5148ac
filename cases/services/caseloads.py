"""How many open cases one worker carries, and the most a department sets: over it only with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from departments.models.organizations import Department
from departments.models.people import User
from msw_portal.kernel.errors import DomainError

SETTING = "caseload_limit"
MOST = 500
LEAST_REASON = 5


@dataclass(frozen=True)
class Load:
    """Open cases of a worker beside the department's limit (None: none is set)."""

    count: int
    limit: int | None

    def is_over(self, adding: int = 1) -> bool:
        return self.limit is not None and self.count + adding > self.limit


def limit_of(department: Department | None) -> int | None:
    """The most open cases of one worker; None while the department sets none."""
    value = department.settings.get(SETTING) if department is not None else None
    return value or None


def counts_of(workers: Iterable[int], house: int) -> dict[int, int]:
    """Open cases by worker, of those the reader may know of; one statement."""
    rows = Case.objects.filter(organization_id=house, worker_id__in=list(workers)).open()
    found = rows.order_by().values("worker_id").annotate(n=Count("pk"))
    return {row["worker_id"]: row["n"] for row in found}


def load_of(worker: User, department: Department) -> Load:
    house = department.organization_id
    return Load(counts_of([worker.pk], house).get(worker.pk, 0), limit_of(department))


def over_limit(
    worker: User, department: Department, *, adding: int = 1, reason: str
) -> dict[str, Any]:
    """What the audit keeps when `worker` goes over the limit with a reason; {} when not over.

    Raises:
        DomainError: `caseload.over_limit` on `over_reason` without a reason of 5 characters.
    """
    load = load_of(worker, department)
    if not load.is_over(adding):
        return {}
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise DomainError(
            "caseload.over_limit",
            _(
                "%(who)s 在办 %(n)d 件，本部门上限 %(limit)d 件。仍要增加的，请写明理由，至少 5 个字。"
            )
            % {"who": worker.display_name, "n": load.count, "limit": load.limit},
            "over_reason",
        )
    return {"caseload": [load.count, load.limit], "over_reason": reason[:200]}
