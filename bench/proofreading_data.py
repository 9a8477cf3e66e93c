"""What proofreading is judged on, read from the data folder: SIGHAN 2015, saved Chinese news pages, headlines."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import trafilatura

from forecast_data import folder

Pair = tuple[str, str]
_HAN = re.compile("[\u4e00-\u9fff]")
_LEAST_HAN = 200  # of an article


@dataclass(frozen=True)
class Score:
    """Sentences: right, falsely changed, not (or not fully, or wrongly) corrected."""

    right: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.false)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def scored(correct: Callable[[str], str], pairs: Iterable[Pair]) -> Score:
    """As pycorrector's `eval_sighan2015_by_model` counts: a sentence with something to correct is positive, and right
    where the whole sentence comes out as the right one; only a sound sentence that was changed is a false positive."""
    right = false = missed = 0
    for source, target in pairs:
        made = correct(source)
        if source == target:
            false += made != source
        elif made == target:
            right += 1
        else:
            missed += 1
    return Score(right, false, missed)


def judged(name: str = "sighan2015_test.tsv") -> list[Pair]:
    """The file the published table was made with (707 sentences), or its longer form `sighan_2015_test.tsv` (1,100)."""
    return _pairs((folder() / "typos" / name).read_text(encoding="utf-8"))


def training() -> list[Pair]:
    return _pairs(gzip.decompress((folder() / "typos" / "sighan_2015_train.tsv.gz").read_bytes()).decode())


def headlines() -> list[str]:
    """32,353 headlines, written by many hands."""
    place = folder() / "news-titles"
    with gzip.open(place / "clue_tnews_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [json.loads(line)["sentence"] for line in lines]
    with gzip.open(place / "nlpcc2017_headlines.csv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        found += [line.rstrip("\n").split(",", 1)[1].strip('"').replace(" ", "") for line in lines]
    return found


def articles() -> list[str]:
    """The article of every saved Chinese news page, by trafilatura; each text once."""
    place = folder() / "articles"
    pages = [*sorted((place / "gne-chinese").rglob("*.html.gz")), place / "goose" / "test_bbc_chinese.html.gz"]
    pages += [place / "readability" / "qq" / "source.html.gz"]
    found: dict[str, None] = {}
    for page in pages:
        text = _article(page)
        if len(_HAN.findall(text)) >= _LEAST_HAN:
            found[text] = None
    return list(found)


def _article(page: Path) -> str:
    return trafilatura.extract(gzip.decompress(page.read_bytes()), include_comments=False, include_tables=False) or ""


def _pairs(text: str) -> list[Pair]:
    rows = (line.split("\t") for line in text.splitlines())
    return [(row[0], row[1]) for row in rows if len(row) == 2]
