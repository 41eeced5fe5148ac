"""The text of a report that a person signs: begun from the figures, edited, signed and locked, renewed on change."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.display import NOTHING, enumerated
from msw_portal.kernel.errors import DomainError
from reports.indicators.library import INDICATORS
from reports.models import SignedReport
from reports.permissions import can_sign_report, can_write_report
from reports.services.asking import Asked, Format
from reports.services.paper import Paper, Text
from reports.services.paper_rows import paper_kept, paper_opened, retold
from reports.services.ready.department import QUARTERLY, YEARLY
from reports.services.rendering import render
from reports.services.runs import period_checked

SIGNED_KINDS = {kind.code: kind for kind in (QUARTERLY, YEARLY)}
LONGEST = 4000


@command
def signed_report_begin(*, kind: str, day: dt.date, by: User) -> SignedReport:
    """A draft of the period that holds `day`, with today's figures and the sentences made of them.

    Raises:
        DomainError: `permission.can_write_report`; `report.unknown_kind` on `kind`; on `period` as
            runs.period_checked; `signed_report.is_open` while a draft of the period stands.
    """
    require(can_write_report, by, None)
    known = SIGNED_KINDS.get(kind)
    if known is None:
        raise DomainError("report.unknown_kind", _("没有这种报表。"), "kind")
    period = period_checked(known, known.spans[0], day)
    first, last = (dt.date.fromisoformat(period[name]) for name in ("first", "last"))
    earlier = _of(kind, first, last, by)
    if earlier.filter(signed_at__isnull=True).exists():
        raise DomainError(
            "signed_report.is_open", _("这一期已有没签发的文稿，请先写完它。"), "period"
        )
    paper = known.make(Asked(first, last, by, timezone.now(), {"span": period["span"]}))
    row = SignedReport(
        organization_id=by.house_id,
        department_id=by.acting.department_id,
        kind=kind,
        span=period["span"],
        first=first,
        last=last,
        version=_next(earlier),
        paper=paper_kept(paper),
        as_of=paper.as_of,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("signed_report.begin", by=by, on=row, kind=kind, version=row.version)
    return row


@command
def signed_report_edit(
    *, report: SignedReport, texts: Mapping[int, str], base: int | None = None, by: User
) -> SignedReport:
    """Other words in the paragraphs, by their place in the paper.

    Raises:
        DomainError: `permission.can_write_report`; `signed_report.is_signed` (409); `form.stale` (409).
    """
    require(can_write_report, by, report)
    report = _open(report)
    check_base(base, report.row_version)
    report.paper = paper_kept(retold(paper_opened(report.paper), dict(texts)))
    report.save(update_fields=["paper"])
    audit.record("signed_report.edit", by=by, on=report, version=report.version)
    return report


@command
def signed_report_sign(
    *, report: SignedReport, texts: Mapping[int, str] | None = None, by: User
) -> SignedReport:
    """Sign the text as it stands, or with the words of `texts` in it: nothing in it changes any more.

    Raises:
        DomainError: `permission.can_sign_report`; `signed_report.is_signed` (409).
    """
    require(can_sign_report, by, report)
    report = _open(report)
    if texts and dict(texts) != {at: one.text for at, one in paragraphs(report).items()}:
        report = signed_report_edit(report=report, texts=texts, by=by)
    report.signed_by, report.signed_at = by, timezone.now()
    report.save(update_fields=["signed_by", "signed_at"])
    audit.record("signed_report.sign", by=by, on=report, version=report.version)
    return report


@command
def signed_report_renew(*, report: SignedReport, by: User) -> SignedReport:
    """A new version of a signed text, to be changed and signed again; the signed one stays as it is.

    Raises:
        DomainError: `permission.can_write_report`; `signed_report.is_open` (409) while one is unsigned.
    """
    require(can_write_report, by, report)
    versions = _of(report.kind, report.first, report.last, by)
    if versions.filter(signed_at__isnull=True).exists():
        raise DomainError(
            "signed_report.is_open", _("这一期已有没签发的文稿，请先写完它。"), status=409
        )
    row = SignedReport(
        organization_id=report.organization_id,
        department_id=report.department_id,
        kind=report.kind,
        span=report.span,
        first=report.first,
        last=report.last,
        version=_next(versions),
        paper=report.paper,
        as_of=report.as_of,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("signed_report.renew", by=by, on=row, version=row.version)
    return row


def paper_of_signed(report: SignedReport, *, mark: str = "") -> Paper:
    """The paper as it stands, with who signed it and when."""
    if report.signed_at is None:
        return paper_opened(report.paper, mark=mark)
    at = timezone.localtime(report.signed_at)
    return paper_opened(
        report.paper, signed_by=f"{report.signed_by.display_name} {at:%Y-%m-%d}", mark=mark
    )


@command
def signed_report_take(*, report: SignedReport, file_format: Format, by: User) -> bytes:
    """A copy as a file, marked with who took it and when; audited."""
    at = timezone.localtime()
    audit.record("signed_report.take", by=by, on=report, format=file_format)
    mark = f"{by.display_name} {at:%Y-%m-%d %H:%M}"
    return render(paper_of_signed(report, mark=mark), file_format)


def paragraphs(report: SignedReport) -> dict[int, Text]:
    """The paragraphs one may edit, by their place."""
    blocks = paper_opened(report.paper).blocks
    return {place: block for place, block in enumerate(blocks) if isinstance(block, Text)}


def cited(block: Text) -> str:
    """The names of the indicators that a paragraph quotes; a code that the library has no more stays."""
    codes = (INDICATORS[code].name if code in INDICATORS else code for code in block.cites)
    return enumerated(codes) or NOTHING


def _of(kind: str, first: dt.date, last: dt.date, by: User):
    return SignedReport.objects.visible_to(by).filter(kind=kind, first=first, last=last)


def _next(versions) -> int:
    return (versions.aggregate(last=Max("version"))["last"] or 0) + 1


def _open(report: SignedReport) -> SignedReport:
    report = SignedReport.objects.locked().get(pk=report.pk)
    if report.signed_at is not None:
        raise DomainError(
            "signed_report.is_signed", _("已经签发，不能再改；要改请另起一版。"), status=409
        )
    return report
