"""From evidence to an outcome: answered, unspecified, clarify or not found, and which evidence is shown."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answers import Status
from assistant.concepts import Wanted
from assistant.evidence import Evidence
from assistant.models import DECIDING
from assistant.questions import Understanding
from assistant.wanted import INDISPENSABLE
from corpus.provisions import PolicyDocument

# Chosen on the tuning half of eval/gold.
ENOUGH_TO_ANSWER = 0.4
"""Confidence from which evidence is shown as the answer."""
COVERED_FOR_SUBJECT = 0.3
"""Coverage from which the subject counts as dealt with, though what was asked is not stated."""
LEAST_COVERED = 0.1
"""Coverage, by the provision or by a question anticipated for it, under which nothing is an answer: none of the
question's own words is near it, however near the vectors are."""
WIDE = 4.0
"""Difference of ranking scores beyond which the next evidence plays no part."""
COMPARABLE = 1.0
"""Difference of ranking scores up to which another document's provision is shown beside the best."""
LEAST_CONTENT = 4.0
"""Weight of content words, in nats, under which a question is too vague to search for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A status, the evidence that carries it (best first), and the near misses that do not answer.

    silent  in a comparison, the documents that say nothing of the subject
    """

    status: Status
    evidence: tuple[Evidence, ...] = ()
    near: tuple[Evidence, ...] = ()
    silent: tuple[PolicyDocument, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for and against the best evidence being an answer, each to be weighed by a model.

    near*            cosine of its nearest passage, of any grain and of an anticipated question
    covered, …       as in Signs
    margin           by how much it goes before the next, in [0, 1]
    unseen           share of the question's weight in words that no document prints
    unstated         1 where only a fact of a certain kind answers, and it holds none
    uncovered        1 where the question names a place that no document is made for
    """

    near: float
    near_question: float
    covered: float
    sentence_covered: float
    question_covered: float
    named: float
    stated: float
    margin: float
    unseen: float
    unstated: float
    uncovered: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question when it comes to deciding.

    ranked     evidence, best first
    uncovered  whether it names a place that no document is made for
    """

    asked: Understanding
    wanted: Wanted
    ranked: tuple[Evidence, ...]
    uncovered: bool


def grounds(weighed: Weighed) -> Grounds:
    """The grounds for answering with the first of the evidence; at least one is needed."""
    asked, ranked = weighed.asked, weighed.ranked
    best, signs = ranked[0], ranked[0].signs
    behind = best.score - ranked[1].score if len(ranked) > 1 else WIDE
    return Grounds(
        near=max(signs.near_provision, signs.near_sentence, signs.near_question),
        near_question=signs.near_question,
        covered=signs.covered,
        sentence_covered=signs.sentence_covered,
        question_covered=signs.question_covered,
        named=signs.named,
        stated=signs.stated,
        margin=min(behind, WIDE) / WIDE,
        unseen=weighed.wanted.unseen,
        unstated=float(asked.type in INDISPENSABLE and not best.facts),
        uncovered=float(weighed.uncovered),
    )


def decide(weighed: Weighed, limit: int) -> Outcome:
    """The outcome of a search, with at most `limit` provisions shown."""
    asked = weighed.asked
    if not asked.places and not asked.document_ids and is_vague(weighed.wanted):
        return Outcome(Status.CLARIFY, near=weighed.ranked[:limit])
    if not weighed.ranked:
        return Outcome(Status.NOT_FOUND)
    best = weighed.ranked[0]
    sure = DECIDING.probability(grounds(weighed))
    touched = max(best.signs.covered, best.signs.question_covered) >= LEAST_COVERED
    stated = bool(best.facts) or asked.type not in INDISPENSABLE
    if touched and stated and sure >= ENOUGH_TO_ANSWER:
        return Outcome(Status.ANSWERED, _beside(weighed.ranked, limit), confidence=sure)
    dealt_with = best.signs.covered >= COVERED_FOR_SUBJECT and not weighed.uncovered
    if not stated and dealt_with:
        return Outcome(Status.UNSPECIFIED, (best,), confidence=sure)
    return Outcome(Status.NOT_FOUND, near=weighed.ranked[:limit], confidence=sure)


def decide_comparison(sides: tuple[Weighed, ...], limit: int) -> Outcome:
    """One block a side: the best of each. A side whose best is not about the subject is said to be silent."""
    best = [side.ranked[0] for side in sides if side.ranked]
    if is_vague(sides[0].wanted):
        return Outcome(Status.CLARIFY, near=tuple(best[:limit]))
    about = tuple(each for each in best if each.signs.covered >= COVERED_FOR_SUBJECT)
    if not about:
        return Outcome(Status.NOT_FOUND, near=tuple(best[:limit]))
    silent = tuple(each.document for each in best if each.signs.covered < COVERED_FOR_SUBJECT)
    sure = min(each.signs.covered for each in about)
    return Outcome(Status.ANSWERED, about, silent=silent, confidence=sure)


def is_vague(wanted: Wanted) -> bool:
    """Whether the question holds too little to search for."""
    return sum(concept.weight for concept in wanted.concepts) < LEAST_CONTENT


def _beside(ordered: tuple[Evidence, ...], limit: int) -> tuple[Evidence, ...]:
    """The best, and from each other document its best where that is comparable: what else is ruled elsewhere."""
    best = ordered[0]
    shown, seen = [best], {best.document.document_id}
    for evidence in ordered[1:]:
        comparable = best.score - evidence.score <= COMPARABLE and bool(evidence.facts) == bool(best.facts)
        if comparable and evidence.document.document_id not in seen:
            shown.append(evidence)
            seen.add(evidence.document.document_id)
    return tuple(shown[:limit])
