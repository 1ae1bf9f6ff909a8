"""From hits to evidence: in each provision found, the sentences that answer and the words in them that decide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.answers import QuestionType
from assistant.concepts import Concept, coverage
from assistant.questions import Understanding
from assistant.wanted import wanted_facts
from corpus.library import Library
from corpus.provisions import PolicyDocument, Provision
from corpus.requirements import Fact, FactKind, facts
from corpus.sentences import Span, sentences
from index.retriever import Hit

WHOLE_UP_TO = 320
"""Characters of a provision that is quoted whole; of a longer one the sentences that answer are quoted."""

_CLAUSE = re.compile(r"[^，。；：！？\n]+[，。；：！？]?[”’」』）)》]*")
_BRACKETED_BODIES = re.compile(r"[（(][^（）()]{2,60}[）)]\s*$")

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


def weigh(
    hits: Iterable[Hit], asked: Understanding, wanted: tuple[Concept, ...], library: Library, meant: frozenset[str]
) -> tuple[Evidence, ...]:
    """Every hit as evidence, best first. `meant`: documents of the place or number that the question names."""
    weighed = (_weigh(hit, asked, wanted, library.get(hit.document_id), meant) for hit in hits)
    return tuple(sorted(weighed, key=lambda evidence: -evidence.score))


def _weigh(
    hit: Hit, asked: Understanding, wanted: tuple[Concept, ...], document: PolicyDocument, meant: frozenset[str]
) -> Evidence:
    provision = document.find(hit.article_id)
    span, found, covered = _best_sentence(document, provision, asked, wanted)
    context = "".join((*document.headings(provision), document.own_text(provision)))
    whole = coverage(wanted, context)
    score = (
        RETRIEVAL * hit.score
        + COVERED * whole
        + SENTENCE_COVERED * covered
        + FACT_PRESENT * bool(found)
        + PLACE_MEANT * (document.document_id in meant)
    )
    return Evidence(document, provision, hit, span, found, whole, covered, score)


def _best_sentence(
    document: PolicyDocument, provision: Provision, asked: Understanding, wanted: tuple[Concept, ...]
) -> tuple[Span, tuple[Fact, ...], float]:
    """The sentence that covers the question best, one with a wanted fact before one without."""
    text = document.text
    best: tuple[float, Span, tuple[Fact, ...], float] | None = None
    for span in sentences(text, provision.start, provision.end):
        found = wanted_facts(asked.type, asked.focus, facts(text, *span), text)
        covered = coverage(wanted, text[span[0] : span[1]])
        worth = covered + (FACT_PRESENT if found else 0.0)
        if best is None or worth > best[0]:
            best = (worth, span, found, covered)
    if best is None:
        return (provision.start, provision.end), (), 0.0
    _, span, found, covered = best
    if asked.type is QuestionType.RESPONSIBILITY and not found:
        found = _bodies_in_charge(document, provision)
    if asked.type is QuestionType.DEADLINE and not found:
        found = _nearest_date(document, provision, span, asked)
    return span, found, covered


def _bodies_in_charge(document: PolicyDocument, provision: Provision) -> tuple[Fact, ...]:
    """The bodies in the bracket that closes a provision: （区卫生健康委、区民政局）."""
    bracket = _BRACKETED_BODIES.search(document.own_text(provision))
    if bracket is None:
        return ()
    start = provision.start + bracket.start()
    found = facts(document.text, start, provision.start + bracket.end())
    return tuple(fact for fact in found if fact.kind is FactKind.BODY)


def _nearest_date(document: PolicyDocument, provision: Provision, span: Span, asked: Understanding) -> tuple[Fact, ...]:
    """The last date before a sentence, which rules it too («到2025年，…。所有医疗机构…»), else the first after it."""
    dates = wanted_facts(asked.type, asked.focus, facts(document.text, provision.start, provision.end), document.text)
    before = [date for date in dates if date.start < span[0]]
    return tuple(before[-1:] or dates[:1])


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
