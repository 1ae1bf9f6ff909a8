"""Scores summed up: for all questions and for each type.

Intervals come from SciPy, the area under the ROC curve from scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

from corpus.library import Library
from eval.gold import Expect
from eval.metrics import Score, score_results
from eval.runner import Result


@dataclass(frozen=True, slots=True)
class Rate:
    """hits out of total."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """In [0, 1]; None where nothing was counted."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % score interval (Wilson 1927)."""
        if not self.total:
            return None
        bounds = binomtest(self.hits, self.total).proportion_ci(0.95, method="wilson")
        return float(bounds.low), float(bounds.high)


@dataclass(frozen=True, slots=True)
class Summary:
    """The scores of a group of questions.

    refused is counted over the unanswerable questions, false_refusals over the answerable ones. p50 and p95 are of the
    wall time of `ask`; quote_length is the median length of first quotations in characters.
    """

    name: str
    questions: int
    passed: Rate
    first_right: Rate
    within_five: Rate
    mrr: float | None
    ndcg: float | None
    status_right: Rate
    refused: Rate
    false_refusals: Rate
    included: Rate
    marked: Rate
    verbatim: Rate
    auc: float | None
    p50_ms: float
    p95_ms: float
    quote_length: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores in the order of the gold file, the summary of all, and one for every type."""

    scores: tuple[Score, ...]
    total: Summary
    by_type: tuple[Summary, ...]


def evaluate(results: Sequence[Result], library: Library) -> Evaluation:
    """Score the results and sum them up. Raises ValueError where there are none."""
    scores = score_results(results, library)
    types = dict.fromkeys(result.question.type for result in results)
    groups = {name: [score for score in scores if score.question.type == name] for name in types}
    by_type = tuple(summarise(name, group) for name, group in groups.items())
    return Evaluation(scores, summarise("total", scores), by_type)


def summarise(name: str, scores: Sequence[Score]) -> Summary:
    """Raises ValueError where there is no score."""
    if not scores:
        raise ValueError("no scores to summarise")
    times = [score.result.seconds * 1000 for score in scores]
    shown = sum(score.shown for score in scores)
    faults = sum(len(score.faults) for score in scores)
    return Summary(
        name=name,
        questions=len(scores),
        passed=_rate(score.passed for score in scores),
        first_right=_rate(score.first_right for score in scores),
        within_five=_rate(score.within_five for score in scores),
        mrr=_mean(score.reciprocal_rank for score in scores),
        ndcg=_mean(score.ndcg for score in scores),
        status_right=_rate(score.status_right for score in scores),
        refused=_rate(score.refused for score in scores if score.question.unanswerable),
        false_refusals=_rate(score.refused for score in scores if score.question.answerable),
        included=_rate(score.included for score in scores),
        marked=_rate(score.marked for score in scores),
        verbatim=Rate(shown - faults, shown),
        auc=_auc(scores),
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
        quote_length=_median(len(quote) for quote in map(_first_quote, scores) if quote),
    )


def risk_coverage(scores: Sequence[Score]) -> tuple[tuple[float, float], ...]:
    """(coverage, risk) after answering the k most confident questions, k = 1 … n; ties in the order given.

    Risk is the share of them whose first citation is not right; for an unanswerable question it never is.
    El-Yaniv and Wiener 2010. Questions that may be answered or not are left out.
    """
    judged = [score for score in scores if score.question.expect is not Expect.CLARIFY_OR_ANSWERED]
    ordered = sorted(judged, key=lambda score: -score.confidence)
    wrong = np.cumsum([not score.first_right for score in ordered])
    return tuple((k / len(ordered), float(wrong[k - 1]) / k) for k in range(1, len(ordered) + 1))


def _rate(values: Iterable[bool | None]) -> Rate:
    known = [value for value in values if value is not None]
    return Rate(sum(known), len(known))


def _mean(values: Iterable[float | None]) -> float | None:
    return _statistic(np.mean, values)


def _median(values: Iterable[float | None]) -> float | None:
    return _statistic(np.median, values)


def _statistic(of: Callable[[list[float]], np.floating], values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(of(known)) if known else None


def _auc(scores: Sequence[Score]) -> float | None:
    """How often an answerable question gets more confidence than an unanswerable one; None where either is lacking."""
    judged = [score for score in scores if score.question.answerable or score.question.unanswerable]
    truth = [score.question.answerable for score in judged]
    if len(set(truth)) < 2:
        return None
    return float(roc_auc_score(truth, [score.confidence for score in judged]))


def _first_quote(score: Score) -> str:
    answer = score.result.answer
    return answer.citations[0].quote if answer and answer.citations else ""
