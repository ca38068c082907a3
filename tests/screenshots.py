"""The pictures of the documentation, made anew.

    python -m tests.screenshots [--all FOLDER]

Needs Chromium and its driver. ``--all`` saves every state at both widths and in both themes there instead,
to be looked at.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from PIL import Image

from assistant import Assistant, sample_collection

from .browser import Browser, start
from .openai_server import OpenAIServer
from .states import STATES, page, walk

DOCS = Path(__file__).resolve().parent.parent / "docs"
SIZES = {1440: 900, 360: 740}
KEPT = {
    "screenshot": ("quoted", "ask-answer", 1440, "light"),
    "ask-tab": ("written", "ask-answer", 1440, "light"),
    "ask-dark": ("quoted", "ask-answer", 1440, "dark"),
    "ask-narrow": ("quoted", "ask-answer", 360, "light"),
    "refusal-narrow": ("quoted", "ask-refusal", 360, "dark"),
    "topics-tab": ("quoted", "topics", 1440, "light"),
    "library-tab": ("quoted", "library", 1440, "light"),
    "settings-tab": ("quoted", "settings", 1440, "dark"),
}
"""File of ``docs/``: who answers, the state, the width and the theme."""
Picture = tuple[str, str, int, str]


def take(browser: Browser, index: Path, wanted: Iterable[Picture]) -> Iterable[tuple[Picture, bytes]]:
    """The pictures that are wanted, in the order of who answers, width and state."""
    wanted = set(wanted)
    for answers in sorted({picture[0] for picture in wanted}):
        with (
            OpenAIServer() as model,
            page(index, index.parent / "log", model if answers == "written" else None) as served,
        ):
            for width in sorted({picture[2] for picture in wanted if picture[0] == answers}):
                browser.resize(width, SIZES[width])
                # Each width is the first visit of somebody.
                browser.driver.delete_all_cookies()
                browser.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
                for state in walk(browser, served):
                    for theme in ("light", "dark"):
                        if (picture := (answers, state, width, theme)) in wanted:
                            yield picture, _pixels(browser, theme)


def _pixels(browser: Browser, theme: str) -> bytes:
    paint = """
    const done = arguments[1];
    document.body.classList.toggle("dark", arguments[0]);
    setTimeout(() => requestAnimationFrame(done), 400);
    """
    browser.driver.execute_async_script(paint, theme == "dark")
    taken = Image.open(BytesIO(browser.driver.get_screenshot_as_png())).convert("RGB")
    small = BytesIO()
    taken.quantize(128).save(small, "PNG", optimize=True)  # a third of the size, to the eye the same
    browser.driver.execute_async_script(paint, False)
    return small.getvalue()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER")
    everything = parser.parse_args().all
    names: dict[Picture, Path] = {picture: DOCS / f"{name}.png" for name, picture in KEPT.items()}
    if everything:
        everything.mkdir(parents=True, exist_ok=True)
        names = {
            ("quoted", state, width, theme): everything / f"{state}-{width}-{theme}.png"
            for state in STATES
            for width in SIZES
            for theme in ("light", "dark")
        }
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "papers"
        with Assistant.open(index) as assistant:
            assistant.add(sample_collection())
        browser = start(Path(folder) / "chromium")
        try:
            for picture, pixels in take(browser, index, names):
                names[picture].write_bytes(pixels)
        finally:
            browser.driver.quit()


if __name__ == "__main__":
    main()
