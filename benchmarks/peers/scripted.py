"""A model that cites as it is told: rightly, another paper, or a source that does not exist.

It reads the sources out of the prompt of whichever system asks, and says one sentence of the first one, word
for word, so that all that can be wrong with its answer is the citation. It knows no language.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from tests.openai_server import Request

Manner = Literal["rightly", "another paper", "out of range"]
MANNERS: tuple[Manner, ...] = ("rightly", "another paper", "out of range")

_OURS = re.compile(r"^(P\d+)(\.S\d+): (.+)$", re.MULTILINE)
_LLAMA_INDEX = re.compile(r"^Source (\d+):\n(.*?)(?=^Source \d+:|^------|\Z)", re.MULTILINE | re.DOTALL)
_PAPER_QA = re.compile(r"^(pqac-[0-9a-f]{8}): (.*?)(?=^pqac-|^Valid Keys|\Z)", re.MULTILINE | re.DOTALL)
_EXCERPT = re.compile(r"^Excerpt from .*?\n---\n\n(.*)\n\n---\n\nQuestion:", re.MULTILINE | re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][^.!?\n]*\.(?=\s|$)")
_WORDS = 8
"""A sentence of fewer is a heading or a fragment."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a prompt: what it is called there, the paper it belongs to, and what it says."""

    handle: str
    paper: str
    text: str


class Scripted:
    """The replies of one server; ``manner`` may be set at any time."""

    def __init__(self, manner: Manner = "rightly") -> None:
        """Cite in this manner."""
        self.manner: Manner = manner
        self.claims: list[str] = []
        self.able = True
        """Whether the last answer could be cited in this manner: one source alone has no other."""

    def __call__(self, request: Request) -> str:
        """The reply to a request."""
        prompt = prompt_of(request.body)
        if excerpt := _EXCERPT.search(prompt):  # paper-qa asks for a summary of each source first
            return json.dumps({"summary": said_by(excerpt[1]), "relevance_score": 8})
        sources, template = sources_of(prompt)
        claim, source = next(
            ((said, each) for each in sources if (said := said_by(each.text))), ("Nothing is said.", None)
        )
        self.claims.append(claim)
        return f"{claim.rstrip('.')} {template.format(self._cited(sources, source, template))}."

    def _cited(self, sources: list[Source], source: Source | None, template: str) -> str:
        self.able = True
        if self.manner == "out of range" or source is None:
            return (
                {"[{}]": "47", "({})": "pqac-00000000"}[template] if sources[0].paper[0] != "P" else "P47.S1"
            )
        others = [each for each in sources if each.paper != source.paper and len(each.text.split()) >= _WORDS]
        self.able = self.manner == "rightly" or bool(others)
        return others[-1].handle if self.manner == "another paper" and others else source.handle


def sources_of(prompt: str) -> tuple[list[Source], str]:
    """The sources of a prompt, and how that system wants them cited."""
    if found := _OURS.findall(prompt):
        return [Source(paper + rest, paper, text) for paper, rest, text in found], "[{}]"
    _, _, numbered = prompt.partition("Below are several numbered sources of information:")
    if found := _LLAMA_INDEX.findall(numbered):
        return [Source(number, number, text) for number, text in found], "[{}]"
    context = prompt.partition("Context:")[2].partition("\n---\n")[0]
    return [Source(key, key, text) for key, text in _PAPER_QA.findall(context)], "({})"


def said_by(text: str) -> str:
    """The first whole sentence of a text, its title left out."""
    whole = (found.group() for found in _SENTENCE.finditer(text))
    return next((sentence for sentence in whole if len(sentence.split()) >= _WORDS), "")


def prompt_of(body: dict[str, Any]) -> str:
    """All that a request says, the system's words included."""
    return "\n".join(content_of(message) for message in body["messages"])


def content_of(message: dict[str, Any]) -> str:
    """What a message says; some clients send it in parts."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)
