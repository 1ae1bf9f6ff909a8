"""Which words of the evidence are quoted, and which of those are marked as deciding.

The marked words are at the level of the phrase: the clause that answers, and of a long one only the facts asked for in
it (the number with its unit, the bodies, the date), or the operative word with what it rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answers import QuestionType
from assistant.clauses import answering_clauses, clauses_of
from assistant.concepts import Wanted, coverage
from assistant.evidence import Evidence
from assistant.questions import Understanding
from assistant.wanted import wanted_facts
from corpus.figures.requirements import Fact
from corpus.structure.sentences import Span

WHOLE_UP_TO = 320
"""Characters of a provision that is quoted whole; of a longer one the sentences that answer are quoted."""
LONG = 36
"""Characters from which of a clause only the facts asked for are marked."""
LONGEST_MARK = 45
"""Characters up to which a mark takes in the clauses that follow in the same sentence."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The words that decide: the ranges to mark, in order, the sentence that holds the best of them, and the facts
    asked for inside them."""

    marked: tuple[Span, ...]
    sentence: Span
    facts: tuple[Fact, ...]


def quoted_span(evidence: Evidence, deciding: Deciding) -> Span:
    """The range to quote: a short provision whole, of a long one the sentences that answer."""
    provision = evidence.provision
    if provision.end - provision.start <= WHOLE_UP_TO:
        return provision.start, provision.end
    touched = [each.span for each in evidence.sentences if any(_overlap(each.span, span) for span in deciding.marked)]
    return min([deciding.sentence, *touched])[0], max(end for _, end in [deciding.sentence, *touched])


def deciding_words(evidence: Evidence, asked: Understanding, wanted: Wanted) -> Deciding:
    """The words of the evidence that decide; none are marked where it has no words."""
    text = evidence.document.text
    chosen = answering_clauses(text, evidence.sentences, evidence.provision.heading, evidence.span, asked, wanted)
    if not chosen:
        return Deciding((), evidence.span, ())
    facts = tuple(fact for sentence in evidence.sentences for fact in sentence.facts)
    answering = wanted_facts(asked.sought, asked.focus, facts, text)
    spans = [span for clause in chosen for span in _marks(clause, evidence, answering, asked, wanted)]
    if asked.sought is QuestionType.RESPONSIBILITY and not any(
        _holds(span, fact) for span in spans for fact in answering
    ):
        spans += [fact.span for fact in evidence.facts]  # the bracket that closes a provision rules all of it
    marked = _joined(spans, text)
    inside = tuple(fact for fact in answering if any(_holds(span, fact) for span in marked))
    return Deciding(marked, _sentence_of(chosen[0], evidence), inside)


def _marks(
    clause: Span, evidence: Evidence, answering: Sequence[Fact], asked: Understanding, wanted: Wanted
) -> list[Span]:
    """A clause with those that follow it closely; of a long one the facts asked for, those that name what is asked."""
    inside = [fact for fact in answering if _holds(clause, fact)]
    if clause[1] - clause[0] >= LONG and inside:
        if asked.sought is QuestionType.PERMISSION:
            return [(inside[0].start, clause[1])]
        naming = max(_nearness(fact, evidence, wanted) for fact in inside)
        return [fact.span for fact in inside if _nearness(fact, evidence, wanted) == naming]
    end = clause[1]
    for following in clauses_of(evidence.document.text, (clause[1], _sentence_of(clause, evidence)[1])):
        if following[1] - clause[0] > LONGEST_MARK:
            break
        end = following[1]
    return [(clause[0], end)]


def _nearness(fact: Fact, evidence: Evidence, wanted: Wanted) -> float:
    words = evidence.document.text[slice(*fact.span)]
    return coverage(wanted.concepts, words) + coverage(wanted.named, words)


def _sentence_of(clause: Span, evidence: Evidence) -> Span:
    return next((each.span for each in evidence.sentences if each.start <= clause[0] < each.end), clause)


def _holds(span: Span, fact: Fact) -> bool:
    return span[0] <= fact.start < span[1]


def _overlap(first: Span, second: Span) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def _joined(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    """In order, those that overlap or have only a comma between them as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1 and "\n" not in text[joined[-1][1] : start]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)
