"""Every command and every program of the documentation runs, and prints what the page shows below it.

Models are the loopback server, online sources the recorded ones, the Chroma server is a real one.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.openai_server import OpenAIServer
from tests.pages import commands
from tests.pages.blocks import LANGUAGES, REASONS, ROOT, Block, blocks, pages
from tests.pages.playing import Player
from tests.paper_services import Services
from tests.paper_services import sample as recorded

FILES = Path(__file__).parent / "samples" / "docs"
"""What the pages call a reader's own files."""
BLOCKS = {page: [*blocks(page)] for page in pages()}
PLAYED = [
    page for page, found in BLOCKS.items() if any(b.language in {"bash", "console", "python"} for b in found)
]
CHROMA = "http://that-machine:8000"
OPTIONS = set(re.findall(r"--[a-z][a-z-]+", (ROOT / "docs" / "commands.md").read_text("utf-8")))
"""All that our commands have; a page may name no other one beside them."""


@pytest.fixture
def player(
    tmp_path: Path,
    sample_index: Path,
    monkeypatch: pytest.MonkeyPatch,
    openai_server: OpenAIServer,
    services: Services,
) -> Iterator[Player]:
    """A folder with the sample's index and some files, where a model and online sources answer."""
    services.on("/api/query", recorded("arxiv/q_testing_s0_m10.xml"))
    for name, value in services.environment.items():
        monkeypatch.setenv(name, value)
    shutil.copytree(sample_index, tmp_path / "index_store" / "default")
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    openai_server.reply = "Ewald message passing lowers the errors [P1.S1]."
    model = r"http://(?:127\.0\.0\.1|localhost):\d+/v1"
    fewer = {r"--count 50": "--count 2", r"count=50": "count=2"}
    player = Player(tmp_path, monkeypatch, {model: openai_server.url, **fewer})
    yield player
    player.close()


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("page", PLAYED, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path, player: Player, request: pytest.FixtureRequest) -> None:
    if any(CHROMA in block.text for block in BLOCKS[page]):
        player.instead[CHROMA] = request.getfixturevalue("chroma").url
    for block in BLOCKS[page]:
        if not block.is_tested_whole:
            player.play(block)


@pytest.mark.parametrize("block", [b for found in BLOCKS.values() for b in found], ids=str)
def test_a_block_says_what_it_is(block: Block) -> None:
    assert block.language in LANGUAGES
    assert not block.not_run or block.not_run in REASONS
    if block.language == "json":
        json.loads(block.text)


def test_commands_options_and_settings_that_are_named_exist() -> None:
    known = {name.split()[0] for name in commands.names()}
    from assistant.settings import Settings

    settings = {f"ASSISTANT_{name.upper()}" for name in Settings.model_fields} | {"ASSISTANT_DEBUG"}
    wrong = []
    for page in pages():
        text = page.read_text("utf-8")
        for code in re.findall(r"`[^`]+`|^\$ .*$", text, re.MULTILINE):
            if called := re.search(r"paper-assistant ([a-z|]+)\b(?!:)(.*)", code):
                wrong += [f"{page.name}: {name}" for name in called[1].split("|") if name not in known]
                options = set(re.findall(r"(?<!\S)--[a-z][a-z-]+", called[2]))
                wrong += [f"{page.name}: {option}" for option in options - OPTIONS]
        wrong += [
            f"{page.name}: {name}"
            for name in set(re.findall(r"ASSISTANT_[A-Z0-9_]*[A-Z0-9]", text)) - settings
        ]
    assert not wrong
