"""A consented copy in words: its codes as their labels, the request first."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from cases.models.codes import LegalBasis, NeedCategory, Priority, ShareItem
from cases.need_codes import codes_said
from cases.templatetags.casework import sex_word
from msw_portal.kernel.display import enumerated


def copy_lines(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Label and text of every fact of the copy, in the order of the consent's list."""
    needs = dict(NeedCategory.choices)
    codes = [f"{needs.get(n, n)}：{codes_said(n)}" for n in payload["needs"] if codes_said(n)]
    lines = [
        {"label": _("请求"), "text": enumerated(str(needs.get(n, n)) for n in payload["needs"])},
        *([{"label": _("请求的编码"), "text": "\n".join(codes)}] if codes else []),
        {"label": _("原因与已做的工作"), "text": payload["reason"]},
        {"label": _("紧急程度"), "text": str(Priority(payload["urgency"]).label)},
    ]
    for item in ShareItem:
        value = payload.get(item.value)
        if value:
            lines.append({"label": str(item.label), "text": _said(item, value)})
    if ground := payload.get("ground"):
        lines.append({"label": _("依据"), "text": _ground(ground)})
    return lines


def _ground(ground: Mapping[str, str]) -> str:
    if ground["basis"] != LegalBasis.CONSENT:
        return str(LegalBasis(ground["basis"]).label)
    return _("%(title)s，%(day)s 签署") % {
        "title": ground["title"],
        "day": ground["signed_at"][:10],
    }


def _said(item: ShareItem, value: Any) -> str:
    if item == ShareItem.SEX:
        return str(sex_word(value))
    return str(value)
