"""The command line: arguments in, text or one JSON object out; thin over the facade.

Imports nothing heavy until a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import __version__
from .errors import UsageError
from .terminal import print_json, progress_bar, reporting, say, show

if TYPE_CHECKING:
    from .assistant import Assistant
    from .types import Answer

app = typer.Typer(
    help="Ask a collection of papers: every statement cited to a paper and to the sentence that supports it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich would take half of the time that --help takes
    context_settings={"help_option_names": ["-h", "--help"]},
)

IndexOption = Annotated[
    Path | None,
    typer.Option("--index", help="Folder of the index (else ASSISTANT_INDEX, else index_store/default)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
ExtractiveOption = Annotated[
    bool, typer.Option("--extractive", help="Quote the papers; ask no language model even if one is set.")
]
QuestionArgument = Annotated[
    str, typer.Argument(metavar="QUESTION", help="The question; `-` reads it from standard input.")
]


@app.command()
def add(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help="Files of papers, also packed (.gz, .zip), or folders; `-` reads standard input.",
        ),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Add the sample collection of 203 papers.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first row that cannot be read.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; embed and write nothing.")
    ] = False,
    rejected: Annotated[
        Path | None,
        typer.Option(help="Write rows that cannot be read to this file, to be mended and added again."),
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add papers from files, archives and folders.

    New ones are added, changed ones updated, the same ones left alone; rows that cannot be read are named.
    """
    with reporting(as_json):
        if not sources and not sample:
            raise UsageError("Name a file of papers, or --sample.", "See `paper-assistant add --help`.")
        from .corpus import sample_collection
        from .export import report_json

        with _opened(index) as assistant, progress_bar() as progress:
            places: list[str | Path] = [*(sources or []), *([sample_collection()] if sample else [])]
            report = assistant.add(
                *places, strict=strict, dry_run=dry_run, rejected=rejected, progress=progress
            )
        if as_json:
            print_json(report_json(report) | {"dry_run": dry_run})
            return
        for row in report.rejected:
            say(f"Skipped {row}")
        show(f"Dry run, nothing is written: {report}." if dry_run else f"{report}.")


@app.command()
def search(
    question: QuestionArgument,
    k: Annotated[int, typer.Option("-k", help="How many papers.", min=1, max=50)] = 8,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the papers nearest to a question."""
    with reporting(as_json), _opened(index) as assistant:
        hits = assistant.search(_question(question), k)
        if as_json:
            from .export import hits_json

            print_json(hits_json(hits))
            return
        for hit in hits:
            show(f"{hit.rank:>2}. {hit.paper}  [{hit.score:.2f}]")
            for evidence in hit.evidence[:1]:
                show(f"    {evidence.text}")


@app.command()
def ask(
    question: QuestionArgument,
    index: IndexOption = None,
    as_json: JsonOption = False,
    extractive: ExtractiveOption = False,
) -> None:
    """Ask a question and get a cited answer.

    Every statement cites a paper and a sentence of its abstract; without a language model, it is one.
    """
    with reporting(as_json), _opened(index, mode="extractive" if extractive else None) as assistant:
        answer = _streamed(assistant, _question(question), quiet=as_json)
        if as_json:
            from .export import answer_json

            print_json(answer_json(answer))


@app.command()
def status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds and whether it is sound."""
    with reporting(as_json), _opened(index) as assistant:
        found = assistant.status()
        if as_json:
            from .export import status_json

            print_json(status_json(found))
        else:
            show(f"Index      {found.path} (format {found.format})")
            show(f"Papers     {found.papers:,} with {found.sentences:,} sentences")
            show(f"Embedder   {found.embedder}, {found.dimension} dimensions")
            show(f"Sound      {'yes' if found.sound else 'no'}")
            show(f"Answers    {assistant.composer}")
        if found.problem:
            say(found.problem)
            raise typer.Exit(1)


@app.command()
def serve(
    index: IndexOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(help="Port to listen on (else the first free one from 7860).", min=1, max=65535),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    extractive: ExtractiveOption = False,
) -> None:
    """Serve the page on this machine.

    Where there is no index yet, the sample collection is indexed first.
    """
    with reporting(), _opened(index, mode="extractive" if extractive else None) as assistant:
        from .ui import serve as serve_page

        serve_page(assistant, host=host, port=port, open_browser=open_browser)


@app.command()
def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check what answers depend on, and say what to do.

    Looks at the prompts, the embedder, the language model and the index.
    """
    with reporting(as_json), _opened(index) as assistant:
        from dataclasses import asdict

        from .doctor import examine

        checks = []
        for check in examine(assistant):
            checks.append(check)
            if not as_json:
                show(f"{check.verdict:<5}{check.name:<10}{f'{check.message} {check.hint}'.strip()}")
        if as_json:
            print_json({"checks": [asdict(check) for check in checks]})
        if any(check.verdict == "fail" for check in checks):
            raise typer.Exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        show(f"paper-assistant {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


def main() -> None:
    """The entry point of ``paper-assistant``."""
    app()


# -- behind the commands -------------------------------------------------------------------------


def _question(given: str) -> str:
    return sys.stdin.read() if given == "-" else given


@contextmanager
def _opened(index: Path | None, **overrides: Any) -> Iterator[Assistant]:
    from .assistant import Assistant
    from .settings import Settings

    with Assistant.open(settings=Settings.load(index=index, **overrides)) as assistant:
        yield assistant


def _streamed(assistant: Assistant, question: str, *, quiet: bool) -> Answer:
    """The answer; its text is printed as it comes, unless ``quiet``."""
    from .types import Done, Status, Token

    shown = ""
    with closing(assistant.stream(question)) as events:
        for event in events:
            if isinstance(event, Status) and sys.stderr.isatty():
                say(f"{event.message} …")
            elif isinstance(event, Token) and not quiet:
                show(event.text, end="")
                shown += event.text
            elif isinstance(event, Done):
                answer = event.answer
    if not quiet:
        rest = answer.text.removeprefix(shown.strip())
        show(rest if rest != answer.text or not shown else f"\n\n{answer.text}")
        for notice in answer.notices:
            say(f"Note: {notice}")
    return answer
