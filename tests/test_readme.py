"""The README's section on the interface, followed word for word: its commands in bash, against a real server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from tests.clients import OPENAPI_PYTHON_CLIENT, OPENAPI_TS, node_with, python_with
from tests.conftest import REPOSITORY
from tests.loopback import serving
from web.access.admission import open_access
from web.access.settings import AccessSettings
from web.app import create_app
from web.store import open_store

SECTION = {"README.md": "## The interface", "README.zh-CN.md": "## 接口"}
WRITTEN = {"http://127.0.0.1:8000": "{address}", ".venv/bin/python": sys.executable}
"""What the README says, and what it is here: another port, and the Python that runs the tests."""
RUNS_WITHIN = 120
"""Seconds."""
CLAUSE, SOURCE = "至少配置1名主执业点医师", "二、（一）2."


def sections(name: str) -> dict[str, str]:
    """Heading to commands, of the section on the interface; the first is under its own heading."""
    _, _, found = (REPOSITORY / name).read_text().partition(f"\n{SECTION[name]}")
    text = re.split(r"^## ", found, maxsplit=1, flags=re.M)[0]
    parts = re.split(r"^### ", text, flags=re.M)
    return {part.splitlines()[0]: "".join(re.findall(r"^```sh\n(.*?)^```$", part, re.M | re.S)) for part in parts}


COMMANDS = [*sections("README.md").values()]
FIRST, WECHAT, MANY, EXISTING, PYTHON, TYPESCRIPT = COMMANDS if len(COMMANDS) == 6 else [""] * 6


@pytest.fixture(scope="module")
def server(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server that answers only those with a key, and the environment of a shell beside it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('readme') / 'yiyang.db'}"
    store = open_store(url)
    access = open_access(AccessSettings(anonymous="pages"), store)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YIYANG_")}
    with serving(create_app(assistant, store, access=access)) as address:
        yield {**kept, "YIYANG_DATABASE_URL": url, "address": address}
    store.close()


def follow(server: dict[str, str], folder: Path, *commands: str) -> str:
    """What the commands print, in a folder that has what they use of a clone."""
    script = "\n".join(["set -euo pipefail", *commands])
    for written, here in WRITTEN.items():
        assert written in FIRST
        script = script.replace(written, here.format(**server))
    (folder / "web").symlink_to(REPOSITORY / "web")
    done = subprocess.run(
        ["bash"], input=script, cwd=folder, env=server, capture_output=True, text=True, timeout=RUNS_WITHIN, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_both_readmes_have_the_same_commands() -> None:
    assert len(COMMANDS) == 6, "the README has no section on the interface, or another one"
    assert all(COMMANDS)
    assert [*sections("README.zh-CN.md").values()] == COMMANDS


def test_the_first_answer(server: dict[str, str], tmp_path: Path) -> None:
    said = follow(server, tmp_path, FIRST)
    assert '"status":"answered"' in said
    assert CLAUSE in said


@pytest.mark.skipif(shutil.which("node") is None, reason="没有 node，略过")
def test_wechat(server: dict[str, str], tmp_path: Path) -> None:
    said = follow(server, tmp_path, FIRST, "echo ----", WECHAT).partition("----\n")[2]
    assert said.count(CLAUSE) == 4  # the finding and the quotation, of the message and of the card
    assert "ok: true" in said


def test_many_at_once(server: dict[str, str], tmp_path: Path) -> None:
    said = follow(server, tmp_path, FIRST, "echo ----", MANY).partition("----\n")[2]
    first, second, lines = said.strip().split("\n")
    assert CLAUSE in first
    assert "每半年至少开展1次消防演练" in second
    assert int(lines) > 10


@pytest.mark.thorough
def test_the_python_client(server: dict[str, str], home: Path, tmp_path: Path) -> None:
    python_with(home, OPENAPI_PYTHON_CLIENT, "mypy")  # skips where there is no package index
    assert OPENAPI_PYTHON_CLIENT in PYTHON
    said = follow(server, tmp_path, FIRST, "echo ----", PYTHON).partition("----\n")[2]
    assert CLAUSE in said
    assert said.strip().endswith(SOURCE)


@pytest.mark.thorough
def test_the_typescript_client(server: dict[str, str], home: Path, tmp_path: Path) -> None:
    node_with(home, *OPENAPI_TS)  # skips where there is no npm, or no registry
    assert " ".join(OPENAPI_TS) in TYPESCRIPT
    said = follow(server, tmp_path, FIRST, "echo ----", TYPESCRIPT).partition("----\n")[2]
    assert CLAUSE in said
    assert said.strip().endswith(SOURCE)


def test_the_clients_that_exist(server: dict[str, str], tmp_path: Path) -> None:
    said = follow(server, tmp_path, FIRST, "echo ----", EXISTING).partition("----\n")[2]
    assert CLAUSE in said
    assert said.strip().endswith(SOURCE)
