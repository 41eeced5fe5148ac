"""An import in a real browser with a real worker: upload, columns, review, confirm, the error file mended and brought again."""

import os
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.imports import files

WAIT = 90_000
SHOTS = os.environ.get("MSW_SHOTS", "")


def _look(watch, name: str) -> None:
    """Both widths without a fault of layout; a picture of each where a folder is named."""
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.page.set_viewport_size(WIDE)


def _bring(page: Page, path: Path) -> None:
    page.set_input_files("[name=file]", path)
    page.fill("[name=source]", "医院信息系统导出")
    page.get_by_role("button", name="上传并对应列").click()
    expect(page.get_by_role("heading", name="对应列")).to_be_visible()


def _check(page: Page) -> None:
    page.get_by_role("button", name="检查每一行").click()
    expect(page.get_by_role("region", name="行数")).to_be_visible(timeout=WAIT)


def _confirm(page: Page) -> None:
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("新增", exact=True)).to_be_visible(timeout=WAIT)


def test_a_list_is_brought_mended_and_brought_again(portal, celery_worker, browser, tmp_path):
    rows = [files.person(n) for n in range(12)]
    right = rows[3][4]
    rows[3][4] = right[:17]
    rows[7][2] = "1990-02-31"
    heads = ["患者姓名", *files.HEADS[1:]]
    first = tmp_path / "名单.xlsx"
    first.write_bytes(files.xlsx(rows, heads=heads))
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "worker")
        watch.go("/imports/")
        _look(watch, "list-empty")
        page.get_by_role("link", name="上传").first.click()
        _look(watch, "new")
        _bring(page, first)
        expect(page.get_by_label("姓名")).to_have_value("0")
        _look(watch, "columns")
        _check(page)
        expect(page.locator("#main")).to_contain_text("确认后导入 10 行")
        expect(page.locator("#main")).to_contain_text("这一天不存在，请核对。")
        _look(watch, "review")
        _confirm(page)
        _look(watch, "done")
        with page.expect_download() as taken:
            page.get_by_role("link", name="下载不能导入的行").click()
        refused = tmp_path / "改好.xlsx"
        taken.value.save_as(refused)
        book = load_workbook(refused)
        assert [row[-1].value for row in book.active.iter_rows(min_row=2)] == [
            "证件号码：身份证号应为 18 位（旧证 15 位），现在是 17 位。",
            "出生日期：这一天不存在，请核对。",
        ]
        book.active.cell(2, 5, right)
        book.active.cell(3, 3, "")
        book.save(refused)
        watch.go("/imports/new/persons/")
        _bring(page, refused)
        expect(page.get_by_label("姓名")).to_have_value("0")
        _check(page)
        expect(page.locator("#main")).to_contain_text("确认后导入 2 行")
        _confirm(page)
        watch.go("/imports/new/persons/")
        _bring(page, first)
        _check(page)
        expect(page.locator("#main")).to_contain_text("没有可以导入的行")
        watch.go("/imports/")
        _look(watch, "list")
        assert watch.faults == []
