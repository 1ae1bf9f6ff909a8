"""Fitting the assistant's two small models to the tuning half of the gold questions.

Ranking is a linear model fitted to pairs, a right article against a wrong one of the same question (RankSVM's
reduction, Joachims 2002, with the logistic loss). Deciding is logistic regression: is there an answer at all. Both are
cross-validated, and written with rounded weights, so that the same gold and index give the same file.
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
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.answers import QuestionType
from assistant.decision import Grounds, Weighed, grounds
from assistant.evidence import Signs
from assistant.pipeline import Assistant
from eval.gold import ArticleRef, GoldQuestion

FOLDS = 10
SEED = 0
RANKING_STRENGTH = 0.3
DECIDING_STRENGTH = 0.3
"""Inverse regularisation, scikit-learn's C."""
MADE_UP = 0.1
"""What a question whose answer was taken away counts beside a real one."""
_DECIMALS = 3
_BY_SEARCH = frozenset(QuestionType) - {QuestionType.LOOKUP, QuestionType.FACT, QuestionType.OUTLINE}
_SIGNS = tuple(field.name for field in fields(Signs))
_GROUNDS = tuple(field.name for field in fields(Grounds))

Matrix = NDArray[np.float64]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "预想问题": ("near_question", "worded_question", "question_covered"),
    "句子": ("near_sentence", "worded_sentence", "sentence_covered"),
    "向量": ("near_provision", "near_sentence", "near_question"),
    "字面检索": ("worded_provision", "worded_sentence", "worded_question"),
    "所问字词的覆盖": ("covered", "sentence_covered", "heading_covered", "question_covered"),
    "所问事实": ("stated", "named"),
    "地区与文件": ("meant",),
}
"""What the ablation takes away in turn: its name, and the signs that go with it."""


@dataclass(frozen=True)
class Example:
    """A gold question as the models see it.

    signs       (candidates, signs)
    right       (candidates,) whether each is a right article
    answerable  whether the documents answer it
    """

    weighed: Weighed
    signs: Matrix
    right: NDArray[np.bool_]
    answerable: bool


@dataclass(frozen=True)
class Training:
    """What was fitted, and how well it does on questions left out of the fit.

    ablation  first_right of a ranking fitted anew without each of GROUPS
    """

    weights: dict[str, dict[str, object]]
    first_right: float
    auc: float
    questions: int
    ablation: Mapping[str, float]


def examples(questions: Sequence[GoldQuestion], assistant: Assistant) -> tuple[Example, ...]:
    """The gold questions that go through search; those of several sides, and vague ones, are left out."""
    found = (_example(question, assistant) for question in questions)
    return tuple(example for example in found if example is not None)


def train(learned: Sequence[Example]) -> Training:
    """Fit both models. Deciding is fitted to the ranking that the fitted model gives."""
    rankable = [example for example in learned if example.right.any()]
    ranking = _fit_ranking(rankable)
    judged = [*learned, *(without_answer(example) for example in rankable)]
    matrix = np.array([astuple(grounds(_reranked(example, ranking))) for example in judged], float)
    answerable = np.array([example.answerable for example in judged])
    counted = {"logisticregression__sample_weight": np.r_[np.ones(len(learned)), np.full(len(rankable), MADE_UP)]}
    deciding = make_pipeline(StandardScaler(), LogisticRegression(C=DECIDING_STRENGTH))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    believed = cross_val_predict(deciding, matrix, answerable, cv=folds, params=counted, method="predict_proba")[:, 1]
    deciding.fit(matrix, answerable, **counted)
    weights, bias = _unscaled(deciding[0], deciding[1])
    asked = slice(len(learned))
    return Training(
        weights={
            "ranking": {"weights": _named(_SIGNS, ranking), "bias": 0.0},
            "deciding": {"weights": _named(_GROUNDS, weights), "bias": round(bias, _DECIMALS)},
        },
        first_right=_cross_validated_first(rankable),
        auc=float(roc_auc_score(answerable[asked], believed[asked])),
        questions=len(learned),
        ablation={name: _cross_validated_first(_without(rankable, signs)) for name, signs in GROUPS.items()},
    )


def without_answer(example: Example) -> Example:
    """The same question to a library that does not answer it: its right articles are taken out.

    Gold questions that no document answers are few; these are as many as those that one does, and as near as it gets.
    """
    left = np.flatnonzero(~example.right)
    ranked = tuple(example.weighed.ranked[row] for row in left)
    return Example(replace(example.weighed, ranked=ranked), example.signs[left], example.right[left], False)


def write_weights(training: Training, path: Path) -> None:
    """The weights as JSON, for assistant.models."""
    path.write_text(json.dumps(training.weights, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _example(question: GoldQuestion, assistant: Assistant) -> Example | None:
    if question.need_all or question.expect == "clarify_or_answered":
        return None
    history: tuple[str, ...] = ()
    for turn in question.turns[:-1]:
        history = (*history, assistant.ask(turn, history=history).interpreted_question)
    weighed = assistant.weigh(question.turns[-1], history=history)
    if weighed.asked.type not in _BY_SEARCH or not weighed.ranked:
        return None
    refs = [ArticleRef(each.document.document_id, each.provision.article_id) for each in weighed.ranked]
    right = np.array([ref in question.gold for ref in refs])
    signs = np.array([astuple(each.signs) for each in weighed.ranked], float)
    return Example(weighed, signs, right, question.expect == "answered")


def _fit_ranking(learned: Sequence[Example]) -> Matrix:
    """A weight for each sign, from every pair of a right and a wrong article; each question counts the same."""
    differences = [_differences(example) for example in learned]
    pairs = np.vstack(differences)
    shares = np.concatenate([np.full(len(each), 1 / len(each)) for each in differences])
    spread = pairs.std(axis=0) + 1e-9
    both_ways = np.vstack([pairs, -pairs]) / spread
    outcome = np.repeat([1, 0], len(pairs))
    model = LogisticRegression(C=RANKING_STRENGTH, fit_intercept=False, max_iter=1000)
    model.fit(both_ways, outcome, sample_weight=np.tile(shares, 2))
    return np.asarray(model.coef_[0] / spread, float)


def _differences(example: Example) -> Matrix:
    right, wrong = example.signs[example.right], example.signs[~example.right]
    return (right[:, None, :] - wrong[None, :, :]).reshape(-1, example.signs.shape[1])


def _cross_validated_first(learned: Sequence[Example]) -> float:
    """The share of questions with a right article first, each judged by a model that has not seen it."""
    hits = 0
    for train_rows, test_rows in KFold(FOLDS, shuffle=True, random_state=SEED).split(learned):
        weights = _fit_ranking([learned[row] for row in train_rows])
        hits += sum(bool(learned[row].right[np.argmax(learned[row].signs @ weights)]) for row in test_rows)
    return hits / len(learned)


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
