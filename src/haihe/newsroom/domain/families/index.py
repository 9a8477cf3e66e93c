"""The index that texts are added to, one by one or many at once, and that knows every text's family."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import numpy as np
import numpy.typing as npt

from haihe.newsroom.domain.families.errors import ItemKnown
from haihe.newsroom.domain.families.matching import Match, compare
from haihe.newsroom.domain.families.postings import Postings
from haihe.newsroom.domain.families.representatives import Representatives
from haihe.newsroom.domain.families.sketching import Hashes, Sketch, sketch_all
from haihe.newsroom.domain.families.spread import Spread, spread

Id = str | int
Counts = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
POSTED = 24  # keys of a representative in the postings
POSTED_SHORT, SHORT = 48, 256  # the same for a text of so many tokens: in a notice only those around figures are rare
SPARE = 16  # keys looked up beside those, before all are
COMMON = 4  # families that share a key before it counts as boilerplate
MOST_COMPARED = 12  # representatives a new text is compared with
MOST_REPRESENTATIVES = 16  # of one family
LIKE_ENOUGH = 0.8  # share of the longer text above which a reprint adds nothing to look up
MOST_STEPS = 2  # links between a representative and its family's first text; one that is not firm counts as three
MOST_COMMON = 0.9  # of what a text shares with one family that it may share with another that it joins to it
CLEAN = 0.2  # of what is shared: a text with fewer other words stands for the one it is a reprint of
LEAST_RARE = 0.15  # share of its rare keys that a text must have in common with what it is compared with
LEAST_RARE_BESIDE_BOILERPLATE = 0.3  # the same where a fifth of its keys are common ones
_BATCH = 256


@dataclass(frozen=True)
class Item:
    """One text to add. `published` is taken as UTC where it names no zone."""

    id: Id
    text: str
    published: datetime | None = None
    outlet: str = ""


class FamilyIndex:
    """Families of texts, found as the texts come; the same texts in the same order give the same families.

    A text is compared with at most `MOST_COMPARED` representatives, found by rare shingles, whatever the size of the
    index. It joins the family of the best that it is a reprint of; families join when a firm reprint of both arrives.
    A family's id is the id of its first text. Memory: see docs/families.md. Not for several threads at once.
    """

    def __init__(self) -> None:
        self.ids: list[Id] = []
        self.numbers: dict[Id, int] = {}
        self.parents = array("i")
        self.next = array("i")  # members of one family form a ring
        self.published = array("d")
        self.outlets = array("i")
        self.outlet_names: list[str] = [""]
        self.outlet_numbers: dict[str, int] = {"": 0}
        self.counts: dict[int, int] = {}  # representatives of families that have more than one
        self.joined: list[tuple[int, int]] = []  # families that became one, until somebody asks
        self.representatives = Representatives()
        self.postings = Postings()

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, id: object) -> bool:
        return id in self.numbers

    def add(self, id: Id, text: str, published: datetime | None = None, outlet: str = "") -> Id:
        """Add one text; returns its family's id as of now. Raises ItemKnown."""
        self.add_all([Item(id, text, published, outlet)])
        return self.family(id)

    def add_all(self, items: Iterable[Item]) -> list[Id]:
        """Add texts in this order, faster than one by one and with the same outcome.

        returns   for each the id of the text it was found to be a reprint of; its own where there was none

        Raises ItemKnown, before the first text of its batch of 256 is added.
        """
        nearest: list[Id] = []
        for batch in _batches(items):
            known: set[Id] = set()
            for item in batch:
                if item.id in self.numbers or item.id in known:
                    raise ItemKnown(thing=item.id)
                known.add(item.id)
            for item, sketch in zip(batch, sketch_all([item.text for item in batch]), strict=True):
                nearest.append(self.ids[self._place(self._enter(item), sketch)])
        return nearest

    def take_joined(self) -> list[tuple[Id, Id]]:
        """Families that became one since the last call, by the ids of their first texts at the time."""
        joined, self.joined = self.joined, []
        return [(self.ids[one], self.ids[two]) for one, two in joined]

    def family(self, id: Id) -> Id:
        """The id of the family of a known item. Raises KeyError."""
        return self.ids[self._root(self.numbers[id])]

    def families(self) -> Iterator[tuple[Id, Id]]:
        """Every item with its family, in the order of their coming."""
        for number, id in enumerate(self.ids):
            yield id, self.ids[self._root(number)]

    def members(self, id: Id) -> list[Id]:
        """Ids of the family that a known item is in, in the order of their coming. Raises KeyError."""
        return [self.ids[number] for number in self._members(self.numbers[id])]

    def spread(self, id: Id) -> Spread:
        """How the family of a known item spread over time and outlets. Raises KeyError."""
        numbers = self._members(self.numbers[id])
        known = [(self.ids[n], self.published[n], self.outlet_names[self.outlets[n]]) for n in numbers]
        return spread(known, family=self.family(id))

    def _enter(self, item: Item) -> int:
        number = len(self.ids)
        self.ids.append(item.id)
        self.numbers[item.id] = number
        self.parents.append(number)
        self.next.append(number)
        when = item.published
        if when is not None and when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        self.published.append(when.timestamp() if when is not None else float("nan"))
        outlet = self.outlet_numbers.get(item.outlet)
        if outlet is None:
            outlet = self.outlet_numbers[item.outlet] = len(self.outlet_names)
            self.outlet_names.append(item.outlet)
        self.outlets.append(outlet)
        return number

    def _place(self, number: int, sketch: Sketch) -> int:
        """Find the family of an entered item, and make the item a representative where it adds something.

        returns   number of the text that it is most a reprint of; its own where there is none
        """
        if not len(sketch.marks):
            return number
        rare, near = self._look_up(sketch)
        linked = self._linked(sketch, near)
        if not linked:
            self._represent(number, sketch, steps=0, rare=rare)
            return number
        root = self._join(number, sketch, linked)
        adds = max(match.of_longer for _found, match in linked) < LIKE_ENOUGH
        if adds and self.counts.get(root, 1) < MOST_REPRESENTATIVES:
            rows = self.representatives.rows
            steps = 1 + min(int(rows[found]["steps"]) + 2 * (not match.is_firm) for found, match in linked)
            if steps <= MOST_STEPS:
                self._represent(number, sketch, steps=steps, rare=rare)
                self.counts[root] = self.counts.get(root, 1) + 1
        return int(self.representatives.rows[linked[0][0]]["item"])

    def _look_up(self, sketch: Sketch) -> tuple[Hashes, list[int]]:
        """The text's rare keys, and the representatives to compare it with, the likeliest first."""
        whole = np.array([sketch.whole], np.uint32)
        most = POSTED_SHORT if sketch.tokens <= SHORT else POSTED
        keys = sketch.keys[: most + SPARE]
        which, found, common = self.postings.find(np.concatenate([whole, keys]))
        if len(sketch.keys) > len(keys) and np.count_nonzero(~common[1:]) < most:
            keys = sketch.keys
            which, found, common = self.postings.find(np.concatenate([whole, keys]))
        chosen = np.flatnonzero(~common[1:])[:most]
        rare = keys[chosen]
        near = [holder for holder in found[which == 0].tolist() if holder >= 0]
        place = np.full(len(keys) + 1, -1, np.int64)
        place[chosen + 1] = np.arange(len(chosen))
        which = place[which]
        which, found = which[which >= 0], found[which >= 0]
        if len(found):
            near += self._likely(rare, found, boilerplate=int(np.count_nonzero(common)) * 5 >= len(rare))
            rare = self._without_crowded(rare, which, found)
        return rare, list(dict.fromkeys(near))[:MOST_COMPARED]

    def _likely(self, rare: Hashes, found: Places, *, boilerplate: bool) -> list[int]:
        """The representatives that share enough of the rare keys, as far as both could have posted them."""
        holders, counts = np.unique(found, return_counts=True)
        enough = counts >= min(2, len(rare))
        holders, counts = holders[enough], counts[enough]
        if not len(holders):
            return []
        rows = self.representatives.rows[holders]
        reach = np.minimum(rows["reach"], rare[-1])
        mine = np.searchsorted(rare, reach, side="right")
        theirs = rows["keys"] * (reach / np.maximum(rows["reach"], 1))
        share = counts / np.maximum(np.minimum(mine, theirs), 1)
        order = np.argsort(-share, kind="stable")
        least = LEAST_RARE_BESIDE_BOILERPLATE if boilerplate else LEAST_RARE
        return cast("list[int]", holders[order[share[order] >= least]].tolist())

    def _without_crowded(self, rare: Hashes, which: Counts, found: Places) -> Hashes:
        """The keys without those that too many families share, which are boilerplate from now on."""
        counts = np.bincount(which, minlength=len(rare))
        crowded = []
        for position in np.flatnonzero(counts >= COMMON).tolist():
            items = self.representatives.rows["item"][found[which == position]].tolist()
            if len({self._root(item) for item in items}) >= COMMON:
                crowded.append(position)
        if not crowded:
            return rare
        self.postings.declare_common(rare[crowded])
        return np.delete(rare, crowded)

    def _linked(self, sketch: Sketch, near: Sequence[int]) -> list[tuple[int, Match]]:
        """The representatives that the text is a reprint of, the most alike first."""
        linked = []
        settled: set[int] = set()
        for found in near:
            root = self._root(int(self.representatives.rows[found]["item"]))
            if root in settled:
                continue
            match = compare(sketch, self.representatives.sketch(found))
            if match.is_reprint:
                linked.append((found, match))
                if match.of_longer >= LIKE_ENOUGH:
                    settled.add(root)
        return sorted(linked, key=lambda pair: (-pair[1].of_shorter - pair[1].of_longer, pair[0]))

    def _join(self, number: int, sketch: Sketch, linked: Sequence[tuple[int, Match]]) -> int:
        """Put the item into the best family, and join families that it bridges; returns the family."""
        rows = self.representatives.rows
        best, match = linked[0]
        root = self._union(self._root(int(rows[best]["item"])), number)
        if not match.is_firm:
            return root
        for found, match in linked[1:]:
            other = self._root(int(rows[found]["item"]))
            if other == root or not match.is_firm:
                continue
            if linked[0][1].replaced <= CLEAN or self._bridges(sketch, best, found):
                count = self.counts.pop(root, 1) + self.counts.pop(other, 1)
                self.joined.append((root, other))
                root = self._union(root, other)
                self.counts[root] = count
        return root

    def _bridges(self, sketch: Sketch, one: int, two: int) -> bool:
        """Whether a text shares with each of two others what these do not share with each other.

        Where it does not, it says nothing new about them: they were compared when they came, or have their boilerplate
        in common.
        """
        with_one, with_two = (np.intersect1d(sketch.marks, self.representatives.sketch(n).marks) for n in (one, two))
        return len(np.intersect1d(with_one, with_two)) < MOST_COMMON * min(len(with_one), len(with_two))

    def _represent(self, number: int, sketch: Sketch, *, steps: int, rare: Hashes) -> None:
        kept = self.representatives.keep(sketch, item=number, steps=steps, keys=rare)
        self.postings.post(np.union1d(rare, np.array([sketch.whole], np.uint32)), kept)

    def _root(self, number: int) -> int:
        parents = self.parents
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    def _union(self, one: int, two: int) -> int:
        """Join two families; the one that came first gives its name."""
        first, second = min(one, two), max(one, two)
        self.parents[second] = first
        self.next[first], self.next[second] = self.next[second], self.next[first]
        return first

    def _members(self, number: int) -> list[int]:
        ring = [number]
        while self.next[ring[-1]] != number:
            ring.append(self.next[ring[-1]])
        return sorted(ring)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.text)
        if len(batch) == _BATCH or size > _BATCH * 4096:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
