"""Specimens of the papers a request needs: small, readable, marked as invented. Typeset once per run."""

from functools import cache
from pathlib import Path

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from pylopdf_fonts_zh_cn import sans_path

from msw_portal.demo.programmes import PAPERS
from msw_portal.kernel.blackening import Box

PAGE = """
#set page(width: 105mm, height: 148mm, margin: 12mm)
#set text(font: "Noto Sans CJK SC", size: 10pt, lang: "zh")
#align(center)[#text(size: 15pt, weight: "bold")[{title}]]
#v(6mm)
兹有患者（演示，非真实人员）在本院就诊。本文件为演示样张，不含任何真实信息，不具有证明效力。
#v(4mm)
#table(columns: (1fr, 2fr), inset: 6pt, [材料], [{title}], [开具单位], [示例市演示单位], [用途], [慈善救助申请（演示）])
#v(10mm)
#align(right)[示例市演示单位（样张）]
#place(center + horizon, rotate(-30deg, text(size: 40pt, fill: rgb("#00000014"))[演示样张]))
"""
SIGNED = "consent"
AGREEMENTS = {"agreement": "捐赠协议", "aid_agreement": "救助协议", SIGNED: "知情同意书"}
# Where a specimen would bear a name and a number.
BLACKENED = [Box(1, 120, 195, 760, 55), Box(1, 390, 330, 490, 60)]
PICTURES = frozenset({"cost_list", "id_card", "household_register"})


@cache
def specimen(kind: str) -> tuple[bytes, str]:
    """(content, file ending) of the specimen of a paper: a scan for some, a PDF for the others."""
    ending = "png" if kind in PICTURES else "pdf"
    content = typst.compile(
        PAGE.format(title=_title(kind)).encode(),
        format=ending,
        font_paths=[str(Path(sans_path()).parent)],
        ignore_system_fonts=True,
        **({"ppi": 60} if ending == "png" else {}),
    )
    return content, ending


def _title(kind: str) -> str:
    return AGREEMENTS.get(kind) or PAPERS[kind]


def upload(kind: str) -> SimpleUploadedFile:
    """The specimen as a browser would send it."""
    content, ending = specimen(kind)
    mime = "image/png" if ending == "png" else "application/pdf"
    return SimpleUploadedFile(f"{_title(kind)}（演示样张）.{ending}", content, mime)
