"""An office's glossary tried out: the same questions with the entries that serve, and with those that would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.pipeline import Assistant
from corpus.library import Library
from eval.comparing import Comparison, Tell, as_json
from eval.gold import GoldError, GoldQuestion, survey_gold
from eval.metrics import Score
from eval.runner import Result, run
from eval.summary import Evaluation, evaluate

SHOWN = 200
"""Questions told of which the answer changed."""
_AT_ONCE = 16
"""Questions between two notes of progress."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Both evaluations, of the same questions in the same order."""

    serving: Evaluation
    candidate: Evaluation

    @property
    def comparison(self) -> Comparison:
        """Held beside each other as the gate does."""
        return Comparison(len(self.serving.scores), (), self.serving.total, self.candidate.total)

    @property
    def changed(self) -> tuple[tuple[Score, Score], ...]:
        """The questions of which the outcome, the finding or what is quoted changed."""
        pairs = zip(self.serving.scores, self.candidate.scores, strict=True)
        return tuple((before, after) for before, after in pairs if _said(before) != _said(after))


def questions_of(path: Path, also: Path | None, library: Library) -> tuple[GoldQuestion, ...]:
    """The sound questions of a gold file, and those of another one that have other ids. Raises GoldError where the
    first has none."""
    asked = {question.id: question for question in survey_gold(path, library)[0]}
    for question in _others(also, library):
        asked.setdefault(question.id, question)
    return tuple(asked.values())


def try_out(
    asked: Sequence[GoldQuestion], assistant: Assistant, own: Mapping[str, tuple[str, ...]], tell: Tell
) -> Trial:
    """Ask everything twice. own: the entries that would serve."""
    before = _evaluation(asked, assistant, "评测现用词表", tell)
    return Trial(before, _evaluation(asked, assistant.with_own_terms(own), "评测候选词表", tell))


def trial_as_json(trial: Trial) -> dict[str, Any]:
    """What another program needs to decide and to show."""
    changed = trial.changed
    told = [
        {
            "id": before.question.id,
            "turns": list(before.question.turns),
            "serving": _told(before),
            "candidate": _told(after),
        }
        for before, after in changed[:SHOWN]
    ]
    return {**as_json(trial.comparison), "changed": len(changed), "changes": told}


def _others(path: Path | None, library: Library) -> tuple[GoldQuestion, ...]:
    try:
        return survey_gold(path, library)[0] if path is not None and path.exists() else ()
    except GoldError:  # not one of them is sound
        return ()


def _evaluation(asked: Sequence[GoldQuestion], assistant: Assistant, stage: str, tell: Tell) -> Evaluation:
    results: list[Result] = []
    for at in range(0, len(asked), _AT_ONCE):
        tell(stage, at, len(asked))
        results += run(asked[at : at + _AT_ONCE], assistant)
    tell(stage, len(asked), len(asked))
    return evaluate(results, assistant.library)


def _said(score: Score) -> tuple[object, ...]:
    answer = score.result.answer
    if answer is None:
        return (score.result.fault,)
    return answer.status, answer.finding, tuple(answer.citations)


def _told(score: Score) -> dict[str, Any]:
    answer = score.result.answer
    cited = [*_cited(score)]
    return {
        "status": answer.status.value if answer else None,
        "finding": answer.finding if answer else score.result.fault,
        "first": cited[0] if cited else None,
        "passed": score.passed,
    }


def _cited(score: Score) -> Iterator[str]:
    yield from map(str, score.result.cited)
