"""The site of docs/: every page has its place, builds without a warning, and browsers ask nobody else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "zensical.toml"
LOADED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "use": "href"}
"""What a browser fetches without being asked to; a link that a reader may follow is none of them."""
LAZY = ("mermaid", "glightbox", "md-source", "language-pyodide")
"""Classes for which the theme's script would fetch a library, or ask about a repository."""


class Page(HTMLParser):
    """What a page loads, and the classes that it uses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.classes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag."""
        given = dict(attrs)
        self.classes |= set((given.get("class") or "").split())
        if tag == "link" and given.get("rel") in {"canonical", "prev", "next"}:
            return
        if (loaded := given.get(LOADED.get(tag, ""))) is not None:
            self.loads.append(loaded)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(CONFIG, folder)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def _places(nav: list[Any]) -> Iterator[str]:
    for entry in nav:
        for value in entry.values():
            if isinstance(value, list):
                yield from _places(value)
            else:
                yield value


def test_every_page_has_one_place() -> None:
    """A new page is to be listed in zensical.toml."""
    places = [*_places(tomllib.loads(CONFIG.read_text("utf-8"))["project"]["nav"])]
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").glob("**/*.md")]
    assert sorted(places) == sorted(pages)


def test_links_of_pages_stay_within_the_site() -> None:
    wrong = []
    for page in (ROOT / "docs").glob("**/*.md"):
        targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))
        outside = (t for t in targets if not (page.parent / t).resolve().is_relative_to(ROOT / "docs"))
        wrong += [f"{page.name}: {target}" for target in outside]
    assert not wrong


def test_anchors_of_links_exist(site: Path) -> None:
    pages = {page: page.read_text("utf-8") for page in site.glob("*.html")}
    ids = {page.name: set(re.findall(r'\bid="?([^"\s>]+)', text)) for page, text in pages.items()}
    wrong = []
    for page, text in pages.items():
        for target, anchor in re.findall(r'href="?([\w-]+\.html)?#([^"\s>]+)', text):
            if anchor not in ids.get(target or page.name, set()):
                wrong.append(f"{page.name}: {target}#{anchor}")
    assert not wrong


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    elsewhere = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)
    wrong = []
    for path in site.glob("**/*.html"):
        page = Page(path.read_text("utf-8"))
        wrong += [f"{path.name} loads {loaded}" for loaded in page.loads if elsewhere.match(loaded)]
        wrong += [f"{path.name} uses {name}" for name in LAZY if name in page.classes]
    for path in (*site.glob("**/*.css"), *site.glob("**/*.svg")):
        text = path.read_text("utf-8")
        fetched = re.findall(r"""(?:url\(|@import\s*|href=)["']?(?!data:)((?:https?:)?//[^"')\s]+)""", text)
        wrong += [f"{path.name} loads {loaded}" for loaded in fetched]
    assert not wrong
