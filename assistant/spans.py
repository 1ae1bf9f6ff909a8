"""Which words of the evidence are quoted, and which of those are marked as deciding.

The marked words are at the level of the phrase: the number with its unit and condition, the operative word with what
it rules, the bodies, the date; where no such fact is asked for, the clause that answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.answers import QuestionType
from assistant.concepts import Wanted, coverage
from assistant.evidence import Evidence
from assistant.questions import Understanding
from corpus.requirements import Fact, Force
from corpus.sentences import Span

WHOLE_UP_TO = 320
"""Characters of a provision that is quoted whole; of a longer one the sentences that answer are quoted."""
LONGEST_MARK = 60
"""Characters up to which a mark takes in the clauses that follow the one found."""
CLEARLY = 0.25
"""Coverage by which a clause without an operative word goes before the one with it."""

_CLAUSE = re.compile(r"[^，。；：！？\n]+[，。；：！？]?[”’」』）)》]*")
# A clause that only says for whom, when or whereby; the rule is in the next: «对…的，», «如…，», «为了…，», «结合…，».
_SCENE = re.compile(
    r"^(?:对|对于|如|若|经|在|通过|按照?|根据|结合|依托|围绕|发挥|充分|以|由|针对|发现|凡|未)|(?:的|时|后|前|中|下|上|方面|作用|基础上)$"
)
# An operative word in a condition rules nothing: «如确有需要探索…转换的».
_CONDITION = re.compile(r"^(?:如|若|凡|未)|的$")
_STRONGEST = (Force.FORBIDDEN, Force.REQUIRED, Force.PRINCIPLE, Force.PERMITTED, Force.ENCOURAGED, Force.EXPLORED)


def quoted_span(evidence: Evidence, marked: tuple[Span, ...]) -> Span:
    """The range to quote: a short provision whole, of a long one the sentences that answer."""
    provision = evidence.provision
    if provision.end - provision.start <= WHOLE_UP_TO:
        return provision.start, provision.end
    start = min([evidence.span[0], *(span[0] for span in marked)])
    end = max([evidence.span[1], *(span[1] for span in marked)])
    return start, end


def deciding_words(evidence: Evidence, asked: Understanding, wanted: Wanted) -> tuple[Span, ...]:
    """The ranges to mark, in order; empty where the evidence has no words."""
    text = evidence.document.text
    clauses = clauses_of(text, evidence.span)
    if not clauses:
        return ()
    if not evidence.facts:
        return (_answering(clauses, text, wanted),)
    if asked.sought is QuestionType.PERMISSION:
        return (_ruled(evidence, clauses, wanted),)
    return _nearest(evidence, wanted)


def clauses_of(text: str, span: Span) -> tuple[Span, ...]:
    """The clauses of a range, between commas, without the comma."""
    found = []
    for match in _CLAUSE.finditer(text, *span):
        words = match[0].rstrip("，。；：！？ \n")
        lead = len(match[0]) - len(match[0].lstrip())
        if words.strip():
            found.append((match.start() + lead, match.start() + len(words)))
    return tuple(found)


def _answering(clauses: Sequence[Span], text: str, wanted: Wanted) -> Span:
    """The clause nearest to the question, or from behind it where it only sets the scene, with what follows closely."""
    first = max(range(len(clauses)), key=lambda place: _nearness(clauses[place], text, wanted))
    while first + 1 < len(clauses) and _SCENE.search(text[slice(*clauses[first])]):
        first += 1
    last = first
    while last + 1 < len(clauses) and clauses[last + 1][1] - clauses[first][0] <= LONGEST_MARK:
        last += 1
    return clauses[first][0], clauses[last][1]


def _ruled(evidence: Evidence, clauses: Sequence[Span], wanted: Wanted) -> Span:
    """An operative word with the rest of its clause: «不得使用…名称». Of equally near ones the strongest."""
    text = evidence.document.text
    spoken = [(fact, _clause_of(fact, clauses)) for fact in evidence.facts]
    holding = [pair for pair in spoken if not _CONDITION.search(text[slice(*pair[1])])] or spoken
    best = max(_nearness(clause, text, wanted) for _, clause in holding)
    if max(_nearness(clause, text, wanted) for clause in clauses) > best + CLEARLY:
        return _answering(clauses, text, wanted)
    nearest = [pair for pair in holding if _nearness(pair[1], text, wanted) >= best - 1e-9]
    fact, clause = min(nearest, key=lambda pair: _STRONGEST.index(pair[0].force or Force.EXPLORED))
    return fact.start, clause[1]


def _nearest(evidence: Evidence, wanted: Wanted) -> tuple[Span, ...]:
    """Facts of the clause that covers most; of several there, those that name what is asked, or else all."""
    text = evidence.document.text
    reach = min(evidence.span[0], evidence.facts[0].start), max(evidence.span[1], evidence.facts[-1].end)
    clauses = clauses_of(text, reach)
    best = max(_nearness(_clause_of(fact, clauses), text, wanted) for fact in evidence.facts)
    nearest = [fact for fact in evidence.facts if _nearness(_clause_of(fact, clauses), text, wanted) == best]
    clause = _clause_of(nearest[0], clauses)
    together = [fact for fact in nearest if _clause_of(fact, clauses) == clause]
    naming = max(_nearness(fact.span, text, wanted) for fact in together)
    return outermost(fact.span for fact in together if _nearness(fact.span, text, wanted) == naming)


def outermost(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Without those that lie inside or overlap one before."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return tuple(kept)


def _clause_of(fact: Fact, clauses: Sequence[Span]) -> Span:
    return next((span for span in clauses if span[0] <= fact.start < span[1]), fact.span)


def _nearness(span: Span, text: str, wanted: Wanted) -> float:
    words = text[slice(*span)]
    return coverage(wanted.concepts, words) + coverage(wanted.named, words)
