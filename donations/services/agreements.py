"""Donation agreements: drafted, signed with their text, fulfilled or voided."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.services.documents import document_upload
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from donations.gift_workflow import AGREEMENT
from donations.models.agreements import Agreement
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.permissions import can_keep_agreement, can_open_fund
from donations.services.refusals import check_beneficiaries
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

AGREEMENT_PATTERN = "{ORG}-A-{YYYY}-{SEQ4}"
TEXT = "donation_agreement"  # the kind of the document that is the signed text


@command
def agreement_draft(
    *,
    donor: Donor,
    title: str,
    use: str,
    property_kind: str = Donation.Kind.MONEY,
    fund: Fund | None = None,
    purpose: FundPurpose | None = None,
    amount: Decimal | None = None,
    mgmt_share: Decimal | None = None,
    beneficiary_class: str = "",
    by: Any,
    **fields: Any,
) -> Agreement:
    """Draft an agreement with the fields of Charity Law 39: kind, quantity, quality, use, delivery.

    Raises:
        DomainError: `donation.purpose_elsewhere` on `purpose`, `agreement.needs_quantity` on
            `quantity`, `donation.related_party`, `agreement_share_in_range`.
    """
    require(can_open_fund, by, None)
    if purpose is not None and (fund is None or purpose.fund_id != fund.pk):
        raise DomainError("donation.purpose_elsewhere", _("这个用途不属于所选基金。"), "purpose")
    if amount is None and not fields.get("quantity", "").strip():
        raise DomainError(
            "agreement.needs_quantity",
            _("请填写金额或数量（《慈善法》第三十九条）。"),
            "quantity",
        )
    check_beneficiaries(organization_id=by.house_id, text=beneficiary_class, donor=donor)
    house = Organization.objects.get(pk=by.house_id)
    number = take_number(
        "agreement", organization=house, pattern=AGREEMENT_PATTERN, on=timezone.localdate()
    )
    agreement = Agreement(
        organization_id=by.house_id,
        number=number,
        donor=donor,
        title=title,
        use=use,
        property_kind=property_kind,
        fund=fund,
        purpose=purpose,
        amount=amount,
        mgmt_share=mgmt_share,
        beneficiary_class=beneficiary_class,
        created_by=by,
        **fields,
    )
    agreement.save(force_insert=True)
    write_transition(agreement, AGREEMENT, "draft", before="", by=by)
    audit.record("agreement.draft", by=by, on=agreement, number=number)
    return agreement


@command
def agreement_sign(
    *, agreement: Agreement, signed_on: dt.date, file: UploadedFile | None = None, by: Any
) -> Agreement:
    """Both sides have signed; the text is kept.

    Raises:
        DomainError: `agreement.sign.wrong_state` (409), `agreement.signed_in_future`,
            `agreement.needs_text` on `file`.
    """
    row = Agreement.objects.locked().get(pk=agreement.pk)
    require(can_keep_agreement, by, row)
    AGREEMENT.check(row, "sign")
    if signed_on > timezone.localdate():
        raise DomainError("agreement.signed_in_future", _("不能晚于今天。"), "signed_on")
    if file is not None:
        agreement_text_add(agreement=row, file=file, by=by)
    elif not texts(row).exists():
        raise DomainError("agreement.needs_text", _("请上传双方签署的协议文本。"), "file")
    row.signed_on = signed_on
    move(row, AGREEMENT, "sign", by=by, also=("signed_on",))
    audit.record("agreement.sign", by=by, on=row, signed_on=signed_on)
    return row


@command
def agreement_text_add(*, agreement: Agreement, file: UploadedFile, by: Any) -> Document:
    """Keep a text of the agreement.

    Raises:
        DomainError: `file.*` on `file`.
    """
    require(can_keep_agreement, by, agreement)
    return document_upload(subject=agreement, kind=TEXT, file=file, is_care=False, by=by)


def texts(agreement: Agreement) -> Any:
    """The texts kept of an agreement, the newest first."""
    rows = Document.objects.filter(
        organization_id=agreement.organization_id,
        subject_kind="agreement",
        subject_id=agreement.pk,
        voided_at__isnull=True,
    )
    return rows.order_by("-id")


STEPS: Mapping[str, str] = {"end": "agreement.end", "void": "agreement.void"}


@command
def agreement_close(*, agreement: Agreement, step: str, reason: str = "", by: Any) -> Agreement:
    """`end` a fulfilled agreement or `void` one that does not hold.

    Raises:
        DomainError: `agreement.<step>.wrong_state` (409), `agreement.void.needs_reason` on `reason`.
    """
    row = Agreement.objects.locked().get(pk=agreement.pk)
    require(can_keep_agreement, by, row)
    move(row, AGREEMENT, step, by=by, reason=reason)
    audit.record(STEPS[step], by=by, on=row, reason=reason)
    return row
