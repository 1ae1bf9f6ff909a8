"""Journeys on the chat page."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect

from tests.browsing import DESKTOP, DOCTORS, PHONE, ask, bottom_of_view, in_browser, keep, overflow

pytestmark = in_browser("chat")


def offered(page: Page) -> Locator:
    """The questions called up; the lists of the scope have options too."""
    return page.get_by_role("listbox").get_by_role("option")


def test_from_a_question_to_the_article_it_rests_on(page: Page) -> None:
    page.goto("/")
    turn = ask(page, DOCTORS)
    expect(turn.locator(".finding")).to_contain_text("1名主执业点医师")
    expect(turn.locator("blockquote mark").first).to_have_text("1名主执业点医师")
    quote = turn.locator("blockquote").first.inner_text()
    link = turn.locator(".source a").first
    expect(link).to_contain_text("（长民〔2025〕2号）二、（一）2.")
    link.click()
    expect(page).to_have_url(re.compile(r"/documents/changning-2025-2\?start=\d+&end=\d+#2\.1\.2$"))
    article = page.locator('[id="2.1.2"]')
    expect(article).to_be_in_viewport()
    expect(article).to_have_class(re.compile("cited"))
    assert "".join(article.locator("mark").all_inner_texts()) == quote
    assert page.evaluate("() => scrollY") > 0
    keep(page, "document-desktop")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "viewport"), [("phone", PHONE), ("desktop", DESKTOP)])
def test_finding_quotation_and_source_fit_the_first_screen(
    browser: Browser, site: str, device: str, viewport: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(base_url=site, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/")
    keep(page, f"empty-{device}-{scheme}")
    turn = ask(page, DOCTORS)
    for part in (".badge", ".finding", "blockquote", ".source"):
        box = turn.locator(part).first.bounding_box()
        assert box is not None
        assert box["y"] >= 52, part
        assert box["y"] + box["height"] <= bottom_of_view(page), part
    keep(page, f"answer-{device}-{scheme}")
    context.close()


@pytest.mark.parametrize("path", ["/", "/documents", "/documents/daxing-2026-22?start=900&end=1000#2.8", "/docs", "/x"])
def test_nothing_runs_off_a_narrow_screen(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(path)
    if path == "/":
        for question in (DOCTORS, "大兴和长宁有什么不同？", "x" * 300):
            ask(page, question)
    assert overflow(page) == 0
    keep(page, f"narrow-{re.sub(r'[^a-z]+', '-', path).strip('-') or 'chat'}")


def test_things_to_tap_are_large_enough(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/")
    ask(page, DOCTORS)
    kinds = ("button", "textarea", ".source a", ".masthead a", "summary", "a.tool", ".beside a")
    for target in page.locator(", ".join(f"{kind}:visible" for kind in kinds)).all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.inner_text()


def test_an_example_is_asked_by_tapping_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="消防演练多久一次？").click()
    turn = page.locator("[data-turn]")
    expect(turn.locator(".finding")).to_contain_text("消防演练")
    expect(page.locator("[data-welcome]")).to_be_hidden()
    expect(turn.locator(".finding")).to_be_focused()
    expect(page.get_by_role("status").first).to_contain_text("文件有明文")


def test_a_follow_up_keeps_the_conversation_and_a_reload_keeps_both(page: Page) -> None:
    page.goto("/")
    first = ask(page, DOCTORS)
    second = ask(page, "那护士呢？")
    expect(second).to_contain_text("按「养老机构内设医务室至少配几名护士？」理解")
    expect(second.locator("mark").first).to_have_text("1名注册护士")
    assert first.get_attribute("data-conversation") == second.get_attribute("data-conversation")
    page.reload()
    expect(page.locator("[data-turn]")).to_have_count(2)
    page.goto("/documents")
    page.get_by_role("link", name="提问", exact=True).click()
    expect(page.locator("[data-turn]")).to_have_count(2)
    page.get_by_role("link", name="新对话").click()
    expect(page.locator("[data-turn]")).to_have_count(0)


def test_a_vague_question_offers_questions_to_tap(page: Page) -> None:
    page.goto("/")
    turn = ask(page, "政策")
    option = turn.locator(".clarification button").first
    question = option.inner_text()
    option.click()
    second = page.locator("[data-turn]").nth(1)
    expect(second.locator(".question")).to_contain_text(question)
    assert second.get_attribute("data-conversation") == turn.get_attribute("data-conversation")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id") == "question":
            break
    expect(page.get_by_label("您的问题")).to_be_focused()
    page.keyboard.type("消防演练")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("多久一次？")
    expect(page.get_by_label("您的问题")).to_have_value("消防演练\n多久一次？")
    page.keyboard.press("Enter")
    turn = page.locator("[data-turn]")
    expect(turn).to_be_visible()
    expect(page.get_by_label("您的问题")).to_be_focused()
    expect(page.get_by_label("您的问题")).to_have_value("")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("() => document.activeElement.closest('.source') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/documents/"))


def test_everything_works_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("您的问题").fill(DOCTORS)
    page.get_by_role("button", name="提问").click()
    expect(page.locator("mark").first).to_have_text("1名主执业点医师")
    page.get_by_label("您的问题").fill("那护士呢？")
    page.get_by_role("button", name="提问").click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").nth(1).locator(".finding")).to_be_in_viewport()
    page.locator(".turn").nth(1).locator(".source a").first.click()
    expect(page.locator('[id="2.1.2"].cited')).to_be_in_viewport()
    keep(page, "without-script")
    context.close()


def test_a_lost_network_keeps_what_was_typed(page: Page) -> None:
    page.goto("/")
    ask(page, DOCTORS)
    page.context.set_offline(True)
    page.get_by_label("您的问题").fill("消防演练多久一次？")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("网络断了")
    expect(page.get_by_label("您的问题")).to_have_value("消防演练多久一次？")
    expect(page.locator(".turn")).to_have_count(1)
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.locator("[data-turn]")).to_have_count(2)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_server_fault_is_told_and_keeps_what_was_typed(page: Page) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=500, content_type="text/html", body="<h1>oops</h1>")

    page.goto("/")
    page.route("**/ask", fail)
    page.get_by_label("您的问题").fill(DOCTORS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("服务暂时出错")
    expect(page.get_by_label("您的问题")).to_have_value(DOCTORS)


def test_waiting_is_shown_and_a_question_is_sent_once(page: Page) -> None:
    held: list[Route] = []
    page.goto("/")
    page.route("**/ask", lambda route: held.append(route))
    page.get_by_label("您的问题").fill(DOCTORS)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".pending")).to_contain_text("正在查文件")
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("[data-turn]")).to_have_count(1)
    expect(page.locator(".pending")).to_have_count(0)


def test_words_of_a_question_are_never_markup(page: Page) -> None:
    page.goto("/")
    turn = ask(page, '<img src=x onerror="document.title=1"><b>消防</b>')
    expect(turn.locator(".question")).to_contain_text("<b>消防</b>")
    assert turn.locator("img, b:not(.source b)").count() == 0


def test_an_answer_can_be_copied_and_judged(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    turn = ask(page, DOCTORS)
    turn.get_by_role("button", name="复制回答").click()
    expect(turn.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert "至少配置1名主执业点医师" in copied
    assert "（长民〔2025〕2号）" in copied
    expect(turn.get_by_role("button", name="复制回答")).to_be_visible()
    turn.get_by_role("button", name="复制链接，指向所引原文").click()
    expect(turn.get_by_role("button", name="已复制")).to_be_visible()
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/documents/changning-2025-2\?start=\d+&end=\d+#2\.1\.2", link)
    turn.get_by_role("button", name="有帮助", exact=True).click()
    expect(turn.get_by_text("已记下，谢谢。")).to_be_focused()
    turn.get_by_role("button", name="撤销").click()
    expect(turn.get_by_role("button", name="有帮助", exact=True)).to_be_focused()
    turn.get_by_role("button", name="没帮助").click()
    turn.get_by_label("条文不全").check()
    turn.get_by_label("补充说明").fill("少了第二款")
    keep(page, "verdict-desktop")
    turn.get_by_role("button", name="提交原因").click()
    expect(turn.get_by_label("条文不全")).to_have_count(0)
    expect(turn.get_by_text("已记下，谢谢。")).to_be_visible()


def test_a_copy_is_made_without_a_clipboard_too(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto("/")
    turn = ask(page, DOCTORS)
    turn.get_by_role("button", name="复制回答").click()
    expect(turn.get_by_role("button", name="已复制")).to_be_visible()
    page.get_by_label("您的问题").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_label("您的问题")).to_have_value(re.compile("至少配置1名主执业点医师"))


def test_a_verdict_that_does_not_arrive_is_told(page: Page) -> None:
    page.goto("/")
    turn = ask(page, DOCTORS)
    page.context.set_offline(True)
    turn.get_by_role("button", name="没帮助").click()
    expect(turn.get_by_role("alert")).to_have_text("没有送到，请稍后再试。")
    page.context.set_offline(False)
    turn.get_by_role("button", name="没帮助").click()
    expect(turn.get_by_label("答非所问")).to_be_visible()


def test_words_typed_call_up_questions_that_the_keyboard_can_choose(page: Page) -> None:
    page.goto("/")
    box, options = page.get_by_label("您的问题"), offered(page)
    box.click()
    page.keyboard.type("消防")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-controls", "suggestions")
    expect(page.get_by_role("listbox", name="可以这样问")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("条提示")
    assert options.count() == 8
    keep(page, "suggestions-desktop")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.nth(1).get_attribute("id")))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowUp")
    expect(options.nth(7)).to_have_attribute("aria-selected", "true")
    chosen = options.nth(7).inner_text().partition("\n")[0]
    page.keyboard.press("Enter")
    expect(page.locator("[data-turn] .question")).to_contain_text(chosen)
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(box).to_have_value("")


def test_escape_puts_the_questions_away_and_enter_asks_what_was_typed(page: Page) -> None:
    page.goto("/")
    box = page.get_by_label("您的问题")
    box.click()
    page.keyboard.type("消防演练多久一次")
    expect(offered(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(box).to_have_value("消防演练多久一次")
    expect(box).to_be_focused()
    page.keyboard.type("？")
    expect(offered(page).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-turn] .question")).to_have_text("问：消防演练多久一次？")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_a_question_called_up_is_asked_by_tapping_it(browser: Browser, site: str) -> None:
    context = browser.new_context(
        base_url=site, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_label("您的问题").tap()
    page.keyboard.type("医务室")
    option = offered(page).first
    expect(option).to_be_visible()
    assert offered(page).count() == 5
    for each in offered(page).all():
        box = each.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] >= 52
    assert overflow(page) == 0
    keep(page, "suggestions-phone")
    words = option.inner_text()
    option.tap()
    expect(page.locator("[data-turn] .question")).to_contain_text(words)
    context.close()


def test_questions_are_called_up_once_the_typing_pauses_and_not_for_a_letter(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggestions" in request.url else None)
    page.goto("/")
    page.get_by_label("您的问题").click()
    page.keyboard.type("医")
    page.wait_for_timeout(400)
    assert [url for url in asked if "/api/" in url] == []
    page.keyboard.type("务室护士", delay=20)
    expect(offered(page).first).to_be_visible()
    assert len([url for url in asked if "/api/" in url]) == 1


def test_without_suggestions_the_page_works_as_before(page: Page) -> None:
    page.goto("/")
    page.route("**/api/v1/suggestions**", lambda route: route.fulfill(status=500, body="oops"))
    page.get_by_label("您的问题").click()
    page.keyboard.type("消防演练多久一次？")
    page.wait_for_timeout(400)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-turn] .question")).to_contain_text("消防演练多久一次？")
