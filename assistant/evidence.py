"""From hits to evidence: in each provision found, the sentences that answer and the words in them that decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from assistant.answers import QuestionType
from assistant.concepts import Wanted, coverage
from assistant.models import RANKING
from assistant.questions import Understanding
from assistant.wanted import wanted_facts
from corpus.library import Library
from corpus.provisions import PolicyDocument, Provision
from corpus.requirements import Fact, Sentence, requirements
from corpus.sentences import Span
from index.retriever import ABSENT, Hit, Key

WHOLE_UP_TO = 320
"""Characters of a provision that is quoted whole; of a longer one the sentences that answer are quoted."""

_CLAUSE = re.compile(r"[^，。；：！？\n]+[，。；：！？]?[”’」』）)》]*")
_BRACKET = re.compile(r"[（(][^（）()]{2,60}(?:[（(][^（）()]*[）)][^（）()]*)?[）)]")

FACT_PREFERRED = 0.3
"""Coverage by which a sentence with a fact of the kind asked for goes before one without."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a provision, each to be weighed by a model (assistant/weights.json).

    fused                    score of the retriever, in [0, 1]
    near_*                   cosine of the nearest passage, by grain; of any grain where it has none of that
    worded_*                 BM25 of the best passage by grain, per nat of the question's weight
    covered, *_covered       share of the question's weight found in the provision with its headings, in the best
                             sentence, in the heading, and in the best of the questions anticipated for it
    named                    share of the things asked for by name that it prints; 1 where none is named
    stated                   1 where it holds a fact of the kind asked for
    meant                    1 where the question names its document or place
    """

    fused: float
    near_provision: float
    near_sentence: float
    near_question: float
    worded_provision: float
    worded_sentence: float
    worded_question: float
    covered: float
    sentence_covered: float
    heading_covered: float
    question_covered: float
    named: float
    stated: float
    meant: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A provision that may answer.

    span   the sentence of it that covers the question best
    facts  facts of the kind asked for, in that sentence or beside it
    score  for ranking; not bounded
    """

    document: PolicyDocument
    provision: Provision
    span: Span
    facts: tuple[Fact, ...]
    signs: Signs
    score: float


@dataclass(frozen=True)
class Ledger:
    """What is worked out once for a library, not at every question: by document_id and article_id.

    sentences    every provision's sentences with what they require
    anticipated  the questions expected of it
    """

    library: Library
    sentences: Mapping[Key, tuple[Sentence, ...]]
    anticipated: Mapping[Key, tuple[str, ...]]

    @classmethod
    def of(cls, library: Library) -> Self:
        sentences: dict[Key, tuple[Sentence, ...]] = {}
        anticipated: dict[Key, tuple[str, ...]] = {}
        for document in library:
            for article_id, own in requirements(document).items():
                sentences[document.document_id, article_id] = own
            for each in library.anticipated.get(document.document_id, ()):
                key = document.document_id, each.article_id
                anticipated[key] = (*anticipated.get(key, ()), each.question)
        return cls(library, sentences, anticipated)


def weigh(
    hits: Iterable[Hit], asked: Understanding, wanted: Wanted, ledger: Ledger, meant: frozenset[str]
) -> tuple[Evidence, ...]:
    """Every hit as evidence, best first. `meant`: documents of the place or number that the question names."""
    weighed = (_weigh(hit, asked, wanted, ledger, meant) for hit in hits)
    return tuple(sorted(weighed, key=lambda evidence: -evidence.score))


def _weigh(hit: Hit, asked: Understanding, wanted: Wanted, ledger: Ledger, meant: frozenset[str]) -> Evidence:
    document = ledger.library.get(hit.document_id)
    provision = document.find(hit.article_id)
    own = ledger.sentences[hit.document_id, hit.article_id]
    sentence, found, sentence_covered = _best_sentence(document.text, own, provision.heading, asked, wanted)
    found = found or _beside(document.text, sentence, own, asked)
    context = "".join((*document.headings(provision), document.own_text(provision)))
    anticipated = ledger.anticipated.get((hit.document_id, hit.article_id), ())
    near_provision, near_sentence, near_question = (cosine if cosine > ABSENT else hit.cosine for cosine in hit.cosines)
    worded_provision, worded_sentence, worded_question = (bm25 / wanted.weight for bm25 in hit.bm25s)
    signs = Signs(
        fused=hit.score,
        near_provision=near_provision,
        near_sentence=near_sentence,
        near_question=near_question,
        worded_provision=worded_provision,
        worded_sentence=worded_sentence,
        worded_question=worded_question,
        covered=coverage(wanted.concepts, context),
        sentence_covered=sentence_covered,
        heading_covered=coverage(wanted.concepts, provision.heading),
        question_covered=max((coverage(wanted.concepts, question) for question in anticipated), default=0.0),
        named=coverage(wanted.named, context) if wanted.named else 1.0,
        stated=float(bool(found)),
        meant=float(document.document_id in meant),
    )
    return Evidence(document, provision, sentence.span, found, signs, RANKING.score(signs))


def _best_sentence(
    text: str, own: Sequence[Sentence], heading: str, asked: Understanding, wanted: Wanted
) -> tuple[Sentence, tuple[Fact, ...], float]:
    """The sentence that covers the question best, one with a wanted fact before one without, the heading last."""
    weighed = [
        (
            sentence,
            wanted_facts(asked.sought, asked.focus, sentence.facts, text),
            coverage(wanted.concepts, text[slice(*sentence.span)]),
        )
        for sentence in (own[1:] if heading and len(own) > 1 else own)
    ]
    return max(weighed, key=lambda each: each[2] + (FACT_PREFERRED if each[1] else 0.0))


def _beside(text: str, best: Sentence, own: Sequence[Sentence], asked: Understanding) -> tuple[Fact, ...]:
    """Facts that rule a sentence without standing in it.

    A date rules the sentences after it («到2025年，…。所有医疗机构…»), the bodies in the bracket that closes a
    provision rule all of it: （区卫生健康委、区民政局）.
    """
    around = wanted_facts(asked.sought, asked.focus, tuple(fact for sentence in own for fact in sentence.facts), text)
    if asked.sought is QuestionType.DEADLINE:
        before = [date for date in around if date.start < best.start]
        return tuple(before[-1:] or around[:1])
    if asked.sought is QuestionType.RESPONSIBILITY and _BRACKET.fullmatch(text[slice(*own[-1].span)]):
        return tuple(body for body in around if body.start >= own[-1].start)
    return ()


def deciding_words(evidence: Evidence, asked: Understanding, wanted: Wanted) -> tuple[Span, ...]:
    """The ranges to mark: the facts asked for in the clause nearest to the question, else that clause itself."""
    text = evidence.document.text
    if evidence.facts:
        nearest = _nearest_facts(evidence, wanted)
        return _with_what_it_rules(nearest, evidence) if asked.sought is QuestionType.PERMISSION else nearest
    clauses = clauses_of(text, evidence.span)
    return (max(clauses, key=lambda span: coverage(wanted.concepts, text[span[0] : span[1]])),) if clauses else ()


def _with_what_it_rules(operative: tuple[Span, ...], evidence: Evidence) -> tuple[Span, ...]:
    """The first operative word and the rest of its clause: «不得使用…名称»."""
    first = operative[0]
    clauses = clauses_of(evidence.document.text, evidence.span)
    return ((first[0], next((clause[1] for clause in clauses if clause[0] <= first[0] < clause[1]), first[1])),)


def _nearest_facts(evidence: Evidence, wanted: Wanted) -> tuple[Span, ...]:
    """Facts of the clause that covers most; of several there, those that name what is asked, or else all."""
    text = evidence.document.text
    reach = min(evidence.span[0], evidence.facts[0].start), max(evidence.span[1], evidence.facts[-1].end)
    clauses = clauses_of(text, reach)

    def clause_of(fact: Fact) -> Span:
        return next((span for span in clauses if span[0] <= fact.start < span[1]), fact.span)

    def nearness(fact: Fact) -> float:
        first, last = clause_of(fact)
        return coverage(wanted.concepts, text[first:last])

    best = max(map(nearness, evidence.facts))
    nearest = [fact for fact in evidence.facts if nearness(fact) == best]
    clause = clause_of(nearest[0])
    together = [fact for fact in nearest if clause_of(fact) == clause]
    naming = max(coverage(wanted.concepts, text[fact.start : fact.end]) for fact in together)
    return _outermost(
        fact.span for fact in together if coverage(wanted.concepts, text[fact.start : fact.end]) == naming
    )


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
