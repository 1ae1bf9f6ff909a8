"""The plain pipeline that question answering over documents is usually built from, for comparison.

Whole documents are cut into chunks of 512 characters that overlap by 80, embedded with the same encoder, kept in a
flat FAISS index, and the nearest chunk is the answer. It knows no article, no place, no dialogue and no refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import faiss
import numpy as np
import numpy.typing as npt
from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus.provisions import PolicyDocument
from eval.gold import ArticleRef, GoldQuestion

if TYPE_CHECKING:
    from corpus.library import Library

CHUNK_SIZE, CHUNK_OVERLAP = 512, 80


class Embeds(Protocol):
    """What this pipeline needs of an encoder: texts to (n, d) float32, each row of length 1."""

    def encode_questions(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """text is document.text[start:end]; offsets in code points."""

    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class PlainScore:
    """overlaps: the first chunk shares a character with a gold article; majority: it shares most with one."""

    question: GoldQuestion
    chunk: Chunk
    overlaps: bool
    majority: bool


@dataclass(frozen=True)
class PlainPipeline:
    """chunks[i] is row i of the index."""

    chunks: tuple[Chunk, ...]
    encoder: Embeds
    index: faiss.IndexFlatIP

    @classmethod
    def build(cls, documents: Iterable[PolicyDocument], encoder: Embeds) -> PlainPipeline:
        """Raises ValueError where the documents hold no text."""
        chunks = tuple(chunk for document in documents for chunk in cut(document))
        if not chunks:
            raise ValueError("no text to cut into chunks")
        vectors = np.ascontiguousarray(encoder.encode_passages([chunk.text for chunk in chunks]), dtype=np.float32)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(chunks, encoder, index)

    def answer(self, question: str) -> Chunk:
        """The nearest chunk."""
        vector = np.ascontiguousarray(self.encoder.encode_questions([question]), dtype=np.float32)
        _, rows = self.index.search(vector, 1)
        return self.chunks[int(rows[0, 0])]


def cut(document: PolicyDocument) -> tuple[Chunk, ...]:
    """The chunks of a document, as langchain's splitter makes them when left as it comes."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP, add_start_index=True)
    pieces = splitter.create_documents([document.text])
    starts = [int(piece.metadata["start_index"]) for piece in pieces]
    return tuple(
        Chunk(document.document_id, start, start + len(piece.page_content), piece.page_content)
        for start, piece in zip(starts, pieces, strict=True)
    )


def score_plain(questions: Iterable[GoldQuestion], pipeline: PlainPipeline, library: Library) -> tuple[PlainScore, ...]:
    """The answerable questions, the last turn of each alone: a plain pipeline keeps no dialogue."""
    return tuple(
        _score(question, pipeline.answer(question.turns[-1]), library) for question in questions if question.answerable
    )


def shares(chunk: Chunk, document: PolicyDocument) -> dict[ArticleRef, int]:
    """Characters the chunk has in common with the own text of each article, zero left out."""
    common = {
        ArticleRef(document.document_id, provision.article_id): min(chunk.end, provision.end)
        - max(chunk.start, provision.start)
        for provision in document.walk()
    }
    return {ref: count for ref, count in common.items() if count > 0}


def _score(question: GoldQuestion, chunk: Chunk, library: Library) -> PlainScore:
    common = shares(chunk, library.get(chunk.document_id))
    gold = set(question.gold)
    return PlainScore(
        question,
        chunk,
        overlaps=bool(gold & common.keys()),
        majority=max(common, key=lambda ref: common[ref]) in gold,
    )
