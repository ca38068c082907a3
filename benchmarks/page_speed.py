"""What a reader waits for on the page, in a real Chromium, at the sample collection or another index.

    python -m benchmarks.page_speed [--visits 5] [--index FOLDER]

Each visit is a browser's first: nothing is cached. Times are by the page's own clock: the page from the
beginning of the navigation until a question can be typed, an answer from the pressed key until it was
painted. Needs Chromium and its driver. Answers are quoted, none from memory.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from selenium.webdriver.common.keys import Keys

from assistant import Assistant, sample_collection
from tests.browser import Browser, Served, serving, start

from .data import arguments, table

QUESTIONS = (
    "How can speculative decoding adapt its draft length?",
    "How does graph topology affect over-squashing?",
    "How do masked diffusion language models compare with autoregressive models?",
    "How is differential privacy kept in federated learning?",
    "How are experts of a mixture chosen for a token?",
)
WATCH = """
window.seen = {};
const note = (name, there) => {
  if (name in window.seen || !there()) return;
  requestAnimationFrame(() => setTimeout(() => (window.seen[name] ??= performance.now())));
};
const first = (selector) => document.querySelector(selector);
const press = (event) => event.key === "Enter" && (window.seen.asked ??= performance.now());
addEventListener("keydown", press, true);
new MutationObserver(() => {
  const ready = () => first("#pa-chatbot[tabindex] .example") && first("#pa-question textarea:enabled");
  note("interactive", ready);
  note("reaction", () => first("#pa-chatbot .pa-asked"));
  note("words", () => first("#turn-1 .pa-reply"));
  note("complete", () => first("#turn-1 .pa-tools") && first("#pa-sources .pa-source"));
}).observe(document, { childList: true, subtree: true, attributes: true });
"""
"""Notes in the page when each thing was painted first."""


def visit(browser: Browser, served: Served, question: str) -> dict[str, float]:
    """Milliseconds of one first visit with one question."""
    browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.driver.delete_all_cookies()
    browser.open(served.url)
    browser.wait("#pa-chatbot .example")
    box = browser.wait("#pa-question textarea:enabled")
    browser.fill(box, question)
    box.send_keys(Keys.ENTER)
    browser.wait("#turn-1 .pa-tools")
    browser.wait("#pa-sources .pa-source")
    seen: dict[str, float] = browser.driver.execute_async_script(
        "const done = arguments[0]; setTimeout(() => done(window.seen), 300);"
    )
    asked = seen.pop("asked")
    return {name: when if name == "interactive" else when - asked for name, when in seen.items()}


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--index", type=Path, help="measure this one, and not the sample")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = given.index or Path(folder) / "index"
        with Assistant.open(index) as assistant:
            if not given.index:
                assistant.add(sample_collection())
            papers = assistant.status().papers
        browser = start(Path(folder) / "chromium")
        try:
            browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
            with serving(index, Path(folder) / "log", ASSISTANT_CACHE_MB="0") as served:
                served.wait_until("ok")
                visits = [
                    visit(browser, served, QUESTIONS[number % len(QUESTIONS)])
                    for number in range(given.visits + 1)
                ]
        finally:
            browser.driver.quit()
    once, *others = visits
    rows = {
        "interactive": "the page can be used",
        "reaction": "a question: first visible reaction",
        "words": "a question: first words of the answer",
        "complete": "a question: answer and sources complete",
    }
    table(
        f"Milliseconds at {papers:,} papers: the first visit to a server, and the {given.visits} after it",
        ("", "first", "median", "longest"),
        [
            (
                name,
                round(once[key]),
                round(statistics.median(each[key] for each in others)),
                round(max(each[key] for each in others)),
            )
            for key, name in rows.items()
        ],
    )


if __name__ == "__main__":
    main()
