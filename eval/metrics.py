"""Scores of single questions. Ranking measures come from ir-measures.

A score is None where it does not apply: an unanswerable question has no right article to put first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, nDCG

from assistant.answers import Answer, Quotation, Status
from corpus.library import Library
from eval.gold import Expect, GoldQuestion
from eval.runner import DEPTH, Result
from eval.verbatim import answer_faults
from eval.words import occurrences, occurs

WITHIN = 5
_MET_BY: dict[Expect, frozenset[Status]] = {
    Expect.ANSWERED: frozenset({Status.ANSWERED}),
    Expect.NOT_FOUND: frozenset({Status.NOT_FOUND, Status.UNSPECIFIED}),
    Expect.CLARIFY_OR_ANSWERED: frozenset({Status.CLARIFY, Status.ANSWERED}),
}
_REFUSALS = frozenset({Status.NOT_FOUND, Status.UNSPECIFIED})


@dataclass(frozen=True, slots=True)
class Score:
    """One question's scores.

    first_right      the first citation is a gold article; all gold articles are cited where need_all
    within_five      the same of the ranking's first five (see `runner.Result.ranking`)
    reciprocal_rank  RR@10 of the ranking
    ndcg             nDCG@10 of the ranking, every gold article equally relevant
    status_right     the status meets what was expected
    refused          the status is not_found or unspecified
    included         the quotes, taken together, hold the words they must
    marked           one of the deciding words overlaps a highlight
    passed           all that applies: status right, right article first, words included
    shown, faults    pieces of text shown in any turn, and the reasons of those that are not verbatim
    """

    result: Result
    first_right: bool | None
    within_five: bool | None
    reciprocal_rank: float | None
    ndcg: float | None
    status_right: bool
    refused: bool
    included: bool | None
    marked: bool | None
    passed: bool
    shown: int
    faults: tuple[str, ...]

    @property
    def question(self) -> GoldQuestion:
        return self.result.question

    @property
    def confidence(self) -> float:
        return self.result.answer.confidence if self.result.answer else 0.0


def score_results(results: Sequence[Result], library: Library) -> tuple[Score, ...]:
    """One score for every result, in the same order."""
    ranked = _ranked(results)
    return tuple(_score(result, library, ranked.get(result.question.id)) for result in results)


def _score(result: Result, library: Library, ranked: tuple[float, float] | None) -> Score:
    question, answer = result.question, result.answer
    first = _first_right(result) if question.answerable else None
    included = _included(question, answer) if question.deciding_words else None
    status_right = answer is not None and answer.status in _MET_BY[question.expect]
    shown, faults = _checked(result, library)
    return Score(
        result=result,
        first_right=first,
        within_five=_within(result) if question.answerable else None,
        reciprocal_rank=ranked[0] if ranked else None,
        ndcg=ranked[1] if ranked else None,
        status_right=status_right,
        refused=answer is not None and answer.status in _REFUSALS,
        included=included,
        marked=_marked(question, answer) if question.deciding_words else None,
        passed=status_right and first is not False and included is not False and not faults,
        shown=shown,
        faults=faults,
    )


def _first_right(result: Result) -> bool:
    gold, cited = set(result.question.gold), result.cited
    return gold <= set(cited) if result.question.need_all else bool(cited) and cited[0] in gold


def _within(result: Result) -> bool:
    gold, near = set(result.question.gold), set(result.ranking[:WITHIN])
    return gold <= near if result.question.need_all else bool(gold & near)


def _included(question: GoldQuestion, answer: Answer | None) -> bool:
    quotes = [quotation.quote for quotation in answer.citations] if answer else []

    def quoted(words: str) -> bool:
        return any(occurs(words, quote) for quote in quotes)

    some = question.must_include_any
    return all(map(quoted, question.must_include)) and (not some or any(map(quoted, some)))


def _marked(question: GoldQuestion, answer: Answer | None) -> bool:
    quotations = answer.citations if answer else ()
    return any(_marks(quotation, words) for quotation in quotations for words in question.deciding_words)


def _marks(quotation: Quotation, words: str) -> bool:
    at = quotation.citation.start
    found = [(at + start, at + end) for start, end in occurrences(words, quotation.quote)]
    return any(start < right and left < end for start, end in found for left, right in quotation.highlights)


def _checked(result: Result, library: Library) -> tuple[int, tuple[str, ...]]:
    """A fault of the assistant counts as one piece that is not verbatim: its own check may be what failed."""
    checks = [answer_faults(turn.answer, library) for turn in result.turns]
    faults = [fault for _, found in checks for fault in found]
    shown = sum(count for count, _ in checks)
    if result.fault:
        return shown + 1, (*faults, f"程序出错：{result.fault}")
    return shown, tuple(faults)


def _ranked(results: Sequence[Result]) -> dict[str, tuple[float, float]]:
    """(RR@10, nDCG@10) by question id, of the answerable questions."""
    judged = [result for result in results if result.question.answerable]
    qrels = [ir_measures.Qrel(r.question.id, str(ref), 1) for r in judged for ref in r.question.gold]
    run = [
        ir_measures.ScoredDoc(result.question.id, str(ref), float(DEPTH - place))
        for result in judged
        for place, ref in enumerate(result.ranking[:DEPTH])
    ]
    values: dict[str, dict[str, float]] = {result.question.id: {} for result in judged}
    for metric in ir_measures.iter_calc([RR @ DEPTH, nDCG @ DEPTH], qrels, run) if run else ():
        values[metric.query_id][str(metric.measure)] = metric.value
    return {query: (found.get(f"RR@{DEPTH}", 0.0), found.get(f"nDCG@{DEPTH}", 0.0)) for query, found in values.items()}
