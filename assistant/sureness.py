"""How far an outcome can be relied on: what outcomes of its kind turned out to be worth, as measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.answers import Answer, QuestionType, Status


class Sureness(StrEnum):
    """How far an outcome can be relied on."""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Reliability:
    """How sure an outcome is, and how often such an outcome was right: a share, in [0, 1]."""

    sureness: Sureness
    right: float


# Measured on eval/gold/reporting.jsonl, outcomes of a search only; a test measures it again. An answer is right where
# its first citation is, a refusal where the documents do not say what is asked.
_RELIABILITY: tuple[tuple[Status, float, Reliability], ...] = (
    # status, least confidence, what such outcomes are worth; the highest first
    (Status.ANSWERED, 0.8, Reliability(Sureness.HIGH, 0.96)),
    (Status.ANSWERED, 0.6, Reliability(Sureness.MIDDLE, 0.88)),
    (Status.ANSWERED, 0.0, Reliability(Sureness.LOW, 0.59)),
    (Status.UNSPECIFIED, 0.3, Reliability(Sureness.LOW, 0.4)),
    (Status.UNSPECIFIED, 0.0, Reliability(Sureness.HIGH, 0.94)),
    (Status.NOT_FOUND, 0.2, Reliability(Sureness.LOW, 0.3)),
    (Status.NOT_FOUND, 0.0, Reliability(Sureness.MIDDLE, 0.86)),
)


_COMPARED = Reliability(Sureness.MIDDLE, 0.8)
"""Of things set side by side the confidence tells nothing: .82, .80, .82 right in its three bands (44, tuning half)."""


def reliability(status: Status, asked: QuestionType, confidence: float) -> Reliability | None:
    """How often outcomes of a search with this status and confidence were right; None where it was asked back."""
    if status is Status.ANSWERED and asked is QuestionType.COMPARISON:
        return _COMPARED
    return next((worth for each, least, worth in _RELIABILITY if each is status and confidence >= least), None)


def reliability_of(answer: Answer) -> Reliability | None:
    """The same of an answer; None, too, where nothing was searched."""
    if answer.reasons is None or not answer.reasons.searched:
        return None
    return reliability(answer.status, answer.question_type, answer.confidence)
