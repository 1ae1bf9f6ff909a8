"""From evidence to an outcome: answered, unspecified, clarify or not found, and which evidence is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.answers import QuestionType, Status
from assistant.concepts import Wanted, coverage
from assistant.evidence import Evidence
from assistant.models import DECIDING
from assistant.questions import Understanding
from assistant.wanted import INDISPENSABLE, unprinted
from corpus.provisions import PolicyDocument

# Chosen on the tuning half of eval/gold.
ENOUGH_TO_ANSWER = 0.4
"""Confidence from which evidence is shown as the answer."""
COVERED_FOR_SUBJECT = 0.3
"""Coverage from which the subject counts as dealt with, though what was asked is not stated."""
LEAST_COVERED = 0.1
"""Coverage, by the provision or by a question anticipated for it, under which nothing is an answer: none of the
question's own words is near it, however near the vectors are."""
ENOUGH_FOR_PLACE = 0.6
"""Confidence from which a provision of the place named goes before a better one of the nation's."""
WHOLLY = 0.95
"""Coverage from which a provision speaks of all that is asked about."""
WIDE = 4.0
"""Difference of ranking scores beyond which the next evidence plays no part."""
CLOSE = 0.7
"""Difference of ranking scores up to which a comparison shows a second provision of the same side."""
COMPARABLE = 1.5
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
    worded_question  as in Signs
    worded_open      the BM25 of the best question left open less that of the best answered one, per nat
    nearer_open      by how much a question that some candidate leaves open is nearer than any that one answers
    covered, …       as in Signs
    margin           by how much it goes before the next, in [0, 1]
    unseen           share of the question's weight in words that no document prints
    missed, unlike   as in Signs
    unstated_*       1 where a fact of that kind is asked for, and it holds none
    unprinted        1 where a thing is asked for that it does not print
    uncovered        1 where the question names a place that no document is made for
    """

    near: float
    near_question: float
    worded_question: float
    worded_open: float
    nearer_open: float
    covered: float
    sentence_covered: float
    question_covered: float
    keys_covered: float
    meant: float
    named: float
    stated: float
    margin: float
    unseen: float
    missed: float
    unlike: float
    unstated_number: float
    unstated_permission: float
    unstated_body: float
    unstated_list: float
    unprinted: float
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
        worded_question=signs.worded_question,
        worded_open=max(each.signs.worded_open for each in ranked) - max(each.signs.worded_question for each in ranked),
        nearer_open=max(each.signs.near_open for each in ranked) - max(each.signs.near_question for each in ranked),
        covered=signs.covered,
        sentence_covered=signs.sentence_covered,
        question_covered=signs.question_covered,
        keys_covered=signs.keys_covered,
        meant=signs.meant,
        named=signs.named,
        stated=signs.stated,
        margin=min(behind, WIDE) / WIDE,
        unseen=weighed.wanted.unseen,
        missed=signs.missed,
        unlike=signs.unlike,
        unstated_number=float(asked.sought in INDISPENSABLE and not best.facts),
        unstated_permission=float(asked.sought is QuestionType.PERMISSION and not best.facts),
        unstated_body=float(asked.sought is QuestionType.RESPONSIBILITY and not best.facts),
        unstated_list=float(asked.sought is QuestionType.LIST and not best.facts),
        unprinted=float(bool(_unprinted(asked, best))),
        uncovered=float(weighed.uncovered),
    )


def with_place_first(weighed: Weighed) -> Weighed:
    """The same with a provision of the place or document named before all others, where it answers well enough: the
    nation's rule stands behind the district's own."""
    own = next((place for place, each in enumerate(weighed.ranked) if each.signs.meant), 0)
    if not own:
        return weighed
    ranked = (weighed.ranked[own], *weighed.ranked[:own], *weighed.ranked[own + 1 :])
    local = replace(weighed, ranked=ranked)
    return local if DECIDING.probability(grounds(local)) >= ENOUGH_FOR_PLACE else weighed


def decide(weighed: Weighed, limit: int) -> Outcome:
    """The outcome of a search, with at most `limit` provisions shown."""
    weighed = with_place_first(weighed)
    asked = weighed.asked
    if not asked.places and not asked.document_ids and is_vague(weighed.wanted):
        return Outcome(Status.CLARIFY, near=weighed.ranked[:limit])
    if not weighed.ranked:
        return Outcome(Status.NOT_FOUND)
    best = weighed.ranked[0]
    sure = DECIDING.probability(grounds(weighed))
    touched = max(best.signs.covered, best.signs.question_covered) >= LEAST_COVERED
    stated = (bool(best.facts) or asked.sought not in INDISPENSABLE) and not _unprinted(asked, best)
    if touched and stated and sure >= ENOUGH_TO_ANSWER:
        return Outcome(Status.ANSWERED, _beside(weighed.ranked, limit), confidence=sure)
    dealt_with = best.signs.covered >= COVERED_FOR_SUBJECT and not weighed.uncovered
    if not stated and dealt_with:
        return Outcome(Status.UNSPECIFIED, (best,), confidence=sure)
    return Outcome(Status.NOT_FOUND, near=weighed.ranked[:limit], confidence=sure)


def _unprinted(asked: Understanding, evidence: Evidence) -> str:
    return unprinted(asked.focus, evidence.document.own_text(evidence.provision))


def decide_comparison(sides: tuple[Weighed, ...], limit: int) -> Outcome:
    """One block a side: the best of each. A side whose best is not about the subject is said to be silent."""
    best = list({_key(each): each for side in sides for each in _leading(side)}.values())
    if is_vague(sides[0].wanted):
        return Outcome(Status.CLARIFY, near=tuple(best[:limit]))
    about = tuple(each for each in best if _deals_with_it(each))
    if not about:
        return Outcome(Status.NOT_FOUND, near=tuple(best[:limit]))
    silent = tuple(each.document for each in best if not _deals_with_it(each))
    sure = min(max(each.signs.covered, each.signs.question_covered) for each in about)
    return Outcome(Status.ANSWERED, about, silent=silent, confidence=sure)


def _leading(side: Weighed) -> tuple[Evidence, ...]:
    """The best of a side, and the next where it is nearly as good: a subject is often ruled in two places."""
    if not side.ranked:
        return ()
    best = side.ranked[0]
    return tuple(each for each in side.ranked[:2] if best.score - each.score <= CLOSE)


def _key(evidence: Evidence) -> tuple[str, str]:
    return evidence.document.document_id, evidence.provision.article_id


def decide_absent(weighed: Weighed, limit: int) -> Outcome:
    """A question for what a text says that is not at hand: no clause of another answers it."""
    return Outcome(Status.NOT_FOUND, near=weighed.ranked[:limit], confidence=1.0)


def decide_mentions(weighed: Weighed, limit: int) -> Outcome:
    """Every provision that prints all of what is asked about; no evidence where none does."""
    concepts = weighed.wanted.concepts
    printing = tuple(
        each
        for each in weighed.ranked
        if concepts and coverage(concepts, each.document.own_text(each.provision)) >= WHOLLY
    )
    return Outcome(
        Status.ANSWERED if printing else Status.NOT_FOUND, printing[:limit], confidence=float(bool(printing))
    )


def _deals_with_it(evidence: Evidence) -> bool:
    return max(evidence.signs.covered, evidence.signs.question_covered) >= COVERED_FOR_SUBJECT


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
