"""Start the page: settings and assistant from the environment, user interface, launch."""

import atexit
import gc
import sys

from assistant import Assistant, AssistantError
from assistant.ui import serve


def main() -> int:
    """Serve until stopped; the exit code says how it ended."""
    # At its end Python would look for cycles through all that is loaded: most of a second for nobody.
    atexit.register(gc.freeze)
    try:
        with Assistant.open() as assistant:
            serve(assistant)
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
