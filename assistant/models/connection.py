"""The OpenAI client of one endpoint: made when needed, patient only so long, silent about its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from ..errors import SettingsError
from ..settings import OPENAI_URL, Settings
from . import chat_errors as failing
from .endpoint import Endpoint, Names, without_login
from .retry import Deadline, retrying

if TYPE_CHECKING:
    import openai

T = TypeVar("T")


class Connection:
    """What every use of an endpoint shares. Several threads may use one at once."""

    def __init__(self, settings: Settings, names: Names | None = None) -> None:
        """Talk to ``settings.base_url``.

        Raises:
            SettingsError: the key is none that can be sent.
        """
        self._settings = settings
        names = names or Names()
        key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
        if not (key.isascii() and key.isprintable()):
            # The HTTP library would refuse such a header, and quote it.
            raise SettingsError(f"{names.key} holds characters that no key has.", "Copy the key again.")
        self._key = key
        self.endpoint = Endpoint.of(settings, key, names)
        self._lock = Lock()
        self._opened: openai.OpenAI | None = None

    def __repr__(self) -> str:
        return f"'{self.endpoint.model}' at {self.endpoint.place}"

    @property
    def client(self) -> openai.OpenAI:
        """The client, made at first use: to import it takes most of a second."""
        with self._lock:
            if self._opened is None:
                import openai

                key = self._key or "none"  # the client refuses an empty one
                url, login = without_login(self._settings.base_url or OPENAI_URL)
                self._opened = openai.OpenAI(api_key=key, base_url=url, default_headers=login, max_retries=0)
            return self._opened

    def timeout(self, deadline: Deadline, longest: float | None = None) -> openai.Timeout:
        """The time-outs of one request, never beyond the deadline."""
        import openai

        left = deadline.remaining
        connect = min(self._settings.connect_timeout, left)
        return openai.Timeout(min(longest or self._settings.read_timeout, left), connect=connect)

    def translate(self, error: BaseException, *, deadline: Deadline) -> failing.Failure:
        """What an exception means, which after the deadline is that it has passed."""
        return failing.LATE.at(self.endpoint) if deadline.passed else failing.translate(error, self.endpoint)

    def retrying(self, attempt: Callable[[], T], deadline: Deadline, *, once: bool = False) -> T:
        """What ``attempt`` returns, tried again as the settings say, or not where only ``once``."""
        return retrying(
            attempt,
            translate=partial(self.translate, deadline=deadline),
            deadline=deadline,
            max_retries=0 if once else self._settings.max_retries,
            max_wait=self._settings.max_retry_wait,
        )

    def close(self) -> None:
        """Give back idle connections; the next use opens new ones."""
        with self._lock:
            client, self._opened = self._opened, None
        if client is not None:
            client.close()
