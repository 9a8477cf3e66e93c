"""Publishing: from the click to the story, home, its section, its organisation and their feeds changed at the edge,
while the worker collects from forty feeds; and from withdrawing to gone from all of these and the search.
BENCH_STORIES sets how many (200).

In a home of its own: this process clicks, a real worker collects and bakes, a real edge serves, all on loopback.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure, percentile

STORIES = int(os.environ.get("BENCH_STORIES", "200"))
FEEDS = 40
LIMIT = 1.0  # seconds
GIVE_UP = 60.0


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        environ = {**os.environ, "HAIHE_HOME": home, "HAIHE_ALLOW_ADDRESSES": "127.0.0.0/8"}
        environ["DJANGO_SETTINGS_MODULE"] = "haihe.house.settings"
        subprocess.run(
            [sys.executable, "-m", "haihe", "migrate", "-v0"], env=environ, check=True, stdout=subprocess.DEVNULL
        )
        done = subprocess.run([sys.executable, __file__, "inside"], env=environ, stdout=subprocess.PIPE, check=True)
    return [Figure(**told) for told in json.loads(done.stdout.splitlines()[-1])]


def inside() -> list[Figure]:
    import django

    django.setup()
    feeds = _feed_server()
    port = _free_port()
    commands = (["haihe", "worker"], ["haihe.base.edge", "--bind", f"127.0.0.1:{port}", "--django", "127.0.0.1:9"])
    running = [
        subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words in commands
    ]
    try:
        return _measure(f"http://127.0.0.1:{port}", feeds)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()


def _measure(edge: str, feeds: int) -> list[Figure]:
    from django.utils import timezone

    from haihe.base.search import search
    from haihe.city import grant
    from haihe.city.domain.organisations import found
    from haihe.city.models import Person
    from haihe.newsroom.domain import writing
    from haihe.newsroom.models import Item, Source
    from haihe.releases.baking.domain import baking, marking
    from haihe.releases.domain import publish, withdraw
    from haihe.releases.models import Publication, Section

    organisation = found("海河融媒体中心", slug="bench")
    editor = Person.objects.create_user("bench", "bench@bench.example")
    for role in ("reporter", "publisher"):
        grant(editor, role, organisation)
    section = Section.objects.create(slug="bench", name="测速", name_en="Bench")
    for number in range(FEEDS):
        address = f"http://127.0.0.{number + 2}:{feeds}/feed"
        Source.objects.create(organisation=organisation, name=f"源{number}", address=address)
    fronts = ["/", "/section/bench/", "/organisation/bench/"]
    shown = [front + ending for front in fronts for ending in ("", "feed.rss", "feed.json")]
    for path in [*shown, *[f"/en{path}" for path in shown]]:
        marking.ensure(path, priority=1)
    baking.bake()
    _until(lambda: _get(edge + "/")[0] == 200)
    Source.objects.update(next_visit_at=timezone.now())
    _until(lambda: Item.objects.exists())  # the worker is up and collects

    clicks, gone, stories = [], [], []
    for number in range(STORIES):
        if number % 20 == 19:
            Source.objects.update(next_visit_at=timezone.now())
        title = f"第{number}号渡口今日开航"
        story = writing.begin(organisation, editor, title=title, html=f"<p>{title}。</p>" * 8, section=section)
        began = time.perf_counter()
        publish(story, editor)
        assert story.publication
        for path in (story.publication.path, f"/en{story.publication.path}", *shown):
            _until(lambda path=path, title=title: title in _get(edge + path)[1])
        clicks.append(time.perf_counter() - began)
        stories.append((story, title))
    for story, title in stories[-20:]:
        publication = story.publication
        assert publication
        began = time.perf_counter()
        withdraw(publication, editor, "为测速而撤回")
        for path in (publication.path, f"/en{publication.path}"):
            _until(lambda path=path: _get(edge + path)[0] == 410)
        for path in shown:
            _until(lambda path=path, title=title: title not in _get(edge + path)[1])
        _until(lambda title=title: search(title, models=[Publication], filters={"state": "published"}).total == 0)
        gone.append(time.perf_counter() - began)
    collected = f"{Item.objects.count()} items collected meanwhile"
    return [
        Figure("click to story, front and feeds, p95", percentile(clicks, 0.95), "s", "limit", LIMIT, bar="ratio <= 1",
               note=f"{STORIES} stories, {collected}"),
        Figure("withdrawn everywhere, worst", max(gone), "s", "limit", LIMIT, bar="ratio <= 1"),
    ]  # fmt: skip


class _Feed(BaseHTTPRequestHandler):
    """A feed with twenty new entries each time."""

    numbers = itertools.count()

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        entries = "".join(
            f"<item><guid isPermaLink='false'>{number}</guid><title>条目 {number}</title>"
            f"<link>http://127.0.0.1/{number}</link><description>{'海河两岸的故事。' * 30}</description></item>"
            for number in (next(self.numbers) for _ in range(20))
        )
        body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>源</title>{entries}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _feed_server() -> int:
    server = ThreadingHTTPServer(("0.0.0.0", 0), _Feed)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode().replace("<wbr>", "")  # phrase breaks of titles
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError:
        return 0, ""


def _until(true: Callable[[], bool]) -> None:
    end = time.perf_counter() + GIVE_UP
    while not true():
        if time.perf_counter() > end:
            raise TimeoutError("not seen at the edge")
        time.sleep(0.01)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        print(json.dumps([asdict(figure) for figure in inside()]))
    else:
        for figure in run():
            print(figure.as_json())
