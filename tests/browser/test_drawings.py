"""A family tree is moved by mouse and by keyboard, and what was moved is what is kept."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.watching import NARROW, browsing, sign_in


@pytest.fixture
def own_database(own_matrix):
    return own_matrix


@pytest.fixture
def known(matrix_world) -> dict[str, str]:
    """The objects of the access matrix, committed; uid by kind."""
    return matrix_world.known


def _drag(page, node, dx: int, dy: int) -> None:
    box = node.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def test_a_person_is_dragged_then_moved_by_keys_and_saved(known, portal, browser):
    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        page = watch.page
        watch.go(f"/cases/{known['case']}/drawings/genogram/edit/")
        page.fill("[name=persons-1-label]", "妻")
        page.select_option("[name=persons-1-sex]", "female")
        page.select_option("[name=relations-0-from]", "p1")
        page.select_option("[name=relations-0-kind]", "marriage")
        page.select_option("[name=relations-0-to]", "p2")
        wife = page.locator('[data-node="p2"]')
        expect(wife).to_be_visible()
        expect(page.locator("[name=relations-0-to] option[value=p2]")).to_have_text("2 妻")
        # The last change's drawing has arrived: one that comes later moves her away from under the mouse.
        expect(page.locator("#drawing")).to_contain_text("婚姻")
        expect(page.locator("#drawing")).not_to_have_class(re.compile("htmx-request"))
        _drag(page, wife, 60, 40)
        expect(page.locator("[name=persons-1-x]")).not_to_have_value("")
        expect(wife).not_to_have_class("node is-moving")
        page.wait_for_load_state("networkidle")
        dragged = int(page.input_value("[name=persons-1-x]"))
        expect(wife).to_have_attribute("data-x", str(dragged))
        expect(wife).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(page.locator("[name=persons-1-x]")).to_have_value(str(dragged + 10))
        expect(wife).to_have_attribute("data-x", str(dragged + 10))
        page.keyboard.press("Enter")
        expect(page.locator("[name=persons-1-label]")).to_be_focused()
        page.get_by_role("button", name="存为新的一版").click()
        page.wait_for_url("**/drawings/genogram/")
        page.wait_for_load_state("networkidle")
        expect(page.locator("svg.drawing")).to_be_visible()
        watch.go(f"/cases/{known['case']}/drawings/genogram/edit/")
        expect(page.locator("[name=persons-1-x]")).to_have_value(str(dragged + 10))
        assert watch.faults == []


def test_the_rows_fit_a_telephone(known, portal, browser):
    with browsing(browser, portal, viewport=NARROW) as watch:
        sign_in(watch, "worker")
        for kind in ("genogram", "ecomap"):
            watch.go(f"/cases/{known['case']}/drawings/{kind}/edit/")
            width = watch.page.evaluate("document.documentElement.scrollWidth")
            assert (kind, width) == (kind, NARROW["width"])
        assert watch.faults == []
