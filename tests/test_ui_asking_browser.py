"""The Ask tab as a reader has it: badges, tools, follow-ups, kept conversations and reloads."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from assistant import Assistant
from assistant.feedback import FILE_NAME, marks

from .browser import Browser, browser, serving  # noqa: F401 - browser is a fixture
from .openai_server import OpenAIServer, drops, says
from .test_ui_browser import QUESTION, type_in

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FORMULA = r"We draft tokens in $O(n^2)$ steps, which cost $5 to $6. Speculative decoding is fast."
CLIP = "navigator.clipboard.writeText = (text) => { window.clip = text; return Promise.resolve(); };"
SAVED = """
URL.createObjectURL = (blob) => { blob.text().then((text) => (window.saved = text)); return "#saved"; };
HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; };
"""


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the sample collection that only this test has."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


def press(browser: Browser, selector: str, text: str = "") -> None:  # noqa: F811
    """Press what matches, however the page scrolls meanwhile."""
    browser.script("arguments[0].click()", browser.wait(selector, text=text))


def escape(browser: Browser) -> None:  # noqa: F811
    ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()


def wait_for(browser: Browser, code: str) -> str:  # noqa: F811
    """What a script returns, as soon as it returns something."""
    from selenium.webdriver.support.ui import WebDriverWait

    return str(WebDriverWait(browser.driver, 20, poll_frequency=0.1).until(lambda _: browser.script(code)))


def test_what_can_be_done_with_an_answer(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        assert len(browser.find("#pa-chatbot .example")) == 0 or browser.find(".pa-welcome p")
        type_in(browser, QUESTION)
        browser.wait("#pa-status", text="Quoted from")

        # Escape leads from the source back to its mark, also where the answer was written anew meanwhile, as
        # when what may be asked next is there.
        mark = browser.wait("#pa-chatbot a.mark")
        mark.click()
        assert browser.script("return document.activeElement.id") == "source-1-1"
        assert browser.wait(".pa-source.pa-current mark").text
        browser.wait(".pa-next")
        browser.script(
            "const now = document.querySelector('#pa-now .pa-reply'); now.innerHTML = now.innerHTML"
        )
        escape(browser)
        first = "return document.activeElement === document.querySelector('#pa-chatbot a.mark')"
        assert browser.script(first)

        browser.script(CLIP)
        press(browser, "[data-copy]", "Copy as Markdown")
        copied = wait_for(browser, "return window.clip")
        assert "## References\n\n1. Parallel Speculative Decoding" in copied
        assert "<" not in copied

        press(browser, "button[aria-label='Good answer']")
        note = browser.wait(".pa-noted input")
        note.send_keys("just what I needed", Keys.ENTER)
        browser.wait(".pa-noted", text="just what I needed")
        [mark_left] = marks(index / FILE_NAME)
        assert (mark_left.verdict, mark_left.note) == ("good", "just what I needed")
        press(browser, "button[aria-label='Good answer'][aria-pressed='true']")
        browser.wait("button[aria-label='Good answer'][aria-pressed='false']")
        assert marks(index / FILE_NAME) == []

        follow_up = browser.wait(".pa-next").text
        press(browser, ".pa-next")
        browser.wait("#turn-2 .pa-asked", text=follow_up)
        browser.wait("#turn-2 .pa-tools")

        press(browser, "[data-edit]")
        box = browser.wait("#turn-2 form textarea")
        assert box.get_property("value") == follow_up
        escape(browser)
        browser.wait("#turn-2 .pa-asked", text=follow_up)
        # Edited away, it stays as it was.
        press(browser, "[data-edit]")
        box = browser.wait("#turn-2 form textarea")
        box.clear()
        box.send_keys(Keys.ENTER)
        time.sleep(1)
        browser.wait("#turn-2 .pa-asked", text=follow_up)
        press(browser, "[data-edit]")
        box = browser.wait("#turn-2 form textarea")
        box.clear()
        box.send_keys("How long do I boil an egg?", Keys.ENTER)
        browser.wait("#turn-2 .pa-refusal", text="Not in this collection")
        assert browser.find("#turn-2 .pa-titles li")
        assert not browser.find("#turn-3")
        press(browser, "[data-do='retry']")
        browser.wait("#turn-2 .pa-refusal")
        assert browser.foreign_requests() == []
        assert browser.complaints() == []


def test_a_models_statements_have_badges(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    tmp_path: Path,
) -> None:
    collection = tmp_path / "papers.jsonl"
    collection.write_text(
        json.dumps({"id": "p", "title": "Speculative decoding", "abstract": FORMULA}), "utf-8"
    )
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add(collection)
    openai_server.enqueue(
        says(r"Speculative decoding is fast [P1.S2]. It drafts in \(O(n^2)\) steps and costs $9 [P1.S1]."),
        says("Slow. " + "and goes on " * 1200, delay=0.05),
    )
    with serving(tmp_path / "index", tmp_path / "log", OPENAI_BASE_URL=openai_server.url) as served:
        browser.open(served.url)
        type_in(browser, "How fast is speculative decoding?")
        browser.wait("#pa-status", text="Written by")
        badges = browser.find(".pa-reply .pa-badge")
        assert len(badges) == 2
        assert badges[0].text == "✓"
        browser.script("arguments[0].focus()", badges[1])
        reason = browser.wait("#pa-tip").text
        assert reason == badges[1].get_attribute("aria-label")
        assert "9" in reason
        escape(browser)
        assert not browser.wait("#pa-chatbot").find_elements("css selector", "#pa-tip:not([hidden])")
        for place in (".pa-reply", "#pa-sources .pa-abstract"):
            assert browser.find(f"{place} math msup")
        assert "$5 to $6" in browser.wait("#pa-sources .pa-abstract").text

        # What is being read stands still while more is written.
        type_in(browser, "What do the drafts of speculative decoding cost?")
        asked = browser.wait("#turn-2 .pa-asked")
        browser.wait("#turn-2 .pa-reply", text="and goes on")
        before = asked.rect["y"]
        browser.wait("#turn-2 .pa-reply", text="goes on and goes on and goes on and goes on")
        assert asked.rect["y"] == before
        browser.wait("#pa-status", text="Writing")

        # Loaded anew in mid-answer it goes on in sight, and can still be stopped.
        browser.reload()
        so_far = len(browser.wait("#turn-2 .pa-reply", text="and goes on").text)
        wait_for(browser, f"return document.querySelector('#turn-2 .pa-reply').innerText.length > {so_far}")
        assert not openai_server.chats[1].disconnected.is_set()
        browser.wait("#pa-question button.stop-button").click()
        browser.wait("#turn-2 blockquote", text="Stopped.")
        assert openai_server.chats[1].disconnected.wait(10)
        browser.wait("#turn-2 .pa-tools", text="Try again")
        assert browser.find("#turn-1 .pa-badge")


def test_a_model_that_dies_in_mid_answer_leaves_what_it_wrote(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    whole = "Drafting and verifying run in parallel [P1]."
    openai_server.enqueue(drops(f"{whole} And the dra"), says(f"{whole} So it is fast."))
    with serving(index, tmp_path / "log", OPENAI_BASE_URL=openai_server.url) as served:
        browser.open(served.url)
        type_in(browser, QUESTION)
        told = browser.wait("#turn-1 .pa-reply blockquote", text="The answer was cut off.").text
        assert "ended the reply before it was done. Try again." in told
        reply = browser.wait("#turn-1 .pa-reply").text
        assert "Drafting and verifying run in parallel" in reply
        assert "And the dra" in reply
        assert browser.find("#turn-1 .pa-reply a.mark")
        browser.wait(".pa-source mark")
        # It is kept as it is; asked again, the model writes all of it.
        browser.reload()
        browser.wait("#turn-1 .pa-reply blockquote", text="The answer was cut off.")
        press(browser, "#turn-1 [data-do='retry']")
        browser.wait("#turn-1 .pa-reply", text="So it is fast.")
        browser.wait("#turn-1 .pa-tools")
        assert not browser.find("#turn-1 blockquote")
        assert len(openai_server.chats) == 2
        assert browser.complaints() == []


def test_conversations_are_kept(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        type_in(browser, QUESTION)
        browser.wait(".pa-next")
        press(browser, "#pa-new")
        browser.wait("#pa-chatbot .example")
        type_in(browser, "What is graph rewiring?")
        browser.wait("#pa-status", text="Quoted from")

        press(browser, "#pa-toggle")
        browser.wait(".pa-open", text="What is graph rewiring?")
        assert len(browser.find(".pa-open")) == 2
        press(browser, ".pa-kept li:nth-child(2) summary")
        name = browser.wait(".pa-kept li:nth-child(2) input")
        name.clear()
        name.send_keys("Drafts", Keys.ENTER)
        browser.wait(".pa-open", text="Drafts")

        browser.script(SAVED)
        press(browser, ".pa-kept li:nth-child(1) summary")
        for kind, start in (("md", "#"), ("json", "{")):
            browser.script("window.saved = ''")
            press(browser, f".pa-kept li:nth-child(1) [data-kind='{kind}']")
            assert wait_for(browser, "return window.saved").startswith(start)
            assert browser.script("return window.savedAs").endswith(f".{kind}")

        press(browser, ".pa-kept li:nth-child(1) [data-do='delete']")
        browser.wait(".pa-undo", text="Deleted")
        assert len(browser.find(".pa-open")) == 1
        press(browser, "[data-do='undo']")
        browser.wait(".pa-open", text="What is graph rewiring?")
        press(browser, ".pa-open", "What is graph rewiring?")
        browser.wait("#pa-name", text="What is graph rewiring?")
        browser.wait("#turn-1 .pa-reply")
        assert not browser.find(".pa-chat[data-listing]")

        # Another browser has its own.
        browser.driver.delete_all_cookies()
        browser.reload()
        browser.wait("#pa-chatbot .example")
        press(browser, "#pa-toggle")
        browser.wait(".pa-kept", text="No conversations yet.")
        escape(browser)
        assert browser.script("return document.activeElement.id") == "pa-toggle"
        assert browser.complaints() == []


def test_what_is_not_asked_does_not_show(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    openai_server.enqueue(says("Drafting is slow [P1.S1] " + "and goes on " * 400, delay=0.1))
    limits = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_QUESTIONS_PER_MINUTE": "1"}
    with serving(index, tmp_path / "log", **limits) as served:
        browser.open(served.url)
        type_in(browser, QUESTION)
        browser.wait("#turn-1 .pa-reply", text="goes on")
        box = browser.wait("#pa-question textarea")
        box.send_keys("And what else?", Keys.ENTER)
        assert not browser.find(".pa-coming")
        press(browser, "#pa-question .stop-button")
        browser.wait("#pa-chatbot blockquote", text="Stopped.")
        browser.wait("#pa-question .submit-button")

        press(browser, "#pa-new")
        browser.wait("#pa-chatbot .example")
        type_in(browser, QUESTION)
        browser.wait("#pa-status", text="minute")
        assert not browser.find(".pa-coming")
        assert browser.wait(".pa-welcome").is_displayed()
        assert len(openai_server.chats) == 1
