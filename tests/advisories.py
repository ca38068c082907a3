"""Asks an advisory service for known vulnerabilities of what is pinned, and tells when it could not be asked.

``python -m tests.advisories`` (or ``make audit``). Of an index without advisories, as mirrors are, pip-audit
alone says that no vulnerabilities are known; here that is told apart, and fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
_AUDIT = (
    "-m",
    "pip_audit",
    "--require-hashes",
    "--disable-pip",
    "--progress-spinner",
    "off",
    "--format",
    "json",
)
_ASKED, _FOUND, _NOT_ASKED = 0, 1, 2


def judged(reply: str, problem: str = "") -> tuple[int, list[str]]:
    """The exit code and the lines to print for what pip-audit wrote, ``problem`` being its standard error."""
    try:
        packages = json.loads(reply)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = problem.strip().splitlines()[-1:] or ["no reply"]
        return _NOT_ASKED, ["No advisory service could be reached; nothing was checked.", *last]
    asked = [package for package in packages if "skip_reason" not in package]
    if not asked:
        return _NOT_ASKED, [f"The index has no advisories; none of {len(packages)} packages was checked."]
    lines = [line for package in asked for line in _told(package)]
    not_asked = len(packages) - len(asked)
    lines.append(f"{len(asked)} packages checked, {not_asked} could not be.")
    return (_FOUND if len(lines) > 1 else _ASKED), lines


def _told(package: dict[str, Any]) -> Iterator[str]:
    for known in package["vulns"]:
        mended = ", ".join(known["fix_versions"]) or "no version yet"
        yield f"{package['name']} {package['version']}: {known['id']}, mended in {mended}"


def main() -> int:
    """Ask, and print what is known: 0 for nothing, 1 for vulnerabilities, 2 where nobody could be asked."""
    done = subprocess.run(
        [sys.executable, *_AUDIT, "--requirement", str(LOCK)], capture_output=True, text=True, check=False
    )
    code, lines = judged(done.stdout, done.stderr)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return code


if __name__ == "__main__":
    sys.exit(main())
