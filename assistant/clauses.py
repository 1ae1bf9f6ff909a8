"""The clauses of a provision, between commas, and which of them say what is asked.

Chosen by a model over named signs (assistant/weights.json): the clause nearest to the question often only repeats it,
and the one that answers stands before or behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.answers import QuestionType
from assistant.concepts import Wanted, coverage
from assistant.models import MARKING
from assistant.questions import Understanding
from assistant.wanted import wanted_facts
from corpus.figures.requirements import Fact, FactKind, Sentence
from corpus.structure.sentences import Span

COMPARABLE = 2.0
"""Difference of scores up to which a second clause is marked beside the best."""
SHORT = 6
"""Characters under which a clause hardly says anything by itself."""

_CLAUSE = re.compile(r"[^，。；：！？\n]+[，。；：！？]?[”’」』）)》]*")
# A clause that only says for whom, when or whereby; the rule is in the next: «对…的，», «如…，», «为了…，», «结合…，».
_SCENE = re.compile(
    r"^(?:对|对于|如|若|经|在|通过|按照?|根据|结合|依托|围绕|发挥|充分|以|由|针对|发现|凡|未)|(?:的|时|后|前|中|下|上|方面|作用|基础上)$"
)
# An operative word in a condition rules nothing: «如确有需要探索…转换的».
_CONDITION = re.compile(r"^(?:如|若|凡|未)|的$")
_ASKED_BY = {
    QuestionType.PERMISSION: FactKind.OPERATIVE,
    QuestionType.RESPONSIBILITY: FactKind.BODY,
    QuestionType.QUANTITY: FactKind.QUANTITY,
    QuestionType.DEADLINE: FactKind.DEADLINE,
    QuestionType.LIST: FactKind.ENUMERATION,
}
_BY_TEXTS = frozenset({QuestionType.PROCEDURE, QuestionType.LIST})


@dataclass(frozen=True, slots=True)
class ClauseSigns:
    """What speaks for a clause being the one that answers.

    covered, named           shares of the question's weight, and of what it names, in the clause
    sentence_covered         the former for its sentence
    covered_before, _after   the same for its neighbours
    fact, sole_fact          1 where it holds a fact that answers; where no other clause does
    *_asked                  1 where such a fact is asked for and it holds any
    novel                    share of its character pairs that the question does not have
    behind, second_behind    1 for the first and the second clause behind the one that covers most
    beside                   1 in the sentence of that one
    chosen                   1 in the sentence that ranking chose
    """

    covered: float
    sentence_covered: float
    named: float
    covered_before: float
    covered_after: float
    fact: float
    sole_fact: float
    operative: float
    operative_asked: float
    body_asked: float
    number_asked: float
    date_asked: float
    enumeration_asked: float
    text_asked: float
    scene: float
    after_scene: float
    condition: float
    heading: float
    bracket: float
    short: float
    novel: float
    behind: float
    second_behind: float
    beside: float
    opening: float
    closing: float
    chosen: float


def clauses_of(text: str, span: Span) -> tuple[Span, ...]:
    """The clauses of a range, between commas, without the comma."""
    found = []
    for match in _CLAUSE.finditer(text, *span):
        words = match[0].rstrip("，。；：！？ \n")
        lead = len(match[0]) - len(match[0].lstrip())
        if words.strip():
            found.append((match.start() + lead, match.start() + len(words)))
    return tuple(found)


def answering_clauses(
    text: str, sentences: Sequence[Sentence], heading: str, chosen: Span, asked: Understanding, wanted: Wanted
) -> tuple[Span, ...]:
    """The clause that answers, and a second one where it is nearly as likely; best first, empty where there are none.

    sentences  all of the provision's; heading: its heading, which opens the first; chosen: the sentence that ranks it
    """
    clauses, signs = clause_signs(text, sentences, heading, chosen, asked, wanted)
    scores = [MARKING.score(each) for each in signs]
    order = sorted(range(len(clauses)), key=lambda place: -scores[place])
    return tuple(clauses[place] for place in order[:2] if scores[order[0]] - scores[place] <= COMPARABLE)


def clause_signs(
    text: str, sentences: Sequence[Sentence], heading: str, chosen: Span, asked: Understanding, wanted: Wanted
) -> tuple[tuple[Span, ...], tuple[ClauseSigns, ...]]:
    """The clauses of a provision, in order, and the signs of each."""
    placed = [
        (clause, number) for number, sentence in enumerate(sentences) for clause in clauses_of(text, sentence.span)
    ]
    clauses = tuple(clause for clause, _ in placed)
    found = tuple(fact for sentence in sentences for fact in sentence.facts)
    answering = wanted_facts(asked.sought, asked.focus, found, text)
    covered = [coverage(wanted.concepts, text[slice(*clause)]) for clause in clauses]
    by_sentence = [coverage(wanted.concepts, text[slice(*sentence.span)]) for sentence in sentences]
    best = max(range(len(clauses)), key=covered.__getitem__, default=0)
    with_fact = sum(any(_inside(fact, clause) for fact in answering) for clause in clauses)
    asked_pairs = set(_pairs(asked.wording))

    def signs(place: int) -> ClauseSigns:
        clause, number = placed[place]
        words = text[slice(*clause)]
        kinds = {fact.kind for fact in found if _inside(fact, clause)}
        sought = {kind: float(asked.sought is type_ and kind in kinds) for type_, kind in _ASKED_BY.items()}
        fact = any(_inside(each, clause) for each in answering)
        pairs = tuple(_pairs(words))
        before = text[slice(*clauses[place - 1])] if place else ""
        return ClauseSigns(
            covered=covered[place],
            sentence_covered=by_sentence[number],
            named=coverage(wanted.named, words),
            covered_before=covered[place - 1] if place else 0.0,
            covered_after=covered[place + 1] if place + 1 < len(clauses) else 0.0,
            fact=float(fact),
            sole_fact=float(fact and with_fact == 1),
            operative=float(FactKind.OPERATIVE in kinds),
            operative_asked=sought[FactKind.OPERATIVE],
            body_asked=sought[FactKind.BODY],
            number_asked=sought[FactKind.QUANTITY],
            date_asked=sought[FactKind.DEADLINE],
            enumeration_asked=sought[FactKind.ENUMERATION],
            text_asked=float("《" in words and asked.sought in _BY_TEXTS),
            scene=float(bool(_SCENE.search(words))),
            after_scene=float(bool(before and _SCENE.search(before))),
            condition=float(bool(_CONDITION.search(words))),
            heading=float(place == 0 and bool(heading)),
            bracket=float(words[:1] in "（("),
            short=float(len(words) < SHORT),
            novel=sum(pair not in asked_pairs for pair in pairs) / max(1, len(pairs)),
            behind=float(place == best + 1),
            second_behind=float(place == best + 2),
            beside=float(number == placed[best][1]),
            opening=float(place == 0 or placed[place - 1][1] != number),
            closing=float(place + 1 == len(placed) or placed[place + 1][1] != number),
            chosen=float(chosen[0] <= clause[0] < chosen[1]),
        )

    return clauses, tuple(map(signs, range(len(clauses))))


def _inside(fact: Fact, clause: Span) -> bool:
    return clause[0] <= fact.start < clause[1]


def _pairs(words: str) -> Iterator[str]:
    return (first + second for first, second in pairwise(words))
