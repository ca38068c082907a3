"""All measurements in one run, or those named: `make bench`, or `python -m benchmarks [NAME ...] --data DIR`.

A NAME stands for a module, or for all of a folder of them: `peers`, `peers.quality`. `benchmarks.scale`,
`benchmarks.kills` and `benchmarks.soak` take long or other arguments, and are run by themselves.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

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
    "page_speed",
    "peers.quality",
    "peers.speed",
    "peers.answers",
    "peers.cold",
)


def chosen(names: Sequence[str]) -> list[str]:
    """The modules that the names stand for, all where there is none; a wrong name ends the program."""
    unknown = [name for name in names if not any(m == name or m.startswith(f"{name}.") for m in MODULES)]
    if unknown:
        sys.exit(f"There is no measurement {', '.join(unknown)}; there are {', '.join(MODULES)}.")
    return [
        module
        for module in MODULES
        if not names or any(module == name or module.startswith(f"{name}.") for name in names)
    ]


def main() -> None:
    """Run each module as a process of its own, so that none warms another up."""
    parser = arguments(__doc__ or "")
    parser.add_argument("names", nargs="*", metavar="NAME", help="else all")
    options = parser.parse_args()
    failed = []
    for module in chosen(options.names):
        print(f"\n## {module}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{module}", "--data", str(options.data)]
        if subprocess.run(command, check=False).returncode:
            failed.append(module)
    subprocess.run([sys.executable, "-m", "benchmarks.page"], check=True)  # the new tables into the docs
    if failed:
        sys.exit(f"Did not finish: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
