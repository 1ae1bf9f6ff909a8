"""From a question that was not answered to a gold item, an entry of the glossary and a key, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from assistant.answers import Status
from assistant.glossary import load_own
from tests.browsing import DESKTOP, PHONE, in_browser, keep, overflow
from tests.offices import DRILLS, PASSWORD, WHO, asked
from tests.offices import administration as administration
from tests.offices import desk as desk
from tests.offices import few as few
from tests.offices import gold as gold
from tests.offices import place as place
from tests.offices import store as store
from web.store import Store
from web.store.keys import TOKEN

pytestmark = in_browser("admin-care")
PAGES = ("questions", "gold", "gold/new", "glossary", "glossary/new", "usage", "keys")


def signed_in(browser: Browser, desk: str, size: ViewportSize, *, script: bool = True, dark: bool = False) -> Page:
    context = browser.new_context(
        base_url=desk,
        viewport=size,
        java_script_enabled=script,
        locale="zh-CN",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/admin/login?next=/admin/questions")
    page.get_by_label("账号").fill(WHO)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("待解问题")
    return page


@pytest.mark.parametrize(("script", "size"), [(True, DESKTOP), (False, PHONE)], ids=["script", "phone without script"])
def test_from_the_queue_to_a_gold_item_and_an_entry(
    browser: Browser, desk: str, store: Store, place: Path, script: bool, size: ViewportSize
) -> None:
    asked(store, DRILLS, ago=timedelta(hours=1))
    asked(store, DRILLS)
    page = signed_in(browser, desk, size, script=script)
    page.get_by_role("link", name=DRILLS).click()
    expect(page.get_by_role("heading", name="现在的回答")).to_be_visible()
    page.get_by_role("link", name="转为金标题目").click()
    page.get_by_label("查找条目").fill("消防演练")
    page.get_by_role("button", name="查找").click()
    page.locator('input[value="daxing-2026-22#6.20"]').check()
    page.get_by_label("每行一处，须逐字出自所选条目，全部都要有").fill("每半年至少开展1次消防演练")
    page.get_by_role("button", name="保存题目").click()
    expect(page.get_by_role("status")).to_have_text("共 1 题。")
    page.goto("/admin/questions?stands=decided")
    expect(page.get_by_text("已转为金标题目")).to_be_visible()
    page.get_by_role("link", name=DRILLS).click()
    page.get_by_role("link", name="转为词汇条目").click()
    page.get_by_label("群众的说法").fill("着火逃生排练")
    page.get_by_label("文件的写法").fill("消防演练")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_text("这个问题的回答有变化。")).to_be_visible()
    keep(page, f"admin-glossary-preview-{'desktop' if script else 'phone'}")
    page.get_by_role("button", name="评测影响").click()
    expect(page.get_by_role("heading", name="保存", exact=True)).to_be_visible(timeout=120_000)
    keep(page, f"admin-glossary-trial-{'desktop' if script else 'phone'}")
    page.get_by_role("button", name="保存词条").click()
    expect(page.get_by_text("共 1 条。")).to_be_visible()
    assert load_own(place / "glossary.toml") == {"着火逃生排练": ("消防演练",)}
    page.context.close()


def test_a_key_is_shown_once_and_copied(browser: Browser, desk: str, store: Store) -> None:
    page = signed_in(browser, desk, DESKTOP)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/admin/keys")
    page.get_by_label("名称").fill("区民政局小程序")
    page.get_by_role("button", name="新建密钥").click()
    token = page.locator(".token code").inner_text()
    assert store.keys.check(token).name == "区民政局小程序"
    page.get_by_role("button", name="复制密钥").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == token
    keep(page, "admin-keys-made")
    page.goto("/admin/keys")
    assert TOKEN.search(page.content()) is None
    page.context.close()


@pytest.mark.parametrize(
    ("size", "dark", "name"),
    [
        (DESKTOP, False, "desktop"),
        (PHONE, False, "phone"),
        (PHONE, True, "phone-dark"),
        (DESKTOP, True, "desktop-dark"),
    ],
)
def test_every_page_fits_and_has_no_violations(
    browser: Browser, desk: str, store: Store, size: ViewportSize, dark: bool, name: str
) -> None:
    for hours in range(3):
        asked(store, DRILLS, ago=timedelta(hours=hours))
    down = asked(store, "护理费怎么收？", Status.UNSPECIFIED, region="北京市大兴区", ago=timedelta(days=2))
    store.verdicts.add(down, "down", "没有帮助：看不懂")
    for day in range(20):
        asked(store, "消防演练多久一次？", Status.ANSWERED, ago=timedelta(days=day, hours=1))
    key, _ = store.keys.create("区民政局小程序", ["ask", "search"])
    store.keys.count(key, 17)
    page = signed_in(browser, desk, size, dark=dark)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    group = store.queue.groups(store.keys.all()[0].created_at - timedelta(days=30))[0]
    for path in (*PAGES, f"questions/{group.key}"):
        page.goto(f"/admin/{path}")
        assert overflow(page) <= 0, path
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        keep(
            page,
            f"admin-{path.partition('/')[0]}{'-new' if path.endswith('new') else '-one' if '/' in path else ''}-{name}",
        )
    assert wrong == []
    page.context.close()
