"""Files of a project's request: they belong to the request itself, for there is no case they could stand in."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from departments.models.mechanisms import Document
from departments.services.documents import document_upload
from donations.models.requests import FundingRequest
from donations.permissions import can_amend_request
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command


@command
def project_paper_add(
    *, request: FundingRequest, kind: str, file: UploadedFile, by: Any
) -> Document:
    """Check and keep a file of a project's request.

    Raises:
        DomainError: `file.*` on field `file`.
    """
    request = FundingRequest.objects.select_related("project").get(pk=request.pk)
    require(can_amend_request, by, request)
    return document_upload(subject=request, kind=kind, file=file, by=by, is_care=False)
