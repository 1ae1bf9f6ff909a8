"""The documents at hand, by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from corpus.anticipated import QUESTIONS, AnticipatedQuestion, read_anticipated
from corpus.head.metadata import corrected, metadata_of
from corpus.head.regions import NATIONAL as NATIONAL  # part of what a library is: national documents come first
from corpus.manifest import read_manifest
from corpus.provisions import PolicyDocument
from corpus.readers import SUFFIXES, read
from corpus.relations.catalogue import Catalogue, catalogue_of
from corpus.relations.resolution import Links, links_of
from corpus.relations.validity import Validity, validity_of
from corpus.structure.cleaning import clean
from corpus.structure.parser import parse

DOCUMENTS = Path(__file__).with_name("documents")


class UnknownDocument(KeyError):
    """The library has no document with the id asked for."""

    def __init__(self, document_id: str) -> None:
        super().__init__(document_id)
        self.document_id = document_id


@dataclass(frozen=True)
class Library:
    """Documents in the order that answers show them: national ones first, newer before older.

    anticipated  questions expected of each document, by document_id
    """

    documents: Mapping[str, PolicyDocument]
    anticipated: Mapping[str, tuple[AnticipatedQuestion, ...]] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[PolicyDocument]:
        return iter(self.documents.values())

    def __len__(self) -> int:
        return len(self.documents)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self.documents

    def get(self, document_id: str) -> PolicyDocument:
        """Raises UnknownDocument."""
        try:
            return self.documents[document_id]
        except KeyError:
            raise UnknownDocument(document_id) from None

    def with_document(self, document: PolicyDocument) -> Library:
        """The library with this document, in place of one of the same id."""
        whole = library_of((*(each for each in self if each.document_id != document.document_id), document))
        return replace(whole, anticipated=self.anticipated)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The documents by number and title."""
        return catalogue_of(self)

    @cached_property
    def links(self) -> Links:
        """What its documents name of each other, and what they name that it does not have."""
        return links_of(self.catalogue)

    @cached_property
    def validity(self) -> Mapping[str, Validity]:
        """When each document is in force, by document_id, as far as the library says."""
        return validity_of(self.catalogue)


def library_of(documents: Iterator[PolicyDocument] | tuple[PolicyDocument, ...]) -> Library:
    """A library of these documents, put in order."""
    ordered = sorted(documents, key=_order)
    return Library(MappingProxyType({document.document_id: document for document in ordered}))


def load_document(path: Path, known: Mapping[str, Any] | None = None) -> PolicyDocument:
    """Read, clean and parse one file. Its stem is its document_id.

    Its metadata is what the text prints, corrected by the facts given, else by its entry in the manifest beside it.
    Raises UnreadableFile, ManifestError, and ValueError where the stem is not a document_id.
    """
    text = clean(read(path).text).text
    provisions = parse(text)
    given = read_manifest(path.parent).get(path.stem, {}) if known is None else known
    return PolicyDocument(path.stem, corrected(metadata_of(text, provisions, path.stem), given), text, provisions)


def load_library(directory: Path = DOCUMENTS) -> Library:
    """Every readable document of a directory, with the facts its manifest gives and the questions expected of it."""
    manifest = read_manifest(directory)
    files = (path for path in directory.iterdir() if path.suffix in SUFFIXES)
    library = library_of(tuple(load_document(path, manifest.get(path.stem, {})) for path in files))
    questions = directory.with_name(QUESTIONS.name)
    return replace(
        library, anticipated={document.document_id: read_anticipated(document, questions) for document in library}
    )


def _order(document: PolicyDocument) -> tuple[bool, int, str]:
    issued = document.metadata.issued_on
    return (
        document.metadata.region != NATIONAL,
        -issued.toordinal() if issued else 0,
        document.document_id,
    )
