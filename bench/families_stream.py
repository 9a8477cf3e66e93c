"""An endless stream of made texts for bench_families.py, as long and as repetitive as news, at a few hundredths of a
millisecond each.

Texts walk from word to word as the Chinese texts of the data folder do (a first-order Markov chain that jumps to a
random word at every fourth step), so that common phrases are common and the rest is new; a part are reposts of earlier
ones, a part carry one of a few notices, a part are issues of a dated series.
"""

from __future__ import annotations

import copy
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import rjieba

SHORTEST, LONGEST = 600, 1000  # characters
REPOSTED, UNDER_NOTICE, DATED = 0.3, 0.1, 0.05  # shares of the stream
JUMP = 0.25
BLOCK = 1000
_REMEMBERED = 20_000  # texts that may be reposted
_NOTICES = 5


class Stream:
    """Texts by blocks of `BLOCK`; the same seed gives the same texts."""

    def __init__(self, place: Path, seed: int = 0) -> None:
        words = [word for text in _chinese(place) for word in rjieba.cut(text)]
        known = {word: number for number, word in enumerate(dict.fromkeys(words))}
        said = np.array([known[word] for word in words])
        after = defaultdict(list)
        for one, two in zip(said[:-1].tolist(), said[1:].tolist(), strict=True):
            after[one].append(two)
        after[int(said[-1])].append(int(said[0]))
        self.words = np.array(list(known), object)
        self.said = said
        self.starts = np.cumsum([0] + [len(after[number]) for number in range(len(known))])
        self.next = np.concatenate([after[number] for number in range(len(known))])
        self.lengths = np.array([len(word) for word in known])
        self.begin(seed)

    def begin(self, seed: int) -> None:
        """Forget what came, and go on with another seed, notices and series."""
        self.dice = np.random.default_rng(seed)
        self.remembered: list[str] = []
        self.notices = [text[:250] for text in self._made(_NOTICES)]
        self.series = [text[:500] for text in self._made(_NOTICES)]

    def another(self, seed: int) -> Stream:
        """A stream like this one from its beginning, of other texts."""
        made = copy.copy(self)
        made.begin(seed)
        return made

    def block(self) -> Iterator[str]:
        """The next `BLOCK` texts."""
        kinds = self.dice.random(BLOCK)
        for kind, text in zip(kinds, self._made(BLOCK), strict=True):
            if kind < REPOSTED and self.remembered:
                text = self._reposted(self.remembered[int(self.dice.integers(len(self.remembered)))], text)
            elif kind < REPOSTED + UNDER_NOTICE:
                text = text[:500] + self.notices[int(self.dice.integers(_NOTICES))]
            elif kind < REPOSTED + UNDER_NOTICE + DATED:
                figures = "\u3001".join(map(str, self.dice.integers(1, 1000, 12).tolist()))
                text = self.series[int(self.dice.integers(_NOTICES))] + figures + text[:100]
            else:
                self._remember(text)
            yield text

    def _made(self, count: int) -> list[str]:
        steps = LONGEST * 3 // 4
        now = self.said[self.dice.integers(len(self.said), size=count)]
        walk = np.empty((steps, count), np.int64)
        for step in range(steps):
            walk[step] = now
            begin, end = self.starts[now], self.starts[now + 1]
            chained = self.next[begin + (self.dice.random(count) * (end - begin)).astype(np.int64)]
            jumped = self.said[self.dice.integers(len(self.said), size=count)]
            now = np.where(self.dice.random(count) < JUMP, jumped, chained)
        wanted = self.dice.integers(SHORTEST, LONGEST, size=count)
        ends = (self.lengths[walk].cumsum(axis=0) < wanted).sum(axis=0)
        return ["".join(self.words[walk[:end, number]].tolist()) for number, end in enumerate(ends)]

    def _reposted(self, text: str, other: str) -> str:
        lead, tail = self.dice.random(2)
        begin = int(len(text) * 0.15 * lead)
        return other[:begin] + text[begin : int(len(text) * (0.6 + 0.4 * tail))]

    def _remember(self, text: str) -> None:
        if len(self.remembered) < _REMEMBERED:
            self.remembered.append(text)
        else:
            self.remembered[int(self.dice.integers(_REMEMBERED))] = text


def _chinese(place: Path) -> Iterator[str]:
    for name, fields in (
        ("sohu2021_event_short_short", ("source", "target")),
        ("sohu2021_topic_short_short", ("source", "target")),
        ("text2vec_sohu_dc-test", ("sentence2",)),
    ):
        with gzip.open(place / "news-pairs" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield from (row[field] for field in fields)
