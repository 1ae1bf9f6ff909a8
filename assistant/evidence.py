"""From hits to evidence: in each provision found, the sentences that answer and the words in them that decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

from assistant.answers import QuestionType
from assistant.concepts import Wanted, coverage
from assistant.models import RANKING
from assistant.questions import Understanding, type_of
from assistant.wanted import thing_asked, wanted_facts
from corpus.figures.requirements import Fact, Sentence, requirements
from corpus.library import Library
from corpus.provisions import PolicyDocument, Provision
from corpus.structure.sentences import Span
from index.retriever import ABSENT, Hit, Key

_BRACKET = re.compile(r"[（(][^（）()]{2,60}(?:[（(][^（）()]*[）)][^（）()]*)?[）)]")

# What counts in choosing the sentence that answers, beside its coverage of the question in [0, 1]: a fact of the kind
# asked for, the thing asked for by name, and nearness of its vector among the sentences of the provision.
FACT_PREFERRED, NAMED_PREFERRED, NEAR_PREFERRED = 0.3, 0.3, 0.3
NO_ALIKE = 0.1
"""The largest difference of cosines that counts, and that of a provision of which nothing alike is expected."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a provision, each to be weighed by a model (assistant/weights.json).

    fused                    score of the retriever, in [0, 1]
    near_*                   cosine of the nearest passage, by grain; of any grain where it has none of that
    near_open                cosine of the nearest question that it calls up and leaves open; least of the others'
                             where there is none
    worded_*                 BM25 of the best passage by grain, per nat of the question's weight
    covered, *_covered       share of the question's weight found in the provision with its headings, in the best
                             sentence, in the heading, in the best of the questions anticipated for it, and in all of
                             these together
    named                    share of the things asked for by name that it prints; 1 where none is named
    stated                   1 where it holds a fact of the kind asked for
    meant                    1 where the question names its document or place
    recent                   1 where the conversation has just been about its document
    missed                   share of the question's weight in the one word that misses most: neither the provision nor
                             any question anticipated for it has it
    unlike                   by how much the nearest anticipated question that asks for the same kind of thing is
                             farther than the nearest of all; NO_ALIKE where none asks for it
    """

    fused: float
    near_provision: float
    near_sentence: float
    near_question: float
    near_open: float
    worded_provision: float
    worded_sentence: float
    worded_question: float
    worded_open: float
    covered: float
    sentence_covered: float
    heading_covered: float
    question_covered: float
    keys_covered: float
    named: float
    stated: float
    meant: float
    recent: float
    missed: float
    unlike: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A provision that may answer.

    sentences  all of its sentences
    span       the one of them that covers the question best
    facts      facts of the kind asked for, in that sentence or beside it
    score      for ranking; not bounded
    """

    document: PolicyDocument
    provision: Provision
    sentences: tuple[Sentence, ...]
    span: Span
    facts: tuple[Fact, ...]
    signs: Signs
    score: float


@dataclass(frozen=True)
class Ledger:
    """What is worked out once for a library, not at every question: by document_id and article_id.

    sentences    every provision's sentences with what they require
    anticipated  the questions expected of it
    keys         its headings, its own text and those questions, as one text
    """

    library: Library
    sentences: Mapping[Key, tuple[Sentence, ...]]
    anticipated: Mapping[Key, tuple[str, ...]]
    keys: Mapping[Key, str]

    @classmethod
    def of(cls, library: Library) -> Self:
        sentences: dict[Key, tuple[Sentence, ...]] = {}
        anticipated: dict[Key, tuple[str, ...]] = {}
        for document in library:
            for article_id, own in requirements(document).items():
                sentences[document.document_id, article_id] = own
            for each in library.anticipated.get(document.document_id, ()):
                if not each.stated:
                    continue
                key = document.document_id, each.article_id
                anticipated[key] = (*anticipated.get(key, ()), each.question)
        keys = {key: "\n".join((_context(library, key), *anticipated.get(key, ()))) for key in sentences}
        return cls(library, sentences, anticipated, keys)


def _context(library: Library, key: Key) -> str:
    """A provision's headings and its own text."""
    document = library.get(key[0])
    provision = document.find(key[1])
    return "".join((*document.headings(provision), document.own_text(provision)))


def weigh(
    hits: Iterable[Hit],
    asked: Understanding,
    wanted: Wanted,
    ledger: Ledger,
    meant: frozenset[str],
    recent: frozenset[str] = frozenset(),
) -> tuple[Evidence, ...]:
    """Every hit as evidence, best first.

    meant   documents of the place or number that the question names
    recent  documents that the turn before was about
    """
    weighed = (_weigh(hit, asked, wanted, ledger, meant, recent) for hit in hits)
    return tuple(sorted(weighed, key=lambda evidence: -evidence.score))


def _weigh(
    hit: Hit, asked: Understanding, wanted: Wanted, ledger: Ledger, meant: frozenset[str], recent: frozenset[str]
) -> Evidence:
    document = ledger.library.get(hit.document_id)
    provision = document.find(hit.article_id)
    own = ledger.sentences[hit.document_id, hit.article_id]
    sentence, found, sentence_covered = _best_sentence(
        document.text, own, provision.heading, hit.nearest, asked, wanted
    )
    found = found or _beside(document.text, sentence, own, asked)
    key = hit.document_id, hit.article_id
    context = _context(ledger.library, key)
    anticipated = ledger.anticipated.get(key, ())
    *stating, near_open = hit.cosines
    near_provision, near_sentence, near_question = (cosine if cosine > ABSENT else max(stating) for cosine in stating)
    worded_provision, worded_sentence, worded_question, worded_open = (bm25 / wanted.weight for bm25 in hit.bm25s)
    signs = Signs(
        fused=hit.score,
        near_provision=near_provision,
        near_sentence=near_sentence,
        near_question=near_question,
        near_open=near_open if near_open > ABSENT else min(near_provision, near_sentence, near_question),
        worded_provision=worded_provision,
        worded_sentence=worded_sentence,
        worded_question=worded_question,
        worded_open=worded_open,
        covered=coverage(wanted.concepts, context),
        sentence_covered=sentence_covered,
        heading_covered=coverage(wanted.concepts, provision.heading),
        question_covered=max((coverage(wanted.concepts, question) for question in anticipated), default=0.0),
        keys_covered=coverage(wanted.concepts, ledger.keys[key]),
        named=coverage(wanted.named, context) if wanted.named else 1.0,
        stated=float(bool(found)),
        meant=float(document.document_id in meant),
        recent=float(document.document_id in recent),
        missed=_missed(wanted, ledger.keys[key]),
        unlike=_unlike(hit.keys, asked),
    )
    return Evidence(document, provision, own, sentence.span, found, signs, RANKING.score(signs))


def _missed(wanted: Wanted, keys: str) -> float:
    lacking = (concept.weight * (1 - concept.found_in(keys)) for concept in wanted.concepts)
    return max(lacking, default=0.0) / wanted.weight


def _unlike(keys: Mapping[str, float], asked: Understanding) -> float:
    if not keys:
        return 0.0
    kind = thing_asked(asked.sought, asked.focus)
    alike = max((cosine for question, cosine in keys.items() if _kind(question) == kind), default=ABSENT)
    return min(NO_ALIKE, max(keys.values()) - alike)


@cache
def _kind(question: str) -> tuple[QuestionType, str]:
    return thing_asked(*type_of(question))


def _best_sentence(
    text: str, own: Sequence[Sentence], heading: str, nearest: Mapping[int, float], asked: Understanding, wanted: Wanted
) -> tuple[Sentence, tuple[Fact, ...], float]:
    """The sentence that answers best, with the wanted facts in it and its coverage; the heading is the last choice."""
    considered = own[1:] if heading and len(own) > 1 else own
    near = [nearest.get(sentence.start, 0.0) for sentence in considered]
    low, high = min(near), max(near)

    def worth(place: int) -> float:
        sentence, words = considered[place], text[slice(*considered[place].span)]
        return (
            coverage(wanted.concepts, words)
            + (FACT_PREFERRED if wanted_facts(asked.sought, asked.focus, sentence.facts, text) else 0.0)
            + (NAMED_PREFERRED * coverage(wanted.named, words))
            + (NEAR_PREFERRED * (near[place] - low) / (high - low) if high > low else 0.0)
        )

    best = considered[max(range(len(considered)), key=worth)]
    covered = coverage(wanted.concepts, text[slice(*best.span)])
    return best, wanted_facts(asked.sought, asked.focus, best.facts, text), covered


def _beside(text: str, best: Sentence, own: Sequence[Sentence], asked: Understanding) -> tuple[Fact, ...]:
    """Facts that rule a sentence without standing in it: a date rules the sentences after it («到2025年，…»)."""
    around = wanted_facts(asked.sought, asked.focus, tuple(fact for sentence in own for fact in sentence.facts), text)
    if asked.sought is QuestionType.DEADLINE:
        before = [date for date in around if date.start < best.start]
        return tuple(before[-1:] or around[:1])
    if asked.sought is QuestionType.RESPONSIBILITY:
        return _in_charge(text, own, around)
    if asked.sought is QuestionType.QUANTITY:
        return _in_heading(own, around)
    return ()


def _in_heading(own: Sequence[Sentence], found: Sequence[Fact]) -> tuple[Fact, ...]:
    """Those in the first sentence, which names the matter: «6. 推进“15分钟社区美好生活圈”…»."""
    return tuple(fact for fact in found if fact.end <= own[0].end)


def _in_charge(text: str, own: Sequence[Sentence], bodies: Sequence[Fact]) -> tuple[Fact, ...]:
    """The bodies in the bracket that closes a provision, which rule all of it: （区卫生健康委、区民政局）."""
    last = own[-1]
    return (
        tuple(body for body in bodies if body.start >= last.start)
        if _BRACKET.fullmatch(text[slice(*last.span)])
        else ()
    )
