"""A life and the rows written of it: what every writer of the year in bulk works on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from cases.models.casework import Case, CaseForm
from cases.models.codes import FormState
from cases.models.consents import Consent
from cases.models.people import Client
from cases.workflow import CaseStage
from msw_portal.demo.houses import Hospital, signer_of
from msw_portal.demo.lives import Life

BATCH = 500
HOUR = dt.timedelta(hours=1)
AT_THE_DOOR = frozenset({CaseStage.PENDING})
NOT_TAKEN = frozenset({CaseStage.DECLINED, CaseStage.REFERRED_OUT})


@dataclass
class File:
    """A life and the rows written of it so far."""

    life: Life
    stage: str
    hospital: Hospital
    client: Client | None = None
    case: Case | None = None
    rows: dict[str, Any] = field(default_factory=dict)

    @property
    def house(self) -> int:
        return self.hospital.id

    @property
    def worker(self) -> Any:
        return self.hospital.worker_of(self.life)

    @property
    def supervisor(self) -> Any:
        return self.hospital.supervisor_of(self.life)

    @property
    def is_assigned(self) -> bool:
        return self.stage not in AT_THE_DOOR and self.life.declined != "door"

    @property
    def is_accepted(self) -> bool:
        return self.is_assigned and self.stage not in NOT_TAKEN | {CaseStage.INTAKE}

    @property
    def ended(self) -> dt.datetime | None:
        if self.stage == CaseStage.CLOSED:
            return self.life.closed
        if self.stage in NOT_TAKEN:
            return self.life.assigned if self.life.declined == "door" else self.life.accepted
        return None

    def has(self, moment: dt.datetime, until: dt.datetime) -> bool:
        return self.is_accepted and moment <= until

    def told(self, text: str) -> str:
        return self.life.told(text)


def put(rows: Sequence[models.Model]) -> list[Any]:
    """Write rows of one table."""
    rows = list(rows)
    return type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH) if rows else []


def born(moment: dt.datetime, by: Any) -> dict[str, Any]:
    """The columns that say when and by whom a row was made."""
    return {"created_at": moment, "updated_at": moment, "created_by": by}


def consent(file: File, kind: str, signed: dt.datetime, **more: Any) -> Consent:
    """A signature under the house's own text."""
    template = file.hospital.templates[kind]
    signer, relation = signer_of(file.life)
    values = {"purpose": template.title, "items": list(template.items), **more}
    return Consent(
        organization_id=file.house,
        client=file.client,
        case=file.case,
        kind=kind,
        template=template,
        text_hash=bytes(template.text_hash),
        signer=signer,
        signer_relation=relation,
        guardian_proof="" if relation == "self" else "household_register",
        method="paper_scan",
        signed_at=signed,
        **values,
        **born(signed, file.worker),
    )


def form(file: File, kind: str, moment: dt.datetime, payload: dict[str, Any]) -> CaseForm:
    return CaseForm(
        organization_id=file.house,
        case=file.case,
        kind=kind,
        version=1,
        payload=payload,
        state=FormState.FINAL,
        finalized_at=moment,
        form_no=f"{file.case.number}-{kind}-1",
        **born(moment, file.worker),
    )
