"""What the model that chooses the clauses to mark learns from: those that hold the deciding words, and the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np

from assistant.clauses import ClauseSigns, clause_signs
from assistant.decision import Weighed
from assistant.evidence import Evidence
from corpus.structure.sentences import Span
from eval.gold import ArticleRef, GoldQuestion
from eval.pairs import Group
from eval.words import occurrences

CLAUSE_SIGNS = tuple(field.name for field in fields(ClauseSigns))


@dataclass(frozen=True)
class MarkedClauses:
    """The clauses of a right article: group holds (clauses, signs) and which of them hold deciding words."""

    question: GoldQuestion
    group: Group


def marked_clauses(question: GoldQuestion, weighed: Weighed) -> MarkedClauses | None:
    """The clauses of the best-ranked right article that prints the deciding words; None where nothing can be learnt."""
    for evidence in weighed.ranked:
        if ArticleRef(evidence.document.document_id, evidence.provision.article_id) in question.gold:
            group = _group(question, evidence, weighed)
            if group is not None:
                return MarkedClauses(question, group)
    return None


def _group(question: GoldQuestion, evidence: Evidence, weighed: Weighed) -> Group | None:
    text, provision = evidence.document.text, evidence.provision
    clauses, signs = clause_signs(
        text, evidence.sentences, provision.heading, evidence.span, weighed.asked, weighed.wanted
    )
    deciding = tuple(_places(question.deciding_words, text[provision.start : provision.end], provision.start))
    right = np.array([any(start < last and first < end for first, last in deciding) for start, end in clauses], bool)
    if not right.any() or right.all():
        return None
    return Group(np.array([astuple(each) for each in signs], float), right)


def _places(words: Sequence[str], own: str, start: int) -> list[Span]:
    return [(start + first, start + last) for each in words for first, last in occurrences(each, own)]
