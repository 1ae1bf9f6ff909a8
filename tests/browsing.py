"""A real Chromium against the real server, real assistant and real documents, for the tests of journeys.

YIYANG_CHROMIUM names the browser where it is not on the path. Screenshots go to YIYANG_ARTEFACTS (var/artefacts).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from assistant.pipeline import Assistant
from tests.loopback import serving
from web.admin.administration import administration_of
from web.app import create_app
from web.store import open_store

REPOSITORY = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("YIYANG_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
ARTEFACTS = Path(os.environ.get("YIYANG_ARTEFACTS", REPOSITORY / "var" / "artefacts"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=800)
DOCTORS = "养老机构内设医务室至少配几名医生？"
DRILL = "消防演练多久一次？"


def in_browser(journeys: str) -> list[pytest.MarkDecorator]:
    """The marks of a file of journeys: one browser at a time for all of them."""
    without = "没有 Chromium：请安装 chromium，或用 YIYANG_CHROMIUM 指明它的路径"
    return [
        pytest.mark.browser,
        pytest.mark.xdist_group(f"browser-{journeys}"),
        pytest.mark.skipif(CHROMIUM is None, reason=without),
    ]


@pytest.fixture(scope="module")
def site(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server on a free port of this machine."""
    folder = tmp_path_factory.mktemp("browser")
    store = open_store(f"sqlite:///{folder / 'yiyang.db'}")
    administration = administration_of(folder, store)
    with serving(create_app(assistant, store, administration=administration)) as address:
        yield address
    store.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=site, viewport=DESKTOP, reduced_motion="reduce", locale="zh-CN")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may go wrong in the script or against the security policy."""
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    yield opened
    assert wrong == []


@pytest.fixture
def bare(browser: Browser, site: str) -> Iterator[Page]:
    """A phone whose browser runs no script."""
    context = browser.new_context(base_url=site, viewport=PHONE, java_script_enabled=False, locale="zh-CN")
    yield context.new_page()
    context.close()


def ask(page: Page, question: str) -> Locator:
    """Type a question, press Enter, and wait for its answer."""
    before = page.locator("[data-turn]").count()
    page.get_by_label("您的问题").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator("[data-turn]").nth(before)
    expect(turn).to_be_visible()
    return turn


def box(page: Page) -> Locator:
    """Where one types."""
    return page.get_by_label("您的问题")


def violations(page: Page) -> list[str]:
    """What axe finds, each with the first piece of the page that it is found in."""
    found: Any = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['help']} — {each['nodes'][0]['html'][:200]}" for each in found]


def keep(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png")


def overflow(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def bottom_of_view(page: Page) -> float:
    """Where the fixed bar with the question box begins."""
    box = page.locator(".composer").bounding_box()
    assert box is not None
    return box["y"]
