"""Nothing leaves the machine: the whole way is watched from outside, native code included."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from .conftest import need

PROGRAM = """
import sys
from assistant import Assistant, sample_collection
with Assistant.open(sys.argv[1]) as a:
    a.add(sample_collection())
    assert a.ask("What causes over-squashing?").citations
    assert a.as_retriever().retrieve("graphs")
    from assistant.models.tokens import count
    assert count("a text", "a-model-nobody-knows")
    from assistant.models.llamaindex import MiniLMEmbedding
    MiniLMEmbedding(a.embedder)
"""


def test_no_connection_and_no_look_up(tmp_path: Path) -> None:
    need(shutil.which("strace"), "strace")
    log = tmp_path / "calls"
    watch = ["strace", "-f", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]
    subprocess.run(
        [*watch, sys.executable, "-c", PROGRAM, str(tmp_path / "index")], check=True, capture_output=True
    )
    reached = re.findall(r"sa_family=AF_INET6?, .*", log.read_text("utf-8"))
    assert not [call for call in reached if "127.0.0.1" not in call and "::1" not in call]
    assert "htons(53)" not in log.read_text("utf-8")
