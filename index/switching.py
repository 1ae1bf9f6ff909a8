"""What serves: the pointer to an index version, and changing it together with the documents that count, as one step.

    home/index/current           the name of the version that serves
    home/index/.switching.json   a switch that is decided and not finished

A switch that moves several things is written down first, whole and on disk; then it is carried out. Killed before it is
written down, nothing has happened; killed after, whoever opens the index next carries it out to the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from corpus.holdings import DOCUMENTS
from corpus.replacing import flush, replace_whole
from corpus.versions import counting, let_count

CURRENT = "current"
INDEX = "index"
_JOURNAL = ".switching.json"


class LibraryChanged(RuntimeError):
    """The library is not any more what a switch was made from; the message is in Chinese."""

    def __init__(self) -> None:
        super().__init__("文件库在此期间有变化，需要重新建立索引")


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of what is served.

    moves    what becomes part of home: (from, to), both relative to it
    counts   the version of a document that counts from now on, by document_id; None where none does
    version  the index version that serves from now on
    """

    moves: tuple[tuple[str, str], ...]
    counts: Mapping[str, str | None]
    version: str


def state_of(home: Path) -> dict[str, Any]:
    """What serves and what counts, by their pointers: equal where nothing was changed in between."""
    root = home / DOCUMENTS
    folders = sorted(each for each in root.iterdir() if each.is_dir()) if root.is_dir() else []
    return {
        "index": _read(home / INDEX / CURRENT),
        "documents": {each.name: version for each in folders if (version := counting(each)) is not None},
    }


def carry_out(home: Path, switch: Switch, made_from: Mapping[str, Any]) -> None:
    """Let everything in a switch happen, or nothing. Raises LibraryChanged where the state is not that it was made
    from, and OSError where it cannot be written down. The caller holds no lock of home."""
    with _index_lock(home), _documents_lock(home):
        _finish(home)
        if state_of(home) != made_from:
            raise LibraryChanged
        _write_down(home / INDEX / _JOURNAL, switch)
        _finish(home)


def finish_switch(home: Path) -> None:
    """Carry out what a crash cut off; nothing where there is nothing."""
    if (home / INDEX / _JOURNAL).exists():
        with _index_lock(home):
            finish_while_locked(home)


def finish_while_locked(home: Path) -> None:
    """The same for one who holds the lock of the index already."""
    if (home / INDEX / _JOURNAL).exists():
        with _documents_lock(home):
            _finish(home)


def point(root: Path, version: str) -> None:
    """Let an index version serve, in one step."""
    replace_whole(root / CURRENT, f"{version}\n".encode())


def _finish(home: Path) -> None:
    """Every step may have been done before."""
    journal = home / INDEX / _JOURNAL
    if not journal.exists():
        return
    told = json.loads(journal.read_text("utf-8"))
    for source, target in told["moves"]:
        _move(home / source, home / target)
    for document_id, version in told["counts"].items():
        let_count(home / DOCUMENTS / document_id, version)
    point(home / INDEX, told["version"])
    journal.unlink()
    flush(journal.parent)


def _move(source: Path, target: Path) -> None:
    if target.exists() or not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    flush(target.parent)
    flush(target.parent.parent)


def _write_down(journal: Path, switch: Switch) -> None:
    replace_whole(journal, json.dumps(asdict(switch)).encode())


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def _index_lock(home: Path) -> FileLock:
    (home / INDEX).mkdir(parents=True, exist_ok=True)
    return FileLock(home / INDEX / ".lock")


def _documents_lock(home: Path) -> FileLock:
    (home / DOCUMENTS).mkdir(parents=True, exist_ok=True)
    return FileLock(home / DOCUMENTS / ".lock")
