"""The ONNX graph that serves: multilingual-e5-small, its 4-bit weights as they are, activations in int8."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.weights import DIMENSION, LAYERS, Weights, numbers_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

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


def write_graph(weights: Weights, path: Path) -> None:
    """The graph, and beside it the weights in <path>.data, which onnxruntime maps and reads as needed."""
    import onnx

    layers = (_GRAPH_LAYER.substitute(n=n, next=n + 1, linear=_LINEAR, q4=_Q4) for n in range(LAYERS))
    model = onnx.parser.parse_model(_GRAPH.substitute(layers="".join(layers)))
    for name, value in _graph_constants(weights):
        value = np.ascontiguousarray(value)
        model.graph.initializer.append(onnx.numpy_helper.from_array(value, name.replace(".", "_")))
    onnx.save(model, path, save_as_external_data=True, location=f"{path.name}.data")


def _graph_constants(weights: Weights) -> Iterator[tuple[str, NDArray[Any]]]:
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
        numbers = numbers_of(packed)  # MatMulNBits has neighbours in one byte
        yield name, numbers[..., 0::2] | numbers[..., 1::2] << 4
        yield f"{name.removesuffix('.w')}.s", scales.astype(np.float32)


def open_graph(path: Path) -> InferenceSession:
    """The graph, ready to run: input_ids, int64 (texts, tokens), to unit vectors, float32 (texts, 384).

    One thread a run; runs may be concurrent. Raises what onnxruntime raises where the files are damaged.
    """
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # so nothing spins either
    # the graph is written fused; what a higher level adds (SkipLayerNormalization) was measured slower
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.enable_mem_pattern = False  # plans for repeated shapes; texts differ in length
    return InferenceSession(path, options, providers=["CPUExecutionProvider"])
