"""A file that is replaced is what it was or what it was to be, whenever the process ends and whatever the disk says."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from corpus.replacing import flush, replace_whole
from tests.conftest import REPOSITORY

OLD, NEW = "旧的内容\n".encode(), "新的内容\n".encode() * 10_000

_KILLED_BEFORE = """
import os, signal, sys
from pathlib import Path
from corpus.replacing import replace_whole

def dies(*given):
    os.kill(os.getpid(), signal.SIGKILL)

owner = {{"fsync": os, "replace": Path}}["{step}"]
setattr(owner, "{step}", dies)
replace_whole(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes())
"""
_NO_ROOM = """
import resource, sys
from pathlib import Path
from corpus.replacing import replace_whole

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    replace_whole(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes())
except OSError:
    sys.exit(3)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with what it holds, alone in its folder."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "current").write_bytes(OLD)
    return folder / "current"


def run(script: str, path: Path, tmp_path: Path) -> int:
    """The exit status of a process that replaces the file by NEW."""
    (tmp_path / "new").write_bytes(NEW)
    command = [sys.executable, "-c", script, str(path), str(tmp_path / "new")]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("content", [NEW, b""])
def test_what_is_put_there_is_there(path: Path, content: bytes) -> None:
    replace_whole(path, content)
    assert path.read_bytes() == content
    assert names(path.parent) == ["current"]


def test_a_file_that_was_not_there_is_made_as_others_are(path: Path) -> None:
    (path.parent / "other").touch()
    replace_whole(path.parent / "made", NEW)
    assert (path.parent / "made").read_bytes() == NEW
    assert (path.parent / "made").stat().st_mode == (path.parent / "other").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_the_mode_stays(path: Path, mode: int) -> None:
    path.chmod(mode)
    replace_whole(path, NEW)
    assert path.stat().st_mode & 0o777 == mode


def test_who_reads_on_reads_what_was_there(path: Path) -> None:
    with path.open("rb") as file:
        replace_whole(path, NEW)
        assert file.read() == OLD


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_killed_between_writing_and_renaming(path: Path, tmp_path: Path, step: str) -> None:
    assert run(_KILLED_BEFORE.format(step=step), path, tmp_path) == -signal.SIGKILL
    assert path.read_bytes() == OLD
    assert names(path.parent) == [".current.fresh", "current"]
    replace_whole(path, NEW)
    assert path.read_bytes() == NEW
    assert names(path.parent) == ["current"]


def test_a_disk_that_takes_only_a_part_leaves_the_old_one(path: Path, tmp_path: Path) -> None:
    assert run(_NO_ROOM, path, tmp_path) == 3
    assert path.read_bytes() == OLD
    assert names(path.parent) == ["current"]


@pytest.mark.parametrize("step", ["os.fsync", "os.fchmod", "pathlib.Path.replace"])
def test_a_disk_that_fails_at_any_step_leaves_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*given: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(step, full)
        with pytest.raises(OSError, match="No space left"):
            replace_whole(path, NEW)
    assert path.read_bytes() == OLD
    assert names(path.parent) == ["current"]


def test_it_is_on_disk_before_it_gets_its_name_and_its_name_before_one_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flushed(handle: int) -> None:
        steps.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    def renamed(fresh: Path, target: Path) -> Path:
        steps.append("renamed")
        return replace(fresh, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    replace_whole(path, NEW)
    assert steps == [".current.fresh", "renamed", "folder"]


def test_what_is_not_there_cannot_be_flushed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        flush(tmp_path / "none")
