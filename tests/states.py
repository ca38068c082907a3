"""What a reader sees of the page, state by state: for the checks and the pictures that need all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from assistant import Assistant

from .browser import Browser, Served, serving
from .openai_server import OpenAIServer, drops, says, stalls

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


def _key(browser: Browser, *keys: str) -> None:
    """Press keys where the focus is."""
    for key in keys:
        ActionChains(browser.driver).send_keys(key).perform()


def _narrow(browser: Browser) -> bool:
    return bool(browser.script("return window.innerWidth") <= 768)


def _welcome(browser: Browser) -> None:
    show(browser, "Ask")  # a tab of the browser that has been here shows what it showed
    browser.wait("#pa-chatbot .example")
    browser.wait("#pa-question textarea:enabled")


def _answer(browser: Browser) -> None:
    ask(browser, QUESTION)
    browser.wait("#pa-status", text="paper")
    browser.wait("#turn-1 .pa-next")
    if not _narrow(browser):
        _press(browser, "#pa-chatbot a.mark")
        browser.wait(".pa-source.pa-current")


def _source(browser: Browser) -> None:
    _press(browser, "#pa-chatbot a.mark")
    browser.wait("#pa-sheet[open] mark" if _narrow(browser) else ".pa-source.pa-current")


def _conversations(browser: Browser) -> None:
    _key(browser, Keys.ESCAPE)
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


def _paper(browser: Browser) -> None:
    browser.script("arguments[0].focus()", browser.wait("#pa-map [role=application]"))
    _key(browser, Keys.ARROW_RIGHT, Keys.ENTER)
    browser.wait("#pa-sheet[open] .pa-abstract")


def _fields(browser: Browser) -> None:
    _key(browser, Keys.ESCAPE)
    for fold, field in (("compare", "pick"), ("edit", "edited")):
        _press(browser, f"#pa-{fold} button")
        browser.wait(f"#pa-{field} input")


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


States = dict[str, Callable[[Browser], None]]
STATES: States = {
    "ask-welcome": _welcome,
    "ask-answer": _answer,
    "ask-source": _source,
    "ask-conversations": _conversations,
    "ask-refusal": _refusal,
    "topics-map": _map,
    "topics-paper": _paper,
    "topics-fields": _fields,
    "topics": _summary,
    "library": _library,
    "settings": _settings,
}
"""Each leads on from the one before it, on a page that was just opened."""


_DROP = """
const input = document.querySelector("#pa-drop input[type=file]"), files = new DataTransfer();
files.items.add(new File([arguments[0]], "herrings.jsonl"));
input.files = files.files;
input.dispatchEvent(new Event("change", { bubbles: true }));
"""


def _login(browser: Browser) -> None:
    browser.wait("input[type=password]")


def _empty(browser: Browser) -> None:
    browser.wait("input:not([type=password]), textarea").send_keys(READER[0])
    browser.wait("input[type=password]").send_keys(READER[1], Keys.ENTER)
    browser.wait("#pa-status", text="no papers yet")


def _empty_library(browser: Browser) -> None:
    show(browser, "Library")
    browser.wait("#pa-papers", text="no papers yet")


def _importing(browser: Browser) -> None:
    row = '{{"title": "Herrings {0}", "abstract": "Herrings swim in the sea. There are {0} of them."}}\n'
    browser.script(_DROP, "".join(row.format(number) for number in range(12_000)))
    browser.wait("#pa-import progress", seconds=90)
    browser.wait("#pa-stop")


def _writing(browser: Browser) -> None:
    _press(browser, "#pa-stop")
    browser.wait("#pa-results", text="drop it again to go on.", seconds=90)
    show(browser, "Ask")
    ask(browser, "Where do herrings swim?")
    browser.wait("#turn-1 .pa-reply", text="Herrings swim")


def _cut(browser: Browser) -> None:
    _press(browser, "#pa-question .stop-button")
    browser.wait("#turn-1 blockquote", text="Stopped.")
    ask(browser, "Where do herrings swim?")
    browser.wait("#turn-2 blockquote", text="The answer was cut off.")
    browser.wait("#pa-question textarea:enabled")


TROUBLES: States = {
    "login": _login,
    "ask-empty": _empty,
    "library-empty": _empty_library,
    "library-importing": _importing,
    "ask-writing": _writing,
    "ask-cut": _cut,
}
"""What is under way, missing or wrong, in the same manner; ``troubled`` serves the page for it."""
READER = ("ada", "a long password")


def walk(browser: Browser, served: Served, states: States = STATES) -> Iterator[str]:
    """Open the page and go through its states; yields the name of each once it is there to be seen."""
    browser.open(served.url)
    for name, lead in states.items():
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


@contextmanager
def troubled(folder: Path, model: OpenAIServer) -> Iterator[Served]:
    """A page with a login over an empty library, by a model that stalls first and then breaks off."""
    with Assistant.open(folder / "empty") as assistant:
        assistant.add([])
    model.enqueue(
        stalls("Herrings swim in the sea [P1.S1]. And"), drops("Herrings swim in the sea [P1.S1]. And")
    )
    settings = {"OPENAI_BASE_URL": model.url, "ASSISTANT_AUTH": ":".join(READER)}
    with serving(folder / "empty", folder / "log", **settings) as served:
        served.wait_until("ok")
        yield served
