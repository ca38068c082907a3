"""What is released: a wheel that works by itself, sources that make the same one, and the licences."""

from __future__ import annotations

import json
import shutil
import site
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import assistant
from tests.advisories import judged
from tests.licences import Licensed, licence_of, licensed

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 40_000_000
"""Bytes of the wheel: the embedder has 23 million, so there is no room for a second one by accident."""
_COMMANDS = """
import json, sys
import assistant.cli as cli
print(cli.__file__)
for arguments in json.loads(sys.argv[1]):
    cli.app(arguments, standalone_mode=False)
"""
"""Starts once for all commands."""
WITHIN = (
    "assistant/_prompts/answer.toml",
    "assistant/corpus/sample/trending-papers.txt",
    "assistant/models/minicross/model.onnx",
    "assistant/models/minilm/model.onnx",
    "assistant/models/minilm/tokenizer.json",
    "assistant/models/prices.toml",
    "assistant/py.typed",
)


def build(target: str, into: Path, root: Path = ROOT) -> Path:
    """What the build backend makes; it needs no network, since the backend is installed."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(into)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    [made] = into.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_answers_outside_the_checkout(wheel: Path, sample_index: Path, tmp_path: Path) -> None:
    """In an environment of its own, which takes the dependencies from this one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    [packages] = (tmp_path / "env").glob("[Ll]ib/**/site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    # A path in such a file comes after ours, and what an editable installation says there is not read.
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()), "utf-8")
    python = next((tmp_path / "env").glob("[bS]*/python*"))
    index = str(shutil.copytree(sample_index, tmp_path / "index"))
    commands = [
        ["--version"],
        ["add", "--sample", "--index", index],
        ["ask", "How much do energy errors drop with Ewald message passing?", "--index", index],
        ["doctor", "--index", index],
    ]
    done = subprocess.run(
        [python, "-c", _COMMANDS, json.dumps(commands)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    where, version, added, *told = done.stdout.splitlines()
    assert Path(where).is_relative_to(packages)
    assert version == f"paper-assistant {assistant.__version__}"
    assert added == "0 added, 0 updated, 203 unchanged, 0 merged, 0 rejected."
    assert "averaging 10% on OC20 and 16% on OE62.” [1]" in told[0]
    assert f"prompts in {packages / 'assistant' / '_prompts'}" in "\n".join(told)


def test_the_wheel_holds_what_it_needs_and_no_more(wheel: Path) -> None:
    assert wheel.stat().st_size < LARGEST
    names = zipfile.ZipFile(wheel).namelist()
    assert not {*WITHIN} - {*names}
    assert not [
        name for name in names if name.split("/")[0].partition("-")[0] not in {"assistant", "paper_assistant"}
    ]
    [metadata] = [name for name in names if name.endswith("dist-info/METADATA")]
    assert "License-Expression: Apache-2.0" in zipfile.ZipFile(wheel).read(metadata).decode()
    [programs] = [name for name in names if name.endswith("dist-info/entry_points.txt")]
    assert "paper-assistant = assistant.cli:main" in zipfile.ZipFile(wheel).read(programs).decode()


def test_the_sources_make_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = build("sdist", tmp_path / "sdist")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    [root] = tmp_path.glob("paper_assistant-*")
    assert not [
        path for path in (root / "index_store").iterdir() if path.name not in {"README.md", ".gitignore"}
    ]
    again = build("wheel", tmp_path / "wheel", root)

    def contents(path: Path) -> dict[str, int]:
        return {info.filename: info.CRC for info in zipfile.ZipFile(path).infolist()}

    assert contents(again) == contents(wheel)


def test_every_dependency_has_a_licence_that_fits() -> None:
    found = [*licensed()]
    assert len(found) > 100
    assert not [f"{item.name}: {item.licence}" for item in found if not item.fits]


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-2.0-only)", True),
        ("(MIT OR GPL-2.0-only) AND AGPL-3.0-only", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_licences_are_judged_as_a_whole(licence: str, fits: bool) -> None:
    assert Licensed("x", "1", licence).fits is fits


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"license_expression": "MIT AND Zlib"}, "MIT AND Zlib"),
        ({"license": "3-Clause BSD License"}, "BSD-3-Clause"),
        ({"classifier": ["License :: OSI Approved :: Apache Software License"]}, "Apache-2.0"),
        ({"license": "GNU Affero General Public License"}, "GNU Affero General Public License"),
        ({}, "unknown"),
    ],
)
def test_a_licence_is_read_from_whichever_field_has_it(
    fields: dict[str, str | list[str]], licence: str
) -> None:
    assert licence_of(fields) == licence


@pytest.mark.parametrize(
    ("packages", "code", "told"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], 0, "1 packages checked, 0 could not be."),
        (
            [
                {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]},
                {"name": "b", "skip_reason": "not found"},
            ],
            1,
            "a 1: PYSEC-1, mended in 1.1",
        ),
        ([{"name": "b", "skip_reason": "not found"}], 2, "none of 1 packages was checked"),
    ],
)
def test_vulnerabilities_are_told(packages: list[dict[str, object]], code: int, told: str) -> None:
    found, lines = judged(json.dumps({"dependencies": packages}))
    assert found == code
    assert told in lines[0]


def test_an_advisory_service_that_is_not_there_is_told() -> None:
    code, lines = judged("", "Traceback\nConnectionError: no route\n")
    assert code == 2
    assert lines == [
        "No advisory service could be reached; nothing was checked.",
        "ConnectionError: no route",
    ]
