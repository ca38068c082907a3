"""How seldom a program of ours looks for cycles of garbage; a library that others use leaves that to them."""

from __future__ import annotations

import atexit
import gc

_NEW_OBJECTS = 20_000
"""Made, less those given up, before Python looks. Its own 700 has it walk again and again through all that an
import of Gradio or Chroma brings, to find nothing."""


def collect_seldom() -> None:
    """For the process that a program has to itself, before anything large is loaded."""
    gc.set_threshold(_NEW_OBJECTS)
    # At its end Python would look through all that is loaded: most of a second for nobody.
    atexit.register(gc.freeze)
