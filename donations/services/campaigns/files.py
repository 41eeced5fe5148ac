"""Files of a campaign: the filed plan, the registrar's answer, posters, contracts of its cost."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from departments import audit
from departments.models.mechanisms import Document
from departments.services.documents import document_upload
from donations.charity_permissions import can_keep_campaign
from donations.models.campaigns import Campaign
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command

PAPER = "campaign_paper"


@command
def campaign_file_add(*, campaign: Campaign, file: UploadedFile, by: Any) -> Document:
    """Keep a file of a campaign, whatever its state: papers also come after it was closed.

    Raises:
        DomainError: `file.*` on `file`.
    """
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_keep_campaign, by, campaign)
    kept = document_upload(subject=campaign, kind=PAPER, file=file, is_care=False, by=by)
    audit.record("campaign.paper", by=by, on=campaign, document=kept.uid)
    return kept


def files_of(campaign: Campaign) -> QuerySet[Document]:
    """The files that stand, the newest first."""
    return Document.objects.filter(
        organization_id=campaign.organization_id,
        subject_kind="campaign",
        subject_id=campaign.pk,
        kind=PAPER,
        voided_at__isnull=True,
    ).order_by("-id")
