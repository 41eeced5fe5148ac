"""Where forms with `data-draft` are posted while somebody types."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from departments.services import drafts


@require_POST
def draft(request: HttpRequest, form: str, subject: uuid.UUID | None = None) -> HttpResponse:
    """204 when kept; 409 when another tab saved after this page was made: nothing is overwritten."""
    base = request.POST.get("_draft_base", "")
    drafts.draft_save(
        form=form,
        subject_uid=subject,
        fields=drafts.typed_fields(request.POST.lists()),
        tab=request.POST.get("once", "")[:40],
        base_version=int(base) if base.isascii() and base.isdigit() and len(base) < 9 else None,
        by=request.user,
    )
    return HttpResponse(status=204)
