"""python -m web: the messages of its failures, and a real process that starts, serves and stops."""

from __future__ import annotations

import json
import re
import signal
import socket
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

import pytest

from assistant.pipeline import Assistant
from tests.commands import web
from web.settings import Settings


def fail(*arguments: str, **changes: str) -> str:
    """What it says on the error stream when it leaves with status 1."""
    with web(*arguments, **changes) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in said
    return said


def test_a_port_in_use_is_told_before_anything_is_loaded() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = fail("--port", str(port))
    assert f"无法监听 127.0.0.1:{port}" in said
    assert "PORT=8001" in said


@pytest.mark.parametrize(("name", "value"), [("PORT", "many"), ("YIYANG_PORT", "70000"), ("PORT", "-1")])
def test_a_port_that_is_none_is_told(name: str, value: str) -> None:
    assert "设置有误" in fail(**{name: value})


def test_a_missing_index_is_told_with_the_command_that_makes_it(
    home: Path, assistant: Assistant, tmp_path: Path
) -> None:
    (tmp_path / "models").symlink_to((home / "models").resolve())
    said = fail("--port", "0", YIYANG_HOME=str(tmp_path))
    assert "make setup" in said
    assert "python -m index build" in said


def test_help_is_in_chinese() -> None:
    with web("--help") as process:
        said, _ = process.communicate(timeout=60)
    assert "监听地址" in said


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_serves_and_stops_when_told(
    home: Path, assistant: Assistant, tmp_path: Path, stop: signal.Signals
) -> None:
    store = f"sqlite:///{tmp_path / 'command.db'}"
    with web("--port", "0", YIYANG_HOME=str(home), YIYANG_DATABASE_URL=store) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", ready)
        assert address is not None, ready
        with urlopen(f"{address[0]}/readyz", timeout=10) as response:
            assert response.status == 200
            assert json.load(response)["status"] == "ready"
        process.send_signal(stop)
        _, said = process.communicate(timeout=20)
    assert {json.loads(line)["level"] for line in said.splitlines()} == {"info"}
    assert process.returncode == 0
    assert (tmp_path / "command.db").exists()


@pytest.mark.parametrize(
    ("variables", "port"),
    [({}, 8000), ({"PORT": "9000"}, 9000), ({"PORT": "9000", "YIYANG_PORT": "9001"}, 9001)],
)
def test_the_port_comes_from_either_variable(
    variables: dict[str, str], port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PORT", "YIYANG_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Settings().port == port


def test_the_store_lies_in_home_unless_told_otherwise(tmp_path: Path) -> None:
    assert Settings(home=tmp_path, database_url="").store_url == f"sqlite:///{tmp_path / 'yiyang.db'}"
    assert Settings(database_url="postgresql+psycopg://db/x").store_url == "postgresql+psycopg://db/x"


def test_until_the_index_answers_it_says_that_it_is_starting(home: Path, assistant: Assistant, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'command.db'}"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    seen: list[tuple[int, str]] = []
    with web("--port", str(port), YIYANG_HOME=str(home), YIYANG_DATABASE_URL=store) as process:
        patience = monotonic() + 90
        while not seen or seen[-1][0] != 200:
            assert monotonic() < patience, seen
            with suppress(ConnectionRefusedError):
                connection = HTTPConnection("127.0.0.1", port, timeout=20)
                connection.request("GET", "/readyz")
                response = connection.getresponse()
                seen.append((response.status, json.load(response).get("code", "")))
                connection.close()
            sleep(0.05)
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}" in process.stdout.readline()
        process.terminate()
        process.communicate(timeout=20)
    assert seen[0] == (503, "not_ready")
    assert {status for status, _ in seen} == {503, 200}


@pytest.mark.parametrize("workers", ["0", "65", "many"])
def test_a_number_of_workers_that_is_none_is_told(workers: str) -> None:
    assert "设置有误：workers" in fail(YIYANG_WORKERS=workers)
