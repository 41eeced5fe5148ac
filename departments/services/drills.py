"""A restore drill is written down among what a house must be able to show."""

import datetime as dt
from typing import Any

from django.utils import timezone

from departments import audit
from departments.models.compliance import ComplianceRecord
from msw_portal.kernel.scope import INSTALLATION, scope


def drill_record(*, result: dict[str, Any]) -> ComplianceRecord:
    """Keep the result of a drill (`at`, `backup`, `is_good`, `seconds`, `findings`) as a closed record."""
    with scope(org=INSTALLATION, role="system"):
        record = ComplianceRecord(
            organization_id=INSTALLATION,
            kind=ComplianceRecord.Kind.DRILL,
            payload=result,
            state=ComplianceRecord.State.CLOSED,
            due_on=timezone.localdate() + dt.timedelta(days=31),
            closed_at=timezone.now(),
        )
        record.save(force_insert=True)
        audit.record(
            "drill.finish",
            by=None,
            on=record,
            is_good=result["is_good"],
            findings=len(result["findings"]),
        )
        return record
