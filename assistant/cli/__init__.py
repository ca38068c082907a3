"""The command line: arguments in, text or one JSON object out; thin over the facade.

Nothing heavy is imported until a command runs, so that ``--help`` answers at once.
"""

import sys

try:
    from .app import app, main
except KeyboardInterrupt:  # Ctrl-C before there was anything to interrupt
    sys.exit(130)

__all__ = ["app", "main"]
