"""All measurements in one run: `make bench`, or `python -m benchmarks --data DIR`."""

from __future__ import annotations

import subprocess
import sys

from .data import arguments

MODULES = (
    "embedding",
    "indexing",
    "startup",
    "sentences",
    "retrieval",
    "evidence",
    "refusal",
    "audit",
    "answers",
    "dialogs",
    "roles",
    "topics",
    "server",
    "crowd",
)


def main() -> None:
    """Run each module as a process of its own, so that none warms another up."""
    data = arguments(__doc__ or "").parse_args().data
    failed = []
    for module in MODULES:
        print(f"\n## {module}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", "--data", str(data)], check=False
        ).returncode:
            failed.append(module)
    if failed:
        sys.exit(f"Did not finish: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
