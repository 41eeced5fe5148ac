"""The proposal of secrecy level 5 on the case page: followed, or decided against."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.team import DiagnosisForm, KeepForm
from cases.permissions import can_note_level5_diagnosis, can_raise_secrecy
from cases.services.level5 import level5_follow, level5_keep
from cases.services.level5_signals import signals
from cases.services.stays import case_note_level5_diagnosis
from cases.views.case_file import CaseFile
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404
from msw_portal.kernel.display import enumerated
from msw_portal.kernel.htmx import go_to


def proposal(file: CaseFile) -> dict[str, Any]:
    """What the case page shows to who may decide; nothing at level 5 and after the end."""
    if not file.case.is_open or not can_raise_secrecy(file.user, file.case):
        return {"level5": []}
    return {
        "level5": signals(file.case, needs=file.needs, listed=file.level5_entries),
        "can_note_diagnosis": can_note_level5_diagnosis(file.user, file.case),
    }


@require_POST
def follow(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    level5_follow(case=case, by=request.user)
    return go_to(request, address_of(case))


@require_http_methods(["GET", "POST"])
def diagnosis(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The diagnosis that stands on the case alone, to be written or corrected."""
    case = case_or_404(request, uid)
    if not can_note_level5_diagnosis(request.user, case):
        raise Http404
    return fill_in(
        request,
        Filling(
            page="cases/level5_diagnosis.html",
            form=DiagnosisForm,
            service=case_note_level5_diagnosis,
            given={"case": case},
            initial={"diagnosis": case.level5_diagnosis or ""},
            to=address_of(case),
            done=_("保密诊断已保存。"),
            context={
                "case": case,
                "heading": _("保密诊断"),
                "button": _("保存"),
                "lead": _(
                    "艾滋病、性病、精神障碍等。只有能打开本个案的人看得到，就诊和人员页上没有。"
                ),
            },
        ),
    )


@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    case = case_or_404(request, uid)
    found = enumerated(one.label for one in signals(case))
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
