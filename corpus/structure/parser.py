"""From canonical text to the tree of provisions. Pure: no files, no metadata, no repair.

How deep a number goes is said in `nesting`, where text without a number belongs in `unnumbered`, and how
ids and labels are made in `tree`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.provisions import CLOSING, PREAMBLE, Provision
from corpus.structure.annexes import Text, divide
from corpus.structure.closing import closing_starts
from corpus.structure.contents import without_contents
from corpus.structure.lists import Ahead, Earlier, Open, Path, follows, is_headed, last_sign
from corpus.structure.markers import ARTICLE_RANK, PARAGRAPH_RANK, Marker
from corpus.structure.nesting import Nesting
from corpus.structure.numerals import in_chinese
from corpus.structure.paragraphs import paragraphs_of
from corpus.structure.tree import Kind, Node, provisions_of
from corpus.structure.unnumbered import Here, depth_around, headings_of, is_heading

PREAMBLE_LABEL = "文首"
CLOSING_LABEL = "文末"
UNNUMBERED_LABEL = "续段"
LONGEST_HEADING = 30

_SENTENCE_END = re.compile(r"[。！？；：]|$")
# 第三条【适用范围】, 第三条（适用范围）
_BRACKETED = re.compile(r"[【（(〔](?P<heading>[^【】（）()〔〕。，；]{2,25})[】）)〕]")
# 第一部分：一类门诊特定病种
_TITLE_SIGNS = " \t\u3000\xa0：:、.．"


def parse(text: str) -> tuple[Provision, ...]:
    """The provisions of a canonical text, in the order printed; their own texts make up the text."""
    nodes: list[Node] = []
    for part in divide(without_contents(paragraphs_of(text))):
        _Reader(part, nodes).read()
    return provisions_of(nodes, len(text))


def heading_of(words: str) -> str:
    """The heading that a numbered paragraph opens with: its first sentence if short, else none."""
    first = words[: _SENTENCE_END.search(words).start()].strip()  # type: ignore[union-attr]  # $ always matches
    return first if len(first) <= LONGEST_HEADING else ""


class _Reader:
    """Reads one text of a file, paragraph by paragraph, and writes its nodes behind those of the texts before."""

    def __init__(self, text: Text, nodes: list[Node]) -> None:
        self._text = text
        self._paragraphs = text.paragraphs
        self._nodes = nodes
        self._ahead = Ahead(text.paragraphs)
        self._nesting = Nesting(self._ahead)
        self._headings = headings_of(text.paragraphs)
        self._path: Path = ()
        self._root: int | None = None
        self._unnumbered_at_top = 0

    def read(self) -> None:
        body = self._body_end()
        if self._text.label:
            self._root = self._write(Kind.PREAMBLE, 0, PREAMBLE, self._text.label, self._text.heading)
        for place in range(body):
            self._read_paragraph(place)
        if body < len(self._paragraphs):
            self._path = ()
            self._write(Kind.CLOSING, body, CLOSING, CLOSING_LABEL)

    def _body_end(self) -> int:
        """The place where the closing begins: behind the last number only."""
        marked = [place for place, paragraph in enumerate(self._paragraphs) if paragraph.marker]
        if not marked:
            return len(self._paragraphs)
        behind = marked[-1] + 1
        return behind + closing_starts(self._paragraphs[behind:])

    def _read_paragraph(self, place: int) -> None:
        marker = self._paragraphs[place].marker
        rank = None if marker is None else self._nesting.rank(self._path, place, marker)
        if marker is not None and rank is not None:
            self._open_numbered(place, marker, rank)
        elif place in self._headings:
            self._path = ()
            self._open_unnumbered(place, PARAGRAPH_RANK)
        elif self._path:
            self._read_unnumbered(place)
        elif place == 0 and self._root is None:
            self._write(Kind.PREAMBLE, place, PREAMBLE, PREAMBLE_LABEL)

    def _open_numbered(self, place: int, marker: Marker, rank: int) -> None:
        paragraph = self._paragraphs[place]
        kind = _kind(marker)
        above = tuple(node for node in self._path if node.rank < rank)
        before = self._path[len(above)] if len(self._path) > len(above) else None
        sibling = before if before and before.kind is kind and before.rank == rank else None
        self._path = above
        opened = Open(
            kind,
            rank,
            self._write(kind, place, _number(marker), marker.printed, self._heading(place, kind)),
            shape=sibling.shape if sibling else marker.shape.rank,
            number=marker.number,
            insertion=marker.insertion,
            printed=marker.printed,
            headed=not paragraph.words if kind is Kind.HEADING else is_headed(paragraph),
            ends=last_sign(paragraph),
            earlier=sibling.as_earlier() if sibling else Earlier(),
        )
        self._path = (*above, opened)

    def _heading(self, place: int, kind: Kind) -> str:
        paragraph = self._paragraphs[place]
        words = paragraph.words
        if kind is Kind.HEADING:
            below = self._paragraphs[place + 1 : place + 2]
            return words.strip(_TITLE_SIGNS) or "".join(line.text for line in below if is_heading(line))
        if kind is Kind.ARTICLE:
            bracketed = _BRACKETED.match(words)
            return bracketed["heading"] if bracketed else words if is_headed(paragraph) else ""
        heading = heading_of(words)
        in_statute = any(node.kind is Kind.ARTICLE for node in self._path)
        is_whole_item = paragraph.is_complete and heading == words.rstrip("；;。，,、")
        return "" if in_statute and is_whole_item else heading

    def _read_unnumbered(self, place: int) -> None:
        """Add the paragraph to the innermost node, or open what it is of its own."""
        depth = depth_around(Here(self._paragraphs, place, self._path, self._ahead))
        if depth is None:
            self._path = (*self._path[:-1], self._path[-1].with_paragraph(self._paragraphs[place]))
            return
        if depth and self._path[depth - 1].kind is Kind.PARAGRAPH:
            depth -= 1
        left = self._path[depth] if depth < len(self._path) else None
        self._path = self._path[:depth]
        if depth and self._path[-1].kind is Kind.ARTICLE:
            self._open_article_paragraph(place)
        else:
            self._open_unnumbered(place, self._rank_unnumbered(place, left))

    def _open_article_paragraph(self, place: int) -> None:
        """Open the next paragraph (款) of the article that is open."""
        article = self._path[-1]
        number = article.paragraphs + 1
        written = self._write(Kind.PARAGRAPH, place, str(number), f"第{in_chinese(number)}款")
        opened = Open(Kind.PARAGRAPH, PARAGRAPH_RANK, written, ends=last_sign(self._paragraphs[place]))
        self._path = (*self._path[:-1], replace(article, paragraphs=number), opened)

    def _rank_unnumbered(self, place: int, left: Open | None) -> int:
        """The rank of text without a number: around what it leads in, beside the item that follows the one left."""
        below = self._paragraphs[place + 1 : place + 2]
        following = below[0].marker if below else None
        if following is not None and following.shape.rank == ARTICLE_RANK:
            return ARTICLE_RANK - 1
        if left is None:
            return PARAGRAPH_RANK
        return left.rank if following is not None and follows(left, following) else left.rank - 1

    def _open_unnumbered(self, place: int, rank: int) -> None:
        paragraph = self._paragraphs[place]
        count = self._count_unnumbered()
        heading = paragraph.text if is_heading(paragraph) else ""
        label = heading or f"{UNNUMBERED_LABEL}{in_chinese(count) if count > 1 else ''}"
        written = self._write(Kind.UNNUMBERED, place, f"t{count}", label, heading)
        self._path = (*self._path, Open(Kind.UNNUMBERED, rank, written, printed=heading))

    def _count_unnumbered(self) -> int:
        """The number of the next text without a number in what is open."""
        if not self._path:
            self._unnumbered_at_top += 1
            return self._unnumbered_at_top
        around = self._path[-1]
        self._path = (*self._path[:-1], replace(around, unnumbered=around.unnumbered + 1))
        return around.unnumbered + 1

    def _write(self, kind: Kind, place: int, number: str, printed: str, heading: str = "") -> int:
        """Write a node that stands in what is open; its place among the nodes."""
        owner = self._path[-1].place if self._path and kind is not Kind.ARTICLE else None
        at_top = owner is None and self._root is not None
        self._nodes.append(
            Node(
                kind,
                self._paragraphs[place].start,
                parent=self._path[-1].place if self._path else self._root,
                owner=owner,
                number=number,
                printed=f"{self._text.label}{printed}" if at_top else printed,
                heading=heading,
                annex=self._text.number,
            )
        )
        return len(self._nodes) - 1


def _kind(marker: Marker) -> Kind:
    if marker.shape.is_heading:
        return Kind.HEADING
    return Kind.ARTICLE if marker.shape.rank == ARTICLE_RANK else Kind.ITEM


def _number(marker: Marker) -> str:
    insertion = f"-{marker.insertion}" if marker.insertion else ""
    return f"{marker.shape.letter}{marker.number}{insertion}"
