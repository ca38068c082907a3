"""What all tests share: no connection beyond loopback, no settings of the person who runs them."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
for _name in [name for name in os.environ if name.startswith(("ASSISTANT_", "OPENAI_"))]:
    del os.environ[_name]
# Nor the settings that this person saved.
os.environ["XDG_CONFIG_HOME"] = f"{tempfile.gettempdir()}/paper-assistant-tests/no-config"
# A server of one test may get the port of another's: only the tests of the cache remember answers.
os.environ["ASSISTANT_CACHE_MB"] = "0"

from assistant import Assistant, sample_collection  # noqa: E402
from assistant.serving.users import hashed, save  # noqa: E402
from tests.chroma_server import chroma  # noqa: E402, F401 - a fixture
from tests.openai_server import openai_server  # noqa: E402, F401 - a fixture
from tests.paper_services import clock, services  # noqa: E402, F401 - fixtures

if TYPE_CHECKING:
    from assistant.ui.uploads import Uploads

# A slow machine is no failure.
hypothesis_settings.register_profile("default", deadline=None)
hypothesis_settings.load_profile("default")

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "", None, "0.0.0.0"}


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: a look-up or a connection of another host fails the test that made it."""
    if event == "socket.connect":
        address = arguments[1]
        if not isinstance(address, tuple) or address[0] in _LOOPBACK:
            return
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        if (host.decode() if isinstance(host, bytes) else host) in _LOOPBACK:
            return
    else:
        return
    raise RuntimeError(f"A test reached for the network: {event} {arguments[1:]}")


sys.addaudithook(_no_network)


def need(found: object, what: str) -> None:
    """Skip without a tool that not everybody has; under CI, which has them all, fail instead."""
    if not found:
        if os.environ.get("PAPER_ASSISTANT_TEST_ALL"):
            pytest.fail(f"{what} is missing")
        pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample collection's index; nobody has it open, tests that write copy it."""
    path = tmp_path_factory.mktemp("sample") / "index"
    with Assistant.open(path) as assistant:
        assistant.add(sample_collection())
    return path


@pytest.fixture(scope="session")
def sample(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the sample collection, with no language model; for reading only."""
    copy = tmp_path_factory.mktemp("opened") / "index"
    with Assistant.open(shutil.copytree(sample_index, copy)) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of two users of a page."""
    path = tmp_path_factory.mktemp("users") / "users"
    save({"ada": hashed("correct horse"), "zoë": hashed("battery staple")}, path)
    return path


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Uploads]:
    """A page's folder for uploads; the environment is put back."""
    from assistant.ui.uploads import Uploads

    monkeypatch.setenv("GRADIO_TEMP_DIR", "")
    made = Uploads()
    yield made
    made.close()
