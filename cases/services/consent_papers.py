"""The papers of a consent: the signed one filed afterwards, and the filled one of a person without a case."""

from django.core.files.uploadedfile import UploadedFile
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.consent_permissions import can_file_consent_paper, can_print_consent
from cases.form_schemas.registry import ALL
from cases.models.consents import Consent
from cases.person_permissions import can_read_person_document
from cases.services.consent_waits import paper_settle
from cases.services.paper_rows import consent_values
from cases.services.papers import Sheet, filled_sheet, person_cells
from cases.services.printing import PAPER_LANGUAGE, check_reason, paper
from cases.services.signing import consent_blocks, scan_keep
from departments import audit
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.documents import document_read
from departments.services.viewing import document_page
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def consent_paper_file(*, consent: Consent, scan: UploadedFile, by: User) -> Consent:
    """File the scan of a paper that was signed before it could be scanned; once.

    Raises:
        DomainError: `consent.is_over`, `consent.paper_is_filed` (409), `file.*` on field `scan`.
    """
    consent = Consent.objects.locked().select_related("client", "case").get(pk=consent.pk)
    require(can_file_consent_paper, by, consent)
    if not consent.is_live:
        raise DomainError(
            "consent.is_over",
            gettext_lazy("这份同意已经%(state)s。") % {"state": consent.get_state_display()},
            status=409,
        )
    if consent.evidence_id is not None:
        raise DomainError(
            "consent.paper_is_filed", gettext_lazy("签署件已经上传过，不能替换。"), status=409
        )
    consent.evidence = scan_keep(owner=consent.case or consent.client, file=scan, by=by)
    consent.save(update_fields=["evidence"])
    paper_settle(consent)
    audit.record("consent.attach", by=by, on=consent, document=consent.evidence.uid)
    return consent


def _person_sheet(consent: Consent, *, is_named: bool) -> Sheet:
    values = consent_values(consent, is_named=is_named)
    number = _("第 %(n)d 版") % {"n": consent.template.version}
    sheet = filled_sheet(ALL["F2"], None, values, {}, is_named=is_named, version=number)
    sheet.blocks.insert(0, person_cells(consent.client.person, is_named=is_named))
    sheet.blocks += consent_blocks(consent, is_named=is_named)
    return sheet


@command
def consent_print(*, consent: Consent, is_named: bool = False, reason: str = "", by: User) -> bytes:
    """F2 of a consent that belongs to no case, as a PDF; masked unless `is_named` with its reason.

    Raises:
        DomainError: `print.needs_reason`.
    """
    require(can_print_consent, by, consent)
    reason = check_reason(reason, is_named=is_named)
    with translation.override(PAPER_LANGUAGE):
        sheet = _person_sheet(consent, is_named=is_named)
        content = paper(
            [sheet],
            title=sheet.title,
            house=consent.organization.name,
            department=by.acting.department_name or "",
            is_training=consent.organization.is_training,
            by=by,
        )
    audit.record("consent.print", by=by, on=consent, named=is_named, reason=reason)
    return content


def person_document_read(*, document: Document, by: User) -> bytes:
    """The content of a signed paper kept with a person; the reading is audited."""
    require(can_read_person_document, by, document)
    return document_read(document=document, by=by)


def person_document_page(
    *, document: Document, number: int, key: str, by: User
) -> tuple[bytes, str]:
    """One page of an opened paper, (picture, MIME type); the opening was audited.

    Raises:
        DomainError: `file.not_opened`, `file.no_page` (404), `file.locked`.
    """
    require(can_read_person_document, by, document)
    return document_page(document=document, number=number, key=key, by=by)
