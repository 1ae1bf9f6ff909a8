"""Retrieval over folders in BEIR form: reading, cutting, caching, scoring."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.beir import BeirError, read_beir, score_beir
from eval.vectors import Vectors, cut_for_encoder, encode_cached

BENCH = Path(__file__).parents[2] / "shared" / "bench"
DOCUMENTS = [
    {"_id": "d1", "title": "医务室", "text": "养老机构内设医务室应当配置医师。"},
    {"_id": "d2", "title": "", "text": "消防演练每半年开展一次。"},
    {"_id": 3, "title": "补贴", "text": "护理站享受建设补贴。"},
]
QUERIES = [
    {"_id": "q1", "text": "医务室配置医师"},
    {"_id": "q2", "text": "消防演练多久一次"},
    {"_id": "q3", "text": "没有人判断过的问题"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\t3\t1\n"


class LetterEncoder:
    """A bag of characters hashed into 64 dimensions: near enough to meaning for a test."""

    name = "letters"
    max_tokens = 512

    def __init__(self) -> None:
        self.encoded = 0

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), 64), np.float32)
        for row, text in enumerate(texts):
            for character in text:
                vectors[row, ord(character) % 64] += 1
        norms: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-9), np.float32)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        return self.encode_questions(texts)

    def count_tokens(self, text: str) -> int:
        return len(text)


def lines(records: Sequence[object]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tiny"
    made.mkdir()
    (made / "corpus.jsonl").write_text(lines(DOCUMENTS), encoding="utf-8")
    (made / "queries.jsonl").write_text(lines(QUERIES), encoding="utf-8")
    (made / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return made


def test_reads_a_folder(folder: Path) -> None:
    data = read_beir(folder)
    assert data.ids == ("d1", "d2", "3")
    assert list(data.texts)[:2] == ["医务室\n养老机构内设医务室应当配置医师。", "消防演练每半年开展一次。"]
    assert dict(data.queries) == {"q1": "医务室配置医师", "q2": "消防演练多久一次"}
    assert data.qrels["q2"] == {"3": 1}
    assert list(read_beir(folder, limit_queries=1).queries) == ["q1"]


def test_reads_packed_corpora_and_the_original_layout(folder: Path) -> None:
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress((folder / "corpus.jsonl").read_bytes()))
    (folder / "corpus.jsonl").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    assert len(read_beir(folder).ids) == 3


def test_qrels_need_no_heading(folder: Path) -> None:
    (folder / "qrels.tsv").write_text("q1\td1\t1\r\nq2\td2\t2\r\n", encoding="utf-8")
    assert read_beir(folder).qrels == {"q1": {"d1": 1}, "q2": {"d2": 2}}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("corpus.jsonl", '{"_id": "d1", "text": "好"}\n{"_id": ', "corpus.jsonl 第 2 行"),
        ("corpus.jsonl", '{"_id": "d1"}\n', "corpus.jsonl 第 1 行"),
        ("corpus.jsonl", "[1]\n", "corpus.jsonl 第 1 行"),
        ("corpus.jsonl", lines(DOCUMENTS[:1] * 2), "文档编号有重复"),
        ("corpus.jsonl", "", "没有文档"),
        ("queries.jsonl", lines(QUERIES[2:]), "没有带判断的查询"),
        ("qrels.tsv", "q1 d1 1\n q2 d2 1\n", "qrels.tsv 第 1 行|qrels.tsv 第 2 行"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\n", "qrels.tsv 第 2 行"),
    ],
)
def test_damaged_folders(folder: Path, name: str, content: str, reason: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(BeirError, match=reason):
        read_beir(folder)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_missing_files_are_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BeirError, match=f"没有 {name}"):
        read_beir(folder)


def test_scores_by_hand(folder: Path, tmp_path: Path) -> None:
    """q1's document is found first; q2's judged document is not the one its words are in, and shares none."""
    (lexical,) = score_beir(read_beir(folder), None, tmp_path)
    assert lexical.queries == 2
    assert lexical.measures == {"R@1": 0.5, "R@10": 0.5, "R@100": 0.5, "RR@10": 0.5, "nDCG@10": 0.5}


def test_three_runs_with_an_encoder(folder: Path, tmp_path: Path) -> None:
    runs = score_beir(read_beir(folder), LetterEncoder(), tmp_path)
    assert [run.name for run in runs] == ["关键词（BM25）", "向量", "关键词＋向量", "多粒度融合"]
    assert all(run.measures["R@1"] == 0.5 and run.measures["R@10"] >= 0.5 for run in runs)


def test_long_documents_are_cut_and_keep_their_title() -> None:
    body = "第一句话说明情况。" * 200
    cut = cut_for_encoder(["标题", "短"], [body, "短文"], LetterEncoder())
    assert cut.owners[-1] == 1
    assert set(cut.owners[:-1]) == {0}
    assert cut.most_pieces == len(cut.owners) - 1
    assert all(text.startswith("标题\n") and len(text) <= 460 for text in cut.texts[:-1])


def test_vectors_are_kept_by_content(tmp_path: Path) -> None:
    encoder = LetterEncoder()
    first = encode_cached(["甲", "乙"], encoder, tmp_path)
    again = encode_cached(["甲", "乙"], encoder, tmp_path)
    assert encoder.encoded == 2
    assert np.array_equal(first, again)
    encode_cached(["甲", "丙"], encoder, tmp_path)
    assert encoder.encoded == 4
    assert not list(tmp_path.glob("*.tmp"))


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    encoder = LetterEncoder()
    first = encode_cached(["甲", "乙"], encoder, tmp_path)
    (kept,) = tmp_path.glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:40])
    assert np.array_equal(encode_cached(["甲", "乙"], encoder, tmp_path), first)


@pytest.mark.skipif(not BENCH.is_dir(), reason="没有 ../shared/bench，跳过公开检索数据上的检查")
@pytest.mark.parametrize(("name", "at_least"), [("ncpp-train", 0.9), ("stard-train", 0.35)])
def test_the_shared_benchmarks(name: str, at_least: float, tmp_path: Path) -> None:
    """Characters 1+2-grams and BM25 reach on these what was measured on their other splits (.977 and .413)."""
    (lexical,) = score_beir(read_beir(BENCH / name, limit_queries=150), None, tmp_path)
    assert lexical.measures["R@10"] >= at_least
