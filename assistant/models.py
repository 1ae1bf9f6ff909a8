"""The three small models, linear over named signs: which evidence goes first, how surely it answers, and which of its
clauses says it.

Their weights are in weights.json, made by `python -m eval train` from the tuning half of the gold questions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import tanh
from pathlib import Path
from typing import Any, Self

PATH = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class LinearModel:
    """A weight for each named sign, and a bias."""

    weights: Mapping[str, float]
    bias: float = 0.0

    @classmethod
    def read(cls, name: str, path: Path = PATH) -> Self:
        """A model of the weights file."""
        fields = json.loads(path.read_text("utf-8"))[name]
        return cls(fields["weights"], fields["bias"])

    def score(self, signs: Any) -> float:
        """The weighted sum of an object's attributes of those names; not bounded."""
        return self.bias + sum(weight * float(getattr(signs, name)) for name, weight in self.weights.items())

    def probability(self, signs: Any) -> float:
        """The same through the logistic curve, in [0, 1]."""
        return 0.5 * (1 + tanh(self.score(signs) / 2))  # 1 / (1 + e^-x), without its overflow


RANKING = LinearModel.read("ranking")
DECIDING = LinearModel.read("deciding")
MARKING = LinearModel.read("marking")
