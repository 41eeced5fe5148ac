"""Where forms with `data-draft` are posted while somebody types, and where a draft is thrown away."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from departments.services import drafts
from departments.services.draft_forms import page_of
from msw_portal.kernel.htmx import answer


@require_POST
def draft(request: HttpRequest, form: str, subject: uuid.UUID | None = None) -> HttpResponse:
    """204 when kept; 409 when another tab saved after this page was made: nothing is overwritten."""
    drafts.draft_save(
        form=form,
        subject_uid=subject,
        fields=drafts.typed_fields(request.POST.lists()),
        tab=request.POST.get("once", "")[:40],
        page=page_of(request.headers.get("Referer", "")),
        base_version=drafts.base_typed(request.POST),
        by=request.user,
    )
    return HttpResponse(status=204)


@require_POST
def discard(request: HttpRequest, form: str, subject: uuid.UUID | None = None) -> HttpResponse:
    """Back to my day without the draft; a draft that is not there is gone already."""
    drafts.draft_discard(form=form, subject_uid=subject, by=request.user)
    to = f"{reverse('departments:workbench')}#my-day"
    return answer(request, "", {}, ok=True, to=to, done=_("草稿已删除。"))
