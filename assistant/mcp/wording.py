"""The results of the tools as text for a model to read: cited papers with their sentences, quoted."""

from __future__ import annotations

from collections.abc import Callable

from ..confidence import in_words
from ..export import Json
from ..numbers import counted
from ..outputs.escaping import clean

_EXAMPLES = 2


def in_text(name: str, result: Json) -> str:
    """The result of the tool of that name, without characters that nobody sees."""
    return clean(_TEXTS[name](result))


def _answer(result: Json) -> str:
    sure = in_words(result["confidence"]) if result["status"] == "answered" else ""
    return _joined(
        result["text"],
        _evidence(result),
        _doubts(result),
        sure and f"Confidence that the collection answers this: {sure}",
        *result["notices"],
    )


def _summary(result: Json) -> str:
    # Its table quotes the sentences already.
    return _joined(result["text"], *result["notices"])


def _hits(result: Json) -> str:
    lines = []
    for hit in result["hits"]:
        lines.append(f"{hit['rank']}. {_line(hit['title'])} (id {hit['id']}, score {hit['score']:.2f})")
        lines += [f"   - “{_line(sentence['text'])}”" for sentence in hit["evidence"]]
    return "\n".join(lines) or "No paper was found."


def _topics(result: Json) -> str:
    found, papers = counted(len(result["topics"]), "topic"), counted(result["papers"], "paper")
    lines = [f"{found} of {papers}, the largest first."]
    for topic in result["topics"]:
        titles = "; ".join(_line(paper["title"]) for paper in topic["examples"][:_EXAMPLES])
        lines.append(
            f"- {topic['id']}: {_line(topic['name'])} ({counted(topic['size'], 'paper')}), as in: {titles}"
        )
    return _joined("\n".join(lines), *result["notices"])


def _evidence(result: Json) -> str:
    """The sentences behind each mark; an answer that quotes has them already."""
    if result["mode"] == "extractive":
        return ""
    lines = []
    for cited in result["citations"]:
        lines.append(f"[{cited['number']}] {_line(cited['title'])} (id {cited['id']})")
        lines += [f"   - “{_line(sentence['text'])}”" for sentence in cited["sentences"]]
    return "\n".join(["Sentences that support it:", *lines]) if lines else ""


def _doubts(result: Json) -> str:
    """The statements that the cited sentences do not carry."""
    doubtful = [claim for claim in result["claims"] if claim["support"] in _VERDICTS]
    lines = [
        f"- “{_line(each['text'])}” is {_VERDICTS[each['support']]}: {each['reason']}" for each in doubtful
    ]
    return "\n".join(["To be doubted:", *lines]) if lines else ""


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _line(text: str) -> str:
    """A paper's text on one line, so that it cannot pass for anything of ours."""
    return " ".join(text.split())


_VERDICTS = {"partial": "partly supported", "unsupported": "not supported"}
_TEXTS: dict[str, Callable[[Json], str]] = {
    "ask": _answer,
    "search": _hits,
    "topics": _topics,
    "summarize": _summary,
}
