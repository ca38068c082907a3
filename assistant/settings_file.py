"""The reader's own settings file: the endpoint that was saved on purpose, readable by its owner alone.

TOML with ``model``, ``base_url`` and ``api_key``. The environment goes before it. It knows no other room.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from .errors import SettingsError
from .whole import write_whole

NAMES = ("model", "base_url", "api_key")
_LONGEST = 10_000
_HINT = "Mend it or delete it."


def settings_file() -> Path:
    """Where it lies, whether it is there or not."""
    configured = os.environ.get("XDG_CONFIG_HOME")
    return Path(configured or Path("~/.config").expanduser()) / "paper-assistant" / "settings.toml"


def saved() -> dict[str, str]:
    """What was saved; nothing where there is no file.

    Raises:
        SettingsError: the file cannot be read, or holds something else.
    """
    path = settings_file()
    try:
        with path.open("rb") as file:
            data = tomllib.loads(file.read(_LONGEST).decode())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", _HINT) from None
    except (ValueError, RecursionError):
        # The parser's own words could quote a part of the key.
        raise SettingsError(f"{path} is not valid TOML.", _HINT) from None
    if wrong := sorted(name for name, value in data.items() if name not in NAMES or type(value) is not str):
        raise SettingsError(f"{path} holds {wrong[0]!r}, which is no setting that it may hold.", _HINT)
    return dict(data)


def save(settings: Mapping[str, str | None]) -> Path:
    """Write those of ``NAMES`` that have a value, in one step; returns where.

    Raises:
        SettingsError: a value that cannot stand on a line, or the file cannot be written.
    """
    path = settings_file()
    kept = {name: value for name in NAMES if (value := settings.get(name))}
    for name, value in kept.items():
        if not value.isprintable():
            raise SettingsError(f"The {name} holds characters that cannot be saved.", "Type it again.")
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in kept.items())
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, text.encode(), private=True)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written: {error.strerror}.", "Free some space or mend its permissions."
        ) from None
    return path


def forget() -> bool:
    """Delete the file; whether there was one.

    Raises:
        SettingsError: it cannot be deleted.
    """
    path = settings_file()
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise SettingsError(f"{path} cannot be deleted: {error.strerror}.", "Delete it by hand.") from None
    return True
