"""What the chat templates show: frozen values, finished, so that the templates only lay out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.answers import Answer, QuestionType, Quotation, Related, Status
from assistant.sureness import Sureness, reliability_of
from corpus.library import Library
from corpus.provisions import PolicyDocument, Provision, is_ruling
from corpus.structure.markers import read_marker
from web import beijing, links
from web.asking import Asked
from web.masking import is_masked
from web.pages.explaining import ReasonsView, reasons_view
from web.pages.filtering import choice_from, narrowed
from web.pages.marking import LONG, LOOKED_UP, Stretch, stretches
from web.sources import Source, source_of

BADGES: Mapping[Status, str] = {
    Status.ANSWERED: "文件有明文",
    Status.UNSPECIFIED: "文件有涉及，未写明",
    Status.CLARIFY: "请再说具体一点",
    Status.NOT_FOUND: "文件中没有找到",
}
_DOUBTFUL: Mapping[Status, str] = {
    Status.ANSWERED: "可能相关，请核对",
    Status.UNSPECIFIED: "没有找到明文",
}
"""In place of those where outcomes of that sureness were often wrong."""
EXAMPLES = (
    "养老机构内设医务室至少配几名医生？",
    "压疮新发生率要控制在多少以内？",
    "消防演练多久一次？",
    "医养结合机构能不能直接用“医养结合”的名称？",
    "长宁方案第14条",
    "大兴的家庭医生签约覆盖率目标是多少？",
)

_EACH_SIDE = 2
"""Provisions named before and after the one cited."""
_BESIDE_WORDS = 28
"""Characters of a provision without a heading that tell it from others."""


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quotation in stretches, and its source."""

    source: Source
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A provision near another in the same document: its number, its heading or first words, and its page."""

    label: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class RelatedView:
    """A provision that does not answer, and its source."""

    source: Source
    snippet: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and its answer.

    is_doubtful whether outcomes of its sureness were often wrong
    understood  the question as it was taken; None where that is as it stands
    is_masked   whether personal data stood in the question
    narrowed    what the search was narrowed down to, in words; empty where it was not
    fields      the same as the fields of a form
    copied      the answer as plain text, to be sent on
    close       provisions that were close and are not shown
    beside      provisions that stand beside the first one cited
    """

    asked: Asked
    badge: str
    is_doubtful: bool
    understood: str | None
    quotes: tuple[QuoteView, ...]
    related: tuple[RelatedView, ...]
    outdated: bool
    is_masked: bool
    narrowed: str
    fields: Mapping[str, str]
    copied: str
    reasons: ReasonsView | None
    close: tuple[RelatedView, ...]
    beside: tuple[Beside, ...]


def turn_view(asked: Asked, library: Library, current_version: str, site: str = "", *, whole: bool = False) -> TurnView:
    """A turn for display.

    current_version  that of the index at present; site: the public address, empty where there is none
    whole            whether quotations are shown whole, however long
    """
    answer, worth = asked.answer, reliability_of(asked.answer)
    is_doubtful = worth is not None and worth.sureness is Sureness.LOW
    whole_up_to = LOOKED_UP if answer.question_type is QuestionType.LOOKUP else LONG
    first = answer.citations[0].citation if answer.citations else None
    return TurnView(
        asked=asked,
        badge=_DOUBTFUL.get(answer.status, BADGES[answer.status]) if is_doubtful else BADGES[answer.status],
        is_doubtful=is_doubtful,
        understood=answer.interpreted_question if answer.interpreted_question != answer.question else None,
        quotes=tuple(_quote(each, library, len(each.quote) if whole else whole_up_to) for each in answer.citations),
        related=tuple(_related(related, library) for related in answer.related),
        outdated=asked.index_version != current_version,
        is_masked=is_masked(answer.question),
        narrowed=narrowed(asked.filters, library),
        fields=choice_from(asked.filters, library, beijing.today()).fields,
        copied=f"{answer.text}\n\n原文：{site}{links.citation_url(first)}" if first and site else answer.text,
        reasons=reasons_view(answer, library),
        close=tuple(_related(each, library) for each in answer.reasons.close) if answer.reasons else (),
        beside=_beside(answer, library) if first else (),
    )


def _beside(answer: Answer, library: Library) -> tuple[Beside, ...]:
    """The provision over the first one cited, and those nearest to it under the same one."""
    citation = answer.citations[0].citation
    document = library.get(citation.document_id)
    cited = {each.citation.article_id for each in answer.citations if each.citation.document_id == citation.document_id}
    around = _around(document, document.find(citation.article_id))
    return tuple(_beside_view(document, each) for each in around if each.article_id not in cited)


def _around(document: PolicyDocument, provision: Provision) -> Iterator[Provision]:
    if provision.parent is not None:
        yield document.find(provision.parent)
    level = [each for each in document.walk() if each.parent == provision.parent and is_ruling(each.article_id)]
    if provision in level:
        at = level.index(provision)
        yield from (*level[max(0, at - _EACH_SIDE) : at], *level[at + 1 : at + 1 + _EACH_SIDE])


def _beside_view(document: PolicyDocument, provision: Provision) -> Beside:
    own = document.own_text(provision).strip()
    number = read_marker(own)
    own = "".join(own[number.length if number else 0 :].split())
    words = provision.heading or (own if len(own) <= _BESIDE_WORDS else f"{own[:_BESIDE_WORDS]}…")
    return Beside(provision.label, words, links.provision_url(document.document_id, provision.article_id))


def _quote(quotation: Quotation, library: Library, whole_up_to: int) -> QuoteView:
    source = source_of(quotation.citation, library)
    return QuoteView(source, stretches(quotation.quote, quotation.marks, whole_up_to))


def _related(related: Related, library: Library) -> RelatedView:
    return RelatedView(source_of(related.citation, library), related.snippet)
