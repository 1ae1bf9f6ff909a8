"""The gate before publishing: a candidate library beside the one that serves, asked the same questions in one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.library import Library
from eval.gate import GUARDED, TOLERANCE, Fall, falls, rates
from eval.gold import GoldQuestion, survey_gold
from eval.runner import Answers, Result, run
from eval.summary import Summary, evaluate

GROUNDED = "题目仍有依据"
"""The share of the questions whose articles and words the candidate still has."""
_AT_ONCE = 16
"""Questions between two notes of progress."""

Tell = Callable[[str, int, int], None]
"""Stage, done, total."""


class NothingToAsk(ValueError):
    """Not one gold question fits both libraries; the message is in Chinese."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both scored on the questions that fit both.

    stale  ids of the questions that fit the serving library and not the candidate: what they ask for was changed or is
           gone
    asked  questions that both were asked
    """

    asked: int
    stale: tuple[str, ...]
    serving: Summary
    candidate: Summary

    @property
    def grounded(self) -> float:
        """In [0, 1]."""
        return self.asked / (self.asked + len(self.stale))

    @property
    def falls(self) -> tuple[Fall, ...]:
        """What the candidate does worse by more than the gate's tolerance; empty where the gate is passed."""
        worse = falls(self.candidate, rates(self.serving))
        too_many = len(self.stale) > TOLERANCE * (self.asked + len(self.stale))
        return (*worse, *([Fall(GROUNDED, 1.0, self.grounded)] if too_many else []))


def compare(
    path: Path, serving: Callable[[], Answers], candidate: Callable[[], Answers], library: Library, tell: Tell
) -> Comparison:
    """Ask both the questions of a gold file; each is opened when its turn comes, so that one is in memory at a time.

    library: the candidate's. Raises GoldError, NothingToAsk, and whatever opening raises.
    """
    fitting = {question.id for question in survey_gold(path, library)[0]}
    before = serving()
    sound = survey_gold(path, before.library)[0]
    asked = [question for question in sound if question.id in fitting]
    stale = tuple(question.id for question in sound if question.id not in fitting)
    if not asked:
        raise NothingToAsk("没有一道题目在两个文件库中都有依据")
    first = _summary(asked, before, "评测现用文件库", tell)
    del before
    return Comparison(len(asked), stale, first, _summary(asked, candidate(), "评测候选文件库", tell))


def as_json(comparison: Comparison) -> dict[str, Any]:
    """What another program needs to decide and to show: rates in [0, 1], falls in words."""
    before, after = rates(comparison.serving), rates(comparison.candidate)
    return {
        "asked": comparison.asked,
        "stale": list(comparison.stale),
        "tolerance": TOLERANCE,
        "rates": [
            {"field": field, "name": name, "serving": before.get(field), "candidate": after.get(field)}
            for field, (name, _) in GUARDED.items()
        ],
        "falls": [_fall(fall) for fall in comparison.falls],
    }


def _fall(fall: Fall) -> Mapping[str, Any]:
    return {"name": fall.name, "serving": fall.before, "candidate": fall.now}


def _summary(asked: Sequence[GoldQuestion], answering: Answers, stage: str, tell: Tell) -> Summary:
    results: list[Result] = []
    for at in range(0, len(asked), _AT_ONCE):
        tell(stage, at, len(asked))
        results += run(asked[at : at + _AT_ONCE], answering)
    tell(stage, len(asked), len(asked))
    return evaluate(results, answering.library).total
