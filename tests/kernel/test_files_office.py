"""Office files with macros, outside content, damage or a bomb are refused."""

import pytest

from msw_portal.kernel.files import inspect_upload
from tests.kernel.uploads import WORD, office, refused

EXTERNAL = 'Target="http://e.example/x" TargetMode="External"'


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({"word/vbaProject.bin": "x"}, "file.macros"),
        ({"word/vbaData.xml": "<x/>"}, "file.macros"),
        ({"xl/macrosheets/sheet1.xml": "<x/>"}, "file.macros"),
        ({"word/activeX/activeX1.xml": "<x/>"}, "file.macros"),
        ({"word/embeddings/oleObject1.bin": "x"}, "file.macros"),
        (
            {"[content_types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"},
            "file.macros",
        ),
        ({"word/x.xml": "<w:instrText>DDEAUTO cmd</w:instrText>"}, "file.macros"),
        ({"xl/externalLinks/l.xml": "<ddeLink/>"}, "file.macros"),
        (
            {"word/_rels/s.rels": f'<Relationship Type="http://x/attachedTemplate" {EXTERNAL}/>'},
            "file.active",
        ),
        (
            {"word/_rels/s.rels": f'<r:Relationship {EXTERNAL} Type="http://x/oleObject"/>'},
            "file.active",
        ),
        (
            {
                "word/_rels/s.rels": '<Relationship Type="x/frame" Target="x" TargetMode="&#69;xternal"/>'
            },
            "file.active",
        ),
        ({"word/x.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}, "file.damaged"),
        ({"word/x.xml": "<!doctype x><x/>".encode("utf-16")}, "file.damaged"),
        ({"../evil.xml": "<x/>"}, "file.damaged"),
        ({"/etc/passwd": "x"}, "file.damaged"),
        ({"a\\..\\b": "x"}, "file.damaged"),
        ({"word/big.xml": b"0" * (33 * 1024 * 1024)}, "file.unpack"),
        ({f"word/{n}.xml": b"0" * (16 * 1024 * 1024) for n in range(4)}, "file.unpack"),
        ({f"word/{n}": "" for n in range(3001)}, "file.unpack"),
        ({"word/_rels/x.rels": b" " * (3 * 1024 * 1024)}, "file.unpack"),
    ],
)
def test_dangerous_documents_are_refused(parts, rule):
    assert refused("a.docx", office(parts)) == rule


def test_a_document_must_be_of_its_kind():
    assert refused("a.xlsx", office(kind="docx")) == "file.damaged"
    assert refused("a.docx", office(kind="xlsx")) == "file.damaged"


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content + b"MZ trailing program",
        lambda content: content[:-10],
        lambda content: content[:60] + b"\x00" * 20 + content[80:],
        lambda content: b"PK\x03\x04" + content[4:100],
    ],
)
def test_a_damaged_archive_is_refused(change):
    assert (
        refused("a.docx", change(office({"word/x.xml": "<x>" + "y" * 500 + "</x>"})))
        == "file.damaged"
    )


def test_a_comment_of_the_archive_is_no_damage():
    assert inspect_upload("a.docx", office(comment=b"made by a word processor")).mime == WORD


def test_a_locked_archive_is_refused():
    content = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 1)
    assert refused("a.docx", bytes(content)) == "file.encrypted"


def test_a_declared_size_that_is_too_small_is_damage():
    content = bytearray(office({"word/x.xml": "y" * 5000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.rfind(mark)
        content[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    assert refused("a.docx", bytes(content)) == "file.damaged"
