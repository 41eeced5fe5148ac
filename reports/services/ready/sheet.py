"""A sheet of an authority as a kind: its workbook, filled for the period, is the file."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models import AuthoritySheet
from reports.permissions import SHEET_KEEPERS
from reports.services.asking import Asked, ReportKind, Subjects
from reports.services.authority_sheets import filled
from reports.services.paper import Filled


def _make(asked: Asked) -> Filled:
    sheet = AuthoritySheet.objects.visible_to(asked.by).get(uid=asked.params["sheet"])
    content = filled(
        sheet=sheet, first=asked.first, last=asked.last, by=asked.by, progress=asked.progress
    )
    return Filled(content, asked.as_of)


SHEET = ReportKind(
    code="authority_sheet",
    name=_("上报表"),
    roles=SHEET_KEEPERS,
    spans=("month", "quarter", "year"),
    formats=("xlsx",),
    make=_make,
    subjects=Subjects("sheet", AuthoritySheet, Q(retired_at__isnull=True), is_needed=True),
)
