"""Twenty readers at once, each with ten questions, and a slow model; and commands beside the page.

    python -m benchmarks.crowd [--readers 20] [--questions 10] [--thinks 1.0]

The model is a server on loopback that thinks for a second before its first word. What counts is what the page
adds to that, and that nobody gets the answer to another's question. All processes share the machine. One
question is asked before the clock starts, since the first one loads libraries.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assistant import Assistant, sample_collection
from tests.browser import serving
from tests.crowd import SlowModel, crowd
from tests.openai_server import MODEL

from .data import arguments, table

COMMAND = (sys.executable, "-c", "from assistant.cli import main; main()")
RUNS = 7


def seconds(*command: str) -> float:
    """The median wall time of a command, in fresh processes."""
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run([*command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument(
        "--thinks", type=float, default=1.0, help="seconds of the model before its first word"
    )
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    index = folder / "index"
    SlowModel.first = given.thinks
    search = (*COMMAND, "search", "over-squashing", "--index", str(index))
    ask = (*COMMAND, "ask", "What causes over-squashing?", "--extractive", "--index", str(index))
    try:
        with Assistant.open(index) as assistant:
            assistant.add(sample_collection())
        with (
            SlowModel() as model,
            serving(index, folder / "log", OPENAI_BASE_URL=model.url, ASSISTANT_MODEL=MODEL) as page,
        ):
            page.wait_until("ok")
            crowd(page.url, 1, 1)
            heard = crowd(page.url, given.readers, given.questions)
            taken = {
                "`python -c pass`": seconds(sys.executable, "-c", "pass"),
                "`paper-assistant --help`": seconds(*COMMAND, "--help"),
                "`paper-assistant ask`, beside the page": seconds(*ask),
                "`paper-assistant search`, beside the page": seconds(*search),
            }
        taken["`paper-assistant search`, alone"] = seconds(*search)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    first = statistics.quantiles([each.first - given.thinks for each in heard], n=20)
    table(
        f"{given.readers} readers, {given.questions} questions each, at once",
        ("", ""),
        [
            ("questions answered", len(heard)),
            ("answers with anything of another's, or none", sum(not each.right for each in heard)),
            ("first word, over the model's own time, median, s", first[9]),
            ("first word, over the model's own time, 95 %, s", first[18]),
        ],
    )
    table(f"Seconds, median of {RUNS} runs", ("process", "seconds"), [*taken.items()])


if __name__ == "__main__":
    main()
