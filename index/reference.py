"""multilingual-e5-small as a sentence-transformers model, from the same weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.weights import DIMENSION, FEED_FORWARD, LAYERS, MAX_TOKENS, VOCABULARY, Weights

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer
    from transformers import BertConfig, PreTrainedTokenizerFast

PROMPTS = {"query": "query: ", "passage": "passage: "}


def sentence_transformer(weights: Weights, tokenizer: Tokenizer) -> SentenceTransformer:
    """In float32, on the CPU; modules Transformer, Pooling (mean), Normalize."""
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
        vocab_size=VOCABULARY,
        hidden_size=DIMENSION,
        intermediate_size=FEED_FORWARD,
        num_hidden_layers=LAYERS,
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


def _bert_state(weights: Weights) -> dict[str, NDArray[np.float32]]:
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
    for layer in range(LAYERS):
        for short, long in _BERT_LAYER.items():
            weight = f"l{layer}.{short}.w"
            matrix = plain[weight] if weight in plain else weights.matrix(weight)
            state[f"encoder.layer.{layer}.{long}.weight"] = matrix
            state[f"encoder.layer.{layer}.{long}.bias"] = plain[f"l{layer}.{short}.b"]
    return state
