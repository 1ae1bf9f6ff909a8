"""What the templates show: frozen values, finished, so that the templates only lay out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answers import QuestionType, Quotation, Related, Status
from corpus.citations import Citation
from corpus.library import Library
from corpus.provisions import PREAMBLE, PolicyDocument, Provision
from web import links
from web.asking import Asked
from web.marking import LONG, LOOKED_UP, Piece, Range, Stretch, pieces, stretches

BADGES: Mapping[Status, str] = {
    Status.ANSWERED: "文件有明文",
    Status.UNSPECIFIED: "文件有涉及，未写明",
    Status.CLARIFY: "请再说具体一点",
    Status.NOT_FOUND: "文件中没有找到",
}
EXAMPLES = (
    "养老机构内设医务室至少配几名医生？",
    "压疮新发生率要控制在多少以内？",
    "消防演练多久一次？",
    "医养结合机构能不能直接用“医养结合”的名称？",
    "长宁方案第14条",
    "大兴的家庭医生签约覆盖率目标是多少？",
)
OUTLINE_WORDS = 18
"""Characters of an article without a heading that stand for it in the outline."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where words come from, as people write it: 《title》（number）label, and the page that shows it."""

    title: str
    number: str | None
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quotation in stretches, and its source."""

    source: Source
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class RelatedView:
    """A provision that does not answer, and its source."""

    source: Source
    snippet: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and its answer. understood is None where the question was taken as it stands."""

    asked: Asked
    badge: str
    understood: str | None
    quotes: tuple[QuoteView, ...]
    related: tuple[RelatedView, ...]
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the outline: the number as printed and the heading, or the first words."""

    article_id: str
    label: str
    words: str
    level: int


@dataclass(frozen=True, slots=True)
class Section:
    """A provision's own text, a paragraph a line."""

    article_id: str
    label: str
    level: int
    is_heading: bool
    cited: bool
    paragraphs: tuple[tuple[Piece, ...], ...]


def turn_view(asked: Asked, library: Library, current_version: str) -> TurnView:
    """A turn for display; current_version is that of the index the answer was made on."""
    answer = asked.answer
    return TurnView(
        asked=asked,
        badge=BADGES[answer.status],
        understood=answer.interpreted_question if answer.interpreted_question != answer.question else None,
        quotes=tuple(
            _quote(quotation, library, looked_up=answer.question_type is QuestionType.LOOKUP)
            for quotation in answer.citations
        ),
        related=tuple(_related(related, library) for related in answer.related),
        outdated=asked.index_version != current_version,
    )


def source_of(citation: Citation, library: Library) -> Source:
    """Raises UnknownDocument, UnknownProvision."""
    document = library.get(citation.document_id)
    provision, facts = document.find(citation.article_id), document.metadata
    return Source(facts.title, facts.document_number, provision.label, links.citation_url(citation))


def sections(document: PolicyDocument, mark: Range | None) -> tuple[Section, ...]:
    """The whole text, provision by provision; mark is the range cited."""
    return tuple(_section(document, provision, mark) for provision in document.walk())


def outline(document: PolicyDocument) -> tuple[OutlineEntry, ...]:
    """Every provision as a line, in the order printed."""
    return tuple(_outline_entry(document, provision) for provision in document.walk())


def mark_of(document: PolicyDocument, start: str, end: str) -> Range | None:
    """The range that a page is asked to mark, clamped to the text; None where it is no range."""
    if not all(number.isascii() and number.isdecimal() and len(number) < 10 for number in (start, end)):
        return None
    first, last = int(start), min(int(end), len(document.text))
    return (first, last) if first < last else None


def _quote(quotation: Quotation, library: Library, *, looked_up: bool) -> QuoteView:
    offset = quotation.citation.start
    marks = [(start - offset, end - offset) for start, end in quotation.highlights]
    whole_up_to = LOOKED_UP if looked_up else LONG
    return QuoteView(source_of(quotation.citation, library), stretches(quotation.quote, marks, whole_up_to))


def _related(related: Related, library: Library) -> RelatedView:
    return RelatedView(source_of(related.citation, library), related.snippet)


def _section(document: PolicyDocument, provision: Provision, mark: Range | None) -> Section:
    lines = _lines(document.text, provision)
    opening = _opening(document.text, provision, lines[0]) if lines else None
    marks, strong = [mark] if mark else [], [opening] if opening else []
    return Section(
        article_id=provision.article_id,
        label=provision.label,
        level=provision.level,
        is_heading=opening is not None and len(lines) == 1 and opening[1] >= lines[0][1] - 1,
        cited=mark is not None and mark[0] < provision.end and provision.start < mark[1],
        paragraphs=tuple(pieces(document.text, line, marks, strong) for line in lines),
    )


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


def _outline_entry(document: PolicyDocument, provision: Provision) -> OutlineEntry:
    above = document.find(provision.parent).label if provision.parent else ""
    own = document.own_text(provision).strip()
    label = provision.label.removeprefix(above)
    words = provision.heading or ("" if label in ("文首", "文末") else own.removeprefix(label).strip())
    short = words if len(words) <= OUTLINE_WORDS or provision.heading else f"{words[:OUTLINE_WORDS]}…"
    return OutlineEntry(provision.article_id, label, short, provision.level)
