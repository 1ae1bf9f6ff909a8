"""Encoders: the contract that both keep, what each promises besides, and how the impossible is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from huggingface_hub import HfApi

from index.encoder import (
    Encoder,
    EncoderError,
    OnnxEncoder,
    SentenceTransformerEncoder,
    _prompts,
    load_encoder,
)
from index.model import (
    DEFAULT_MODEL_NAME,
    GRAPH_FILE,
    MANIFEST_FILE,
    PIECES_FILE,
    build_sentence_transformer,
    ensure_default_model,
)

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "养老机构内设医务室至少配几名医生？"
PASSAGES = [
    "医务室至少有1名取得执业医师资格、经注册后在医疗机构从事临床工作满5年的医师。",
    "加强无障碍环境建设，为老年人出行提供便利。",
    "各地要按照规定落实税费优惠政策。",
    "鼓励社会力量举办医养结合机构，依法依规享受有关扶持政策，并纳入本地区医疗卫生服务体系统筹规划。" * 3,
]


HOME = Path(os.environ.get("YIYANG_HOME", "var"))


@cache
def default() -> OnnxEncoder:
    return OnnxEncoder(ensure_default_model(HOME))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model, saved as anyone's sentence-transformers model is."""
    directory = tmp_path_factory.mktemp("models") / "own-model"
    build_sentence_transformer().save(str(directory))
    return directory


def check_contract(encoder: Encoder) -> None:
    """What every encoder promises."""
    questions, passages = encoder.encode_questions([QUESTION]), encoder.encode_passages(PASSAGES)
    assert questions.shape == (1, encoder.dimension)
    assert passages.shape == (4, encoder.dimension)
    for vectors in (questions, passages):
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.argmax(passages @ questions[0]) == 0
    assert encoder.encode_questions([]).shape == encoder.encode_passages([]).shape == (0, encoder.dimension)
    as_passage = encoder.encode_passages([QUESTION])[0]
    assert 0.8 < as_passage @ questions[0] < 0.999  # the words put before them differ
    counts = [encoder.count_tokens(text) for text in ("", "养老", "养老机构内设医务室")]
    assert counts == sorted(set(counts))
    long = "养老机构" * 1000
    assert encoder.count_tokens(long) > encoder.max_tokens
    assert encoder.encode_passages([long])[0] @ encoder.encode_passages([long + "尾"])[0] == pytest.approx(1)


def test_the_default_encoder_keeps_the_contract() -> None:
    check_contract(default())
    assert default().name.startswith(f"{DEFAULT_MODEL_NAME}-q4@")
    assert (default().dimension, default().max_tokens) == (384, 512)


@pytest.mark.parametrize("setting", ["", DEFAULT_MODEL_NAME])
def test_no_setting_and_the_default_name_mean_the_default_model(setting: str) -> None:
    encoder = load_encoder(setting, HOME)
    assert isinstance(encoder, OnnxEncoder)
    assert encoder.name == default().name


def test_a_vector_does_not_depend_on_its_company() -> None:
    together = default().encode_passages(PASSAGES)
    for passage, vector in zip(PASSAGES, together, strict=True):
        assert (default().encode_passages([passage])[0] == vector).all()
    assert (OnnxEncoder(ensure_default_model(HOME), threads=1).encode_passages(PASSAGES) == together).all()


def test_many_threads_may_ask_at_once() -> None:
    alone = default().encode_questions(PASSAGES)
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda text: default().encode_questions([text])[0], PASSAGES * 10))
    assert (np.array(rows) == np.tile(alone, (10, 1))).all()


def test_what_is_past_the_last_token_is_not_read() -> None:
    read = default().max_tokens - default().count_tokens("")
    full, over = "养老 " * (read // 2), "养老 " * (read // 2) + "医院" * 50
    assert default().count_tokens(full) <= default().max_tokens < default().count_tokens(over)
    assert default().encode_passages([full])[0] @ default().encode_passages([over])[0] > 0.99
    twice = default().encode_passages([over, over + "。消防安全"])
    assert (twice[0] == twice[1]).all()


def test_progress_counts_passages() -> None:
    done: list[int] = []
    default().encode_passages(PASSAGES, done.append)
    assert done == [1, 2, 3, 4]


def test_half_a_surrogate_pair_is_read_as_a_question_mark() -> None:
    broken, mended = default().encode_questions(["医养\ud83d结合", "医养?结合"])
    assert (broken == mended).all()


def test_serving_the_default_model_imports_no_torch() -> None:
    script = f"""
import sys
from pathlib import Path
from index.encoder import load_encoder
load_encoder("", Path({str(HOME)!r})).encode_questions(["养老"])
print([name for name in ("torch", "transformers", "sentence_transformers", "onnx") if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("file", [MANIFEST_FILE, PIECES_FILE, GRAPH_FILE])
def test_a_damaged_directory_is_refused(tmp_path: Path, file: str) -> None:
    made = ensure_default_model(HOME)
    for path in made.iterdir():
        (tmp_path / path.name).symlink_to(path.resolve())
    (tmp_path / file).unlink()
    (tmp_path / file).write_text("{")
    with pytest.raises(EncoderError, match="不完整或已损坏"):
        OnnxEncoder(tmp_path)


@pytest.mark.slow
def test_a_sentence_transformer_from_a_path_keeps_the_contract(saved: Path) -> None:
    encoder = load_encoder(str(saved), HOME)
    assert isinstance(encoder, SentenceTransformerEncoder)
    check_contract(encoder)
    assert encoder.name.startswith("own-model@")
    assert SentenceTransformerEncoder(str(saved)).name == encoder.name
    cosines = np.sum(encoder.encode_passages(PASSAGES) * default().encode_passages(PASSAGES), axis=1)
    assert cosines.min() > 0.999
    assert encoder.count_tokens(PASSAGES[0]) == default().count_tokens(PASSAGES[0])


@pytest.mark.slow
def test_another_training_is_another_name(saved: Path) -> None:
    from sentence_transformers import SentenceTransformer

    before = SentenceTransformerEncoder(str(saved)).name
    model = SentenceTransformer(str(saved), device="cpu")
    next(model.parameters()).data[0, 0] += 1
    model.save(str(saved.parent / "trained" / "own-model"))
    assert SentenceTransformerEncoder(str(saved.parent / "trained" / "own-model")).name != before


class Model:
    """Of a sentence-transformers model, what `_prompts` looks at."""

    def __init__(self, **prompts: str | None) -> None:
        self.prompts = prompts


BGE = "为这个句子生成表示以用于检索相关文章："


@pytest.mark.parametrize(
    ("name", "own", "question", "passage"),
    [
        ("any/model", {"query": "q: ", "passage": "p: ", "document": "d: "}, "q: ", "p: "),
        ("any/model", {"query": "q: ", "document": "d: "}, "q: ", "d: "),
        ("any/model", {"query": "", "document": None}, "", ""),
        # the model's own files come first
        ("intfloat/multilingual-e5-base", {"query": "q: ", "document": ""}, "q: ", ""),
        ("intfloat/multilingual-e5-base", {"query": "", "document": ""}, "query: ", "passage: "),
        ("/srv/models/multilingual-e5-large", {}, "query: ", "passage: "),
        ("BAAI/bge-base-zh-v1.5", {}, BGE, ""),
        ("BAAI/BGE-large-zh", {}, BGE, ""),
        ("BAAI/bge-m3", {}, "", ""),
        ("BAAI/bge-base-en-v1.5", {}, "", ""),
        ("shibing624/text2vec-base-chinese", {}, "", ""),
    ],
)
def test_words_before_questions_and_passages(
    name: str, own: dict[str, str | None], question: str, passage: str
) -> None:
    assert _prompts(cast(Any, Model(**own)), name) == (question, passage)


def test_the_instructed_e5_has_an_instruction_and_nothing_before_passages() -> None:
    question, passage = _prompts(cast(Any, Model()), "intfloat/multilingual-e5-large-instruct")
    assert question.startswith("Instruct: ")
    assert question.endswith("\nQuery: ")
    assert passage == ""


@pytest.mark.slow
def test_a_model_that_cannot_be_had_is_refused_soon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(HfApi, "model_info", refuse)
    started = time.monotonic()
    with pytest.raises(EncoderError, match=r"无法载入向量模型 no-such/model.*YIYANG_ENCODER"):
        load_encoder("no-such/model", HOME)
    assert time.monotonic() - started < 30
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderError, match="没有可用的"):
        load_encoder(str(tmp_path / "empty"), HOME)


def refuse(*_: object, **__: object) -> None:
    raise OSError("no network")
