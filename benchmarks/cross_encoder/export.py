"""Writes a trained reader as int8 ONNX; knows nothing of how it was trained."""

# Its libraries are not among those that the rest of the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, misc"

from __future__ import annotations

import hashlib
import tempfile
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic


class _Reader(torch.nn.Module):
    """The network as it runs: one pair at a time, so nothing is masked, and sentences are means of tokens."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        for layer in network.bert.encoder.layer:
            layer.attention.self.config._attn_implementation = "eager"  # the exporter knows no other

    def forward(
        self, input_ids: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Log odds of the paper, ``(n,)``, and of each token's sentence, ``(n, length)``."""
        bert = self.network.bert
        states = bert.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)
        states = bert.encoder(states, attention_mask=None).last_hidden_state
        return self.network.paper(states[:, 0]).squeeze(-1), self.network.sentence(states).squeeze(-1)


def export(network: Any, folder: Path) -> None:
    """Write ``model.onnx`` to a folder, and say what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "model.onnx"
    with tempfile.TemporaryDirectory() as scratch, torch.no_grad(), warnings.catch_warnings():
        # The exporter warns of its own successor, whose graphs do not quantise.
        warnings.simplefilter("ignore")
        full = Path(scratch) / "full.onnx"
        pair = torch.tensor([[101, 2054, 102, 2003, 1029, 102]]), torch.tensor([[0, 0, 0, 1, 1, 1]])
        shape = {0: "n", 1: "length"}
        torch.onnx.export(
            _Reader(network).eval(),
            pair,
            str(full),
            input_names=["input_ids", "token_type_ids"],
            output_names=["paper", "tokens"],
            dynamic_axes={"input_ids": shape, "token_type_ids": shape, "paper": {0: "n"}, "tokens": shape},
            opset_version=17,
            dynamo=False,
        )
        # Weights of 7 bits, as the embedder's: all machines compute the same.
        quantize_dynamic(full, target, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    graph = onnx.load(target)
    del graph.metadata_props[:]
    for node in graph.graph.node:
        node.doc_string = ""
    onnx.save(graph, target)
    data = target.read_bytes()
    print(f"{hashlib.sha256(data).hexdigest()}  {target}  {len(data):,} bytes")
