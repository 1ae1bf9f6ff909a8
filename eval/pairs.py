"""Linear ranking learnt from pairs: a right item against a wrong one of the same group.

RankSVM's reduction (Joachims 2002) with the logistic loss. Every group counts the same, however many pairs it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

FOLDS = 10
SEED = 0
STRENGTH = 0.3
"""Inverse regularisation, scikit-learn's C."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """signs: (items, signs); right: (items,), some true and some false."""

    signs: Matrix
    right: NDArray[np.bool_]


def fit_pairs(groups: Sequence[Group]) -> Matrix:
    """A weight for each sign."""
    differences = [_differences(group) for group in groups]
    pairs = np.vstack(differences)
    shares = np.concatenate([np.full(len(each), 1 / len(each)) for each in differences if len(each)])
    spread = pairs.std(axis=0) + 1e-9
    both_ways = np.vstack([pairs, -pairs]) / spread
    outcome = np.repeat([1, 0], len(pairs))
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=2000)
    model.fit(both_ways, outcome, sample_weight=np.tile(shares, 2))
    return np.asarray(model.coef_[0] / spread, float)


def cross_validated_first(groups: Sequence[Group]) -> float:
    """The share of groups with a right item first, each judged by a model that has not seen it."""
    hits = 0
    for train_rows, test_rows in KFold(FOLDS, shuffle=True, random_state=SEED).split(groups):
        weights = fit_pairs([groups[row] for row in train_rows])
        hits += sum(bool(groups[row].right[np.argmax(groups[row].signs @ weights)]) for row in test_rows)
    return hits / len(groups)


def _differences(group: Group) -> Matrix:
    right, wrong = group.signs[group.right], group.signs[~group.right]
    return (right[:, None, :] - wrong[None, :, :]).reshape(-1, group.signs.shape[1])
