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

from corpus.head.history import Event

PREAMBLE = "0"
"""article_id of the text before the first number: heading, notice, preamble."""
CLOSING = "end"
"""article_id of the text after the last article: signature, date, list of annexes, print line."""

DOCUMENT_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
# 3; 3-1 for 第三条之一; 3~2 for the second that bears the number 3
_NUMBER = r"[1-9]\d*(?:-[1-9]\d*)*(?:~[1-9]\d*)?"
# c2 for 第二章; b 编, f 分编, p 部分, s 节, t a text without a number
_HEADING = rf"[bfpcst]{_NUMBER}"
ARTICLE_ID = re.compile(rf"(?:a{_NUMBER}:)?(?:0|end|(?:{_HEADING}|{_NUMBER})(?:\.(?:{_HEADING}|{_NUMBER}))*)", re.ASCII)
"""What an article_id looks like; how it is made is said in corpus.structure.tree."""


# Numbered, or text of its own between numbers; in an annex or under a heading as well.
_RULING = re.compile(r"(?:a[^:]+:)?(?:[bfpcs][^.]*\.)*(?:t\d|[1-9])", re.ASCII)


def is_ruling(article_id: str) -> bool:
    """Whether an article can rule on something: it is neither a head nor a closing nor the heading of a chapter."""
    return _RULING.match(article_id) is not None


class UnknownProvision(KeyError):
    """A document has no provision with the article_id asked for."""

    def __init__(self, document_id: str, article_id: str) -> None:
        super().__init__(f"{document_id}#{article_id}")
        self.document_id = document_id
        self.article_id = article_id


@dataclass(frozen=True, slots=True)
class Metadata:
    """The facts of a document, as printed in it. What is not printed is None or empty, never guessed.

    title            of the text itself, without the issuing bodies before it; not that of the notice it came with
    document_number  发文字号, or the number of the order that published it
    issuers          发文机关; of a statute, the body that passed it
    issued_on        成文日期; of a statute, the day of the last act that made it what it is: passed, approved,
                     published, revised or amended
    region           from the province down («广东省广州市天河区»), or 全国
    status           时效 as the document, its page or the manifest puts it («现行有效»)
    names            what people call it besides its title and number: «长宁方案», «40号文»; from the manifest only
    cover_title      of the notice that issued the text, where the document holds both
    printed_on       印发日期, from the print line
    published_on     the day a web page says that it was put up
    effective_on     first day in force
    expires_on       last day of the term that it sets itself
    repealed_on      first day on which it is no longer in force, where its page or the manifest says so
    addressees       主送机关, as printed, without the colon
    annexes          titles of the annexes
    history          of a statute: passed, approved, published, revised, amended, in the order printed
    """

    title: str
    document_number: str | None = None
    issuers: tuple[str, ...] = ()
    issued_on: date | None = None
    region: str | None = None
    status: str | None = None
    names: tuple[str, ...] = ()
    cover_title: str | None = None
    printed_on: date | None = None
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    repealed_on: date | None = None
    addressees: str | None = None
    annexes: tuple[str, ...] = ()
    history: tuple[Event, ...] = ()


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
