"""Turns an exception into what a reader sees, and logs an unexpected one without secrets."""

from __future__ import annotations

import logging
import re
import traceback

from pydantic import SecretStr

from ..errors import AssistantError
from ..settings import Settings

_LOG = logging.getLogger("assistant.ui")
_KEY_LIKE = re.compile(r"\b(?:sk|pk|key|hf|gsk|xai)[-_][A-Za-z0-9_\-]{8,}|(?<=Bearer )\S+", re.IGNORECASE)


def explain(error: Exception, general: str, settings: Settings) -> str:
    """The sentence for the reader: an ``AssistantError``'s own, else ``general`` with the error logged."""
    if isinstance(error, AssistantError):
        return str(error)
    _LOG.error("%s\n%s", general, without_keys("".join(traceback.format_exception(error)), settings))
    return f"{general} What went wrong is in the log of the program that serves this."


def without_keys(text: str, settings: Settings) -> str:
    """The text without the configured keys, and without anything that looks like one."""
    secrets = [value for _, value in settings if isinstance(value, SecretStr)]
    for key in filter(None, (secret.get_secret_value().strip() for secret in secrets)):
        text = text.replace(key, "***")
    return _KEY_LIKE.sub("***", text)
