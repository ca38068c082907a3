"""The topics as a reader has them: the real program, and a real Chromium."""

from __future__ import annotations

import json
import shutil
import signal
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from assistant import Assistant

from .browser import Browser, Served, browser, serving  # noqa: F401 - browser is a fixture
from .openai_server import Behaviour, Exchange, OpenAIServer, Request, says
from .test_topics import all_fields
from .test_ui_library_browser import HOSTILE_NAMES, show

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SHOWN = ("#pa-survey", "#pa-survey-title", "#pa-survey-sources", "#pa-table", "#pa-foot", "#pa-topics")
ACTIVE = {
    *("script", "form", "img", "iframe", "object", "embed", "style", "link", "video"),
    *("code", "pre", "b"),
}


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the sample collection that only this test has."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


def topics(browser: Browser, served: Served, query: str = "") -> None:  # noqa: F811
    """Open the page and wait for the list of topics."""
    browser.open(served.url + query)
    show(browser, "Topics")
    browser.wait("#pa-topics button[data-topic]", seconds=60)


def summarise(browser: Browser, words: str) -> None:  # noqa: F811
    box = browser.wait("#pa-words textarea, #pa-words input")
    browser.fill(box, words)
    box.send_keys(Keys.ENTER)


def sections(reply: Behaviour) -> Behaviour:
    """A model that writes sections so, and is no good at anything else."""

    def act(exchange: Exchange) -> None:
        wanted = str(exchange.request.body["messages"][0]["content"])
        (reply if "You write one section" in wanted else says("none"))(exchange)

    return act


def begun_by(server: OpenAIServer) -> list[Request]:
    """The sections that a model was asked for."""
    return [chat for chat in server.chats if "You write one section" in str(chat.body["messages"][0])]


def tags(browser: Browser, place: str) -> set[str]:  # noqa: F811
    return set(
        browser.script(
            "return [...document.querySelectorAll(arguments[0] + ' *')].map((e) => e.localName)", place
        )
    )


def test_a_topic_is_clicked_and_its_summary_read_compared_and_downloaded(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    with serving(index, tmp_path / "log") as served:
        topics(browser, served)
        sizes = [int(size.text) for size in browser.find("#pa-topics .pa-size")]
        assert sizes == sorted(sizes, reverse=True)
        browser.wait("#pa-map .js-plotly-plot", seconds=60)
        topic = browser.wait("#pa-topics button[data-topic]")
        name = topic.find_element("css selector", ".pa-name").text
        topic.click()
        browser.wait("#pa-survey-status", text="Quoted from")
        assert browser.wait("#pa-survey-title h2").text == name
        assert browser.wait("#pa-topics button[aria-pressed=true]").text.startswith(name)
        rows = browser.find("#pa-table tbody tr")
        assert 2 <= len(rows) <= 30
        assert browser.find("#pa-table .pa-absent")
        # A mark leads to the sentence that it stands for.
        mark = browser.wait("#pa-survey a[href^='#source-']")
        target = str(mark.get_dom_attribute("href"))[1:]
        mark.click()
        browser.wait(f"#pa-survey-sources article.pa-current#{target}")
        assert browser.script("return document.activeElement.id") == target
        assert browser.find(f"#{target} mark")

        links = {
            link.text: str(link.get_attribute("href")) for link in browser.find("#pa-foot .pa-downloads a")
        }
        with urllib.request.urlopen(links["Markdown"]) as reply:
            assert reply.read().decode().startswith(f"# {name}\n")
            assert reply.headers["content-disposition"].startswith("attachment")
            assert reply.headers["x-content-type-options"] == "nosniff"
        for kind in ("Web page", "Excel", "CSV", "LaTeX", "BibTeX", "RIS", "JSON"):
            with urllib.request.urlopen(links[kind]) as reply:
                assert reply.read()
        assert served.get("/summaries/anything/md")[0] == 404

        browser.wait("#pa-compare-chosen").click()
        browser.wait("#pa-survey-status", text="Choose 2 to 6 papers first.")
        for box in browser.find("#pa-table input")[:2]:
            box.click()
        browser.wait("#pa-compare-chosen").click()
        browser.wait("#pa-survey-title", text="2 papers compared")
        browser.wait("#pa-survey-status", text="Quoted from 2 papers")
        assert len(browser.find("#pa-table tbody tr")) == 2
        assert not browser.find("#pa-table input:checked")

        browser.wait("#pa-compare button").click()
        for part in ("Adaptive Draft", "Speculative Diffusion"):
            browser.wait("#pa-pick input").send_keys(part)
            browser.wait("#pa-pick li", text=part).click()
            browser.wait("#pa-pick .token", text=part)
        browser.wait("#pa-compare-named").click()
        browser.wait("#pa-survey", text="Speculative Diffusion Decoding")
        browser.wait("#pa-survey-status", text="Quoted from 2 papers")

        summarise(browser, "How long do I boil an egg?")
        browser.wait("#pa-survey-status", text="Not in this collection")
        assert len(browser.find(".pa-refusal li")) == 3
        assert not browser.find("#pa-table tr")
        assert browser.foreign_requests() == []
        assert browser.complaints() == []
        assert "FOREIGN" not in served.errors()
        assert served.end() == 0
        assert served.errors() == ""


def test_a_summary_is_stopped_and_tabs_do_not_mix(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    slow = sections(says("Drafting is slow [P1.S1] " + "and goes on " * 400, delay=0.1))
    openai_server.enqueue(*[slow] * 40)
    with serving(index, tmp_path / "log", OPENAI_BASE_URL=openai_server.url) as served:
        topics(browser, served)
        summarise(browser, "speculative decoding")
        browser.wait("#pa-survey", text="and goes on")
        assert browser.find("#pa-table tbody tr")
        first = browser.driver.current_window_handle
        browser.driver.switch_to.new_window("tab")
        topics(browser, served)
        summarise(browser, "How long do I boil an egg?")
        browser.wait("#pa-survey-status", text="Not in this collection")
        browser.driver.switch_to.window(first)
        browser.wait("#pa-survey-stop").click()
        browser.wait("#pa-survey blockquote", text="Stopped.")
        assert "and goes on" in browser.wait("#pa-survey").text
        assert "egg" not in browser.wait("#pa-shown").text
        assert not any(button.is_displayed() for button in browser.find("#pa-survey-stop"))
        begun = begun_by(openai_server)
        assert begun
        assert all(chat.disconnected.wait(10) for chat in begun)
        assert browser.complaints() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hostile_papers_and_models_stay_text_on_a_narrow_screen(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    tmp_path: Path,
    theme: str,
) -> None:
    collection = tmp_path / "papers.jsonl"
    rows = [
        {
            "id": f"p{place}",
            "title": f"Speculative decoding {text}",
            "abstract": f"We propose to draft {text} tokens. It shows that {text} is fast. {'x' * 500}",
            "authors": [text],
            "venue": text,
            "url": "javascript:document.title='hacked'",
        }
        for place, text in enumerate(HOSTILE_NAMES)
    ]
    collection.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add(collection)
    everything = "\n\n".join(HOSTILE_NAMES)
    reply = f"It drafts [P1.S1]. {everything} <img src=x onerror=document.title='hacked'> {'y' * 500}"
    openai_server.enqueue(*[sections(says(reply))] * 40)
    browser.resize(360, 740)
    with serving(tmp_path / "index", tmp_path / "log", OPENAI_BASE_URL=openai_server.url) as served:
        topics(browser, served, f"?__theme={theme}")
        summarise(browser, "speculative decoding <img src=x onerror=document.title='hacked'>")
        browser.wait("#pa-survey-status", text="Written by", seconds=60)
        browser.wait("#pa-foot", text="Download")
        for place in SHOWN:
            assert not (ACTIVE - {"code"}) & tags(browser, place)
            links = [link.get_dom_attribute("href") for link in browser.find(f"{place} a")]
            assert all(str(link).startswith(("#source-", "#pa-", "summaries/")) for link in links)
        assert "<script>alert(1)</script>" in browser.wait("#pa-survey").text
        assert "<img src=http://evil.example" in browser.wait("#pa-table").text
        assert browser.script("return document.documentElement.scrollWidth") <= 360
        # The table is wider than the screen, and scrolls by itself.
        box = "document.querySelector('#pa-table .pa-scroll')"
        assert browser.script(f"return {box}.scrollWidth > {box}.clientWidth")
        assert browser.driver.title == "paper-assistant"
        assert browser.foreign_requests() == []
        assert browser.complaints() == []
        assert "FOREIGN" not in served.errors()


def names_shown(browser: Browser) -> list[str]:  # noqa: F811
    return list(
        browser.script(
            "return [...document.querySelectorAll('#pa-topics .pa-name')].map((e) => e.textContent)"
        )
    )


def choose(browser: Browser, words: str) -> None:  # noqa: F811
    """Choose a topic to change by typing a part of its name."""
    box = browser.wait("#pa-edited input")
    box.click()
    box.send_keys(words)
    browser.wait("#pa-edited ul li, [role=option]")
    box.send_keys(Keys.ENTER)


def test_topics_are_renamed_merged_and_given_back(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    with serving(index, tmp_path / "log") as served:
        topics(browser, served)
        before = names_shown(browser)
        assert "Speculative decoding" in before
        browser.wait("#pa-edit button").click()
        choose(browser, "Speculative")
        browser.fill(browser.wait("#pa-new-name input, #pa-new-name textarea"), "Guess & <b>check</b>")
        browser.wait("#pa-rename").click()
        browser.wait("#pa-edit-status", text="It is called “Guess & <b>check</b>” now.")
        browser.wait("#pa-topics", text="Guess & <b>check</b>")
        choose(browser, "Guess")
        choose(browser, "Federated")
        browser.wait("#pa-merge").click()
        browser.wait("#pa-edit-status", text="They are “Guess & <b>check</b>” now, with ")
        assert "Federated learning" not in names_shown(browser)
        browser.wait("#pa-merge").click()
        browser.wait("#pa-edit-status", text="It takes two topics to merge them.")
        browser.wait("#pa-edit-undo").click()
        browser.wait("#pa-edit-status", text="Took back the merge of")
        browser.wait("#pa-edit-undo").click()
        browser.wait("#pa-edit-status", text="Took back the renaming of")
        assert sorted(names_shown(browser)) == sorted(before)
        assert not browser.foreign_requests()


def test_the_table_is_sorted_and_topics_filter(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    def column(place: int) -> list[str]:
        found = browser.script(
            "return [...document.querySelectorAll('#pa-table tbody tr')]"
            ".map((row) => row.cells[arguments[0]].textContent)",
            place,
        )
        return list(found)

    with serving(index, tmp_path / "log") as served:
        topics(browser, served)
        summarise(browser, "speculative decoding")
        browser.wait("#pa-compare-chosen", seconds=60)
        as_made = column(1)
        head = browser.find("#pa-table .pa-sort")[0]
        head.send_keys(Keys.ENTER)
        assert (
            browser.script("return document.querySelector('#pa-table th[aria-sort]').ariaSort") == "ascending"
        )
        key = "return arguments[0].slice().sort((a, b) => a.localeCompare(b))"
        assert column(1) == browser.script(key, as_made)
        head.send_keys(Keys.SPACE)
        assert column(1) == browser.script(key, as_made)[::-1]
        head.send_keys(Keys.ENTER)
        assert column(1) == as_made
        browser.find("#pa-table .pa-sort")[4].click()  # limitations, which most abstracts do not state
        stated = [cell != "not stated in the abstract" for cell in column(5)]
        assert stated == sorted(stated, reverse=True)
        show(browser, "Library")
        browser.wait("#pa-library-filters button").click()
        box = browser.wait("#pa-library-topic input:enabled")
        box.click()
        box.send_keys("Speculative")
        browser.wait("#pa-library-topic [role=option], [role=option]", text="Speculative decoding (")
        box.send_keys(Keys.ENTER)
        browser.wait("#pa-library-chips", text="in the topic “Speculative decoding” ✕")
        assert not browser.complaints()


POINT = "#pa-map .scatterlayer .point"


def click_point(browser: Browser, selector: str) -> None:  # noqa: F811
    """Click the first point of a map, as a mouse does: it comes, and the map sees what it is at."""
    browser.script("arguments[0].scrollIntoView({block: 'center'})", browser.wait(selector, seconds=60))
    # A redraw, as when the width changes, makes other points.
    point = browser.wait(selector)
    ActionChains(browser.driver).move_to_element(point).move_by_offset(1, 0).perform()
    WebDriverWait(browser.driver, 20).until(lambda _: browser.find(".hoverlayer .hovertext"))
    ActionChains(browser.driver).click().perform()


def test_a_point_of_the_map_opens_its_paper(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    with serving(index, tmp_path / "log") as served:
        topics(browser, served)
        click_point(browser, POINT)
        paper = browser.wait("#pa-sheet[open] article")
        assert len(paper.find_element("css selector", ".pa-abstract").text) > 200
        assert not paper.find_elements("css selector", "a")  # the sample has no addresses
        assert not any(each.is_displayed() for each in browser.find("#pa-years"))
        # By keyboard too, from where it leads back to.
        ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
        for key in (Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ENTER):
            ActionChains(browser.driver).send_keys(key).perform()
        title = browser.wait("#pa-sheet[open] h3").text
        assert title in str(browser.script("return document.getElementById('pa-at').textContent"))
        # One that was opened before opens again; one that has gone says so.
        ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
        WebDriverWait(browser.driver, 20).until(lambda _: not browser.find("#pa-sheet[open]"))
        assert browser.script("return document.activeElement.getAttribute('role')") == "application"
        ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
        browser.wait("#pa-sheet[open] h3", text=title)
        browser.wait("#pa-sheet button").click()
        browser.script("window.paPoint('no such paper')")
        browser.wait("#pa-sheet[open]", text="This paper is not in the library any more.")
        assert browser.foreign_requests() == []
        assert browser.complaints() == []


def test_years_and_addresses_are_shown_where_they_are_known(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    hostile = HOSTILE_NAMES[0]
    fields = [replace(paper, url="https://a.example/x", venue=hostile) for paper in all_fields(6)]
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add(fields)
        assistant.save_map(tmp_path / "map.html")
        titles = {paper.title: paper for paper in fields}
    # The map as a file, which has all of it inside.
    browser.open((tmp_path / "map.html").as_uri())
    click_point(browser, "#map .scatterlayer .point")
    shown = browser.wait("#paper[open]").text
    paper = titles[browser.wait("#paper h2").text]
    assert paper.abstract in shown
    assert hostile in shown
    assert browser.wait("#paper a").get_dom_attribute("href") == "https://a.example/x"
    ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
    assert not browser.find("#paper[open]")
    assert {urlsplit(address).scheme for address in browser.requests()} == {"file"}
    assert browser.complaints() == []
    with serving(tmp_path / "index", tmp_path / "log") as served:
        topics(browser, served)
        browser.wait("#pa-years .barlayer", seconds=60)
        browser.wait("#pa-years", text="Papers by year")
        click_point(browser, POINT)
        link = browser.wait("#pa-sheet[open] a")
        assert link.get_dom_attribute("href") == "https://a.example/x"
        assert link.get_dom_attribute("rel") == "noopener noreferrer"
        assert not (ACTIVE - {"code"}) & tags(browser, "#pa-sheet")
        assert browser.complaints() == []


def test_a_tab_that_is_loaded_anew_goes_on_with_its_summary(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    slow = sections(says("Drafting is slow [P1.S1] " + "and goes on " * 4000, delay=0.1))
    openai_server.enqueue(*[slow] * 40)
    with serving(index, tmp_path / "log", OPENAI_BASE_URL=openai_server.url) as served:
        topics(browser, served)
        browser.wait("#pa-map .js-plotly-plot", seconds=60)
        browser.wait("#pa-topics button[data-topic]", text="Speculative decoding").click()
        browser.wait("#pa-survey", text="and goes on")

        # In mid-sentence it goes on in sight, and can still be stopped.
        browser.reload()
        so_far = len(browser.wait("#pa-survey", text="and goes on").text)
        longer = f"return document.querySelector('#pa-survey').innerText.length > {so_far}"
        WebDriverWait(browser.driver, 20, poll_frequency=0.1).until(lambda _: browser.script(longer))
        browser.wait("#pa-topics button[aria-pressed=true]", text="Speculative decoding")
        begun = [
            chat for chat in openai_server.chats if "You write one section" in str(chat.body["messages"])
        ]
        assert begun
        assert not any(chat.disconnected.is_set() for chat in begun)
        browser.wait("#pa-survey-stop").click()
        browser.wait("#pa-survey blockquote", text="Stopped.")
        assert all(chat.disconnected.wait(10) for chat in begun)
        browser.reload()
        browser.wait("#pa-survey blockquote", text="Stopped.")

        # Finished, all of it is there again.
        summarise(browser, "How long do I boil an egg?")
        browser.wait("#pa-survey-status", text="Not in this collection")
        show(browser, "Settings")
        browser.wait("#pa-mode label", text="Quoted").click()
        browser.wait("#pa-header", text="no language model is asked")
        show(browser, "Topics")
        summarise(browser, "speculative decoding")
        link = browser.wait("#pa-foot .pa-downloads a", text="Markdown").get_attribute("href")
        before = {place: browser.wait(place).text for place in SHOWN}
        browser.reload()
        assert browser.wait("#pa-foot .pa-downloads a", text="Markdown").get_attribute("href") == link
        browser.wait("#pa-topics button[data-topic]")
        browser.wait("#pa-map-fold")
        assert {place: browser.wait(place).text for place in SHOWN} == before
        with urllib.request.urlopen(str(link)) as reply:
            assert reply.read().decode().startswith("# Speculative decoding\n")
        # Its papers can be chosen, as before.
        for box in browser.find("#pa-table input")[:2]:
            box.click()
        browser.wait("#pa-compare-chosen").click()
        browser.wait("#pa-survey-title", text="2 papers compared")
        assert browser.complaints() == []


SLOW_MAP = """
import time
from sklearn.manifold import TSNE

def slow(*_):
    print("DRAWING", flush=True)
    time.sleep(90)

TSNE.fit_transform = slow
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_shutdown_does_not_wait_for_the_map(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
    number: int,
) -> None:
    with serving(index, tmp_path / "log", first=SLOW_MAP) as served:
        topics(browser, served)
        assert served.process.stdout is not None
        assert "DRAWING\n" in served.process.stdout
        kept = (index / "topics.json").read_bytes()
        began = time.monotonic()
        assert served.end(number, seconds=80) == 0
        assert time.monotonic() - began < 60  # of the 90 that it would take
        assert served.errors() == ""
    assert (index / "topics.json").read_bytes() == kept
    assert not [*index.glob(".*.part")]
