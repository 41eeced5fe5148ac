"""What must be minded about a person: flags put up and taken down, and what a relative is."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.minding import FlagForm, FlagResolveForm, RelatedAmendForm
from cases.forms.people import FLAGS, RevealForm
from cases.models.families import CareFlag
from cases.models.people import RelatedPerson
from cases.services.minding import care_flag_raise, care_flag_resolve
from cases.services.relatives import related_person_amend, related_person_reveal
from cases.views.filling import Filling, fill_in
from cases.views.finding import client_or_404
from msw_portal.kernel.masking import mask_name

BOTH = require_http_methods(["GET", "POST"])


@BOTH
def flag_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A dated flag; `?kind=` chooses one beforehand."""
    person = client_or_404(request, uid)
    relatives = RelatedPerson.objects.visible_to(request.user).filter(client_id=person.root_id)
    return fill_in(
        request,
        Filling(
            page="cases/flag_new.html",
            form=FlagForm,
            form_args={"relatives": relatives.order_by("id")},
            service=care_flag_raise,
            given={"client": person},
            initial={"since": timezone.localdate(), "kind": request.GET.get("kind", "")},
            to=reverse("cases:client", args=[uid]),
            done=_("提示已登记，打开、打印和提供前都会显示。"),
            draft="cases-flag",
            subject=uid,
            context={"client": person},
        ),
    )


@BOTH
def flag_resolve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = CareFlag.objects.visible_to(request.user).select_related("client")
    flag = get_object_or_404(rows, uid=uid)
    return fill_in(
        request,
        Filling(
            page="cases/flag_resolve.html",
            form=FlagResolveForm,
            service=care_flag_resolve,
            given={"flag": flag},
            to=reverse("cases:client", args=[flag.client.uid]),
            done=_("提示已解除。"),
            context={"client": flag.client, "flag": flag},
        ),
    )


def _relative_or_404(request: HttpRequest, uid: uuid.UUID) -> RelatedPerson:
    rows = RelatedPerson.objects.visible_to(request.user).select_related("client")
    return get_object_or_404(rows, uid=uid)


@BOTH
def related_amend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    relative = _relative_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/related_amend.html",
            form=RelatedAmendForm,
            service=related_person_amend,
            given={"relative": relative},
            initial={"flags": [name for name, _label in FLAGS if getattr(relative, name)]},
            to=reverse("cases:client", args=[relative.client.uid]),
            done=_("联系人已更正。"),
            context={
                "client": relative.client,
                "relative": relative,
                "shown_name": mask_name(relative.name),
            },
        ),
    )


@require_POST
def related_reveal(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Name and telephone in clear for 30 seconds; the reason stays in the audit."""
    relative = _relative_or_404(request, uid)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/_sentence.html", {"form": form}, status=422)
    shown = related_person_reveal(relative=relative, reason=form.sentence, by=request.user)
    return render(request, "cases/_revealed.html", {"shown": shown})
