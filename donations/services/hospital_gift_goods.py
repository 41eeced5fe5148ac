"""What a hospital counted of a gift that is no money, and by which basis of the legal order it was valued."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.services.documents import document_upload
from donations.gift_workflow import HospitalGiftState
from donations.models.giving import Donation
from donations.models.hospital_gifts import HospitalGift, HospitalGiftItem
from donations.permissions import can_keep_hospital_gift
from donations.services.gift_steps import APPRAISED
from donations.services.goods_intake import check_life
from donations.services.hospital_gifts import gift_locked
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

EVIDENCE = "gift_evidence"
MOST_ITEMS = 100
Basis = Donation.Basis


def counts_items(gift: HospitalGift) -> bool:
    """Whether it is goods that are counted now: before the acceptance, under a signed agreement."""
    return gift.kind == Donation.Kind.GOODS and gift.state == HospitalGiftState.AGREED


@command
def hospital_gift_item_add(
    *,
    gift: HospitalGift,
    item: str,
    kind: str,
    quantity: int,
    unit: str,
    received_on: dt.date,
    batch: str = "",
    expires_on: dt.date | None = None,
    by: Any,
) -> HospitalGiftItem:
    """Write down one batch that was counted; what is expired or too short-lived is not received.

    Raises:
        DomainError: `hospital_gift.not_counting` (409), `goods.quantity` on `quantity`,
            `goods.too_many_lots` on `item`, `goods.needs_expiry`, `goods.expired` and
            `goods.too_short_lived` on `expires_on`.
    """
    gift = gift_locked(gift)
    require(can_keep_hospital_gift, by, gift)
    if not counts_items(gift):
        raise DomainError(
            "hospital_gift.not_counting",
            _("实物在签订协议之后、登记验收之前逐批清点。"),
            status=409,
        )
    if quantity <= 0:
        raise DomainError("goods.quantity", _("数量必须大于零。"), "quantity")
    if gift.items.count() >= MOST_ITEMS:
        raise DomainError("goods.too_many_lots", _("一次到货最多登记 100 批，请另开一单。"), "item")
    check_life(kind, expires_on, received_on)
    row = HospitalGiftItem(
        organization_id=gift.organization_id,
        gift=gift,
        kind=kind,
        item=item.strip(),
        unit=unit.strip(),
        quantity=quantity,
        batch=batch.strip(),
        expires_on=expires_on,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("hospital_gift.count", by=by, on=gift, item=row.item, quantity=quantity)
    return row


def value_set(
    gift: HospitalGift,
    *,
    basis: int | None,
    amount: Decimal | None,
    note: str,
    file: UploadedFile | None,
    by: Any,
) -> None:
    """Check and set what an accepted gift is worth, by the first basis there is; in the transaction of the acceptance.

    Raises:
        DomainError: `hospital_gift.needs_items`, `hospital_gift.needs_basis`, `donation.needs_appraisal`
            on `valuation_basis`; `goods.no_amount`, `hospital_gift.amount` on `accepted_value`;
            `goods.needs_evidence` on `file`; `goods.why_not_before` on `valuation_note`.
    """
    if gift.kind == Donation.Kind.MONEY:
        basis, note = None, ""
    else:
        _check_basis(gift, basis, note)
    if basis == Basis.NONE:
        if amount is not None:
            sentence = _("无法可靠计价的不填金额：不确认收入，不开票据，另册登记。")
            raise DomainError("goods.no_amount", sentence, "accepted_value")
    elif amount is None or amount <= 0:
        raise DomainError("hospital_gift.amount", _("金额或价值必须大于零。"), "accepted_value")
    elif basis is not None and file is None:
        raise DomainError("goods.needs_evidence", _("请上传计价凭据。"), "file")
    if file is not None:
        document_upload(subject=gift, kind=EVIDENCE, file=file, is_care=False, by=by)
    gift.accepted_value, gift.valuation_basis, gift.valuation_note = amount, basis, note.strip()


def _check_basis(gift: HospitalGift, basis: int | None, note: str) -> None:
    if gift.kind == Donation.Kind.GOODS and not gift.items.exists():
        raise DomainError(
            "hospital_gift.needs_items",
            _("请先逐批清点实物：品名、数量、批号和有效期。"),
            status=409,
        )
    if basis is None:
        raise DomainError("hospital_gift.needs_basis", _("请选择计价依据。"), "valuation_basis")
    if gift.kind in APPRAISED and basis != Basis.APPRAISAL:
        raise DomainError(
            "donation.needs_appraisal",
            _("股权、知识产权和房屋要由有资质的机构评估计价。"),
            "valuation_basis",
        )
    if basis > Basis.INVOICE and len(note.strip()) < 2:
        sentence = _("没有采用排在前面的依据，请写明为什么。")
        raise DomainError("goods.why_not_before", sentence, "valuation_note")


def evidence_of(gift: HospitalGift) -> QuerySet[Document]:
    """The papers of a gift's value that stand, the newest first."""
    return Document.objects.filter(
        organization_id=gift.organization_id,
        subject_kind="hospitalgift",
        subject_id=gift.pk,
        kind=EVIDENCE,
        voided_at__isnull=True,
    ).order_by("-id")
