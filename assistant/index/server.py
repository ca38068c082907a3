"""The connection to a Chroma server: time-outs, retries, its failures as ours; it knows nothing of papers.

Chroma's own client waits for ever and tells a wrong token by a bare ``Exception``. So its requests go through
an HTTP client of ours from the first one on, which is the one seam where what the server does becomes an
``IndexServerError``. Nothing is sent to anybody but this server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx
from chromadb.api import ServerAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from chromadb.config import System
from chromadb.errors import NotFoundError

from ..errors import IndexServerError
from ..models.retry import Deadline, retrying
from ..settings import Settings

_NEXT = "What is stored is kept, and an import goes on where it stopped when the same is added again."
_ON_COLLECTION = re.compile(r"/collections/[0-9a-f-]{36}(/|$)")
_LISTED = 100
"""Collections listed at once."""


class CollectionGoneError(IndexServerError):
    """A collection that was there when it was opened is not any more: somebody rebuilt the library."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """What the server did, and whether it may not do so again."""

    error: IndexServerError
    transient: bool = False
    retry_after: float | None = None


class _Refused(Exception):  # noqa: N818 - carries a failure from the attempt to the translation
    def __init__(self, failure: _Failure) -> None:
        super().__init__()
        self.failure = failure


class ChromaServer:
    """One database of a Chroma server. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        """Prepare the connection; the first request makes it."""
        self.address = settings.chroma_url or ""
        self._tenant, self._database = settings.chroma_tenant, settings.chroma_database
        system = System(
            ChromaSettings(
                anonymized_telemetry=False,
                chroma_api_impl="chromadb.api.fastapi.FastAPI",
                chroma_server_host=settings.chroma_url,
                chroma_server_http_port=1,  # wanted, and not looked at: the address says it
            )
        )
        api: Any = system.instance(cast("Any", ServerAPI))
        api._session.close()
        api._session = _Session(settings)
        self._api: Any = api

    def check(self) -> str:
        """The server in words, after asking it.

        Raises:
            IndexServerError: it does not answer, refuses the token, or has no such tenant or database.
        """
        try:
            version = self._api.get_version()
            self._api.get_database(self._database, tenant=self._tenant)
        except (ValueError, TypeError, KeyError):
            raise _no_chroma(self.address, "its reply is not one of Chroma's") from None
        except NotFoundError:
            raise IndexServerError(
                f"The Chroma server at {self.address} has no database {self._database!r} "
                f"of a tenant {self._tenant!r}.",
                "Mend ASSISTANT_CHROMA_DATABASE and ASSISTANT_CHROMA_TENANT.",
            ) from None
        return f"Chroma with API {version} at {self.address}"

    def find(self, name: str) -> Collection | None:
        """The collection of this name, if there is one."""
        try:
            model = self._api.get_collection(name, tenant=self._tenant, database=self._database)
        except NotFoundError:
            return None
        return Collection(client=self._api, model=model, embedding_function=None)

    def make(
        self, name: str, metadata: Mapping[str, str | int], configuration: Mapping[str, Any]
    ) -> Collection:
        """The collection of this name, made if there is none; one that is there keeps its metadata."""
        model = self._api.create_collection(
            name,
            metadata=dict(metadata),
            configuration=cast("Any", dict(configuration)),
            get_or_create=True,
            tenant=self._tenant,
            database=self._database,
        )
        return Collection(client=self._api, model=model, embedding_function=None)

    def drop(self, name: str) -> None:
        """Delete a collection; one that is not there is passed over."""
        if self.find(name) is not None:
            self._api.delete_collection(name, tenant=self._tenant, database=self._database)

    def names(self, prefix: str) -> list[str]:
        """The names of all collections that begin with ``prefix``."""
        found: list[str] = []
        offset = 0
        while True:
            page = self._api.list_collections(
                limit=_LISTED, offset=offset, tenant=self._tenant, database=self._database
            )
            found += [model.name for model in page if model.name.startswith(prefix)]
            if len(page) < _LISTED:
                return sorted(found)
            offset += _LISTED

    def close(self) -> None:
        """Give the connections back."""
        self._api._session.close()


class _Session(httpx.Client):
    """The HTTP client of Chroma's client: replies of use come back, all else is an ``IndexServerError``.

    All that Chroma is asked may be asked twice: upserts, deletions by id, and ``add``, which leaves what is
    there.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
            headers={"Content-Type": "application/json", **_authentication(settings)},
        )
        self._settings = settings
        self._server = f"The Chroma server at {settings.chroma_url}"

    def send(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        """Send a request until it is answered, or has failed for good."""
        return retrying(
            lambda: self._once(request, **kwargs),
            translate=self._translated,
            deadline=Deadline(self._settings.deadline),
            max_retries=self._settings.max_retries,
            max_wait=self._settings.max_retry_wait,
        )

    def _once(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        response = super().send(request, **kwargs)
        if failure := self._failure(response):
            raise _Refused(failure)
        return response

    def _failure(self, response: httpx.Response) -> _Failure | None:
        """What is wrong with a reply; a collection or database that is not there is an answer too."""
        status, said, wait = response.status_code, self._said(response), _wait(response)
        passing = status in {408, 429} or status >= 500
        if status in {401, 403}:
            token = self._settings.chroma_token
            did = f"refused the token ({status})" if token else f"wants a token ({status})"
            return _Failure(
                IndexServerError(
                    f"{self._server} {did}.",
                    "Set ASSISTANT_CHROMA_TOKEN to one that may use this tenant and database; it is sent in "
                    f"the header {self._settings.chroma_header} (ASSISTANT_CHROMA_HEADER).",
                )
            )
        if said is None:
            if passing:
                return _Failure(IndexServerError(f"{self._server} failed ({status}).", _NEXT), True, wait)
            return _Failure(_no_chroma(self._settings.chroma_url or "", str(status)))
        if response.is_success:
            return None
        if status == 404:
            if not _ON_COLLECTION.search(response.request.url.path):
                return None
            return _Failure(
                CollectionGoneError(
                    f"{self._server} has lost the collection: the library was rebuilt or removed.",
                    "Run the same again.",
                )
            )
        if passing:
            return _Failure(IndexServerError(f"{self._server} failed ({status}): {said}.", _NEXT), True, wait)
        return _Failure(IndexServerError(f"{self._server} refused a request ({status}): {said}.", _NEXT))

    def _said(self, response: httpx.Response) -> str | None:
        """What the server says went wrong; ``None`` where the reply is not one of Chroma's."""
        if response.is_success:
            is_json = response.headers.get("content-type", "").startswith("application/json")
            return "" if is_json else None
        try:
            body = json.loads(response.read())
            said = " ".join(str(body["message"] or body["error"]).split())[:300].rstrip(".")
        except (ValueError, TypeError, KeyError):
            return None
        token = self._settings.chroma_token
        return said.replace(token.get_secret_value(), "[token]") if token else said

    def _translated(self, error: Exception) -> _Failure:
        if isinstance(error, _Refused):
            return error.failure
        if not isinstance(error, httpx.HTTPError | httpx.InvalidURL | OSError):
            raise error
        settings = self._settings
        if isinstance(error, httpx.ConnectTimeout):
            did = f"did not accept a connection within {settings.connect_timeout:g} seconds"
        elif isinstance(error, httpx.TimeoutException):
            did = f"did not answer within {settings.read_timeout:g} seconds"
        elif isinstance(error, httpx.ConnectError):
            did = "cannot be reached"
        else:
            did = f"broke off the connection ({type(error).__name__})"
        return _Failure(
            IndexServerError(
                f"{self._server} {did}.",
                f"See whether it runs and ASSISTANT_CHROMA_URL is right. {_NEXT}",
            ),
            transient=True,
        )


def _authentication(settings: Settings) -> dict[str, str]:
    """The header with the token; in ``Authorization`` a token without a scheme is a bearer's."""
    if settings.chroma_token is None:
        return {}
    token = settings.chroma_token.get_secret_value()
    bare = settings.chroma_header.lower() == "authorization" and " " not in token
    return {settings.chroma_header: f"Bearer {token}" if bare else token}


def _no_chroma(address: str, reason: str) -> IndexServerError:
    return IndexServerError(
        f"There is no Chroma server of version 1 at {address} ({reason}).",
        "Mend ASSISTANT_CHROMA_URL, or bring the server to chromadb 1.x.",
    )


def _wait(response: httpx.Response) -> float | None:
    """The seconds that the server asks to wait."""
    asked = response.headers.get("retry-after", "")
    return float(asked) if re.fullmatch(r"\d{1,6}", asked) else None
