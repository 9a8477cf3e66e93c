"""Families of reposts beside MinHash and TF-IDF cosine, what they cost, and whether the cost stays flat to a million.

Texts are made by families_data.py from the articles of the data folder; thresholds were chosen on one half of the
articles, every figure here is of the other. HAIHE_BENCH_ITEMS asks for fewer than a million items, to try the script.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import statistics
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import rankdata

sys.path.insert(0, str(Path(__file__).resolve().parent))

import families_data as made
from families_stream import BLOCK, Stream
from figures import Figure
from forecast_data import folder
from haihe.newsroom.domain.families import FamilyIndex, Item
from haihe.newsroom.domain.families.matching import compare
from haihe.newsroom.domain.families.sketching import sketch_all

Floats = NDArray[np.float64]
PRECISION, RECALL, PER_SECOND, FLAT = 0.97, 0.95, 2000, 1.2
PERMUTATIONS, SHINGLE = 128, 5  # of MinHash; TF-IDF is over pairs of characters
ALIKE = np.arange(
    0.3, 0.96, 0.05
)  # from where peers call two texts alike: each is given the best for what it is judged on
SEED = 20  # not one of those the thresholds were chosen with
MOST_BYTES = 2560.0  # of memory an item, at its peak: while the key table doubles


def run() -> list[Figure]:
    place = folder()
    if not place.is_dir():
        print(f"no data folder ({place}); HAIHE_TEST_DATA names it", file=sys.stderr)
        return []
    return [*quality(place), *labelled(place), *cost(place)]


# --- quality --------------------------------------------------------------------------------------------------------


def quality(place: Path) -> list[Figure]:
    """Precision and recall of pairs on reposts of articles that no threshold has seen."""
    kept = made.apart({name: text for name, text in made.articles(place).items() if made.half(text) == "held out"})
    chinese = {name: text for name, text in kept.items() if made.is_chinese(text)}
    other = dict([pair for pair in kept.items() if pair[0] not in chinese][::2])
    figures: list[Figure] = []
    for language, texts in (("Chinese", chinese), ("other languages", other)):
        plain = [*made.reposts(texts, made.EDITS, each=3, seed=SEED)]
        hard = [*made.other_figures(texts, seed=SEED), *made.digests(texts, seed=SEED), *made.quoting(texts, seed=SEED)]
        figures += _judged(f"five edits, {language}", plain, peers=True, bars=True)
        figures += _judged(f"five edits among look-alikes, {language}", [*plain, *hard], bars=True)
        names = sorted(texts)
        ours, theirs = ({name: texts[name] for name in names[part::2]} for part in (0, 1))
        noticed = [*made.reposts(ours, made.EDITS, each=3, seed=SEED), *made.boilerplate(theirs, seed=SEED)]
        figures += _judged(f"five edits beside short texts under one notice, {language}", noticed, bars=True)
        figures += _judged(f"heavier edits, {language}", [*made.reposts(texts, made.HEAVIER, each=2, seed=SEED)])
    for kind in ("series", "names only"):
        issues = [*made.series(count=40, seed=SEED, names_only=kind == "names only")]
        figures += _judged({"series": "dated series", "names only": "series that differ in names only"}[kind], issues)
    return figures


def _judged(what: str, items: list[made.Item], *, peers: bool = False, bars: bool = False) -> list[Figure]:
    random.Random(SEED).shuffle(items)
    truth = [item.family for item in items]
    index = FamilyIndex()
    index.add_all(Item(number, item.text) for number, item in enumerate(items))
    precision, recall = _pairs([index.family(number) for number in range(len(items))], truth)
    note = f"{len(items)} texts, {len(set(truth))} families"
    asked = {"precision": f"value >= {PRECISION}", "recall": f"value >= {RECALL}"} if bars else {}
    found = {"precision": precision, "recall": recall}
    if not peers:
        return [
            Figure(f"{name}: {what}", value, "", bar=asked.get(name, ""), note=note) for name, value in found.items()
        ]
    figures = []
    for peer, alike in (("MinHash", _minhash_scores), ("TF-IDF cosine", _cosine_scores)):
        scores = alike([item.text for item in items])
        tried = [_pairs(_joined(scores >= least), truth) for least in ALIKE]
        theirs = dict(zip(found, max(tried, key=lambda pair: pair[0] * pair[1] / max(sum(pair), 1e-9)), strict=True))
        figures += [
            Figure(f"{name}: {what}", value, "", peer, theirs[name], bar=asked.get(name, ""), note=note)
            for name, value in found.items()
        ]
    return figures


def _pairs(families: Sequence[object], truth: Sequence[str]) -> tuple[float, float]:
    """Precision and recall of "these two are of one family"."""

    def pairs(of: Iterable[object]) -> int:
        return sum(count * (count - 1) // 2 for count in Counter(of).values())

    both = pairs(zip(families, truth, strict=True))
    return both / max(pairs(families), 1), both / max(pairs(truth), 1)


def _joined(alike: NDArray[np.bool_]) -> list[int]:
    return sparse.csgraph.connected_components(sparse.csr_matrix(alike), directed=False)[1].tolist()


# --- the peers ------------------------------------------------------------------------------------------------------

_DICE = np.random.default_rng(1)
_TIMES = _DICE.integers(1, 1 << 31, PERMUTATIONS, dtype=np.uint64) | np.uint64(1)
_PLUS = _DICE.integers(0, 1 << 31, PERMUTATIONS, dtype=np.uint64)


def minhash(text: str, size: int = SHINGLE) -> NDArray[np.uint64]:
    """Signature of 128 permutations over runs of `size` characters, white space aside."""
    bare = "".join(text.split())
    runs = {zlib.crc32(bare[at : at + size].encode("utf-8", "replace")) for at in range(max(1, len(bare) - size + 1))}
    hashes = np.fromiter(runs, np.uint64, len(runs))
    return ((hashes[:, None] * _TIMES + _PLUS) % np.uint64((1 << 61) - 1) & np.uint64(0xFFFFFFFF)).min(axis=0)


def _minhash_scores(texts: Sequence[str]) -> Floats:
    signatures = np.stack([minhash(text) for text in texts])
    return np.stack([(signatures == one).mean(axis=1) for one in signatures])


def _cosine_scores(texts: Sequence[str]) -> Floats:
    rows = tfidf(texts)
    return np.asarray((rows @ rows.T).toarray())


def tfidf(texts: Sequence[str]) -> sparse.csr_matrix:
    """Rows of unit length over pairs of characters, weighed by the logarithm of their rarity in these texts."""
    known: dict[str, int] = {}
    rows, columns = [], []
    for number, text in enumerate(texts):
        bare = "".join(text.split())
        for at in range(len(bare) - 1):
            rows.append(number)
            columns.append(known.setdefault(bare[at : at + 2], len(known)))
    counts = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), max(1, len(known))))
    rarity = np.log((1 + len(texts)) / (1 + np.bincount(counts.indices, minlength=counts.shape[1]))) + 1
    weighed = counts @ sparse.diags(rarity)
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(length, 1e-12)) @ weighed)


# --- labelled pairs -------------------------------------------------------------------------------------------------


def labelled(place: Path) -> list[Figure]:
    """Area under the ROC on human labels of "same event" and "same topic", which is more than a reprint: most true
    pairs are two reports in different words. And how often what is called a reprint is of the same event or topic."""
    figures = []
    for what in ("event", "topic"):
        path = place / "news-pairs" / f"sohu2021_{what}_short_short.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        labels = np.array([int(row["label"]) for row in rows], np.bool_)
        one, two = [row["source"] for row in rows], [row["target"] for row in rows]
        matches = [compare(*pair) for pair in zip(sketch_all(one), sketch_all(two), strict=True)]
        ours = _area(np.array([match.of_shorter + match.of_longer for match in matches]), labels)
        note = f"{len(rows)} pairs, {labels.mean():.0%} true"
        signatures = [np.stack([minhash(text, 3) for text in side]) for side in (one, two)]
        peers = {
            "MinHash, 5 characters": [(minhash(a) == minhash(b)).mean() for a, b in zip(one, two, strict=True)],
            "MinHash, 3 characters": (signatures[0] == signatures[1]).mean(axis=1),
            "TF-IDF cosine": _cosines([*one, *two]),
        }
        for peer, scores in peers.items():
            asked = "ratio >= 1" if "MinHash" in peer else ""
            figures.append(
                Figure(f"ROC area, same {what}", ours, "", peer, _area(np.array(scores), labels), bar=asked, note=note)
            )
        called = np.array([match.is_reprint for match in matches])
        figures.append(
            Figure(
                f"called reprints: of the same {what}",
                float(labels[called].mean()),
                "",
                note=f"{called.sum()} called",
            )
        )
    return figures


def _cosines(texts: Sequence[str]) -> Floats:
    rows = tfidf(texts)
    half = len(texts) // 2
    return np.asarray(rows[:half].multiply(rows[half:]).sum(axis=1)).ravel()


def _area(scores: Floats, labels: NDArray[np.bool_]) -> float:
    ranks = rankdata(scores)
    true = int(labels.sum())
    return float((ranks[labels].sum() - true * (true + 1) / 2) / (true * (len(labels) - true)))


# --- cost -----------------------------------------------------------------------------------------------------------


def cost(place: Path) -> list[Figure]:
    """Processor time an item in a stream to a million; and, in turn with it at every tenth of the way, in ten streams
    of 10 thousand from their beginning, so that a busy machine meets both."""
    asked = int(os.environ.get("HAIHE_BENCH_ITEMS", "1000000"))
    total = max(1, asked // (100 * BLOCK)) * 100 * BLOCK
    stream, large = Stream(place, SEED), FamilyIndex()
    large.add("first", "\u9884\u70ed")  # the tables are made
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent, small, last, hashed = 0.0, [], 0.0, []
    fresh, begun = FamilyIndex(), stream
    for number in range(total // BLOCK):
        texts = list(stream.block())
        items = [Item(number * BLOCK + at, text) for at, text in enumerate(texts)]
        tenth = total // BLOCK // 10
        part, between = divmod(number % tenth, tenth // 10)
        if between == 0 and part < 10:
            fresh, begun = (fresh, begun) if part else (FamilyIndex(), stream.another(SEED + 1 + number))
            own = [Item(part * BLOCK + at, text) for at, text in enumerate(begun.block())]
            small.append(_timed(lambda kept=fresh, own=own: kept.add_all(own)))
        taken = _timed(lambda items=items: large.add_all(items))
        spent += taken
        if number % tenth == 0:
            hashed.append(_timed(lambda texts=texts: [minhash(text) for text in texts[:100]]) / 100)
        last = (last if number > total // BLOCK - tenth else 0.0) + taken
    bytes_each = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / total
    few, few_last = (statistics.mean(times) / BLOCK for times in (small, small[-10:]))
    many, end = spent / total, last / (total / 10)
    note = f"{total} texts of 600 to 1,000 characters, {len({family for _id, family in large.families()})} families"
    return [
        Figure("items a second, one core", 1 / many, "/s", "limit", PER_SECOND, bar="ratio >= 1", note=note),
        Figure("items a second, one core", 1 / many, "/s", "MinHash signature alone", 1 / statistics.median(hashed)),
        Figure("cost an item, whole stream", many * 1e6, "\u00b5s", "10,000 items", few * 1e6, bar=f"ratio <= {FLAT}"),
        Figure(
            "cost an item, last tenth", end * 1e6, "\u00b5s", "10,000 items", few_last * 1e6, bar=f"ratio <= {FLAT}"
        ),
        Figure("memory an item, at its peak", bytes_each, "B", "limit", MOST_BYTES, bar="ratio <= 1"),
    ]


def _timed(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
