"""Search: 100,000 published stories of 600 characters, asked in the process (words found, first search, findable after
arrival) and over HTTP to the rendered page of the public. In a home of its own. BENCH_DOCS sets another size.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import edge_and_django, get
from figures import Figure, percentile
from search_corpus import publish_stories

DOCS = int(os.environ.get("BENCH_DOCS", "100000"))
QUERIES = 300
SAMPLED = 1000
HAN_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
SEEN = list(range(1, 13))  # the organisations the asking person may see


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        environ = {**os.environ, "HAIHE_HOME": home, "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
        for part in ("fill", "ask"):
            done = subprocess.run(
                [sys.executable, __file__, part], env=environ, stdout=subprocess.PIPE, check=True, text=True
            )
        told = json.loads(done.stdout.splitlines()[-1])
        return [Figure(**figure) for figure in told["figures"]] + over_http(Path(home), told["asked"])


def over_http(home: Path, asked: list[str]) -> list[Figure]:
    """The public page as a reader gets it: words marked, what is public only, four facets, through the edge."""
    with edge_and_django(home) as urls:
        pages = [f"{urls['edge']}/search/?{urlencode({'q': term})}" for term in asked]
        for page in pages[:30]:
            get(page)
        taken = [_timed(lambda page=page: _page(page)) for page in pages]
    note = f"{DOCS} stories, median {percentile(taken, 0.5):.0f} ms"
    return [
        Figure("search page over HTTP, p95", percentile(taken, 0.95), "ms", "limit", 50, bar="ratio <= 1", note=note)
    ]


def _page(address: str) -> None:
    body = get(address)[1]
    if b"<mark" not in body:
        raise AssertionError(f"{address} shows no hit")


def fill() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from haihe.base.search import rebuild

    call_command("migrate", verbosity=0)
    publish_stories(DOCS)
    began = time.perf_counter()
    total = rebuild()
    Path(os.environ["HAIHE_HOME"], "ingest").write_text(str(total / (time.perf_counter() - began)))


def ask() -> None:
    import django

    django.setup()
    from haihe.base.search import search
    from haihe.releases.models import Publication

    began = time.perf_counter()
    _ask_once(search, Publication, "文化")
    first = (time.perf_counter() - began) * 1000
    sampled = _sample(Publication)
    for term in sampled[:30]:
        _ask_once(search, Publication, term)
    asked = [*sampled[: QUERIES - 60], *_longer(Publication, 60)]
    alone = [_timed(lambda term=term: _ask_once(search, Publication, term)) for term in asked]
    often = _frequent(Publication) * 3
    frequent = [_timed(lambda term=term: _ask_once(search, Publication, term)) for term in often]
    missed, wrong = _recall(search, Publication, sampled)
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
    print(json.dumps({"figures": [asdict(figure) for figure in figures], "asked": asked}))


def _ask_once(search: Callable[..., Any], model: Any, term: str) -> Any:
    seen = {"organisation_id": SEEN, "state": "published"}
    return search(term, models=[model], filters=seen, facets=["kind", "section_id", "organisation_id"])


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _text(row: Any) -> str:
    return f"{row.title}\n{row.text}"


def _rows(model: Any, **chosen: Any) -> Any:
    return model.objects.filter(**chosen).select_related("current")


def _sample(model: Any) -> list[str]:
    """Two-character words that occur, drawn evenly over the corpus, each once."""
    made = random.Random(11)
    found: dict[str, None] = {}
    pks = sorted(model.objects.values_list("pk", flat=True))
    while len(found) < SAMPLED:
        text = _rows(model).get(pk=made.choice(pks)).text
        start = made.choice([m.start() for m in HAN_PAIR.finditer(text)])
        found[text[start : start + 2]] = None
    return list(found)


def _longer(model: Any, count: int) -> list[str]:
    made = random.Random(13)
    texts = [row.text for row in _rows(model)[:2000]]
    found = []
    while len(found) < count:
        size = made.choice((1, 3, 4))
        runs = re.findall(rf"[\u4e00-\u9fff]{{{size}}}", made.choice(texts))
        if runs:
            found.append(made.choice(runs))
    return found


def _frequent(model: Any) -> list[str]:
    from collections import Counter

    counted: Counter[str] = Counter()
    for row in _rows(model)[:1500]:
        counted.update({word for at in range(len(row.text) - 1) if HAN_PAIR.fullmatch(word := row.text[at : at + 2])})
    return [word for word, _ in counted.most_common(20)]


def _recall(search: Callable[..., Any], model: Any, sampled: list[str]) -> tuple[int, int]:
    """Words whose hits are not exactly the rows that hold them; shown hits that do not hold the word.

    Held means: in the text as OpenCC simplifies it, since traditional forms are to be found, too.
    """
    from opencc import OpenCC

    simplify = OpenCC("t2s").convert
    corpus = [simplify(_text(row)) for row in _rows(model).iterator(chunk_size=2000)]
    missed = wrong = 0
    for number, term in enumerate(sampled):
        result = search(term, models=[model], per_page=10)
        rows = _rows(model, pk__in=[hit.pk for hit in result.hits])
        wrong += sum(simplify(term) not in simplify(_text(row)) for row in rows)
        if number % 25:
            missed += not result.total
        else:  # counting all of them would take minutes
            missed += result.total != sum(simplify(term) in text for text in corpus)
    return missed, wrong


def _findable() -> list[float]:
    from haihe.base.search import run_indexer, search
    from haihe.portal.tests import factory
    from haihe.releases.models import Publication

    stop = threading.Event()
    thread = threading.Thread(target=run_indexer, args=(stop,))
    thread.start()
    taken = []
    try:
        for n in range(20):
            story = factory.story(f"新到消息{n} zq{n}x")
            began = time.perf_counter()
            while search(f"zq{n}x", models=[Publication]).total == 0:
                time.sleep(0.01)
                if time.perf_counter() - began > 10:
                    raise TimeoutError(f"{story} was not found")
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
