"""What the chat templates show: frozen values, finished, so that the templates only lay out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answers import QuestionType, Quotation, Related, Status
from corpus.citations import Citation
from corpus.library import Library
from web import links
from web.asking import Asked
from web.pages.marking import LONG, LOOKED_UP, Stretch, stretches

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


def _quote(quotation: Quotation, library: Library, *, looked_up: bool) -> QuoteView:
    offset = quotation.citation.start
    marks = [(start - offset, end - offset) for start, end in quotation.highlights]
    whole_up_to = LOOKED_UP if looked_up else LONG
    return QuoteView(source_of(quotation.citation, library), stretches(quotation.quote, marks, whole_up_to))


def _related(related: Related, library: Library) -> RelatedView:
    return RelatedView(source_of(related.citation, library), related.snippet)
