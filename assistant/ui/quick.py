"""Gradio without what it does for others than us: a second at each start, and a look at each event."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType, SimpleNamespace

Run = Callable[[ModuleType], None]


def _without_stubs(run: Run, module: ModuleType) -> None:
    """It parses the source of each component anew to write a stub for editors beside it.

    That goes into the folder of the installation, and nothing at run time reads it.
    """
    run(module)
    vars(module)["create_or_modify_pyi"] = lambda *_: None


def _without_plots(run: Run, module: ModuleType) -> None:
    """It sets matplotlib up for every event, which is looked for in all folders where it is not installed.

    That is in the event loop, which serves everybody; no plot here is of it.
    """
    run(module)
    if manager := vars(module).get("MatplotlibBackendMananger"):
        manager.__enter__ = lambda _: None
        manager.__exit__ = lambda *_: None


def _without_mcp(run: Run, module: ModuleType) -> None:
    """Where the MCP kit is installed, it loads all of it for a server of its own, which we do not start."""
    absent = "mcp" not in sys.modules
    if absent:
        # So marked, importing it raises an ImportError, which Gradio is ready for.
        sys.modules["mcp"] = None  # type: ignore[assignment]
    try:
        run(module)
    finally:
        if absent:
            del sys.modules["mcp"]


def _described_once(run: Run, module: ModuleType) -> None:
    """It asks a class for its parameters anew whenever it describes a component, 188 of them for a tab."""
    run(module)
    told = {**vars(inspect), "signature": cache(inspect.signature)}
    vars(module)["inspect"] = SimpleNamespace(**told)


_CHANGES: dict[str, Callable[[Run, ModuleType], None]] = {
    "gradio.component_meta": _without_stubs,
    "gradio.utils": _without_plots,
    "gradio.blocks": _described_once,
    "gradio.mcp": _without_mcp,
}


class _Quick(MetaPathFinder):
    """Finds some modules of Gradio, and takes a step out of each."""

    def __init__(self) -> None:
        self._left = dict(_CHANGES)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        change = self._left.pop(name, None)
        if change is None:
            return None
        if not self._left:
            sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        spec.loader.exec_module = partial(change, run)  # type: ignore[method-assign]
        return spec


def make_quick() -> None:
    """Have Gradio imported so, wherever that happens first."""
    if "gradio" not in sys.modules and not any(isinstance(finder, _Quick) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Quick())
