"""From a question to provisions, by whatever engine.

`Retriever` is the seam: nothing above it knows FAISS or tantivy, and an external engine can come in here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

from index.dense import DenseIndex
from index.encoder import Encoder, Vectors
from index.fusion import fuse
from index.lexical import LexicalIndex
from index.passages import Passage

DEPTH = 200
"""Passages taken from each engine before they are fused and collapsed."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A provision near the question.

    start:end  the passage of it that is nearest
    score      fused, in [0, 1], for ranking within one search only
    cosine     of the nearest passage, 0 where the dense side did not find it
    bm25       of the best passage, 0 where the lexical side did not find it
    """

    document_id: str
    article_id: str
    start: int
    end: int
    score: float
    cosine: float
    bm25: float


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
    passages: Sequence[Passage]
    encoder: Encoder
    dense: DenseIndex
    lexical: LexicalIndex

    @cached_property
    def _rows(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(self.passages):
            rows.setdefault(passage.document_id, []).append(row)
        return rows

    @cached_property
    def _vector(self) -> Callable[[str], Vectors]:
        """The vector of a question; the last few are kept, as a comparison asks the same of every side."""
        return lru_cache(maxsize=8)(lambda question: self.encoder.encode_questions([question]))

    def search(self, question: str, limit: int, document_ids: Collection[str] | None = None) -> tuple[Hit, ...]:
        groups = None if document_ids is None else sorted(set(document_ids) & self._rows.keys())
        near = self._near(question, groups)
        worded = self.lexical.search(question, DEPTH, groups)
        hits = self._collapse(near, worded)
        return hits[:limit]

    def rarity(self, term: str) -> float:
        return self.lexical.rarity(term)

    def _near(self, question: str, groups: Sequence[str] | None) -> list[tuple[int, float]]:
        rows = None if groups is None else [row for group in groups for row in self._rows[group]]
        scores, nearest = self.dense.search(self._vector(question), DEPTH, rows)
        return [(int(row), float(score)) for row, score in zip(nearest[0], scores[0], strict=True)]

    def _collapse(self, near: list[tuple[int, float]], worded: list[tuple[int, float]]) -> tuple[Hit, ...]:
        """One hit a provision: that of its best passage."""
        cosines, bm25s = dict(near), dict(worded)
        best: dict[tuple[str, str], Hit] = {}
        for row, score in fuse(near, worded, len(cosines) + len(bm25s)):
            passage = self.passages[row]
            best.setdefault(
                (passage.document_id, passage.article_id),
                Hit(
                    passage.document_id,
                    passage.article_id,
                    passage.start,
                    passage.end,
                    score,
                    cosines.get(row, 0.0),
                    bm25s.get(row, 0.0),
                ),
            )
        return tuple(best.values())
