"""From a question to provisions, by whatever engine.

`Retriever` is the seam: nothing above it knows FAISS or tantivy, and an external engine can come in here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Protocol

from index.dense import DenseIndex
from index.encoder import Encoder, Vectors
from index.fusion import fuse
from index.lexical import LexicalIndex
from index.passages import Grain, Passage
from index.stages import stage

DEPTH = 120
"""Passages taken from each engine before they are fused and collapsed."""

Key = tuple[str, str]
"""document_id, article_id"""

_GRAINS = tuple(Grain)
ABSENT = -1.0
"""The cosine of a provision without a passage of a grain."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A provision near the question.

    score    fused, in [0, 1], for ranking within one search only
    cosines  of its nearest passage of each grain, in the order of Grain; ABSENT where it has none of that grain
    bm25s    of its best passage of each grain; 0 where none was among the best of the search
    nearest  cosine of each of its sentences, by where it starts; empty where it is one sentence
    keys     cosine of each question anticipated for it
    """

    document_id: str
    article_id: str
    score: float
    cosines: tuple[float, ...]
    bm25s: tuple[float, ...]
    nearest: Mapping[int, float]
    keys: Mapping[str, float]


class Retriever(Protocol):
    """Finds provisions."""

    @property
    def version(self) -> str:
        """The name of the index version searched."""

    def search(self, question: str, limit: int, document_ids: Collection[str] | None = None) -> tuple[Hit, ...]:
        """At most `limit` provisions, best first, of those documents only where they are given."""

    def rarity(self, term: str) -> float:
        """How rare a term is in what is searched: inverse document frequency, in nats."""


@dataclass(frozen=True)
class HybridRetriever:
    """Dense and lexical together over the same passages; row i of either index is passages[i]."""

    version: str
    passages: Sequence[Passage] = field(repr=False)
    encoder: Encoder
    dense: DenseIndex
    lexical: LexicalIndex

    @cached_property
    def _documents(self) -> Mapping[str, list[int]]:
        """The rows of each document."""
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(self.passages):
            rows.setdefault(passage.document_id, []).append(row)
        return rows

    @cached_property
    def _provisions(self) -> Mapping[Key, list[int]]:
        """The rows of each provision."""
        rows: dict[Key, list[int]] = {}
        for row in range(len(self.passages)):
            rows.setdefault(self._keys[row], []).append(row)
        return rows

    @cached_property
    def _vector(self) -> Callable[[str], Vectors]:
        """The vector of a question; the last few are kept, as a comparison asks the same of every side."""
        return lru_cache(maxsize=8)(lambda question: self.encoder.encode_questions([question]))

    def search(self, question: str, limit: int, document_ids: Collection[str] | None = None) -> tuple[Hit, ...]:
        groups = None if document_ids is None else sorted(set(document_ids) & self._documents.keys())
        with stage("encode"):
            self._vector(question)
        with stage("dense"):
            near = self._near(question, groups)
        with stage("lexical"):
            worded = self.lexical.search(question, DEPTH, groups)
        best: dict[Key, float] = {}
        for row, score in fuse((near, worded), len(near) + len(worded)):
            best.setdefault(self._keys[row], score)
        kept = dict(list(best.items())[:limit])
        return self._hits(question, kept, dict(worded))

    def rarity(self, term: str) -> float:
        return self.lexical.rarity(term)

    def _near(self, question: str, groups: Sequence[str] | None) -> list[tuple[int, float]]:
        rows = None if groups is None else [row for group in groups for row in self._documents[group]]
        scores, nearest = self.dense.search(self._vector(question), DEPTH, rows)
        return list(zip(nearest[0].tolist(), scores[0].tolist(), strict=True))

    def _hits(self, question: str, best: Mapping[Key, float], worded: Mapping[int, float]) -> tuple[Hit, ...]:
        """A hit a provision, with its scores by grain: the cosines worked out anew, for all of its passages."""
        rows = [row for key in best for row in self._provisions[key]]
        cosines = dict(zip(rows, self.dense.cosines(self._vector(question), rows).tolist(), strict=True))
        return tuple(
            Hit(
                *key,
                score,
                self._by_grain(self._provisions[key], cosines, ABSENT),
                self._by_grain(self._provisions[key], worded, 0.0),
                self._by_sentence(self._provisions[key], cosines),
                self._by_question(self._provisions[key], cosines),
            )
            for key, score in best.items()
        )

    def _by_sentence(self, rows: Sequence[int], cosines: Mapping[int, float]) -> Mapping[int, float]:
        return {self.passages[row].start: cosines[row] for row in rows if self.passages[row].grain is Grain.SENTENCE}

    def _by_question(self, rows: Sequence[int], cosines: Mapping[int, float]) -> Mapping[str, float]:
        return {self.passages[row].indexed: cosines[row] for row in rows if self.passages[row].grain is Grain.QUESTION}

    def _by_grain(self, rows: Sequence[int], scores: Mapping[int, float], absent: float) -> tuple[float, ...]:
        best = [absent] * len(_GRAINS)
        for row in rows:
            score = scores.get(row, absent)
            place = self._places[row]
            if score > best[place]:
                best[place] = score
        return tuple(best)

    @cached_property
    def _places(self) -> Sequence[int]:
        """The place of each passage's grain among all grains."""
        return [_GRAINS.index(passage.grain) for passage in self.passages]

    @cached_property
    def _keys(self) -> Sequence[Key]:
        return [(passage.document_id, passage.article_id) for passage in self.passages]
