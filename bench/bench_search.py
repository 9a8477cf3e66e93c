"""Search: a corpus of 100,000 things of 600 characters, queried as the public page does.

Real Chinese where the data folder is there (HAIHE_TEST_DATA, or ../shared/data beside the checkout), else words made
by a seeded generator. Runs in a home and a process of its own. HAIHE_BENCH_DOCS sets another size.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure, percentile

DOCS = int(os.environ.get("HAIHE_BENCH_DOCS", "100000"))
LENGTH = 600
QUERIES = 300
SAMPLED = 1000
HAN_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
ORGANISATIONS = 40
SEEN = list(range(1, 13))  # the organisations the asking person may see


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        environ = {**os.environ, "HAIHE_HOME": home, "DJANGO_SETTINGS_MODULE": "haihe.base.search.tests.alone"}
        for part in ("fill", "ask"):
            done = subprocess.run(
                [sys.executable, __file__, part], env=environ, stdout=subprocess.PIPE, check=True, text=True
            )
    return [Figure(**told) for told in json.loads(done.stdout)]


def sentences() -> list[str]:
    folder = Path(os.environ.get("HAIHE_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    if not folder.is_dir():
        return _made_sentences()
    texts = []
    for name, key in (
        ("policy-texts/government_work_reports_1954-2025.jsonl.gz", "content"),
        ("policy-texts/clue_csl_dev.jsonl.gz", "abst"),
        ("news-pairs/sohu2021_event_short_short.jsonl.gz", "source"),
    ):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)[key] for line in lines]
    return [s for text in texts for s in re.split(r"(?<=[。！？;；])|\n+", text) if 8 <= len(s) <= 120]


def _made_sentences() -> list[str]:
    made = random.Random(2026)
    characters = [chr(0x4E00 + n) for n in made.sample(range(6000), 2500)]
    lexicon = ["".join(made.choices(characters, k=made.choice((1, 2, 2, 2, 3, 4)))) for _ in range(30_000)]
    weights = [1 / (rank + 3) for rank in range(len(lexicon))]
    return ["".join(made.choices(lexicon, weights, k=made.randint(5, 20))) + "。" for _ in range(40_000)]


def texts(pool: list[str], count: int) -> Iterator[tuple[str, str]]:
    made = random.Random(7)
    for _ in range(count):
        body = ""
        while len(body) < LENGTH:
            body += made.choice(pool)
        yield made.choice(pool)[:40], body[:LENGTH]


def fill() -> None:
    import django

    django.setup()
    from datetime import UTC, datetime, timedelta

    from django.core.management import call_command

    from haihe.base.search import rebuild
    from haihe.base.search.tests.noticeboard.models import Notice

    call_command("migrate", run_syncdb=True, verbosity=0)
    made = random.Random(3)
    start = datetime(2018, 1, 1, tzinfo=UTC)
    rows = (
        Notice(
            title=title,
            body=body,
            kind=made.choice(("story", "tour", "show", "bulletin", "reply")),
            section_id=made.randint(1, 12),
            organisation_id=made.randint(1, ORGANISATIONS),
            published=start + timedelta(minutes=made.randint(0, 8 * 525_600)),
        )
        for title, body in texts(sentences(), DOCS)
    )
    Notice.objects.bulk_create(rows, batch_size=2000)
    began = time.perf_counter()
    total = rebuild()
    Path(os.environ["HAIHE_HOME"], "ingest").write_text(str(total / (time.perf_counter() - began)))


def ask() -> None:
    import django

    django.setup()
    from haihe.base.search import search
    from haihe.base.search.tests.noticeboard.models import Notice

    began = time.perf_counter()
    _ask_once(search, Notice, "文化")
    first = (time.perf_counter() - began) * 1000
    sampled = _sample(Notice)
    for term in sampled[:30]:
        _ask_once(search, Notice, term)
    asked = [*sampled[: QUERIES - 60], *_longer(Notice, 60)]
    alone = [_timed(lambda term=term: _ask_once(search, Notice, term)) for term in asked]
    frequent = [_timed(lambda term=term: _ask_once(search, Notice, term)) for term in _frequent(Notice) for _ in "123"]
    missed, wrong = _recall(search, Notice, sampled)
    home = Path(os.environ["HAIHE_HOME"])
    size = sum(f.stat().st_size for f in (home / "search").rglob("*") if f.is_file())
    figures = [
        Figure("search p95, warm", percentile(alone, 0.95), "ms", "limit", 25, bar="value <= 25", note=f"{DOCS} docs"),
        Figure("search median, warm", percentile(alone, 0.5), "ms"),
        Figure("search p95, most frequent words", percentile(frequent, 0.95), "ms", "limit", 50, bar="value <= 50"),
        Figure("first search of a process", first, "ms", "limit", 200, bar="value <= 200"),
        Figure("two-character words missed", missed, f"of {SAMPLED}", bar="value <= 0"),
        Figure("hits without the word", wrong, "hits", bar="value <= 0"),
        Figure("findable after commit, p95", percentile(_findable(), 0.95), "ms", "limit", 2000, bar="value <= 2000"),
        Figure("rows indexed", float((home / "ingest").read_text()), "docs/s", "aspiration", 2000),
        Figure("index on disk", size / DOCS, "bytes/doc"),
    ]
    print(json.dumps([asdict(f) for f in figures]))


def _ask_once(search: Callable[..., Any], model: Any, term: str) -> Any:
    seen = {"organisation_id": SEEN, "live": True}
    return search(term, models=[model], filters=seen, facets=["kind", "section_id", "organisation_id"])


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _sample(model: Any) -> list[str]:
    """Two-character words that occur, drawn evenly over the corpus, each once."""
    made = random.Random(11)
    found: dict[str, None] = {}
    pks = list(model.objects.values_list("pk", flat=True))
    while len(found) < SAMPLED:
        body = model.objects.get(pk=made.choice(pks)).body
        pairs = [m.start() for m in HAN_PAIR.finditer(body)]
        start = made.choice(pairs)
        found[body[start : start + 2]] = None
    return list(found)


def _longer(model: Any, count: int) -> list[str]:
    made = random.Random(13)
    bodies = list(model.objects.order_by("pk").values_list("body", flat=True)[:2000])
    found = []
    while len(found) < count:
        size = made.choice((1, 3, 4))
        runs = re.findall(rf"[\u4e00-\u9fff]{{{size}}}", made.choice(bodies))
        if runs:
            found.append(made.choice(runs))
    return found


def _frequent(model: Any) -> list[str]:
    from collections import Counter

    counted: Counter[str] = Counter()
    for body in model.objects.order_by("pk").values_list("body", flat=True)[:1500]:
        counted.update({body[i : i + 2] for i in range(len(body) - 1) if HAN_PAIR.fullmatch(body[i : i + 2])})
    return [word for word, _ in counted.most_common(20)]


def _recall(search: Callable[..., Any], model: Any, sampled: list[str]) -> tuple[int, int]:
    """Words whose hits are not exactly the rows that hold them; shown hits that do not hold the word.

    Held means: in the text as OpenCC simplifies it, since traditional forms are to be found, too.
    """
    from opencc import OpenCC

    simplify = OpenCC("t2s").convert
    corpus = [simplify(f"{title}\n{body}") for title, body in model.objects.values_list("title", "body")]
    missed = wrong = 0
    for number, term in enumerate(sampled):
        result = search(term, models=[model], per_page=10)
        rows = model.objects.in_bulk([hit.pk for hit in result.hits])
        wrong += sum(simplify(term) not in simplify(f"{row.title}\n{row.body}") for row in rows.values())
        if number % 25:
            missed += not result.total
        else:  # counting all of them would take minutes
            missed += result.total != sum(simplify(term) in text for text in corpus)
    return missed, wrong


def _findable() -> list[float]:
    from haihe.base.search import run_indexer, search
    from haihe.base.search.tests.noticeboard.models import Notice

    stop = threading.Event()
    thread = threading.Thread(target=run_indexer, args=(stop,))
    thread.start()
    taken = []
    try:
        for n in range(20):
            notice = Notice.objects.create(title=f"新到消息{n} zq{n}x", body="刚刚")
            began = time.perf_counter()
            while search(f"zq{n}x", models=[Notice]).total == 0:
                time.sleep(0.01)
                if time.perf_counter() - began > 10:
                    raise TimeoutError(f"{notice} was not found")
            taken.append((time.perf_counter() - began) * 1000)
    finally:
        stop.set()
        thread.join()
    return taken


if __name__ == "__main__":
    if sys.argv[1:] == ["fill"]:
        fill()
    elif sys.argv[1:] == ["ask"]:
        ask()
    else:
        for figure in run():
            print(figure)
