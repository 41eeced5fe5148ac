"""What money keeps a case for, and what of its requests is emptied with it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.services.policies import RetentionRule
from departments.services.retention import ends_on
from donations.models.matching import AidMatch
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.workflow import FINAL

NO_MARK = "00" * 16


def requests_keep(
    ids: Sequence[int], *, house: int, rule: RetentionRule
) -> dict[int, list[tuple[str | Promise, dt.date | None]]]:
    """A request that is not over keeps its case; one that was paid, as long as the vouchers of that year."""
    found: dict[int, list[tuple[str | Promise, dt.date | None]]] = defaultdict(list)
    rows = FundingRequest.objects.filter(organization_id=house, case__in=ids)
    for case_id, state in rows.values_list("case_id", "state"):
        if state not in FINAL:
            found[case_id].append((_("救助申请还没有办结"), None))
    paid = Disbursement.objects.filter(request__in=rows).values_list(
        "request__case_id", "paid_on", "released_at"
    )
    for case_id, paid_on, released_at in paid:
        day = paid_on or (timezone.localdate(released_at) if released_at else None)
        if day is not None:
            until = ends_on("voucher", dt.date(day.year + 1, 1, 1), rule)
            words = _("有拨付，会计凭证保存 %(n)d 年") % {"n": rule.voucher_years}
            found[case_id].append((words, until))
    return found


def rows_with_cases(
    ids: Sequence[int], *, house: int
) -> Iterator[tuple[type[models.Model], str, list[int], dict[str, Any]]]:
    """(model, column, ids, what else is put) of everything that hangs on the requests of these cases.

    Amounts, states and days stay: the ledger, the reports and the other side's figures rest on them.
    """
    rows = FundingRequest.objects.filter(organization_id=house, case__in=ids)
    requests = list(rows.values_list("pk", flat=True))
    if not requests:
        return
    for model in apps.get_app_config("donations").get_models():
        field = next(
            (one for one in model._meta.local_concrete_fields if one.name == "request"), None
        )
        if field is None or field.related_model is not FundingRequest:
            continue
        if model._meta.model_name.startswith("ledger"):
            continue
        yield model, "request_id", requests, {"match_hash": NO_MARK} if model is AidMatch else {}
    yield FundingRequest, "id", requests, {}
