"""The two engines and their fusion, against answers worked out by hand or by another implementation."""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest

from index.dense import DenseIndex
from index.fusion import fuse
from index.lexical import LexicalIndex, tokens


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("养老院", ["养", "老", "院", "养老", "老院"]),
        ("65岁AI看护", ["65", "岁", "ai", "看", "护", "看护"]),
        ("养。老", ["养", "老"]),
        ("１００张", ["100", "张"]),
        ("，。！", []),
        ("", []),
    ],
)
def test_tokens(text: str, cut: list[str]) -> None:
    assert list(tokens(text)) == cut


TEXTS = ["养老机构内设医务室", "消防演练每半年一次", "养老机构备案", "家庭医生签约服务"]


def test_bm25_equals_the_formula(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS, tmp_path)
    lengths = [len(list(tokens(text))) for text in TEXTS]
    mean = sum(lengths) / len(lengths)

    def bm25(row: int, words: list[str]) -> float:
        held = list(tokens(TEXTS[row]))
        score = 0.0
        for word in words:
            seen = sum(word in list(tokens(text)) for text in TEXTS)
            idf = log(1 + (len(TEXTS) - seen + 0.5) / (seen + 0.5))
            often = held.count(word)
            score += idf * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * lengths[row] / mean))
        return score

    found = dict(index.search("备案机构", 10))
    for row in found:
        assert found[row] == pytest.approx(bm25(row, list(tokens("备案机构"))), rel=0.02)
    assert next(iter(found)) == 2


def test_lexical_search_restricted_to_groups(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS, tmp_path, ["甲", "甲", "乙", "乙"])
    assert [row for row, _ in index.search("养老机构", 10)] == [2, 0]
    assert [row for row, _ in index.search("养老机构", 10, ["甲"])] == [0]
    assert index.search("养老机构", 10, []) == []
    assert index.search("养老机构", 10, ["丙"]) == []


def test_lexical_index_opens_again_and_knows_rarity(tmp_path: Path) -> None:
    built = LexicalIndex.build(TEXTS, tmp_path).search("消防演练", 3)
    opened = LexicalIndex.load(tmp_path)
    assert opened.search("消防演练", 3) == built
    assert opened.rarity("消防") > opened.rarity("养老") > 0
    assert opened.rarity("公积金") == opened.rarity("幼儿园")
    assert opened.search("！？", 3) == []


def test_dense_search(tmp_path: Path) -> None:
    vectors = np.eye(4, dtype=np.float32)
    DenseIndex.build(vectors).save(tmp_path / "dense.faiss")
    index = DenseIndex.load(tmp_path / "dense.faiss")
    question = np.array([[0.8, 0.6, 0, 0]], np.float32)
    scores, rows = index.search(question, 2)
    assert rows.tolist() == [[0, 1]]
    assert scores[0].tolist() == pytest.approx([0.8, 0.6])
    assert index.search(question, 9)[1].shape == (1, 4)
    assert index.search(question, 2, [1, 3])[1].tolist() == [[1, 3]]
    assert index.search(question, 2, [])[1].shape == (1, 0)
    assert (len(index), index.dimension) == (4, 4)


@pytest.mark.parametrize(
    ("dense", "lexical", "rows"),
    [
        ([(1, 0.9), (2, 0.8)], [(2, 9.0), (3, 1.0)], [1, 2, 3]),
        ([(1, 0.9), (2, 0.89), (4, 0.5)], [(2, 9.0), (1, 5.0), (3, 1.0)], [2, 1, 3, 4]),
        ([], [(2, 9.0)], [2]),
        ([(1, 0.9)], [], [1]),
        ([], [], []),
    ],
)
def test_fuse(dense: list[tuple[int, float]], lexical: list[tuple[int, float]], rows: list[int]) -> None:
    assert [row for row, _ in fuse((dense, lexical), 10)] == rows


def test_fuse_is_cut_and_bounded() -> None:
    fused = fuse(([(1, 0.9), (2, 0.1)], [(1, 3.0), (5, 1.0)]), 1)
    assert fused == [(1, 1.0)]


def test_fuse_weighs() -> None:
    rankings = ([(1, 0.9), (2, 0.1)], [(2, 3.0), (5, 1.0)])
    assert [row for row, _ in fuse(rankings, 2, (2.0, 1.0))] == [1, 2]
    assert [row for row, _ in fuse(rankings, 2, (1.0, 2.0))] == [2, 1]
