"""Retrieval alone, on any folder in BEIR form: lexical and dense runs, and both together, through our index layer.

A folder holds `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`), each plain or .gz, and
`qrels.tsv` or `qrels/test.tsv` (query, document, relevance; tab-separated). Thakur et al., «BEIR», NeurIPS 2021.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval.vectors import Cut, Reads, cut_for_encoder, encode_cached
from index.dense import DenseIndex
from index.fusion import fuse
from index.lexical import LexicalIndex, tokens

DEPTH = 100
WINDOW, STRIDE = 200, 100
"""Characters of the short passages that a document is searched by beside the whole of it, and from one to the next."""
DENSE, DENSE_WHERE_UNCOVERED = 0.7, 2.0
"""Weight of the vectors where the words of a query are all found in one text, and what is added where none is; the
lexical rankings weigh 1 each. Chosen on stard-train and ncpp-train together."""
MEASURES = (R @ 1, R @ 10, R @ 100, RR @ 10, nDCG @ 10)
Item = TypeVar("Item")
Ranking = Sequence[tuple[int, float]]
"""(row of the corpus, score), best first."""


class BeirError(ValueError):
    """A folder that is not in BEIR form; says which file and line, in Chinese."""


@dataclass(frozen=True)
class BeirSet:
    """ids and texts are parallel; a text is its title and body. qrels: relevance by query id and document id."""

    name: str
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    bodies: tuple[str, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]

    @property
    def texts(self) -> Iterator[str]:
        return (f"{title}\n{body}" if title else body for title, body in zip(self.titles, self.bodies, strict=True))


@dataclass(frozen=True, slots=True)
class RunScore:
    """The measures of one run by their name in ir-measures, in [0, 1]; p50_ms is the median time of one query."""

    name: str
    queries: int
    measures: Mapping[str, float]
    p50_ms: float


def read_beir(folder: Path, limit_queries: int | None = None) -> BeirSet:
    """Queries that have a judgement, in the order of the file, the first limit_queries of them. Raises BeirError."""
    ids, titles, bodies = [], [], []
    for record in _records(_file(folder, "corpus.jsonl")):
        ids.append(record["_id"])
        titles.append(record.get("title", "").strip())
        bodies.append(record["text"])
    qrels = _qrels(folder)
    asked = [record for record in _records(_file(folder, "queries.jsonl")) if record["_id"] in qrels]
    queries = {record["_id"]: record["text"] for record in asked[:limit_queries]}
    if not ids or not queries:
        raise BeirError(f"{folder}：没有文档，或没有带判断的查询")
    if len(set(ids)) != len(ids):
        raise BeirError(f"{folder}：文档编号有重复")
    return BeirSet(
        folder.name, tuple(ids), tuple(titles), tuple(bodies), queries, {query: qrels[query] for query in queries}
    )


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise BeirError(f"{folder} 中没有 {name}（或 {name}.gz）")


def _records(path: Path) -> Iterator[dict[str, str]]:
    """Raises BeirError at a line that is not an object with text and _id."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                yield {**record, "_id": str(record["_id"]), "text": str(record["text"])}
            except (ValueError, KeyError, TypeError):
                raise BeirError(f"{path} 第 {number} 行：应为含 _id 与 text 的 JSON 对象") from None


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    path = next((path for path in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if path.is_file()), None)
    if path is None:
        raise BeirError(f"{folder} 中没有 qrels.tsv（或 qrels/test.tsv）")
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        cells = line.split("\t")
        if (number == 1 and not cells[-1].strip().isdigit()) or not line.strip():
            continue
        if len(cells) != 3 or not cells[2].strip().isdigit():
            raise BeirError(f"{path} 第 {number} 行：应为“查询、文档、相关度”三列，以制表符分隔")
        qrels.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    return qrels


def score_beir(
    data: BeirSet, encoder: Reads | None, home: Path, console: Console | None = None
) -> tuple[RunScore, ...]:
    """The lexical run, and with an encoder the dense one, the plain mixture of the two, and ours of several grains.

    Ours: whole texts and short passages by words, the share of the query's tokens that a text has, and pieces by
    vectors, which weigh more the less of the query's words is found. Vectors are kept under home.
    """
    lexical, lexical_ms = _lexical(data, console)
    runs = [_score("关键词（BM25）", data, lexical, lexical_ms)]
    if encoder is not None:
        dense, dense_ms = _dense(data, encoder, home, console)
        both_ms = [a + b for a, b in zip(lexical_ms, dense_ms, strict=True)]
        plain = {query: fuse((dense[query], lexical[query]), DEPTH) for query in data.queries}
        ours, ours_ms = _of_several_grains(data, lexical, dense, console)
        runs.append(_score("向量", data, dense, dense_ms))
        runs.append(_score("关键词＋向量", data, plain, both_ms))
        runs.append(_score("多粒度融合", data, ours, [a + b for a, b in zip(both_ms, ours_ms, strict=True)]))
    return tuple(runs)


def _of_several_grains(
    data: BeirSet, lexical: Mapping[str, Ranking], dense: Mapping[str, Ranking], console: Console | None
) -> tuple[dict[str, Ranking], list[float]]:
    texts = tuple(data.texts)
    windows = [(row, words) for row, text in enumerate(texts) for words in _windows(text)]
    owners = [row for row, _ in windows]
    runs: dict[str, Ranking] = {}
    times = []
    with TemporaryDirectory() as directory:
        shown = _progress((words for _, words in windows), "建立片段索引", console, len(windows))
        index = LexicalIndex.build(shown, Path(directory))
        for query, text in _progress(data.queries.items(), "多粒度检索", console, len(data.queries)):
            started = perf_counter()
            passages = _best_by_owner(index.search(text, DEPTH * 6), owners)
            found = {row for ranking in (lexical[query], passages, dense[query]) for row, _ in ranking}
            shared = sorted(((row, _token_share(text, texts[row], index)) for row in found), key=lambda pair: -pair[1])
            covered = shared[0][1] if shared else 0.0
            weights = (1.0, 1.0, 1.0, DENSE + DENSE_WHERE_UNCOVERED * (1 - covered))
            runs[query] = fuse((lexical[query], passages, shared, dense[query]), DEPTH, weights)
            times.append((perf_counter() - started) * 1000)
    return runs, times


def _windows(text: str) -> Iterator[str]:
    return (text[start : start + WINDOW] for start in range(0, max(1, len(text) - STRIDE), STRIDE))


def _best_by_owner(hits: Iterable[tuple[int, float]], owners: Sequence[int]) -> Ranking:
    best: dict[int, float] = {}
    for row, score in hits:
        best.setdefault(owners[row], score)
    return list(best.items())[:DEPTH]


def _token_share(query: str, text: str, index: LexicalIndex) -> float:
    """The share of the query's pairs of characters, weighted by rarity, that a text has."""
    pairs = {token: index.rarity(token) for token in set(tokens(query)) if len(token) > 1}
    words = "".join(text.split()).lower()
    total = sum(pairs.values())
    return sum(rarity for token, rarity in pairs.items() if token in words) / total if total else 0.0


def _lexical(data: BeirSet, console: Console | None) -> tuple[dict[str, Ranking], list[float]]:
    with TemporaryDirectory() as directory:
        texts = _progress(data.texts, "建立关键词索引", console, len(data.ids))
        index = LexicalIndex.build(texts, Path(directory))
        runs: dict[str, Ranking] = {}
        times = []
        for query, text in _progress(data.queries.items(), "关键词检索", console, len(data.queries)):
            started = perf_counter()
            runs[query] = index.search(text, DEPTH)
            times.append((perf_counter() - started) * 1000)
    return runs, times


def _dense(
    data: BeirSet, encoder: Reads, home: Path, console: Console | None
) -> tuple[dict[str, Ranking], list[float]]:
    cut = cut_for_encoder(data.titles, data.bodies, encoder)
    index = DenseIndex.build(encode_cached(cut.texts, encoder, home / "beir", console))
    runs: dict[str, Ranking] = {}
    times = []
    for query, text in _progress(data.queries.items(), "向量检索", console, len(data.queries)):
        started = perf_counter()
        scores, rows = index.search(encoder.encode_questions([text]), DEPTH * cut.most_pieces)
        runs[query] = _collapse(zip(rows[0].tolist(), scores[0].tolist(), strict=True), cut)
        times.append((perf_counter() - started) * 1000)
    return runs, times


def _collapse(hits: Iterable[tuple[int, float]], cut: Cut) -> Ranking:
    """A document scores as its best piece (MaxP, Dai and Callan 2019)."""
    return _best_by_owner(hits, cut.owners)


def _score(name: str, data: BeirSet, runs: Mapping[str, Ranking], times: Sequence[float]) -> RunScore:
    qrels = [ir_measures.Qrel(q, d, grade) for q, grades in data.qrels.items() for d, grade in grades.items()]
    # Ranks as scores: trec_eval breaks ties by document id, which is not the order that was returned.
    run = [
        ir_measures.ScoredDoc(query, data.ids[row], float(-place))
        for query, ranking in runs.items()
        for place, (row, _) in enumerate(ranking)
    ]
    values = ir_measures.calc_aggregate(MEASURES, qrels, run) if run else dict.fromkeys(MEASURES, 0.0)
    measures = {str(measure): float(values[measure]) for measure in MEASURES}
    return RunScore(name, len(data.queries), measures, float(np.median(times)))


def print_beir(data: BeirSet, runs: Sequence[RunScore], console: Console) -> None:
    """One row a run, as a table."""
    title = f"检索评测：{data.name}（{len(data.queries)} 条查询，{len(data.ids)} 篇文档）"
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("检索方式")
    for measure in MEASURES:
        table.add_column(str(measure).replace("RR@", "MRR@"), justify="right")
    table.add_column("每条毫秒（p50）", justify="right")
    for run in runs:
        table.add_row(run.name, *(f"{value:.3f}" for value in run.measures.values()), f"{run.p50_ms:.1f}")
    console.print(table)


def _progress(items: Iterable[Item], words: str, console: Console | None, total: int) -> Iterable[Item]:
    return items if console is None else track(items, words, total=total, console=console, transient=True)
