"""Counts tokens as OpenAI's models do, never reaching for the network; an estimate for all other models.

The two vocabularies come from llama-index-core, which ships them; tiktoken's own loader, which downloads
what it misses, is passed by. Where neither is at hand, a token counts as three characters.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from .ports import Message

if TYPE_CHECKING:
    import tiktoken

CHARACTERS_PER_TOKEN = 3
"""For the estimate without a vocabulary: below English prose (about 4), so that budgets hold."""

_MESSAGE_OVERHEAD = 4
_REPLY_OVERHEAD = 3
_SLICE = 10_000
"""Longer texts are counted in slices, as one endless word takes tiktoken more than linear time."""

_OLDER_MODEL = re.compile(r"(?:ft:)?gpt-(?:4|3\.5|35)(?![\d.o])|text-embedding-(?:3|ada)")
_URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
_ENCODINGS = {
    # Name: the SHA-256 of the vocabulary, and the pattern that cuts a text into words (from tiktoken, MIT).
    "cl100k_base": (
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$"
        r"|\s*[\r\n]|\s+(?!\S)|\s",
    ),
    "o200k_base": (
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ),
}


def count(text: str, model: str | None = None) -> int:
    """How many tokens ``text`` is for ``model``; exact for OpenAI's models, an estimate for others."""
    encoding = _encoding(_encoding_name(model))
    if encoding is None:
        return -(-len(text) // CHARACTERS_PER_TOKEN)
    slices = (text[start : start + _SLICE] for start in range(0, len(text), _SLICE))
    return sum(len(encoding.encode_ordinary(piece)) for piece in slices)


def count_messages(messages: Sequence[Message], model: str | None = None) -> int:
    """How many tokens a chat is as a prompt, with the few that each message adds."""
    return sum(count(message.content, model) + _MESSAGE_OVERHEAD for message in messages) + _REPLY_OVERHEAD


def cut(text: str, limit: int, model: str | None = None) -> str:
    """The longest beginning of ``text``, to a token, that is at most ``limit`` tokens for ``model``."""
    if len(text) <= limit and len(text.encode("utf-8", "surrogatepass")) <= limit:
        return text  # a token is at least a byte: most texts need no vocabulary
    encoding = _encoding(_encoding_name(model))
    if encoding is None:
        return text[: limit * CHARACTERS_PER_TOKEN]
    kept, left = [], limit
    for start in range(0, len(text), _SLICE):
        piece = text[start : start + _SLICE]
        found = encoding.encode_ordinary(piece)
        if len(found) <= left:
            kept.append(piece)
            left -= len(found)
            continue
        # The last token may be half a character, and the cut text may fall into more tokens than it had.
        for end in range(left, 0, -1):
            piece = encoding.decode_bytes(found[:end]).decode("utf-8", "ignore")
            if len(encoding.encode_ordinary(piece)) <= left:
                kept.append(piece)
                break
        break
    return "".join(kept)


def _encoding_name(model: str | None) -> str:
    """``cl100k_base`` for gpt-3.5, gpt-4 and embeddings, else ``o200k_base``, whatever provider is named."""
    return "cl100k_base" if _OLDER_MODEL.match((model or "").rpartition("/")[2]) else "o200k_base"


@lru_cache(maxsize=len(_ENCODINGS))
def _encoding(name: str) -> tiktoken.Encoding | None:
    """The encoding, or ``None`` where its vocabulary is on this machine nowhere or damaged."""
    import tiktoken

    digest, pattern = _ENCODINGS[name]
    for folder in _folders():
        try:
            data = (folder / hashlib.sha1(_URL.format(name).encode()).hexdigest()).read_bytes()  # noqa: S324 - tiktoken's file names
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() == digest:
            ranks = (line.split() for line in data.splitlines())
            vocabulary = {base64.b64decode(token): int(rank) for token, rank in ranks}
            # No special tokens: in a paper or a question "<|endoftext|>" is just text.
            return tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=vocabulary, special_tokens={})
    return None


def _folders() -> Iterable[Path]:
    """Where a vocabulary may lie. The same file by its hash, so the order only matters for speed."""
    # ``find_spec`` of a submodule imports its parent, ``llama_index``, which is an empty namespace.
    spec = find_spec("llama_index.core")
    for location in (spec.submodule_search_locations if spec else None) or ():
        yield Path(location) / "_static" / "tiktoken_cache"
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if os.environ.get(variable):
            yield Path(os.environ[variable])
