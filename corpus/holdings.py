"""The documents that an office adds, kept in its data directory beside those that come with the program.

    home/documents/<document_id>/<version>/   source.<ext>, text.txt, record.json
    home/documents/<document_id>/current      the name of the version that counts; none where the document is removed
    home/documents/.adding-*                  a version not finished; swept by the next change

A version is complete before it gets its name, and the pointer is replaced in one step: a crash at any instant leaves
what was there. Nothing is ever overwritten; earlier versions stay, superseded.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock

from corpus.anticipated import read_anticipated
from corpus.head.metadata import corrected, metadata_of
from corpus.library import Library, library_of, load_library
from corpus.manifest import facts_of
from corpus.provisions import DOCUMENT_ID, PolicyDocument
from corpus.receiving import Received
from corpus.structure.parser import parse

DOCUMENTS = "documents"
QUESTIONS = "questions"
_CURRENT, _RECORD, _TEXT, _SOURCE = "current", "record.json", "text.txt", "source"
_ADDING = ".adding-"
_DIGITS = 12


class UnknownHolding(KeyError):
    """No document of that id was ever added."""


class Outcome(StrEnum):
    """What became of a file that was to be added."""

    ADDED = "added"
    NEW_VERSION = "new version"
    UNCHANGED = "unchanged"


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


@dataclass(frozen=True)
class Holdings:
    """The documents added under a data directory."""

    home: Path

    def current(self) -> tuple[Holding, ...]:
        """The versions that count, by document_id."""
        return tuple(each for document_id in self._ids() for each in self.history(document_id) if each.counts)

    def history(self, document_id: str) -> tuple[Holding, ...]:
        """Every version of a document, oldest first. Raises UnknownHolding."""
        folder = self._folder(document_id)
        counting = _pointer(folder)
        names = sorted(path.parent.name for path in folder.glob(f"*/{_RECORD}"))
        return tuple(_read_record(folder / name, counting == name) for name in names)

    def source(self, holding: Holding) -> Path:
        """The file as it was added."""
        folder = self._folder(holding.document_id) / holding.version
        return next(folder.glob(f"{_SOURCE}.*"), folder / _SOURCE)

    def document(self, holding: Holding) -> PolicyDocument:
        """The document as it reads today: its canonical text is kept, its tree and metadata are worked out anew."""
        text = (self._folder(holding.document_id) / holding.version / _TEXT).read_text("utf-8")
        provisions = parse(text)
        metadata = metadata_of(text, provisions, Path(holding.source_name).stem)
        return PolicyDocument(holding.document_id, corrected(metadata, holding.facts), text, provisions)

    def add(self, received: Received, facts: Mapping[str, Any] | None = None) -> Outcome:
        """Keep a received file as the version that counts. The same bytes and facts again change nothing."""
        document_id, given = received.document.document_id, dict(facts or {})
        folder = self.home / DOCUMENTS / document_id
        with self._changing():
            versions = self.history(document_id) if folder.is_dir() else ()
            if any(_is_same(each, received, given) for each in versions):
                return Outcome.UNCHANGED
            version = f"{len(versions) + 1:03d}-{received.source_sha256[:_DIGITS]}"
            building = self.home / DOCUMENTS / f"{_ADDING}{uuid4().hex}"
            building.mkdir()
            _write_version(building, received, given)
            folder.mkdir(exist_ok=True)
            building.rename(folder / version)
            _point(folder, version)
        return Outcome.NEW_VERSION if versions else Outcome.ADDED

    def remove(self, document_id: str) -> None:
        """Take a document out of the library; its versions stay and it can be restored. Raises UnknownHolding."""
        with self._changing():
            (self._folder(document_id) / _CURRENT).unlink(missing_ok=True)

    def restore(self, document_id: str, version: str | None = None) -> Holding:
        """Let a version count again, the latest if none is named. Raises UnknownHolding."""
        with self._changing():
            found = {each.version: each for each in self.history(document_id)}
            chosen = version or max(found, default="")
            if chosen not in found:
                raise UnknownHolding(f"{document_id}@{chosen}")
            _point(self._folder(document_id), chosen)
        return replace(found[chosen], counts=True)

    def _ids(self) -> Iterator[str]:
        root = self.home / DOCUMENTS
        folders = sorted(root.iterdir()) if root.is_dir() else []
        return (folder.name for folder in folders if folder.is_dir() and DOCUMENT_ID.fullmatch(folder.name))

    def _folder(self, document_id: str) -> Path:
        folder = self.home / DOCUMENTS / document_id
        if not DOCUMENT_ID.fullmatch(document_id) or not folder.is_dir():
            raise UnknownHolding(document_id)
        return folder

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One change at a time; what an interrupted one left is swept."""
        root = self.home / DOCUMENTS
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock"):
            for leftover in root.glob(f"{_ADDING}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            yield


def library_at(home: Path) -> Library:
    """The documents that come with the program and those added under a data directory.

    An added one takes the place of one that came with the program under the same id.
    """
    shipped, holdings = load_library(), Holdings(home)
    added = tuple(holdings.document(each) for each in holdings.current())
    if not added:
        return shipped
    whole = library_of(tuple({**shipped.documents, **{each.document_id: each for each in added}}.values()))
    replaced = {each.document_id for each in added}
    anticipated = {key: asked for key, asked in shipped.anticipated.items() if key not in replaced}
    asked_here = {each.document_id: read_anticipated(each, home / QUESTIONS) for each in added}
    return replace(whole, anticipated={**anticipated, **asked_here})


def _is_same(holding: Holding, received: Received, facts: Mapping[str, Any]) -> bool:
    return holding.counts and holding.source_sha256 == received.source_sha256 and dict(holding.facts) == dict(facts)


def _write_version(folder: Path, received: Received, facts: Mapping[str, Any]) -> None:
    shutil.copyfile(received.path, folder / f"{_SOURCE}{received.path.suffix.lower()}")
    (folder / _TEXT).write_text(received.document.text, "utf-8")
    record = {
        "document_id": received.document.document_id,
        "source_name": received.path.name,
        "source_sha256": received.source_sha256,
        "format": received.format.value,
        "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "facts": facts,
    }
    (folder / _RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=2, default=_plain), "utf-8")
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not a fact: {value!r}")


def _read_record(folder: Path, counts: bool) -> Holding:
    record = json.loads((folder / _RECORD).read_text("utf-8"))
    return Holding(
        document_id=record["document_id"],
        version=folder.name,
        source_name=record["source_name"],
        source_sha256=record["source_sha256"],
        format=record["format"],
        added_at=datetime.fromisoformat(record["added_at"]),
        facts=facts_of(record["document_id"], record["facts"]),
        counts=counts,
    )


def _pointer(folder: Path) -> str | None:
    path = folder / _CURRENT
    return path.read_text("utf-8").strip() if path.exists() else None


def _point(folder: Path, version: str) -> None:
    fresh = folder / f".{_CURRENT}"
    fresh.write_text(version + "\n", "utf-8")
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(folder / _CURRENT)
