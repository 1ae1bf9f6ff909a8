"""The two small models: the committed weights are what the committed gold gives, and they earn their place."""

from __future__ import annotations

from math import inf
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from assistant.models import DECIDING, PATH, RANKING, LinearModel
from assistant.pipeline import Assistant
from eval.gold import read_gold
from eval.training import examples, train, without_answer, write_weights

TUNING = Path(__file__).parents[1] / "eval" / "gold" / "tuning.jsonl"


def test_linear_model() -> None:
    model = LinearModel({"near": 2.0, "stated": -1.0}, 0.5)
    assert model.score(SimpleNamespace(near=1.0, stated=True)) == 1.5
    assert model.probability(SimpleNamespace(near=0.25, stated=True)) == 0.5
    assert 0.0 <= model.probability(SimpleNamespace(near=-400.0, stated=0)) < 1e-9 < inf


def test_the_committed_weights_are_those_of_the_tuning_half(assistant: Assistant, tmp_path: Path) -> None:
    learned = examples(read_gold(TUNING, assistant.library), assistant)
    trained = train(learned)
    assert trained.questions > 250
    assert trained.first_right > 0.9
    assert trained.auc > 0.9
    write_weights(trained, tmp_path / "weights.json")
    # another processor rounds a little otherwise
    for name, committed in (("ranking", RANKING), ("deciding", DECIDING)):
        fresh = LinearModel.read(name, tmp_path / "weights.json")
        assert fresh.weights == pytest.approx(committed.weights, rel=0.1, abs=0.3)
        assert fresh.bias == pytest.approx(committed.bias, rel=0.1)
    assert PATH.exists()


def test_an_example_without_its_answer_keeps_the_rest(assistant: Assistant) -> None:
    learned = examples(read_gold(TUNING, assistant.library)[:5], assistant)
    example = next(each for each in learned if each.right.any())
    left = without_answer(example)
    assert not left.answerable
    assert not left.right.any()
    assert len(left.weighed.ranked) == len(left.signs) == np.count_nonzero(~example.right)
