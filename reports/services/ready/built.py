"""A report that people put together as a kind: the one that was named, or all that the department shares."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.display import moment
from msw_portal.kernel.errors import DomainError
from reports.models import BuiltReport
from reports.querysets import READERS
from reports.services.asking import Asked, ReportKind, Subjects
from reports.services.built import built_blocks, built_make, wish_of
from reports.services.paper import Block, Heading, Paper, Text

MOST = 20


def _chosen(asked: Asked) -> list[BuiltReport]:
    rows = BuiltReport.objects.visible_to(asked.by)
    if uid := asked.params.get("built"):
        return list(rows.filter(uid=uid))
    shared: Any = rows.filter(is_shared=True)
    return list(shared.order_by("title", "pk")[:MOST])


def _make(asked: Asked) -> Paper:
    acting, chosen = asked.by.acting, _chosen(asked)
    blocks: list[Block] = []
    for at, report in enumerate(chosen, start=1):
        blocks.append(Heading(report.title))
        try:
            built = built_make(
                wish=wish_of(report.body), first=asked.first, last=asked.last, by=asked.by
            )
            blocks.extend(built_blocks(built, report.title))
        except DomainError as refused:
            blocks.append(Text(str(refused)))
        asked.progress(at, len(chosen))
    if not chosen:
        blocks.append(Text(_say("本部门没有共享的自建报表。")))
    return Paper(
        title=chosen[0].title if len(chosen) == 1 else _say("自建报表"),
        house=acting.organization_name,
        department=acting.department_name or acting.organization_name,
        stamp=_say("%(first)s 至 %(last)s，截至 %(at)s，%(by)s 生成")
        % {
            "first": asked.first,
            "last": asked.last,
            "at": moment(timezone.localtime(asked.as_of)),
            "by": asked.by.display_name,
        },
        as_of=asked.as_of,
        blocks=tuple(blocks),
    )


BUILT = ReportKind(
    code="built",
    name=_("自建报表"),
    roles=READERS - {"worker"} | {"authority_officer"},
    spans=("month", "quarter", "year"),
    formats=("xlsx", "pdf", "docx", "csv"),
    make=_make,
    subjects=Subjects("built", BuiltReport, Q(ended_at__isnull=True), shared=Q(is_shared=True)),
)
