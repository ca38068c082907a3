"""Loads the networks inside the package and their tokenizer; knows nothing of what they are for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..errors import AssistantError


def usable_cores() -> int:
    """The cores that this process may run on, fewer than the machine's in a container or under taskset."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def encodable(text: str) -> str:
    """The text with surrogate pairs joined and lone ones replaced; tokenizers and JSON take valid Unicode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unloadable(what: str, folder: Path, error: Exception) -> AssistantError:
    """What to tell of a network that cannot be loaded: both libraries raise bare ``Exception``s."""
    reason = " ".join(str(error).split())[:200]
    return AssistantError(
        f"The {what} in {folder} cannot be loaded ({type(error).__name__}: {reason}).",
        "Install paper-assistant again: pip install --force-reinstall paper-assistant",
    )


def load_tokenizer(path: Path, most: int | None) -> Any:
    """The tokenizer of a file, which cuts texts after the ``most`` tokens, and pads none."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(path.read_text("utf-8"))
    if most is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(most)
    tokenizer.no_padding()
    return tokenizer


def load_session(path: Path) -> Any:
    """A network ready to run, on one thread: several run side by side instead."""
    # From 1.29 on, onnxruntime sends usage data to its maker also on Linux and macOS, and keeps a file for
    # it in the home folder. Only this variable, set before the first import, prevents both; the function
    # below comes too late for the first event, but is all there is for older builds on Windows.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime  # type: ignore[import-untyped]

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # A file that does not load is told by the exception.
    return onnxruntime.InferenceSession(
        str(path),
        options,
        providers=["CPUExecutionProvider"],
        # The fused kernel is slower than the two it replaces: 12 % of the whole on an abstract.
        disabled_optimizers=["SkipLayerNormFusion"],
    )
