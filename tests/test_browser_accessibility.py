"""Every page, as everybody sees it: axe finds nothing, nothing runs off the screen, nothing jumps, nothing is heavy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize

from tests.browsing import DESKTOP, DOCTORS, PHONE, ask, in_browser, keep, overflow, violations
from web.pages.appearance import COOKIE

pytestmark = in_browser("accessibility")

PAGES = {
    "chat": "/",
    "history": "/history",
    "library": "/library",
    "document": "/documents/daxing-2026-22",
    "words-cited": "/documents/changning-2025-2?start=1006&end=1045#2.1.2",
    "found-in-document": "/documents/national-2024-40?find=医疗机构",
    "compare": "/compare?subject=家庭医生签约&document=daxing-2026-22&document=changning-2025-2",
    "ledger": "/ledger",
    "reference": "/docs",
    "login": "/admin/login",
    "nothing": "/nothing",
}
Look = tuple[ViewportSize, Literal["light", "dark"], bool]
LOOKS: dict[str, Look] = {
    "phone-dark": (PHONE, "dark", False),
    "phone-large": (PHONE, "light", True),
    "desktop": (DESKTOP, "light", False),
}
FIRST_LOAD = 150_000
"""Bytes transferred at most when a page is opened for the first time."""
JUMPS = 0.02
"""Cumulative layout shift; 0.1 is called good."""
WATCH_JUMPS = """
window.jumped = 0;
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.jumped += each.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[BrowserContext]:
    viewport, scheme, large = LOOKS[request.param]
    opened = browser.new_context(
        base_url=site, viewport=viewport, color_scheme=scheme, reduced_motion="reduce", locale="zh-CN"
    )
    if large:
        opened.add_cookies([{"name": COOKIE, "value": "1", "url": site}])
    yield opened
    opened.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(look: BrowserContext, name: str) -> None:
    page = look.new_page()
    page.goto(PAGES[name])
    assert violations(page) == []
    assert overflow(page) == 0


def test_axe_finds_nothing_in_an_answer(look: BrowserContext) -> None:
    page = look.new_page()
    page.goto("/")
    for question in (DOCTORS, "朝阳区的床位补贴是多少？", "补贴"):
        ask(page, question)
    for folded in page.locator("details:visible").all():
        folded.evaluate("(each) => { each.open = true; }")
    assert violations(page) == []
    assert overflow(page) == 0
    keep(page, f"answers-{page.viewport_size}"[:20].strip("-{'"))


@pytest.mark.parametrize("name", PAGES)
def test_a_first_load_is_light_still_and_all_our_own(browser: Browser, site: str, name: str) -> None:
    context = browser.new_context(base_url=site, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    page.add_init_script(WATCH_JUMPS)
    loaded: list[int] = []
    asked: list[str] = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: loaded.append(int(event["encodedDataLength"])))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(PAGES[name], wait_until="networkidle")
    assert [each for each in asked if not each.startswith((site, "data:"))] == []
    print(f"{name}: {sum(loaded)} bytes, {len(loaded)} files")
    assert sum(loaded) <= FIRST_LOAD
    assert page.evaluate("window.jumped") <= JUMPS
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1440, 3840])
def test_lines_stay_readable_at_every_width(browser: Browser, site: str, width: int) -> None:
    """Between GB/T 9704's 28 characters a line and twice that; nothing stretches over a wide screen."""
    context = browser.new_context(base_url=site, viewport=ViewportSize(width=width, height=900))
    page = context.new_page()
    page.goto(PAGES["document"])
    longest = page.locator(".provision p").evaluate_all(
        "(all) => Math.max(...all.map((each) => each.clientWidth / parseFloat(getComputedStyle(each).fontSize)))"
    )
    assert longest <= 56
    assert overflow(page) == 0
    context.close()
