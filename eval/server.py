"""The web server as a client sees it: a process that is started, asked over HTTP, measured and always stopped."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import perf_counter, sleep
from typing import Self

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[1]
_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 120.0


class ServerFault(RuntimeError):
    """The server did not start, or did not answer as it should; says what was seen, in Chinese."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ready_seconds from the start of its process to the first 200 from /readyz."""

    port: int
    pid: int
    ready_seconds: float

    def resident_mb(self) -> float | None:
        """Resident memory of the process and its children in MB (10⁶ bytes); None where the system does not say."""
        try:
            return sum(_resident_kib(pid) for pid in _family(self.pid)) * 1024 / 1e6
        except OSError:
            return None


class Client:
    """One kept-alive connection. http.client and not httpx: its own cost is a tenth, and it is the server's we want."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=60)

    def ask(self, question: str) -> float:
        """Seconds from sending a question to having read the answer. Raises ServerFault unless it is 200."""
        body = json.dumps({"question": question}).encode()
        started = perf_counter()
        self._connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        answer = response.read()
        seconds = perf_counter() - started
        if response.status != 200:
            raise ServerFault(f"提问“{question}”得到 {response.status}：{answer[:300].decode(errors='replace')}")
        return seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def own_and_unlimited(database: Path) -> dict[str, str]:
    """The environment of a server that is to be measured: a database of its own, and no limit to who asks."""
    return {"YIYANG_DATABASE_URL": f"sqlite:///{database}", "YIYANG_ADDRESS_PER_MINUTE": "0"}


@contextmanager
def serving(
    environment: Mapping[str, str], log: Path, command: Sequence[str] = (sys.executable, "-m", "web")
) -> Iterator[Server]:
    """`python -m web` on a free loopback port until the block is left, however it is left.

    environment is added to that of this process; what the server prints goes to log. Raises ServerFault.
    """
    port = _free_port()
    with log.open("wb") as output:
        started = perf_counter()
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_ready(process, port, log)
            yield Server(port, process.pid, perf_counter() - started)
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _wait_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = perf_counter() + _PATIENCE_SECONDS
    while perf_counter() < deadline:
        if process.poll() is not None:
            raise ServerFault(f"服务器退出，返回码 {process.returncode}。\n{_tail(log)}")
        if _is_ready(port):
            return
        sleep(_POLL_SECONDS)
    raise ServerFault(f"服务器 {_PATIENCE_SECONDS:.0f} 秒内没有就绪。\n{_tail(log)}")


def _is_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def _family(pid: int) -> list[int]:
    """The process and all its descendants, by Linux's /proc."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
