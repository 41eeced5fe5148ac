"""A case's papers in a real browser with a scanner that answers: upload, look, be refused, delete."""

import os

import pytest
import typst
from playwright.sync_api import expect

from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.departments import clamd as fake
from tests.departments.clamd import EICAR
from tests.factories import cases as make
from tests.factories.donations import as_person
from tests.kernel.uploads import picture

SHOTS = os.environ.get("MSW_SHOTS", "")
PAPER = """
#set page("a4")
#set text(size: 14pt)
= 出院小结
#table(columns: 2, [项目], [内容], [入院], [2026-11-03], [出院], [2026-11-20])
#lorem(260)
#pagebreak()
= 检查报告
#lorem(120)
#pagebreak()
= 医嘱
"""


@pytest.fixture
def clamd(own_database, tmp_path):
    """A scanner that the web server finds when it starts."""
    socket = tmp_path / "clamd.ctl"
    with fake.running(socket) as (scanner, _address):
        own_database.env["MSW_CLAMD"] = f"unix:{socket}"
        yield scanner


def _look(watch, name: str) -> None:
    """Both widths without a fault of layout; a picture of each where a folder is named."""
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.page.set_viewport_size(WIDE)


def _box(page) -> tuple[float, float, float, float]:
    """The first page as it is seen: its left, top, width and height."""
    box = page.locator(".viewer__page img").first.bounding_box()
    return box["x"], box["y"], box["width"], box["height"]


def _zoom_and_turn(watch) -> None:
    """Twice as large, then lying on its side within the page, and back; nothing of it is fetched again."""
    page, asked = watch.page, []
    sheet = page.locator(".viewer__sheet").first
    page.evaluate("scrollTo(0, 0)")
    page.on("request", lambda request: asked.append(request.url))
    _x, _y, width, height = _box(page)
    for size in ("125%", "150%", "200%"):
        page.get_by_role("button", name="放大").click()
        expect(page.locator("[data-zoom-now]")).to_have_text(size)
    assert _box(page)[2:] == pytest.approx((2 * width, 2 * height), abs=3)
    _look(watch, "viewer-larger")
    page.get_by_role("button", name="200%").click()
    assert _box(page)[2:] == pytest.approx((width, height), abs=2)
    page.get_by_role("button", name="右转").click()
    expect(page.locator("[data-viewer-said]")).to_have_text("已转到 90 度")
    room = sheet.bounding_box()
    assert room["height"] / room["width"] == pytest.approx(width / height, abs=0.01)
    # The square that holds the picture is turned about the middle of its room, and as long as its longer side.
    x, y, across, down = _box(page)
    assert (across, down) == pytest.approx((room["width"], room["width"]), abs=4)
    assert (x + across / 2, y + down / 2) == pytest.approx(
        (room["x"] + room["width"] / 2, room["y"] + room["height"] / 2), abs=2
    )
    _look(watch, "viewer-turned")
    page.get_by_role("button", name="左转").click()
    page.get_by_role("button", name="转这一页").nth(1).click()
    expect(page.locator(".viewer__page[data-turn]")).to_have_count(1)
    assert asked == []


def test_a_paper_is_uploaded_looked_at_and_deleted(clamd, portal, person, browser, tmp_path):
    worker = person("worker")
    with as_person(worker) as by:
        case = make.make_case(by)
    paper, photo, virus = (tmp_path / name for name in ("出院小结.pdf", "证明.jpg", "费用.pdf"))
    paper.write_bytes(typst.compile(PAPER.encode(), format="pdf"))
    photo.write_bytes(picture(size=(900, 1200)))
    virus.write_bytes(paper.read_bytes().replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF"))
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "worker")

        def send(path, kind: str = "medical_record") -> None:
            watch.go(f"/cases/{case.uid}/documents/new/")
            page.select_option("[name=kind]", kind)
            page.set_input_files("[name=file]", path)
            page.get_by_role("button", name="上传").click()

        send(virus)
        expect(page.get_by_text("文件里查出病毒（Eicar-Test-Signature）").first).to_be_visible()
        expect(page.locator("[name=kind]")).to_have_value("medical_record")
        _look(watch, "refused")
        send(photo, "other")
        expect(page.get_by_text("文件已保存。").first).to_be_visible()
        send(paper)
        expect(page.get_by_role("link", name="出院小结.pdf")).to_be_visible()
        _look(watch, "list")
        page.get_by_role("link", name="出院小结.pdf").click()
        page.wait_for_load_state("networkidle")
        pictures = page.locator(".viewer__page img")
        expect(pictures).to_have_count(3)
        drawn = "one => one.complete && one.naturalWidth"
        assert [pictures.nth(n).evaluate(drawn) for n in range(2)] == [1400, 1400]
        pictures.nth(2).scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        expect(pictures.nth(2)).to_have_js_property("complete", True)
        _look(watch, "viewer")
        _zoom_and_turn(watch)
        page.get_by_role("link", name="删除").click()
        page.select_option("[name=reason]", "wrong_person")
        _look(watch, "delete")
        page.get_by_role("button", name="删除").click()
        page.get_by_text("已删除 1 份").click()
        expect(page.get_by_text("传错了人或个案")).to_be_visible()
        _look(watch, "deleted")
        page.get_by_role("link", name="证明.jpg").click()
        expect(page.locator(".viewer__page img")).to_have_count(1)
        _look(watch, "photo")
        assert watch.faults == []
