"""Texts to the tokens of the default model: SentencePiece's unigram model as in XLM-RoBERTa, `<s> … </s>` around them.

sentencepiece serves: its table takes 58 MB where that of tokenizers takes 281, and a question 4 µs for 25. tokenizers
folds what is written unlike (`nmt_nfkc`), and makes the same tokens for sentence-transformers; a test compares the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from index.weights import Weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Normalizer

_BEGIN, _PAD, _END, _UNKNOWN = range(4)
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_UNIGRAM = 1  # TrainerSpec.ModelType


class Tokens:
    """What `write_pieces` has written, read back. Any number of threads may use it.

    Raises OSError or RuntimeError where the file is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._pieces = SentencePieceProcessor()
        self._pieces.LoadFromSerializedProto(path.read_bytes())
        self._folding = _folding()

    def ids(self, text: str) -> list[int]:
        """Numbers of the tokens, the first and the last among them. What is written «<s>» is text."""
        # JSON can carry half a surrogate pair, which is no text
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return [_BEGIN, *self._pieces.EncodeAsIds(self._folding.normalize_str(whole)), _END]


def write_pieces(weights: Weights, path: Path) -> None:
    """The pieces and their scores as a SentencePiece model; folding is left to `Tokens`."""
    from sentencepiece import sentencepiece_model_pb2 as form

    model = form.ModelProto()  # type: ignore[attr-defined]  # protobuf makes it when it is imported
    kind = model.SentencePiece
    kinds = dict.fromkeys(_SPECIAL, kind.CONTROL) | {_SPECIAL[_UNKNOWN]: kind.UNKNOWN}
    for piece, score in weights.pieces:
        model.pieces.add(piece=piece, score=score, type=kinds.get(piece, kind.NORMAL))
    model.trainer_spec.model_type = _UNIGRAM
    model.trainer_spec.vocab_size = len(weights.pieces)
    model.trainer_spec.bos_id, model.trainer_spec.pad_id = _BEGIN, _PAD
    model.trainer_spec.eos_id, model.trainer_spec.unk_id = _END, _UNKNOWN
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.remove_extra_whitespaces = False
    path.write_bytes(model.SerializeToString(deterministic=True))


def make_tokenizer(weights: Weights) -> Tokenizer:
    """The same for sentence-transformers."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=_UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = _folding()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", _BEGIN), ("</s>", _END)]
    )
    tokenizer.add_special_tokens(list(_SPECIAL))
    return tokenizer


def _folding() -> Normalizer:
    from tokenizers import Regex, normalizers

    kept, aside = "～", "\ufdd0"  # the wave dash of «3～5名» is a piece of its own: NFKC would make it `~`
    return normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(kept, aside),
            normalizers.NFKC(),
            normalizers.Replace(aside, kept),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
