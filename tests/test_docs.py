"""The documentation is true: what is generated is current, links lead somewhere, the site asks nobody.

``python -m tests.test_docs`` (or ``make docs``) writes the generated pages and the README's output anew.
``tests/test_docs_examples.py`` runs the commands and programs of the pages.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from assistant import Assistant, sample_collection
from tests.pages import calls, commands, events, formats, json_output, python, readme, settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = sorted(DOCS.glob("**/*.md"))
CALLED = ("api.md", "mcp.md")
"""The pages that tell what programs may ask."""


def test_the_readme_examples_print_what_they_say(tmp_path: Path) -> None:
    text = README.read_text("utf-8")
    assert readme.page(text, tmp_path) == text


def test_the_reference_of_the_command_line_is_current() -> None:
    assert (DOCS / "commands.md").read_text("utf-8") == commands.page()


def test_the_reference_of_the_settings_is_current() -> None:
    assert (DOCS / "settings.md").read_text("utf-8") == settings.page()


def test_the_reference_of_python_is_current() -> None:
    assert (DOCS / "python.md").read_text("utf-8") == python.page()


def test_the_reference_of_the_events_is_current(sample: Assistant) -> None:
    assert (DOCS / "events.md").read_text("utf-8") == events.page(sample)


def test_the_reference_of_the_json_is_current() -> None:
    assert (DOCS / "json.md").read_text("utf-8") == json_output.page()


def test_the_reference_of_the_file_formats_is_current() -> None:
    assert (DOCS / "formats.md").read_text("utf-8") == formats.page()


@pytest.mark.parametrize("name", CALLED)
def test_the_tables_of_what_programs_may_ask_are_current(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")
    assert "<!-- calls: " in text
    assert calls.page(text) == text


def test_the_readme_tells_which_commands_take_which_options() -> None:
    sentence = r"Every command but (.+?) takes `--index FOLDER`, and all but (.+?) take `--json`"
    told = re.search(sentence, " ".join(README.read_text("utf-8").split()))
    assert told
    names = commands.names()
    single = [name for name in names if not any(other.startswith(f"{name} ") for other in names)]
    for option, others in (("--index", told[1]), ("--json", told[2])):
        excepted = re.findall(r"`([^`]+)`", others)
        meant = {name for name in single for each in excepted if f"{name} ".startswith(f"{each} ")}
        assert meant == {name for name in single if option not in commands.options(name)}


@pytest.mark.parametrize("page", [README, *PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_room_is_drawn() -> None:
    """A new room is to be added to the drawing."""
    drawn = (DOCS / "house.md").read_text("utf-8").split("```")[1]
    rooms = [path.parent.name for path in (ROOT / "assistant").glob("*/__init__.py")]
    assert not [room for room in rooms if not re.search(rf"\b{room}\b", drawn)]


def main() -> None:
    """Write the generated pages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        README.write_text(readme.page(README.read_text("utf-8"), folder), "utf-8")
        (DOCS / "commands.md").write_text(commands.page(), "utf-8")
        with Assistant.open(folder / "index") as assistant:
            assistant.add(sample_collection())
            (DOCS / "events.md").write_text(events.page(assistant), "utf-8")
    (DOCS / "settings.md").write_text(settings.page(), "utf-8")
    (DOCS / "python.md").write_text(python.page(), "utf-8")
    (DOCS / "json.md").write_text(json_output.page(), "utf-8")
    (DOCS / "formats.md").write_text(formats.page(), "utf-8")
    for name in CALLED:
        (DOCS / name).write_text(calls.page((DOCS / name).read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
