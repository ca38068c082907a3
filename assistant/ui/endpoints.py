"""The page's API: the calls of ``assistant.calls`` as named endpoints; all else of the page is private."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing, nullcontext
from itertools import groupby
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api
from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..calls import Call, calls_of
from ..errors import AssistantError
from ..export import Json
from .failures import explain
from .pacing import Pacing
from .preparation import Preparation
from .streaming import Batches

if TYPE_CHECKING:
    from ..assistant import Assistant

GENERAL_PROBLEM = "Something went wrong; please try again."
MISUSED = "There is no such endpoint, or it lacks an argument or knows none of that name: see docs/api.md."
WRITING = frozenset({"ask", "summarize"})
"""Those that may cost a language model's time, and are paced like the questions of a tab."""
_LOOK_SECONDS = 0.05


Paced = Callable[[str], Pacing]
"""How often a caller of that name asked."""


def publish(assistant: Assistant, preparation: Preparation, paced: Paced) -> None:
    """Add the endpoints to the page that is being built; so many at once as its queue allows by default."""
    for call in calls_of(lambda: nullcontext(assistant)):
        api(
            _endpoint(call, assistant, preparation, paced),
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
    call: Call, assistant: Assistant, preparation: Preparation, paced: Paced
) -> Callable[..., AsyncGenerator[Json]]:
    async def endpoint(request: gr.Request, *values: object) -> AsyncGenerator[Json]:
        try:
            if call.name in WRITING:
                most = assistant.settings.questions_per_minute
                if refused := paced(_caller(request)).refusal(most):
                    raise AssistantError(refused)  # noqa: TRY301 - told as any other
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
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_ONLY, annotation=gr.Request)
    theirs = [each.replace(kind=first.kind) for each in call.signature.parameters.values()]
    endpoint.__signature__ = inspect.Signature([first, *theirs], return_annotation=Json)  # type: ignore[attr-defined]
    hints: dict[str, Any] = {each.name: each.annotation for each in (first, *theirs)}
    endpoint.__annotations__ = {**hints, "return": Json}
    return endpoint


def _caller(request: gr.Request) -> str:
    """Who is paced: a user, else a machine, since callers begin as many sessions as they like."""
    return f"api {request.username or (request.client.host if request.client else '')}"


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
