"""Measures an assistant with files of questions: reads them, asks them, judges what came, reports."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

from ..assistant import Assistant
from ..errors import AssistantError, QuestionFileError, UsageError
from ..progress import Progress, ProgressCallback, StopCallback
from .asking import Examiner, Outcome
from .beir import beir_scripts, is_beir
from .cases import Script, scripts_of
from .gold import Gold
from .judging import audit, sections
from .marks import is_marks, mark_scripts, of_poor
from .measures import place_of
from .report import CaseJson, Report


def evaluate(
    assistant: Assistant,
    *files: str | Path,
    papers: str | Path | None = None,
    k: int = 8,
    seed: int = 0,
    progress: ProgressCallback | None = None,
    stop: StopCallback | None = None,
) -> Report:
    """Ask all questions of these files, and measure what comes back.

    Files are JSON Lines as docs/evaluation.md tells, or folders in the BEIR layout. Numbers in them count the
    papers of the file ``papers``, else of the sample collection. A right paper is looked for among the first
    ``k``; ``seed`` chooses the errors that the audit has to find. ``stop`` is asked before each
    question: once it says so, what was asked is reported. So it is where the model or the index fails midway.

    Raises:
        QuestionFileError: a file cannot be read, or a row of it not be used; says which.
        IndexStoreError, ModelError: nothing can be searched.
    """
    if not files:
        raise UsageError("There is nothing to evaluate with.", "Name a file of questions.")
    scripts = read_scripts(assistant, [Path(file) for file in files], Path(papers) if papers else None)
    if not scripts:
        raise QuestionFileError(
            "No answer is marked as good yet.", "Mark answers with a thumb on the page, or name another file."
        )
    total = sum(map(len, scripts))
    outcomes: list[Outcome] = []
    interrupted, problem = False, ""
    with closing(Examiner(assistant, k).outcomes(scripts)) as coming:
        while not (interrupted := bool(stop and stop())):
            try:
                outcome = next(coming, None)
            except AssistantError as error:
                if not outcomes:
                    raise
                problem = f"Stopped after {len(outcomes):,} questions. {error}"
                break
            if outcome is None:
                break
            outcomes.append(outcome)
            if progress:
                progress(Progress(len(outcomes), total, 1.0))
    found = list(sections(outcomes, k))
    if not (interrupted or problem):
        found += audit(outcomes, assistant.searcher.measure, seed)
    return Report(
        total,
        len(outcomes),
        len(assistant.index),
        assistant.composer,
        k,
        tuple(found),
        tuple(note for note in (problem, *_notices(outcomes), *of_poor(map(Path, files))) if note),
        interrupted or bool(problem),
        tuple(map(_details, outcomes)),
    )


def read_scripts(assistant: Assistant, files: Sequence[Path], papers: Path | None = None) -> list[Script]:
    """The questions of files, BEIR folders and marks on answers, with the papers that they name.

    Raises:
        QuestionFileError: one cannot be read, or a row of it not be used; says which.
    """
    stems = [file.stem for file in files]
    gold = Gold(assistant.papers(), papers)
    scripts = (
        beir_scripts(file)
        if is_beir(file)
        else mark_scripts(file)
        if is_marks(file)
        else scripts_of(file, stem if stems.count(stem) == 1 else str(file), gold.look_up)
        for file, stem in zip(files, stems, strict=True)
    )
    return list(chain.from_iterable(scripts))


def _notices(outcomes: Sequence[Outcome]) -> list[str]:
    """What the reader of the figures should know."""
    notices = []
    wanted = {paper for outcome in outcomes for paper in outcome.case.gains}
    if missing := len(wanted) - len({paper.id for outcome in outcomes for paper in outcome.gold}):
        notices.append(
            f"{missing:,} of {len(wanted):,} right papers are not in the index: they count as missed."
        )
    answered = [outcome.answer for outcome in outcomes if outcome.answer.status == "answered"]
    quoted = [answer for answer in answered if answer.mode == "extractive" and answer.usage.calls]
    if quoted:
        why = quoted[0].notices[0] if quoted[0].notices else ""
        notices.append(f"{len(quoted):,} answers were quoted, since the model failed: {why}")
    return notices


def _details(outcome: Outcome) -> CaseJson:
    """What came of one question, for a program."""
    case, answer = outcome.case, outcome.answer
    return {
        "where": case.where,
        "group": case.group,
        "question": case.question,
        "searched": answer.searched,
        "gold": [*case.gains],
        "found": outcome.ranked,
        "place": place_of(outcome.ranked, case.right) or None,
        "evidence": outcome.evidence,
        "status": answer.status,
        "refusal": answer.refusal.kind if answer.refusal else None,
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "cited": [citation.id for citation in answer.citations],
        "mode": answer.mode,
        "notices": list(answer.notices),
        "seconds": round(outcome.seconds, 4),
    }
