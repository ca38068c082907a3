"""The container files: what they run exists, is what the documentation says, and runs without them too."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from assistant.settings import Settings

from .browser import serving
from .chroma_server import Chroma

ROOT = Path(__file__).resolve().parent.parent
DOCS = (ROOT / "docs" / "serving.md").read_text("utf-8")
INSTRUCTIONS = re.findall(
    r"^([A-Z]+) (.*)", (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " "), flags=re.MULTILINE
)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return loaded["services"]  # type: ignore[no-any-return]


def values(instruction: str) -> list[str]:
    return [value for name, value in INSTRUCTIONS if name == instruction]


def test_what_is_copied_is_there_and_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    for line in values("COPY"):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists()
            assert f"!{source}" in ignored


def test_no_root_no_secret_a_volume_and_a_health_check() -> None:
    order = [name for name, _ in INSTRUCTIONS]
    assert values("USER") == ["assistant"]
    assert order.index("USER") > max(place for place, name in enumerate(order) if name == "RUN")
    assert json.loads(values("VOLUME")[0]) == ["/app/index_store"]
    assert values("FROM")[0].partition(":")[2] not in {"", "latest"}
    assert "/healthz" in values("HEALTHCHECK")[0]
    assert all("--require-hashes" in run or "--no-deps" in run for run in values("RUN") if "install" in run)
    text = (ROOT / "Dockerfile").read_text("utf-8") + (ROOT / "compose.yaml").read_text("utf-8")
    assert not re.search(r"(KEY|PASSWORD|TOKEN)[=:] *[^$\s-]", text)


def test_settings_that_are_set_exist(services: dict[str, Any]) -> None:
    names = {f"ASSISTANT_{name.upper()}" for name in Settings.model_fields} | {
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
    }
    given = dict(part.partition("=")[::2] for line in values("ENV") for part in line.split())
    assert {name for name in given if name.startswith("ASSISTANT")} <= names
    assert set(services["page"]["environment"]) <= names
    assert (given["ASSISTANT_HOST"], given["ASSISTANT_PORT"]) == ("0.0.0.0", values("EXPOSE")[0])


def test_the_services_know_each_other(services: dict[str, Any]) -> None:
    loaded = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    assert set(services) == {"page", "chroma"}
    address = services["page"]["environment"]["ASSISTANT_CHROMA_URL"]
    command = services["chroma"]["command"]
    assert address == f"http://chroma:{command[command.index('--port') + 1]}"
    assert services["page"]["depends_on"]["chroma"]["condition"] == "service_healthy"
    assert services["page"]["ports"] == ["127.0.0.1:7860:7860"]
    assert services["page"]["environment"]["ASSISTANT_AUTH_FILE"] == "/run/secrets/users"
    for service in services.values():
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(loaded["volumes"])
    for name in re.findall(r"docker \S+ [^`\n]*-v (\w+):(\S+) ", DOCS):
        assert name[1] in values("VOLUME")[0]


def test_the_documented_commands_are_those_of_the_containers(services: dict[str, Any]) -> None:
    documented = [shlex.split(line) for line in re.findall(r"^\$ (.*)", DOCS, flags=re.MULTILINE)]
    run = [word for words in documented if words[:2] == ["chroma", "run"] for word in words]
    assert [word for word in run if word.startswith("--")] == [
        word for word in services["chroma"]["command"] if word.startswith("--")
    ]
    app = next(words for words in documented if words[-2:] == json.loads(values("CMD")[0]))
    settings = dict(word.partition("=")[::2] for word in app[:-2])
    assert set(settings) <= set(services["page"]["environment"])


@pytest.mark.slow
def test_the_same_commands_run_without_containers(
    services: dict[str, Any], chroma: Chroma, tmp_path: Path
) -> None:
    heartbeat = services["chroma"]["healthcheck"]["test"][3].replace(":8000", f":{chroma.port}")
    subprocess.run([sys.executable, "-c", heartbeat], check=True)
    [line] = values("HEALTHCHECK")
    health = json.loads(line[line.index("CMD ") + 4 :])[2]
    users = tmp_path / "users"
    add = [sys.executable, "-c", "from assistant.cli import main; main()", "user", "add", "ada"]
    subprocess.run([*add, "--file", str(users)], input="correct horse", text=True, check=True)
    assert users.stat().st_mode & 0o777 == 0o600
    assert "correct" not in users.read_text("utf-8")
    with serving(
        tmp_path / "containers",
        tmp_path / "log",
        ASSISTANT_CHROMA_URL=chroma.url,
        ASSISTANT_AUTH_FILE=str(users),
    ) as served:
        served.wait_until("ok")
        here = health.replace("http://127.0.0.1:7860", served.url)
        subprocess.run([sys.executable, "-c", here], check=True)
        assert served.get("/gradio_api/info")[0] == 401
        assert served.end() == 0
