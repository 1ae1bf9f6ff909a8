"""Vectors of many passages: cut to what the encoder reads, encoded in batches, each batch kept on disk.

A batch is named by the hash of the encoder's name and of its texts, so an interrupted run goes on where it stopped,
and no vector is ever taken for that of another text.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from langchain_text_splitters import RecursiveCharacterTextSplitter
from rich.console import Console
from rich.progress import track

Vectors = npt.NDArray[np.float32]
BATCH = 512
OVERLAP_TOKENS = 64
"""What two neighbouring pieces share; as much is left free in each for the title."""


class Reads(Protocol):
    """What is needed of an encoder; rows are of length 1, max_tokens is what it reads of one text."""

    @property
    def name(self) -> str: ...

    @property
    def max_tokens(self) -> int: ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors: ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...

    def count_tokens(self, text: str) -> int: ...


@dataclass(frozen=True)
class Cut:
    """Pieces of documents: texts[i] is a piece of document owners[i]."""

    texts: tuple[str, ...]
    owners: tuple[int, ...]

    @property
    def most_pieces(self) -> int:
        """How many pieces the longest document has, at most 10: how much deeper to search than documents are wanted."""
        return min(10, max(Counter(self.owners).values(), default=1))


def cut_for_encoder(titles: Sequence[str], bodies: Sequence[str], encoder: Reads) -> Cut:
    """Every document in pieces the encoder reads to the end, each with the document's title before it."""
    room = encoder.max_tokens - OVERLAP_TOKENS
    splitter = RecursiveCharacterTextSplitter(
        ["\n\n", "\n", "。", "；", "，", ""],
        keep_separator="end",
        chunk_size=room,
        chunk_overlap=OVERLAP_TOKENS,
        length_function=encoder.count_tokens,
    )
    texts, owners = [], []
    for row, (title, body) in enumerate(zip(titles, bodies, strict=True)):
        short = 2 * len(body) <= room or encoder.count_tokens(body) <= room
        for piece in [body] if short else splitter.split_text(body):
            texts.append(f"{title}\n{piece}" if title else piece)
            owners.append(row)
    return Cut(tuple(texts), tuple(owners))


def encode_cached(texts: Sequence[str], encoder: Reads, folder: Path, console: Console | None = None) -> Vectors:
    """(n, d) float32, row i for texts[i]; batches found in folder are not encoded again."""
    folder.mkdir(parents=True, exist_ok=True)
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    shown: Sequence[Sequence[str]] | Iterator[Sequence[str]] = batches
    if console is not None:
        shown = iter(track(batches, f"计算向量（共 {len(texts)} 段）", console=console, transient=True))
    return np.concatenate([_batch(batch, encoder, folder) for batch in shown])


def _batch(texts: Sequence[str], encoder: Reads, folder: Path) -> Vectors:
    path = folder / f"{_name(texts, encoder)}.npy"
    kept = _kept(path, len(texts))
    if kept is not None:
        return kept
    vectors = np.asarray(encoder.encode_passages(texts), dtype=np.float32)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    with unfinished.open("wb") as out:
        np.save(out, vectors)
    unfinished.replace(path)
    return vectors


def _kept(path: Path, count: int) -> Vectors | None:
    """What an earlier run left; None where there is nothing, or nothing sound."""
    try:
        vectors: Vectors = np.load(path)
    except (OSError, ValueError, EOFError):
        return None
    return vectors if vectors.ndim == 2 and len(vectors) == count else None


def _name(texts: Sequence[str], encoder: Reads) -> str:
    digest = sha256(encoder.name.encode())
    for text in texts:
        digest.update(b"\0" + text.encode())
    return digest.hexdigest()
