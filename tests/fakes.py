"""A fast stand-in for the encoder, for tests of what lies around it. The real one is tested in its own file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.lexical import tokens


class HashingEncoder:
    """Unit vectors of hashed character pairs: near texts are near, in microseconds."""

    name = "hashing@test"
    dimension = 256
    max_tokens = 512

    def __init__(self, name: str = "hashing@test") -> None:
        self.name = name

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_passages(texts)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for token in tokens(text):
                vectors[row, crc32(token.encode()) % self.dimension] += 1
            vectors[row] /= np.linalg.norm(vectors[row]) or 1.0
            if progress is not None:
                progress(row + 1)
        return vectors

    def count_tokens(self, text: str) -> int:
        return len(text)
