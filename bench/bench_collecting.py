"""Collecting: entries a second from the bytes of a feed to rows, index journal and ledger, in one process. The peer is
feedparser alone, with its own sanitiser, on the same bytes, in turns.
"""

from __future__ import annotations

import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure

ENTRIES = 500
CHARACTERS = 600
ROUNDS = 5
COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处"  # noqa: E501


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        environ = {**os.environ, "HAIHE_HOME": home, "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
        done = subprocess.run([sys.executable, __file__, "measure"], env=environ, stdout=subprocess.PIPE, check=True)
    ours, peer, again = json.loads(done.stdout.splitlines()[-1])
    what = f"{ENTRIES} entries of {CHARACTERS} characters"
    return [
        Figure("entries taken in a second, one process", ours, "1/s", "limit", 1000, bar="value >= 1000", note=what),
        Figure("the same against feedparser alone", ours, "1/s", "feedparser with its sanitiser", peer),
        Figure("entries a second when nothing is new", again, "1/s", "feedparser with its sanitiser", peer),
    ]


def measure() -> tuple[float, float, float]:
    import django

    django.setup()
    import feedparser
    from django.core.management import call_command

    from haihe.city.domain.organisations import found
    from haihe.newsroom.domain.collecting import take_upload
    from haihe.newsroom.models import Item, Source

    call_command("migrate", verbosity=0)
    box = Source.objects.create(organisation=found("Bench", slug="bench"), name="bench", transport="upload")
    taken: dict[str, list[float]] = {"new": [], "peer": [], "known": []}
    for turn in range(ROUNDS + 1):
        data = _feed(turn)
        for name, work in (
            ("new", lambda: take_upload(box, data, filename="bench.xml", by=None)),  # noqa: B023
            ("peer", lambda: feedparser.parse(io.BytesIO(data))),  # noqa: B023
            ("known", lambda: take_upload(box, data, filename="bench.xml", by=None)),  # noqa: B023
        ):
            begun = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begun)
    assert Item.objects.count() == ENTRIES * (ROUNDS + 1)
    ours, peer, again = (ENTRIES / statistics.median(taken[name][1:]) for name in ("new", "peer", "known"))
    return ours, peer, again


def _feed(seed: int) -> bytes:
    chance = random.Random(seed)
    words = ["".join(chance.choices(COMMON, k=2)) for _ in range(4000)]
    items = []
    for number in range(ENTRIES):
        text = "".join(chance.choices(words, k=CHARACTERS // 2))
        html = "".join(f"&lt;p&gt;{text[at : at + 120]}。&lt;/p&gt;" for at in range(0, CHARACTERS, 120))
        items.append(
            f"<item><guid isPermaLink='false'>{seed}-{number}</guid><title>{text[:18]}</title>"
            f"<link>https://news.example/{seed}/{number}</link><pubDate>Mon, 01 May 2023 12:00:00 +0800</pubDate>"
            f"<description>{html}</description></item>"
        )
    return f"<rss version='2.0'><channel><title>津门</title>{''.join(items)}</channel></rss>".encode()


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        print(json.dumps(measure()))
    else:
        for figure in run():
            print(figure)
