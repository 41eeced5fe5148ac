"""The day's released disbursements leave as one list: made by one person, approved by another, then fixed."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.services.documents import document_destroy, document_read, document_store
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.second_factor import second_factor_check
from donations.models.payments import PaymentLayout, PaymentLine, PaymentList
from donations.models.payout import Disbursement
from donations.payment_permissions import (
    can_approve_list,
    can_cancel_list,
    can_make_list,
    can_take_file,
)
from donations.payment_workflow import PAYMENT_LINE, PAYMENT_LIST, ListState, PaymentState
from donations.services.payment_layouts import columns_of, rows_of
from donations.workflow import DisbursementState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.tables.writing import table_file

PATTERN = "{ORG}-P-{YYYY}-{SEQ4}"
FILE_KIND = "payment_list"
FILE_KEPT = dt.timedelta(days=7)  # it holds account numbers: no longer than a bank needs
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 500
PURPOSE = "医疗救助款 {number}"


def payable_now(by: Any) -> QuerySet[Disbursement]:
    """Released and in no list that stands, the oldest first."""
    listed = PaymentLine.objects.filter(disbursement_id=OuterRef("pk")).exclude(
        state=PaymentState.DROPPED
    )
    rows = Disbursement.objects.visible_to(by).filter(state=DisbursementState.RELEASED)
    return rows.filter(~Exists(listed)).order_by("released_at", "id")


@command
def list_make(
    *,
    on: dt.date,
    account: str,
    disbursements: Sequence[Disbursement],
    layout: PaymentLayout | None = None,
    by: Any,
) -> PaymentList:
    """One list of released disbursements, each with the payee as it was released.

    Raises:
        DomainError: on `disbursements`: `payment_list.empty`, `payment_list.too_many`,
            `payment_list.not_released` (409), `payment_line_one_open_list` (409); on `on`:
            `payment_list.in_past`; on `account`: `payment_list.needs_account`.
    """
    require(can_make_list, by, None)
    _check(on, account, disbursements)
    rows = list(
        Disbursement.objects.locked()
        .select_related("request")
        .filter(pk__in=[one.pk for one in disbursements], counterparty_id=by.house_id)
        .order_by("pk")
    )
    if len(rows) != len(disbursements) or any(
        row.state != DisbursementState.RELEASED for row in rows
    ):
        raise DomainError(
            "payment_list.not_released",
            _("有拨付已经变化，请刷新后重新勾选。"),
            "disbursements",
            status=409,
        )
    made = PaymentList(
        organization_id=by.house_id,
        number=take_number(
            "payment_list",
            organization=Organization.objects.get(pk=by.house_id),
            pattern=PATTERN,
            on=timezone.localdate(),
        ),
        on=on,
        account=account.strip(),
        layout=layout,
        total=sum((row.amount for row in rows), Decimal(0)),
        count=len(rows),
        made_by=by,
        created_by=by,
    )
    made.save(force_insert=True)
    write_transition(made, PAYMENT_LIST, "make", before="", by=by)
    for place, row in enumerate(rows, start=1):
        _line(made, place, row, by=by)
    audit.record("payment_list.make", by=by, on=made, count=made.count, total=made.total)
    return made


def _check(on: dt.date, account: str, disbursements: Sequence[Disbursement]) -> None:
    if not disbursements:
        raise DomainError("payment_list.empty", _("请勾选要付的拨付。"), "disbursements")
    if len(disbursements) > MOST:
        raise DomainError("payment_list.too_many", _("一张清单最多 500 笔。"), "disbursements")
    if on < timezone.localdate():
        raise DomainError("payment_list.in_past", _("付款日期不能早于今天。"), "on")
    if not account.strip():
        raise DomainError("payment_list.needs_account", _("请写明从哪个账户付。"), "account")


def _line(made: PaymentList, place: int, row: Disbursement, *, by: Any) -> None:
    payee = row.payee_account
    line = PaymentLine(
        organization_id=made.organization_id,
        list=made,
        place=place,
        disbursement=row,
        amount=row.amount,
        name=payee["name"],
        bank=payee["bank"],
        account=payee["account"],
        bank_code=payee.get("code", ""),
        purpose=PURPOSE.format(number=row.request.number)[:60],
        reference=f"{made.number}-{place:03d}",
        made_by=by,
        created_by=by,
    )
    line.save(force_insert=True)
    write_transition(line, PAYMENT_LINE, "list", before="", by=by)


def _locked(one: PaymentList) -> PaymentList:
    return PaymentList.objects.locked().get(pk=one.pk)


@command
def list_approve(*, payment_list: PaymentList, totp_code: str, by: Any) -> PaymentList:
    """Another person, with a fresh second factor; from here on the list is fixed and has its file.

    Raises:
        DomainError: `payment_list_approved_by_another` (409), `payment_list.approve.wrong_state`
            (409), `payment_list.changed` (409), `second_factor.*` on `totp_code`.
    """
    held = _locked(payment_list)
    if by.pk == held.made_by_id:
        raise DomainError(
            "payment_list_approved_by_another",
            _("编制人不能审批自己编制的付款清单。"),
            status=409,
        )
    require(can_approve_list, by, held)
    PAYMENT_LIST.check(held, "approve")
    _check_still(held)
    held.second_factor_at = second_factor_check(user=by, code=totp_code)
    held.approved_by, held.approved_at = by, timezone.now()
    also = ("approved_by", "approved_at", "second_factor_at")
    move(held, PAYMENT_LIST, "approve", by=by, also=also)
    _file_make(held, by=by)
    audit.record("payment_list.approve", by=by, on=held, count=held.count, total=held.total)
    return held


def _check_still(held: PaymentList) -> None:
    """Nothing was returned or confirmed since the list was made, and the sums are the lines'."""
    lines = PaymentLine.objects.filter(list=held, state=PaymentState.WAITING)
    gone = lines.exclude(
        disbursement__state__in=[DisbursementState.RELEASED, DisbursementState.CONFIRMED]
    )
    if (
        gone.exists()
        or lines.count() != held.count
        or lines.aggregate(total=Sum("amount"))["total"] != held.total
    ):
        raise DomainError(
            "payment_list.changed",
            _("清单编好后有拨付退汇，请作废这张清单重新编制。"),
            status=409,
        )


def _file_make(held: PaymentList, *, by: Any) -> Document:
    lines = held.lines.select_related("list").order_by("place")
    columns = columns_of(held.layout)
    with table_file("xlsx", [title for title, _name in columns], rows_of(columns, lines)) as file:
        content = file.read()
    held.file = document_store(
        name=f"付款清单 {held.number}.xlsx",
        content=content,
        mime=XLSX,
        pages=None,
        subject=held,
        kind=FILE_KIND,
        by=by,
        organization_id=held.organization_id,
        is_care=False,
    )
    held.file_expires_at = timezone.now() + FILE_KEPT
    held.save(update_fields=["file", "file_expires_at"])
    return held.file


@command
def list_file(*, payment_list: PaymentList, by: Any) -> tuple[Document, bytes]:
    """The file for the bank, audited; made anew from the fixed lines when its time was over.

    Raises:
        DomainError: `payment_list.no_file` (409) before the approval and after the last answer.
    """
    held = _locked(payment_list)
    require(can_take_file, by, held)
    if held.state != ListState.APPROVED:
        raise DomainError(
            "payment_list.no_file",
            _("审批后、银行全部回单前才有付款文件。"),
            status=409,
        )
    document = held.file or _file_make(held, by=by)
    if held.file_taken_at is None:
        held.file_taken_at = timezone.now()
        held.save(update_fields=["file_taken_at"])
    content = document_read(document=document, by=by)
    audit.record("payment_list.take_file", by=by, on=held, count=held.count)
    return document, content


@command
def list_cancel(
    *,
    payment_list: PaymentList,
    reason: str,
    is_unexecuted: bool = False,
    totp_code: str = "",
    by: Any,
) -> PaymentList:
    """Give a list up before the bank has answered any of it; its disbursements may be listed anew.

    What was approved is given up by another than its maker with a fresh second factor; what was taken
    to the bank, only with the bank's word that none of it was executed (`is_unexecuted`).

    Raises:
        DomainError: `payment_list.cancel.wrong_state` (409), `.needs_reason` on `reason`,
            `payment_list.answered` (409), `payment_list_cancelled_by_another` (409),
            `payment_list_taken_is_unexecuted` on `is_unexecuted`, `second_factor.*` on `totp_code`.
    """
    held = _locked(payment_list)
    if held.state == ListState.APPROVED and by.pk == held.made_by_id:
        raise DomainError(
            "payment_list_cancelled_by_another",
            _("已审批的付款清单由编制人以外的人作废。"),
            status=409,
        )
    require(can_cancel_list, by, held)
    PAYMENT_LIST.check(held, "cancel", reason)
    lines = list(PaymentLine.objects.locked().filter(list=held).order_by("pk"))
    if any(line.state != PaymentState.WAITING for line in lines):
        raise DomainError("payment_list.answered", _("银行已经回过单的清单不能作废。"), status=409)
    if held.state == ListState.APPROVED:
        _check_unexecuted(held, is_unexecuted)
        held.cancel_factor_at = second_factor_check(user=by, code=totp_code)
    for line in lines:
        move(line, PAYMENT_LINE, "drop", by=by, reason=reason)
    _forget(held, by=by)
    held.cancelled_by, held.cancelled_at = by, timezone.now()
    also = ("cancelled_by", "cancelled_at", "cancel_factor_at", "is_unexecuted")
    move(held, PAYMENT_LIST, "cancel", by=by, reason=reason, also=also)
    audit.record("payment_list.cancel", by=by, on=held, unexecuted=held.is_unexecuted)
    return held


def _check_unexecuted(held: PaymentList, is_unexecuted: bool) -> None:
    """A file that left may be paid by the bank tomorrow: its payments ordered anew would be paid twice."""
    held.is_unexecuted = is_unexecuted
    if held.file_taken_at is not None and not is_unexecuted:
        raise DomainError(
            "payment_list_taken_is_unexecuted",
            _("付款文件已经导出，银行可能已经执行：向银行核实一笔都没有付，勾选确认后才能作废。"),
            "is_unexecuted",
        )


def _forget(held: PaymentList, *, by: Any) -> None:
    document, held.file, held.file_expires_at = held.file, None, None
    held.save(update_fields=["file", "file_expires_at"])
    if document is not None:
        document_destroy(document=document, by=by)


def files_expire(*, house: int) -> int:
    """Destroy the files whose time is over, in the house's own scope; how many."""
    rows = PaymentList.objects.locked().filter(
        organization_id=house, file__isnull=False, file_expires_at__lte=timezone.now()
    )
    held = list(rows.order_by("pk"))
    for one in held:
        _forget(one, by=None)
    return len(held)
