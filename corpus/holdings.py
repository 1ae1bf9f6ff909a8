"""The documents that an office adds, kept in its data directory beside those that come with the program.

    home/documents/<document_id>/<version>/   source.<ext>, text.txt, record.json
    home/documents/<document_id>/current      the name of the version that counts; none where the document is removed
    home/documents/.adding-*                  a version not finished; swept by the next change

A version is complete before it gets its name, and the pointer is replaced in one step: a crash at any instant leaves
what was there. Nothing is ever overwritten; earlier versions stay, superseded.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock

from corpus.anticipated import AnticipatedQuestion, read_anticipated
from corpus.head.metadata import corrected, metadata_of
from corpus.library import Library, library_of, load_library
from corpus.provisions import DOCUMENT_ID, PolicyDocument
from corpus.receiving import Received, same_document
from corpus.replacing import flush
from corpus.structure.parser import parse
from corpus.versions import (
    DamagedHolding,
    Holding,
    counting,
    let_count,
    next_version,
    read_text,
    read_version,
    source_of,
    version_names,
    write_version,
)

DOCUMENTS = "documents"
QUESTIONS = "questions"
_ADDING = ".adding-"
_LONGEST_NAME = 255
"""Characters of a folder's name that file systems allow."""


class UnknownHolding(KeyError):
    """No document of that id, or no version of that name, was ever added."""


class IdTaken(ValueError):
    """Another document got the id since the library was read; the message is in Chinese."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"编号 {document_id} 刚被另一份文件占用，请再添加一次")


class Outcome(StrEnum):
    """What became of a file that was to be added.

    UNCHANGED   it is the version that counts
    SUPERSEDED  it was added before and another version has counted since, which stays
    """

    ADDED = "added"
    NEW_VERSION = "new version"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Holdings:
    """The documents added under a data directory."""

    home: Path

    def current(self) -> tuple[Holding, ...]:
        """The versions that count, by document_id. Raises DamagedHolding."""
        return tuple(
            read_version(folder, folder.name, version) for folder in self._folders() if (version := counting(folder))
        )

    def removed(self) -> tuple[Holding, ...]:
        """The last version of every document of which none counts."""
        away = (self.history(folder.name) for folder in self._folders() if not counting(folder))
        return tuple(versions[-1] for versions in away if versions)

    def history(self, document_id: str) -> tuple[Holding, ...]:
        """Every version of a document that can be read, oldest first. Raises UnknownHolding."""
        folder = self._folder(document_id)
        versions = []
        for name in version_names(folder):
            with suppress(DamagedHolding):
                versions.append(read_version(folder, document_id, name))
        return tuple(versions)

    def source(self, holding: Holding) -> Path:
        """The file as it was added."""
        return source_of(self._folder(holding.document_id), holding)

    def text(self, holding: Holding) -> str:
        """The canonical text of a version. Raises DamagedHolding."""
        return read_text(self._folder(holding.document_id), holding)

    def document(self, holding: Holding) -> PolicyDocument:
        """The document as it reads today: its canonical text is kept, its tree and metadata are worked out anew.

        Raises DamagedHolding.
        """
        text = self.text(holding)
        provisions = parse(text)
        metadata = metadata_of(text, provisions, Path(holding.source_name).stem)
        return PolicyDocument(holding.document_id, corrected(metadata, holding.facts), text, provisions)

    def add(self, received: Received, facts: Mapping[str, Any] | None = None) -> Outcome:
        """Keep a received file as the version that counts. The same bytes and facts again change nothing.

        Raises IdTaken, DamagedHolding, and OSError where the disk does not take it.
        """
        given = dict(facts or {})
        folder = self.home / DOCUMENTS / received.document.document_id
        with self._changing():
            versions = self.history(folder.name) if folder.is_dir() else ()
            if versions and not self._is_version_of(received, versions):
                raise IdTaken(folder.name)
            same = next((each for each in reversed(versions) if _is_same(each, received, given)), None)
            if same is not None:
                return _added_again(folder, same, versions)
            version = next_version(folder, received)
            building = self.home / DOCUMENTS / f"{_ADDING}{uuid4().hex}"
            building.mkdir()
            write_version(building, received, given)
            folder.mkdir(exist_ok=True)
            building.rename(folder / version)
            flush(folder.parent)
            let_count(folder, version)
        return Outcome.NEW_VERSION if versions else Outcome.ADDED

    def remove(self, document_id: str) -> None:
        """Take a document out of the library; its versions stay and it can be restored. Raises UnknownHolding."""
        with self._changing():
            let_count(self._folder(document_id), None)

    def restore(self, document_id: str, version: str | None = None) -> Holding:
        """Let a version count again, the latest if none is named. Raises UnknownHolding."""
        with self._changing():
            found = {each.version: each for each in self.history(document_id)}
            chosen = version or next(reversed(found), "")
            if chosen not in found:
                raise UnknownHolding(f"{document_id}@{chosen}")
            let_count(self._folder(document_id), chosen)
        return replace(found[chosen], counts=True)

    def _is_version_of(self, received: Received, versions: tuple[Holding, ...]) -> bool:
        known = self.document(next((each for each in versions if each.counts), versions[-1]))
        document = received.document
        return same_document(document.metadata, document.text, library_of((known,))) is not None

    def _folders(self) -> Iterator[Path]:
        root = self.home / DOCUMENTS
        folders = sorted(root.iterdir()) if root.is_dir() else []
        return (folder for folder in folders if DOCUMENT_ID.fullmatch(folder.name) and folder.is_dir())

    def _folder(self, document_id: str) -> Path:
        folder = self.home / DOCUMENTS / document_id
        is_id = DOCUMENT_ID.fullmatch(document_id) and len(document_id) <= _LONGEST_NAME
        if not is_id or not folder.is_dir():
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

    An added one takes the place of one that came with the program under the same id. What people call that, its region
    where none is printed, and the questions anticipated for articles that read the same go over to it.

    Raises DamagedHolding and AnticipatedError.
    """
    shipped, holdings = load_library(), Holdings(home)
    added = tuple(_named_as_before(holdings.document(each), shipped) for each in holdings.current())
    if not added:
        return shipped
    whole = library_of(tuple({**shipped.documents, **{each.document_id: each for each in added}}.values()))
    asked = {
        each.document_id: (*_still_asked(each, shipped), *read_anticipated(each, home / QUESTIONS)) for each in added
    }
    return replace(whole, anticipated={**shipped.anticipated, **asked})


def known_at(home: Path) -> Library:
    """The same with the documents that were removed: all that have an id, which no other document may get."""
    holdings, library = Holdings(home), library_at(home)
    for holding in holdings.removed():
        if holding.document_id not in library:
            with suppress(DamagedHolding):
                library = library.with_document(holdings.document(holding))
    return library


def _named_as_before(document: PolicyDocument, shipped: Library) -> PolicyDocument:
    """With the name and region that the manifest gives, where none is printed and nobody gave any."""
    if document.document_id not in shipped:
        return document
    facts, before = document.metadata, shipped.get(document.document_id).metadata
    known = replace(facts, names=facts.names or before.names, region=facts.region or before.region)
    return replace(document, metadata=known)


def _still_asked(document: PolicyDocument, shipped: Library) -> tuple[AnticipatedQuestion, ...]:
    if document.document_id not in shipped:
        return ()
    before = shipped.get(document.document_id)
    texts = {each.article_id: before.own_text(each) for each in before.walk()}
    same = {each.article_id for each in document.walk() if texts.get(each.article_id) == document.own_text(each)}
    return tuple(each for each in shipped.anticipated[document.document_id] if each.article_id in same)


def _is_same(holding: Holding, received: Received, facts: Mapping[str, Any]) -> bool:
    return holding.source_sha256 == received.source_sha256 and dict(holding.facts) == dict(facts)


def _added_again(folder: Path, same: Holding, versions: tuple[Holding, ...]) -> Outcome:
    """A version that is there: one newer than what counts was cut off when it was added, or an older was restored."""
    if same.counts:
        return Outcome.UNCHANGED
    superseding = any(each.counts for each in versions[versions.index(same) :])
    if superseding:
        return Outcome.SUPERSEDED
    let_count(folder, same.version)
    return Outcome.NEW_VERSION if any(each.counts for each in versions) else Outcome.ADDED
