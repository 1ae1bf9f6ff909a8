"""The bench: a server that is started, measured and always stopped; and the table of what was measured."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from eval.bench import Bench, Spread, distinct_questions, print_bench
from eval.gold import GoldQuestion
from eval.server import Client, Server, ServerFault, own_and_unlimited, serving
from web.settings import Settings

STAND_IN = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    polls = 0

    def do_GET(self):
        Handler.polls += 1
        self.reply(200 if Handler.polls > 2 else 503)

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["question"]
        self.reply(422 if question == "坏" else 200, (question + os.environ["MARK"]).encode())

    def reply(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
"""


@pytest.fixture
def command(tmp_path: Path) -> Sequence[str]:
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN, encoding="utf-8")
    return (sys.executable, str(script))


def is_gone(server: Server) -> bool:
    try:
        with Client(server.port) as client:
            client.ask("在吗")
    except OSError:
        return True
    return False


def test_a_server_is_ready_when_it_says_so_and_is_stopped_at_the_end(tmp_path: Path, command: Sequence[str]) -> None:
    with serving({"MARK": "x"}, tmp_path / "log", command) as server:
        with Client(server.port) as client:
            assert 0 < client.ask("医务室") < 5
            assert 0 < client.ask("同一连接") < 5
        assert 0.04 < server.ready_seconds < 60
        memory = server.resident_mb()
        assert memory is None or 5 < memory < 500
    assert is_gone(server)


def test_a_server_is_stopped_when_something_goes_wrong(tmp_path: Path, command: Sequence[str]) -> None:
    with (
        pytest.raises(ServerFault, match="422"),
        serving({"MARK": ""}, tmp_path / "log", command) as server,
        Client(server.port) as client,
    ):
        client.ask("坏")
    assert is_gone(server)


def test_a_server_that_is_measured_is_not_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().access.per_minute > 0
    for name, value in own_and_unlimited(tmp_path / "bench.db").items():
        monkeypatch.setenv(name, value)
    assert Settings().access.per_minute == 0
    assert str(tmp_path) in Settings().store_url


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    failing = (sys.executable, "-c", "import sys; sys.exit('没有索引')")
    with pytest.raises(ServerFault, match=r"返回码 1(.|\n)*没有索引"), serving({}, tmp_path / "log", failing):
        pass


def test_the_bench_table_has_every_ratio() -> None:
    bench = Bench(
        2.0,
        300.0,
        None,
        Spread(9, 12),
        Spread(40, 60),
        180.0,
        Spread(8, 10),
        Spread(6, 7),
        Spread(12, 14),
        400,
    )
    console = Console(record=True, width=160, file=StringIO())
    print_bench(bench, console)
    row = next(line for line in console.export_text().splitlines() if "1 个客户端，p50" in line)
    assert re.findall(r"\d+\.\d+", row) == ["9.0", "1.50", "0.75"]


def test_bench_questions_are_distinct() -> None:
    questions = [GoldQuestion("a", "x", ("甲", "乙")), GoldQuestion("b", "x", ("乙", "丙"))]
    assert distinct_questions(questions) == ("甲", "乙", "丙")
