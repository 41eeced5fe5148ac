"""PDFs that are cut, locked, active or bombs are refused."""

import tracemalloc
import zlib

import pytest

from msw_portal.kernel.files import inspect_upload
from tests.kernel.uploads import PDF, object_stream, refused


@pytest.mark.parametrize(
    "action",
    [
        b"/OpenAction <</S/JavaScript/JS(app.alert(1))>>",
        b"/AA <</O <</S /JavaScript /JS (x)>>>>",
        b"<</S/Java#53cript/JS(x)>>",
        b"<</S/#4a#61#76#61#53#63#72#69#70#74/JS(x)>>",
        b"<</S/#4AavaScript/JS(x)>>",
        b"<</S/Launch/F(cmd.exe)>>",
        b"/RichMedia <<>>",
    ],
)
def test_what_runs_in_a_pdf_is_refused(action):
    active = PDF.replace(b"trailer", b"9 0 obj " + action + b" endobj\ntrailer")
    assert refused("a.pdf", active) == "file.active"
    assert refused("a.pdf", object_stream(action)) == "file.active"
    assert refused("a.pdf", object_stream(action, name=b"Obj#53tm")) == "file.active"


@pytest.mark.parametrize("lock", [b"/Encrypt 9 0 R", b"/#45ncrypt <<>>"])
def test_a_locked_pdf_is_refused(lock):
    assert refused("a.pdf", PDF.replace(b"/Root", lock + b"/Root")) == "file.encrypted"


@pytest.mark.parametrize(
    "content",
    [
        PDF[:-8],
        PDF.replace(b"startxref", b"startXref"),
        PDF.replace(b"%PDF-1.7", b"%PDF-x.y"),
        PDF + b" " * 5000,
        b"%PDF-",
    ],
)
def test_a_broken_pdf_is_refused(content):
    assert refused("a.pdf", content) == "file.damaged"


def test_object_streams_hide_nothing():
    cut = object_stream(b"x" * 5000)
    at = cut.index(b"stream\n") + 20
    assert refused("a.pdf", cut[:at] + cut[at + 4 :]) == "file.damaged"
    assert refused("a.pdf", object_stream(b"x", after=b"hidden behind the end")) == "file.damaged"
    assert (
        refused("a.pdf", PDF.replace(b"trailer", b"5 0 obj <</ObjStm>> stream\nx\ntrailer"))
        == "file.damaged"
    )


def test_a_bomb_in_an_object_stream_is_refused():
    assert refused("a.pdf", object_stream(b"\x00" * (41 * 1024 * 1024))) == "file.unpack"


def packed_stream(packed, dictionary=b"/Filter/FlateDecode"):
    stream = b"6 0 obj <<" + dictionary + b">> stream\n" + packed + b"\nendstream endobj\ntrailer"
    return PDF.replace(b"trailer", stream)


def test_a_bomb_in_any_stream_is_refused_and_kept_nowhere():
    flood = zlib.compress(b"\x00" * (101 * 1024 * 1024), 9)
    tracemalloc.start()
    many = PDF.replace(
        b"trailer",
        b"".join(
            b"%d 0 obj <</Filter/FlateDecode>> stream\n" % n + flood + b"\nendstream endobj\n"
            for n in range(10, 15)
        )
        + b"trailer",
    )
    assert refused("a.pdf", many) == "file.unpack"
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_page_scanned_in_colour_is_no_bomb():
    white = zlib.compress(b"\xff" * (26 * 1024 * 1024))
    assert inspect_upload("a.pdf", packed_stream(white)).pages == 2


def test_a_stream_packed_twice_is_refused():
    twice = packed_stream(b"x", b"/Filter[/FlateDecode /FlateDecode]")
    assert refused("a.pdf", twice) == "file.unpack"
