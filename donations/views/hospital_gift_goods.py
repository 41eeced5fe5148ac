"""Goods that a hospital was given: counted batch by batch, and the papers of their value."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.documents import attachment
from departments.services.documents import document_read
from donations.forms.hospital_gifts import ItemForm
from donations.permissions import can_keep_hospital_gift, can_view_hospital_gifts
from donations.services import hospital_gift_goods as services
from donations.views.guards import gift_page
from donations.views.hospital_gifts import gift_or_404, gift_step
from msw_portal.kernel.access import require


@require_http_methods(["GET", "POST"])
@gift_page
def item(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_keep_hospital_gift, request.user, found)
    return gift_step(
        request,
        found,
        form=ItemForm,
        service=services.hospital_gift_item_add,
        title=_("清点一批"),
        note=_("品名、规格、批号、有效期不同的分开清点。"),
        done=_("已清点。还有别的批次的，再清点一批；都点完了登记验收。"),
        draft="donations-gift_item",
    )


@require_safe
@gift_page
def paper(request: HttpRequest, uid: uuid.UUID, document_uid: uuid.UUID) -> HttpResponse:
    """One paper of a gift's value, as a download that is written down."""
    found = gift_or_404(request, uid)
    require(can_view_hospital_gifts, request.user, found)
    file = get_object_or_404(services.evidence_of(found), uid=document_uid)
    return attachment(file, document_read(document=file, by=request.user))
