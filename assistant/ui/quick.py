"""Gradio without what it does for makers of components: a second at each start, and a look at each event."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


def _without_stubs(module: ModuleType) -> None:
    """It parses the source of each component anew to write a stub for editors beside it.

    That goes into the folder of the installation, and nothing at run time reads it.
    """
    vars(module)["create_or_modify_pyi"] = lambda *_: None


def _without_plots(module: ModuleType) -> None:
    """It sets matplotlib up for every event, which is looked for in all folders where it is not installed.

    That is in the event loop, which serves everybody; no plot here is of it.
    """
    if manager := vars(module).get("MatplotlibBackendMananger"):
        manager.__enter__ = lambda _: None
        manager.__exit__ = lambda *_: None


_CHANGES: dict[str, Callable[[ModuleType], None]] = {
    "gradio.component_meta": _without_stubs,
    "gradio.utils": _without_plots,
}


class _Quick(MetaPathFinder):
    """Finds some modules of Gradio, and takes a step out of each once it is there."""

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

        def run_and_change(module: ModuleType) -> None:
            run(module)
            change(module)

        spec.loader.exec_module = run_and_change  # type: ignore[method-assign]
        return spec


def make_quick() -> None:
    """Have Gradio imported so, wherever that happens first."""
    if "gradio" not in sys.modules and not any(isinstance(finder, _Quick) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Quick())
