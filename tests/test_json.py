"""The JSON of the command line: every command prints what the types say, from which docs/json.md is drawn."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypedDict, get_args

import pytest
from typer.testing import CliRunner

from assistant import Assistant, Topics
from assistant.cli import app
from assistant.evaluation.report import ReportJson
from assistant.export import topics_json
from assistant.export.collection import ErrorJson
from assistant.export.papers import TopicsJson
from assistant.grouped import Area
from tests.openai_server import MODEL, OpenAIServer
from tests.pages import commands
from tests.pages.json_output import SECTIONS
from tests.pages.shapes import Comparison, Drawing, objects_in
from tests.paper_services import Reply, Services, sample

EWALD = "Ewald-based Long-Range"
QUESTION = "What causes over-squashing in message passing networks?"
ROWS = (
    {"id": "e1", "title": "How eggs are boiled", "abstract": "Eggs boil in 10 minutes.", "year": 2001},
    {
        "doi": "10.1/soup",
        "title": "How soup is boiled with patience",
        "abstract": "Soup boils in 20 minutes.",
    },
    {
        "arxiv_id": "2101.00001",
        "title": "How soup is boiled with patience",
        "abstract": "Soup boils in 20 minutes.",
    },
    {"id": "e2"},
)
QUESTIONS = ({"question": QUESTION, "gold": ["e1"]}, {"question": "How long do I boil soup?", "kind": "far"})


def told() -> dict[str, list[Any]]:
    """What each command may print, as the page says."""
    found: dict[str, list[Any]] = {}
    for entry in (entry for entries in SECTIONS for entry in entries):
        for command in entry.commands:
            found.setdefault(command, []).extend(get_args(entry.kind) or [entry.kind])
    return found


def with_json() -> Iterator[str]:
    """The commands that take --json."""
    return (name for name in commands.names() if "--json" in commands.options(name))


class Commands:
    """Runs commands, and holds what they print against what is told of them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.shown: set[tuple[str, Any]] = set()
        self.met: set[Any] = set()
        self._environment = environment
        self._told = told()

    def run(self, *arguments: str, **environment: str) -> dict[str, Any]:
        """What a command prints."""
        done = CliRunner().invoke(app, [*arguments, "--json"], env=self._environment | environment)
        [line] = done.stdout.removesuffix("\n").split("\n")  # one object, whatever happens
        value: dict[str, Any] = json.loads(line)
        name = max((name for name in self._told if " ".join(arguments).startswith(name)), key=len)
        if "error" in value:
            assert done.exit_code
            self.hold(value, ErrorJson)
        else:
            kinds = self._told[name]
            # The nearest one tells best what is wrong.
            kind = min(kinds, key=lambda kind: len(Comparison().mismatches(value, kind)))
            self.hold(value, kind)
            self.shown.add((name, kind))
        return value

    def hold(self, value: object, kind: Any) -> None:
        """Hold a value against its type."""
        comparison = Comparison()
        assert not comparison.mismatches(value, kind, kind.__name__)
        self.met |= comparison.met


def test_every_command_with_json_is_told() -> None:
    assert sorted(with_json()) == sorted(told())


@pytest.mark.usefixtures("clock")
def test_what_every_command_prints(
    sample_index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    openai_server: OpenAIServer,
    services: Services,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(sample_index, "index_store/default")
    for file, rows in (("rows.jsonl", ROWS), ("questions.jsonl", QUESTIONS)):
        Path(file).write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    commands = Commands(services.environment)
    run = commands.run

    run("ask", QUESTION, "--trace", "answer.json")
    assert run("ask", "How long do I boil an egg?")["refusal"]
    assert run("ask", " ")["error"]
    run("search", QUESTION)
    run("cards", EWALD)
    run("tldr", EWALD)
    assert run("tldr", "diffusion models")["error"]["candidates"]
    run("similar", EWALD)
    run("summarize", "speculative decoding", "--out", "summary.json")
    assert run("summarize", "boiled eggs")["refusal"]
    run("compare", EWALD, "On Over-Squashing in Message")
    with Assistant.open() as assistant:
        chat = assistant.chat()
        chat.ask(QUESTION)
        chat.save("conversation.json")
    for file in ("answer.json", "summary.json", "conversation.json"):
        run("replay", file)
    first, second, third, *_ = (topic["id"] for topic in run("topics")["topics"])
    run("topics", "rename", first, "Eggs")
    run("topics", "merge", second, third)
    run("topics", "undo")

    model = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    openai_server.reply = f"{run('search', QUESTION)['hits'][0]['evidence'][0]['text']} [P2.S1]"
    [claim] = run("ask", QUESTION, **model)["claims"]
    assert claim["better"]
    run("cards", EWALD, **model)

    run("add", "rows.jsonl", "--dry-run")
    added = run("add", "rows.jsonl")
    assert added["rejected"]
    assert added["folds"]
    assert run("ask", "How are eggs boiled since 2001?")["filters"]["found"]
    run("list")
    assert run("remove", "e1", "no such id")["missing"] == ["no such id"]
    assert run("restore", "e1", "no such id")["missing"] == ["no such id"]
    services.on("/api/query", sample("arxiv/q_testing_s0_m10.xml"), Reply(status=400))
    run("add", "arxiv:all:testing", "--limit", "10", "--save")
    run("refresh", "--list")
    assert run("refresh")["queries"][0]["problem"]
    services.on("/api/query", sample("arxiv/q_testing_s0_m10.xml"))
    assert run("refresh")["queries"][0]["report"]
    run("status")
    run("rebuild")
    run("doctor")
    run("eval", "questions.jsonl", "--out", "figures.json")
    commands.hold(json.loads(Path("figures.json").read_text("utf-8")), ReportJson)
    run("eval", "--make", "made.jsonl", "--count", "1")
    CliRunner().invoke(app, ["user", "add", "ada", "--file", "users"], input="correct horse\n")
    run("user", "list", "--file", "users")
    # Areas are for collections that are larger than a test's.
    commands.hold(
        json.loads(json.dumps(topics_json(Topics(areas=(Area("a1", "Eggs", ("t1",)),))))), TopicsJson
    )

    assert commands.shown == {(name, kind) for name, kinds in told().items() for kind in kinds}
    drawn = {kind for entries in SECTIONS for entry in entries for kind in objects_in(entry.kind)}
    assert commands.met == drawn, "an object that no command has printed here"


# -- the types themselves ------------------------------------------------------------------------------


class Egg(TypedDict):
    """An egg."""

    name: Annotated[str, "its own"]
    kind: Literal["hen", "goose"] | None


class Nest(TypedDict):
    """Eggs."""

    eggs: list[Egg]
    weights: dict[Annotated[str, "egg"], Annotated[float, "grams"]]
    owner: NotRequired[Annotated[str, "who comes back to it"]]


NEST = {"eggs": [{"name": "a", "kind": "hen"}, {"name": "b", "kind": None}], "weights": {"a": 50, "b": 1.5}}


def test_what_fits_a_type() -> None:
    comparison = Comparison()
    assert comparison.mismatches(NEST, Nest) == []
    assert comparison.mismatches(NEST | {"owner": "x"}, Nest) == []
    assert comparison.met == {Egg, Nest}


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"eggs": None}, ".eggs"),
        ({"eggs": [{"name": "a"}]}, ".eggs[].kind"),
        ({"eggs": [{"name": "a", "kind": "duck"}]}, ".eggs[].kind"),
        ({"eggs": [{"name": None, "kind": None}]}, ".eggs[].name"),
        ({"eggs": [{"name": "a", "kind": None, "size": 1}]}, ".eggs[].size"),
        ({"weights": {"a": True}}, ".weights.a"),
        ({"weights": []}, ".weights"),
        ({"owner": None}, ".owner"),
    ],
)
def test_what_does_not_fit(changed: dict[str, Any], where: str) -> None:
    [found] = Comparison().mismatches(NEST | changed, Nest)
    assert found.split()[0] == where


def test_how_a_type_is_drawn() -> None:
    drawing = Drawing()
    assert drawing.draw(Nest).splitlines() == [
        '{"eggs": [{"name": str,'.ljust(36) + "its own",
        '           "kind": "hen" | "goose" | null}],',
        ' "weights": {egg: grams},',
        ' "owner"?: str}'.ljust(36) + "who comes back to it",
    ]
    drawing.tell(Nest, "nest")
    assert drawing.draw(list[Nest] | None) == "[{…as of nest}] | null"
