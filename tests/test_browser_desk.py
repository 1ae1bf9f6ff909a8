"""Journeys of someone who keeps the chat page open all day: reasons, scope, history, keys, and what can go wrong."""

from __future__ import annotations

import re
from contextlib import ExitStack
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from assistant.pipeline import Assistant
from tests.browsing import DESKTOP, DOCTORS, DRILL, PHONE, ask, box, in_browser, keep, overflow
from tests.loopback import serving
from tests.sqlite import store as store
from web.app import create_app
from web.store import Store

pytestmark = in_browser("desk")
BUDGET = 150
"""Kilobytes of a first load."""


def choose(page: Page, name: str, value: str) -> None:
    page.locator(".filter-panel summary").click()
    page.locator(f"select[name={name}]").select_option(value)
    page.keyboard.press("Escape")


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


# Reasons


def test_why_this_clause(page: Page) -> None:
    page.goto("/")
    turn = ask(page, DOCTORS)
    turn.get_by_text("为什么是这条").click()
    reasons = turn.locator(".reasons")
    expect(reasons).to_contain_text("「医生」作「医师」")
    expect(reasons).to_contain_text("数量、比例或次数")
    expect(reasons).to_contain_text(re.compile(r"把握高。据测评，同样情形每 100 问，约有 \d\d 问"))
    marked = "".join(reasons.locator(".clause mark").all_inner_texts())
    assert "医务室" in marked
    assert "医师" in marked
    assert reasons.locator(".source").count() > 0
    keep(page, "reasons-desktop")
    turn.get_by_text("相关条文").click()
    expect(reasons.locator("dl")).to_be_hidden()
    turn.locator(".beside a").first.click()
    expect(page).to_have_url(re.compile(r"/documents/changning-2025-2#2\.1$"))


def test_what_was_put_right_and_completed_is_told(page: Page) -> None:
    page.goto("/")
    turn = ask(page, "大兴安宁聊护怎么办")
    turn.get_by_text(re.compile("为什么")).click()
    expect(turn.locator(".reasons")).to_contain_text("「聊护」作「疗护」")
    expect(turn.locator(".reasons")).to_contain_text("北京市大兴区")
    ask(page, DOCTORS)
    follow = ask(page, "那护士呢？")
    follow.get_by_text(re.compile("为什么")).click()
    expect(follow.locator(".reasons")).to_contain_text("承接上文补全")


# Scope


def test_a_region_is_chosen_kept_and_cleared_with_one_tap(page: Page) -> None:
    page.goto("/")
    choose(page, "region", "上海市")
    chip = page.locator("[data-chip=region]")
    expect(chip).to_contain_text("上海市")
    assert query(page)["region"] == ["上海市"]
    turn = ask(page, DRILL)
    expect(turn).to_contain_text("只在上海市的文件中查找。")
    keep(page, "scope-desktop")
    page.reload()
    expect(chip).to_contain_text("上海市")
    page.goto(f"/?c={query(page)['c'][0]}")
    expect(chip).to_contain_text("上海市")
    chip.click()
    expect(chip).to_be_hidden()
    expect(page.get_by_text("范围：全部文件")).to_be_visible()
    assert "只在" not in ask(page, DOCTORS).inner_text()


def test_what_is_not_found_in_a_scope_is_asked_again_without(page: Page) -> None:
    page.goto("/")
    choose(page, "document", "changning-2025-2")
    turn = ask(page, "压疮新发生率要控制在多少以内？")
    expect(turn).to_contain_text("所选范围内没有找到，不等于别处没有规定。")
    turn.get_by_role("button", name="不限范围再问一次").click()
    second = page.locator("[data-turn]").nth(1)
    expect(second.locator(".badge")).to_have_text("文件有明文")
    expect(second).not_to_contain_text("只在")
    expect(page.locator("[data-chip=document]")).to_be_hidden()


def test_a_day_is_chosen_and_today_is_none(page: Page) -> None:
    page.goto("/")
    page.locator(".filter-panel summary").click()
    day = page.get_by_label("按哪一天的规定")
    today = day.input_value()
    day.fill("2024-12-31")
    page.keyboard.press("Escape")
    expect(page.locator("[data-chip=as_of]")).to_contain_text("按2024年12月31日")
    turn = ask(page, DOCTORS)
    expect(turn).to_contain_text("按2024年12月31日的规定。")
    expect(turn).not_to_contain_text("长民〔2025〕2号")
    page.locator("[data-chip=as_of]").click()
    assert day.input_value() == today
    expect(ask(page, DOCTORS)).to_contain_text("长民〔2025〕2号")


def test_a_scope_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator(".filter-panel summary").click()
    page.locator("select[name=region]").select_option("北京市大兴区")
    box(page).fill(DRILL)
    page.get_by_role("button", name="提问").click()
    expect(page.locator(".turn")).to_contain_text("只在北京市大兴区的文件中查找。")
    assert overflow(page) == 0
    page.locator("[data-chip=region]").click()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator("[data-chip=region]")).to_be_hidden()
    box(page).fill(DRILL)
    page.get_by_role("button", name="提问").click()
    expect(page.locator(".turn").nth(1)).not_to_contain_text("只在")
    expect(page.get_by_role("button", name="复制回答")).to_have_count(0)
    context.close()


def test_a_page_of_yesterday_asks_of_today(page: Page) -> None:
    page.goto("/")
    page.evaluate(
        "() => { const form = document.querySelector('[data-composer]');"
        " form.today.value = form.as_of.value = '2025-01-01'; }"
    )
    expect(ask(page, DOCTORS)).not_to_contain_text("2025年1月1日的规定")


# History


def test_what_was_asked_is_listed_searched_and_deleted(page: Page) -> None:
    page.clock.install()
    page.goto("/")
    past = page.locator(".past [data-past] li")
    ask(page, DOCTORS)
    expect(past).to_have_count(1)
    page.get_by_role("link", name="新对话").click()
    ask(page, DRILL)
    ask(page, "多久检查一次？")
    expect(past).to_have_count(2)
    expect(past.first).to_contain_text("2 问")
    page.locator("[data-past-search]").fill("医务室")
    page.clock.run_for(300)
    expect(past).to_have_count(1)
    expect(past.first).to_contain_text(DOCTORS)
    page.locator("[data-past-search]").fill("")
    page.clock.run_for(300)
    expect(past).to_have_count(2)
    keep(page, "history-desktop")
    past.nth(1).get_by_role("link", name=re.compile("删除")).click()
    page.get_by_role("button", name="撤销").click()
    expect(past.nth(1)).to_contain_text(DOCTORS)
    page.clock.run_for(11_000)
    page.reload()
    expect(past).to_have_count(2)
    past.nth(1).get_by_role("link", name=re.compile("删除")).click()
    with page.expect_response("**/history/delete") as deleted:
        page.clock.run_for(11_000)
    assert deleted.value.status == 204
    page.reload()
    expect(past).to_have_count(1)


def test_whoever_leaves_has_deleted(page: Page) -> None:
    page.goto("/")
    ask(page, DOCTORS)
    item = page.locator(".past [data-past] li")
    item.get_by_role("link", name=re.compile("删除")).click()
    page.goto("/documents/daxing-2026-22")
    page.wait_for_timeout(500)
    page.goto("/history")
    expect(page.locator("[data-past]")).to_contain_text("还没有提问")


def test_asking_in_a_conversation_that_was_deleted_begins_a_new_one(page: Page) -> None:
    page.goto("/")
    ask(page, DOCTORS)
    other = page.context.new_page()
    other.goto("/history")
    other.get_by_role("link", name=re.compile("^删除对话")).click()
    other.goto("/")
    other.close()
    turn = ask(page, DRILL)
    expect(turn).to_contain_text("原来的对话已经不在了，以下是新的对话")
    expect(page.locator("[data-turn]")).to_have_count(2)


def test_history_on_a_phone_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    box(page).fill(DOCTORS)
    page.get_by_role("button", name="提问").click()
    expect(page.locator("aside.past")).to_be_hidden()
    page.get_by_role("link", name="记录", exact=True).click()
    expect(page.locator("[data-past] li")).to_contain_text(DOCTORS)
    assert overflow(page) == 0
    keep(page, "history-phone")
    page.get_by_role("link", name=re.compile("^删除对话")).click()
    page.get_by_role("button", name="删除").click()
    expect(page.locator("[data-past]")).to_contain_text("还没有提问")
    context.close()


def test_nothing_is_shown_of_others(browser: Browser, site: str, page: Page) -> None:
    page.goto("/")
    ask(page, DOCTORS)
    address = page.url
    context = browser.new_context(base_url=site, viewport=DESKTOP)
    other = context.new_page()
    other.goto(address)
    expect(other.locator("[data-turn]")).to_have_count(1)
    expect(other.locator("[data-past] li")).to_have_count(0)
    context.close()
    page.goto("/history")
    page.get_by_role("button", name="结束使用").click()
    expect(page.locator("[data-turn]")).to_have_count(0)
    expect(page.locator("[data-past] li")).to_have_count(0)


# Keys


def test_keys(page: Page) -> None:
    page.goto("/")
    page.locator("h2").first.click()
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("")
    page.keyboard.type(DOCTORS)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-turn]")).to_have_count(1)
    ask(page, DRILL)
    expect(box(page)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_value(DRILL)
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_value(DOCTORS)
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_value(DOCTORS)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(box(page)).to_have_value("")
    page.keyboard.type("a/?")
    expect(box(page)).to_have_value("a/?")
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_value("a/?")
    page.locator(".finding").first.click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘用法")).to_be_visible()
    keep(page, "keys-desktop")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="键盘用法").click()
    page.get_by_role("button", name="关闭").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


# What can go wrong


def test_what_was_typed_outlives_a_reload_and_is_gone_once_asked(page: Page) -> None:
    page.goto("/")
    box(page).click()
    page.keyboard.type("写到一半的问题")
    page.reload()
    expect(box(page)).to_have_value("写到一半的问题")
    page.keyboard.press("Escape")
    ask(page, DRILL)
    page.reload()
    expect(box(page)).to_have_value("")


def test_without_storage_everything_still_works(page: Page) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('off', 'SecurityError'); } })"
    )
    page.goto("/")
    ask(page, DOCTORS)
    expect(ask(page, "那护士呢？").locator("mark").first).to_have_text("1名注册护士")
    page.goto("/documents/daxing-2026-22")
    expect(page.get_by_role("link", name="提问")).to_be_visible()


@pytest.mark.parametrize(
    ("after", "words"),
    [("12", " 12 秒后"), ("300", " 5 分钟后"), ("7200", " 2 小时后"), ("", "稍后"), ("soon", "稍后")],
)
def test_too_many_questions_say_when_to_come_back(page: Page, after: str, words: str) -> None:
    def refuse(route: Route) -> None:
        problem = '{"code": "too_many_requests", "detail": "太频繁"}'
        route.fulfill(status=429, headers={"retry-after": after} if after else {}, body=problem)

    page.goto("/")
    page.route("**/ask", refuse)
    box(page).fill(DOCTORS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(f"提问太频繁，请{words}再问")
    expect(box(page)).to_have_value(DOCTORS)
    page.unroute("**/ask")
    page.get_by_role("button", name="重试").click()
    expect(page.locator("[data-turn]")).to_have_count(1)
    expect(page.get_by_role("button", name="重试")).to_have_count(0)


def test_a_network_lost_in_the_middle_is_told_and_tried_once_more(page: Page) -> None:
    tried: list[str] = []

    def lose(route: Route) -> None:
        tried.append(route.request.url)
        route.abort("connectionreset")

    page.goto("/")
    page.route("**/ask", lose)
    box(page).fill(DRILL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("网络断了，没有收到回答")
    assert len(tried) == 2
    page.reload()
    expect(box(page)).to_have_value(DRILL)


def test_two_windows_in_one_conversation_are_put_in_order(page: Page) -> None:
    page.goto("/")
    ask(page, DOCTORS)
    other = page.context.new_page()
    other.goto(page.url)
    ask(other, DRILL)
    box(page).fill("压疮新发生率要控制在多少以内？")
    page.keyboard.press("Enter")
    expect(page.get_by_text("另一个窗口也在这段对话里提问")).to_be_visible()
    expect(page.locator("[data-turn]")).to_have_count(3)
    expect(page.locator("[data-question]")).to_have_text([DOCTORS, DRILL, "压疮新发生率要控制在多少以内？"])
    other.close()


class Running:
    """A server that can be stopped and started again on its port."""

    def __init__(self, assistant: Assistant, store: Store) -> None:
        self._app, self._serving = create_app(assistant, store), ExitStack()
        self.address = self._serving.enter_context(serving(self._app))

    def start(self) -> None:
        self._serving.enter_context(serving(self._app, urlsplit(self.address).port or 0))

    def stop(self) -> None:
        self._serving.close()


def test_a_server_started_again_in_the_middle_is_not_noticed(
    browser: Browser, assistant: Assistant, store: Store
) -> None:
    server = Running(assistant, store)
    context: BrowserContext = browser.new_context(base_url=server.address, viewport=DESKTOP)
    try:
        page = context.new_page()
        page.goto("/")
        ask(page, DOCTORS)
        server.stop()
        box(page).fill("那护士呢？")
        page.keyboard.press("Enter")
        expect(page.locator(".pending")).to_be_visible()
        server.start()
        expect(page.locator("[data-turn]").nth(1)).to_contain_text("1名注册护士")
        server.stop()
        box(page).fill(DRILL)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("网络断了")
        server.start()
        page.get_by_role("button", name="重试").click()
        expect(page.locator("[data-turn]")).to_have_count(3)
    finally:
        context.close()
        server.stop()


# Printing, weight, calm


def test_one_answer_is_printed(page: Page) -> None:
    page.add_init_script("window.print = () => { document.title = 'printed'; }")
    page.goto("/")
    turn = ask(page, DOCTORS)
    turn.get_by_role("link", name="打印这条回答").click()
    expect(page.locator("h1")).to_have_text(DOCTORS)
    page.get_by_role("button", name="打印").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.locator("blockquote mark").first).to_be_visible()
    for hidden in (".masthead", ".plain-text", "[data-print]", ".back"):
        expect(page.locator(hidden)).to_be_hidden()
    keep(page, "print-answer")
    page.emulate_media(media="screen")
    page.get_by_role("link", name="返回对话").click()
    expect(page.locator("[data-turn]")).to_have_count(1)


def test_a_first_load_is_light(page: Page) -> None:
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: sizes.__setitem__(request.url, _transferred(request.sizes())))
    page.goto("/", wait_until="networkidle")
    total = sum(sizes.values()) / 1000
    print(f"first load: {len(sizes)} responses, {total:.1f} kB")
    assert len(sizes) > 5
    assert total <= BUDGET


def _transferred(sizes: object) -> int:
    assert isinstance(sizes, dict)
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])


@pytest.mark.parametrize("path", ["/", "/history", "conversation"])
def test_nothing_moves_once_it_is_shown(page: Page, path: str) -> None:
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => {"
        " for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;"
        "}).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto("/" if path == "conversation" else path)
    if path == "conversation":
        ask(page, DOCTORS)
        page.goto(page.url)
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.moved") < 0.001
