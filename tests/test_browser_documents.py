"""Journeys through the documents."""

from __future__ import annotations

import re

from playwright.sync_api import Page, ViewportSize, expect

from tests.browsing import PHONE, in_browser, overflow

pytestmark = in_browser("documents")


def test_an_article_longer_than_the_screen_opens_at_the_words_cited(page: Page) -> None:
    page.set_viewport_size(ViewportSize(width=360, height=400))
    text = page.request.get("/api/v1/documents/daxing-2026-22/text").text()
    start = text.index("并通报行业主管部门")
    page.goto(f"/documents/daxing-2026-22?start={start}&end={start + 9}#6.21")
    expect(page.locator("mark")).to_be_in_viewport()


def test_the_shelf_is_narrowed_down_and_leads_to_what_is_named(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/documents")
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
