"""From evidence to an outcome: answered, unspecified, clarify or not found, and which evidence is shown."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from assistant.answers import Status
from assistant.concepts import Concept
from assistant.evidence import Evidence
from assistant.questions import Understanding
from assistant.wanted import INDISPENSABLE

# Tuned on eval/gold by `python -m eval`.
ENOUGH_TO_ANSWER = 0.45
"""Confidence from which evidence is shown as the answer."""
ENOUGH_WHERE_UNCOVERED = 0.9
"""The same where the question names a place that no document is made for: then only what holds everywhere counts."""
ENOUGH_FOR_SUBJECT = 0.25
"""Confidence from which the subject counts as dealt with, though what was asked is not stated."""
COMPARABLE = 0.88
"""Share of the best score from which another document's provision is shown beside it."""
LEAST_COSINE = 0.84
"""Cosine of unrelated texts: this family of encoders gives none much less."""
LEAST_CONTENT = 4.0
"""Weight of content words, in nats, under which a question is too vague to search for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A status, the evidence that carries it (best first), and the near misses that do not answer."""

    status: Status
    evidence: tuple[Evidence, ...] = ()
    near: tuple[Evidence, ...] = ()
    confidence: float = 0.0


def decide(
    asked: Understanding, wanted: tuple[Concept, ...], ranked: tuple[Evidence, ...], limit: int, *, covered: bool
) -> Outcome:
    """The outcome of a search. ranked: evidence, best first. covered: documents are made for every place named."""
    if not asked.places and not asked.document_ids and is_vague(wanted):
        return Outcome(Status.CLARIFY, near=ranked[:limit])
    if not ranked:
        return Outcome(Status.NOT_FOUND)
    ordered = _stated_first(asked, ranked)
    best, sure = ordered[0], confidence(ordered[0])
    stated = bool(best.facts) or asked.type not in INDISPENSABLE
    if stated and sure >= (ENOUGH_TO_ANSWER if covered else ENOUGH_WHERE_UNCOVERED):
        return Outcome(Status.ANSWERED, _beside(ordered, limit), confidence=sure)
    if not stated and covered and sure >= ENOUGH_FOR_SUBJECT:
        return Outcome(Status.UNSPECIFIED, (best,), confidence=sure)
    return Outcome(Status.NOT_FOUND, near=ordered[:limit], confidence=sure)


def decide_comparison(sides: tuple[tuple[Evidence, ...], ...], limit: int) -> Outcome:
    """One block a side: the best of each; a side without enough evidence is left out."""
    best = [side[0] for side in sides if side and confidence(side[0]) >= ENOUGH_FOR_SUBJECT]
    if not best:
        return Outcome(Status.NOT_FOUND, near=tuple(side[0] for side in sides if side)[:limit])
    return Outcome(Status.ANSWERED, tuple(best), confidence=min(map(confidence, best)))


def confidence(evidence: Evidence) -> float:
    """How surely a provision answers the question, in [0, 1]: a logistic curve over four signs.

    Fitted (scikit-learn, balanced classes) on the search questions of eval/gold/first.jsonl, then rounded.
    """
    near = 17 * max(evidence.hit.cosine, LEAST_COSINE)
    signs = near + 2.0 * evidence.coverage + 1.0 * evidence.sentence_coverage + 1.5 * bool(evidence.facts)
    return 1 / (1 + exp(17.6 - signs))


def is_vague(wanted: tuple[Concept, ...]) -> bool:
    """Whether the question holds too little to search for."""
    return sum(concept.weight for concept in wanted) < LEAST_CONTENT


def _stated_first(asked: Understanding, ranked: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Evidence with the kind of fact asked for before comparable evidence without it."""
    if asked.type not in INDISPENSABLE:
        return ranked
    top = ranked[0].score
    near = [evidence for evidence in ranked if evidence.score >= COMPARABLE * top]
    rest = [evidence for evidence in ranked if evidence.score < COMPARABLE * top]
    near.sort(key=lambda evidence: not evidence.facts)
    return (*near, *rest)


def _beside(ordered: tuple[Evidence, ...], limit: int) -> tuple[Evidence, ...]:
    """The best, and from each other document its best where that is comparable: what else is ruled elsewhere."""
    best = ordered[0]
    shown, seen = [best], {best.document.document_id}
    for evidence in ordered[1:]:
        comparable = evidence.score >= COMPARABLE * best.score and bool(evidence.facts) == bool(best.facts)
        if comparable and evidence.document.document_id not in seen:
            shown.append(evidence)
            seen.add(evidence.document.document_id)
    return tuple(shown[:limit])
