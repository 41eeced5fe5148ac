"""The numbered forms of a file: payloads that are kept whole and frozen when final."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max
from django.utils import timezone

from cases.models.casework import Case, CaseForm
from cases.models.codes import FormState


def form_keep(*, case: Case, kind: str, payload: Mapping[str, Any], by: Any) -> CaseForm:
    """Add the next final version of a form; dates, amounts and ids become text.

    Called by the case's own services, which have locked the case and required the right.
    """
    last = CaseForm.objects.filter(case=case, kind=kind).aggregate(last=Max("version"))["last"] or 0
    form = CaseForm(
        organization_id=case.organization_id,
        case=case,
        kind=kind,
        version=last + 1,
        payload=json.loads(json.dumps(dict(payload), cls=DjangoJSONEncoder)),
        state=FormState.FINAL,
        finalized_at=timezone.now(),
        form_no=f"{case.number}-{kind}-{last + 1}" if case.number else "",
        created_by=by,
    )
    form.save(force_insert=True)
    return form
