"""How many questions are refused before any model is asked, on the sample collection.

    python -m benchmarks.refusal --data DIR

``far`` questions are of another field and should be refused; ``near`` ones use the collection's words but
ask for what no abstract says (this gate does not aim at them); the others can be answered.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from assistant import Assistant, Settings, sample_collection

from .data import arguments, require, rows, table


def train_claims(scifact: Path) -> list[str]:
    """The claims that the gate's constants were chosen on; none is about machine learning."""
    lines = require(scifact / "qrels" / "train.tsv").read_text("utf-8").splitlines()[1:]
    wanted = {line.split("\t")[0] for line in lines}
    return [row["text"] for row in rows(require(scifact / "queries.jsonl")) if row["_id"] in wanted]


def main() -> None:
    """Run from the command line."""
    data = arguments(__doc__ or "").parse_args().data
    folder = data / "trending" / "questions"
    groups: dict[str, list[str]] = {"far, SciFact's train claims": train_claims(data / "scifact")}
    for row in rows(require(folder / "none.jsonl")):
        groups.setdefault(row["kind"], []).append(row["question"])
    for kind in ("single", "short", "multi"):
        groups[f"answerable, {kind}"] = [row["question"] for row in rows(require(folder / f"{kind}.jsonl"))]
    with tempfile.TemporaryDirectory() as store:
        settings = Settings.load(index=Path(store) / "sample", mode="extractive")
        with Assistant.open(settings=settings) as assistant:
            assistant.add(sample_collection())
            body: list[tuple[object, ...]] = []
            for name, questions in groups.items():
                refused = sum(assistant.ask(question).status == "refused" for question in questions)
                body.append((name, len(questions), refused, refused / len(questions)))
    table("Refused without a model", ("questions", "asked", "refused", "share"), body)


if __name__ == "__main__":
    main()
