"""Start the page: settings and assistant from the environment, user interface, launch."""

import sys

from assistant import Assistant, AssistantError
from assistant.garbage import collect_seldom
from assistant.ui import serve


def main() -> int:
    """Serve until stopped; the exit code says how it ended."""
    collect_seldom()
    try:
        with Assistant.open() as assistant:
            serve(assistant)
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
