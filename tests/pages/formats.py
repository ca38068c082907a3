"""The reference of the files that are read, written and kept, from the modules that do so."""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, cast, get_args

from assistant import bibliography, saved
from assistant.corpus import shapes
from assistant.corpus.formats import FORMATS, column_names
from assistant.index import layout
from assistant.outputs import files
from assistant.topics import state

from .docstrings import sentence, table

_READ = """A file is recognised by what is in it, whatever it is called; the first of these that knows it
reads it. Each also packed (`.gz`, `.zip`), in a folder, or on standard input. [Importing](importing.md) tells
what becomes of the texts."""
_COLUMNS = """Names are compared by their letters alone, so `Author(s)` and `authors` are one. Where a table
has several columns for a field, the first one here that is filled counts."""
_SHAPES = """What the keys of an object mean is told object by object. Anything else is our own shape:
`title`, `abstract` (or `text`), `authors`, `year` (or `date`), `venue`, `doi`, `arxiv_id`, `url`, `id` (or
`_id`)."""
_SAVED = """`ask --trace`, `Chat.save` and `save_summary` write JSON with a `kind` and a `format`, which
`paper-assistant replay` shows again. A file of another format is refused, a damaged one says where."""


def page() -> str:
    """The whole page."""
    shown = "format", "what it is"
    read = [(known.NAME, _about(cast("ModuleType", known))) for known in FORMATS]
    shapes_read = [(f"`{_last(module)}`", _about(module)) for module in _shapes()]
    named = [(f"`{field}`", ", ".join(names)) for field, names in column_names.NAMES.items()]
    written = [(f"`{name}`", sentence(writer.__doc__)) for name, writer in bibliography.WRITERS.items()]
    endings = ", ".join(f"`{ending}`" for ending in files.FORMATS)
    kinds = [(f"`{_default(kind, 'kind')}`", sentence(kind.__doc__)) for kind in get_args(saved.Saved)]
    kept = [*_paths(layout.Data(Path("data-N"))), *_paths(layout.Layout(Path()))]
    return "\n".join(
        [
            "# File formats\n\nGenerated from the code by `make docs`.\n",
            f"## Read\n\n{_READ}\n\n{table(shown, read)}",
            f"### Columns of tables\n\n{_COLUMNS}\n\n{table(('field', 'names'), named)}",
            f"### Shapes of JSON\n\n{_SHAPES}\n\n{table(('shape', 'what it is'), shapes_read)}",
            f"## Written\n\nBy `paper-assistant export`:\n\n{table(shown, written)}",
            f"By `summarize --out` and `save_summary`: {endings}. {_second(files.save_summary)}\n",
            f"## Saved\n\n{_SAVED} The format is {saved.FORMAT}.\n\n{table(('kind', 'what it is'), kinds)}",
            f"## An index\n\nA folder of its own, of format {layout.FORMAT}; that of `topics.json` is "
            f"{state.FORMAT}.\n\n{table(('path', 'what it is'), kept)}",
            f"In `manifest.json`: {_second(layout.Manifest)}\n",
        ]
    )


def _about(module: ModuleType) -> str:
    """What a module says it is, without what it says it does not know."""
    return re.split(r"[;.] [Kk]nows ", sentence(module.__doc__))[0].rstrip(".")


def _last(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _default(kind: Any, field: str) -> str:
    return str(kind.__dataclass_fields__[field].default)


def _second(value: object) -> str:
    """The second paragraph of a docstring: the details."""
    return textwrap.fill(sentence((inspect.getdoc(value) or "").split("\n\n")[1]), 110)


def _shapes() -> list[ModuleType]:
    """The modules that tell a shape of JSON, by name."""
    inside = [module for name, module in sys.modules.items() if name.startswith(f"{shapes.__name__}.")]
    return sorted((module for module in inside if hasattr(module, "tells")), key=_last)


def _paths(whole: object) -> Iterator[tuple[str, str]]:
    """The paths that a layout names, each with what lies there."""
    for name, told in vars(type(whole)).items():
        if isinstance(told, property) and isinstance(path := getattr(whole, name), Path):
            yield f"`{path}`", sentence(told.__doc__)
