"""What a reader sees of the page, state by state: for the checks and the pictures that need all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver.common.keys import Keys

from .browser import Browser, Served, serving
from .openai_server import OpenAIServer, says

QUESTION = "How can speculative decoding adapt its draft length?"
REPLY = (
    "PEARL runs the drafting phase and the verification phase in parallel, and so achieves an adaptive draft "
    "length for different scenarios [P1]. It speeds decoding up by a ratio of 97.3 [P2]."
)
"""What a model might write: one statement that its paper supports, and one that it does not."""


def show(browser: Browser, tab: str) -> None:
    """Go to a tab of the page."""
    browser.wait("#pa-tabs button[role=tab]", text=tab).click()


def ask(browser: Browser, question: str) -> None:
    """Put a question."""
    box = browser.wait("#pa-question textarea:enabled")
    browser.fill(box, question)
    box.send_keys(Keys.ENTER)


def _press(browser: Browser, selector: str, text: str = "") -> None:
    browser.script("arguments[0].click()", browser.wait(selector, text=text, seconds=60))


def _welcome(browser: Browser) -> None:
    show(browser, "Ask")  # a tab of the browser that has been here shows what it showed
    browser.wait("#pa-chatbot .example")
    browser.wait("#pa-question textarea:enabled")


def _answer(browser: Browser) -> None:
    ask(browser, QUESTION)
    browser.wait("#pa-status", text="paper")
    browser.wait("#turn-1 .pa-next")
    if browser.script("return window.innerWidth") > 768:
        _press(browser, "#pa-chatbot a.mark")
        browser.wait(".pa-source.pa-current")


def _conversations(browser: Browser) -> None:
    _press(browser, "#pa-toggle")
    _press(browser, ".pa-kept summary")


def _refusal(browser: Browser) -> None:
    browser.wait("#pa-toggle").send_keys(Keys.ESCAPE)
    ask(browser, "How long do I boil an egg?")
    browser.wait("#pa-chatbot .pa-refusal", text="Not in this collection")
    browser.wait("#pa-status", text="Not answered")
    browser.wait("#pa-question textarea:enabled")


def _map(browser: Browser) -> None:
    show(browser, "Topics")
    browser.wait("#pa-map .js-plotly-plot .scatterlayer", seconds=60)


def _summary(browser: Browser) -> None:
    _press(browser, "#pa-topics button[data-topic]", "Speculative decoding")
    browser.wait("#pa-foot .pa-downloads a", seconds=60)
    browser.wait("#pa-survey-status", text="from")


def _library(browser: Browser) -> None:
    show(browser, "Library")
    browser.wait("#pa-papers tbody tr")
    _press(browser, "#pa-library-filters button")
    browser.wait("#pa-library-author input")
    _press(browser, "#pa-papers tbody summary")


def _settings(browser: Browser) -> None:
    show(browser, "Settings")
    browser.wait(".pa-settings h2")


STATES: dict[str, Callable[[Browser], None]] = {
    "ask-welcome": _welcome,
    "ask-answer": _answer,
    "ask-conversations": _conversations,
    "ask-refusal": _refusal,
    "topics-map": _map,
    "topics": _summary,
    "library": _library,
    "settings": _settings,
}
"""Each leads on from the one before it, on a page that was just opened."""


def walk(browser: Browser, served: Served, query: str = "") -> Iterator[str]:
    """Open the page and go through its states; yields the name of each once it is there to be seen."""
    browser.open(served.url + query)
    for name, lead in STATES.items():
        lead(browser)
        yield name


@contextmanager
def page(index: Path, log: Path, model: OpenAIServer | None = None) -> Iterator[Served]:
    """The page over an index; with a model, its answers have statements of each kind."""
    environment = {}
    if model:
        model.enqueue(*[says(REPLY)] * 40)
        environment["OPENAI_BASE_URL"] = model.url
    with serving(index, log, **environment) as served:
        served.wait_until("ok")
        yield served
