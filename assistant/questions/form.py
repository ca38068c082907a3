"""What form of answer a question asks for: one fact or several papers, compared or not, and of which parts.

It reads English wording and knows no collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBERS = {word: number for number, word in enumerate("two three four five six seven eight".split(), 2)}
_WORK = (
    r"(?:papers|articles|preprints|publications|(?<=these )works|(?<=those )works|(?<=which )works|"
    r"(?<=related )works|(?<=several )works|(?<=other )works|(?<=some )works|(?<=these )studies|"
    r"(?<=those )studies|(?<=which )studies|(?<=several )studies|(?<=other )studies)"
)
""""Works" and "studies" are verbs as well: they count after a word that no verb follows."""
_THINGS = (
    r"(?:papers|articles|preprints|publications|methods|approaches|techniques|algorithms|"
    r"architectures|attempts|ideas|ways|routes|options|strategies|alternatives|attacks|defen[cs]es|systems|"
    r"frameworks|solutions|tools|proposals|variants|views|families|schemes|networks|models|protocols|"
    r"benchmarks|datasets|mechanisms|remedies|explanations|findings|results|arguments)"
)
_BETWEEN = r"(?:[\w'’/-]+\s+){0,4}?"
_COUNT = re.compile(
    rf"\b(?P<count>{'|'.join(_NUMBERS)}|[2-8])\s+(?:[\w'’/-]+\s+){{0,2}}?"
    r"(?:papers|works|studies|articles|attempts|methods|approaches|techniques|algorithms|systems|frameworks|ideas|"
    r"proposals)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    rf"\b{_WORK}\b"
    rf"|(?:^|[.?!,;:]\s*|\band\s+)(?:which|what)\s+{_BETWEEN}{_THINGS}\s+(?!does\b|did\b|is\b|was\b|of\s+the\b)"
    rf"|\bthe\s+{_BETWEEN}{_THINGS}\s+(?:here|(?:in|of)\s+th(?:is|e)\s+(?:collection|library|corpus))\b"
    r"|(?:^\W*|[.?!;]\s+)(?:(?:give|write|provide)\s+(?:me\s+)?)?(?:an?\s+)?"
    r"(?:list|name|enumerate|collect|survey|summari[sz]e|review|outline|overview|summary)\b"
    r"|\bwhat\s+is\s+(?:there|known)\b|\b(?:each|every)\s+(?:one|paper|method|approach|work|study)\b",
    re.IGNORECASE,
)
"""Words by which a question asks for several papers: "which methods", but not "which method does it use"."""
_COMPARED = re.compile(
    r"\bcompare\b(?!\s+(?:favou?rably|well)\b)|\bcontrast\b|\bcomparison\s+(?:of|between)\b"
    r"|\b(?:do|does)\s+(?:\S+\s+){0,40}?differ\b|\bdiffers?\s+from\b|\bdifferent\s+from\b"
    r"|\bdifferences?\s+between\b|\btrade-?offs?\s+between\b|\bversus\b|\bvs\b|\bset\b.+\bagainst\b"
    r"|\bpros\s+and\s+cons\b|\bdo\b.+\bdisagree\b|\bdisagreements?\s+(?:between|among)\b"
    r"|\btensions?\s+between\b|\bhave\s+in\s+common\b",
    re.IGNORECASE,
)
"""Words by which a question asks to hold things against each other; "compared to the baseline" is none."""
_DEFINED = re.compile(
    r"^\W*(?:what|who)(?:\s+(?:is|are|was|were)|['’]s)\s+(?:an?\s+|the\s+)?(?P<name>[^?.,;]{1,80}?)\s*[?.!]*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:of|in|on|for|between|by|with|when|that|which|and|or|to|from|behind)\b", re.IGNORECASE
)

_JOINT = r"\s*(?:,\s*(?:and|or|with)\b|,|\band\b|\bwith\b|\bagainst\b|\bversus\b|\bvs\b\.?)\s*"
_INSIDE = r"\.(?=\S)|:(?=\s+(?-i:(?!Which|What|How|Where|Why|Who|When|Is|Are|Do|Does|Can)[A-Z0-9]))"
"""What ends a name elsewhere, but not within "v1.5" and "PaSS: Parallel Speculative Sampling"."""
_NAME, _NAMES = rf"(?:[^.?!;:,]|{_INSIDE})", rf"(?:[^.?!;:]|{_INSIDE})"
_LISTED = re.compile(
    r"\b(?:compare[sd]?|contrast(?:ing)?|comparison\s+(?:of|between)|differences?\s+between|trade-?offs?\s+between|"
    rf"(?:differ|choose|choice)\s+between|set)\s+(?P<parts>{_NAMES}+)"
    rf"|\b(?:do|does|are)\s+(?P<both>{_NAMES}{{1,400}}?)\s+"
    r"(?:differ\b(?!\s+(?:from|between))|different\b(?!\s+from)|have\s+in\s+common|compare\b(?!\s+(?:to|with|against)))",
    re.IGNORECASE,
)
_PAIR = re.compile(
    rf"\b(?:how|in\s+what(?:\s+way)?|where|why)\s+(?:do|does|is|are)\s+(?P<first>{_NAME}+?)\s+"
    rf"(?:differ(?:s|ent)?\s+from|compare\s+(?:to|with|against))\s+(?P<second>{_NAME}+)"
    rf"|(?:^|[.?!:]\s+)(?P<one>{_NAME}{{2,80}}?)\s+(?:versus|vs\.?)\s+(?P<other>{_NAME}+)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“[^“”]{1,300}”|\"[^\"]{1,300}\"|«[^«»]{1,300}»")
_FIRST_MARK, _LAST_MARK = "\ue000", "\uf8ff"
"""Characters that no writing has: they stand for what is quoted, so that no title is taken apart."""
_FRAME = re.compile(
    r"^(?:the|a|an|both|how|what|either)\s+|"
    r"\s+(?:views?|approach(?:es)?|methods?|ideas?|papers?|perspectives?|attempts?|results?)$|"
    r"\s+(?:in\s+terms\s+of|with\s+respect\s+to|regarding|when\s+it\s+comes\s+to)\b.*$",
    re.IGNORECASE,
)
_MOST_PARTS = 4
_LONGEST_PART, _LONGEST_TITLE = 8, 30
"""Words; what is longer is a clause, not the name of something that is compared; titles may be longer."""
_NO_NAME = re.compile(
    rf"^(?:any|all|some|each|them|{'|'.join(_NUMBERS)})\b|\b(?:{_THINGS}\s+(?:that|which|to|for)|they)\b",
    re.I,
)
"""What stands in the place of a name and is none: "the three attempts"."""
_QUESTION = re.compile(r"[^?]+\?")
_LEANING = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|each|one|ones|he|she|there|so|both|such)\b",
    re.IGNORECASE,
)
_OWN_CASE = re.compile(r"[^\W_][A-Z]")
_OWNING = {"its", "their"}
_FEWEST_WORDS = 5
"""A question of fewer words, put after another one, is about what that one is about."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a question.

    ``several`` is whether it asks for several papers rather than for one fact, ``compared`` whether these
    are to be held against each other, ``count`` how many of them it says there are ("the three attempts").
    ``parts`` are the things that it names to be compared, or the questions that it is made of; ``asked`` has
    for each of them the whole question put of that part alone. ``defined`` is what it asks to have explained
    ("What is X?").
    """

    several: bool = False
    compared: bool = False
    count: int | None = None
    parts: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    defined: str = ""


def form_of(question: str) -> Form:
    """Read the form of a question."""
    compared = bool(_COMPARED.search(question))
    listed = _listed(question)
    if listed:
        parts, asked = listed
    else:
        parts = asked = _questions(question)
    count = _COUNT.search(question)
    definition = _DEFINED.match(question)
    name = definition["name"] if definition and not _ABOUT.search(definition["name"]) else ""
    return Form(
        several=bool(compared or listed or count or _SEVERAL.search(question)),
        compared=compared or bool(listed),
        count=_number(count["count"]) if count else None,
        parts=parts,
        asked=asked,
        defined=name,
    )


def has_own_case(name: str) -> bool:
    """Whether a name is written in a way of its own, as "PaSS" and "MACE"."""
    return bool(_OWN_CASE.search(name))


def _number(word: str) -> int:
    return _NUMBERS.get(word.casefold()) or int(word)


def _listed(question: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The things that are to be compared, and the question put of each alone."""
    quoted: dict[str, str] = {}

    def mark(found: re.Match[str]) -> str:
        sign = chr(min(ord(_FIRST_MARK) + len(quoted), ord(_LAST_MARK)))
        quoted[sign] = found[0][1:-1]
        return sign

    question = _QUOTED.sub(mark, question)
    if pair := _PAIR.search(question):
        names = [pair[name] for name in ("first", "second", "one", "other") if pair[name]]
        start, end = pair.start("first" if pair["first"] else "one"), pair.end()
    elif listed := _LISTED.search(question):
        group = "parts" if listed["parts"] else "both"
        names = re.split(_JOINT, listed[group], flags=re.IGNORECASE)
        start, end = listed.span(group)
    else:
        return None
    parts = tuple(dict.fromkeys(part for name in names if (part := _bare(name))))
    if not 2 <= len(parts) <= _MOST_PARTS or not all(map(_is_name, parts)):
        return None

    def whole(text: str) -> str:
        return " ".join("".join(quoted.get(character, character) for character in text).split())

    around = f"{question[:start]}\n{question[end:]}"
    return tuple(map(whole, parts)), tuple(whole(around.replace("\n", part)) for part in parts)


def _is_name(part: str) -> bool:
    """Whether a part may name something: it is short, or written as titles are."""
    words = part.split()
    titled = 2 * sum(not word[0].islower() for word in words) >= len(words)
    return len(words) <= (_LONGEST_TITLE if titled else _LONGEST_PART) and not _NO_NAME.search(part)


def _bare(name: str) -> str:
    """A listed name without what frames it."""
    name = name.strip(" ,\"“”'")
    while (shorter := _FRAME.sub("", name).strip()) != name:
        name = shorter
    return name


def _questions(question: str) -> tuple[str, ...]:
    """The questions that one is made of; one that leans on the one before it stays with that."""
    parts: list[str] = []
    for found in _QUESTION.findall(question):
        part = " ".join(found.split())
        if not parts or _stands_alone(part):
            parts.append(part)
        else:
            parts[-1] += f" {part}"
    return tuple(parts[:_MOST_PARTS]) if len(parts) > 1 else ()


def _stands_alone(question: str) -> bool:
    leaning = _LEANING.search(question)
    if leaning and leaning[0].casefold() in _OWNING and has_own_case(question[: leaning.start()]):
        leaning = _LEANING.search(question, leaning.end())  # "How does PEARL adapt its draft length?"
    return not leaning and len(question.split()) >= _FEWEST_WORDS
