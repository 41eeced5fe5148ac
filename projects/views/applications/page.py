"""One application: how far it is, what it says, its versions and people; for the unit and the issuer."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.services.history import history_lines
from projects.models.applications import Application, ApplicationParty, ApplicationVersion
from projects.permissions import calls as may
from projects.querysets.calls import ISSUER_ROLES
from projects.services.applications.completeness import meter
from projects.services.applications.content import Whole, sections_text, whole_of
from projects.services.applications.files import files_of
from projects.services.applications.papers import application_paper
from projects.services.calls import shapes
from projects.services.calls.public import is_taking
from projects.services.veiling import outcomes_veil, state_veiled
from projects.views.applications.listing import TONES
from projects.views.guards import both_sides
from projects.workflow.calls import WRITABLE, ApplicationState

A = ApplicationState
LINE = (A.DRAFT, A.SUBMITTED, A.ACCEPTED_FORMAL, A.IN_REVIEW, A.PROPOSED, A.SELECTED)
PLACE = {
    A.SUPPLEMENT_REQUIRED: A.SUBMITTED,
    A.SCORED: A.IN_REVIEW,
    A.RESERVE: A.PROPOSED,
    A.APPROVED: A.SELECTED,
}


def application_or_404(request: HttpRequest, uid: uuid.UUID) -> Application:
    rows = Application.objects.visible_to(request.user)
    row = get_object_or_404(
        rows.select_related("call__organization", "call__partner", "merged_into"), uid=uid
    )
    outcomes_veil([row], request.user)
    return row


def _stepper(row: Application) -> list[dict[str, Any]]:
    state = PLACE.get(A(row.state), A(row.state))
    if state not in LINE:
        return []
    place = LINE.index(state)
    return [
        {
            "label": one.label,
            "note": row.get_state_display() if n == place and one != row.state else "",
            "state": "done" if n < place else "now" if n == place else "ahead",
        }
        for n, one in enumerate(LINE)
    ]


@require_safe
@both_sides
def application(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = application_or_404(request, uid)
    is_issuer = request.user.role in ISSUER_ROLES
    template = "projects/application_received.html" if is_issuer else "projects/application.html"
    return render(request, template, application_page(request, row))


def application_page(request: HttpRequest, row: Application) -> dict[str, Any]:
    """Everything both pages show; the buttons are those of the permissions."""
    user, whole = request.user, whole_of(row)
    versions = (
        ApplicationVersion.objects.visible_to(user).filter(application=row).order_by("-version")
    )
    return {
        "application": row,
        "call": row.call,
        "tone": TONES.get(A(row.state), ""),
        "steps": _stepper(row),
        **_filled(whole),
        "content": _content(row, whole, versions),
        "versions": versions,
        "files": list(files_of(row)),
        "co_applicants": [one for one in whole.of("co_applicant") if one.state != "ended"],
        "leader": next(iter(whole.of("leader")), None),
        "is_taking": is_taking(row.call),
        "is_writable": row.state in WRITABLE,
        **_buttons(user, row),
    }


def _filled(whole: Whole) -> dict[str, Any]:
    found = meter(whole)
    sections = shapes.sections_of(whole.application.call.form)
    return {
        "meter": found,
        "missing": found.missing[:12],
        "sections": [
            {
                "one": one,
                "done": found.counts[one["code"]][0],
                "asked": found.counts[one["code"]][1],
            }
            for one in sections
        ],
    }


def _buttons(user: Any, row: Application) -> dict[str, bool]:
    submits = may.can_submit_application(user, row)
    return {
        "may_write": may.can_write_application(user, row),
        "may_submit": submits and row.state == A.DRAFT,
        "may_resubmit": submits and row.state == A.SUPPLEMENT_REQUIRED,
        "may_withdraw": may.can_withdraw_application(user, row),
        "may_merge": may.can_merge_applications(user, row),
    }


def _content(row: Application, whole: Any, versions: Any) -> list[dict[str, Any]]:
    """What was handed in as it is frozen, or the draft as it stands."""
    if row.state not in WRITABLE and versions:
        return versions[0].payload["sections"]
    return sections_text(whole, language=get_language() or "zh-hans")


@require_safe
@both_sides
def preview(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The draft as it would be handed in."""
    row = application_or_404(request, uid)
    content = sections_text(whole_of(row), language=get_language() or "zh-hans")
    return render(
        request,
        "projects/application_preview.html",
        {"application": row, "call": row.call, "content": content},
    )


@require_safe
@both_sides
def version(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One frozen version with its hash."""
    row = application_or_404(request, uid)
    rows = ApplicationVersion.objects.visible_to(request.user).filter(application=row)
    one = get_object_or_404(rows, version=number)
    context = {
        "application": row,
        "call": row.call,
        "version": one,
        "content": one.payload["sections"],
    }
    return render(request, "projects/application_preview.html", context)


@require_safe
@both_sides
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """PDF of the newest version that was handed in, of `?version=`, or of the draft."""
    row = application_or_404(request, uid)
    rows = ApplicationVersion.objects.visible_to(request.user).filter(application=row)
    asked = request.GET.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 5:
        found = rows.filter(version=int(asked)).first()
        if found is None:
            raise Http404
    else:
        found = None if row.state in WRITABLE else rows.order_by("-version").first()
    pdf = application_paper(application=row, version=found, by=request.user)
    response = HttpResponse(pdf, content_type="application/pdf")
    name = f"{_('申报书')} {row.number or row.title}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_safe
@both_sides
def history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    lines = history_lines(application_or_404(request, uid))
    return render(request, "projects/_history.html", {"lines": lines})


@require_safe
def invitation(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What another unit asks the own house to join: the outline, and after agreeing the whole copy."""
    party = get_object_or_404(ApplicationParty.objects.listed_to(request.user), uid=uid)
    labels = dict(ApplicationState.choices)
    context = {
        "party": party,
        "state": labels.get(state_veiled(party.application_state), ""),
        "content": party.shown.get("sections", []) if party.state == "accepted" else [],
        "may_answer": may.can_answer_invitation(request.user, party),
    }
    return render(request, "projects/invitation.html", context)
