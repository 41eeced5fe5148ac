"""A file of the hospital's system in the administrator's console: refused in part, mended, accepted."""

import csv
import io

from playwright.sync_api import expect

from cases.models.people import Episode
from departments.services import outbox
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.factories.donations import as_person
from tests.feeds.test_drops import HEADS, WARD, Folder, line

PAGE = "/console/system/drops/"
LOST = "没有的病区"


def _read(folder: Folder) -> None:
    folder.read()
    while outbox.relay_once():
        pass


def test_a_refused_line_is_mended_and_accepted(
    own_database, nursery, tmp_path, settings, browser, person
):
    settings.EPISODE_DROPS = tmp_path / "drops"
    env = {**own_database.env, "MSW_EPISODE_DROPS": str(settings.EPISODE_DROPS)}
    folder = Folder(settings.EPISODE_DROPS)
    folder.drop([line(1), line(2, 科室=LOST)], "在院.csv")
    _read(folder)
    with (
        nursery.serving(env, tmp_path) as portal,
        browsing(browser, portal) as watch,
    ):
        page = watch.page
        sign_in(watch, "sysadmin")
        expect(page.locator("#main")).to_contain_text("医院系统的文件有不能接收的行")
        page.get_by_role("link", name="医院系统的文件有不能接收的行").click()
        expect(page.locator("#main")).to_contain_text("部分不能接收")
        page.get_by_role("link", name="在院.csv").click()
        expect(page.locator("#main")).to_contain_text(f"本院没有叫“{LOST}”的在用病区或科室。")
        watch.look(WIDE["width"])
        watch.look(NARROW["width"])
        page.set_viewport_size(WIDE)
        page.click(".bar summary.avatar")
        page.click(".bar button[name=language][value=en]")
        expect(page.locator("#main")).to_contain_text(
            f"This hospital has no ward or department in use called “{LOST}”."
        )
        page.click(".bar summary.avatar")
        page.click(".bar button[name=language][value=zh-hans]")
        rest(page)

        # What was refused lies beside the original, with the reason; mended, it is dropped again.
        [refused] = [name for name in folder.shelf("failed") if name.endswith(".refused.csv")]
        text = (folder.path / "failed" / refused).read_text(encoding="utf-8-sig")
        [row] = list(csv.DictReader(io.StringIO(text)))
        folder.drop([[row[head].replace(LOST, WARD) for head in HEADS]], "改正.csv")
        _read(folder)
        watch.go(PAGE)
        mended = page.get_by_role("row").filter(has_text="改正.csv")
        expect(mended).to_contain_text("已读完")
        watch.look(NARROW["width"])
        watch.go("/console/system/")
        expect(page.locator("#main")).not_to_contain_text("医院系统的文件有不能接收的行")
        assert watch.faults == []
    with as_person(person("worker")) as by:
        assert {one.mrn for one in Episode.objects.visible_to(by)} == {"ZY00001", "ZY00002"}
