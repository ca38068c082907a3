"""What a checker finds in each state of the page, and what a keyboard alone can do there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from .browser import Browser, browser  # noqa: F401 - browser is a fixture
from .openai_server import OpenAIServer
from .states import STATES, TROUBLES, ask, page, troubled, walk

pytestmark = [pytest.mark.slow, pytest.mark.browser]

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then(done, (error) => done({error: String(error)}));
"""
SERIOUS = {"serious", "critical"}
SHOWN = """
const at = document.activeElement;
const around = [".input-container", ".form"].map((each) => at.closest(each)).filter((each) => each);
return [at, ...around].map((each) => getComputedStyle(each))
  .some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
"""
TWICE = """
// Gradio repeats those of its pictures and styles.
const named = "[id]:not([id='']):not(svg):not(svg *):not(style)";
const ids = [...document.querySelectorAll(named)].map((element) => element.id);
return ids.filter((id, at) => ids.indexOf(id) !== at);
"""
PLACE = """
const at = document.activeElement;
if (at === document.body) return "";
return at.id || at.getAttribute("aria-label") || at.textContent.trim() || at.localName;
"""


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the sample collection that only this test has."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


def findings(browser: Browser) -> dict[str, list[str]]:  # noqa: F811
    """What axe-core finds of impact: the rules, and the elements that break them."""
    if not browser.script("return Boolean(window.axe)"):
        browser.script(f"{AXE}; window.axe = axe;")
    found: dict[str, Any] = browser.driver.execute_async_script(RUN)
    assert "error" not in found, found
    # It did look.
    looked_at = {"color-contrast", "button-name", "label"}
    if browser.find("#pa-sheet[open]"):  # which has no fields, and all around it is out of reach
        looked_at.remove("label")
    assert looked_at <= {rule["id"] for rule in found["passes"]}
    return {
        rule["id"]: [f"{node['html'][:200]}: {node['failureSummary']}" for node in rule["nodes"]]
        for rule in found["violations"]
        if rule["impact"] in SERIOUS
    }


def darken(browser: Browser, theme: str) -> None:  # noqa: F811
    """Show the theme, with no colour on its way to another."""
    browser.script(
        "document.body.classList.toggle('dark', arguments[0]);"
        "document.body.classList.add('still');"
        "const rule = '.still, .still * { transition: none !important; animation: none !important; }';"
        "if (!document.getElementById('still')) {"
        "  const style = document.createElement('style'); style.id = 'still'; style.textContent = rule;"
        "  document.head.append(style); }",
        theme == "dark",
    )


def look(browser: Browser, state: str, width: int) -> None:  # noqa: F811
    """Check what is to be seen, in both themes."""
    assert browser.script("return document.documentElement.scrollWidth") <= width, state
    assert browser.script(TWICE) == [], state
    for theme in ("light", "dark"):
        darken(browser, theme)
        assert findings(browser) == {}, (state, theme)
    darken(browser, "light")


@pytest.mark.parametrize("width", [1440, 360])
def test_no_state_of_the_page_has_a_serious_finding(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
    width: int,
) -> None:
    browser.driver.set_script_timeout(60)
    browser.resize(width, 900)
    # The narrow one has the answers of a model, with a badge of each kind.
    model = openai_server if width < 1440 else None
    with page(index, tmp_path / "log", model) as served:
        seen = []
        for state in walk(browser, served):
            seen.append(state)
            look(browser, state, width)
        assert seen == [*STATES]
        assert browser.foreign_requests() == []


def test_nor_has_what_is_under_way_missing_or_wrong(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    tmp_path: Path,
) -> None:
    def at_both_widths(state: str) -> None:
        for width in (1440, 360):
            browser.resize(width, 900)
            look(browser, state, width)

    browser.driver.set_script_timeout(60)
    with troubled(tmp_path, openai_server) as served:
        seen = []
        for state in walk(browser, served, TROUBLES):
            seen.append(state)
            at_both_widths(state)
        assert seen == [*TROUBLES]
        served.end(seconds=60)
        browser.wait("#pa-lost", text="does not answer")
        at_both_widths("ask-offline")


def focused(browser: Browser) -> str:  # noqa: F811
    return str(browser.script(PLACE))


def tab_through(browser: Browser, steps: int) -> list[str]:  # noqa: F811
    """Where the key leads, from where the focus is; each place must show that it has it."""
    places = []
    for _ in range(steps):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        place = focused(browser)
        if not place:
            break
        assert browser.script(SHOWN), place
        places.append(place)
    return places


def test_a_keyboard_reaches_all_of_it_in_the_order_of_the_page(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    with page(index, tmp_path / "log") as served:
        browser.open(served.url)
        browser.wait("#pa-chatbot .example")
        browser.wait("#pa-question textarea:enabled")
        browser.script("document.activeElement.blur()")
        order = tab_through(browser, 12)
        examples = [example.text for example in browser.find("#pa-chatbot .example")]
        wanted = ["Ask", "Topics", "Library", "Settings", "pa-toggle", "pa-chatbot", *examples]
        assert [place for place in order if place in wanted] == wanted
        assert order.index("Send") > order.index(examples[-1])

        # An example is asked with Enter, a mark is followed with Enter, and Escape leads back.
        browser.find("#pa-chatbot .example")[1].send_keys(Keys.ENTER)
        browser.wait("#turn-1 .pa-next")
        mark = browser.wait("#pa-chatbot a.mark")
        mark.send_keys(Keys.ENTER)
        assert focused(browser) == "source-1-1"
        ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
        assert browser.script("return document.activeElement === arguments[0]", mark)
        ahead = tab_through(browser, 30)
        for place in ("Copy", "Good answer", "Send"):
            assert place in ahead

        # What unfolds says whether it is.
        fold = browser.wait("#pa-ask-filters button")
        assert fold.get_dom_attribute("aria-expanded") == "false"
        fold.send_keys(Keys.ENTER)
        browser.wait("#pa-ask-since input")
        browser.wait("#pa-ask-filters button[aria-expanded=true]")
        browser.wait("#pa-tabs [role=tab]", text="Library").send_keys(Keys.ENTER)
        browser.wait("#pa-papers tbody tr")
        tab_through(browser, 25)
        all_of_the_topics(browser)
        browser.wait("#pa-tabs [role=tab]", text="Settings").send_keys(Keys.ENTER)
        browser.wait(".pa-settings h2")
        assert {"pa-use", "pa-test", "pa-save"} <= {*tab_through(browser, 12)}


def all_of_the_topics(browser: Browser) -> None:  # noqa: F811
    """Go through the list, the map and a comparison, by keyboard alone."""
    browser.wait("#pa-tabs [role=tab]", text="Topics").send_keys(Keys.ENTER)
    browser.wait("#pa-map [role=application]", seconds=60)
    topic = browser.wait("#pa-topics button[data-topic]")
    drawn = browser.wait("#pa-map [role=application]")
    places = tab_through(browser, 60)
    folds = ("Compare papers ▼", "Rename or merge topics ▼")
    wanted = [folds[0], topic.get_property("textContent"), folds[1], drawn.accessible_name]
    assert [place for place in places if place in wanted] == wanted

    # The arrows lead from paper to paper of the map, and Enter opens the one that is told.
    browser.script("arguments[0].focus()", drawn)
    ActionChains(browser.driver).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    told = str(browser.script("return document.getElementById('pa-at').textContent"))
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    title = browser.wait("#pa-sheet[open] h3").text
    assert title in told
    ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
    assert browser.script("return document.activeElement === arguments[0]", drawn)

    topic.send_keys(Keys.ENTER)
    browser.wait("#pa-survey-status", text="Quoted from", seconds=60)
    browser.wait("#pa-compare button").send_keys(Keys.ENTER)
    for part in ("Adaptive Draft", "Speculative Diffusion"):
        box = browser.wait("#pa-pick input")
        box.send_keys(part)
        browser.wait("#pa-pick li", text=part)
        box.send_keys(Keys.ARROW_DOWN)
        browser.wait("#pa-pick li.active", text=part)
        box.send_keys(Keys.ENTER)
        browser.wait("#pa-pick .token", text=part)
    browser.wait("#pa-compare-named").send_keys(Keys.ENTER)
    browser.wait("#pa-survey-title", text="2 papers compared")
    browser.wait("#pa-survey-status", text="Quoted from 2 papers")


def test_nothing_moves_while_an_answer_comes(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    watch = """
    window.moved = [];
    const around = ["#pa-tabs", "#pa-bar", "#pa-chatbot", "#pa-question", "#pa-ask-filters"];
    const places = () => around.map((each) => {
      const box = document.querySelector(each).getBoundingClientRect();
      // Where there is one column, the sources grow below all the rest.
      const grows = each === "#pa-tabs" && window.innerWidth < 500;
      return each + " " + Math.round(box.top) + " " + (grows ? "" : Math.round(box.height));
    });
    const before = places();
    const look = () => window.moved.push(...places().filter((now, at) => now !== before[at]));
    const all = { childList: true, subtree: true, characterData: true };
    new MutationObserver(look).observe(document.body, all);
    """
    for width in (1440, 360):
        browser.resize(width, 900)
        with page(index, tmp_path / f"log-{width}", openai_server) as served:
            browser.open(served.url)
            browser.wait("#pa-chatbot .example")
            browser.wait("#pa-question textarea:enabled")
            browser.script(watch)
            # Short enough for one line: a field that grows with what is typed is no jump.
            ask(browser, "What is over-squashing?")
            browser.wait("#turn-1 .pa-next")
            assert browser.script("return window.moved") == [], width
            # The next page may have the same port: there this reader would go on, and this page, still open,
            # would tell that the program was started anew.
            browser.driver.delete_all_cookies()
            browser.open("about:blank")
