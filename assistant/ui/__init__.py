"""The page in the browser. Importing this imports no Gradio; :func:`serve` does when it is called."""

from __future__ import annotations

import os

from .quick import make_quick
from .server import DEFAULT_HOST, DEFAULT_PORT, serve

# Read when Gradio is imported, wherever that happens: with them, nothing looks a host up.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
make_quick()

__all__ = ["DEFAULT_HOST", "DEFAULT_PORT", "serve"]
