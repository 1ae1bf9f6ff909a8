"""Reading in a process of its own, with limits: what a hostile file does there, it does to nobody else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from corpus.readers.limits import Limits
from corpus.readers.reading import Format, Reading, UnreadableFile
from corpus.structure.cleaning import Artefact

_ROOT = Path(__file__).parents[2]
_SHOWN = 4000
_TOO_LONG = "读取用时超过 {seconds} 秒，已停止；文件可能过于复杂或已损坏"
_STOPPED = "读取时异常中止，文件可能已损坏"
_LONGEST_ANSWER = 256 << 20
_GRACE = 5
"""Seconds that the process is given beyond its own alarm."""


def read_isolated(path: Path, limits: Limits) -> Reading:
    """The text of a file, read by a process that is gone afterwards, whatever happens. Raises UnreadableFile.

    The process has a folder of its own, which goes with it, and none of the caller's environment but the search path.
    """
    with (
        tempfile.TemporaryDirectory(prefix="yiyang-") as folder,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaints,
    ):
        process = subprocess.Popen(
            _command(path, limits),
            stdin=subprocess.DEVNULL,
            stdout=answer,
            stderr=complaints,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,  # so that programs it starts can be ended with it
        )
        return _answer(_wait(process, limits), limits, answer, complaints)


def _command(path: Path, limits: Limits) -> list[str]:
    # -P: what lies in its folder is not imported
    program = [sys.executable, "-P", "-X", "utf8", "-m", "corpus.readers.isolated"]
    return [*program, str(path.absolute()), json.dumps(asdict(limits))]


def _environment(folder: str) -> dict[str, str]:
    searched = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(_ROOT)}
    return {**searched, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}


def _wait(process: subprocess.Popen[bytes], limits: Limits) -> int | None:
    """The exit status; None where the time was up. What did not end well is ended, with all that it started."""
    status = None
    try:
        status = process.wait(limits.wall_seconds + _GRACE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if status != 0:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return status


def _answer(status: int | None, limits: Limits, answer: IO[bytes], complaints: IO[bytes]) -> Reading:
    if status in (None, -signal.SIGALRM, -signal.SIGXCPU):
        raise UnreadableFile(_TOO_LONG.format(seconds=limits.wall_seconds))
    length = answer.seek(0, os.SEEK_END)
    answer.seek(0)
    try:
        told: dict[str, Any] = json.loads(answer.read() if length <= _LONGEST_ANSWER else b"")
    except ValueError:
        raise _stopped(complaints) from None
    if "error" in told:
        raise UnreadableFile(told["error"])
    dropped = tuple(Artefact(kind, text) for kind, text in told["dropped"])
    return Reading(told["text"], Format(told["format"]), dropped, tuple(told["notes"]))


def _stopped(complaints: IO[bytes]) -> UnreadableFile:
    """The error of a process that broke down; what it complained of goes to those who see the traceback."""
    error = UnreadableFile(_STOPPED)
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - _SHOWN))
    error.add_note(complaints.read().decode("utf-8", "replace"))
    return error
