"""The distribution sheet on A4: who gets what, with the signatures that were drawn, or with room for them."""

import base64
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.services.printing import PAPER_LANGUAGE, stamp_of
from departments import audit
from departments.services.documents import document_content
from donations.goods_permissions import can_view_goods
from donations.models.goods import Distribution, DistributionLine
from msw_portal.kernel.access import require
from msw_portal.kernel.typesetting import typeset

WIDTH, HEIGHT = 600, 200


def sheet_paper(*, distribution: Distribution, by: Any) -> bytes:
    """PDF with full names, audited; signatures drawn on screen stand in their row.

    Raises:
        DomainError: `permission.can_view_goods` (403).
    """
    require(can_view_goods, by, distribution)
    lines = DistributionLine.objects.filter(distribution=distribution)
    rows = list(lines.select_related("lot", "drawn").order_by("id"))
    with override(PAPER_LANGUAGE):
        content = _content(distribution, rows, by)
    audit.record("distribution.print", by=by, on=distribution, persons=len(rows))
    return typeset("goods_sheet.typ", content, at=timezone.now())


def _content(one: Distribution, rows: list[DistributionLine], by: Any) -> dict[str, Any]:
    return {
        "title": _("物资发放签收单"),
        "house": one.organization.name,
        "training": one.organization.is_training,
        "number": one.number,
        "site": one.site.name,
        "day": f"{one.given_on:%Y-%m-%d}",
        "purpose": one.purpose,
        "handler": str(one.handler),
        "counted": str(one.counted_by or ""),
        "stamp": stamp_of(by, timezone.now()),
        "rows": [_row(n, line) for n, line in enumerate(rows, 1)],
    }


def _row(number: int, line: DistributionLine) -> dict[str, Any]:
    return {
        "number": str(number),
        "name": line.recipient + (_("（未成年）") if line.is_minor else ""),
        "item": line.lot.item,
        "quantity": f"{line.quantity} {line.lot.unit}",
        "signer": "" if not line.signed_at else str(line.get_signer_kind_display()),
        "drawn": _drawn(line),
    }


def _drawn(line: DistributionLine) -> str:
    """The strokes as an SVG that embeds the kept picture; "" where nobody has signed on screen."""
    if line.drawn is None or line.drawn.is_locked:
        return ""
    picture = base64.b64encode(document_content(line.drawn)).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><image width="{WIDTH}" height="{HEIGHT}" '
        f'href="data:image/png;base64,{picture}"/></svg>'
    )
