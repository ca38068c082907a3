"""Gradio imported without what it does for makers of components, which takes a second at every start."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_MODULE = "gradio.component_meta"


class _Quick(MetaPathFinder):
    """Finds one module of Gradio, and takes a step out of it once it is there."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_and_change(module: ModuleType) -> None:
            run(module)
            # It parses the source of each component anew to write a stub for editors beside it, into the
            # folder of the installation; nothing at run time reads that.
            vars(module)["create_or_modify_pyi"] = lambda *_: None

        spec.loader.exec_module = run_and_change  # type: ignore[method-assign]
        return spec


def make_quick() -> None:
    """Have Gradio imported so, wherever that happens first."""
    if _MODULE not in sys.modules and not any(isinstance(finder, _Quick) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Quick())
