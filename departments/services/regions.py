"""Regions of GB/T 2260: read by code or name, written out with what they lie in, and their range of codes."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Region

COUNTRY = Region.COUNTRY
LISTED = 6
WITH_PARENTS = "parent__parent"


def region_span(code: int) -> tuple[int, int]:
    """The inclusive range of codes in a region, as app.region_end: 110000 -> 110000..119999."""
    if code == COUNTRY:
        return COUNTRY, 999999
    if code % 10000 == 0:
        return code, code + 9999
    return code, code + 99 if code % 100 == 0 else code


def region_path(region: Region | None) -> str:
    """`江苏省 南京市 鼓楼区`; "" for none. Needs `region` with WITH_PARENTS selected, or asks."""
    return region.path if region is not None else ""


def region_read(text: str) -> Region:
    """A region by its six digits, its name, or its name after those it lies in.

    Raises:
        ValidationError: `region_unknown`, `region_ambiguous` (naming the candidates with their codes).
    """
    words = text.split()
    rows = Region.objects.select_related(WITH_PARENTS)
    if len(words) == 1 and words[0].isascii() and words[0].isdigit():
        found = list(rows.filter(pk=int(words[0][:9])))
    else:
        named = rows.filter(name=words[-1]).order_by("code")[:50]
        found = [one for one in named if _lies_in(one, words[:-1])]
    if not found:
        sentence = _("没有找到“%(text)s”。写地区的全名，如“江苏省 南京市 鼓楼区”，或六位代码。")
        raise ValidationError(sentence, code="region_unknown", params={"text": text.strip()})
    if len(found) > 1:
        listed = "；".join(f"{region_path(one)} {one.code}" for one in found[:LISTED])
        sentence = _("有 %(n)d 个“%(name)s”：%(listed)s。请连上级一起写，或写代码。")
        params = {"n": len(found), "name": words[-1], "listed": listed}
        raise ValidationError(sentence, code="region_ambiguous", params=params)
    return found[0]


def _lies_in(region: Region, words: Sequence[str]) -> bool:
    path = region_path(region).split()
    return all(word in path for word in words)


def regions_like(text: str, limit: int = 12) -> list[str]:
    """Whole names of regions whose own name begins with the last word, by code; those before it must hold it."""
    words = text.split()
    if not words or words[-1].isdigit():
        return []
    rows = Region.objects.select_related(WITH_PARENTS).filter(name__startswith=words[-1])
    found = [one for one in rows.order_by("code")[:60] if _lies_in(one, words[:-1])]
    return [region_path(one) for one in found[:limit]]
