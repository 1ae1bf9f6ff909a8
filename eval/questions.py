"""What the anticipated questions are worth: everything fitted anew with and without them, and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score

from assistant.glossary import load_glossary
from assistant.pipeline import Assistant
from assistant.spelling import Spelling
from corpus.library import Library
from eval.gold import GoldQuestion
from eval.metrics import WITHIN
from eval.training import Example, answerability, examples, fit_models
from index.encoder import Encoder
from index.storage import build_index, open_index


@dataclass(frozen=True, slots=True)
class Worth:
    """How a library does on the reporting half, models fitted on the tuning half: shares in [0, 1], and the AUC."""

    name: str
    keys: int
    first_right: float
    within_five: float
    auc: float


def with_and_without(
    tuning: Sequence[GoldQuestion],
    reporting: Sequence[GoldQuestion],
    library: Library,
    encoder: Encoder,
    console: Console,
) -> tuple[Worth, Worth]:
    """The library as it is, and without its anticipated questions."""
    bare = replace(library, anticipated={})
    with console.status("各自建索引、拟合、评分……"):
        return (
            _worth("有预想问题", library, tuning, reporting, encoder),
            _worth("没有预想问题", bare, tuning, reporting, encoder),
        )


def _worth(
    name: str,
    library: Library,
    tuning: Sequence[GoldQuestion],
    reporting: Sequence[GoldQuestion],
    encoder: Encoder,
) -> Worth:
    with TemporaryDirectory() as home:
        build_index(Path(home), library, encoder)
        glossary = load_glossary()
        retriever = open_index(Path(home), library, encoder)
        assistant = Assistant(library, retriever, glossary, Spelling.of(library, glossary))
        models = fit_models(examples(tuning, assistant))
        judged = examples(reporting, assistant)
    ranked = [_order(example, models.ranking) for example in judged if example.right.any()]
    believed = answerability(judged, models)
    return Worth(
        name,
        sum(map(len, library.anticipated.values())),
        float(np.mean([right[0] for right in ranked])),
        float(np.mean([right[:WITHIN].any() for right in ranked])),
        float(roc_auc_score([example.answerable for example in judged], believed)),
    )


def _order(example: Example, ranking: np.ndarray) -> np.ndarray:
    """Which of the candidates are right, best first."""
    return example.right[np.argsort(-(example.signs @ ranking), kind="stable")]


def print_comparison(found: Sequence[Worth], console: Console) -> None:
    """One row a library, as a table."""
    table = Table(title="预想问题的作用（报告题目）", title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    for title in ("索引", "预想问题", "首条命中", "前五命中", "区分度（AUC）"):
        table.add_column(title, justify="left" if title == "索引" else "right")
    for row in found:
        table.add_row(row.name, str(row.keys), f"{row.first_right:.1%}", f"{row.within_five:.1%}", f"{row.auc:.3f}")
    console.print(table)
