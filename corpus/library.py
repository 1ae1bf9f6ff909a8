"""The documents at hand, by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from corpus.anticipated import QUESTIONS, AnticipatedQuestion, read_anticipated
from corpus.cleaning import clean
from corpus.manifest import read_manifest
from corpus.parser import parse
from corpus.provisions import Metadata, PolicyDocument
from corpus.readers import READERS, read

DOCUMENTS = Path(__file__).with_name("documents")
NATIONAL = "全国"


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


def library_of(documents: Iterator[PolicyDocument] | tuple[PolicyDocument, ...]) -> Library:
    """A library of these documents, put in order."""
    ordered = sorted(documents, key=_order)
    return Library(MappingProxyType({document.document_id: document for document in ordered}))


def load_document(path: Path, metadata: Metadata | None = None) -> PolicyDocument:
    """Read, clean and parse one file. Its stem is its document_id.

    Its metadata is what is given, else the entry of the manifest beside it, else its first line as title.
    Raises UnreadableFile, ParseError, ManifestError, and ValueError where the stem is not a document_id.
    """
    text = clean(read(path)).text
    known = metadata or read_manifest(path.parent).get(path.stem) or Metadata(title=text.partition("\n")[0])
    return PolicyDocument(path.stem, known, text, parse(text))


def load_library(directory: Path = DOCUMENTS) -> Library:
    """Every readable document of a directory, with the facts its manifest gives and the questions expected of it."""
    manifest = read_manifest(directory)
    files = (path for path in directory.iterdir() if path.suffix in READERS)
    library = library_of(tuple(load_document(path, manifest.get(path.stem)) for path in files))
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
