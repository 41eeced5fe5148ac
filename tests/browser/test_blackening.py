"""Names on a paper are blackened by mouse and by keys before its copy leaves; on a telephone it fits."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.watching import NARROW, browsing, sign_in


@pytest.fixture
def own_database(own_matrix):
    return own_matrix


@pytest.fixture
def known(matrix_world) -> dict[str, str]:
    """The objects of the access matrix, committed; uid by kind."""
    return matrix_world.known


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (700, 450), "white").save(out, "PNG")
    return out.getvalue()


def _numbers(page) -> list[int]:
    return [int(part) for part in page.locator("[name=boxes]").input_value().split()]


def test_a_box_is_drawn_moved_by_keys_and_kept(known, portal, browser):
    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        page = watch.page
        watch.go(f"/funding/requests/{known['draft_request']}/edit/")
        paper = page.locator("#paper-economic_proof")
        paper.locator("summary").click()
        photo = {"name": "演示.png", "mimeType": "image/png", "buffer": _photo()}
        paper.locator("[type=file]").set_input_files(files=[photo])
        paper.get_by_role("button", name="放入").click()
        expect(paper).to_contain_text("演示.png")
        paper.get_by_role("link", name="遮盖画面").click()
        frame = page.locator(".viewer img").bounding_box()
        page.mouse.move(frame["x"] + frame["width"] * 0.1, frame["y"] + frame["height"] * 0.1)
        page.mouse.down()
        page.mouse.move(frame["x"] + frame["width"] * 0.4, frame["y"] + frame["height"] * 0.2)
        page.mouse.up()
        number, left, top, width, height = _numbers(page)
        assert number == 1
        assert (abs(left - 100), abs(top - 100)) < (3, 3)
        assert (abs(width - 300), abs(height - 100)) < (3, 3)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
        assert _numbers(page) == [1, left + 5, top, width, height + 5]
        page.get_by_role("button", name="加一处").first.click()
        expect(page.locator("[data-boxes-said]")).to_have_text("共 2 处")
        page.keyboard.press("Delete")
        expect(page.locator("[data-boxes-said]")).to_have_text("共 1 处")
        watch.look(NARROW["width"])
        page.get_by_role("button", name="保存遮盖").click()
        expect(page.locator("#paper-economic_proof")).to_contain_text("已遮盖 1 处")
        assert watch.faults == []
