"""Requests as rows of lists, tickets of the board and lines of panels."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from donations.models.requests import FundingRequest
from donations.views.copies import who_of
from donations.views.wording import due_for, joined, running_due, state_of, tone_of
from donations.workflow import GRANTED, RequestState
from msw_portal.kernel.display import when


def asked_row(aid: FundingRequest) -> dict[str, Any]:
    """A request in the asking side's list; needs case__client__root and programme_version__organization."""
    return {
        "url": reverse("donations:request", args=[aid.uid]),
        "programme": aid.programme_version.name,
        "number": aid.number or _("草稿"),
        "at": aid.submitted_at or aid.created_at,
        **_subject(aid),
        "house": aid.programme_version.organization.short_name
        or aid.programme_version.organization.name,
        "amount": aid.requested,
        "approved": aid.approved,
        "paid": aid.disbursed or None,
        "state": state_of(aid),
        "tone": tone_of(aid),
        "due": running_due(aid),
        "due_for": due_for(aid),
    }


def _subject(aid: FundingRequest) -> dict[str, Any]:
    """Whom or what it is for, with the page and number of the case or project."""
    if aid.is_for_project:
        page, row, who = "projects:project", aid.project, aid.project.title
    else:
        page, row, who = "cases:case", aid.case, aid.case.client.person.name_masked
    return {"who": who, "case_url": reverse(page, args=[row.uid]), "case_number": row.number}


def case_row(aid: FundingRequest) -> dict[str, Any]:
    """A request on the case page."""
    house = aid.programme_version.organization
    row = asked_row(aid)
    said = (
        _("批准 %(at)s") % {"at": when(aid.state_entered_at)}
        if aid.state == RequestState.APPROVED
        else ""
    )
    row["words"] = joined(
        [
            house.short_name or house.name,
            aid.number,
            said or when(aid.submitted_at or aid.created_at),
        ]
    )
    row["amount"] = aid.approved if aid.state in GRANTED else aid.requested
    return row


def waiting_row(aid: FundingRequest) -> dict[str, Any]:
    """A request that waits for the worker, on the workbench."""
    row = asked_row(aid)
    row["title"] = f"{row['who']} · {row['programme']}"
    row["words"] = joined([row["house"], row["number"]])
    if aid.state == RequestState.SUPPLEMENT_REQUIRED:
        row["url"] = f"{row['url']}#supplement"
    return row


def sent_row(aid: FundingRequest) -> dict[str, Any]:
    """A request in the foundation's list; needs organization, programme_version and review_disclosure."""
    return {
        "url": reverse("donations:review", args=[aid.uid]),
        "number": aid.number,
        "programme": str(aid.programme_version),
        "who": who_said(aid),
        "house": aid.organization.name,
        "amount": aid.requested,
        "approved": aid.approved,
        "state": state_of(aid),
        "tone": tone_of(aid),
        "due": running_due(aid),
        "due_for": due_for(aid),
        "at": aid.submitted_at,
    }


def who_said(aid: FundingRequest) -> str:
    """The pseudonym, with age band and disease while the copy lives; a project by its title."""
    if aid.is_for_project:
        return aid.form.get("project", {}).get("title") or aid.subject_code
    copy = aid.review_disclosure
    return who_of(aid.subject_code, copy.payload if copy is not None else None)


def facts_said(aid: FundingRequest) -> str:
    """Age band and disease alone, with the separator that leads on to the number."""
    if aid.is_for_project:
        return ""
    said = who_said(aid).removeprefix(aid.subject_code).removeprefix(" · ")
    return f"{said} · " if said else ""
