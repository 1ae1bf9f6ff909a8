"""A citation is a value: a range of one article of one document, pinned by the hash of the text it was taken from.

`text[start:end]` is the quotation, always: one contiguous range inside one article (its children included).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from corpus.provisions import PolicyDocument, Provision

_PRINTED = re.compile(
    r"(?P<document_id>[^#\s]+)#(?P<article_id>[^@\s]+)"
    r"@(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})/(?P<sha256>[0-9a-f]{64})"
)


class CitationError(ValueError):
    """A citation that does not hold for the document it names."""


@dataclass(frozen=True, slots=True)
class Citation:
    """document_id, article_id and the half-open code-point range start:end in the canonical text."""

    document_id: str
    article_id: str
    start: int
    end: int
    document_sha256: str

    def __str__(self) -> str:
        return f"{self.document_id}#{self.article_id}@{self.start}-{self.end}/{self.document_sha256}"

    @classmethod
    def parse(cls, printed: str) -> Self:
        """The reverse of str(); raises CitationError."""
        match = _PRINTED.fullmatch(printed)
        if match is None:
            raise CitationError(f"不是引文编号：{printed[:80]}")
        return cls(match["document_id"], match["article_id"], int(match["start"]), int(match["end"]), match["sha256"])

    def quote(self, document: PolicyDocument) -> str:
        """The words cited. Raises CitationError where the citation does not hold for this document."""
        check(self, document)
        return document.text[self.start : self.end]


def cite(document: PolicyDocument, provision: Provision, start: int | None = None, end: int | None = None) -> Citation:
    """Cite start:end of a provision, or its own text whole, without the blank space around it.

    Raises CitationError where the range leaves the provision or holds no text.
    """
    first = provision.start if start is None else start
    last = provision.end if end is None else end
    words = document.text[first:last]
    first += len(words) - len(words.lstrip())
    last -= len(words) - len(words.rstrip())
    citation = Citation(document.document_id, provision.article_id, first, last, document.sha256)
    check(citation, document)
    return citation


def check(citation: Citation, document: PolicyDocument) -> None:
    """Raises CitationError unless the citation holds: right document, same text, inside the article, not blank."""
    if citation.document_id != document.document_id:
        raise CitationError(f"引文属于 {citation.document_id}，不属于 {document.document_id}")
    if citation.document_sha256 != document.sha256:
        raise CitationError(f"{document.document_id} 的文本与引文所依据的版本不同")
    if not document.has(citation.article_id):
        raise CitationError(f"{document.document_id} 没有条目 {citation.article_id}")
    provision = document.find(citation.article_id)
    if not provision.start <= citation.start < citation.end <= provision.subtree_end:
        raise CitationError(f"引文范围 {citation.start}–{citation.end} 超出条目 {citation.article_id}")
    if not document.text[citation.start : citation.end].strip():
        raise CitationError(f"引文范围 {citation.start}–{citation.end} 没有文字")
