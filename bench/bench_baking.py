"""Baking at size: a city with 50,000 stories, 100,000 story pages, gets a new template, and the worker bakes them again
while somebody publishes. Pages a second early, in the middle and near the end of the way (each for BENCH_SECONDS, 20),
judged by the slowest; BENCH_WHOLE=1 bakes every page instead, until the half hour is over. BENCH_PAGES sets how many
pages (100,000), BENCH_HOME names a home in which they were built before. Beside the clock stands
the processor time of a page, which does not depend on who else is busy.

One process bakes, as one worker has one lane for it. What is published goes through the city's own path, in a process
of its own, and is looked for in the baked files.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure, percentile

PAGES = int(os.environ.get("BENCH_PAGES", "100000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))
WHOLE = bool(os.environ.get("BENCH_WHOLE"))
KEPT = os.environ.get("BENCH_HOME", "")
HALF_HOUR = 30 * 60.0
FRONTS = ("/", "/feed.rss", "/section/bench/", "/section/bench/feed.json", "/organisation/bench/", "/ninjs.json")
TEXT = "天刚亮，河边已经有了人声。摆渡的人说，河是路，也是钟，四十年来没有停过一天。" * 12


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as fresh:
        environ = {**os.environ, "HAIHE_HOME": KEPT or fresh, "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
        quiet: dict[str, Any] = {"env": environ, "check": True, "stdout": subprocess.DEVNULL}
        subprocess.run([sys.executable, "-m", "haihe", "prepare", "--no-demo"], **quiet)
        told = subprocess.run(
            [sys.executable, __file__, "inside"], env=environ, check=True, stdout=subprocess.PIPE
        ).stdout
    return [Figure(**one) for one in json.loads(told.splitlines()[-1])]


def inside() -> list[Figure]:
    import django

    django.setup()
    if KEPT:
        _as_built()
    else:
        _build()
    publisher = subprocess.Popen([sys.executable, __file__, "publish"], stdout=subprocess.PIPE)
    try:
        rates, spent, note = _whole() if WHOLE else _parts()
    finally:
        publisher.terminate()
    shown = [float(line) for line in (publisher.communicate()[0] or b"").split()]
    slowest = min(rates)
    figures = [
        Figure(
            "a new template on 100,000 pages", 100_000 / slowest / 60, "min", "limit", 30, bar="ratio <= 1", note=note
        ),
        Figure("pages baked again, one process", slowest, "1/s", "limit", 100_000 / HALF_HOUR, bar="ratio >= 1"),
        Figure("processor time of a page", spent, "ms", "limit", HALF_HOUR * 1000 / 100_000, bar="ratio <= 1"),
    ]
    if shown:
        worst = Figure("fronts of a release meanwhile, worst", max(shown), "s", "limit", 2.0, bar="ratio <= 1",
                       note=f"{len(shown)} releases, median {percentile(shown, 0.5):.2f} s")  # fmt: skip
        figures.append(worst)
    return figures


def _parts() -> tuple[list[float], float, str]:
    """Pages a second at three places of the way, and ms of processor time a page at the dearest."""
    from haihe.releases.baking.domain import baking
    from haihe.releases.baking.domain.fingerprint import fingerprint
    from haihe.releases.baking.models import BakedPage

    rates, spent = [], []
    stories = BakedPage.objects.exclude(publication=None)
    for done in (0.0, 0.5, 0.95):
        upto = stories.order_by("pk").values_list("pk", flat=True)[int(PAGES * done) : int(PAGES * done) + 1][0]
        stories.filter(pk__lt=upto).update(fingerprint=fingerprint())
        began, used = time.perf_counter(), time.process_time()
        tally = baking.bake(seconds=SECONDS)
        rates.append(tally.baked / (time.perf_counter() - began))
        spent.append((time.process_time() - used) * 1000 / max(1, tally.baked))
    told = ", ".join(f"{rate:.0f}" for rate in rates)
    return (
        rates,
        max(spent),
        f"{PAGES} pages; {told} pages/s at start, half way and end, {SECONDS:.0f} s each",
    )


def _whole() -> tuple[list[float], float, str]:
    """Pages a second and ms of processor time a page, over all of them or over half an hour."""
    from haihe.releases.baking.domain import baking

    began, used, done, left = time.perf_counter(), time.process_time(), 0, 1
    while left and time.perf_counter() - began < HALF_HOUR:
        tally = baking.bake(seconds=30.0)
        done, left = done + tally.baked, tally.left
    took, spent = time.perf_counter() - began, time.process_time() - used
    note = f"a whole run: {done} pages in {took / 60:.1f} min, {left} left; load {os.getloadavg()[2]:.1f} at its end"
    return [done / took], spent * 1000 / max(1, done), note


def _build() -> None:
    """The stories, with the rows that their pages have once they were baked with an older template."""
    from django.db import transaction

    from haihe.city.domain.organisations import found
    from haihe.releases.baking.domain import baking, marking
    from haihe.releases.baking.domain.paths import named_paths
    from haihe.releases.baking.models import BakedPage, Dependency
    from haihe.releases.models import Publication, Release, Section

    own = found("测速", slug="bench")
    section = Section.objects.create(slug="bench", name="测速")
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for first in range(0, PAGES // 2, 2000):
        numbers = range(first, min(first + 2000, PAGES // 2))
        publications, releases, pages = [], [], []
        for number in numbers:
            at = start + timedelta(minutes=30 * number)
            one = Publication(
                kind="story", subject_label="bench", subject_id=str(number), organisation=own, section=section,
                path=f"/story/{at:%Y%m%d}-b{number:05d}/", state="published", title=f"第{number}号渡口今日开航",
                first_published_at=at, changed_at=at,
            )  # fmt: skip
            content = _content(one.title, own, section)
            release = Release(
                publication=one, number=1, action="publish", content=content, content_sha256="0" * 64,
                hash=hashlib.sha256(str(number).encode()).hexdigest(), note_sha256="0" * 64, made_at=at,
            )  # fmt: skip
            publications.append(one)
            releases.append(release)
            pages += [
                BakedPage(path=prefix + one.path, language=language, publication=one, status=200, fingerprint="old")
                for prefix, language in (("", "zh-hans"), ("/en", "en"))
            ]
        with transaction.atomic():
            Publication.objects.bulk_create(publications)
            Release.objects.bulk_create(releases)
            for one, release in zip(publications, releases, strict=True):
                one.current = release
            Publication.objects.bulk_update(publications, ["current"])
            BakedPage.objects.bulk_create(pages)
            keys = ("navigation", "publication:{}")
            Dependency.objects.bulk_create(
                [Dependency(page=page, key=key.format(page.publication_id)) for page in pages for key in keys]
            )
    for path in named_paths():
        marking.ensure(path, priority=marking.Priority.FRONT)
    baking.notice_new_templates()
    baking.bake(up_to=BakedPage.Priority.FRONT)


def _as_built() -> None:
    """A kept home as it was right after it was built: its fronts and days are new, its stories old."""
    from haihe.releases.baking.domain import baking
    from haihe.releases.baking.domain.fingerprint import fingerprint
    from haihe.releases.baking.models import BakedPage

    stories = BakedPage.objects.exclude(publication=None)
    stories.update(fingerprint="old", dirty_since=None)
    BakedPage.objects.exclude(fingerprint="old").update(fingerprint=fingerprint(), dirty_since=None)
    baking.notice_new_templates()


def _content(title: str, own: Any, section: Any) -> dict[str, Any]:
    named = {"slug": "bench", "name": "测速", "name_en": ""}
    return {
        "schema": "haihe/release/1", "kind": "story", "title": title, "subtitle": "", "summary": TEXT[:60],
        "language": "zh-hans", "byline": ["李宁"], "organisation": named, "section": named, "topics": [],
        "lead_picture": {
            "master": str(uuid.UUID(int=1)), "alt": "灯", "caption": "", "credit": "", "width": 1200, "height": 800,
            "renditions": [{"src": "/media/images/x.jpg", "width": 1200, "height": 800}],
        },
        "body": [{"type": "text", "html": f"<p>{TEXT}</p>" * 3}], "original_title": "", "sources": [], "ai": {},
    }  # fmt: skip


def publish() -> None:
    """Publish one story after another, and say how long each took to stand in every front."""
    import django

    django.setup()
    from haihe.base.edge import tree
    from haihe.city.models import Organisation, Person
    from haihe.newsroom.domain import writing
    from haihe.releases.baking.domain.place import baked_root
    from haihe.releases.domain import publish as publish_now
    from haihe.releases.models import Section

    own, section = Organisation.objects.get(slug="bench"), Section.objects.get(slug="bench")
    editor = Person.objects.create_superuser(f"bench-{uuid.uuid4().hex[:6]}", password=None)
    for number in range(1000):
        time.sleep(2)
        title = f"第{number}次加开 {uuid.uuid4().hex[:8]}"
        draft = writing.begin(own, editor, title=title, html=f"<p>{TEXT}</p>", section=section)
        began = time.perf_counter()
        publish_now(draft, editor)
        missing = set(FRONTS)
        while missing and time.perf_counter() - began < 60:
            missing = {path for path in missing if title not in _text(tree, baked_root(), path)}
            time.sleep(0.01)
        print(time.perf_counter() - began, flush=True)


def _text(tree: Any, root: Path, path: str) -> str:
    try:
        found = tree.read(root, path)
    except tree.Unsettled:
        return ""
    return found[1]["identity"].decode() if found else ""


if __name__ == "__main__":
    if sys.argv[1:] == ["publish"]:
        publish()
    else:
        print(json.dumps([asdict(figure) for figure in inside()]))
