"""Search at size: a million collected items of 600 characters, asked by staff while 200 items arrive every second.

Over HTTP to the rendered page of intake, in the process, and first after a start; words found beside a plain look at
every text. In a home of its own; BENCH_ITEMS asks for fewer, BENCH_ITEMS_HOME keeps the filled home between runs.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import edge_and_django, get, running
from figures import Figure, percentile
from items_corpus import fill

ITEMS = int(os.environ.get("BENCH_ITEMS", "1000000"))
ASKED, SAMPLED, COUNTED = 300, 1000, 40
ARRIVING, DELIVERY = 200, 25  # items a second, and in one delivery
HAN_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")


def run() -> list[Figure]:
    with _home() as home:
        environ = {**os.environ, "HAIHE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
        if not (home / "filled").exists():
            _part("fill", environ)
            (home / "filled").touch()
        firsts = [json.loads(_part("first", environ)) for _ in range(3)]
        told = json.loads(_part("ask", environ))
        figures = [Figure(**figure) for figure in told["figures"]]
        first = sorted(firsts)[1]
        figures.append(
            Figure("first search of a process", first, "ms", "limit", 200, bar="value <= 200", note="median of 3")
        )
        return figures + over_http(home, told["asked"], environ)


@contextmanager
def _home() -> Iterator[Path]:
    kept = os.environ.get("BENCH_ITEMS_HOME")
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        yield Path(home)


def _part(name: str, environ: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, __file__, name], env=environ, stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout.splitlines()[-1]


def over_http(home: Path, asked: list[str], environ: dict[str, str]) -> list[Figure]:
    """The intake page as staff get it, alone and while items arrive and the worker indexes and looks into them."""
    cookie = {"Cookie": _part("sign_in", environ)}
    meanwhile = [[sys.executable, "-m", "haihe", "worker"], [sys.executable, __file__, "arrive"]]
    figures = []
    with edge_and_django(home) as urls:
        pages = [f"{urls['edge']}/admin/items/?{urlencode({'q': term, 'state': 'all'})}" for term in asked]
        begun = time.perf_counter()
        get(pages[0], cookie)
        first = (time.perf_counter() - begun) * 1000
        for page in pages[:20]:
            get(page, cookie)
        alone = [_timed(page, cookie) for page in pages]
        listed = [_timed(f"{urls['edge']}/admin/items/?p={number}", cookie) for number in range(1, 31)]
        with running(meanwhile, environ):
            time.sleep(10)
            busy = [_timed(page, cookie) for page in pages]
        arrived = json.loads(_part("arrived", environ))
    note = f"{ITEMS} items, median {percentile(alone, 0.5):.0f} ms"
    figures.append(
        Figure(
            "intake search page over HTTP, p95",
            percentile(alone, 0.95),
            "ms",
            "limit",
            50,
            bar="value <= 50",
            note=note,
        )
    )
    note = f"median {percentile(busy, 0.5):.0f} ms; {arrived['rate']:.0f} arrived a second, {arrived['behind']} behind"
    figures.append(
        Figure(
            "the same while items arrive, p95", percentile(busy, 0.95), "ms", "limit", 50, bar="value <= 50", note=note
        )
    )
    figures.append(
        Figure("items taken in a second meanwhile", arrived["rate"], "1/s", "limit", ARRIVING, bar="ratio >= 0.98")
    )
    figures.append(Figure("first page with a search after a start", first, "ms"))
    figures.append(Figure("intake list over HTTP, p95", percentile(listed, 0.95), "ms", "limit", 50))
    return figures


def _timed(page: str, cookie: dict[str, str]) -> float:
    begun = time.perf_counter()
    body = get(page, cookie)[1]
    taken = (time.perf_counter() - begun) * 1000
    if b"data-item" not in body:
        raise AssertionError(f"{page} shows no item")
    return taken


def sign_in() -> None:
    """Print a session cookie of a person who sees twelve organisations."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from haihe.city import grant
    from haihe.city.models import Organisation, Person

    person, made = Person.objects.get_or_create(username="bench-editor")
    if made:
        person.set_unusable_password()
        person.save()
        for organisation in Organisation.objects.order_by("pk")[:12]:
            grant(person, "editor", organisation)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    print(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")


def first() -> None:
    from haihe.base.search import search
    from haihe.newsroom.models import Item

    begun = time.perf_counter()
    _search(search, Item, "文化")
    print((time.perf_counter() - begun) * 1000)


def ask() -> None:
    from haihe.base.search import index_pending, search
    from haihe.newsroom.models import Item

    index_pending()  # a kept home was left with what had just arrived
    sampled = _sampled(Item)
    for term in sampled[:30]:
        _search(search, Item, term)
    asked = sampled[:ASKED]
    taken = []
    for term in asked:
        begun = time.perf_counter()
        _search(search, Item, term)
        taken.append((time.perf_counter() - begun) * 1000)
    missed, wrong = _recall(search, Item, sampled)
    home = Path(os.environ["HAIHE_HOME"])
    size = sum(file.stat().st_size for file in (home / "search").rglob("*") if file.is_file())
    figures = [
        Figure(
            "search p95, warm", percentile(taken, 0.95), "ms", "limit", 25, bar="value <= 25", note=f"{ITEMS} items"
        ),
        Figure("search median, warm", percentile(taken, 0.5), "ms"),
        Figure("two-character words missed", missed, f"of {SAMPLED}", bar="value <= 0"),
        Figure("hits without the word", wrong, "hits", bar="value <= 0"),
        Figure("index on disk", size / ITEMS, "bytes/item"),
    ]
    print(json.dumps({"figures": [asdict(figure) for figure in figures], "asked": asked}))


def _search(search: Any, model: Any, term: str, **how: Any) -> Any:
    seen = {"organisation_id": list(range(1, 13)), "state": "new"}
    return search(term, models=[model], filters=seen, facets=["source_id"], **how)


def _sampled(model: Any) -> list[str]:
    """Two-character words that occur, drawn evenly over the items, each once."""
    made = random.Random(11)
    found: dict[str, None] = {}
    while len(found) < SAMPLED:
        from uuid import UUID

        row = model.objects.filter(pk=UUID(int=made.randint(1, ITEMS))).first()
        if row is not None and row.organisation_id <= 12:
            start = made.choice([match.start() for match in HAN_PAIR.finditer(row.text)])
            found[row.text[start : start + 2]] = None
    return list(found)


def _recall(search: Any, model: Any, sampled: list[str]) -> tuple[int, int]:
    """Words of which not every item that holds them is a hit, and shown hits that do not hold the word."""
    every = dict.fromkeys(sampled[:COUNTED], 0)
    wrong = missed = 0
    totals = {}
    for term in sampled:
        result = search(term, models=[model], per_page=10)
        totals[term] = result.total
        rows = model.objects.filter(pk__in=[hit.pk for hit in result.hits])
        wrong += sum(term not in f"{row.title}\n{row.text}" for row in rows)
    for title, text in model.objects.values_list("title", "text").iterator(chunk_size=5000):
        whole = f"{title}\n{text}"
        for term in every:
            every[term] += term in whole
    missed += sum(not total for total in totals.values())
    missed += sum(totals[term] != count for term, count in every.items())
    return missed, wrong


def arrive() -> None:
    """Deliver 200 items a second for as long as this runs."""
    from haihe.base.tasks.lanes import lanes
    from haihe.newsroom.domain.collecting import take_upload
    from haihe.newsroom.models import Source
    from items_corpus import pool

    os.nice(lanes()["collect"].niceness)  # as the worker collects
    told, made = pool(), random.Random(os.getpid())
    sources = list(Source.objects.order_by("pk")[:200])
    log = Path(os.environ["HAIHE_HOME"], "arrived")
    begun, taken = time.monotonic(), 0
    while True:
        entries = "".join(
            f"<item><guid isPermaLink='false'>{os.getpid()}-{taken + n}</guid><title>{made.choice(told)[:30]}</title>"
            f"<description>{''.join(made.choices(told, k=15))}</description></item>"
            for n in range(DELIVERY)
        )
        feed = f"<rss version='2.0'><channel><title>x</title>{entries}</channel></rss>".encode()
        take_upload(made.choice(sources), feed, filename="f.xml", by=None)
        taken += DELIVERY
        log.write_text(json.dumps({"rate": taken / (time.monotonic() - begun)}))
        time.sleep(max(0.0, begun + taken / ARRIVING - time.monotonic()))


def arrived() -> None:
    from haihe.base.search.models import Change

    said = json.loads(Path(os.environ["HAIHE_HOME"], "arrived").read_text())
    print(json.dumps({**said, "behind": Change.objects.count()}))


def _fill() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill(ITEMS)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        import django

        django.setup()
        {
            "fill": _fill,
            "first": first,
            "ask": ask,
            "sign_in": sign_in,
            "arrive": arrive,
            "arrived": arrived,
        }[sys.argv[1]]()
    else:
        for figure in run():
            print(figure, figure.holds, flush=True)
