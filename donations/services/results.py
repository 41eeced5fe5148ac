"""The result report to the foundation: scores before and after, dimension by dimension, under the family's consent.

No narrative and no band: numbers and dates of final scales of the case the request was made for, and the
four-way score at the places of the whole course. Corrected scores do not count.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import ConsentKind, DisclosureLevel, ShareItem
from cases.models.consents import Consent, Disclosure
from cases.models.service_codes import MilestoneKind
from cases.models.work import Assessment
from cases.services.disclosures import disclosure_make, disclosures_read
from departments import audit
from donations.models.requests import FundingRequest
from donations.permissions import can_tell_use, can_view_request
from donations.services.reading import note_opening
from donations.services.requests import locked_own, refuse_hold, tell_foundation
from donations.workflow import GRANTED, RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.instruments.own import FOUR_WAY, FOUR_WAY_AXES

# 术前评估 → 术中支持 → 术后回访, of the places where a score may have been taken.
PLACES = (
    MilestoneKind.PRE_OP,
    MilestoneKind.OPERATION,
    MilestoneKind.POST_OP,
    MilestoneKind.FOLLOW_UP,
)
GIVES = GRANTED | {RequestState.DECEASED}


def scores_of(request: FundingRequest) -> dict[str, Any]:
    """`{"scales": [...], "checkpoints": [...]}` of the case; in the hospital's scope with care.

    A scale counts with two final answers at least: `before` is the first, `after` the last. Numbers are
    texts, days are ISO dates.
    """
    rows = Assessment.objects.filter(
        organization_id=request.organization_id, case_id=request.case_id, is_final=True
    ).select_related("questionnaire")
    finals = list(rows.order_by("finalized_at", "id"))
    corrected = {one.corrects_id for one in finals if one.corrects_id}
    finals = [one for one in finals if one.pk not in corrected]
    by_code: dict[str, list[Assessment]] = {}
    for one in finals:
        by_code.setdefault(one.questionnaire.code, []).append(one)
    return {
        "scales": [_scale(found) for found in by_code.values() if len(found) > 1],
        "checkpoints": _checkpoints(by_code.get(FOUR_WAY["code"], [])),
    }


def _scale(found: list[Assessment]) -> dict[str, Any]:
    first, last = found[0], found[-1]
    definition = last.questionnaire.definition
    names = definition.get("scoring", {}).get("subscales", {})
    # The database keeps no order of keys: the sheet's own is that of its items.
    place = {item["code"]: n for n, item in enumerate(definition.get("items", []))}
    ordered = sorted(names.items(), key=lambda one: place.get(one[1]["items"][0], len(place)))
    return {
        "code": last.questionnaire.code,
        "title": last.questionnaire.title,
        "before": _total(first),
        "after": _total(last),
        "dimensions": [
            {
                "code": code,
                "title": str(named.get("zh", code)),
                "before": _part(first, code),
                "after": _part(last, code),
            }
            for code, named in ordered
        ],
    }


def _total(one: Assessment) -> dict[str, Any]:
    # The sum of the four ways means nothing.
    total = None if one.questionnaire.code == FOUR_WAY["code"] else one.score.get("total")
    return {
        "on": timezone.localdate(one.finalized_at).isoformat(),
        "total": None if total is None else str(total),
    }


def _part(one: Assessment, code: str) -> str | None:
    value = one.score.get("subscales", {}).get(code)
    return None if value is None else str(value)


def _checkpoints(found: Iterable[Assessment]) -> list[dict[str, Any]]:
    """The newest score at each place, in the order of the course."""
    at = {one.checkpoint: one for one in found if one.checkpoint}
    return [
        {
            "place": str(place),
            "on": timezone.localdate(at[place].finalized_at).isoformat(),
            "scores": {code: _part(at[place], code) for code, _text, _anchors in FOUR_WAY_AXES},
        }
        for place in PLACES
        if place in at
    ]


def result_consent(request: FundingRequest) -> Consent | None:
    """A live consent to this foundation that covers the scores."""
    return (
        Consent.objects.live()
        .filter(
            organization_id=request.organization_id,
            kind=ConsentKind.SHARE_TO_ORG,
            recipient_id=request.counterparty_id,
            client__root_id=request.case.client.root_id,
            items__contains=[ShareItem.RESULTS],
        )
        .order_by("-id")
        .first()
    )


@command
def result_disclose(*, request: FundingRequest, by: Any) -> Disclosure:
    """Give the foundation the report as it is now; an earlier one is replaced.

    Raises:
        DomainError: `result.too_early` (409) before the approval, `funding_request.on_hold` (409),
            `result.needs_consent` (409), `result.nothing` (409) without a scale taken twice or a checkpoint.
    """
    request = locked_own(request, by=by, rule=can_tell_use)
    refuse_hold(request)
    if request.state not in GIVES:
        raise DomainError("result.too_early", _("批准以后才有结果可报告。"), status=409)
    consent = result_consent(request)
    if consent is None:
        raise DomainError(
            "result.needs_consent",
            _("同意书没有勾选“服务前后的量表得分”，不能提供。请家庭补签后再报告。"),
            status=409,
        )
    scores = scores_of(request)
    if not scores["scales"] and not scores["checkpoints"]:
        raise DomainError(
            "result.nothing", _("还没有前后两次定稿的量表，也没有节点评分。"), status=409
        )
    copy = disclosure_make(
        organization=request.organization,
        recipient=request.counterparty,
        consent=consent,
        level=DisclosureLevel.RESULT,
        subject=request,
        payload={str(ShareItem.RESULTS): scores},
        fields=[str(ShareItem.RESULTS)],
        by=by,
    )
    tell_foundation(request, "result", by=by)
    audit.record("funding_request.result", by=by, on=request, disclosure=copy.uid)
    return copy


def result_copy(request: FundingRequest) -> Disclosure | None:
    """The living report of a request; either house may ask whether there is one."""
    return (
        Disclosure.objects.live()
        .filter(
            organization_id=request.organization_id,
            recipient_id=request.counterparty_id,
            subject_kind=request._meta.model_name,
            subject_id=request.pk,
            level=DisclosureLevel.RESULT,
        )
        .order_by("-version")
        .first()
    )


@command
def result_read(*, request: FundingRequest, by: Any) -> tuple[Disclosure, Mapping[str, Any]] | None:
    """The report as given, counted, audited and told to the hospital where the foundation reads it; None without one.

    Raises:
        DomainError: `permission.can_view_request` (403).
    """
    require(can_view_request, by, request)
    copy = result_copy(request)
    if copy is None:
        return None
    if by.house_id == request.counterparty_id:
        found = disclosures_read(disclosures=[copy.pk], by=by)
        note_opening(request, levels=[DisclosureLevel.RESULT], by=by)
        copy = found[0] if found else copy
    return copy, copy.payload[ShareItem.RESULTS]
