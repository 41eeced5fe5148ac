"""What a foundation reads of a project that asks for money: its facts and papers. A project has no person to consent."""

from typing import Any

from donations.models.requests import FundingRequest
from donations.services.blackening import refuse_names
from donations.services.copies import copies_make, copies_shred, costs_of, disclose_review
from donations.services.readiness import check_consent
from projects.models.cultivation import Project


def project_facts(request: FundingRequest) -> dict[str, Any]:
    """The project as it is told: plain values, amounts as strings in yuan; nobody is named.

    `indicators` are [{"name", "unit", "target"}]; `purpose` is what the money is for, in the unit's words.
    """
    project, sheet = request.project, request.sheet.payload
    issuer = project.counterparty
    return {
        "uid": str(project.uid),
        "number": project.number,
        "title": project.title,
        "unit": request.organization.name,
        "issuer": issuer.name if issuer else "",
        "period": _span(project),
        "approved_amount": str(project.approved_amount) if project.approved_amount else None,
        "indicators": [
            {"name": one.name, "unit": one.unit, "target": f"{one.target.normalize():f}"}
            for one in project.projectindicators.order_by("rank", "id")
        ],
        "costs": costs_of(request),
        "purpose": sheet.get("story", ""),
    }


def _span(project: Project) -> str:
    """`2026-01-01 – 2026-12-31`."""
    return f"{project.starts_on} – {project.ends_on}" if project.starts_on else ""


def project_show(request: FundingRequest, *, by: Any) -> None:
    """Write what the foundation reads into the shared row, with copies of the papers; older copies are emptied."""
    copies = copies_make(request, by=by)
    request.form = {**request.form, "project": project_facts(request)}
    request.save(update_fields=["form"])
    copies_shred(request, except_ids=[copy.pk for copy in copies])


def copies_renew(request: FundingRequest, *, by: Any) -> None:
    """The next version of what the foundation reads: by the person's consent, or of the project.

    Raises:
        DomainError: see check_consent and refuse_names.
    """
    refuse_names(request)
    if request.is_for_project:
        project_show(request, by=by)
        return
    check_consent(request, request.consent)
    disclose_review(request, request.consent, by=by)
