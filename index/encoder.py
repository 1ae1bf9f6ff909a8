"""Texts to vectors: the default model through onnxruntime, any other through sentence-transformers.

Vectors are unit rows in float32, so a dot product is a cosine. Questions and passages differ:
most models for retrieval want a few fixed words before the one, the other, or both.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.graph import open_graph
from index.model import (
    DEFAULT_MODEL_NAME,
    GRAPH_FILE,
    PIECES_FILE,
    Manifest,
    Progress,
    ensure_default_model,
)
from index.tokens import Tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
"""(texts, dimension), unit rows"""

_HUB_SECONDS = 5
_CHUNK = 256  # passages between two reports of progress, where a model takes batches
_CPUS = os.cpu_count() or 1

# Families of models that want words before a text and whose files may not say so: a pattern in the name,
# the words before a question, the words before a passage. Source: the model cards.
_FAMILIES = (
    # intfloat/multilingual-e5-large-instruct, intfloat/e5-mistral-7b-instruct
    (
        r"\be5-.*-instruct",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
        "",
    ),
    # intfloat/multilingual-e5-base, intfloat/e5-large-v2
    (r"\be5-", "query: ", "passage: "),
    # BAAI/bge-base-zh-v1.5; not bge-m3, which wants nothing
    (r"\bbge-(small|base|large)-zh", "为这个句子生成表示以用于检索相关文章：", ""),
)


class EncoderError(RuntimeError):
    """A model cannot be loaded; the message says what was tried and what to do, in Chinese."""


class Encoder(Protocol):
    """What turns texts into vectors.

    name: its identity, which goes into the index version, as `multilingual-e5-small-q4@8bf172bb368b`.
    max_tokens: how much it reads of one text, counted as count_tokens does; the rest is not read.
    """

    name: str
    dimension: int
    max_tokens: int

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions: (texts, dimension)."""

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Vectors of passages: (texts, dimension). progress is told how many are done."""

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage, with everything that the model sees around it."""


def load_encoder(setting: str, home: Path, progress: Progress | None = None) -> Encoder:
    """The encoder for YIYANG_ENCODER: empty for the default, else a sentence-transformers name or path.

    The default model is made under `home` if it is not there. Raises ModelError where that cannot be done,
    EncoderError where a model cannot be loaded.
    """
    if setting in ("", DEFAULT_MODEL_NAME):
        return OnnxEncoder(ensure_default_model(home, progress))
    return SentenceTransformerEncoder(setting)


class OnnxEncoder:
    """The default model, from the directory that ensure_default_model returns. Raises EncoderError.

    Needs onnxruntime, sentencepiece and tokenizers only. Each text is a run of its own, on one thread: its vector
    is the same to the bit whatever else is encoded, and batches were measured no faster. Of passages, `threads`
    run at a time. Any number of threads may use it.
    """

    def __init__(self, directory: Path, threads: int = _CPUS) -> None:
        try:
            manifest = Manifest.read(directory)
            self._tokens = Tokens(directory / PIECES_FILE)
            self._graph = open_graph(directory / GRAPH_FILE)
        except Exception as error:  # onnxruntime raises it bare
            raise EncoderError(f"模型目录 {directory} 不完整或已损坏，请删除后重试（{error}）") from error
        self.name, self.dimension, self.max_tokens = manifest.name, manifest.dimension, manifest.max_tokens
        self._prompts = manifest.prompts
        self._threads = threads

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(self._prompts["query"] + text)
        return vectors

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        pool = ThreadPoolExecutor(self._threads)
        try:
            prompted = (self._prompts["passage"] + text for text in texts)
            for row, vector in enumerate(pool.map(self._vector, prompted)):
                vectors[row] = vector
                if progress:
                    progress(row + 1)
        finally:
            pool.shutdown(cancel_futures=True)  # an interrupt does not wait for the rest
        return vectors

    def count_tokens(self, text: str) -> int:
        return len(self._tokens.ids(self._prompts["passage"] + text))

    def _vector(self, text: str) -> Vectors:
        ids = self._tokens.ids(text)
        if len(ids) > self.max_tokens:
            ids = [*ids[: self.max_tokens - 1], ids[-1]]
        (vectors,) = self._graph.run(None, {"input_ids": np.array([ids], np.int64)})
        vector: Vectors = vectors[0]
        return vector


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by path or by its name on the hub. Raises EncoderError.

    Questions run on one thread, as a server needs; passages on all. Calls wait for each other: the tokenizers
    of transformers and the thread count of torch cannot be shared.
    """

    def __init__(self, name_or_path: str) -> None:
        self._model = model = _load(name_or_path)
        self._question_prompt, self._passage_prompt = prompts = _prompts(model, name_or_path)
        self.name = f"{Path(name_or_path).name}@{_fingerprint(model, prompts)}"
        self.dimension = model.get_embedding_dimension() or 0
        self.max_tokens = model.max_seq_length or 512
        self._lock = Lock()

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._question_prompt, threads=1)

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = texts[start : start + _CHUNK]
            vectors[start : start + len(chunk)] = self._encode(chunk, self._passage_prompt, threads=_CPUS)
            if progress:
                progress(start + len(chunk))
        return vectors

    def count_tokens(self, text: str) -> int:
        with self._lock:
            return len(self._model.tokenizer(self._passage_prompt + text, verbose=False)["input_ids"])

    def _encode(self, texts: Sequence[str], prompt: str, threads: int) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with self._lock, _torch_threads(threads):
            vectors = self._model.encode(
                list(texts),
                prompt=prompt,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, np.float32)


def _load(name: str) -> SentenceTransformer:
    """From a directory or the local cache; only then from the hub, once it has answered."""
    from huggingface_hub import HfApi
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, local_files_only=True)
    except Exception as error:  # transformers raises many unrelated classes
        if Path(name).exists():
            raise EncoderError(f"目录 {name} 中没有可用的 sentence-transformers 模型（{error}）") from error
    try:
        # asked first, because loading repeats each failed request for more than a minute
        HfApi().model_info(name, timeout=_HUB_SECONDS)
        return SentenceTransformer(name)
    except Exception as error:
        raise EncoderError(
            f"无法载入向量模型 {name}：本机没有这个目录，缓存中也没有，模型站无法访问或没有这个模型。"
            "请将 YIYANG_ENCODER 设为已下载模型的目录，或留空以使用默认模型"
        ) from error


def _prompts(model: SentenceTransformer, name: str) -> tuple[str, str]:
    """Words before a question and before a passage: those in the model's files, else those of its family."""
    own = {key: words or "" for key, words in model.prompts.items()}
    question, passage = own.get("query", ""), own.get("passage", "") or own.get("document", "")
    if question or passage:
        return question, passage
    for pattern, *wanted in _FAMILIES:
        if re.search(pattern, name.lower()):
            return wanted[0], wanted[1]
    return "", ""


def _fingerprint(model: SentenceTransformer, prompts: tuple[str, str]) -> str:
    """12 hexadecimal digits of the SHA-256 of prompts and weights: trained further, it is another model."""
    import torch

    digest = sha256("\0".join(prompts).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()[:12]


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
