"""At the counter, by keyboard and by thumb: nothing is hidden, cut off or carried over to the next person."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, ViewportSize, expect

from tests.browsing import DOCTORS, DRILL, PHONE, ask, bottom_of_view, box, in_browser, keep, overflow
from web.pages.appearance import COOKIE

pytestmark = in_browser("counter")
AGREEMENT = "护理院和养老院签协议有什么要求"
KEYBOARD_UP = ViewportSize(width=360, height=280)
"""What is left of a phone while one types."""


def top(place: Locator) -> float:
    found = place.bounding_box()
    assert found is not None
    return found["y"]


def bottom(place: Locator) -> float:
    found = place.bounding_box()
    assert found is not None
    return found["y"] + found["height"]


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """A phone in large type."""
    context = browser.new_context(
        base_url=site, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce", locale="zh-CN"
    )
    context.add_cookies([{"name": COOKIE, "value": "1", "url": site}])
    yield context.new_page()
    context.close()


# By keyboard


@pytest.mark.parametrize("size", [ViewportSize(width=1366, height=768), ViewportSize(width=360, height=640)], ids=str)
def test_what_is_tabbed_to_is_never_behind_the_question_box(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto("/")
    for question in (DOCTORS, AGREEMENT, DRILL):
        ask(page, question)
    page.locator(".brand").focus()
    seen = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator("[data-log] :focus")
        if focused.count():
            seen += 1
            assert bottom(focused) <= bottom_of_view(page) + 1, focused.inner_text()
    assert seen > 15


def test_the_latest_answer_is_copied_and_a_conversation_begun_by_key(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?region=上海市")
    ask(page, DOCTORS)
    ask(page, "那护士呢？")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Alt+c")
    expect(page.get_by_role("button", name="已复制")).to_have_count(1)
    assert "1名注册护士" in page.evaluate("() => navigator.clipboard.readText()")
    page.keyboard.press("Alt+n")
    expect(page.locator("[data-turn]")).to_have_count(0)
    expect(page.locator("[data-chip=region]")).to_be_hidden()
    expect(box(page)).to_have_value("")


# What is asked, and why it is answered so


def test_words_found_are_marked_alike_in_every_part_of_a_folded_clause(page: Page) -> None:
    page.goto("/")
    turn = ask(page, DRILL)
    turn.get_by_text("为什么是这条").click()
    reasons = turn.locator(".reasons")
    assert reasons.locator(".fold").count() > 0
    assert reasons.locator("mark").count() > 2
    assert reasons.locator(".clause mark").count() == reasons.locator("mark").count()


def test_reasons_unfolded_at_the_lower_edge_come_into_view(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 560})
    page.goto("/")
    turn = ask(page, AGREEMENT)
    summary = turn.get_by_text("为什么是这条")
    summary.evaluate("(each) => scrollBy(0, each.getBoundingClientRect().bottom - innerHeight + 130)")
    summary.click()
    first = turn.locator(".reasons dd").first
    expect(first).to_be_in_viewport()
    page.wait_for_function(
        "([each, bar]) => each.getBoundingClientRect().bottom <= bar.getBoundingClientRect().top",
        arg=[first.element_handle(), page.locator(".composer").element_handle()],
    )


def test_a_question_too_long_is_kept_whole_and_told(page: Page) -> None:
    page.goto("/")
    for length in (600, 40_000):
        box(page).fill("医" * length)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text(f"问题有 {length} 字，请控制在 500 字以内。")
        assert len(box(page).input_value()) == length
    expect(page.locator("[data-turn]")).to_have_count(0)


def test_a_question_too_long_is_kept_whole_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    box(page).fill("医" * 600)
    page.get_by_role("button", name="提问", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("问题有 600 字，请控制在 500 字以内。")
    assert len(box(page).input_value()) == 600
    context.close()


# By thumb


@pytest.mark.parametrize("large", ["0", "1"])
def test_ways_to_ask_are_all_in_view_above_a_keyboard_on_the_screen(phone: Page, site: str, large: str) -> None:
    phone.context.add_cookies([{"name": COOKIE, "value": large, "url": site}])
    phone.goto("/")
    phone.set_viewport_size(KEYBOARD_UP)
    box(phone).tap()
    phone.keyboard.type("消防")
    panel = phone.locator("[data-suggestions]")
    expect(panel).to_be_visible()
    assert top(panel) >= 0
    assert bottom(panel) <= top(box(phone))
    first = panel.locator("[role=option]").first
    assert phone.evaluate("(each) => document.elementFromPoint(180, each.getBoundingClientRect().top + 20) === each",
                          first.element_handle())  # fmt: skip
    assert overflow(phone) == 0
    keep(phone, "keyboard-up")


def test_a_reason_can_be_given_without_looking_for_it(phone: Page) -> None:
    phone.goto("/")
    turn = ask(phone, DRILL)
    turn.get_by_role("button", name="没帮助").tap()
    expect(turn.get_by_role("button", name="提交原因")).to_be_visible()
    assert bottom(turn.get_by_role("button", name="提交原因")) <= bottom_of_view(phone)
    keep(phone, "reason-phone-large")


def test_a_scope_is_done_with_by_a_button(phone: Page) -> None:
    phone.goto("/")
    phone.locator(".filter-panel summary").tap()
    phone.locator("select[name=region]").select_option("上海市")
    phone.get_by_role("button", name="完成").tap()
    expect(phone.locator(".panel")).to_be_hidden()
    expect(phone.locator("[data-chip=region]")).to_contain_text("上海市")


@pytest.mark.parametrize("path", ["/history", "/library", "/compare", "/ledger", "/documents/daxing-2026-22"])
def test_the_way_back_to_asking_is_in_words(phone: Page, path: str) -> None:
    phone.goto(path)
    phone.get_by_role("link", name="提问", exact=True).tap()
    expect(box(phone)).to_be_visible()


# The next person


def test_whoever_ends_the_use_leaves_nothing_in_the_browser(page: Page) -> None:
    """Over plain http a browser does not heed Clear-Site-Data: the page itself must forget."""

    def stay(route: Route) -> None:
        route.fulfill(status=204)

    page.goto("/")
    ask(page, DOCTORS)
    box(page).fill("写到一半的问题")
    page.goto("/history")
    assert page.evaluate("() => sessionStorage.length") == 2
    page.route("**/history/leave", stay)
    page.get_by_role("button", name="结束使用").click()
    page.wait_for_function("() => sessionStorage.length === 0")
    page.unroute("**/history/leave")
    page.goto("/history")
    page.get_by_role("button", name="结束使用").click()
    expect(page.get_by_text("已结束使用，本机不再显示此前的提问记录。")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?note=left$"))
