"""Journeys through the documents: reading, searching, taking away, the list, the map."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.browsing import PHONE, in_browser, overflow
from tests.browsing import bare as bare

pytestmark = in_browser("documents")

CHANGNING = "/documents/changning-2025-2"


def current(page: Page) -> Locator:
    return page.locator("#outline [aria-current]")


# Reading


def test_an_article_longer_than_the_screen_opens_at_the_words_cited(page: Page) -> None:
    page.set_viewport_size(ViewportSize(width=360, height=400))
    text = page.request.get("/api/v1/documents/daxing-2026-22/text").text()
    start = text.index("并通报行业主管部门")
    page.goto(f"/documents/daxing-2026-22?start={start}&end={start + 9}#6.21")
    expect(page.locator("mark")).to_be_in_viewport()


def test_the_outline_follows_the_reader(page: Page) -> None:
    page.goto(CHANGNING)
    for article in ("2.1.2", "3.1", "2.3"):
        page.evaluate("id => document.getElementById(id).scrollIntoView({behavior: 'instant'})", article)
        expect(current(page)).to_have_attribute("href", f"#{article}")
        expect(current(page)).to_be_in_viewport()
    assert current(page).count() == 1


def test_on_a_phone_the_outline_is_a_sheet(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(CHANGNING)
    sheet = page.get_by_role("dialog", name="目录")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="目录").click()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="目录").click()
    sheet.get_by_role("link", name="13.").click()
    expect(sheet).to_be_hidden()
    expect(page.locator("[id='2.4.13']")).to_be_in_viewport()
    assert overflow(page) == 0


def test_the_outline_moves_back_where_there_is_room(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(CHANGNING)
    page.set_viewport_size(ViewportSize(width=1280, height=800))
    expect(page.locator(".sheet > #outline")).to_be_visible()


def test_without_script_the_outline_is_a_link_away(bare: Page) -> None:
    bare.goto(CHANGNING)
    bare.get_by_role("link", name="目录", exact=True).click()
    expect(bare.locator("#outline")).to_be_in_viewport()
    bare.locator("#outline a[href='#2.4.13']").click()
    expect(bare.locator("[id='2.4.13']")).to_be_in_viewport()


# Searching within a document


def test_a_search_needs_no_reload_and_goes_round_by_key(page: Page) -> None:
    page.goto(CHANGNING)
    page.evaluate("window.stayed = true")
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="要查找的词")
    expect(field).to_be_focused()
    field.fill("签约")
    page.keyboard.press("Enter")
    status = page.locator("#places-found [role=status]")
    expect(status).to_have_text(re.compile(r"第 1 处，共 \d+ 处"))
    total = page.locator(".hit[id]").count()
    assert total > 3
    expect(page.locator(".hit.here")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(status).to_have_text(f"第 2 处，共 {total} 处")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(status).to_have_text(f"第 {total} 处，共 {total} 处")
    expect(page.locator(".hit.here")).to_be_in_viewport()
    field.blur()
    page.keyboard.press("n")
    expect(status).to_have_text(f"第 1 处，共 {total} 处")
    page.keyboard.press("N")
    expect(status).to_have_text(f"第 {total} 处，共 {total} 处")
    expect(page).to_have_url(re.compile(r"\?find="))
    assert page.evaluate("window.stayed") is True
    page.keyboard.press("Escape")
    expect(page.locator(".hit")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"{CHANGNING}$"))


def test_after_a_search_the_outline_still_follows(page: Page) -> None:
    page.goto(CHANGNING)
    page.get_by_role("searchbox", name="要查找的词").fill("智慧医养")
    page.keyboard.press("Enter")
    expect(page.locator(".hit.here")).to_be_in_viewport()
    page.evaluate("document.getElementById('2.1.2').scrollIntoView({behavior: 'instant'})")
    expect(current(page)).to_have_attribute("href", "#2.1.2")


def test_a_search_without_a_network_keeps_what_was_typed(page: Page) -> None:
    page.goto(CHANGNING)
    page.context.set_offline(True)
    field = page.get_by_role("searchbox", name="要查找的词")
    field.fill("签约")
    page.keyboard.press("Enter")
    expect(page.locator("#places-found")).to_have_text("网络不通，没有查成，请重试。")
    expect(field).to_have_value("签约")
    expect(page.locator(".provision")).not_to_have_count(0)
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.locator(".hit.here")).to_be_in_viewport()


def test_a_search_works_without_script(bare: Page) -> None:
    bare.goto(CHANGNING)
    bare.get_by_role("searchbox").fill("签约")
    bare.get_by_role("button", name="查找").click()
    expect(bare.locator(".hit.here")).to_be_in_viewport()
    bare.get_by_role("link", name="下一处").click()
    expect(bare.locator("#places-found [role=status]")).to_have_text(re.compile("第 2 处"))
    expect(bare.locator(".hit.here")).to_be_in_viewport()
    bare.get_by_role("link", name="清除").click()
    expect(bare.locator(".hit")).to_have_count(0)


# Taking away


def test_an_article_is_copied_with_its_source(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{CHANGNING}#2.1.2")
    page.get_by_role("button", name="复制二、（一）2.的条文").click()
    expect(page.get_by_role("status").last).to_have_text("已复制")
    provision = page.request.get("/api/v1/documents/changning-2025-2/provisions/2.1.2").json()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (
        f"{provision['whole_text'].strip()}\n——《关于进一步深化长宁区养老服务医养结合发展的实施方案》（长民〔2025〕2号）二、（一）2."
    )
    page.get_by_role("link", name="二、（一）2.的链接").click()
    expect(page.get_by_role("link", name="二、（一）2.的链接")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"{CHANGNING}#2.1.2")


def test_a_part_is_copied_with_all_that_is_under_it(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{CHANGNING}#2.1")
    page.get_by_role("button", name="复制二、（一）的条文").click()
    expect(page.get_by_role("status").last).to_have_text("已复制")
    provision = page.request.get("/api/v1/documents/changning-2025-2/provisions/2.1").json()
    copied, _, source = page.evaluate("navigator.clipboard.readText()").rpartition("\n——")
    assert "".join(copied.split()) == "".join(provision["whole_text"].split())
    assert source.endswith("二、（一）")


def test_a_touch_shows_what_can_be_done_with_an_article(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, viewport=PHONE, has_touch=True, locale="zh-CN")
    page = context.new_page()
    page.goto(CHANGNING)
    tools = page.get_by_role("button", name="复制二、（一）2.的条文")
    expect(tools).to_be_hidden()
    page.locator("[id='2.1.2']").tap()
    expect(tools).to_be_visible()
    box = tools.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    context.close()


def test_the_original_is_downloaded_under_its_name(page: Page) -> None:
    page.goto(CHANGNING)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载原件").click()
    assert download.value.suggested_filename == "长民〔2025〕2号 关于进一步深化长宁区养老服务医养结合发展的实施方案.txt"


def test_what_is_printed_is_the_document_alone(page: Page) -> None:
    page.goto(f"{CHANGNING}?find=签约")
    page.emulate_media(media="print")
    for away in (".masthead", "#outline", ".find", ".take", ".to-outline", ".tools-of >> nth=0"):
        expect(page.locator(away)).to_be_hidden()
    for there in ("h1", ".facts", ".print-only", ".hash"):
        expect(page.locator(there)).to_be_visible()
    link = page.locator(".relations a").first
    assert link.evaluate("each => getComputedStyle(each).textDecorationLine") == "none"


# The list and the map


def test_the_shelf_is_narrowed_down_and_leads_to_what_is_named(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/documents")
    expect(page).to_have_url(re.compile("/library$"))
    page.get_by_label("标题、文号或发文机关").fill("示范项目")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_text("找到 1 份。")).to_be_visible()
    assert overflow(page) == 0
    page.get_by_role("link", name="医养结合示范项目工作方案").click()
    section = page.locator("#references")
    expect(section.locator("li")).not_to_have_count(0)
    section.get_by_role("link", name="关于促进医养结合服务高质量发展的指导意见").click()
    expect(page).to_have_url(re.compile("/documents/national-2024-40$"))
    page.locator("#cited-by").get_by_role("link", name="文首").click()
    expect(page.locator("mark")).to_have_text("《关于促进医养结合服务高质量发展的指导意见》（国卫老龄发〔2024〕40号）")
    expect(page.locator("mark")).to_be_in_viewport()


def test_the_map_shows_what_a_document_is_tied_to(page: Page) -> None:
    page.goto("/library")
    page.get_by_role("link", name="看引用关系图").click()
    plan = page.locator("[data-node='national-2025-8']")
    guidance = page.locator("[data-node='national-2024-40']")
    elsewhere = page.locator("[data-node='daxing-2026-22']")
    plan.hover()
    expect(guidance).to_have_class(re.compile(r"\bnear\b"))
    expect(elsewhere).not_to_have_class(re.compile(r"\bnear\b"))
    expect(elsewhere).to_have_css("opacity", "0.18")
    page.mouse.move(0, 0)
    expect(page.locator(".map.looking")).to_have_count(0)
    guidance.focus()
    expect(plan).to_have_class(re.compile(r"\bnear\b"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/documents/national-2024-40$"))


def test_the_map_is_made_larger_and_smaller(page: Page) -> None:
    page.goto("/library/map")
    frame, picture = page.locator(".frame"), page.locator("svg.map")

    def width() -> float:
        box = picture.bounding_box()
        assert box is not None
        return box["width"]

    usual = width()
    page.get_by_role("button", name="放大").click()
    assert width() == pytest.approx(usual * 1.25, rel=0.01)
    frame.focus()
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert width() == pytest.approx(usual / 1.25, rel=0.01)
    page.keyboard.press("0")
    assert width() <= frame.evaluate("each => each.clientWidth")
    frame.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function("before => document.querySelector('svg.map').clientWidth > before + 50", arg=usual)


def test_the_map_works_without_script(bare: Page) -> None:
    bare.goto(CHANGNING)
    bare.get_by_role("link", name="看引用关系图").click()
    expect(bare.locator(".zoom")).to_be_hidden()
    bare.get_by_label("只看一份文件的引用关系").select_option(value="national-2025-8")
    bare.get_by_role("button", name="查看").click()
    bare.locator("[data-node='national-2024-40']").click()
    expect(bare).to_have_url(re.compile("/documents/national-2024-40$"))


# Everyone


PAGES = [
    CHANGNING,
    f"{CHANGNING}?start=900&end=1000&find=签约#2.1.2",
    "/documents/anonymous-district-plan",
    "/library",
    "/library?q=无此文件",
    "/library/map",
    "/library/map?around=changning-2025-2",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_stands_in_anyones_way(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for size in (ViewportSize(width=1280, height=800), PHONE):
        page.set_viewport_size(size)
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert overflow(page) == 0
