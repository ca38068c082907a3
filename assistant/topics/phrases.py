"""Phrases of a text that may name something, found by rule: no tagger and no download is needed.

Runs of words between punctuation and plain words ("we show that", "novel") are taken apart into pieces of up
to four words. Not every piece is a term: "graph neural" is one cut short. That shows over many texts, so each
piece is told with whether its run went on after it or before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..index.stopwords import STOPWORDS
from ..index.words import terms

LONGEST = 4
_WORD = re.compile(r"https?://\S+|[^\W_]+(?:[-‐‑’'][^\W_]+)*|[^\w\s]|_")
_MOST_CHARACTERS = 10_000
"""Of one text; an abstract has some 1,500."""

PLAIN = STOPWORDS | frozenset(
    """
    able accurate achieve achieves achieved achieving across actual addition additionally address addresses
    addressed addressing advance advances advantage advantages aim aims allow allowing allows almost along
    already also alternative although always among analyse analyze analyzed analyzing another answer apply
    applied applying approach approaches appropriate around article aspect aspects author authors available
    aware based become becomes behind benefit benefits best better beyond bring broad build building builds
    called case cases cause certain challenge challenges challenging characterize characterized choose close
    code combine combined combines combining common commonly compare compared comparing comparison complete
    complex compute computed computes computing concept conclude conclusion conduct conducted consider considered
    considering considers consist consists construct constructed contain contains contrast contribution
    contributions crucial current currently deal demonstrate demonstrated demonstrates demonstrating depend
    depends derive derived derives describe described describes design designed designing designs despite
    detail detailed details determine determined develop developed developing development develops differ
    difference different difficult directly discuss discussed discusses drastically due e.g easily easy effect
    effective effectively effectiveness effects efficiency efficient efficiently eliminate eliminates emerge
    emerged employ employed employing enable enables enabling end enhance enhanced enhances enhancing ensure
    ensures ensuring entire especially establish established estimate estimated et etc evaluate evaluated
    evaluating even evidence examine examined example examples exhibit existing exist exists experiment
    experimental experiments explain explore explored explores exploring express extend extended extending
    extends extensive fact facilitate facilitates fast faster feasible few finally find finding findings finds
    first five focus focuses focusing follow following follows form former forms found four framework full fully
    fundamental furthermore future gain gains general generalize generally generate generated generates generic
    get give given gives giving goal good great greatly handle hard help helps hence high higher highly
    however idea identified identify i.e ie eg illustrate impact implement implementation implementations implemented
    implementing implies important improve improved improvement improvements improves improving include
    included includes including incorporate incorporates increase increased increases increasing increasingly
    indeed indicate indicates individual inspired instance instead interest interesting introduce introduced
    introduces introducing introduction investigate investigated investigates investigating involve involves
    involving issue issues key kind known lack large larger largely last latter lead leading leads led let
    leverage leverages leveraging like limit limitation limitations limited limits little look low lower made
    main mainly maintain maintaining maintains major make makes making many may mean means measure mechanism
    meet mention method methodology methods might minimal moreover motivated much multiple must namely natural
    near nearly necessary need needed needs never nevertheless new next nontrivial non note notable notably
    novel number numerous observation observe observed obtain obtained obtaining obtains often one ones
    open order original others otherwise outperform outperforming outperforms overall overcome overview paper
    papers part particular particularly per perform performance performed performing performs phenomenon
    point points poor popular possible potential potentially practical practice precise present presented
    presenting presents preserve preserving previous previously prior problem problems produce produced
    produces promising proof propose proposed proposes proposing prove proved proven proves provide provided
    provides providing purpose question questions quite range rather reach real realize recent recently reduce
    reduced reduces reducing regarding related relation relative relevant rely relies remain remains remarkable report
    reported reports represent represented represents require required requires requiring research resp respect
    respectively result resulting results rethinking reveal reveals review role run same satisfy scenario scenarios
    scheme second section see seek seen set sets setting settings seven several show showed showing shown shows
    significant significantly similar similarly simple simpler simply simultaneously since single six small
    smaller so-called solution solutions solve solved solves solving some sometimes specific specifically
    standard state-of-the-art still straightforward strong studied studies study studying substantial
    substantially successful successfully such sufficient suggest suggests suitable superior support supports
    survey systematic take taken takes task tasks technique techniques ten term terms test tested thanks thereby
    therefore third thorough though three thus together toward towards traditional tutorial two typical
    typically understand understanding unified unlike upon use used useful user-friendly uses using usual usually
    utilize utilized utilizes utilizing valid variety various vary version versus via view vital way ways
    well whereas whether whole wide widely within without work works world worse would yet yield yielding yields
    accelerate accelerates accelerating adopt adopts align aligning allowed assume assumed assuming attain
    attains avoid avoids break breaking bridge bridging capture captures capturing comparable competitive
    comprehensive conventional correspond corresponding critical day dealing decade denote denoted desired
    diverse dramatically early equal equivalent exact existence explicit explicitly finer flexible four-fold
    great greater growing hand ideal implicit inherent intrinsic invoke latest literature long-standing lot
    mitigate mitigates modern motivation naive naturally notion numerical optimal outcome outcomes powerful
    preliminary principled property properties pure rapid rapidly reason recall recover rich rigorous satisfies
    say share simulation simulations special strategy strategies suffer suffers surprising surprisingly tackle
    tackles tackling theoretical today total tried true try turn underlying unseen upper variant variants
    versatile year years zero
    applicable approximate arxiv available benchmark benchmarks chapter com dataset datasets distinguish download
    encode exploit exploiting fail fails git github gitlab http https im improving org producing project
    publicly real-world released source tight url validate website www
    accordance according account added adding advancements agree aiming apart appear appears arise arises
    arbitrary attempt attempts attention-grabbing attributed balance begin behave capable capability capabilities
    carefully clear closely collection come comes compatible complement component components computationally
    confirm consequently consequence consistent consistently correct could create created creates creating cross
    damage decrease degrade depending disadvantage discover discovered effort efforts element elements employs
    encounter encourage equipped essential exploits extension extensions face faced facing failure feature-rich
    final fix fixed formulate formulated formulation frequently fulfill giving granted guided half happen
    heavily henceforth hold holds hope ideas identifies identifying imply importance inability increasing
    incur insight insights integrate integrated integrating interpret kinds leave lets level levels likely lie
    lies list loss-free match matches mild mode move necessity obtained occur occurs offer offers offering
    opportunities opportunity ought outside own owing package people perspective perspectives place plays
    prevent prevents previous primarily prominent properly question raise raises ready regard regardless
    requirement requirements resolve respect responsible revisit revisiting root routine seem seems sense serve
    serves serving-up shed situation situations sort start starting state statement step steps stand
    struggle struggling subject success successes takes target tend tends theme theory-driven thing think
    throughout times topic topics trade treat treated turns ubiquitous unable unclear unfortunately unknown
    usage usefulness value values viewed vast want whenever wherever wish worth
    """.split()
)
"""Words of which no term is made: those of grammar, and those that all papers share."""

_ADJECTIVES = (
    "able",
    "aware",
    "based",
    "ed",
    "free",
    "ful",
    "ible",
    "ic",
    "ical",
    "ional",
    "less",
    "like",
    "ous",
    "wise",
)
_NOUNS = (
    "need",
    "speed",
    "seed",
    "table",
    "cable",
    "variable",
    "logic",
    "metric",
    "topic",
    "traffic",
    "music",
    "magic",
    "public",
)
_NO_END = frozenset(
    "deep large-scale multi high-dimensional low-dimensional time-varying real-time neural".split()
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a run, as they stand there; ``begins`` and ``ends`` where the run does."""

    words: tuple[str, ...]
    begins: bool
    ends: bool

    @property
    def key(self) -> str:
        """The stems of the words: the same in singular and plural, with and without hyphens."""
        return " ".join(stem for word in self.words for stem in _stems(word))


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text that may be terms."""
    for run in _runs(text[:_MOST_CHARACTERS]):
        count = len(run)
        for start in range(count):
            for end in range(start + 1, min(start + LONGEST, count) + 1):
                if not _may_end(run[end - 1].casefold()):
                    continue
                yield Piece(tuple(run[start:end]), start == 0, end == count)


def _may_end(word: str) -> bool:
    """Whether a term may end with this word: not with an adjective, as far as its letters show it."""
    return not (word in _NO_END or word.endswith(_ADJECTIVES)) or word.endswith(_NOUNS)


def _runs(text: str) -> Iterator[list[str]]:
    """The words between plain ones and punctuation."""
    run: list[str] = []
    for word in _WORD.findall(text):
        if _tells(word):
            run.append(word)
            continue
        if run:
            yield run
        run = []
    if run:
        yield run


def _tells(word: str) -> bool:
    small = word.casefold()
    return (
        len(word) > 1
        and not small.endswith("ly")
        and small not in PLAIN
        and any(character.isalpha() for character in word)
    )


@lru_cache(maxsize=100_000)
def _stems(word: str) -> tuple[str, ...]:
    """The stems of the parts of a word; of one that has none, itself."""
    parts = re.split(r"\W+", word)
    return tuple(stem for part in parts for stem in terms(part)) or (word.casefold(),)
