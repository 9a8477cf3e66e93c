"""Channels: from the click in the admin to ten receivers' logs, while the worker collects from forty feeds and makes a
film; and how long all products of one story take. BENCH_STORIES (200).

A whole city runs (`haihe up`) in a home of its own, on loopback; the receivers are one process, which
knows the keys it has seen.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import measured_inside
from figures import Figure, percentile
from receiving import OUTLETS, log, receivers, served, set_up, until

STORIES = int(os.environ.get("BENCH_STORIES", "200"))
BUSY_EVERY = 20  # stories


def run() -> list[Figure]:
    return [*measured_inside(__file__, "latency", up=True), *measured_inside(__file__, "products")]


def latency() -> list[Figure]:
    """The button of the admin, pressed through the edge, to the line in each receiver's log."""
    import httpx
    from django.conf import settings

    import bench_publishing as publishing_bench
    from haihe.newsroom.domain import writing

    organisation, editor, section, topic = publishing_bench._found(publishing_bench._feed_server())
    staff = httpx.Client(
        base_url=f"http://{settings.HAIHE.bind}", cookies=publishing_bench.session_of(editor), timeout=60
    )
    folders = receivers(1)
    set_up(organisation)
    clicked: dict[str, float] = {}
    with served(folders):
        for number in range(STORIES):
            if number % BUSY_EVERY == 0:
                publishing_bench._sweep()
            title, text = f"第{number}号渡口今日开航", "<p>渡口今日开航。</p>" * 8
            draft = writing.begin(organisation, editor, title=title, html=text, section=section, topics=[topic])
            click = publishing_bench._button(staff, f"{publishing_bench.MANUSCRIPTS}/edit/{draft.pk}/", text)
            clicked[title] = time.time()
            click({"action-publish": "1"})
            if number % BUSY_EVERY == 0:
                _film()
        until(lambda: len(log(folders)) >= STORIES * OUTLETS)
    waits = [line["at"] - clicked[line["title"]] for line in log(folders)]
    once = len({line["key"] for line in log(folders)}) == len(waits) == STORIES * OUTLETS
    note = (
        f"{STORIES} stories × {OUTLETS} outlets, median {percentile(waits, 0.5):.2f} s, each once: {once}; {_beside()}"
    )
    p95 = percentile(waits, 0.95)
    return [Figure("click to the receiver's log, p95", p95, "s", "limit", 1.0, bar="ratio <= 1", note=note)]


def _film() -> None:
    """Have the heavy lane make a film of the newest story."""
    from haihe.releases.delivery.tasks import make_product
    from haihe.releases.models import Release

    newest = Release.objects.order_by("-made_at").first()
    if newest is not None:
        make_product.enqueue("clip", str(newest.pk), 0)


def _beside() -> str:
    from haihe.newsroom.models import Item

    films = len(list((Path(os.environ["HAIHE_HOME"]) / "made" / "clip").rglob("*.mp4")))
    return f"{Item.objects.count()} items collected and {films} films made meanwhile"


def products() -> list[Figure]:
    from django.conf import settings

    from haihe.channels.domain import pictures
    from haihe.channels.tests import samples
    from haihe.releases.delivery import products_of
    from haihe.releases.delivery.protocols import is_slow

    settings.MEDIA_ROOT = Path(os.environ["HAIHE_HOME"]) / "media"
    release = samples.everything()
    spent: dict[str, float] = {}
    fresh = 0.0
    for _round in range(2):  # libraries and fonts are read once in a process's life
        fresh = sum(spent.values())
        spent = {}
        pictures._encoded.cache_clear()
        for name, product in products_of("story").items():
            if is_slow(product):  # made in the heavy lane
                continue
            began = time.perf_counter()
            product.render(release)
            spent[name] = (time.perf_counter() - began) * 1000
    slowest = sorted(spent, key=lambda name: -spent[name])[:4]
    note = f"{len(spent)} products; " + ", ".join(f"{name} {spent[name]:.0f}" for name in slowest)
    return [
        Figure("all products of a story with four pictures", sum(spent.values()), "ms", "limit", 400.0,
               bar="ratio <= 1", note=note),
        Figure("the same, the first of a fresh process", fresh, "ms", "limit", 400.0, bar="ratio <= 1"),
        Figure("share card", spent["card"], "ms", "limit", 60.0, bar="ratio <= 1"),
    ]  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    figures = {"latency": latency, "products": products}[sys.argv[1]]()
    print(json.dumps([asdict(figure) for figure in figures]))
