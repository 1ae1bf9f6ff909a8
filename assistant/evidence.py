"""From hits to evidence: in each provision found, the sentences that answer and the words in them that decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from assistant.answers import QuestionType
from assistant.concepts import Concept, coverage
from assistant.questions import Understanding
from assistant.wanted import wanted_facts
from corpus.library import Library
from corpus.provisions import PolicyDocument, Provision
from corpus.requirements import Fact, Sentence, requirements
from corpus.sentences import Span
from index.retriever import Hit

WHOLE_UP_TO = 320
"""Characters of a provision that is quoted whole; of a longer one the sentences that answer are quoted."""

_CLAUSE = re.compile(r"[^，。；：！？\n]+[，。；：！？]?[”’」』）)》]*")
_BRACKET = re.compile(r"[（(][^（）()]{2,60}(?:[（(][^（）()]*[）)][^（）()]*)?[）)]")

# What each sign is worth in ranking, tuned on eval/gold by `python -m eval`.
RETRIEVAL, COVERED, SENTENCE_COVERED, FACT_PRESENT, PLACE_MEANT = 1.0, 1.0, 0.3, 0.3, 0.3


@dataclass(frozen=True, slots=True)
class Evidence:
    """A provision that may answer.

    span      the sentence of it that covers the question best
    facts     facts of the kind asked for, in that sentence or, for bodies, in the closing bracket
    coverage  share of the question's weight found in the provision and its headings, in [0, 1]
    score     for ranking; not bounded
    """

    document: PolicyDocument
    provision: Provision
    hit: Hit
    span: Span
    facts: tuple[Fact, ...]
    coverage: float
    sentence_coverage: float
    score: float


@dataclass(frozen=True)
class Ledger:
    """What every provision of a library requires, sentence by sentence: worked out once, not at every question."""

    library: Library
    sentences: Mapping[tuple[str, str], tuple[Sentence, ...]]

    @classmethod
    def of(cls, library: Library) -> Self:
        return cls(
            library,
            {
                (document.document_id, article_id): found
                for document in library
                for article_id, found in requirements(document).items()
            },
        )


def weigh(
    hits: Iterable[Hit], asked: Understanding, wanted: tuple[Concept, ...], ledger: Ledger, meant: frozenset[str]
) -> tuple[Evidence, ...]:
    """Every hit as evidence, best first. `meant`: documents of the place or number that the question names."""
    weighed = (_weigh(hit, asked, wanted, ledger, meant) for hit in hits)
    return tuple(sorted(weighed, key=lambda evidence: -evidence.score))


def _weigh(
    hit: Hit, asked: Understanding, wanted: tuple[Concept, ...], ledger: Ledger, meant: frozenset[str]
) -> Evidence:
    document = ledger.library.get(hit.document_id)
    provision = document.find(hit.article_id)
    own = ledger.sentences[hit.document_id, hit.article_id]
    sentence, found, covered = _best_sentence(document.text, own, asked, wanted)
    found = found or _beside(document.text, sentence, own, asked)
    context = "".join((*document.headings(provision), document.own_text(provision)))
    whole = coverage(wanted, context)
    score = (
        RETRIEVAL * hit.score
        + COVERED * whole
        + SENTENCE_COVERED * covered
        + FACT_PRESENT * bool(found)
        + PLACE_MEANT * (document.document_id in meant)
    )
    return Evidence(document, provision, hit, sentence.span, found, whole, covered, score)


def _best_sentence(
    text: str, own: Sequence[Sentence], asked: Understanding, wanted: tuple[Concept, ...]
) -> tuple[Sentence, tuple[Fact, ...], float]:
    """The sentence that covers the question best, one with a wanted fact before one without."""
    weighed = [
        (
            sentence,
            wanted_facts(asked.type, asked.focus, sentence.facts, text),
            coverage(wanted, text[slice(*sentence.span)]),
        )
        for sentence in own
    ]
    return max(weighed, key=lambda each: each[2] + (FACT_PRESENT if each[1] else 0.0))


def _beside(text: str, best: Sentence, own: Sequence[Sentence], asked: Understanding) -> tuple[Fact, ...]:
    """Facts that rule a sentence without standing in it.

    A date rules the sentences after it («到2025年，…。所有医疗机构…»), the bodies in the bracket that closes a
    provision rule all of it: （区卫生健康委、区民政局）.
    """
    around = wanted_facts(asked.type, asked.focus, tuple(fact for sentence in own for fact in sentence.facts), text)
    if asked.type is QuestionType.DEADLINE:
        before = [date for date in around if date.start < best.start]
        return tuple(before[-1:] or around[:1])
    if asked.type is QuestionType.RESPONSIBILITY and _BRACKET.fullmatch(text[slice(*own[-1].span)]):
        return tuple(body for body in around if body.start >= own[-1].start)
    return ()


def deciding_words(evidence: Evidence, asked: Understanding, wanted: tuple[Concept, ...]) -> tuple[Span, ...]:
    """The ranges to mark: the facts asked for in the clause nearest to the question, else that clause itself."""
    text = evidence.document.text
    if evidence.facts:
        nearest = _nearest_facts(evidence, wanted)
        return _with_what_it_rules(nearest, evidence) if asked.type is QuestionType.PERMISSION else nearest
    clauses = clauses_of(text, evidence.span)
    return (max(clauses, key=lambda span: coverage(wanted, text[span[0] : span[1]])),) if clauses else ()


def _with_what_it_rules(operative: tuple[Span, ...], evidence: Evidence) -> tuple[Span, ...]:
    """The first operative word and the rest of its clause: «不得使用…名称»."""
    first = operative[0]
    clauses = clauses_of(evidence.document.text, evidence.span)
    return ((first[0], next((clause[1] for clause in clauses if clause[0] <= first[0] < clause[1]), first[1])),)


def _nearest_facts(evidence: Evidence, wanted: tuple[Concept, ...]) -> tuple[Span, ...]:
    """Facts of the clause that covers most; of several there, those that name what is asked, or else all."""
    text = evidence.document.text
    reach = min(evidence.span[0], evidence.facts[0].start), max(evidence.span[1], evidence.facts[-1].end)
    clauses = clauses_of(text, reach)

    def clause_of(fact: Fact) -> Span:
        return next((span for span in clauses if span[0] <= fact.start < span[1]), fact.span)

    def nearness(fact: Fact) -> float:
        first, last = clause_of(fact)
        return coverage(wanted, text[first:last])

    best = max(map(nearness, evidence.facts))
    nearest = [fact for fact in evidence.facts if nearness(fact) == best]
    clause = clause_of(nearest[0])
    together = [fact for fact in nearest if clause_of(fact) == clause]
    naming = max(coverage(wanted, text[fact.start : fact.end]) for fact in together)
    return _outermost(fact.span for fact in together if coverage(wanted, text[fact.start : fact.end]) == naming)


def _outermost(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Without those that lie inside or overlap one before."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return tuple(kept)


def clauses_of(text: str, span: Span) -> tuple[Span, ...]:
    """The clauses of a range, between commas, without the comma."""
    found = []
    for match in _CLAUSE.finditer(text, *span):
        words = match[0].rstrip("，。；：！？ \n")
        lead = len(match[0]) - len(match[0].lstrip())
        if words.strip():
            found.append((match.start() + lead, match.start() + len(words)))
    return tuple(found)


def quoted_span(evidence: Evidence, marked: tuple[Span, ...]) -> Span:
    """The range to quote: a short provision whole, of a long one the sentences that answer."""
    provision = evidence.provision
    if provision.end - provision.start <= WHOLE_UP_TO:
        return provision.start, provision.end
    start = min([evidence.span[0], *(span[0] for span in marked)])
    end = max([evidence.span[1], *(span[1] for span in marked)])
    return start, end
