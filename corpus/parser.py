"""From canonical text to the tree of provisions. Pure: no files, no metadata, no repair.

The article_id is the path of the numbers as printed. A mark goes where its shape ranks, with one exception that real
documents need: after （二） a mark printed （3） is the third of that list, not the third of a list that never began.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.closing import closing_starts
from corpus.markers import Marker, is_misread, read_marker
from corpus.provisions import CLOSING, PREAMBLE, Provision

PREAMBLE_LABEL = "文首"
CLOSING_LABEL = "文末"
LONGEST_HEADING = 30

_SENTENCE_END = re.compile(r"[。！？；：]|$")


class ParseError(ValueError):
    """A text that cannot be made into a tree without losing or misnumbering something."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A line of canonical text, start:end taking its line feed in."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Open:
    """An article still open while reading: the rank that its list has, its number, printed mark and id."""

    rank: int
    number: int
    printed: str
    article_id: str


def parse(text: str) -> tuple[Provision, ...]:
    """The provisions of a canonical text, in the order printed; their own texts make up the text.

    Raises ParseError where two articles would get the same id.
    """
    paragraphs = tuple(_paragraphs(text))
    provisions = [*_articles(paragraphs, text)]
    _refuse_duplicates(provisions)
    return tuple(_with_subtrees(_with_closing(provisions, paragraphs, text)))


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield _Paragraph(start, start + len(line), line.rstrip("\n"))
        start += len(line)


def _articles(paragraphs: tuple[_Paragraph, ...], text: str) -> Iterator[Provision]:
    """The preamble and every numbered article, each with its own text's range."""
    path: tuple[_Open, ...] = ()
    begun = Provision(PREAMBLE, PREAMBLE_LABEL, "", 1, None, 0, 0, 0)
    for paragraph in paragraphs:
        marker = read_marker(paragraph.text)
        if marker is None or (placed := _place(marker, path)) is None:
            continue
        if paragraph.start > begun.start or begun.article_id != PREAMBLE:
            yield _until(begun, paragraph.start)
        path = placed
        begun = _begin(path, paragraph, marker)
    if len(text) > begun.start:
        yield _until(begun, len(text))


def _place(marker: Marker, path: tuple[_Open, ...]) -> tuple[_Open, ...] | None:
    """The path to the article that a mark opens, or None where the mark is not believed."""
    rank = _rank(marker, path)
    above = tuple(node for node in path if node.rank < rank)
    if is_misread(marker) and not any(node.rank == rank and node.number + 1 == marker.number for node in path):
        return None
    prefix = f"{above[-1].article_id}." if above else ""
    return (*above, _Open(rank, marker.number, marker.printed, f"{prefix}{marker.number}"))


def _rank(marker: Marker, path: tuple[_Open, ...]) -> int:
    """The shape's own rank, but that of the innermost list where a bracketed number can only continue it."""
    rank = marker.shape.rank
    if not path or marker.number == 1 or any(node.rank == rank for node in path):
        return rank
    last = path[-1]
    bracketed = last.printed.startswith("（") and marker.printed.startswith("（")
    return last.rank if bracketed and marker.number == last.number + 1 else rank


def _begin(path: tuple[_Open, ...], paragraph: _Paragraph, marker: Marker) -> Provision:
    return Provision(
        article_id=path[-1].article_id,
        label="".join(node.printed for node in path),
        heading=heading_of(paragraph.text[marker.length :]),
        level=len(path),
        parent=path[-2].article_id if len(path) > 1 else None,
        start=paragraph.start,
        end=paragraph.end,
        subtree_end=paragraph.end,
    )


def heading_of(words: str) -> str:
    """The heading that a numbered paragraph opens with: its first sentence if short, else none."""
    first = words[: _SENTENCE_END.search(words).start()].strip()  # type: ignore[union-attr]  # $ always matches
    return first if len(first) <= LONGEST_HEADING else ""


def _until(provision: Provision, end: int) -> Provision:
    return replace(provision, end=end, subtree_end=end)


def _refuse_duplicates(provisions: list[Provision]) -> None:
    seen: set[str] = set()
    for provision in provisions:
        if provision.article_id in seen:
            raise ParseError(f"编号重复：{provision.label}（{provision.article_id}）")
        seen.add(provision.article_id)


def _with_closing(provisions: list[Provision], paragraphs: tuple[_Paragraph, ...], text: str) -> list[Provision]:
    """Cut the signature, date, annex list and print line off the last article."""
    if not provisions or provisions[-1].article_id == PREAMBLE:
        return provisions
    last = provisions[-1]
    own = [paragraph for paragraph in paragraphs if last.start <= paragraph.start < last.end]
    first_closing = 1 + closing_starts([paragraph.text for paragraph in own[1:]])
    if first_closing == len(own):
        return provisions
    start = own[first_closing].start
    closing = Provision(CLOSING, CLOSING_LABEL, "", 1, None, start, len(text), len(text))
    return [*provisions[:-1], _until(last, start), closing]


def _with_subtrees(provisions: list[Provision]) -> Iterator[Provision]:
    """Stretch every article over its descendants: up to the next one that is not deeper."""
    for place, provision in enumerate(provisions):
        subtree_end = provision.end
        for before, after in pairwise(provisions[place:]):
            if after.level <= provision.level:
                break
            subtree_end = max(before.end, after.end)
        yield replace(provision, subtree_end=subtree_end)
