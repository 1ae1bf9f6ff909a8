"""The files that documents were read from, as they came, and the versions that an office has added of a document."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from corpus.holdings import Holdings, UnknownHolding
from corpus.library import DOCUMENTS
from corpus.provisions import PolicyDocument
from corpus.readers import SUFFIXES, Format, read
from corpus.structure.cleaning import clean
from corpus.versions import DamagedHolding, Holding


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it came.

    format  that of its content, whatever its name ends in
    sha256  of its bytes, 64 hexadecimal digits
    """

    path: Path
    format: Format
    sha256: str


@dataclass(frozen=True, slots=True)
class Originals:
    """The originals of the documents that come with the program and of those added under home; None: none are added."""

    home: Path | None = None

    def of(self, document: PolicyDocument) -> Original | None:
        """The file that the text of a document was read from; None where it is no longer at hand.

        The text decides, not what counts now: another version may have been added since the library was read.
        """
        same = [each for each in self.versions(document.document_id) if self.text(each) == document.text]
        if same:
            return self.of_version(next((each for each in same if each.counts), same[-1]))
        shipped = _shipped(document.document_id)
        return shipped[0] if shipped and shipped[1] == document.text else None

    def of_version(self, holding: Holding) -> Original | None:
        """The file that a version was read from; None where it is no longer there."""
        if self.home is None:
            return None
        path = Holdings(self.home).source(holding)
        return Original(path, Format(holding.format), holding.source_sha256) if path.is_file() else None

    def versions(self, document_id: str) -> tuple[Holding, ...]:
        """The versions that were added of a document, oldest first; none of one that comes with the program only."""
        if self.home is None:
            return ()
        try:
            return Holdings(self.home).history(document_id)
        except UnknownHolding:
            return ()

    def text(self, holding: Holding) -> str | None:
        """The canonical text of a version; None where it can no longer be read."""
        if self.home is None:
            return None
        with suppress(DamagedHolding):
            return Holdings(self.home).text(holding)
        return None


@cache
def _shipped(document_id: str) -> tuple[Original, str] | None:
    """The file of a document that comes with the program, and its canonical text."""
    paths = (DOCUMENTS / f"{document_id}{suffix}" for suffix in sorted(SUFFIXES))
    path = next((each for each in paths if each.is_file()), None)
    if path is None:
        return None
    reading = read(path)
    return Original(path, reading.format, sha256(path.read_bytes()).hexdigest()), clean(reading.text).text
