"""Journeys through the comparison and the ledger, on desktop and phone, with and without script."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from icalendar import Calendar
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browsing import DESKTOP, PHONE, in_browser, keep, overflow
from tests.browsing import bare as bare
from web.pages.appearance import COOKIE

pytestmark = in_browser("compare")

TWO = "document=daxing-2026-22&document=changning-2025-2"
SIGNING = f"/compare?subject={quote('家庭医生签约')}&{TWO}"
CHECKS = f"/compare?subject={quote('老年人健康管理多久一次')}&{TWO}&document=anonymous-district-plan"
SILENT = f"/compare?subject={quote('压疮新发生率')}"
PAGES = ["/compare", SIGNING, CHECKS, SILENT, "/ledger", "/ledger?kind=frequency&words=" + quote("至少")]
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE},
    "dark phone": {"viewport": PHONE, "color_scheme": "dark"},
    "large": {"viewport": PHONE, "large": True},
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[BrowserContext]:
    settings = {**LOOKS[request.param]}
    large = settings.pop("large", False)
    opened = browser.new_context(base_url=site, reduced_motion="reduce", locale="zh-CN", **settings)
    if large:
        opened.add_cookies([{"name": COOKIE, "value": "1", "url": site}])
    yield opened
    opened.close()


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(look: BrowserContext, address: str) -> None:
    page = look.new_page()
    page.goto(address)
    for folded in page.locator("details").all():
        folded.evaluate("(each) => { each.open = true; }")
    found: Any = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found] == []
    assert overflow(page) == 0


@pytest.mark.parametrize("address", [CHECKS, "/ledger"])
def test_what_is_touched_is_large_enough(browser: Browser, site: str, address: str) -> None:
    context = browser.new_context(base_url=site, viewport=PHONE, has_touch=True, locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    for control in page.locator(
        "main button:visible, main select:visible, main input:visible:not([type=checkbox])"
    ).all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44, control.evaluate("(each) => each.outerHTML")
    for label in page.locator("main label.choice:visible").all():
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    context.close()


def cells(page: Page) -> Locator:
    return page.locator("tr.words td")


def test_a_clerk_compares_two_districts(page: Page) -> None:
    page.goto("/compare")
    page.get_by_label("要对照的事项").fill("家庭医生签约")
    page.get_by_label("大兴区开展医养结合促进行动").check()
    page.get_by_label("关于进一步深化长宁区").check()
    page.get_by_role("button", name="对照所选").click()
    expect(page).to_have_url(re.compile("document=daxing-2026-22&document=changning-2025-2"))
    expect(cells(page)).to_have_count(2)
    expect(cells(page).nth(0).locator("blockquote")).to_contain_text("家庭医生签约覆盖率不低于80%")
    expect(cells(page).nth(1).locator("blockquote")).to_contain_text("为签约家庭医生的住养老人")
    keep(page, "compare-desktop")
    cells(page).nth(0).get_by_role("link").click()
    expect(page).to_have_url(re.compile("/documents/daxing-2026-22"))


def test_columns_stand_side_by_side_on_a_desk_and_cards_below_each_other_on_a_phone(page: Page) -> None:
    page.goto(SIGNING)
    first, second = (each.bounding_box() for each in cells(page).all())
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    assert first["x"] + first["width"] <= second["x"] + 1
    page.set_viewport_size(PHONE)
    first, second = (each.bounding_box() for each in cells(page).all())
    assert first is not None
    assert second is not None
    assert second["y"] >= first["y"] + first["height"]
    expect(cells(page).nth(1).locator(".whose")).to_contain_text("上海市长宁区")
    keep(page, "compare-phone")


@pytest.mark.parametrize("address", [SILENT, f"/compare?subject={quote('消防演练')}&{TWO}"])
def test_a_side_that_says_little_is_as_wide_as_one_that_says_much(page: Page, address: str) -> None:
    page.goto(address)
    widths = [box["width"] for each in cells(page).all() if (box := each.bounding_box())]
    assert len(widths) > 1
    assert max(widths) - min(widths) <= 2


def test_six_at_most_can_be_chosen(page: Page) -> None:
    page.goto("/compare")
    boxes = page.locator("[data-chooser] input[type=checkbox]")
    expect(boxes).to_have_count(6)  # five documents and the nation's two together
    full = page.get_by_text("已选满 6 项，去掉一项才能再选。")
    for box in boxes.all()[:5]:
        box.check()
    expect(full).to_be_hidden()
    boxes.nth(5).check()
    expect(full).to_be_visible()
    boxes.nth(0).uncheck()
    expect(full).to_be_hidden()


def test_subjects_are_offered_while_one_types(page: Page) -> None:
    page.goto("/compare")
    page.get_by_label("要对照的事项").press_sequentially("家庭医生")
    expect(page.locator("datalist option")).not_to_have_count(0)
    assert "家庭医生" in " ".join(each.get_attribute("value") or "" for each in page.locator("datalist option").all())


def test_the_table_is_copied_for_a_spreadsheet(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(CHECKS)
    page.get_by_role("button", name="复制表格").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    text = page.evaluate("() => navigator.clipboard.readText()")
    rows = [line.split("\t") for line in re.split(r"\n(?=频次|适用|数量|期限|原文)", text)]
    assert [row[0] for row in rows] == ["事项：老年人健康管理多久一次", "频次", "适用条件（岁）", "原文"]
    assert all(len(row) == 4 for row in rows)
    assert rows[1][1] == "「集中上门健康管理服务」每年为入住养老机构的65岁及以上老年人提供一次"
    assert rows[3][1].startswith("「") or rows[3][1].startswith('"')
    html = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          return (await item.getType("text/html")).text();
        }"""
    )
    assert html.count("<tr>") == 4
    assert "京兴政卫发〔2026〕22号" in html


def test_without_a_clipboard_object_it_is_copied_all_the_same(context: BrowserContext, page: Page) -> None:
    """On a server in the house, without https, browsers have none."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script(
        "window.secret = navigator.clipboard; Object.defineProperty(navigator, 'clipboard', {value: undefined});"
    )
    page.goto(SIGNING)
    page.get_by_role("button", name="复制表格").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert "家庭医生签约覆盖率不低于80%" in page.evaluate("() => window.secret.readText()")


def test_on_paper_there_is_the_whole_table_and_no_form(page: Page) -> None:
    page.goto(CHECKS)
    folded = page.locator("details.fold").first
    expect(folded.locator("span")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("[data-chooser]")).to_be_hidden()
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(folded.locator("span")).to_be_visible()
    expect(folded.locator("summary")).to_be_hidden()
    expect(page.locator(".print-only")).to_have_text(re.compile(r"^\d{4}年\d+月\d+日打印自医养问策。$"))
    keep(page, "compare-print")


def test_without_script_two_documents_are_compared(bare: Page) -> None:
    bare.goto("/compare")
    bare.get_by_label("要对照的事项").fill("压疮新发生率")
    bare.get_by_label("大兴区开展医养结合促进行动").check()
    bare.get_by_label("关于进一步深化长宁区").check()
    bare.get_by_role("button", name="对照所选").click()
    expect(cells(bare).nth(0)).to_contain_text("控制在5%以内")
    expect(cells(bare).nth(1)).to_contain_text("该文件没有规定。")
    expect(bare.get_by_role("button", name="复制表格")).to_be_hidden()


def test_without_script_the_ledger_is_narrowed_down_and_taken_away(bare: Page) -> None:
    bare.goto("/compare")
    bare.get_by_role("link", name="硬性要求").click()
    bare.get_by_text("类别、频次、约束力和文件").click()
    bare.get_by_label("频次 13 条").check()
    bare.get_by_label("地区").select_option("北京市大兴区")
    bare.get_by_role("button", name="筛选").click()
    expect(bare.locator("#result")).to_have_text("共 7 条")
    with bare.expect_download() as taken:
        bare.get_by_role("link", name="Excel 表格").click()
    assert taken.value.suggested_filename.startswith("医养结合硬性要求-")
    made = taken.value.path().read_bytes()
    assert openpyxl.load_workbook(io.BytesIO(made)).worksheets[0].max_row == 8
    bare.get_by_label("其中定期事项 7 项，起始日期").fill("2026-07-01")
    with bare.expect_download() as taken:
        bare.get_by_role("button", name="排入日历").click()
    assert taken.value.suggested_filename.endswith(".ics")
    events = Calendar.from_ical(taken.value.path().read_bytes()).walk("VEVENT")
    assert {str(each.decoded("dtstart")) for each in events} == {"2026-07-01"}
    keep(bare, "ledger-phone")
