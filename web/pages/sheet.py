"""The text of a document as its page shows it, with words marked and words that lead on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.provisions import PREAMBLE, PolicyDocument, Provision
from corpus.relations.resolution import Link
from web import links
from web.pages.marking import Piece, Range, pieces
from web.pages.outlines import listed

_Lead = tuple[int, int, str]
"""start:end of words that lead somewhere, and where."""


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces of a paragraph in a row.

    url    where the words lead to, None where they lead nowhere
    hit    the number of the place found that they are in, 0 where they are in none
    opens  whether that place begins with them
    """

    pieces: tuple[Piece, ...]
    url: str | None
    hit: int = 0
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A provision's own text, a paragraph a line; the runs of a paragraph in order are its words.

    rank     of its heading among the headings of the page, 2 to 6; 0 where it is not a heading alone
    listed   whether the outline lists it
    """

    article_id: str
    label: str
    level: int
    rank: int
    cited: bool
    listed: bool
    paragraphs: tuple[tuple[Run, ...], ...]


def sections(
    document: PolicyDocument, mark: Range | None, named: Iterable[Link] = (), hits: Sequence[Range] = ()
) -> tuple[Section, ...]:
    """The whole text, provision by provision.

    mark is the range cited, named what the document names, hits the places found in it, in order and apart.
    """
    leads: dict[str, list[_Lead]] = {}
    for link in named:
        if url := _url_in_text(link):
            place = link.reference
            leads.setdefault(place.article_id, []).append((place.start, place.end, url))
    ids, ranks = listed(document), _ranks(document)
    return tuple(
        Section(
            article_id=provision.article_id,
            label=provision.label,
            level=provision.level,
            rank=ranks.get(provision.article_id, 0),
            cited=mark is not None and mark[0] < provision.end and provision.start < mark[1],
            listed=provision.article_id in ids,
            paragraphs=_paragraphs(document.text, provision, mark, leads.get(provision.article_id, ()), hits),
        )
        for provision in document.walk()
    )


def mark_of(document: PolicyDocument, start: str, end: str) -> Range | None:
    """The range that a page is asked to mark, clamped to the text; None where it is no range."""
    if not all(number.isascii() and number.isdecimal() and len(number) < 10 for number in (start, end)):
        return None
    first, last = int(start), min(int(end), len(document.text))
    return (first, last) if first < last else None


def _url_in_text(link: Link) -> str | None:
    """Where words in the text lead: nowhere where they mean the article that they stand in, or their own document.

    Where the number may by now be another article's, to the document and not to the article.
    """
    place, target = link.reference, link.target
    if target is None:
        return None
    if target.document_id != place.document_id:
        return links.document_url(target.document_id) if target.revised else links.target_url(target)
    elsewhere = target.article_id not in (None, place.article_id)
    return links.article_url(target.article_id) if target.article_id and elsewhere else None


def _ranks(document: PolicyDocument) -> dict[str, int]:
    """Of the provisions that are headings: one below the nearest heading around them, below the page's own 1."""
    ranks: dict[str, int] = {}
    around: dict[str | None, int] = {None: 1}
    for provision in document.walk():
        around[provision.article_id] = around[provision.parent]
        if _is_heading(document.text, provision):
            ranks[provision.article_id] = around[provision.article_id] = min(around[provision.parent] + 1, 6)
    return ranks


def _is_heading(text: str, provision: Provision) -> bool:
    """Whether number and heading are all that it says for itself."""
    lines = _lines(text, provision)
    opening = _opening(text, provision, lines[0]) if len(lines) == 1 else None
    return opening is not None and opening[1] >= lines[0][1] - 1


def _paragraphs(
    text: str, provision: Provision, mark: Range | None, leads: Iterable[_Lead], hits: Sequence[Range]
) -> tuple[tuple[Run, ...], ...]:
    lines = _lines(text, provision)
    opening = _opening(text, provision, lines[0]) if lines else None
    marks, strong = [mark] if mark else [], [opening] if opening else []
    return tuple(
        tuple(
            Run(pieces(text, span, marks, strong), url, number, opens)
            for led, url in _spans(line, leads)
            for span, number, opens in _found(led, hits)
        )
        for line in lines
    )


def _found(span: Range, hits: Sequence[Range]) -> Iterator[tuple[Range, int, bool]]:
    """A span cut at the places found: with the number of the place, and whether it begins there."""
    at, span_end = span
    for number in range(bisect_right(hits, at, key=lambda hit: hit[1]), len(hits)):
        start, end = hits[number]
        if start >= span_end:
            break
        if at < start:
            yield (at, start), 0, False
        yield (max(at, start), min(end, span_end)), number + 1, at <= start
        at = min(end, span_end)
    if at < span_end:
        yield (at, span_end), 0, False


def _spans(line: Range, leads: Iterable[_Lead]) -> Iterator[tuple[Range, str | None]]:
    """A line cut at the words that lead somewhere; of words that overlap, the first."""
    at, line_end = line
    for start, end, url in leads:
        if at <= start < end <= line_end:
            if at < start:
                yield (at, start), None
            yield (start, end), url
            at = end
    if at < line_end:
        yield (at, line_end), None


def _lines(text: str, provision: Provision) -> list[Range]:
    """The lines of its own text that are not blank, without their line feeds."""
    ranges: list[Range] = []
    at = provision.start
    for line in text[provision.start : provision.end].splitlines(keepends=True):
        if line.strip():
            ranges.append((at, at + len(line.rstrip())))
        at += len(line)
    return ranges


def _opening(text: str, provision: Provision, line: Range) -> Range | None:
    """Number and heading at the head of an article, to be set in bold."""
    if provision.article_id == PREAMBLE or not provision.heading:
        return None
    found = text.find(provision.heading, *line)
    return (line[0], found + len(provision.heading)) if found >= 0 else None
