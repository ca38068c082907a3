"""The shipped network in OpenVINO, for the table of `benchmarks.embedding`; nothing that ships uses it.

OpenVINO computes the dynamic quantisation of the shipped graph step by step, which is slow; so the int8
weights are taken out of it and multiplied in bf16, or in int8 with activations scaled by groups of a row.
"""

# Its libraries are not among those that the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, unused-ignore, misc"

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from assistant.models.embedder import FOLDER
from assistant.models.ports import Vectors


def openvino_rows(tokenizer: Any, cores: int) -> Iterator[tuple[str, Callable[[list[str]], Vectors]]]:
    """What OpenVINO offers here: each text by itself, as many runs side by side as there are cores."""
    # Its import would send usage data to its maker; without this package it has nothing to send it with.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    core = openvino.Core()
    graph = core.read_model(weights_only())
    for name, precision, group in (
        ("full precision", "f32", 0),
        ("bf16", "bf16", 0),
        ("bf16, int8 products", "bf16", 64),
    ):
        compiled = core.compile_model(
            graph,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": precision,
                "DYNAMIC_QUANTIZATION_GROUP_SIZE": group,
                "NUM_STREAMS": cores,
                "INFERENCE_NUM_THREADS": cores,
            },
        )
        queue = openvino.AsyncInferQueue(compiled, cores)
        yield f"OpenVINO, {name}, {cores} one-thread streams", partial(_embed, queue, tokenizer)


def weights_only() -> bytes:
    """The shipped graph with its int8 weights scaled back, and its activations never quantised."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(FOLDER / "model.onnx")
    graph = model.graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    maker = {output: node for node in graph.node for output in node.output}
    users: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    gone: set[str] = set()
    first, instead = [], {}
    for node in graph.node:
        if node.op_type != "MatMulInteger":
            continue
        quantised, weights, _, zero = node.input
        if values[zero].any():
            raise ValueError(f"{node.name} has weights that are not centred")
        cast = users[node.output[0]][0]
        product = users[cast.output[0]][0]
        scales = next(maker[name] for name in product.input if name != cast.output[0])
        scale = next(name for name in scales.input if name in values)
        graph.initializer.append(numpy_helper.from_array(values[scale].reshape(-1), f"{scale}_row"))
        # Zero points are all 0 and thus left out.
        first.append(
            helper.make_node("DequantizeLinear", [weights, f"{scale}_row"], [f"{weights}_scaled"], axis=1)
        )
        instead[product.output[0]] = helper.make_node(
            "MatMul", [maker[quantised].input[0], f"{weights}_scaled"], [product.output[0]]
        )
        gone.update(made.output[0] for made in (node, cast, scales, maker[quantised]))
    kept = [instead.get(node.output[0], node) for node in graph.node if node.output[0] not in gone]
    del graph.node[:]
    graph.node.extend([*first, *kept])
    data: bytes = model.SerializeToString()
    return data


def _embed(queue: Any, tokenizer: Any, texts: Sequence[str]) -> Vectors:
    """The vectors of ``texts``, in their order; the longest are run first."""
    ids = [tokens.ids for tokens in tokenizer.encode_batch(list(texts))]
    vectors: Vectors = np.empty((len(ids), 384), dtype=np.float32)

    def keep(request: Any, row: int) -> None:
        vectors[row] = request.get_tensor("embedding").data[0]

    queue.set_callback(keep)
    for row in sorted(range(len(ids)), key=lambda row: -len(ids[row])):
        queue.start_async({"input_ids": np.array([ids[row]], dtype=np.int64)}, row)
    queue.wait_all()
    return vectors
