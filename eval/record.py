"""An evaluation as JSON values: everything measured, for other programs to read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.models import PATH as WEIGHTS
from eval.baselines import PlainScore
from eval.metrics import Score
from eval.summary import Evaluation, Rate, Summary


@dataclass(frozen=True, slots=True)
class Heading:
    """What was evaluated, and when; printed at the head of a report."""

    gold: str
    index_version: str
    made_at: datetime
    encoder: str = ""


def as_json(evaluation: Evaluation, heading: Heading, plain: tuple[PlainScore, ...] = ()) -> dict[str, object]:
    """Everything measured, ready for json.dumps; rates as {"hits", "total", "value"}, times in milliseconds."""
    whole: dict[str, object] = {
        "gold": heading.gold,
        "index_version": heading.index_version,
        "encoder": heading.encoder,
        "made_at": heading.made_at.isoformat(timespec="seconds"),
        "total": _summary(evaluation.total),
        "by_type": {group.name: _summary(group) for group in evaluation.by_type},
        "measured_when_fitted": read_measured(),
        "questions": [_question(score) for score in evaluation.scores],
    }
    if plain:
        whole["plain_pipeline"] = {
            "chunk_overlaps_gold": sum(score.overlaps for score in plain),
            "majority_article_is_gold": sum(score.majority for score in plain),
            "total": len(plain),
        }
    return whole


def read_measured() -> dict[str, Any]:
    """What the committed weights were measured to do when they were fitted (`python -m eval train`)."""
    measured: dict[str, Any] = json.loads(WEIGHTS.read_text("utf-8"))["measured"]
    return measured


def _summary(summary: Summary) -> dict[str, object]:
    out: dict[str, object] = {}
    for field in Summary.__slots__:
        value = getattr(summary, field)
        out[field] = (
            {"hits": value.hits, "total": value.total, "value": value.value} if isinstance(value, Rate) else value
        )
    return out


def _question(score: Score) -> dict[str, object]:
    question, answer = score.question, score.result.answer
    return {
        "id": question.id,
        "type": question.type,
        "turns": list(question.turns),
        "expect": question.expect.value,
        "gold": [str(ref) for ref in question.gold],
        "status": answer.status.value if answer else None,
        "interpreted_question": answer.interpreted_question if answer else None,
        "confidence": score.confidence,
        "citations": [
            {
                "citation": str(quotation.citation),
                "quote": quotation.quote,
                "highlights": [*map(list, quotation.highlights)],
            }
            for quotation in (answer.citations if answer else ())
        ],
        "ranking": [str(ref) for ref in score.result.ranking],
        "first_right": score.first_right,
        "within_five": score.within_five,
        "reciprocal_rank": score.reciprocal_rank,
        "ndcg": score.ndcg,
        "status_right": score.status_right,
        "included": score.included,
        "marked": score.marked,
        "passed": score.passed,
        "faults": list(score.faults),
        "elapsed_ms": round(score.result.seconds * 1000, 3),
    }
