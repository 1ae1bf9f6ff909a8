"""Receiving a file: from its bytes to a document with an account of what became of them. Nothing is kept yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from itertools import count
from pathlib import Path
from typing import Any

from corpus.head.document_numbers import normal_number
from corpus.head.metadata import corrected, metadata_of
from corpus.library import Library
from corpus.naming import document_id_of, printable
from corpus.provisions import Metadata, PolicyDocument
from corpus.readers import Format, read
from corpus.relations.catalogue import normal_title
from corpus.structure.cleaning import clean
from corpus.structure.conservation import Conservation, conservation
from corpus.structure.parser import parse

_MOSTLY = 0.5


@dataclass(frozen=True)
class Received:
    """A file that was read.

    source_sha256  of the file's bytes, 64 hexadecimal digits
    notes          what a person should know before relying on the text, in Chinese
    report         what became of every character
    """

    path: Path
    source_sha256: str
    format: Format
    document: PolicyDocument
    notes: tuple[str, ...]
    report: Conservation

    @property
    def name(self) -> str:
        """The file's name, as it can be printed."""
        return printable(self.path.name)


def receive(path: Path, library: Library, known: Mapping[str, Any] | None = None) -> Received:
    """Read, clean and parse a file and find its metadata, corrected by the facts given.

    It gets the id of the document of the library that it is another copy or version of, else a new one. Raises
    UnreadableFile.
    """
    reading = read(path)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    cleaned = clean(reading.text)
    provisions = parse(cleaned.text)
    metadata = corrected(metadata_of(cleaned.text, provisions, printable(path.stem)), known or {})
    document_id = same_document(metadata, cleaned.text, library) or _free_id(document_id_of(metadata), library)
    return Received(
        path=path,
        source_sha256=digest,
        format=reading.format,
        document=PolicyDocument(document_id, metadata, cleaned.text, provisions),
        notes=reading.notes,
        report=conservation(reading.text, cleaned, provisions, reading.dropped),
    )


def same_document(metadata: Metadata, text: str, library: Library) -> str | None:
    """The id of the document of the library that a text is a copy or a version of.

    It has the same text, whatever facts are given of it; or the same title, and the same number, or the same date and
    region. Where no date or no region is known, half of it must be in common, line by line: many papers are called
    «工作方案». Another date is another edition, a document of its own.
    """
    copied = next((each.document_id for each in library if each.text == text), None)
    if copied is not None:
        return copied
    for document_id in library.catalogue.named(metadata.title, metadata.document_number):
        known = library.get(document_id).metadata
        if normal_title(known.title) != normal_title(metadata.title):
            continue
        if _number(metadata) and _number(known) == _number(metadata):
            return document_id
        elsewhere = known.region and metadata.region and known.region != metadata.region
        if elsewhere or known.issued_on != metadata.issued_on:
            continue
        is_certain = metadata.issued_on and metadata.region and known.region
        if is_certain or _in_common(text, library.get(document_id).text) >= _MOSTLY:
            return document_id
    return None


def _number(metadata: Metadata) -> str:
    return normal_number(metadata.document_number) if metadata.document_number else ""


def _in_common(text: str, other: str) -> float:
    """The share of the shorter one's lines that the other has as well, by length: headings are soon alike."""
    lines, others = set(text.splitlines()), set(other.splitlines())
    return _length(lines & others) / max(1, min(_length(lines), _length(others)))


def _length(lines: set[str]) -> int:
    return sum(map(len, lines))


def _free_id(wanted: str, library: Library) -> str:
    return next(each for each in _numbered(wanted) if each not in library)


def _numbered(document_id: str) -> Iterator[str]:
    yield document_id
    yield from (f"{document_id}-{number}" for number in count(2))
