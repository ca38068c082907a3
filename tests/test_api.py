"""The page's API, called by Gradio's own client and by plain HTTP; the page is a process of its own."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from assistant import Assistant, Filters
from assistant.calls import is_event
from assistant.export import answer_json, hits_json, summary_json, topics_json

from .browser import Served, serving
from .conftest import need
from .openai_server import MODEL, OpenAIServer, says, unauthorized

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_URL = "http://127.0.0.1:7860"
QUESTION = "What causes over-squashing in message passing networks?"
SUBJECT = "speculative decoding"
KEY = "sk-proj-Zx81kQw7TTnm02Lp"
NAMES = ["/ask", "/search", "/topics", "/summarize"]


@pytest.fixture(scope="module")
def index(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's index for the page to own."""
    return shutil.copytree(sample_index, tmp_path_factory.mktemp("api") / "index")


@pytest.fixture(scope="module")
def page(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page, quoting: no language model."""
    log = tmp_path_factory.mktemp("log") / "log"
    with serving(index, log) as served:
        served.wait_until("ok")
        yield served
        assert served.end(signal.SIGTERM) == 0
        assert served.errors() == ""


@pytest.fixture(scope="module")
def client(page: Served) -> Iterator[Client]:
    """Gradio's own client."""
    connected = connect(page)
    yield connected
    connected.close()


def connect(page: Served) -> Client:
    return Client(page.url, verbose=False, analytics_enabled=False, download_files=False)


def untimed(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result without what differs from run to run."""
    return {name: value for name, value in result.items() if name != "timings"}


def as_sent(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result as it comes out of JSON."""
    sent: dict[str, Any] = json.loads(json.dumps(untimed(result)))
    return sent


def test_ask_returns_what_the_command_line_prints(client: Client, sample: Assistant) -> None:
    answer = client.predict(QUESTION, api_name="/ask")
    assert untimed(answer) == as_sent(answer_json(sample.ask(QUESTION)))
    assert answer["citations"][0]["sentences"]


def test_ask_streams_events_and_ends_with_the_answer(client: Client) -> None:
    job = client.submit(question=QUESTION, api_name="/ask")
    *events, answer = list(job)
    assert [event["event"] for event in events[:2]] == ["status", "sources"]
    assert "".join(event["text"] for event in events if event["event"] == "token").strip()
    assert all(is_event(event) for event in events)
    assert not is_event(answer)
    assert job.result() == answer
    assert answer["status"] == "answered"


def test_filters_reach_the_search(client: Client, sample: Assistant) -> None:
    found = client.predict(QUESTION, limit=3, source="trending", api_name="/search")
    filters = Filters(source="trending")
    assert found == as_sent(hits_json(sample.search(QUESTION, 3, filters=filters)))
    assert len(found["hits"]) == 3
    refused = client.predict(QUESTION, year_from=1900, year_to=1901, author="Nobody", api_name="/ask")
    assert refused["refusal"]["kind"] == "filtered_out"
    assert refused["filters"]["since"] == 1900
    assert refused["filters"]["until"] == 1901
    assert refused["filters"]["author"] == "Nobody"


def test_topics_and_a_summary_of_one(client: Client, sample: Assistant) -> None:
    topics = client.predict(api_name="/topics")
    assert topics == as_sent(topics_json(sample.topics()))
    job = client.submit(topics["topics"][0]["id"], depth="brief", api_name="/summarize")
    *events, summary = list(job)
    assert {"sources", "planned", "tabled", "token"} <= {event["event"] for event in events}
    assert summary["subject"] == topics["topics"][0]["name"]
    assert len(summary["cards"]) == 8
    told = client.predict(SUBJECT, "brief", api_name="/summarize")
    assert untimed(told) == as_sent(summary_json(sample.summarize(SUBJECT, depth="brief")))


@pytest.mark.parametrize(
    ("endpoint", "arguments", "sentence"),
    [
        ("/ask", {"question": ""}, "The question is empty. Ask something about the papers."),
        ("/ask", {"question": "long " * 2000}, "The question has 9,999 characters"),
        ("/ask", {"question": 5}, "“question” cannot be used: input should be a valid string."),
        ("/search", {"question": QUESTION, "limit": 0}, "“limit” cannot be used: input should be greater"),
        ("/search", {"question": QUESTION, "limit": 10**9}, "“limit” cannot be used: input should be less"),
        ("/search", {"question": QUESTION, "year_from": "soon"}, "“year_from” cannot be used"),
        ("/search", {"question": QUESTION, "year_to": [2020]}, "“year_to” cannot be used"),
        ("/search", {"question": QUESTION, "author": "x" * 201}, "“author” cannot be used"),
        ("/summarize", {"subject": SUBJECT, "depth": "deep"}, "“depth” cannot be used"),
        ("/summarize", {}, "There is no subject."),
    ],
)
def test_an_error_is_one_sentence(
    client: Client, endpoint: str, arguments: dict[str, object], sentence: str
) -> None:
    with pytest.raises(AppError) as raised:
        client.predict(api_name=endpoint, **arguments)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_schema_tells_the_four_and_nothing_else(client: Client, page: Served, index: Path) -> None:
    told = client.view_api(return_format="dict", print_info=False)
    assert list(told["named_endpoints"]) == NAMES
    assert not told["unnamed_endpoints"]
    for endpoint in told["named_endpoints"].values():
        assert endpoint["description"]
    [first, *others] = told["named_endpoints"]["/search"]["parameters"]
    assert (first["parameter_name"], first["parameter_has_default"]) == ("question", False)
    defaults = {each["parameter_name"]: each["parameter_default"] for each in others}
    words = dict.fromkeys(("author", "venue", "source", "topic"), "")
    assert defaults == {"limit": 8, "year_from": None, "year_to": None, **words}
    for path in ("/gradio_api/info", "/config"):
        assert str(index.parent) not in page.get(path)[2]


def test_a_caller_that_runs_wild_is_slowed_down(index: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(index, tmp_path / "index")
    with serving(copy, tmp_path / "log", ASSISTANT_QUESTIONS_PER_MINUTE="2") as served:
        served.wait_until("ok")
        with closing(connect(served)) as caller:
            for _ in range(2):
                caller.predict(QUESTION, api_name="/ask")
        with closing(connect(served)) as caller:  # a new session is no new caller
            with pytest.raises(AppError, match=r"You have asked 2 times within a minute\. Please try again"):
                caller.predict(SUBJECT, api_name="/summarize")
            assert caller.predict(QUESTION, api_name="/search")["hits"]


def test_what_is_private_to_the_page_cannot_be_called_by_a_client(client: Client) -> None:
    for name in ("/_ask", "/_take_out", "/_hand_in"):
        with pytest.raises(ValueError, match="Cannot find a function"):
            client.predict(api_name=name)


# -- plain HTTP --------------------------------------------------------------------------------------


def post(page: Served, path: str, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and reply of a request with JSON."""
    sent = Request(
        f"{page.url}/gradio_api{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", **headers},
    )
    try:
        with urlopen(sent, timeout=30) as reply:
            return reply.status, json.loads(reply.read())
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"{}")


def stream(page: Served, name: str, body: object) -> list[tuple[str, Any]]:
    """The events of a call, as names and data."""
    status, begun = post(page, f"/call/v2/{name}", body)
    assert status == 200
    blocks = page.get(f"/gradio_api/call/{name}/{begun['event_id']}")[2].strip().split("\n\n")
    lines = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    return [(line["event"], json.loads(line["data"])) for line in lines]


def test_plain_http_needs_no_client(page: Served) -> None:
    *generating, (event, [answer]) = stream(page, "ask", {"question": QUESTION})
    assert {name for name, _ in generating} == {"generating"}
    assert event == "complete"
    assert answer["status"] == "answered"
    [(event, told)] = stream(page, "ask", {"question": " "})
    assert event == "error"
    assert told["error"] == "The question is empty. Ask something about the papers."


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/call/v2/ask", {}),
        ("/call/v2/ask", {"question": QUESTION, "limt": 3}),
        ("/call/v2/nothing", {"question": QUESTION}),
        ("/call/nothing", {"data": []}),
    ],
)
def test_a_call_that_cannot_begin_is_told_so(page: Served, path: str, body: object) -> None:
    status, reply = post(page, path, body)
    assert status == 422
    assert "docs/api.md" in reply["error"]


def test_calls_from_other_sites_are_refused(page: Served) -> None:
    sent = Request(
        f"{page.url}/gradio_api/call/v2/ask",
        json.dumps({"question": QUESTION}).encode(),
        {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"},
    )
    with pytest.raises(HTTPError) as refused:
        urlopen(sent, timeout=30)
    assert refused.value.code == 403
    refused.value.close()


def test_the_examples_of_the_documentation_run(page: Served) -> None:
    code = "".join(examples("python")).replace(DEFAULT_URL, page.url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Over-Squashing" in done.stdout
    assert "Searching 203 papers" in done.stdout


def test_the_shell_example_of_the_documentation_runs(page: Served) -> None:
    need(shutil.which("curl"), "curl")
    [code] = examples("bash")
    done = subprocess.run(
        ["bash", "-c", code.replace(DEFAULT_URL, page.url)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("event: generating\n")
    assert "event: complete\n" in done.stdout


def examples(language: str) -> list[str]:
    """The calls that docs/api.md shows."""
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    return re.findall(rf"<!-- test: \w+ -->\n```{language}\n(.*?)```", text, re.DOTALL)


# -- with a language model ---------------------------------------------------------------------------


def test_a_model_answers_and_its_key_is_nowhere(
    sample_index: Path, tmp_path: Path, openai_server: OpenAIServer
) -> None:
    openai_server.enqueue(says("Width mitigates it [P1.S1]."), unauthorized())
    index = shutil.copytree(sample_index, tmp_path / "index")
    environment = {"OPENAI_BASE_URL": openai_server.url, "OPENAI_API_KEY": KEY, "ASSISTANT_MODEL": MODEL}
    with serving(index, tmp_path / "log", **environment) as served:
        served.wait_until("ok")
        client = connect(served)
        written = client.predict(QUESTION, api_name="/ask")
        quoted = client.predict(f"{QUESTION} Really?", api_name="/ask")
        schema = served.get("/gradio_api/info")[2] + served.get("/config")[2]
        client.close()
        assert served.end(signal.SIGTERM) == 0
        shown = json.dumps([written, quoted]) + schema + served.errors()
    assert written["mode"] == "llm"
    assert written["text"].startswith("Width mitigates it [1].")
    assert quoted["mode"] == "extractive"
    assert quoted["notices"]
    assert KEY not in shown


def test_a_cancelled_call_ends_the_model(
    sample_index: Path, tmp_path: Path, openai_server: OpenAIServer
) -> None:
    openai_server.enqueue(says(*["word "] * 600, delay=0.1))
    index = shutil.copytree(sample_index, tmp_path / "index")
    environment = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    with serving(index, tmp_path / "log", **environment) as served:
        client = connect(served)  # the call waits for the collection, if it has to
        job = client.submit(QUESTION, api_name="/ask")
        assert any(item.get("event") == "token" for item in job)
        job.cancel()
        assert openai_server.chats[0].disconnected.wait(30)
        client.close()
