"""A version of an added document, as its files on disk say it.

    <folder>/<version>/   source.<ext>, text.txt, record.json
    <folder>/current      the name of the version that counts

What is written is on disk before it gets its name.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from corpus.manifest import facts_of
from corpus.receiving import Received
from corpus.replacing import flush, replace_whole

_CURRENT, _RECORD, _TEXT, _SOURCE = "current", "record.json", "text.txt", "source"
_DIGITS = 12


class DamagedHolding(ValueError):
    """A version whose files cannot be read; the message says which and what to do, in Chinese."""

    def __init__(self, document_id: str, version: str) -> None:
        super().__init__(
            f"添加的文件 {document_id} 的版本 {version} 已损坏；"
            f"可用 python -m corpus restore {document_id} --version 换成较早的版本，或用 remove 移出"
        )


@dataclass(frozen=True, slots=True)
class Holding:
    """A version of an added document.

    version      its number and the first digits of its source's SHA-256: 002-9f86d081884c
    source_name  the file as it was called
    facts        what a person corrected of its metadata
    counts       whether it is the one that counts; else it is superseded, or the document is removed
    """

    document_id: str
    version: str
    source_name: str
    source_sha256: str
    format: str
    added_at: datetime
    facts: Mapping[str, Any]
    counts: bool

    @property
    def number(self) -> int:
        """The how manieth version it is, from 1; 0 where its name does not say."""
        return _number(self.version)


def version_names(folder: Path) -> tuple[str, ...]:
    """The names of the versions in a document's folder, oldest first."""
    return tuple(sorted((each.name for each in _versions(folder)), key=lambda name: (_number(name), name)))


def next_version(folder: Path, received: Received) -> str:
    """The name of the version that comes next."""
    number = 1 + max((_number(each.name) for each in _versions(folder)), default=0)
    return f"{number:03d}-{received.source_sha256[:_DIGITS]}"


def write_version(folder: Path, received: Received, facts: Mapping[str, Any]) -> None:
    """Write all of a version into an empty folder. Raises OSError."""
    shutil.copyfile(received.path, folder / f"{_SOURCE}{received.path.suffix.lower()}")
    (folder / _TEXT).write_text(received.document.text, "utf-8")
    record = {
        "document_id": received.document.document_id,
        "source_name": received.name,
        "source_sha256": received.source_sha256,
        "format": received.format.value,
        "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "facts": facts,
    }
    (folder / _RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=2, default=_plain), "utf-8")
    for path in folder.iterdir():
        flush(path)
    flush(folder)


def read_version(folder: Path, document_id: str, version: str) -> Holding:
    """A version of a document's folder. Raises DamagedHolding."""
    try:
        record = json.loads((folder / version / _RECORD).read_text("utf-8"))
        return Holding(
            document_id=document_id,
            version=version,
            source_name=record["source_name"],
            source_sha256=record["source_sha256"],
            format=record["format"],
            added_at=datetime.fromisoformat(record["added_at"]),
            facts=facts_of(document_id, record["facts"]),
            counts=version == counting(folder),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise DamagedHolding(document_id, version) from None


def read_text(folder: Path, holding: Holding) -> str:
    """The canonical text. Raises DamagedHolding."""
    try:
        return (folder / holding.version / _TEXT).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise DamagedHolding(holding.document_id, holding.version) from None


def source_of(folder: Path, holding: Holding) -> Path:
    """The file as it was added."""
    return next((folder / holding.version).glob(f"{_SOURCE}.*"), folder / holding.version / _SOURCE)


def counting(folder: Path) -> str | None:
    """The name of the version that counts; None where none does."""
    try:
        return (folder / _CURRENT).read_text("utf-8", "replace").strip()
    except FileNotFoundError:
        return None


def let_count(folder: Path, version: str | None) -> None:
    """Make a version the one that counts, in one step, or none; it is on disk then. Raises OSError."""
    if version is None:
        (folder / _CURRENT).unlink(missing_ok=True)
        flush(folder)
        return
    replace_whole(folder / _CURRENT, f"{version}\n".encode())


def _versions(folder: Path) -> Iterator[Path]:
    return (each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else iter(())


def _number(version: str) -> int:
    """The number a version's name begins with; 0 where it begins with none."""
    number = version.partition("-")[0]
    return int(number) if number.isdecimal() else 0


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not a fact: {value!r}")
