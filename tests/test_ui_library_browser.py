"""The library and the filters as a reader has them: the real program, and a real Chromium."""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from assistant import Assistant

from .browser import Browser, browser, serving  # noqa: F401 - browser is a fixture
from .test_ui_browser import SOURCE, type_in
from .test_ui_rendering import HOSTILE

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOSTILE_NAMES = [text for text in HOSTILE if "\ud800" not in text]


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the sample collection that only this test has."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


def show(browser: Browser, tab: str) -> None:  # noqa: F811
    """Go to a tab of the page."""
    browser.wait("#pa-tabs button[role=tab]", text=tab).click()


def drop(browser: Browser, *files: Path) -> None:  # noqa: F811
    """Give files to the library, as a drop does."""
    show(browser, "Library")
    browser.wait("#pa-drop")
    browser.find("#pa-drop input[type=file]")[0].send_keys("\n".join(map(str, files)))


def rows(name: str, count: int, **more: object) -> str:
    return "".join(
        json.dumps(
            {"title": f"{name} {place}", "abstract": f"{name} number {place} is about herrings.", **more}
        )
        + "\n"
        for place in range(count)
    )


def test_a_file_is_dropped_and_asked_about_with_a_filter(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    file = tmp_path / "Fische & Söhne (1).jsonl"
    hostile = "".join(json.dumps({"title": text, "abstract": text}) + "\n" for text in HOSTILE_NAMES)
    file.write_text(rows("Herring", 30, year=2021, authors=["Ada Fisher"]) + hostile + '{"abstract": "x"}\n')
    photo = tmp_path / "photo <b>.png"
    photo.write_bytes(b"\x89PNG and so on")
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        drop(browser, file, photo)
        browser.wait("#pa-results", text="1 rejected", seconds=90)
        shown = browser.wait("#pa-results").text
        assert "Fische & Söhne (1).jsonl, line " in shown
        assert "photo <b>.png is an image" in shown
        assert "paper-assistant-" not in shown  # the folder that it lay in meanwhile
        link = browser.script("return document.querySelector('#pa-results a').href")
        with urllib.request.urlopen(str(link)) as reply:
            assert reply.read().decode() == '{"abstract": "x"}\n'
            assert reply.headers["content-disposition"].startswith("attachment")
            assert reply.headers["x-content-type-options"] == "nosniff"
        # All of it is text.
        browser.wait("#pa-papers table")
        inner = browser.script(
            "return [...document.querySelectorAll('#pa-papers *, #pa-results *')].map((e) => e.localName)"
        )
        assert not {"script", "form", "img", "iframe", "object", "style", "link", "b"} & set(inner)
        assert browser.driver.title == "paper-assistant"

        show(browser, "Ask")
        browser.wait("#pa-ask-filters button").click()
        browser.fill(browser.wait("#pa-ask-source input"), "fische")
        browser.fill(browser.wait("#pa-ask-since input"), "2020")
        browser.wait("#pa-ask-chips .pa-chip", text="from fische")
        type_in(browser, "Which papers are about herrings?")
        browser.wait("#pa-status", text="Quoted from")
        assert "Only papers since 2020, from fische" in browser.wait("#pa-chatbot .user").text
        browser.wait(SOURCE, text="Herring")
        titles = browser.script(
            f"return [...document.querySelectorAll('{SOURCE} h3')].map((e) => e.innerText)"
        )
        assert all("Herring" in title for title in titles)

        browser.fill(browser.wait("#pa-ask-since input"), "2022")
        browser.wait("#pa-ask-chips .pa-chip", text="since 2022")
        type_in(browser, "Which papers are about herrings?")
        browser.wait("#pa-status", text="Not answered")
        assert "passes your filters" in browser.find("#pa-chatbot .bot")[-1].text
        next(chip for chip in browser.find("#pa-ask-chips .pa-chip") if "since" in chip.text).click()
        browser.wait("#pa-ask-chips", text="from fische")
        browser.wait("#pa-ask-chips .pa-clear").click()
        type_in(browser, "How can speculative decoding adapt its draft length?")
        browser.wait("#pa-status", text="Quoted from")
        assert "Only papers" not in browser.find("#pa-chatbot .user")[-1].text
        assert not any(chips.is_displayed() for chips in browser.find("#pa-ask-chips"))
        assert browser.foreign_requests() == []
        assert browser.complaints() == []
        assert "FOREIGN" not in served.errors()
        assert served.end() == 0
        assert served.errors() == ""
    with Assistant.open(index) as assistant:
        assert assistant.papers()[0].sources
        assert {source for paper in assistant.papers() for source in paper.sources} == {
            "trending-papers.txt",
            "Fische & Söhne (1).jsonl",
        }


def test_an_import_runs_beside_the_chat_and_can_be_stopped_from_another_tab(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    long, short = tmp_path / "long.jsonl", tmp_path / "short.jsonl"
    long.write_text(rows("Herring", 12_000))
    short.write_text(rows("Cod", 3))
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        drop(browser, long)
        browser.wait("#pa-import", text=" left", seconds=90)
        assert re.search(
            r"long\.jsonl: [\d,]+ of about [\d,]+ papers, .* left", browser.wait("#pa-import").text
        )
        show(browser, "Ask")
        type_in(browser, "How can speculative decoding adapt its draft length?")
        browser.wait("#pa-status", text="Quoted from")
        browser.driver.switch_to.new_window("tab")
        browser.open(served.url)
        drop(browser, short)
        browser.wait("#pa-import", text="Waiting for it: short.jsonl.")
        browser.wait("#pa-remove").click()
        browser.wait("#pa-note", text="Choose papers in the table first.")
        browser.wait("#pa-papers tbody input").click()
        browser.wait("#pa-remove").click()
        browser.wait("#pa-note", text="Papers are being added.")
        browser.wait("#pa-stop").click()
        browser.wait("#pa-results", text="papers of it are in; drop it again to go on.", seconds=90)
        browser.wait("#pa-results", text="short.jsonl: 3 added.", seconds=90)
        kept = re.search(r"Stopped: ([\d,]+) papers", browser.wait("#pa-results").text)
        assert kept
        total = 203 + int(kept[1].replace(",", "")) + 3
        browser.wait("#pa-place", text=f"of {total:,}.")
        assert browser.complaints() == []


def test_papers_are_looked_through_removed_and_brought_back(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        show(browser, "Library")
        browser.wait("#pa-place", text="1–25 of 203.")
        browser.wait("#pa-next").click()
        browser.wait("#pa-place", text="26–50 of 203.")
        search = browser.wait("#pa-search input")
        search.send_keys("speculative decoding", Keys.ENTER)
        browser.wait("#pa-place", text="1–")
        titles = [row.text for row in browser.find("#pa-papers tbody tr")]
        assert titles
        assert titles == sorted(titles, key=str.casefold)
        boxes = browser.find("#pa-papers tbody input")
        boxes[0].click()
        boxes[1].click()
        browser.wait("#pa-remove").click()
        browser.wait("#pa-note", text="2 papers removed.")
        left = [row.text for row in browser.find("#pa-papers tbody tr")]
        assert not set(titles[:2]) & set(left)
        assert not browser.find("#pa-papers input:checked")
        browser.wait("#pa-undo").click()
        browser.wait("#pa-note", text="2 papers put back.")
        assert [row.text for row in browser.find("#pa-papers tbody tr")] == titles
        # Loaded anew, it is this tab again: its search, order, filter and page, and what it removed.
        browser.wait("#pa-order input").click()
        browser.wait("ul[role=listbox] li", text="Title, Z to A").click()
        browser.wait("#pa-papers th[aria-sort=descending]", text="Title")
        browser.wait("#pa-search input").clear()
        browser.wait("#pa-search input").send_keys("model", Keys.ENTER)
        browser.wait("#pa-library-filters button").click()
        browser.fill(browser.wait("#pa-library-source input"), "trending")
        browser.wait("#pa-library-chips .pa-chip", text="from trending")
        browser.wait("#pa-papers tbody input").click()
        browser.wait("#pa-remove").click()
        browser.wait("#pa-note", text="1 paper removed.")
        browser.wait("#pa-next").click()
        place = browser.wait("#pa-place", text="26–50 of").text
        titles = [row.text for row in browser.find("#pa-papers tbody tr")]
        browser.reload()
        browser.wait("#pa-place", text=place)
        browser.wait("#pa-library-chips .pa-chip", text="from trending")
        browser.wait("#pa-papers th[aria-sort=descending]", text="Title")
        assert [row.text for row in browser.find("#pa-papers tbody tr")] == titles
        assert browser.wait("#pa-search input").get_property("value") == "model"
        assert browser.wait("#pa-order input").get_property("value") == "Title, Z to A"
        # What is folded away holds too, when more is asked.
        browser.wait("#pa-previous").click()
        browser.wait("#pa-place", text="1–25 of")
        browser.wait("#pa-library-chips .pa-chip").click()
        # In one step: a chip that goes while it is looked at is what is waited for.
        chips = "[...document.querySelectorAll('#pa-library-chips .pa-chip')]"
        gone = f"return {chips}.every(chip => !chip.checkVisibility())"
        WebDriverWait(browser.driver, 20).until(lambda _: browser.script(gone))
        browser.wait("#pa-note", text="1 paper removed.")
        browser.wait("#pa-undo").click()
        browser.wait("#pa-note", text="1 paper put back.")
        assert browser.complaints() == []


def test_the_table_is_sorted_by_its_heads_unfolded_and_ticked_as_a_whole(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    def titles() -> list[str]:
        return [row.text for row in browser.find("#pa-papers tbody summary")]

    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        show(browser, "Library")
        browser.wait("#pa-papers th[aria-sort=ascending]", text="Title")
        first = titles()
        # By keyboard, as all of it.
        browser.wait("#pa-papers th button", text="Title").send_keys(Keys.ENTER)
        browser.wait("#pa-papers th[aria-sort=descending]", text="Title")
        last = titles()
        assert not set(first) & set(last)
        assert last == sorted(last, key=str.casefold, reverse=True)
        assert browser.wait("#pa-order input").get_attribute("value") == "Title, Z to A"
        browser.wait("#pa-papers tbody summary").send_keys(Keys.ENTER)
        abstract = browser.wait("#pa-papers details[open] .pa-abstract").text
        assert len(abstract) > 200
        assert "trending-papers.txt" in browser.wait("#pa-papers details[open]").text
        browser.wait("#pa-next").click()
        browser.wait("#pa-place", text="26–50 of 203.")
        assert not browser.find("#pa-papers details[open]")
        browser.wait("#pa-papers thead input").click()
        browser.wait("#pa-remove").click()
        browser.wait("#pa-note", text="25 papers removed.")
        browser.wait("#pa-place", text="of 178.")
        browser.wait("#pa-undo").click()
        browser.wait("#pa-note", text="25 papers put back.")
        browser.wait("#pa-place", text="of 203.")
        assert browser.complaints() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_library_on_a_narrow_screen(browser: Browser, index: Path, tmp_path: Path, theme: str) -> None:  # noqa: F811
    browser.resize(360, 740)
    with serving(index, tmp_path / "log") as served:
        browser.open(f"{served.url}/?__theme={theme}")
        show(browser, "Library")
        browser.wait("#pa-papers input")
        browser.wait("#pa-library-filters button").click()
        browser.fill(browser.wait("#pa-library-author input"), "nobody of this name")
        browser.wait("#pa-papers", text="No paper is like that.")
        assert browser.script("return document.documentElement.scrollWidth") <= 360


def test_what_is_not_the_pages_own_is_refused(index: Path, tmp_path: Path) -> None:
    with serving(index, tmp_path / "log", ASSISTANT_MAX_UPLOAD_MB="1") as served:

        def post(path: str, body: bytes, **headers: str) -> int:
            boundary = "cut"
            data = (
                (
                    f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.bib"\r\n\r\n'
                ).encode()
                + body
                + f"\r\n--{boundary}--\r\n".encode()
            )
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
            request = urllib.request.Request(served.url + path, data, headers)
            try:
                with urllib.request.urlopen(request) as reply:
                    return int(reply.status)
            except HTTPError as error:
                with error:
                    return error.code

        assert post("/gradio_api/upload", b"x") == 200
        assert post("/gradio_api/upload", b"x" * 1_100_000) == 413
        for site in ("cross-site", "same-site"):
            assert post("/gradio_api/upload", b"x", **{"Sec-Fetch-Site": site}) == 403
        assert post("/gradio_api/upload", b"x", **{"Sec-Fetch-Site": "same-origin"}) == 200
        assert served.get("/rejected/anything")[0] == 404
        assert served.get("/rejected/..%2f..%2fetc%2fpasswd")[0] == 404
