"""The command line: arguments in, text or one JSON object out; thin over the facade.

Imports nothing heavy until a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from . import __version__
from .errors import AssistantError, UsageError

if TYPE_CHECKING:
    from .assistant import Assistant
    from .types import Answer, ProgressCallback

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

INTERRUPTED = 130


@app.command()
def add(
    source: Annotated[Path | None, typer.Argument(help="A file of papers: a listing or JSON Lines.")] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Add the sample collection of 203 papers.")
    ] = False,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add papers from a file.

    New ones are added, changed ones updated, the same ones left alone; rows that cannot be read are named.
    """
    with _reporting(as_json):
        if (source is None) == (not sample):
            raise UsageError("Name one file of papers, or --sample.", "See `paper-assistant add --help`.")
        from .corpus import sample_collection
        from .export import report_json

        with _opened(index) as assistant, _progress() as progress:
            report = assistant.add(source or sample_collection(), progress=progress)
        if as_json:
            _print_json(report_json(report))
            return
        for row in report.rejected:
            _say(f"Skipped {row}")
        _print(f"{report}.")


@app.command()
def search(
    question: QuestionArgument,
    k: Annotated[int, typer.Option("-k", help="How many papers.", min=1, max=50)] = 8,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the papers nearest to a question."""
    with _reporting(as_json), _opened(index) as assistant:
        hits = assistant.search(_question(question), k)
        if as_json:
            from .export import hits_json

            _print_json(hits_json(hits))
            return
        for hit in hits:
            _print(f"{hit.rank:>2}. {hit.paper}  [{hit.score:.2f}]")
            for evidence in hit.evidence[:1]:
                _print(f"    {evidence.text}")


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
    with _reporting(as_json), _opened(index, mode="extractive" if extractive else None) as assistant:
        answer = _streamed(assistant, _question(question), show=not as_json)
        if as_json:
            from .export import answer_json

            _print_json(answer_json(answer))


@app.command()
def status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds and whether it is sound."""
    with _reporting(as_json), _opened(index) as assistant:
        found = assistant.status()
        if as_json:
            from .export import status_json

            _print_json(status_json(found))
        else:
            _print(f"Index      {found.path} (format {found.format})")
            _print(f"Papers     {found.papers:,} with {found.sentences:,} sentences")
            _print(f"Embedder   {found.embedder}, {found.dimension} dimensions")
            _print(f"Sound      {'yes' if found.sound else 'no'}")
            _print(f"Answers    {assistant.composer}")
        if found.problem:
            _say(found.problem)
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
    with _reporting(), _opened(index, mode="extractive" if extractive else None) as assistant:
        from .ui import serve as serve_page

        serve_page(assistant, host=host, port=port, open_browser=open_browser)


@app.command()
def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check what answers depend on, and say what to do.

    Looks at the prompts, the embedder, the language model and the index.
    """
    with _reporting(as_json), _opened(index) as assistant:
        from dataclasses import asdict

        from .doctor import examine

        checks = []
        for check in examine(assistant):
            checks.append(check)
            if not as_json:
                _print(f"{check.verdict:<5}{check.name:<10}{f'{check.message} {check.hint}'.strip()}")
        if as_json:
            _print_json({"checks": [asdict(check) for check in checks]})
        if any(check.verdict == "fail" for check in checks):
            raise typer.Exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        _print(f"paper-assistant {__version__}")
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


@contextmanager
def _reporting(as_json: bool = False) -> Iterator[None]:
    """Turn an error into one sentence on standard error (and, with --json, an object) and its exit code."""
    try:
        yield
    except AssistantError as error:
        if as_json:
            from .export import error_json

            _print_json(error_json(error))
        _say(f"Error: {error}")
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        _say("\nInterrupted. What was committed is kept; run the same again to go on.")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        _leave_quietly()
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if os.environ.get("ASSISTANT_DEBUG"):
            raise
        _say(f"Error: something unexpected went wrong ({type(error).__name__}: {error}).")
        _say("Run the same with ASSISTANT_DEBUG=1 to see where, and please report it.")
        raise typer.Exit(1) from None


def _leave_quietly() -> NoReturn:
    """The reader of our output went away, as `| head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(0)


@contextmanager
def _progress() -> Iterator[ProgressCallback | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Indexing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Indexing", total=None)
        yield lambda progress: bar.update(task, completed=progress.done, total=progress.total)


def _streamed(assistant: Assistant, question: str, *, show: bool) -> Answer:
    """The answer; its text is printed as it comes when it is to be shown."""
    from contextlib import closing

    from .types import Done, Status, Token

    shown = ""
    with closing(assistant.stream(question)) as events:
        for event in events:
            if isinstance(event, Status) and sys.stderr.isatty():
                _say(f"{event.message} …")
            elif isinstance(event, Token) and show:
                _print(event.text, end="")
                shown += event.text
            elif isinstance(event, Done):
                answer = event.answer
    if show:
        rest = answer.text.removeprefix(shown.strip())
        _print(rest if rest != answer.text or not shown else f"\n\n{answer.text}")
        for notice in answer.notices:
            _say(f"Note: {notice}")
    return answer


def _plain(text: str) -> str:
    """Text without control characters: a paper or a model must not drive the reader's terminal."""
    return "".join(c for c in text if c in "\n\t" or (c.isprintable() or ord(c) > 0x9F))


def _print(text: str, end: str = "\n") -> None:
    sys.stdout.write(_plain(text) + end)
    sys.stdout.flush()


def _say(text: str) -> None:
    """For the person at the terminal, beside the result."""
    sys.stderr.write(f"{_plain(text)}\n")
    sys.stderr.flush()


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
