"""Filling in a page's form by the names of its fields, as a person would by their labels."""

from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.watching import rest


def _set(box: Locator, name: str, value: Any) -> None:
    field = box.locator(f"[name='{name}']").first
    kind = field.evaluate("one => one.type || one.tagName")
    if kind in {"radio", "checkbox"}:
        for one in value if isinstance(value, list | tuple) else [value]:
            chosen = f"[name='{name}'][value='{one}']" if one is not True else f"[name='{name}']"
            # The box itself may be drawn by its label.
            box.locator(chosen).first.check(force=True)
    elif kind == "select-one":
        field.select_option(str(value))
    elif kind == "file":
        field.set_input_files(value)
    else:
        field.fill(str(value))


def fill(box: Page | Locator, **typed: Any) -> None:
    """Type into the fields of `box`; True ticks a box, a list ticks several."""
    for name, value in typed.items():
        _set(box.locator("xpath=."), name, value) if isinstance(box, Locator) else _set(
            box.locator("main"), name, value
        )


def draw(page: Page) -> None:
    """Sign on the page's pad with the mouse."""
    pad = page.locator("[data-sign] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 15):
        page.mouse.move(box["x"] + 20 + step * 10, box["y"] + 40 + step % 3 * 12)
    page.mouse.up()


def send(page: Page, *, button: str | None = None, **typed: Any) -> None:
    """Fill in the page's main form, press its primary button and arrive on another page."""
    before = page.url
    fill(page, **typed)
    press = (
        page.get_by_role("button", name=button)
        if button
        else page.locator("main form button.btn--primary")
    )
    press.last.click()
    try:
        page.wait_for_url(lambda url: url != before)
    except Exception as error:
        said = page.locator("main").inner_text()
        raise AssertionError(f"{before} was not left:\n{said[:3000]}") from error
    rest(page)
