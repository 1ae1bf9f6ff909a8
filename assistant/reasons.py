"""Why an answer is what it is: what was made of the question, and which of its words stand in the clause shown first.

Nothing here changes an answer: it is told beside it, for whoever asks «为什么是这条».
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import rjieba

from assistant.answers import Answer, QuestionType, Quotation, Reasons, Related, Word
from assistant.composition import NEAR_MISS, Draft
from assistant.concepts import Concept, Rarity, wanted_of
from assistant.evidence import Evidence
from assistant.glossary import Glossary
from assistant.questions import Understanding
from corpus.citations import cite
from corpus.library import Library
from corpus.structure.sentences import Span

MOST_CLOSE = 3
"""Provisions named that were close and are not shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """A draft, and the evidence it was chosen from, best first; None where the words of the question led straight to
    what is shown, and nothing was chosen."""

    draft: Draft
    ranked: tuple[Evidence, ...] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a question was taken for: as typed (normalised), with its spelling put right, and standing on its own."""

    typed: str
    plain: str
    interpreted: str


def reasons_of(
    found: Found,
    answer: Answer,
    taken: Taken,
    asked: Understanding,
    library: Library,
    glossary: Glossary,
    rarity: Rarity,
) -> Reasons:
    """The reasons for an answer that was made of what was found."""
    first = answer.citations[0] if answer.citations else None
    concepts = (each for each in wanted_of(asked.wording, asked.focus, glossary, rarity).concepts if len(each.word) > 1)
    citations = (*(each.citation for each in answer.citations), *(each.citation for each in answer.related))
    shown = {(citation.document_id, citation.article_id) for citation in citations}
    return Reasons(
        corrections=tuple(_corrections(taken.typed, taken.plain)),
        completed=taken.interpreted != taken.plain,
        sought=asked.sought if answer.question_type is QuestionType.COMPARISON else answer.question_type,
        places=tuple(dict.fromkeys(place.full_name for place in asked.places)),
        document_ids=tuple(each for each in asked.document_ids if each in library),
        articles=tuple(address.printed for address in asked.addresses),
        words=tuple(_word(each, first, library, glossary) for each in concepts if found.ranked is not None),
        close=tuple(_close(found.ranked or (), shown)),
        searched=found.ranked is not None,
    )


def _corrections(typed: str, plain: str) -> Iterator[tuple[str, str]]:
    """(as typed, as put right), whole words; putting right changes no length."""
    at = 0
    for word in rjieba.cut(plain) if typed != plain else ():
        if typed[at : at + len(word)] != word:
            yield typed[at : at + len(word)], word
        at += len(word)


def _word(concept: Concept, quotation: Quotation | None, library: Library, glossary: Glossary) -> Word:
    added = tuple(term for term in glossary.terms.get(concept.word, ()) if term != concept.word)
    if quotation is None:
        return Word(concept.word, added)
    citation = quotation.citation
    document = library.get(citation.document_id)
    above = "".join((document.metadata.title, *document.headings(document.find(citation.article_id))))
    return Word(
        asked=concept.word,
        added=added,
        found=tuple(_places(concept, quotation.quote, citation.start)),
        above=next((term for term in concept.terms if term in above), ""),
    )


def _places(concept: Concept, quote: str, start: int) -> Iterator[Span]:
    """Where its terms stand in a quotation, else the pieces of them that do; each as a range of the canonical text."""
    whole = _occurrences((term for term in concept.terms if term), quote)
    pieces = whole or _occurrences((pair for pairs in concept.pairs for pair in pairs), quote)
    for first, last in _joined(pieces):
        yield start + first, start + last


def _occurrences(words: Iterable[str], quote: str) -> list[Span]:
    longest_first = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    pattern = "|".join(map(re.escape, longest_first))
    return [match.span() for match in re.finditer(pattern, quote)] if pattern else []


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that touch become one."""
    begun: Span | None = None
    for first, last in spans:
        if begun is not None and first <= begun[1]:
            begun = begun[0], max(begun[1], last)
            continue
        if begun is not None:
            yield begun
        begun = first, last
    if begun is not None:
        yield begun


def _close(ranked: Iterable[Evidence], shown: set[tuple[str, str]]) -> list[Related]:
    """The best of the evidence that deals with the question and is not shown."""
    left = (
        each
        for each in ranked
        if each.signs.covered >= NEAR_MISS and (each.document.document_id, each.provision.article_id) not in shown
    )
    found = []
    for evidence, _ in zip(left, range(MOST_CLOSE), strict=False):
        citation = cite(evidence.document, evidence.provision, *evidence.span)
        found.append(Related(citation, citation.quote(evidence.document)))
    return found
