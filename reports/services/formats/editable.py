"""A paper as a document that the receiver edits (DOCX): headings, paragraphs and real tables."""

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports.services.formats.same import EPOCH, same_bytes, shown
from reports.services.paper import NUMBERS, Bars, Block, Heading, Paper, Table, Text

FONT = "宋体"
MOST_UPRIGHT = 8


def editable(paper: Paper) -> bytes:
    """DOCX on A4: the mark in the header, page x of y in the footer, table heads on every page."""
    document = Document()
    _set_up(document, paper)
    title = document.add_paragraph(style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(paper.title)
    under = document.add_paragraph(paper.department)
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in paper.blocks:
        _add(document, block)
    document.add_paragraph()
    signed = f"签发：{paper.signed_by}" if paper.signed_by else "审核："
    document.add_paragraph(f"制表：\t\t\t{signed}\t\t\t盖章：")
    target = io.BytesIO()
    document.save(target)
    return same_bytes(target.getvalue())


def _set_up(document: Any, paper: Paper) -> None:
    facts = document.core_properties
    facts.title, facts.author, facts.last_modified_by = paper.title, paper.house, paper.house
    facts.created = facts.modified = EPOCH
    facts.comments, facts.revision = "", 1
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(script), FONT)
        for theme in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    document.styles["Normal"].font.size = Pt(10.5)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    if any(len(table.columns) > MOST_UPRIGHT for table in paper.tables):
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = page.page_height, page.page_width
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin = page.bottom_margin = Mm(22)
    page.header.paragraphs[0].text = "　".join(part for part in (paper.house, paper.mark) if part)
    foot = page.footer.paragraphs[0]
    foot.add_run(f"{paper.stamp}　第 ")
    _field(foot, "PAGE")
    foot.add_run(" 页，共 ")
    _field(foot, "NUMPAGES")
    foot.add_run(" 页")


def _field(paragraph: Any, name: str) -> None:
    """A number that the reader's program fills in."""
    element = OxmlElement("w:fldSimple")
    element.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    element.append(run)
    paragraph._p.append(element)


def _add(document: Any, block: Block) -> None:
    if isinstance(block, Heading):
        document.add_heading(block.text, level=1)
    elif isinstance(block, Text):
        paragraph = document.add_paragraph(block.text)
        paragraph.paragraph_format.first_line_indent = Pt(21)
        if block.cites:
            paragraph.add_run(f"〔{'，'.join(block.cites)}〕").font.size = Pt(7)
    elif isinstance(block, Bars):
        _add_table(document, block.as_table)
    else:
        _add_table(document, block)


def _add_table(document: Any, given: Table) -> None:
    document.add_heading(given.name, level=2)
    table = document.add_table(rows=1, cols=len(given.columns), style="Table Grid")
    heads = table.rows[0]
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    heads._tr.get_or_add_trPr().append(repeated)
    for cell, column in zip(heads.cells, given.columns, strict=True):
        cell.paragraphs[0].add_run(column.name).bold = True
    for row in given.rows:
        cells = table.add_row().cells
        for cell, value, column in zip(cells, row, given.columns, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.text = shown(value, column)
            if column.kind in NUMBERS:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if given.note:
        document.add_paragraph(given.note).runs[0].font.size = Pt(9)
