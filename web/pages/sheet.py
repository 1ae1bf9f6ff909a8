"""The text of a document as its page shows it, with words marked and words that lead on; and its outline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.provisions import PREAMBLE, PolicyDocument, Provision
from corpus.relations.resolution import Link
from web import links
from web.pages.marking import Piece, Range, pieces

OUTLINE_WORDS = 18
"""Characters of an article without a heading that stand for it in the outline."""
# The last part of a label that names a place without a printed number: 第二款, 续段.
_UNNUMBERED = re.compile(r"(?:第[^第]{1,4}款|续段[一二三四五六七八九十]*)$")
# The same, of an article of a statute: 第三条, 第二十条之一.
_ARTICLE = re.compile(r"第[^第条]{1,8}条(?:之[一二三四五六七八九十])?$")

_Lead = tuple[int, int, str]
"""start:end of words that lead somewhere, and where."""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the outline: the number as printed and the heading, or the first words."""

    article_id: str
    words: str
    level: int
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces of a paragraph in a row; url is where the words lead to, None where they lead nowhere."""

    pieces: tuple[Piece, ...]
    url: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """A provision's own text, a paragraph a line; the runs of a paragraph in order are its words."""

    article_id: str
    label: str
    level: int
    is_heading: bool
    cited: bool
    paragraphs: tuple[tuple[Run, ...], ...]


def sections(document: PolicyDocument, mark: Range | None, named: Iterable[Link] = ()) -> tuple[Section, ...]:
    """The whole text, provision by provision; mark is the range cited, named what the document names."""
    leads: dict[str, list[_Lead]] = {}
    for link in named:
        if url := _url_in_text(link):
            place = link.reference
            leads.setdefault(place.article_id, []).append((place.start, place.end, url))
    return tuple(
        _section(document, provision, mark, leads.get(provision.article_id, ())) for provision in document.walk()
    )


def outline(document: PolicyDocument) -> tuple[OutlineEntry, ...]:
    """The provisions that a reader looks for, in the order printed.

    Paragraphs that bear no number, and what an article of a statute counts up without a heading, are left to the text.
    """
    listed: set[str | None] = {None}
    for provision in document.walk():
        if provision.parent in listed and _is_listed(document, provision):
            listed.add(provision.article_id)
    return tuple(_outline_entry(document, each) for each in document.walk() if each.article_id in listed)


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


def _section(document: PolicyDocument, provision: Provision, mark: Range | None, leads: Iterable[_Lead]) -> Section:
    lines = _lines(document.text, provision)
    opening = _opening(document.text, provision, lines[0]) if lines else None
    marks, strong = [mark] if mark else [], [opening] if opening else []
    return Section(
        article_id=provision.article_id,
        label=provision.label,
        level=provision.level,
        is_heading=opening is not None and len(lines) == 1 and opening[1] >= lines[0][1] - 1,
        cited=mark is not None and mark[0] < provision.end and provision.start < mark[1],
        paragraphs=tuple(
            tuple(Run(pieces(document.text, span, marks, strong), url) for span, url in _spans(line, leads))
            for line in lines
        ),
    )


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


def _is_listed(document: PolicyDocument, provision: Provision) -> bool:
    if provision.heading:
        return True
    of_article = provision.parent is not None and any(
        _ARTICLE.search(each.label) for each in document.ancestors(provision)
    )
    return not of_article and not _UNNUMBERED.search(provision.label)


def _outline_entry(document: PolicyDocument, provision: Provision) -> OutlineEntry:
    above = document.find(provision.parent).label if provision.parent else ""
    own = document.own_text(provision).strip()
    label = provision.label.removeprefix(above)
    words = provision.heading or ("" if label.endswith(("文首", "文末")) else own.removeprefix(label).strip())
    short = words if len(words) <= OUTLINE_WORDS or provision.heading else f"{words[:OUTLINE_WORDS]}…"
    return OutlineEntry(
        article_id=provision.article_id,
        words=_label_and_words(label, "".join(short.split())),
        level=provision.level,
        is_heading=bool(provision.heading),
    )


def _label_and_words(label: str, words: str) -> str:
    """«一、申请类别», «第一章 总则»; once where the heading is all that is printed."""
    if not words or "".join(label.split()) == words:
        return label
    return f"{label}{words}" if label.endswith(("、", "）", ")", ".", "．")) else f"{label} {words}"
