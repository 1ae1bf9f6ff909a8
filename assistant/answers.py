"""What the assistant returns: an outcome made of citations and template words, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from corpus.citations import Citation


class Status(StrEnum):
    """Outcomes, not errors (design, section 4)."""

    ANSWERED = "answered"
    UNSPECIFIED = "unspecified"
    CLARIFY = "clarify"
    NOT_FOUND = "not_found"


class QuestionType(StrEnum):
    """What kind of thing is asked for; decides which words of the evidence are shown first."""

    QUANTITY = "quantity"
    PERMISSION = "permission"
    RESPONSIBILITY = "responsibility"
    DEADLINE = "deadline"
    PROCEDURE = "procedure"
    LIST = "list"
    FACT = "fact"
    LOOKUP = "lookup"
    COMPARISON = "comparison"
    OUTLINE = "outline"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions set by the caller, apart from what the question itself says."""

    region: str | None = None
    document_ids: tuple[str, ...] | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Quotation:
    """A citation, its words, and the ranges in the same canonical text (inside the citation's) that answer."""

    citation: Citation
    quote: str
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Clarification:
    """One question back, with options to tap; each option is a complete question."""

    prompt: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A provision near the question that is not claimed to answer it; snippet is a verbatim piece of it."""

    citation: Citation
    snippet: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one question.

    finding     one plain sentence, shown first: template words around words printed in the citations
    text        plain text, complete in itself: finding, quotes, citations
    confidence  in [0, 1]; not yet a probability
    """

    status: Status
    question_type: QuestionType
    question: str
    interpreted_question: str
    finding: str
    text: str
    citations: tuple[Quotation, ...] = ()
    clarification: Clarification | None = None
    related: tuple[Related, ...] = ()
    missing_texts: tuple[str, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What a later turn of a conversation can lean on: a question as understood, and the articles cited for it.

    cited  (document_id, article_id), best first
    """

    question: str
    cited: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Self:
        cited = (quotation.citation for quotation in answer.citations)
        return cls(answer.interpreted_question, tuple((each.document_id, each.article_id) for each in cited))
