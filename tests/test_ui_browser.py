"""The page as a reader has it: the real program in a process of its own, and a real Chromium."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from assistant import Assistant, Paper

from .browser import Browser, Served, browser, serving  # noqa: F401 - browser is a fixture
from .openai_server import OpenAIServer, says, unauthorized
from .test_ui_rendering import HOSTILE

pytestmark = pytest.mark.slow

QUESTION = "How can speculative decoding adapt its draft length?"
SOURCE = "#pa-sources article.pa-source"


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the sample collection that only this test has."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


def ask(browser: Browser, served: Served, question: str, *, until: str = "") -> None:  # noqa: F811
    """Open the page, ask, and wait for the end of the answer."""
    browser.open(served.url)
    type_in(browser, question)
    browser.wait("#pa-status", text=until)


def type_in(browser: Browser, question: str) -> None:  # noqa: F811
    box = browser.wait("#pa-question textarea:enabled")
    browser.fill(box, question)
    box.send_keys(Keys.ENTER)


# -- without a browser -------------------------------------------------------------------------------


def test_every_response_carries_the_security_headers(index: Path, tmp_path: Path) -> None:
    with serving(index, tmp_path / "log") as served:
        for path in ("/", "/healthz", "/config", "/theme.css", "/gradio_api/info", "/nowhere", "/docs"):
            _, headers, body = served.get(path)
            policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
            assert policy["default-src"] == "'self'"
            assert policy["img-src"] == "'self' data: blob:"
            assert policy["connect-src"] == policy["form-action"] == policy["base-uri"] == "'self'"
            assert policy["object-src"] == policy["frame-src"] == policy["frame-ancestors"] == "'none'"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert "Traceback" not in body
        assert json.loads(served.get("/config")[2])["analytics_enabled"] is False
        assert served.get("/docs")[0] == 404
        served.wait_until("ok")
        assert served.end(signal.SIGTERM) == 0
        assert served.errors() == ""


def test_a_first_start_can_be_interrupted_and_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path / "index", tmp_path / "log") as served:
        assert served.end() == 0
    with serving(tmp_path / "index", tmp_path / "log") as served:
        served.wait_until("ok")
        assert served.end() == 0
        assert served.errors() == ""
    with Assistant.open(tmp_path / "index") as assistant:
        assert assistant.status().papers == 203


def test_an_index_somebody_else_owns_ends_the_program_with_one_sentence(index: Path, tmp_path: Path) -> None:
    with Assistant.open(index) as owner:
        owner.status()
        with serving(index, tmp_path / "log") as served:
            assert served.process.wait(60) == 1
            assert len(served.errors().splitlines()) == 1
            assert str(index) in served.errors()


# -- in the browser ----------------------------------------------------------------------------------


@pytest.mark.browser
def test_an_answer_with_its_sources(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    with serving(index, tmp_path / "log") as served:
        ask(browser, served, QUESTION, until="Quoted from")
        source = browser.wait(SOURCE)
        title = source.find_element("css selector", "h3").text
        assert "Speculative Decoding" in title
        sentence = source.find_element("css selector", "mark").text
        answer = browser.wait("#pa-chatbot .bot").text
        assert sentence in answer
        assert sentence in source.find_element("css selector", ".pa-abstract").text
        assert "[1]" in answer
        assert "no language model is configured" in browser.wait(".pa-composer").text

        browser.find("#pa-chatbot a[href='#source-1-2']")[0].click()
        browser.wait(f"{SOURCE}.pa-current#source-1-2")
        assert browser.script("return document.activeElement.id") == "source-1-2"

        type_in(browser, "How long do I boil an egg?")
        browser.wait("#pa-status", text="Not answered")
        assert browser.find("#pa-sources .pa-titles li")
        browser.driver.save_screenshot(str(tmp_path / "page.png"))
        assert (tmp_path / "page.png").stat().st_size > 10_000

        # A reload shows what was there; another tab begins anew.
        browser.reload()
        browser.wait("#pa-now .pa-refusal", text="Not in this collection")
        assert browser.find(SOURCE)
        browser.driver.switch_to.new_window("tab")
        browser.open(served.url)
        browser.wait("#pa-chatbot .example")
        assert not browser.find(SOURCE)
        assert browser.foreign_requests() == []
        assert browser.complaints() == []
        assert "FOREIGN" not in served.errors()


@pytest.mark.browser
def test_the_first_start_in_the_browser(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    with serving(tmp_path / "index", tmp_path / "log") as served:
        browser.open(served.url)
        # Progress, or on a fast machine its end.
        browser.wait("#pa-status", text="203")
        # An example may be clicked at once; it is answered when the collection is there.
        browser.wait("#pa-chatbot .example").click()
        browser.wait("#pa-status", text="Quoted from", seconds=90)
        browser.wait("#pa-question textarea:enabled")
        served.wait_until("ok")
        assert browser.foreign_requests() == []
        assert browser.complaints() == []


@pytest.mark.browser
def test_hostile_papers_and_replies_stay_text(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    tmp_path: Path,
) -> None:
    collection = tmp_path / "papers.jsonl"
    rows = [
        {
            "id": f"p{place}",
            "title": f"Speculative decoding {text}",
            "abstract": f"Speculative decoding drafts tokens with {text} inside. It is fast. {text}",
            "authors": [text],
            "venue": text,
            "url": "javascript:document.title='hacked'",
        }
        for place, text in enumerate(text for text in HOSTILE if "\ud800" not in text)
    ]
    collection.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add(collection)
    everything = "\n\n".join(text for text in HOSTILE if "\ud800" not in text)
    reply = f"It drafts [P1.S1]. {everything} <img src=x onerror=document.title='hacked'>"
    openai_server.enqueue(says(reply), unauthorized())
    model = {"OPENAI_BASE_URL": openai_server.url, "OPENAI_API_KEY": "sk-a-key-for-this-test"}
    with serving(tmp_path / "index", tmp_path / "log", **model) as served:
        ask(browser, served, f"How does speculative decoding draft? {everything}", until="Written by")
        type_in(browser, "How does speculative decoding draft when the model is gone?")
        browser.wait("#pa-status", text="Quoted from")
        assert "quoted instead" in browser.find("#pa-chatbot blockquote")[-1].text
        for place in ("#pa-chatbot .pa-reply", "#pa-sources"):
            inner = browser.script(
                "return [...document.querySelectorAll(arguments[0] + ' *')].map((e) => e.localName)", place
            )
            assert not {
                *("script", "form", "input", "img", "iframe", "object", "embed", "style", "link", "video"),
                *("table", "pre", "b"),
            } & set(inner)
            links = [link.get_dom_attribute("href") for link in browser.find(f"{place} a")]
            assert all(link.startswith("#source-") for link in links)
            assert "<script>alert(1)</script>" in browser.find(place)[0].text
        assert browser.find("#pa-chatbot a[href='#source-1-1']")
        assert browser.driver.title == "paper-assistant"
        assert browser.foreign_requests() == []
        assert browser.complaints() == []
        assert "sk-a-key" not in served.errors() + browser.driver.page_source
        assert "FOREIGN" not in served.errors()


@pytest.mark.browser
def test_stop_ends_the_models_stream(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    openai_server.enqueue(says("Drafting is **slow [P1.S1] " + "and goes on " * 400, delay=0.1))
    with serving(index, tmp_path / "log", OPENAI_BASE_URL=openai_server.url) as served:
        ask(browser, served, QUESTION)
        browser.wait("#pa-chatbot .bot strong", text="and goes on")
        assert browser.find("#pa-sources .pa-titles li")
        browser.wait("#pa-question .stop-button").click()
        browser.wait("#pa-chatbot blockquote", text="Stopped.")
        browser.wait("#pa-question .submit-button")
        assert openai_server.chats[0].disconnected.wait(5)
        assert "and goes on" in browser.find("#pa-chatbot .bot")[-1].text
        openai_server.enqueue(says("It drafts [P1.S1]."))
        type_in(browser, QUESTION)
        browser.wait("#pa-status", text="Written by the language model from 1 paper")
        assert browser.complaints() == []


@pytest.mark.browser
def test_two_tabs_ask_at_once_and_do_not_mix(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    openai_server.enqueue(
        *(says(f"{word} [P1.S1] " + f"{word} " * 60, delay=0.05) for word in ("red", "blue"))
    )
    with serving(index, tmp_path / "log", OPENAI_BASE_URL=openai_server.url) as served:
        ask(browser, served, "How does over-squashing arise?")
        browser.wait("#pa-chatbot .bot", text="red")
        first = browser.driver.current_window_handle
        browser.driver.switch_to.new_window("tab")
        ask(browser, served, "What is speculative decoding?")
        browser.wait("#pa-chatbot .bot", text="blue")
        assert not openai_server.chats[0].disconnected.is_set()
        browser.wait("#pa-status", text="Written by")
        assert "red" not in browser.find("#pa-chatbot")[0].text
        browser.driver.switch_to.window(first)
        browser.wait("#pa-status", text="Written by")
        assert "blue" not in browser.find("#pa-chatbot")[0].text


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_narrow_screen(browser: Browser, index: Path, tmp_path: Path, theme: str) -> None:  # noqa: F811
    browser.resize(360, 740)
    with serving(index, tmp_path / "log") as served:
        browser.open(f"{served.url}/?__theme={theme}")
        type_in(browser, QUESTION)
        browser.wait("#pa-status", text="Quoted from")
        assert browser.script("return document.documentElement.scrollWidth") <= 360
        chat, sources = browser.wait("#pa-chatbot").rect, browser.wait(".pa-sources").rect
        assert sources["y"] >= chat["y"] + chat["height"]
        browser.find("#pa-chatbot a[href='#source-1-1']")[0].click()
        sheet = browser.wait("#pa-sheet")
        assert sheet.find_element("css selector", "mark").text in browser.find("#pa-chatbot .bot")[0].text
        ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
        assert browser.script("return document.activeElement.getAttribute('href')") == "#source-1-1"
        # The address has a query: a mark must not load the page anew.
        assert browser.find("#pa-chatbot .bot")


@pytest.mark.browser
def test_a_filter_in_words_can_be_removed(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    told = "We show that graph rewiring reduces over-squashing in {} graph networks."
    with Assistant.open(tmp_path / "years") as assistant:
        assistant.add(
            Paper(kind, f"Rewiring of {kind} graphs", told.format(kind), year=year)
            for kind, year in (("sparse", 2019), ("dense", 2023))
        )
    with serving(tmp_path / "years", tmp_path / "log") as served:
        ask(browser, served, "Does rewiring reduce over-squashing since 2021?", until="from 1 paper")
        browser.wait("#pa-found button", text="since 2021").click()
        browser.wait("#pa-chatbot .bot", text="in sparse graph")
        assert not [chip for chip in browser.find("#pa-found button") if chip.is_displayed()]
        assert browser.complaints() == []
