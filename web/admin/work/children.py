"""Running a child process: its progress told on, its time bounded, ended when nobody wants it any more."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO

Tell = Callable[[str, int, int], None]
"""Stage, done, total."""
_LOOKS_EVERY = 0.3
"""Seconds between two looks at whether it is still wanted."""
_SHOWN = 2000
_ROOT = Path(__file__).parents[3]

log = logging.getLogger(__name__)


class GivenUp(Exception):
    """The child was ended because nobody wants it any more."""


class ChildFailed(Exception):
    """The child did not do its work. The message is for people, in Chinese; complaints is what it wrote besides."""

    def __init__(self, message: str, complaints: str = "") -> None:
        super().__init__(message)
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class Child:
    """A program with its arguments.

    seconds  it may take
    passes   exit statuses that are no failure
    """

    arguments: Sequence[str]
    seconds: int
    passes: tuple[int, ...] = (0,)


def run_child(child: Child, tell: Tell, is_wanted: Callable[[], bool]) -> int:
    """The exit status. Raises GivenUp and ChildFailed."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", *child.arguments],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,  # what it starts can be ended with it, and Ctrl+C is the server's alone
        )
        assert process.stdout is not None
        said: list[str] = []
        listener = threading.Thread(target=_listen, args=(process.stdout, tell, said), daemon=True)
        listener.start()
        try:
            status = _wait(process, child.seconds, is_wanted)
        finally:
            _end(process)
            listener.join(timeout=5)
            process.stdout.close()
        if status not in child.passes:
            raise ChildFailed(said[-1] if said else "处理时异常中止，请重试", _tail(complaints))
        return status


def _wait(process: subprocess.Popen[bytes], seconds: int, is_wanted: Callable[[], bool]) -> int:
    until = monotonic() + seconds
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_LOOKS_EVERY)
        if not is_wanted():
            raise GivenUp
        if monotonic() > until:
            raise ChildFailed(f"用时超过 {seconds // 60} 分钟，已停止")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with all that it started; one that has ended by itself is no matter."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


def _listen(output: IO[bytes], tell: Tell, said: list[str]) -> None:
    """To the end, whatever becomes of what is told on: nobody else reads, and a child that is not read stands still."""
    for line in output:
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            if "failed" in told:
                said.append(str(told["failed"]))
                continue
            stage, done, total = str(told["stage"]), int(told["done"]), int(told["total"])
            try:
                tell(stage, done, total)
            except Exception:
                log.exception("progress is not told on")


def _tail(complaints: IO[bytes]) -> str:
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - _SHOWN))
    return complaints.read().decode("utf-8", "replace")
