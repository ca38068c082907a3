"""Assistants that answer differently over one open collection, and the settings that were saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant import Assistant, Settings
from assistant import settings_file as kept
from assistant.errors import SettingsError

from .openai_server import OpenAIServer

QUESTION = "What causes over-squashing?"


def test_a_session_with_a_model_leaves_the_others_as_they_are(
    sample: Assistant, openai_server: OpenAIServer
) -> None:
    mine = sample.with_settings(base_url=openai_server.url, model="mine")
    quiet = mine.with_settings(mode="extractive")
    assert mine.ask(QUESTION).mode == "llm"
    assert quiet.ask(QUESTION).mode == sample.ask(QUESTION).mode == "extractive"
    assert "mine" in mine.composer
    assert "no language model is asked" in quiet.composer
    assert mine.spent.calls == 1
    assert mine.spent.prompt_tokens > 0
    assert sample.spent.calls == quiet.spent.calls == 0  # another's endpoint is another's account
    mine.close()
    assert sample.search(QUESTION)
    assert mine.ask(QUESTION).mode == "llm"  # closed, it gave back connections, and makes new ones
    mine.close()


def test_sessions_of_one_endpoint_share_its_budget_and_count_for_themselves(
    sample: Assistant, openai_server: OpenAIServer
) -> None:
    owner = sample.with_settings(base_url=openai_server.url, session_tokens=20_000)
    first, second = owner.with_settings(), owner.with_settings(session_tokens=100)
    assert first.ask(QUESTION).mode == "llm"
    refused = second.ask(QUESTION)
    assert refused.mode == "extractive"
    assert "100 tokens of this session" in refused.notices[0]
    assert (first.spent.calls, second.spent.calls, owner.spent.calls) == (1, 0, 1)
    owner.close()


def test_a_key_stays_with_its_host() -> None:
    settings = Settings.load(api_key="sk-theirs", base_url="http://127.0.0.1:9/v1")
    assert settings.changed(base_url="http://127.0.0.1:9/v2").api_key == SecretStr("sk-theirs")
    assert settings.changed(base_url="http://127.0.0.1:10/v1").api_key is None
    assert settings.changed(base_url=None).api_key is None
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL is not an http"):
        settings.changed(base_url="file:///etc/passwd")


# -- saved on purpose --------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the reader's own settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "paper-assistant" / "settings.toml"


def test_a_saved_endpoint_is_used_where_the_environment_names_none(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings.load().api_key is None
    told = {"model": "mine “7B”", "base_url": "http://127.0.0.1:9/v1", "api_key": 'sk-"x"'}
    assert kept.save(told) == home
    assert home.stat().st_mode & 0o777 == 0o600
    assert home.parent.stat().st_mode & 0o777 == 0o700
    settings = Settings.load()
    assert (settings.model, settings.base_url) == (told["model"], told["base_url"])
    assert settings.api_key == SecretStr('sk-"x"')
    assert Settings.load(model="other").model == "other"
    # All of it or nothing: the key is for its own endpoint.
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:10/v1")
    settings = Settings.load()
    assert (settings.model, settings.api_key) == ("gpt-5.4-mini", None)
    assert kept.forget()
    assert not kept.forget()
    assert not home.exists()


@pytest.mark.parametrize(
    "text", ["api_key = ", "api_key = 3", 'other = "x"', "\x00", "[model]", "a" * 20_000, "x = " + "[" * 9000]
)
def test_a_file_that_is_none_says_so_without_what_it_holds(home: Path, text: str) -> None:
    home.parent.mkdir(parents=True)
    home.write_text(f'model = "secret"\n{text}\n')
    with pytest.raises(SettingsError, match=r"settings\.toml") as told:
        Settings.load()
    assert "secret" not in str(told.value)


def test_what_cannot_be_saved_is_said(home: Path) -> None:
    with pytest.raises(SettingsError, match="api_key"):
        kept.save({"api_key": "a\nb"})
    home.parent.parent.mkdir(parents=True)
    home.parent.write_text("a file")
    with pytest.raises(SettingsError, match="cannot be written"):
        kept.save({"api_key": "ab"})
    assert kept.saved() == {}
