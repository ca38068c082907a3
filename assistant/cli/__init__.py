"""The command line: arguments in, text or one JSON object out; thin over the facade.

Nothing heavy is imported until a command runs, so that ``--help`` answers at once.
"""

from .app import app, main

__all__ = ["app", "main"]
