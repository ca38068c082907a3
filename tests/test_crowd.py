"""Readers at once: everyone gets the answer to what they asked. `benchmarks.crowd` tells how fast."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .browser import serving
from .crowd import SlowModel, crowd
from .openai_server import MODEL


class QuickModel(SlowModel):
    """As slow as it takes for answers to be written side by side."""

    first, delay = 0.2, 0.005


@pytest.mark.slow
def test_nobody_gets_the_answer_of_another(sample_index: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(sample_index, tmp_path / "index"))
    with (
        QuickModel() as model,
        serving(index, tmp_path / "log", OPENAI_BASE_URL=model.url, ASSISTANT_MODEL=MODEL) as served,
    ):
        served.wait_until("ok")
        heard = crowd(served.url, sessions=6, questions=3)
        assert len(heard) == 18
        assert all(each.right for each in heard), [each for each in heard if not each.right]
        assert served.end() == 0
        assert served.errors() == ""
