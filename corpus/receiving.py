"""Receiving a file: from its bytes to a document with an account of what became of them. Nothing is kept yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from itertools import count
from pathlib import Path
from typing import Any

from corpus.head.metadata import corrected, metadata_of
from corpus.library import Library
from corpus.naming import document_id_of
from corpus.provisions import Metadata, PolicyDocument
from corpus.readers import Format, read
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
    metadata = corrected(metadata_of(cleaned.text, provisions, path.stem), known or {})
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

    It has the same title, and the same number, or the same date and region, or, where neither prints a date, half of
    its lines in common: many papers are called «工作方案». Another date is another edition, a document of its own.
    """
    for document_id in library.catalogue.named(metadata.title, metadata.document_number):
        known = library.get(document_id).metadata
        if known.title != metadata.title:
            continue
        if metadata.document_number and known.document_number == metadata.document_number:
            return document_id
        if (known.issued_on, known.region) != (metadata.issued_on, metadata.region):
            continue
        if metadata.issued_on or _in_common(text, library.get(document_id).text) >= _MOSTLY:
            return document_id
    return None


def _in_common(text: str, other: str) -> float:
    """The share of the shorter one's lines that the other has as well."""
    lines, others = set(text.splitlines()), set(other.splitlines())
    return len(lines & others) / max(1, min(len(lines), len(others)))


def _free_id(wanted: str, library: Library) -> str:
    return next(each for each in _numbered(wanted) if each not in library)


def _numbered(document_id: str) -> Iterator[str]:
    yield document_id
    yield from (f"{document_id}-{number}" for number in count(2))
