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

    @property
    def marks(self) -> tuple[tuple[int, int], ...]:
        """The same ranges within the quote."""
        offset = self.citation.start
        return tuple((start - offset, end - offset) for start, end in self.highlights)


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
class Word:
    """A content word of a question.

    asked  as asked
    added  the terms that the glossary adds to it for the search
    found  where it, one of those terms, or a part of them stands in the first quotation: ranges of the canonical text
    above  the term of it that stands in the title or the headings over that quotation; empty where none does
    """

    asked: str
    added: tuple[str, ...] = ()
    found: tuple[tuple[int, int], ...] = ()
    above: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """How an answer came about.

    corrections   (as typed, as put right)
    completed     whether the question was completed from the turns before
    sought        what was asked for; of a comparison, what is compared
    places        full names of the places that it names
    document_ids  the documents that it names, by number, title or nickname
    articles      the articles that it points at, as it prints them
    words         its content words
    close         the provisions nearest to it that the answer does not show, best first
    searched      whether the answer was chosen by a search; else the question's words led straight to it
    """

    corrections: tuple[tuple[str, str], ...]
    completed: bool
    sought: QuestionType
    places: tuple[str, ...]
    document_ids: tuple[str, ...]
    articles: tuple[str, ...]
    words: tuple[Word, ...]
    close: tuple[Related, ...]
    searched: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one question.

    finding     one plain sentence, shown first: template words around words printed in the citations
    text        plain text, complete in itself: finding, quotes, citations
    confidence  in [0, 1]; not yet a probability
    reasons     how it came about; None for a greeting and the like
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
    reasons: Reasons | None = None


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
