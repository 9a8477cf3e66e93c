"""Misspellings written down by people: wrong wherever they stand as words, or wrong in certain surroundings.

data/misspellings.txt   wrong>right
data/confusions.tsv     wrong, right, before, after
data/particles.tsv      the same for the particles \u7684, \u5730, \u5f97

All wrong forms are found in one pass; the few places found are looked at more closely.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from haihe.newsroom.domain.proofreading.matching import Terms
from haihe.newsroom.domain.proofreading.spelling.grain import Grain
from haihe.newsroom.domain.proofreading.spelling.suspicion import Suspicion

STOPS = (
    r"\s\u3002\uff0c\uff01\uff1f\u3001\uff1b\uff1a\u201c\u201d\u2018\u2019\u2026\uff08\uff09\u300a\u300b"
    r"\u300c\u300d\u300e\u300f\uff0e\u2014,.!?;:()~\"\u3010\u3011"
)
_BACK, _AHEAD = 12, 20  # characters that a condition may look at


@dataclass(frozen=True)
class Condition:
    """What must stand, or must not stand, beside a place."""

    pattern: re.Pattern[str] | None
    wanted: bool = True

    @classmethod
    def written(cls, words: str, *, before: bool) -> Condition:
        if not words:
            return cls(None)
        wanted = not words.startswith("!")
        edge = rf"(?:^|[{STOPS}])" if before else rf"(?:$|[{STOPS}])"
        words = words.removeprefix("!").replace("{e}", edge).replace("{q}", "\u4e00-\u9fff")
        return cls(re.compile(rf"(?:{words})\Z" if before else words), wanted)

    def holds(self, beside: str, *, before: bool) -> bool:
        if self.pattern is None:
            return True
        met = self.pattern.search(beside) if before else self.pattern.match(beside)
        return bool(met) == self.wanted


@dataclass(frozen=True)
class Rule:
    wrong: str
    right: str
    by: str
    before: Condition = Condition(None)
    after: Condition = Condition(None)

    def fits(self, text: str, start: int) -> bool:
        end = start + len(self.wrong)
        return self.before.holds(text[max(0, start - _BACK) : start], before=True) and self.after.holds(
            text[end : end + _AHEAD], before=False
        )


def suspicions(text: str, grain: Grain) -> Iterator[Suspicion]:
    """Every place that a rule fits, in the order of the text; of several rules at one place the first written."""
    for start, wrong in _wrongs().find(text):
        end = start + len(wrong)
        rule = next((one for one in _rules()[wrong] if one.fits(text, start)), None)
        if rule and (len(wrong) == 1 or grain.parts(start, end)):
            yield Suspicion(start, end, wrong, rule.right, rule.by, rule.right)


@cache
def _rules() -> dict[str, tuple[Rule, ...]]:
    found: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in [*_pairs(), *_conditional("confusions"), *_conditional("particles")]:
        found[rule.wrong].append(rule)
    return {wrong: tuple(rules) for wrong, rules in found.items()}


@cache
def _wrongs() -> Terms:
    return Terms(_rules())


def _pairs() -> Iterator[Rule]:
    for line in lines("misspellings.txt"):
        wrong, _, right = line.partition(">")
        yield Rule(wrong, right, "misspellings")


def _conditional(name: str) -> Iterator[Rule]:
    for line in lines(f"{name}.tsv"):
        wrong, right, before, after = [*line.split("\t"), "", ""][:4]
        yield Rule(wrong, right, name, Condition.written(before, before=True), Condition.written(after, before=False))


def lines(name: str) -> list[str]:
    """The lines of a data file, without comments."""
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
