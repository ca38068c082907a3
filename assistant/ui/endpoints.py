"""The page's API: the calls of ``assistant.calls`` as named endpoints; all else of the page is private."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing, nullcontext
from itertools import groupby
from typing import TYPE_CHECKING

import gradio as gr
from gradio.events import api
from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..calls import Call, calls_of
from ..errors import AssistantError
from ..export import Json
from .failures import explain
from .preparation import Preparation
from .streaming import Batches

if TYPE_CHECKING:
    from ..assistant import Assistant

GENERAL_PROBLEM = "Something went wrong; please try again."
MISUSED = "There is no such endpoint, or it lacks an argument or knows none of that name: see docs/api.md."
_LOOK_SECONDS = 0.05


def publish(assistant: Assistant, preparation: Preparation) -> None:
    """Add the endpoints to the page that is being built; so many at once as its queue allows by default."""
    for call in calls_of(lambda: nullcontext(assistant)):
        api(
            _endpoint(call, assistant, preparation),
            api_name=call.name,
            api_description=" ".join(call.description.split()),
        )


async def _misused(request: Request, error: Exception) -> Response:
    """Gradio looks names and arguments up unchecked, and would answer with status 500 and a traceback."""
    if "/call/" not in request.url.path:
        raise error
    return JSONResponse({"error": MISUSED}, status_code=422)


ON_ERROR = dict.fromkeys((FnIndexInferError, KeyError, TypeError, ValueError), _misused)
"""What answers where a call cannot even begin; for the application that Gradio makes."""


def _endpoint(
    call: Call, assistant: Assistant, preparation: Preparation
) -> Callable[..., AsyncGenerator[Json]]:
    async def endpoint(*values: object) -> AsyncGenerator[Json]:
        try:
            # What a caller leaves out comes as its default.
            arguments = dict(zip(call.signature.parameters, values, strict=False))
            stream = call.events(arguments)
            if preparation.under_way:
                yield {"event": "status", "message": "Waiting until the collection is ready"}
            await _until_ready(preparation)
            async with aclosing(Batches(lambda: stream).read()) as batches:
                async for batch in batches:
                    for item in _joined(batch):
                        yield item
        except Exception as error:  # noqa: BLE001 - the caller gets a sentence whatever happened
            sentence = explain(error, GENERAL_PROBLEM, assistant.settings)
            raise gr.Error(sentence, print_exception=False) from None

    # What Gradio reads the parameters from.
    endpoint.__signature__ = call.signature.replace(return_annotation=Json)  # type: ignore[attr-defined]
    hints = {name: parameter.annotation for name, parameter in call.signature.parameters.items()}
    endpoint.__annotations__ = {**hints, "return": Json}
    return endpoint


async def _until_ready(preparation: Preparation) -> None:
    while preparation.under_way:
        await asyncio.sleep(_LOOK_SECONDS)
    if (snapshot := preparation.snapshot()).phase == "failed":
        raise AssistantError(snapshot.problem)


def _joined(batch: Iterable[Json]) -> Iterator[Json]:
    """The events of a batch with the pieces of text that follow each other made one."""
    for kind, items in groupby(batch, key=lambda item: item.get("event")):
        if kind == "token":
            yield {"event": "token", "text": "".join(item["text"] for item in items)}
        else:
            yield from items
