"""The domain model: a policy document and the provisions it is made of.

All offsets are code points in the document's canonical text. The own texts of the provisions, in order, make up
the whole canonical text, so nothing a document says lies outside its tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256

PREAMBLE = "0"
"""article_id of the text before the first number: heading, notice, preamble."""
CLOSING = "end"
"""article_id of the text after the last article: signature, date, list of annexes, print line."""

DOCUMENT_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
ARTICLE_ID = re.compile(r"(?:a[1-9]\d*:)?(?:0|end|[1-9]\d*(?:\.[1-9]\d*)*)", re.ASCII)


class UnknownProvision(KeyError):
    """A document has no provision with the article_id asked for."""

    def __init__(self, document_id: str, article_id: str) -> None:
        super().__init__(f"{document_id}#{article_id}")
        self.document_id = document_id
        self.article_id = article_id


@dataclass(frozen=True, slots=True)
class Metadata:
    """The facts of a document's head, as printed in it. What is not printed is None or empty, never guessed."""

    title: str
    document_number: str | None = None
    issuers: tuple[str, ...] = ()
    issued_on: date | None = None
    region: str | None = None
    status: str | None = None
    names: tuple[str, ...] = ()
    """What people call it besides its title and number: «长宁方案», «40号文»."""


@dataclass(frozen=True, slots=True)
class Provision:
    """A node of the tree.

    start:end          its own text: number line and paragraphs up to its first child
    start:subtree_end  with its children
    """

    article_id: str
    label: str
    heading: str
    level: int
    parent: str | None
    start: int
    end: int
    subtree_end: int

    def __post_init__(self) -> None:
        if not ARTICLE_ID.fullmatch(self.article_id):
            raise ValueError(f"not an article_id: {self.article_id!r}")
        if not 0 <= self.start <= self.end <= self.subtree_end:
            raise ValueError(f"{self.article_id}: ranges out of order")


@dataclass(frozen=True)
class PolicyDocument:
    """A document: its canonical text, the tree over it and the facts of its head.

    Raises ValueError where the provisions do not tile the text or two of them share an article_id.
    """

    document_id: str
    metadata: Metadata
    text: str = field(repr=False)
    provisions: tuple[Provision, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not DOCUMENT_ID.fullmatch(self.document_id):
            raise ValueError(f"文件编号只能用小写字母、数字和连字符：{self.document_id}")
        if len(self._by_id) != len(self.provisions):
            raise ValueError(f"{self.document_id}: two provisions share an article_id")
        at = 0
        for provision in self.provisions:
            if provision.start != at:
                raise ValueError(f"{self.document_id}#{provision.article_id}: text before it is in no provision")
            at = provision.end
        if at != len(self.text):
            raise ValueError(f"{self.document_id}: text after the last provision is in none")

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical text in UTF-8, as 64 hexadecimal digits."""
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def _by_id(self) -> dict[str, Provision]:
        return {provision.article_id: provision for provision in self.provisions}

    def walk(self) -> Iterator[Provision]:
        """Every provision, in the order printed."""
        return iter(self.provisions)

    def has(self, article_id: str) -> bool:
        return article_id in self._by_id

    def find(self, article_id: str) -> Provision:
        """The provision with that article_id; raises UnknownProvision."""
        try:
            return self._by_id[article_id]
        except KeyError:
            raise UnknownProvision(self.document_id, article_id) from None

    def children(self, article_id: str) -> tuple[Provision, ...]:
        return tuple(provision for provision in self.provisions if provision.parent == article_id)

    def ancestors(self, provision: Provision) -> tuple[Provision, ...]:
        """Its ancestors, outermost first, itself left out."""
        above: list[Provision] = []
        while provision.parent is not None:
            provision = self.find(provision.parent)
            above.append(provision)
        return tuple(reversed(above))

    def headings(self, provision: Provision) -> tuple[str, ...]:
        """The headings above it and its own, outermost first; empty ones left out."""
        return tuple(node.heading for node in (*self.ancestors(provision), provision) if node.heading)

    def own_text(self, provision: Provision) -> str:
        return self.text[provision.start : provision.end]

    def whole_text(self, provision: Provision) -> str:
        """Its text with that of its children."""
        return self.text[provision.start : provision.subtree_end]
