"""Behind the login in a real browser: sent in, corrected, published and taken back; with script and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from index.storage import serving
from tests.browsing import DESKTOP, PHONE, in_browser, keep, overflow, violations
from tests.offices import PASSWORD, WHO, read
from tests.offices import administration as administration
from tests.offices import desk as desk
from tests.offices import gold as gold
from tests.offices import place as place
from tests.offices import store as store
from tests.papers import NOTICE, NOTICE_ID, REVISED, written
from web.store import Store
from web.store.uploads import UploadState

pytestmark = in_browser("admin")
SLOW = 120_000
"""Milliseconds that building and evaluating may take on a busy machine."""


def opened(browser: Browser, address: str, *, phone: bool = False, script: bool = True) -> BrowserContext:
    return browser.new_context(
        base_url=address,
        viewport=PHONE if phone else DESKTOP,
        java_script_enabled=script,
        reduced_motion="reduce",
        locale="zh-CN",
    )


def sign_in(page: Page) -> None:
    page.get_by_label("账号").fill(WHO)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def fits(page: Page, name: str) -> None:
    """Nothing runs off the screen, and axe finds nothing; a picture is kept to look at."""
    assert overflow(page) == 0
    assert violations(page) == []
    keep(page, f"admin-{name}")


def choose(page: Page, file: Path) -> None:
    page.get_by_label("选择文件").set_input_files(file)
    page.get_by_role("button", name="上传").click()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_a_file_to_what_is_served(browser: Browser, desk: str, place: Path, tmp_path: Path, phone: bool) -> None:
    context = opened(browser, desk, phone=phone)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    size = "phone" if phone else "desktop"
    page.goto("/admin/uploads")
    fits(page, f"login-{size}")
    sign_in(page)
    expect(page.get_by_role("heading", name="上传与发布")).to_be_visible()
    fits(page, f"uploads-{size}")

    choose(page, written(tmp_path, "通知.txt", NOTICE))
    expect(page.get_by_role("button", name="发布")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("没有文字丢失")).to_be_visible()
    page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    fits(page, f"upload-{size}")
    page.get_by_label("地区").fill("某省某县")
    page.get_by_role("button", name="保存更正并重新核对").click()
    expect(page.get_by_label("地区（已更正）")).to_have_value("某省某县", timeout=SLOW)

    before = serving(place)[0]
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("建索引", exact=True).first).to_be_visible()
    expect(page.locator(".badge.done")).to_have_text("已生效", timeout=SLOW)
    fits(page, f"published-{size}")
    assert serving(place)[0] != before

    page.get_by_role("link", name="查看版本").click()
    expect(page.get_by_text("现用")).to_be_visible()
    fits(page, f"versions-{size}")
    for address in ("/admin", "/admin/documents", "/admin/log"):
        page.goto(address)
        fits(page, f"{address.rpartition('/')[2]}-{size}")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录管理后台")).to_be_visible()
    assert wrong == []
    context.close()


def test_without_script(browser: Browser, desk: str, store: Store, place: Path, tmp_path: Path) -> None:
    """A plain form, and pages that refresh themselves."""
    context = opened(browser, desk, phone=True, script=False)
    page = context.new_page()
    page.goto("/admin")
    sign_in(page)
    page.get_by_role("link", name="上传文件").click()
    choose(page, written(tmp_path, "通知.txt", NOTICE))
    expect(page.get_by_role("button", name="发布")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="发布").click()
    expect(page.locator(".badge.done")).to_have_text("已生效", timeout=SLOW)
    page.goto(f"/admin/documents/{NOTICE_ID}")
    page.get_by_role("button", name="移出文件库").click()
    expect(page.locator(".badge.done")).to_have_text("已生效", timeout=SLOW)
    assert "已移出" in page.goto("/admin/documents").text()  # type: ignore[union-attr]
    context.close()


def test_a_session_that_ended_loses_nothing(browser: Browser, desk: str, store: Store, tmp_path: Path) -> None:
    context = opened(browser, desk)
    page = context.new_page()
    page.goto("/admin/uploads")
    sign_in(page)
    choose(page, written(tmp_path, "通知.txt", REVISED))
    expect(page.get_by_role("button", name="发布")).to_be_visible(timeout=SLOW)
    upload_id = page.url.rpartition("/")[2]
    page.get_by_label("地区").fill("某省某县")
    context.clear_cookies()
    page.get_by_role("button", name="保存更正并重新核对").click()
    expect(page.get_by_text("您填写的内容已保留")).to_be_visible()
    sign_in(page)
    expect(page.get_by_role("heading", name="请再确认一次")).to_be_visible()
    expect(page.get_by_text("某省某县")).to_be_visible()
    fits(page, "again-desktop")
    page.get_by_role("button", name="继续提交").click()
    expect(page.get_by_label("地区（已更正）")).to_have_value("某省某县", timeout=SLOW)
    assert read(store, upload_id).facts == {"region": "某省某县"}

    # a file that was chosen stays chosen; one signs in elsewhere and sends it again
    page.goto("/admin/uploads")
    context.clear_cookies()
    choose(page, written(tmp_path, "又一份.txt", NOTICE))
    expect(page.get_by_text("登录已过期")).to_be_visible()
    other = context.new_page()
    other.goto("/admin")
    sign_in(other)
    expect(other.get_by_role("heading", name="概览")).to_be_visible()
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("button", name="发布")).to_be_visible(timeout=SLOW)
    context.close()


def test_a_lost_network_loses_no_choice(browser: Browser, desk: str, store: Store, tmp_path: Path) -> None:
    context = opened(browser, desk)
    page = context.new_page()
    page.goto("/admin/uploads")
    sign_in(page)
    page.get_by_label("选择文件").set_input_files(written(tmp_path, "通知.txt", NOTICE))
    context.set_offline(True)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("网络中断，文件没有传完")).to_be_visible()
    assert store.uploads.count_pending() == 0
    context.set_offline(False)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("button", name="发布")).to_be_visible(timeout=SLOW)
    [kept] = store.uploads.pending()
    assert kept.state is UploadState.READY
    context.close()
