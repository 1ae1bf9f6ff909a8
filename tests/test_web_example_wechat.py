"""The mini-program of web/examples/wechat with Node: its cloud function and its pages, against a real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from tests.clients import node_with
from tests.conftest import REPOSITORY
from tests.loopback import serving
from web.access.admission import open_access
from web.access.settings import AccessSettings
from web.app import create_app
from web.shapes.card import PAGE
from web.store import open_store

EXAMPLE = REPOSITORY / "web" / "examples" / "wechat"
TESTS = REPOSITORY / "tests" / "wechat"
RUNS_WITHIN = 120
"""Seconds."""

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="没有 node，略过小程序示例的测试")


@pytest.fixture(scope="module")
def server(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of a real server that answers only those with a key, and keys to it."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('wechat') / 'yiyang.db'}")
    _, key = store.keys.create("示例小程序", ["ask", "documents"])
    _, narrow = store.keys.create("只能提问", ["ask"])
    _, slow = store.keys.create("每分钟一次", ["ask"], per_minute=1)
    access = open_access(AccessSettings(anonymous="pages"), store)
    with serving(create_app(assistant, store, access=access)) as address:
        yield {"address": address, "key": key, "narrow": narrow, "slow": slow}
    store.close()


def node(server: dict[str, str], name: str, modules: Path) -> None:
    """Run the tests of a file; fails with what Node said, and where none of them ran."""
    given = json.dumps({**server, "modules": str(modules)})
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YIYANG_")}
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", str(TESTS / name)],
        env={**kept, "YIYANG_TEST": given},
        capture_output=True,
        text=True,
        timeout=RUNS_WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^# pass (\d+)$", done.stdout, re.M)
    assert passed is not None
    assert int(passed[1]) > 10, done.stdout
    assert "# skipped 0" in done.stdout


def test_the_cloud_function(server: dict[str, str]) -> None:
    node(server, "cloudfunction.test.mjs", TESTS)


def test_the_marking_of_words(server: dict[str, str]) -> None:
    node(server, "marking.test.mjs", TESTS)


def test_the_pages(server: dict[str, str], home: Path) -> None:
    """Drawn by miniprogram-simulate, which npm installs once."""
    wanted = json.loads((EXAMPLE / "package.json").read_text())["devDependencies"]
    node(server, "pages.test.mjs", node_with(home, *(f"{name}@{version}" for name, version in wanted.items())))


def test_the_page_that_cards_open_is_one_of_the_mini_program() -> None:
    assert PAGE in json.loads((EXAMPLE / "miniprogram" / "app.json").read_text())["pages"]


def test_every_page_is_complete_and_the_project_names_nobody() -> None:
    for page in json.loads((EXAMPLE / "miniprogram" / "app.json").read_text())["pages"]:
        for kind in ("js", "json", "wxml"):
            assert (EXAMPLE / "miniprogram" / f"{page}.{kind}").is_file()
    project = json.loads((EXAMPLE / "project.config.json").read_text())
    assert project["appid"] == "touristappid"
    assert (EXAMPLE / project["miniprogramRoot"] / "app.js").is_file()
    assert (EXAMPLE / project["cloudfunctionRoot"] / "ask" / "index.js").is_file()
