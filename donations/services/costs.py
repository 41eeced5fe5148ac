"""The bill of a request by layer and the gap that is left; what the state has granted on the case is in it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cases.models.casework import Case
from cases.services.state_aid.opening import granted_by_layer
from departments import audit
from departments.services.messages import message_write
from donations.models.requests import CostLine, FundingRequest
from msw_portal.kernel.display import money
from msw_portal.kernel.errors import DomainError

Layer = CostLine.Layer
ZERO = Decimal(0)


def costs_write(request: FundingRequest, lines: Mapping[str, Decimal], *, by: Any) -> None:
    """Replace the layers; sets `cost_total` and `gap` on the locked request, which the caller saves.

    Raises:
        DomainError: `funding_request.cost_layer`, `cost_line_not_negative`,
            `funding_request.cost_total_missing` on `cost_lines`, `funding_request.state_aid_counts` on
            the layer's field where it says less than the authorities have granted.
    """
    lines = {layer: amount for layer, amount in lines.items() if amount is not None}
    if not set(lines) <= set(Layer.values):
        raise DomainError("funding_request.cost_layer", _("没有这个费用项目。"), "cost_lines")
    if any(amount < 0 for amount in lines.values()):
        raise DomainError("cost_line_not_negative", _("金额不能为负数。"), "cost_lines")
    if not lines.get(Layer.TOTAL):
        raise DomainError(
            "funding_request.cost_total_missing", _("请填写医疗总费用。"), "cost_lines"
        )
    state_aid = {} if request.is_for_project else granted_by_layer(request.case)
    for layer, granted in state_aid.items():
        if lines.get(layer, ZERO) < granted:
            raise DomainError(
                "funding_request.state_aid_counts",
                _("本个案的%(layer)s已批准 %(amount)s 元，费用里不能少于这个数。")
                % {"layer": Layer(layer).label, "amount": money(granted)},
                f"cost_{layer}",
            )
    _keep(request, lines, by=by)


def _keep(request: FundingRequest, lines: Mapping[str, Decimal], *, by: Any) -> None:
    kept = {line.layer: line for line in CostLine.objects.filter(request=request)}
    CostLine.objects.filter(request=request).exclude(layer__in=list(lines)).delete()
    for layer, amount in lines.items():
        line = kept.get(layer) or CostLine(
            organization_id=request.organization_id, request=request, layer=layer, created_by=by
        )
        line.amount = amount
        line.save()
    covered = sum((amount for layer, amount in lines.items() if layer != Layer.TOTAL), ZERO)
    request.cost_total = lines[Layer.TOTAL]
    request.gap = max(request.cost_total - covered, ZERO)


def state_aid_count(*, case: Case, layer: str, before: Decimal, after: Decimal, by: Any) -> int:
    """The state's grants on a case have changed from `before` to `after` yuan: its running requests follow.

    In a draft the layer that said less is raised, and one that said just `before` follows down. A request
    that was sent keeps the bill it was sent with: what goes beyond it is its `later_aid`, which lessens
    what remains to be paid, and both houses hear of it. Returns how many requests changed.
    """
    rows = (
        FundingRequest.objects.open()
        .locked()
        .filter(organization_id=case.organization_id, case_id=case.pk)
        .order_by("pk")
    )
    granted = granted_by_layer(case)
    changed = 0
    for request in rows:
        gap = request.gap_now
        if request.submitted_at is None:
            changed += _follow(request, layer, before, after, by)
        else:
            changed += _add_later(request, granted, by)
        if request.gap_now != gap:
            facts = {"layer": layer, "amount": after, "gap": [gap, request.gap_now]}
            audit.record("funding_request.state_aid", by=by, on=request, **facts)
    return changed


def _lines(request: FundingRequest) -> dict[str, Decimal]:
    return dict(CostLine.objects.filter(request=request).values_list("layer", "amount"))


def _follow(request: FundingRequest, layer: str, before: Decimal, after: Decimal, by: Any) -> bool:
    lines = _lines(request)
    stated = lines.get(layer, ZERO)
    if not lines.get(Layer.TOTAL) or not (stated < after or stated == before != after):
        return False
    lines[layer] = after
    _keep(request, {name: amount for name, amount in lines.items() if amount}, by=by)
    request.save(update_fields=["cost_total", "gap"])
    return True


def _add_later(request: FundingRequest, granted: Mapping[str, Decimal], by: Any) -> bool:
    lines, gap = _lines(request), request.gap_now
    beyond = (max(sum_ - lines.get(layer, ZERO), ZERO) for layer, sum_ in granted.items())
    later = sum(beyond, ZERO)
    if later == request.later_aid:
        return False
    request.later_aid = later
    request.save(update_fields=["later_aid"])
    body = _("登记了国家救助的结果：剩余缺口由 %(before)s 元变为 %(after)s 元。")
    said = {"before": money(gap), "after": money(request.gap_now)}
    message_write(subject=request, body=body % said, by=by)
    return True
