"""Eligibility as advice: every condition with its reason, the amounts, and a sentence that decides nothing."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.casework import Case
from departments.models.people import User
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest, RequestSheet
from donations.services.advice import Advice, advice_for_worker
from donations.views.funds import span_words
from donations.views.wording import joined
from donations.workflow import FINAL, GRANTED
from msw_portal.kernel.display import enumerated
from msw_portal.kernel.ids import uuid7

ICONS = {True: "check", False: "warn", None: "help"}
SAID = {True: gettext_lazy("符合："), False: gettext_lazy("不符："), None: gettext_lazy("待核对：")}
NOTES = {
    True: "",
    False: gettext_lazy("按现有资料不符合"),
    None: gettext_lazy("资料里没有，请核对"),
}


def reasons_of(advice: Advice) -> list[dict[str, Any]]:
    """Each condition: met, not met, or open."""
    return [
        {
            "text": line.text,
            "icon": ICONS[line.is_met],
            "note": NOTES[line.is_met],
            "said": SAID[line.is_met],
            "is_short": line.is_met is False,
        }
        for line in advice.lines
    ]


def verdict_of(advice: Advice) -> tuple[str, str]:
    """The advice in a word and its tone; never a decision."""
    if advice.is_eligible:
        return _("看起来符合"), "accent"
    if advice.is_eligible is None:
        n = sum(line.is_met is None for line in advice.lines)
        return _("%(n)d 条待核对") % {"n": n}, ""
    n = sum(line.is_met is False for line in advice.lines)
    return _("%(n)d 条不符") % {"n": n}, "warn"


def benefits_of(version: ProgrammeVersion, advice: Advice) -> list[dict[str, Any]]:
    """The programme's amounts, the row that fits the facts marked."""
    return [
        {
            "text": row["zh"],
            "amount": Decimal(row["amount"]),
            "is_likely": row["code"] == advice.benefit_code,
        }
        for row in version.benefit_rows
    ]


def advice_panel(request: FundingRequest) -> dict[str, Any]:
    """The advice beside the form, from what is saved."""
    return panel(request, advice_for_worker(request))


def panel(request: FundingRequest, advice: Advice) -> dict[str, Any]:
    """Advice as a card: its word and tone, the conditions, the amounts."""
    words, tone = verdict_of(advice)
    return {
        "words": words,
        "tone": tone,
        "reasons": reasons_of(advice),
        "benefits": benefits_of(request.programme_version, advice),
        "amount": advice.benefit,
    }


def choices_for(
    user: User, case: Case, versions: Iterable[ProgrammeVersion]
) -> list[dict[str, Any]]:
    """Programmes to choose from, those that seem to fit first; nothing is hidden for not fitting."""
    versions = list(versions)
    requests = list(
        FundingRequest.objects.visible_to(user)
        .filter(case__client__root_id=case.client.root_id)
        .select_related("programme_version")
    )
    rows = [_choice(case, version, requests) for version in versions]
    rows.sort(key=lambda row: row["rank"])
    for n, row in enumerate(rows):
        row["is_first"] = n == 0
        row["head_id"] = f"h-p{n + 1}"
    return rows


def _choice(
    case: Case, version: ProgrammeVersion, requests: list[FundingRequest]
) -> dict[str, Any]:
    advice = advice_for_worker(_imagined(case, version, requests))
    words, tone = verdict_of(advice)
    open_one = next(
        (
            one
            for one in requests
            if one.programme_version.programme_id == version.programme_id
            and one.case_id == case.pk
            and one.state not in FINAL | GRANTED
        ),
        None,
    )
    required = [
        str(row.get("text", row["type"])) for row in version.documents if row.get("required")
    ]
    return {
        "uid": version.uid,
        "once": uuid7(),
        "name": version.name,
        "house": version.organization.name,
        "summary": version.summary,
        "advice": words,
        "tone": tone,
        "reasons": reasons_of(advice),
        "benefits": benefits_of(version, advice),
        "papers": _("必备材料：%(papers)s") % {"papers": enumerated(required) or "—"},
        "valid_words": joined([_("有效期 %(span)s") % {"span": span_words(version.valid)}]),
        "started_url": reverse("donations:request", args=[open_one.uid]) if open_one else "",
        "rank": {True: 0, None: 1, False: 2}[advice.is_eligible],
    }


def _imagined(
    case: Case, version: ProgrammeVersion, requests: list[FundingRequest]
) -> FundingRequest:
    """A request that is never saved: the facts of the case, as advice reads them."""
    known = next(
        (
            one.subject_code
            for one in requests
            if one.programme_version.organization_id == version.organization_id
        ),
        "",
    )
    request = FundingRequest(
        case=case,
        programme_version=version,
        organization_id=case.organization_id,
        subject_code=known,
    )
    RequestSheet(request=request, organization_id=case.organization_id, payload={})
    return request
