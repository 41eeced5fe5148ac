"""The rows that addresses of the privacy office and the archive need in the access matrix."""

import datetime as dt
from typing import Any

from django.utils import timezone

from cases.services.record_holds import record_hold_set
from departments.models.people import User
from departments.services.destruction import Piece, destruction_propose
from departments.services.privacy_registers import privacy_record_add
from departments.services.privacy_schemas import REGISTERS
from tests.factories.cases import make_client

PRIVACY_KEYS = {
    "cases:hold": "hold",
    "cases:hold_new": "client",
    "privacy:": "privacy_record",
    "privacy:one_list": "destruction",
    "privacy:approve": "destruction",
    "privacy:refuse": "destruction",
    "privacy:withdraw": "destruction",
    "privacy:certificate": "destruction",
}
PRIVACY_WORDS = {
    "privacy:list": {"slug": "assessments"},
    "privacy:new": {"slug": "assessments"},
    "privacy:step": {"step": "contain"},
    "privacy:notice": {"to": "authority"},
    "privacy:necessity_word": {"key": "cases.Client.phone"},
}
INCIDENT = {
    "title": "矩阵安全事件",
    "severity": "general",
    "found_at": timezone.now() - dt.timedelta(hours=1),
    **dict.fromkeys(("kinds", "cause", "harm", "measures", "advice", "contact"), "写明的内容"),
}


def privacy_rows(head: User) -> dict[str, Any]:
    """An incident that can be told, a hold, and a list that waits for somebody else."""
    fields = REGISTERS["incident"].fields
    record = privacy_record_add(
        kind="incident", values={one.name: INCIDENT.get(one.name) for one in fields}, by=head
    )
    hold = record_hold_set(
        client=make_client(head, name="演示封存"),
        kind="legal",
        reason="法院调取档案",
        since=timezone.localdate(),
        by=head,
    )
    piece = Piece(
        "compliancerecord",
        record.pk,
        str(record.uid),
        "矩阵",
        "assessment",
        timezone.localdate().isoformat(),
        "期满",
    )
    batch = destruction_propose(pieces=[piece], note="矩阵里的清单", by=head)
    return {"privacy_record": record, "hold": hold, "destruction": batch}
