"""Where the words of a text begin and end, worked out when first asked, a short run of Han characters at a time."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from functools import cached_property

from haihe.newsroom.domain.proofreading.spelling.lexicon import cut

HAN_RUN = re.compile("[\u4e00-\u9fff]{1,400}")


class Run:
    """A run of Han characters with its words. `edges` are offsets inside the run, from 0 to its length."""

    def __init__(self, start: int, text: str) -> None:
        self.start, self.text = start, text

    @cached_property
    def words(self) -> list[str]:
        return cut(self.text)

    @cached_property
    def edges(self) -> list[int]:
        edges = [0]
        for word in self.words:
            edges.append(edges[-1] + len(word))
        return edges


class Grain:
    """The runs of a text."""

    def __init__(self, text: str) -> None:
        self.runs = [Run(match.start(), match.group()) for match in HAN_RUN.finditer(text)]
        self._starts = [run.start for run in self.runs]

    def parts(self, start: int, end: int) -> bool:
        """Whether no word reaches over either end of text[start:end], so that it can be words of its own."""
        return all(self._parts_at(place) for place in (start, end))

    def _parts_at(self, place: int) -> bool:
        index = bisect.bisect_right(self._starts, place) - 1
        if index < 0:
            return True
        run = self.runs[index]
        inside = place - run.start
        if inside >= len(run.text):
            return True
        found = bisect.bisect_left(run.edges, inside)
        return run.edges[found] == inside

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)
