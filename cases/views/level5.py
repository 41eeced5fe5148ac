"""The proposal of secrecy level 5 on the case page: followed, or decided against."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.team import KeepForm
from cases.permissions import can_raise_secrecy
from cases.services.level5 import level5_follow, level5_keep
from cases.services.level5_signals import signals
from cases.views.case_file import CaseFile
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404
from msw_portal.kernel.htmx import go_to


def proposal(file: CaseFile) -> dict[str, Any]:
    """What the case page shows to who may decide; nothing at level 5 and after the end."""
    if not file.case.is_open or not can_raise_secrecy(file.user, file.case):
        return {"level5": []}
    return {"level5": signals(file.case, needs=file.needs, listed=file.level5_entries)}


@require_POST
def follow(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    level5_follow(case=case, by=request.user)
    return go_to(request, address_of(case))


@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    found = "、".join(one.label for one in signals(case))
    return fill_in(
        request,
        Filling(
            page="cases/case_reason.html",
            form=KeepForm,
            service=level5_keep,
            given={"case": case},
            to=address_of(case),
            done=_("保持 4 级，理由已记下。"),
            context={
                "case": case,
                "heading": _("保持 4 级"),
                "button": _("保持 4 级"),
                "lead": _("清单中的：%(what)s") % {"what": found} if found else "",
            },
        ),
    )
