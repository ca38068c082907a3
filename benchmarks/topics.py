"""How good topics are, how many are found, what they take, and how well the map keeps neighbours.

    python -m benchmarks.topics --data DATA [--large FILE --vectors FOLDER] [--seeds 4]

Labelled collections are made of ``arxiv-100k.jsonl.gz``: papers of some arXiv categories, of all fields or of
computer science, statistics and engineering alone; and papers of some title phrases ("federated learning",
"answer set"), which are finer than categories. Sizes are uneven, as they are in life. The normalised mutual
information (NMI) of the topics with the labels is told, papers of no topic counting as a topic, and the
number found beside that of the labels. ``--large`` times papers of a file with the vectors
that ``benchmarks.scale`` has made of them.

``sample_groups.json`` has two groupings of the sample collection, by the places of papers in it. A language
model made each on its own: it read all titles and abstracts, and was asked for about 25 groups as an expert
would make them. Nothing was fitted to them.
"""

from __future__ import annotations

import gzip
import json
import re
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import Paper, sample_collection
from assistant.corpus import read
from assistant.models.embedder import MiniLM
from assistant.models.ports import Vectors
from assistant.topics.discovering import Found, discover
from assistant.topics.naming import Namer
from assistant.topics.placing import layout, placed
from assistant.topics.plain import PLAIN

from .data import arguments, table
from .scale import Known

_NARROW = ("cs", "stat", "eess")
_VAGUE = (".gen-ph", ".GM", ".OH", ".other", ".HO")
"""Categories that name no subject."""
_LEAST = 120
_GROUPS = Path(__file__).parent / "sample_groups.json"
_PHRASES = 6, 60
"""Papers of a title phrase."""

Labelled = tuple[list[Paper], list[int]]


class Held:
    """Papers with their vectors, as a collection."""

    def __init__(self, papers: Sequence[Paper], vectors: Vectors) -> None:
        self._papers = {paper.id: paper for paper in papers}
        self._rows = {paper.id: row for paper, row in zip(papers, vectors, strict=True)}

    def ids(self) -> list[str]:
        """All ids."""
        return sorted(self._papers)

    def vectors(self, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """Their vectors."""
        return {paper: self._rows[paper] for paper in ids}

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        """Them."""
        return [self._papers[paper] for paper in ids]


class Arxiv:
    """The arXiv sample, by category and by title phrase."""

    def __init__(self, file: Path) -> None:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        self.papers = [Paper(row["id"], row["title"], row["abstract"]) for row in rows]
        self.categories: dict[str, list[int]] = defaultdict(list)
        self._phrases: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            categories = row["categories"].split(",")
            if len(categories) == 1 and "." in categories[0] and not categories[0].endswith(_VAGUE):
                self.categories[categories[0]].append(number)
            if any(category.startswith(("cs.", "stat.", "eess.", "q-bio.")) for category in categories):
                for phrase in _title_phrases(row["title"]):
                    self._phrases[phrase].append(number)

    def by_category(self, seed: int, count: int, labels: int, *, narrow: bool = False) -> Labelled:
        """Papers of some categories."""
        chance = np.random.default_rng(seed)
        pool = [
            name
            for name, rows in sorted(self.categories.items())
            if len(rows) >= _LEAST and (not narrow or name.split(".")[0] in _NARROW)
        ]
        chosen = chance.choice(pool, min(labels, len(pool)), replace=False)
        return self._drawn(chance, [self.categories[str(name)] for name in chosen], count)

    def by_phrase(self, seed: int, count: int, labels: int) -> Labelled:
        """Papers of some title phrases, none of which share a word."""
        chance = np.random.default_rng(seed)
        least, most = _PHRASES
        pool = sorted(phrase for phrase, rows in self._phrases.items() if least <= len(rows) <= most)
        chance.shuffle(pool)
        words: set[str] = set()
        chosen: list[str] = []
        for phrase in pool:
            if len(chosen) < labels and not words & set(phrase.split()):
                chosen.append(phrase)
                words |= set(phrase.split())
        return self._drawn(chance, [self._phrases[phrase] for phrase in chosen], count)

    def _drawn(self, chance: np.random.Generator, pools: Sequence[list[int]], count: int) -> Labelled:
        """About so many papers, unevenly of the pools."""
        shares = chance.lognormal(0, 0.6, len(pools))
        label_of: dict[int, int] = {}
        for label, (pool, share) in enumerate(zip(pools, shares / shares.sum() * count, strict=True)):
            free = [row for row in pool if row not in label_of]
            size = max(3, min(round(share), len(free)))
            label_of |= {int(row): label for row in chance.choice(free, min(size, len(free)), replace=False)}
        return [self.papers[row] for row in label_of], list(label_of.values())


def _title_phrases(title: str) -> set[str]:
    words = re.findall(r"[a-z0-9-]+", title.lower())
    runs = (words[start : start + length] for length in (2, 3) for start in range(len(words) - length + 1))
    return {" ".join(run) for run in runs if not any(len(word) < 2 or word in PLAIN for word in run)}


def measured(
    papers: Sequence[Paper], labels: Sequence[int], embed: Callable[[Paper], Vectors]
) -> tuple[float, int, float]:
    """NMI, the number of topics, and the share of papers without one."""
    from sklearn.metrics import normalized_mutual_info_score

    held = Held(papers, np.stack([embed(paper) for paper in papers]))
    fits = discover(held, held.ids()).fits
    found = [fits[paper.id][0] for paper in papers]
    rest = sum(topic < 0 for topic in found) / len(found)
    return float(normalized_mutual_info_score(labels, found)), len({*found} - {-1}), rest


def readers(embed: Callable[[Paper], Vectors]) -> list[tuple[object, ...]]:
    """The table of those who grouped the sample collection by reading it, and how far they agree."""
    from sklearn.metrics import normalized_mutual_info_score

    papers = [row for row in read(sample_collection()) if isinstance(row, Paper)]
    body: list[tuple[object, ...]] = []
    all_labels: list[list[int]] = []
    for number, groups in enumerate(json.loads(_GROUPS.read_text("utf-8")), start=1):
        label_of = {place: label for label, places in enumerate(groups.values()) for place in places}
        labels = [label_of[place] for place in range(1, len(papers) + 1)]
        information, topics, _ = measured(papers, labels, embed)
        body.append((f"reader {number}", len(groups), topics, information))
        all_labels.append(labels)
    agreed = float(normalized_mutual_info_score(*all_labels))
    return [*body, ("one reader beside the other", "", "", agreed)]


def quality(arxiv: Arxiv, embed: Callable[[Paper], Vectors], seeds: int) -> list[tuple[object, ...]]:
    """The table of labelled collections."""
    kinds: dict[str, Callable[[int, int, int], Labelled]] = {
        "all categories": arxiv.by_category,
        "cs, stat, eess": lambda seed, count, labels: arxiv.by_category(seed, count, labels, narrow=True),
        "title phrases": arxiv.by_phrase,
    }
    body: list[tuple[object, ...]] = []
    for kind, made in kinds.items():
        for count, labels in ((100, 12), (203, 10), (203, 25), (203, 35), (500, 30), (2000, 40)):
            if kind == "title phrases" and count == 2000:
                continue
            drawn = [made(seed, count, labels) for seed in range(seeds)]
            scores, numbers, rests = zip(*(measured(*each, embed) for each in drawn), strict=True)
            true = statistics.mean(len(set(own)) for _, own in drawn)
            row = (kind, statistics.mean(len(own) for own, _ in drawn), true, statistics.mean(numbers))
            body.append((*row, statistics.mean(scores), f"{statistics.mean(rests):.1%}"))
    return body


def trustworthiness(vectors: Vectors) -> list[tuple[object, ...]]:
    """How many neighbours on a map are neighbours, of layouts of the same vectors, with their seconds."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import trustworthiness as trusted

    ways: dict[str, Callable[[Vectors], NDArray[np.float32]]] = {
        "principal components": lambda rows: PCA(2, random_state=0).fit_transform(rows),
        "ours (t-SNE)": layout,
    }
    try:
        import umap  # type: ignore[import-not-found, unused-ignore]

        ways["UMAP, where installed"] = lambda rows: umap.UMAP(metric="cosine", random_state=0).fit_transform(
            rows
        )
    except ImportError:
        pass
    body: list[tuple[object, ...]] = []
    for name, way in ways.items():
        start = time.perf_counter()
        spots = way(vectors)
        spent = time.perf_counter() - start
        body.append((name, float(trusted(vectors, spots, n_neighbors=10, metric="cosine")), f"{spent:.1f}"))
    return body


def sample_names() -> list[tuple[object, ...]]:
    """The topics of the sample collection, each with its size, and what all of it takes."""
    papers = [row for row in read(sample_collection()) if isinstance(row, Paper)]
    held = Held(papers, MiniLM().embed([paper.text for paper in papers]))
    discover(held, held.ids()[:20])  # imports
    start, processor = time.perf_counter(), time.process_time()
    found = discover(held, held.ids())
    named = Namer(_members(held, found)).names()
    print(
        f"{len(papers)} papers: {time.perf_counter() - start:.2f} s, "
        f"{time.process_time() - processor:.2f} s of processors\n"
    )
    sizes = [sum(place == topic for place, _ in found.fits.values()) for topic in range(len(found.centres))]
    rows = [(named[topic].name, sizes[topic]) for topic in sorted(named, key=lambda topic: -sizes[topic])]
    return [*rows, ("(none)", sum(place < 0 for place, _ in found.fits.values()))]


def _members(held: Held, found: Found) -> dict[int, list[Paper]]:
    members: dict[int, list[Paper]] = {topic: [] for topic in range(len(found.centres))}
    for paper, (place, _) in found.fits.items():
        if place >= 0:
            members[place] += held.papers([paper])
    return members


def large(file: Path, folder: Path) -> list[tuple[object, ...]]:
    """Seconds and memory of a large collection, from its vectors to topics and to a map."""
    known = Known(folder)
    by_id: dict[str, Paper] = {}
    for row in islice((row for row in read(file) if isinstance(row, Paper)), 100_000):
        by_id.setdefault(row.id, row)
    papers = list(by_id.values())
    vectors, _ = known.embed_with_parts([paper.text for paper in papers], [()] * len(papers))
    held = Held(papers, vectors)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, processor = time.perf_counter(), time.process_time()
    found = discover(held, held.ids())
    spent, used = time.perf_counter() - start, time.process_time() - processor
    start = time.perf_counter()
    placed(held, held.ids(), {})
    drawn = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        ("papers", len(papers)),
        ("areas, topics", f"{len(set(found.areas))}, {len(found.centres)}"),
        ("papers of no topic", f"{sum(place < 0 for place, _ in found.fits.values()) / len(papers):.1%}"),
        ("finding them, s (of processors)", f"{spent:.0f} ({used:.0f})"),
        ("the map, s", f"{drawn:.0f}"),
        ("peak memory, MB (before)", f"{peak:.0f} ({before:.0f})"),
    ]


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--large", type=Path, help="a file of many papers")
    parser.add_argument("--vectors", type=Path, help="vectors of that file, made by benchmarks.scale")
    parser.add_argument("--seeds", type=int, default=4, help="collections of each kind")
    options = parser.parse_args()
    table("The sample collection", ("topic", "papers"), sample_names())
    arxiv = Arxiv(options.data / "arxiv-100k.jsonl.gz")
    embedder = MiniLM()
    cached: dict[str, Vectors] = {}
    known = Known(options.vectors) if options.vectors else None

    def embed(paper: Paper) -> Vectors:
        if paper.id not in cached:
            try:
                own = known.embed_with_parts([paper.text], [()])[0] if known else embedder.embed([paper.text])
            except KeyError:
                own = embedder.embed([paper.text])
            cached[paper.id] = own[0]
        return cached[paper.id]

    told = ("the sample collection, grouped by", "groups", "topics found", "NMI")
    table("Who grouped it by reading", told, readers(embed))
    head = ("labels", "papers", "labels' number", "topics found", "NMI", "no topic")
    table("Labelled collections", head, quality(arxiv, embed, options.seeds))
    rows = np.stack(list(cached.values())[:2000])
    table(f"Maps of {len(rows):,} papers", ("layout", "trustworthiness", "s"), trustworthiness(rows))
    if options.large and options.vectors:
        table("A large collection", ("", "value"), large(options.large, options.vectors))


if __name__ == "__main__":
    main()
