"""Real processes: another index while questions come in, several workers, and stopping with requests in progress."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self
from urllib.request import urlopen

import pytest
from uvicorn.supervisors.multiprocess import SIGNALS

from assistant.pipeline import Assistant
from tests.commands import environment
from tests.conftest import REPOSITORY
from tests.renewals import MEALS, add_meals, until
from web.operation import workers
from web.operation.process import server_config
from web.operation.workers import Supervisor, WorkerProcess
from web.settings import Settings

pytestmark = pytest.mark.xdist_group("processes")
STARTS_WITHIN = 90
"""Seconds, on a machine that is busy."""
QUESTION = "消防演练多久一次？"


@pytest.fixture
def filled(home: Path, assistant: Assistant, tmp_path: Path) -> Path:
    """A home of its own with the real model and the real index."""
    made = tmp_path / "home"
    made.mkdir()
    (made / "models").symlink_to((home / "models").resolve())
    (made / "index").mkdir()
    version = (home / "index" / "current").read_text().strip()
    shutil.copytree(home / "index" / version, made / "index" / version)
    shutil.copy(home / "index" / "current", made / "index" / "current")
    return made


@dataclass
class Running:
    """A server process, where it listens, and what it says on the error stream."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, path: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as response:
            body: bytes = response.read()
        return body

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def said(self, message: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["message"] == message]

    def workers(self) -> list[int]:
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(each) for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


@contextmanager
def running(home: Path, *arguments: str, **changes: str) -> Iterator[Running]:
    """`python -m web` on a free port, from when it says that it is ready."""
    log = home.parent / "log"
    variables = environment(YIYANG_HOME=str(home), YIYANG_ADDRESS_PER_MINUTE="0", **changes)
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "web", "--port", "0", *arguments],
            cwd=REPOSITORY,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    with process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline().decode()
            found = re.search(r"http://127\.0\.0\.1:(\d+)", ready)
            assert found is not None, log.read_text("utf-8")
            yield Running(process, int(found[1]), log)
        finally:
            if process.poll() is None:
                process.kill()


@dataclass
class Crowd:
    """Clients that ask without a pause; what became of every question: its index version, or what went wrong."""

    port: int
    clients: int = 2
    got: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(30)

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = json.dumps({"question": QUESTION})
        while not self._enough.is_set():
            try:
                connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer = json.loads(response.read())
            except OSError as error:
                self.wrong.append(repr(error))
                return
            if response.status == 200:
                self.got.append(answer["index_version"])
            else:
                self.wrong.append(f"{response.status} {answer}")
        connection.close()


def make(home: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=REPOSITORY,
        env=environment(YIYANG_HOME=str(home)),
        check=True,
        capture_output=True,
        timeout=120,
    )


def test_another_index_serves_without_a_dropped_request(filled: Path) -> None:
    (filled.parent / "助餐.txt").write_text(MEALS, "utf-8")
    with running(filled) as server:
        before = json.loads(server.get("/readyz"))
        with Crowd(server.port) as crowd:
            make(filled, "corpus", "add", "--no-index", str(filled.parent / "助餐.txt"))
            make(filled, "index", "build")
            until(lambda: json.loads(server.get("/readyz"))["documents"] == 6, 30)
            asked = len(crowd.got)
            until(lambda: len(crowd.got) > asked + 10)
        after = json.loads(server.get("/readyz"))
        assert crowd.wrong == []
        assert set(crowd.got) == {before["index_version"], after["index_version"]}
        assert (before["documents"], after["documents"]) == (5, 6)
        assert crowd.got[0] == before["index_version"]
        assert crowd.got[-1] == after["index_version"]
        assert len(server.said("another index serves")) == 1
        assert b"\xe5\x8a\xa9\xe9\xa4\x90\xe7\x82\xb9" in server.get("/documents/shiminfa-2025-7")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: len(server.said("another index serves")) == 2)
        server.process.terminate()
        assert server.process.wait(20) == 0


def test_documents_without_their_index_leave_the_one_before(filled: Path) -> None:
    with running(filled) as server:
        add_meals(filled, filled.parent)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.said("another index cannot be opened; the one before serves on"))
        (line,) = server.said("another index cannot be opened; the one before serves on")
        assert "python -m index build" in line["reason"]
        assert json.loads(server.get("/readyz"))["documents"] == 5


def test_workers_share_a_port_and_add_up_their_metrics(filled: Path) -> None:
    with running(filled, "--workers", "2") as server:
        until(lambda: len(server.said("ready")) == 2, STARTS_WITHIN)
        first, second = server.workers()
        with Crowd(server.port, clients=4) as crowd:
            until(lambda: len(crowd.got) > 40, 30)
        assert crowd.wrong == []
        assert f'route="/api/v1/ask",status="200"}} {len(crowd.got)}.0' in server.get("/metrics").decode()
        os.kill(first, signal.SIGKILL)
        until(lambda: len(server.said("ready")) == 3, STARTS_WITHIN)
        assert second in server.workers()
        assert first not in server.workers()
        with Crowd(server.port) as more:
            until(lambda: len(more.got) > 10, 30)
        assert more.wrong == []
        total = len(crowd.got) + len(more.got)
        assert f'route="/api/v1/ask",status="200"}} {total}.0' in server.get("/metrics").decode()
        server.process.send_signal(signal.SIGHUP)
        until(lambda: len(server.said("another index serves")) == 2, 30)
        workers = server.workers()
        server.process.terminate()
        assert server.process.wait(20) == 0
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_workers_leave_when_their_supervisor_is_killed(filled: Path) -> None:
    with running(filled, "--workers", "2") as server:
        until(lambda: len(server.workers()) == 2, STARTS_WITHIN)
        workers = server.workers()
        server.process.kill()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 20)


def test_a_missing_index_ends_the_workers_with_one_message(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "web", "--port", "0", "--workers", "2"],
        cwd=REPOSITORY,
        env=environment(YIYANG_HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.count("make setup") == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_worker_that_is_killed_while_it_starts_ends_the_service_with_a_message(filled: Path) -> None:
    """Out of memory, most often: one after another would be started without end, and nobody told."""
    log = filled.parent / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "web", "--port", "0", "--workers", "2"],
            cwd=REPOSITORY,
            env=environment(YIYANG_HOME=str(filled)),
            stdin=subprocess.DEVNULL,
            stderr=errors,
        )
    with process:
        server = Running(process, 0, log)
        until(lambda: len(server.workers()) == 1, STARTS_WITHIN)
        os.kill(server.workers()[0], signal.SIGKILL)
        assert process.wait(STARTS_WITHIN) == 1
    said = log.read_text("utf-8")
    assert "服务进程在启动时异常中止（SIGKILL）" in said
    assert "Traceback" not in said


def test_a_worker_that_hangs_does_not_keep_the_service_from_stopping(filled: Path) -> None:
    with running(filled, "--workers", "2") as server:
        until(lambda: len(server.said("ready")) == 2, STARTS_WITHIN)
        os.kill(server.workers()[1], signal.SIGSTOP)
        sleep(1.5)  # it has been asked whether it is alive by now
        server.process.terminate()
        assert server.process.wait(20) == 0


class Mortal(WorkerProcess):
    """A worker that ends as soon as it is asked how it is."""

    def start(self) -> None: ...

    def is_alive(self, timeout: float = 0.0) -> bool:
        return False

    def kill(self) -> None: ...

    def join(self) -> None: ...

    exitcode, pid = -signal.SIGSEGV, 1


def test_workers_that_die_one_after_another_are_replaced_ever_more_slowly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    now, began = [1000.0], list[float]()
    monkeypatch.setattr(workers, "monotonic", lambda: now[0])
    monkeypatch.setattr(workers, "mark_process_dead", lambda pid: None)
    monkeypatch.setattr(workers, "WorkerProcess", Mortal)
    monkeypatch.setattr(Mortal, "start", lambda self: began.append(now[0]))
    kept = {each: signal.getsignal(each) for each in SIGNALS}
    ready = multiprocessing.get_context("spawn").Event()
    ready.set()
    settings = Settings(home=tmp_path, workers=1)
    supervisor = Supervisor(
        server_config(workers.Worker(settings, ready), settings), socket.socket(), ready, lambda: None
    )
    for each, handler in kept.items():
        signal.signal(each, handler)
    for _ in range(600):
        supervisor.keep_subprocess_alive()
        now[0] += 0.5
    assert 7 <= len(began) <= 12
    pauses = [after - before for before, after in pairwise(began)]
    assert pauses[0] <= 2
    assert pauses == sorted(pauses)
    assert not supervisor.should_exit.is_set()
    now[0] += workers.SETTLED * 2
    at = now[0]
    supervisor.keep_subprocess_alive()
    assert began[-1] >= at - workers.LONGEST_PAUSE  # one that lived long is replaced at once
    supervisor.sockets[0].close()


@contextmanager
def half_sent(port: int) -> Iterator[socket.socket]:
    """A question of which the last byte is still to come: a request in progress."""
    body = json.dumps({"question": QUESTION}).encode()
    head = (
        f"POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.encode() + body[:-1])
        sleep(0.3)
        yield connection


@pytest.mark.parametrize("arguments", [(), ("--workers", "2")])
def test_told_to_stop_it_finishes_what_it_has_begun(filled: Path, arguments: tuple[str, ...]) -> None:
    with running(filled, *arguments) as server, half_sent(server.port) as connection:
        server.process.terminate()
        sleep(1.2)
        assert server.process.poll() is None
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=5)
        connection.sendall(b"}")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert b'"status":"answered"' in answer
        assert server.process.wait(10) == 0


def test_under_load_every_answer_that_was_begun_is_whole(filled: Path) -> None:
    with running(filled) as server:
        with Crowd(server.port, clients=4) as crowd:
            until(lambda: len(crowd.got) > 20, 30)
            server.process.terminate()
            until(lambda: len(crowd.wrong) == 4, 20)
        # between two questions the connection is closed; no answer breaks off, none is an error of the server's
        assert all(
            re.match(r"RemoteDisconnected|Connection(Refused|Reset)Error|BrokenPipe", each) for each in crowd.wrong
        )
        assert server.process.wait(20) == 0
        answered = [line for line in server.said("request") if line["route"] == "/api/v1/ask"]
        assert {line["status"] for line in answered} == {200}
        assert len(answered) == len(crowd.got)


@pytest.mark.parametrize(("arguments", "status"), [((), -signal.SIGTERM), (("--workers", "2"), 128 + signal.SIGTERM)])
def test_told_twice_it_leaves_at_once(filled: Path, arguments: tuple[str, ...], status: int) -> None:
    with running(filled, *arguments) as server, half_sent(server.port):
        server.process.terminate()
        sleep(1.2)
        began = monotonic()
        server.process.terminate()
        assert server.process.wait(3) == status
        assert monotonic() - began < 2
