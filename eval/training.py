"""Fitting the assistant's three small models to the tuning half of the gold questions.

Ranking and marking are linear models fitted to pairs: a right article, or clause, against a wrong one. Deciding is
logistic regression: is there an answer at all. All are cross-validated, and written with rounded weights, so that the
same gold and index give the same file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.answers import QuestionType, Turn
from assistant.decision import Grounds, Weighed, grounds
from assistant.evidence import Signs
from assistant.pipeline import Assistant
from eval.gold import ArticleRef, GoldQuestion
from eval.marks import CLAUSE_SIGNS, MarkedClauses, marked_clauses
from eval.pairs import FOLDS, SEED, Group, Matrix, cross_validated_first, fit_pairs

DECIDING_STRENGTH = 0.3
"""Inverse regularisation, scikit-learn's C."""
MADE_UP = 0.1
"""What a question whose answer was taken away counts beside a real one."""
_DECIMALS = 3
_BY_SEARCH = frozenset(QuestionType) - {QuestionType.LOOKUP, QuestionType.FACT, QuestionType.OUTLINE}
_SIGNS = tuple(field.name for field in fields(Signs))
_GROUNDS = tuple(field.name for field in fields(Grounds))

GROUPS: Mapping[str, tuple[str, ...]] = {
    "预想问题": (
        "near_question", "near_open", "worded_question", "worded_open", "question_covered", "keys_covered", "missed",
        "unlike",
    ),
    "句子": ("near_sentence", "worded_sentence", "sentence_covered"),
    "向量": ("near_provision", "near_sentence", "near_question"),
    "字面检索": ("worded_provision", "worded_sentence", "worded_question"),
    "所问字词的覆盖": (
        "covered", "sentence_covered", "heading_covered", "question_covered", "keys_covered", "missed",
    ),
    "所问事实": ("stated", "named"),
    "地区与文件": ("meant",),
    "对话中刚谈到的文件": ("recent",),
}  # fmt: skip
"""What the ablation takes away in turn: its name, and the signs that go with it."""


@dataclass(frozen=True)
class Example:
    """A gold question as the models see it.

    signs       (candidates, signs)
    right       (candidates,) whether each is a right article
    answerable  whether the documents answer it
    clauses     those of a right article, where there is something to choose between
    """

    weighed: Weighed
    signs: Matrix
    right: NDArray[np.bool_]
    answerable: bool
    clauses: MarkedClauses | None = None


@dataclass(frozen=True)
class Training:
    """What was fitted, and how well it does on questions left out of the fit.

    first_marked  share of right articles whose best clause holds the deciding words
    ablation      first_right of a ranking fitted anew without each of GROUPS
    """

    weights: dict[str, dict[str, object]]
    first_right: float
    auc: float
    first_marked: float
    questions: int
    ablation: Mapping[str, float]


def examples(questions: Sequence[GoldQuestion], assistant: Assistant) -> tuple[Example, ...]:
    """The gold questions that go through search; those of several sides, and vague ones, are left out."""
    found = (_example(question, assistant) for question in questions)
    return tuple(example for example in found if example is not None)


@dataclass(frozen=True)
class Models:
    """What is fitted: ranking (signs,), deciding over scaled grounds, clauses (clause signs,)."""

    ranking: Matrix
    deciding: Pipeline
    marking: Matrix


def fit_models(learned: Sequence[Example]) -> Models:
    """All three models. Deciding is fitted to the ranking that the fitted model gives."""
    rankable = [example for example in learned if example.right.any()]
    ranking = fit_pairs(_groups(rankable))
    matrix, answerable, counted = _to_decide(learned, ranking)
    deciding = make_pipeline(StandardScaler(), LogisticRegression(C=DECIDING_STRENGTH))
    deciding.fit(matrix, answerable, **counted)
    return Models(ranking, deciding, fit_pairs(_clauses(learned)))


def train(learned: Sequence[Example]) -> Training:
    """Fit the models, and measure them by cross-validation."""
    rankable = [example for example in learned if example.right.any()]
    models = fit_models(learned)
    weights, bias = _unscaled(models.deciding[0], models.deciding[1])
    return Training(
        weights={
            "ranking": {"weights": _named(_SIGNS, models.ranking), "bias": 0.0},
            "deciding": {"weights": _named(_GROUNDS, weights), "bias": round(bias, _DECIMALS)},
            "marking": {"weights": _named(CLAUSE_SIGNS, models.marking), "bias": 0.0},
        },
        first_right=cross_validated_first(_groups(rankable)),
        auc=_cross_validated_auc(learned, models),
        first_marked=cross_validated_first(_clauses(learned)),
        questions=len(learned),
        ablation={name: cross_validated_first(_groups(_without(rankable, signs))) for name, signs in GROUPS.items()},
    )


def answerability(judged: Sequence[Example], models: Models) -> Matrix:
    """The confidence in each question's best evidence, in [0, 1]: (questions,)."""
    matrix = np.array([astuple(grounds(_reranked(example, models.ranking))) for example in judged], float)
    believed: Matrix = models.deciding.predict_proba(matrix)[:, 1]
    return believed


def _cross_validated_auc(learned: Sequence[Example], models: Models) -> float:
    matrix, answerable, counted = _to_decide(learned, models.ranking)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    deciding = make_pipeline(StandardScaler(), LogisticRegression(C=DECIDING_STRENGTH))
    believed = cross_val_predict(deciding, matrix, answerable, cv=folds, params=counted, method="predict_proba")[:, 1]
    asked = slice(len(learned))
    return float(roc_auc_score(answerable[asked], believed[asked]))


def _to_decide(
    learned: Sequence[Example], ranking: Matrix
) -> tuple[Matrix, NDArray[np.bool_], dict[str, NDArray[np.float64]]]:
    """The grounds of every question, and of those made up of it; which are answerable; what each counts."""
    made_up = [without_answer(example) for example in learned if example.right.any()]
    judged = [*learned, *made_up]
    matrix = np.array([astuple(grounds(_reranked(example, ranking))) for example in judged], float)
    answerable = np.array([example.answerable for example in judged])
    shares = np.r_[np.ones(len(learned)), np.full(len(made_up), MADE_UP)]
    return matrix, answerable, {"logisticregression__sample_weight": shares}


def _clauses(learned: Sequence[Example]) -> list[Group]:
    return [example.clauses.group for example in learned if example.clauses is not None]


def without_answer(example: Example) -> Example:
    """The same question to a library that does not answer it: its right articles are taken out.

    Gold questions that no document answers are few; these are as many as those that one does, and as near as it gets.
    """
    left = np.flatnonzero(~example.right)
    ranked = tuple(example.weighed.ranked[row] for row in left)
    return Example(replace(example.weighed, ranked=ranked), example.signs[left], example.right[left], False)


def write_weights(training: Training, path: Path) -> None:
    """The weights as JSON, for assistant.models, and beside them what they were measured to do, for the report."""
    measured = {
        "questions": training.questions,
        "first_right": round(training.first_right, _DECIMALS),
        "auc": round(training.auc, _DECIMALS),
        "first_marked": round(training.first_marked, _DECIMALS),
        "ablation": {name: round(rate, _DECIMALS) for name, rate in training.ablation.items()},
    }
    whole = {**training.weights, "measured": measured}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _example(question: GoldQuestion, assistant: Assistant) -> Example | None:
    if question.need_all or question.expect == "clarify_or_answered":
        return None
    history: tuple[Turn, ...] = ()
    for turn in question.turns[:-1]:
        history = (*history, Turn.of(assistant.ask(turn, history=history)))
    weighed = assistant.weigh(question.turns[-1], history=history)
    if weighed.asked.type not in _BY_SEARCH or not weighed.ranked:
        return None
    refs = [ArticleRef(each.document.document_id, each.provision.article_id) for each in weighed.ranked]
    right = np.array([ref in question.gold for ref in refs])
    signs = np.array([astuple(each.signs) for each in weighed.ranked], float)
    clauses = marked_clauses(question, weighed) if question.deciding_words else None
    return Example(weighed, signs, right, question.expect == "answered", clauses)


def _groups(learned: Sequence[Example]) -> list[Group]:
    return [Group(example.signs, example.right) for example in learned]


def _without(learned: Sequence[Example], signs: Sequence[str]) -> list[Example]:
    """The same examples with those signs silent."""
    spoken = np.array([name not in signs for name in _SIGNS])
    return [replace(example, signs=example.signs * spoken) for example in learned]


def _reranked(example: Example, weights: Matrix) -> Weighed:
    """The same question with its evidence in the order, and with the scores, of other weights."""
    scores = example.signs @ np.round(weights, _DECIMALS)
    order = np.argsort(-scores, kind="stable")
    ranked = tuple(replace(example.weighed.ranked[row], score=float(scores[row])) for row in order)
    return replace(example.weighed, ranked=ranked)


def _unscaled(scaler: StandardScaler, model: LogisticRegression) -> tuple[Matrix, float]:
    """Weights and bias for signs as they are, from those for standardised ones."""
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - weights @ scaler.mean_)


def _named(names: Sequence[str], weights: Matrix) -> dict[str, float]:
    return {name: round(float(weight), _DECIMALS) for name, weight in zip(names, weights, strict=True)}
