"""Receipts on A4, one or a whole batch as a ZIP file made by a job."""

import datetime as dt
import io
import zipfile
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from departments import audit
from departments.models.mechanisms import Document
from departments.models.queues import Job
from departments.services.documents import document_store
from departments.services.entering import member_scope
from departments.services.jobs import Run, job_create, job_publish
from donations.goods_permissions import can_issue_receipt, can_view_goods
from donations.models.receipts import Receipt
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.money import capital_amount, format_amount
from msw_portal.kernel.pictures import code_svg
from msw_portal.kernel.typesetting import typeset

BATCH = "receipt_batch"
MOST = 500
SAID_EVERY = 20
KEPT = dt.timedelta(hours=72)
JOINS = ("series", "organization", "handler", "red_of", "donation__fund", "donation__purpose")


def check_address() -> str:
    """The whole address of the page that checks a receipt."""
    return f"{settings.PORTAL_ADDRESS}{reverse('receipts_public:check')}"


def receipt_paper(*, receipt: Receipt, by: Any) -> bytes:
    """PDF in Chinese, audited; the same receipt in the same state is the same paper every time.

    Raises:
        DomainError: `permission.can_view_goods` (403).
    """
    require(can_view_goods, by, receipt)
    audit.record("receipt.print", by=by, on=receipt, number=receipt.number)
    return _paper(receipt)


def _paper(receipt: Receipt) -> bytes:
    with override(settings.LANGUAGE_CODE):
        return typeset("gift_receipt.typ", _content(receipt), at=receipt.issued_at)


def _content(receipt: Receipt) -> dict[str, Any]:
    red, donation = receipt.red_of, receipt.donation
    capitals, figure = capital_amount(receipt.amount), format_amount(receipt.amount)
    address = check_address() if receipt.link_id else ""
    return {
        "title": _("公益事业捐赠票据（记录）"),
        "training": receipt.organization.is_training,
        "code": receipt.series.code,
        "number": str(receipt),
        "check_code": receipt.check_code,
        "day": f"{receipt.issued_on.year} 年 {receipt.issued_on.month} 月 {receipt.issued_on.day} 日",
        "donor": receipt.donor_name,
        "donor_code": receipt.donor_code,
        "kind": receipt.kind_text,
        "quantity": receipt.quantity_text or "—",
        "purpose": donation.purpose.text if donation.purpose else _("不限定用途"),
        "capitals": _("（负数）%(words)s") % {"words": capitals} if red else capitals,
        "figure": f"-{figure}" if red else figure,
        "charity": receipt.charity_name,
        "handler": str(receipt.handler),
        "donation": donation.number,
        "red_of": f"{red.series.code} {red}" if red else "",
        "mark": {"voided": "已 作 废", "reversed": "已 冲 红"}.get(receipt.state, ""),
        "address": address,
        "qr": code_svg(address) if address else "",
    }


# ── many ─────────────────────────────────────────────────────────────────────


@command
def batch_ask(*, since: dt.date, until: dt.date, by: Any) -> Job:
    """Queue the papers of all receipts issued on these days, both included, as one ZIP file.

    Raises:
        DomainError: `receipt_batch.empty` on `since`, `receipt_batch.too_many` on `until`.
    """
    require(can_issue_receipt, by, None)
    found = Receipt.objects.visible_to(by).filter(issued_on__range=(since, until)).count()
    if not found:
        raise DomainError("receipt_batch.empty", gettext_lazy("这段时间没有开过票据。"), "since")
    if found > MOST:
        sentence = gettext_lazy("一次最多 %(most)s 张，这段时间有 %(found)s 张，请缩短时间。")
        words = {"most": MOST, "found": found}
        raise DomainError("receipt_batch.too_many", sentence % words, "until")
    args = {"since": since.isoformat(), "until": until.isoformat()}
    job = job_create(kind=BATCH, by=by, args=args)
    audit.record("receipt.batch", by=by, on=job, receipts=found, **args)
    return job


def batch_build(run: Run) -> None:
    """The runner of job kind `receipt_batch`: reads as its asker, writes one ZIP file."""
    days = (run.job.args["since"], run.job.args["until"])
    with member_scope(run.user, run.membership_uid):
        rows = Receipt.objects.visible_to(run.user).filter(issued_on__range=days)
        wanted = list(rows.order_by("id").values_list("id", flat=True)[:MOST])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for start in range(0, len(wanted), SAID_EVERY):
            run.progress(start, len(wanted))
            with member_scope(run.user, run.membership_uid):
                part = Receipt.objects.visible_to(run.user).filter(
                    pk__in=wanted[start : start + SAID_EVERY]
                )
                for one in part.select_related(*JOINS).order_by("id"):
                    packed.writestr(f"{one.series.code}-{one}.pdf", _paper(one))
    run.progress(len(wanted), len(wanted))
    job_publish(run, lambda: _publish(run, out.getvalue()))


def _publish(run: Run, content: bytes) -> Document:
    return document_store(
        name=f"捐赠票据 {run.job.args['since']} 至 {run.job.args['until']}.zip",
        content=content,
        mime="application/zip",
        pages=None,
        subject=run.job,
        kind=BATCH,
        by=run.user,
        organization_id=run.job.organization_id,
        is_care=False,
    )


def batches_of(*, by: Any):
    """The person's own batches, newest first."""
    return Job.objects.visible_to(by).filter(kind=BATCH).select_related("result").order_by("-id")


def batch_is_kept(job: Job) -> bool:
    """Whether the file of a finished batch may still be had."""
    return (
        job.result_id is not None
        and job.done_at is not None
        and timezone.now() < job.done_at + KEPT
    )
