"""The Settings tab, and libraries to switch between, as a reader has them: the real program and Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from assistant import Assistant, Paper

from .browser import Browser, Served, browser, serving  # noqa: F401 - browser is a fixture
from .openai_server import OpenAIServer, unauthorized
from .test_ui_browser import QUESTION, type_in
from .test_ui_library_browser import drop, rows, show

pytestmark = [pytest.mark.slow, pytest.mark.browser]

KEY = "sk-typed-0123456789abcdef"


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the sample collection that only this test has, with no other beside it."""
    return Path(shutil.copytree(sample_index, tmp_path / "store" / "main"))


def choose(browser: Browser, selector: str, label: str) -> None:  # noqa: F811
    """Choose in a list of the page."""
    browser.wait(f"{selector} input").click()
    browser.wait("ul[role=listbox] li", text=label).click()


def fill(browser: Browser, selector: str, text: str) -> None:  # noqa: F811
    browser.fill(browser.wait(f"{selector} :is(input, textarea):enabled"), text)


def use(browser: Browser, server: OpenAIServer, key: str = KEY) -> None:  # noqa: F811
    """Answer with the model behind a server from now on."""
    show(browser, "Settings")
    browser.wait("#pa-embedder", text="MiniLM")
    fill(browser, "#pa-address", server.url)
    fill(browser, "#pa-model", "test-model")
    fill(browser, "#pa-key", key)
    browser.wait("#pa-use").click()
    browser.wait("#pa-told", text="Used in this tab from now on.")


def test_a_model_for_this_tab_alone_and_a_key_that_never_comes_back(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        use(browser, openai_server)
        browser.wait("#pa-key input[placeholder^='Set in this tab']")
        browser.wait("#pa-header", text="Answers are written by test-model at http://127.0.0.1")
        browser.wait("#pa-test").click()
        browser.wait("#pa-told", text="answers")
        assert {request.headers["authorization"] for request in openai_server.requests} == {f"Bearer {KEY}"}
        show(browser, "Ask")
        type_in(browser, QUESTION)
        browser.wait("#pa-status", text="Written by the language model")
        show(browser, "Settings")
        browser.wait("#pa-spent", text="1 call")
        page = browser.script("return document.documentElement.outerHTML")
        values = browser.script(
            "return [...document.querySelectorAll('input, textarea')].map((e) => e.value)"
        )
        stored = browser.script("return JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert not any(KEY in text for text in (page, *values, stored, browser.driver.current_url))
        for path in ("/config", "/gradio_api/info", "/"):
            assert KEY not in served.get(path)[2]
        calls = len(openai_server.chats)

        # Loaded anew, the tab goes on so.
        browser.reload()
        browser.wait("#pa-header", text="Answers are written by test-model at http://127.0.0.1")
        browser.wait("#pa-spent", text="1 call")
        browser.wait("#pa-key input[placeholder^='Set in this tab']")
        assert KEY not in browser.script("return document.documentElement.outerHTML")

        # Another tab answers as the program was started.
        browser.driver.switch_to.new_window("tab")
        browser.open(served.url)
        browser.wait("#pa-header", text="no language model is configured")
        type_in(browser, QUESTION)
        browser.wait("#pa-status", text="Quoted from")
        assert len(openai_server.chats) == calls
        browser.close_tab()

        # Off, a budget that is too small, and back to the start.
        browser.wait("#pa-mode label", text="Quoted").click()
        browser.wait("#pa-header", text="no language model is asked")
        browser.wait("#pa-mode label", text="Written").click()
        browser.wait("#pa-header", text="test-model")
        fill(browser, "#pa-budget", "many")
        browser.wait("#pa-budget :is(input, textarea)").send_keys(Keys.ENTER)
        browser.wait("#pa-told", text="The budget is not a number of tokens.")
        browser.wait("#pa-budget :is(input, textarea)").send_keys("10", Keys.ENTER)
        show(browser, "Ask")
        type_in(browser, "What causes over-squashing?")
        browser.wait("#pa-status", text="Quoted from")
        show(browser, "Settings")
        browser.wait("#pa-reset").click()
        browser.wait("#pa-header", text="no language model is configured")
        browser.wait("#pa-key input[placeholder='Not set']")
        assert browser.complaints() == []
        assert served.end() == 0
        assert KEY not in served.errors()


def test_what_is_wrong_with_an_endpoint_is_one_sentence(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    with OpenAIServer(*[unauthorized()] * 9) as server, serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        show(browser, "Settings")
        browser.wait("#pa-embedder", text="MiniLM")
        browser.wait("#pa-test").click()
        browser.wait("#pa-told", text="Type a key, or the address")
        fill(browser, "#pa-address", "ftp://nowhere")
        browser.wait("#pa-test").click()
        browser.wait("#pa-told", text="The address is not an http:// or https:// address.")
        fill(browser, "#pa-address", "http://127.0.0.1:9/v1")
        browser.wait("#pa-test").click()
        browser.wait("#pa-told", text="cannot be reached")
        fill(browser, "#pa-address", server.url)
        fill(browser, "#pa-key", KEY)
        browser.wait("#pa-test").click()
        browser.wait("#pa-told", text="refused the key")
        browser.wait("#pa-header", text="no language model is configured")  # a test changes nothing
        assert browser.complaints() == []


def test_an_endpoint_is_saved_on_purpose_and_forgotten(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    home = tmp_path / "config"
    kept = home / "paper-assistant" / "settings.toml"
    with serving(index, tmp_path / "log", XDG_CONFIG_HOME=str(home)) as served:
        browser.open(served.url)
        use(browser, openai_server)
        assert not kept.exists()
        browser.wait("#pa-save").click()
        browser.wait("#pa-told", text=f"saved as plain text in {kept}")
        assert kept.stat().st_mode & 0o777 == 0o600
        assert KEY in kept.read_text()
    with serving(index, tmp_path / "log", XDG_CONFIG_HOME=str(home)) as served:
        browser.open(served.url)
        browser.wait("#pa-header", text="Answers are written by test-model")
        show(browser, "Settings")
        browser.wait("#pa-embedder", text="MiniLM")
        browser.wait("#pa-key input[placeholder^='Set by the program']")
        browser.wait("#pa-forget").click()
        browser.wait("#pa-told", text="is deleted.")
        assert not kept.exists()


def test_a_theme_is_kept_in_the_browser(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    def is_dark() -> bool:
        return bool(browser.script("return document.body.classList.contains('dark')"))

    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        show(browser, "Settings")
        for theme, dark in (("Dark", True), ("Light", False), ("Dark", True)):
            browser.wait("#pa-theme label", text=theme).click()
            browser.wait("#pa-theme label.selected", text=theme)
            assert is_dark() is dark
        browser.open(served.url)
        browser.wait("#pa-theme label.selected", text="Dark")
        assert is_dark()
        browser.wait("#pa-theme label", text="As the system").click()
        browser.wait("#pa-theme label.selected", text="As the system")


def test_a_page_for_others_lets_nobody_choose_where_it_calls(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    with serving(index, tmp_path / "log") as served:
        # As a proxy in front of it would say.
        browser.driver.execute_cdp_cmd("Network.enable", {})
        headers = {"headers": {"X-Forwarded-For": "203.0.113.9"}}
        browser.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", headers)
        browser.open(served.url)
        show(browser, "Settings")
        browser.wait("#pa-told", text="This page is served to others")
        for field in ("#pa-address", "#pa-model"):
            assert not browser.wait(f"{field} :is(input, textarea)").is_enabled()
        assert not any(button.is_displayed() for button in browser.find("#pa-save, #pa-forget"))
        fill(browser, "#pa-key", KEY)
        browser.wait("#pa-use").click()
        browser.wait("#pa-header", text="Answers are written by gpt-5.4-mini at OpenAI.")
        show(browser, "Library")
        browser.wait("#pa-chosen", text="shows them this library only")


# -- libraries ---------------------------------------------------------------------------------------


def test_a_new_library_is_begun_filled_asked_and_left(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    file = tmp_path / "herrings.jsonl"
    file.write_text(rows("Herring", 12))
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        show(browser, "Library")
        browser.wait("#pa-place", text="of 203.")
        browser.wait("#pa-health", text="Sound. 203 papers")
        browser.wait("#pa-begin button").click()
        begin(browser, "../evil")
        browser.wait("#pa-chosen", text="cannot be the name of a library.")
        begin(browser, "fish")
        browser.wait("#pa-chosen", text="is made with the first papers")
        browser.wait("#pa-papers", text="This library has no papers yet.")
        assert not (index.parent / "fish").exists()
        show(browser, "Ask")
        browser.wait("#pa-status", text="no papers yet")
        drop(browser, file)
        browser.wait("#pa-results", text="12 added", seconds=90)
        browser.wait("#pa-place", text="of 12.")
        browser.wait("#pa-health", text="12 papers")
        show(browser, "Ask")
        browser.wait("#pa-status", text="12 papers")
        type_in(browser, "Which papers are about herrings?")
        browser.wait("#pa-sources", text="Herring")

        # Another tab is where the page began.
        browser.driver.switch_to.new_window("tab")
        browser.open(served.url)
        browser.wait("#pa-status", text="203 papers")
        show(browser, "Library")
        browser.wait("#pa-place", text="of 203.")
        choose(browser, "#pa-library", "fish")
        browser.wait("#pa-place", text="of 12.")
        browser.wait("#pa-chosen", text="Now at “fish”.")
        choose(browser, "#pa-library", "main")
        browser.wait("#pa-place", text="of 203.")
        assert browser.complaints() == []
        assert served.end() == 0
        assert served.errors() == ""
    with Assistant.open(index.parent / "fish") as fish:
        assert fish.status().papers == 12


def test_a_library_that_cannot_be_used_says_why(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    broken = Path(shutil.copytree(index, index.parent / "broken"))
    (broken / "data-1" / "chroma" / "chroma.sqlite3").write_bytes(b"")
    busy = Path(shutil.copytree(index, index.parent / "busy"))
    with Assistant.open(busy) as other, serving(index, tmp_path / "log") as served:
        other.add([Paper("further", "A further paper", "By this one it is told from the others.")])
        browser.open(served.url)
        show(browser, "Library")
        browser.wait("#pa-place", text="of 203.")
        for _ in range(5):  # the opening ends at any moment of the reply that says it is under way
            choose(browser, "#pa-library", "main")
            browser.wait("#pa-place", text="of 203.")
            choose(browser, "#pa-library", "broken")
            browser.wait("#pa-papers [role=alert]", text="is damaged")
            browser.wait("#pa-health", text="Cannot be used.")
        choose(browser, "#pa-library", "busy")
        browser.wait("#pa-papers [role=alert]", text="is in use by")
        other.close()
        choose(browser, "#pa-library", "main")
        browser.wait("#pa-place", text="of 203.")
        choose(browser, "#pa-library", "busy")
        browser.wait("#pa-place", text="of 204.")
        browser.wait("#pa-examine").click()
        told = browser.wait("#pa-health", text="Every record was read.")
        assert told.text.startswith("Sound.")
        assert "did not give it back" not in told.text
        assert browser.complaints() == []


def begin(browser: Browser, name: str) -> None:  # noqa: F811
    """Give the new library a name."""
    fill(browser, "#pa-new-library", name)
    browser.wait("#pa-new-library :is(input, textarea)").send_keys(Keys.ENTER)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_settings_on_a_narrow_screen_and_by_keyboard(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
    theme: str,
) -> None:
    browser.resize(360, 740)
    with serving(index, tmp_path / "log") as served:
        browser.open(f"{served.url}/?__theme={theme}")
        show(browser, "Settings")
        browser.wait("#pa-embedder", text="MiniLM")
        assert browser.script("return document.documentElement.scrollWidth") <= 360
        labels = browser.script(
            "return [...document.querySelectorAll('.pa-settings :is(input, textarea)')]"
            ".filter((e) => e.offsetParent && !e.labels?.length && !e.ariaLabel).length"
        )
        assert labels == 0
        address = browser.wait("#pa-address :is(input, textarea)")
        address.send_keys("http://127.0.0.1:9/v1", Keys.ENTER)
        browser.wait("#pa-header", text="http://127.0.0.1:9/v1")
