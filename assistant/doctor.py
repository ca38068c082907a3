"""Looks at everything an answer depends on and says, for each, what is so and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .assistant import Assistant
from .errors import AssistantError, IndexLockedError, IndexNotFoundError
from .index.layout import Layout, known_manifest
from .index.lock import ours
from .models.prompts import Prompt, prompts_folder
from .numbers import counted
from .types import Paper

Verdict = Literal["ok", "note", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``note`` is no fault, but worth knowing. ``hint`` is the next step."""

    name: str
    verdict: Verdict
    message: str
    hint: str = ""


def examine(assistant: Assistant) -> Iterator[Check]:
    """The findings, each as soon as it is known."""
    yield _prompts()
    yield _embedder(assistant)
    yield _reader()
    yield _model(assistant)
    if assistant.settings.chroma_url:
        yield _server(assistant)
    yield _index(assistant)


def _prompts() -> Check:
    try:
        names = sorted(path.stem for path in prompts_folder().glob("*.toml"))
        for name in names:
            Prompt.load(name)
        Prompt.load("answer")
    except AssistantError as error:
        return Check("prompts", "fail", error.message, error.hint)
    return Check(
        "prompts", "ok", f"{len(names)} prompt{'s' if len(names) != 1 else ''} in {prompts_folder()}."
    )


def _embedder(assistant: Assistant) -> Check:
    from .models.openai_embedder import OpenAIEmbedder

    try:
        embedder = assistant.embedder
        if isinstance(embedder, OpenAIEmbedder):
            return Check("embedder", "ok", embedder.check())
        embedder.embed_query("a test")
    except AssistantError as error:
        return Check("embedder", "fail", error.message, error.hint)
    return Check("embedder", "ok", f"{embedder.fingerprint}, {embedder.dimension} dimensions.")


def _reader() -> Check:
    from .models.cross_encoder import CrossEncoder

    try:
        CrossEncoder(threads=1).read("a test", [Paper("test", "A test", "It is read.")])
    except AssistantError as error:
        return Check("reader", "fail", error.message, error.hint)
    return Check("reader", "ok", "The cross-encoder reads.")


def _model(assistant: Assistant) -> Check:
    settings = assistant.settings
    if not settings.has_model:
        chosen = settings.mode == "extractive"
        return Check(
            "model",
            "note",
            "No language model is asked, as set; answers quote the papers."
            if chosen
            else "No language model is configured; answers quote the papers.",
            "Unset ASSISTANT_MODE to use one."
            if chosen
            else "Set OPENAI_API_KEY, or OPENAI_BASE_URL for a local one.",
        )
    from .models.chat import OpenAIChat

    try:
        with OpenAIChat(settings) as chat:
            found = chat.check()
    except AssistantError as error:
        return Check("model", "fail", error.message, error.hint)
    return Check("model", "ok", found)


def _server(assistant: Assistant) -> Check:
    from .index.server import ChromaServer

    server = ChromaServer(assistant.settings)
    try:
        found = server.check()
    except AssistantError as error:
        return Check("server", "fail", error.message, error.hint)
    finally:
        server.close()
    return Check("server", "ok", f"{found}.")


def _index(assistant: Assistant) -> Check:
    try:
        return check_index(assistant)
    except IndexLockedError as error:
        return Check("index", "note", error.message, "Stop that to have every record looked at.")


def check_index(assistant: Assistant) -> Check:
    """Whether every record of the index is as it was stored.

    Raises:
        IndexLockedError: another process has it, so that nothing of it can be said.
    """
    layout = Layout(assistant.path)
    left = "" if ours(layout) else _left(layout)
    try:
        index = assistant.index
        if not assistant.settings.chroma_url:
            index.examine()
    except IndexNotFoundError as error:
        return Check("index", "note", error.message, error.hint)
    except IndexLockedError:
        raise
    except AssistantError as error:
        return Check("index", "fail", error.message, error.hint)
    status = assistant.status()
    found = f"{counted(status.papers, 'paper')}, {counted(status.sentences, 'sentence')} in {status.path}."
    if status.notice:
        return Check("index", "note", f"{found} {status.notice}", "Mend the permissions to change it.")
    if left:
        return Check("index", "note", f"{found} {left}", "Nothing is to be done.")
    return Check("index", "ok", found)


def _left(layout: Layout) -> str:
    """What a crash has left in the folder, which opening the index clears up."""
    manifest = known_manifest(layout)
    told = []
    if manifest.state != "clean":
        told.append("A change that was cut off has been settled.")
    if manifest.papers and layout.leftovers(manifest.generation):
        told.append("What a rebuild that was cut off had left is cleared away.")
    if layout.owner.exists():
        told.append("The process that had it last did not give it back, and is gone.")
    return " ".join(told)
