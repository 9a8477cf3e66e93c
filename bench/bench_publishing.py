"""Publishing: from the click in the admin to the story, home, its section, organisation and topic and all their feeds
changed at the edge, while the worker collects from forty feeds; and from the click on withdrawing to gone from all of
these and from the search page. BENCH_STORIES sets how many (200).

A whole city runs (`haihe up`) in a home of its own, on loopback. Staff with the roles of an editor open the form and
post it through the edge as a browser does. Opening it is not counted: it stands open before anybody clicks.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import httpx
from lxml import html

from city_servers import measured_inside
from figures import Figure, percentile

STORIES = int(os.environ.get("BENCH_STORIES", "200"))
WITHDRAWN = 20
FEEDS = 40
LIMIT = 1.0  # seconds
GIVE_UP = 60.0
MANUSCRIPTS = "/admin/snippets/newsroom/manuscript"
FRONTS = ("/", "/section/bench/", "/organisation/bench/", "/topic/bench/")
CHINESE = [front + ending for front in FRONTS for ending in ("", "feed.rss", "feed.json")]  # these list everything
SHOWN = [*CHINESE, *[f"/en{path}" for path in CHINESE]]  # these what is in English


def run() -> list[Figure]:
    return measured_inside(__file__, up=True)


def inside() -> list[Figure]:
    """Beside the running city: this process makes drafts and looks at the edge; everything measured goes over HTTP."""
    import django

    django.setup()
    from django.conf import settings

    from haihe.newsroom.domain import writing
    from haihe.newsroom.models import Item
    from haihe.releases.models import Publication

    organisation, editor, section, topic = _found(_feed_server())
    staff = httpx.Client(base_url=f"http://{settings.HAIHE.bind}", cookies=session_of(editor), timeout=60)
    public = httpx.Client(base_url=staff.base_url, timeout=10)
    _sweep()
    _until(lambda: Item.objects.exists(), "the worker collects")

    clicks, answers, stories = [], [], []
    for number in range(STORIES):
        if number % 20 == 19:
            _sweep()
        language = ("zh-hans", "en")[number % 2]
        title = f"Ferry {number} opens today" if language == "en" else f"第{number}号渡口今日开航"
        text = f"<p>{title}。</p>" * 8
        where = {"section": section, "topics": [topic], "language": language}
        draft = writing.begin(organisation, editor, title=title, html=text, **where)
        click = _button(staff, f"{MANUSCRIPTS}/edit/{draft.pk}/", text)
        began = time.perf_counter()
        click({"action-publish": "1"})
        answers.append(time.perf_counter() - began)
        path = Publication.objects.get(title=title).path
        fronts = SHOWN if language == "en" else CHINESE
        _until_everywhere(public, [path, f"/en{path}", *fronts], lambda page, title=title: title in page)
        clicks.append(time.perf_counter() - began)
        stories.append((draft.pk, path, title))

    gone = []
    for pk, path, title in stories[-WITHDRAWN:]:
        click = _button(staff, f"{MANUSCRIPTS}/unpublish/{pk}/")
        began = time.perf_counter()
        click({"reason": "为测速而撤回"})
        _until_everywhere(public, [path, f"/en{path}"], lambda page, title=title: title not in page, status=410)
        _until_everywhere(public, [*SHOWN, f"/search/?q={title}"], lambda page, path=path: path not in page)
        gone.append(time.perf_counter() - began)
    note = f"{STORIES} stories, {Item.objects.count()} items collected meanwhile; the click itself p95 "
    return [
        Figure("click to story, fronts and feeds, p95", percentile(clicks, 0.95), "s", "limit", LIMIT, bar="ratio <= 1",
               note=note + f"{percentile(answers, 0.95):.2f} s"),
        Figure("click to withdrawn everywhere, worst", max(gone), "s", "limit", LIMIT, bar="ratio <= 1",
               note=f"{WITHDRAWN} stories, median {percentile(gone, 0.5):.2f} s"),
    ]  # fmt: skip


def _found(feeds: int) -> tuple[Any, Any, Any, Any]:
    """An organisation with an editor, a section and a topic, and forty sources that are due; every front is baked."""
    from haihe.city import grant
    from haihe.city.domain.organisations import found
    from haihe.city.models import Person
    from haihe.newsroom.models import Source
    from haihe.releases.baking.domain import baking, marking
    from haihe.releases.models import Section, Topic

    organisation = found("海河融媒体中心", slug="bench")
    editor = Person.objects.create_user("bench", "bench@bench.example")
    for role in ("reporter", "publisher"):
        grant(editor, role, organisation)
    section = Section.objects.create(slug="bench", name="测速", name_en="Bench")
    topic = Topic.objects.create(organisation=organisation, slug="bench", name="测速", name_en="Bench")
    for number in range(FEEDS):
        address = f"http://127.0.0.{number + 2}:{feeds}/feed"
        Source.objects.create(organisation=organisation, name=f"源{number}", address=address)
    for path in SHOWN:
        marking.ensure(path, priority=1)
    baking.bake()
    return organisation, editor, section, topic


def _sweep() -> None:
    """All sources are due now, and the worker looks for them now, not at the next full minute."""
    from django.utils import timezone

    from haihe.newsroom.models import Source
    from haihe.newsroom.tasks import visit_due_sources

    Source.objects.update(next_visit_at=timezone.now())
    visit_due_sources.enqueue()


def session_of(person: Any) -> dict[str, str]:
    """The cookie of somebody who is signed in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import login
    from django.http import HttpRequest

    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, person, settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return {settings.SESSION_COOKIE_NAME: str(request.session.session_key)}


def _button(staff: httpx.Client, address: str, body: str = "") -> Callable[[dict[str, str]], None]:
    """Open a form of the admin; what is returned posts it with more fields, and fails where it is not accepted.

    body    running text: the editor's script builds the blocks of a body, which are no fields of the page as it comes
    """
    from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

    page = staff.get(address)
    page.raise_for_status()
    form = next(form for form in html.fromstring(page.text).forms if form.method == "POST" and _is_the_form(form))
    fields = list(form.form_values())
    if body:
        fields += nested_form_data({"body": streamfield([("text", rich_text(body))])}).items()

    def click(more: dict[str, str]) -> None:
        sent = [(name, (None, str(value))) for name, value in [*fields, *more.items()]]
        answer = staff.post(address, files=sent, headers={"Referer": str(page.url)})
        if answer.status_code != 302:
            raise SystemExit(f"{address} was not accepted ({answer.status_code})")

    return click


def _is_the_form(form: Any) -> bool:
    return form.get("id") == "w-editor-form" or form.find(".//textarea[@name='reason']") is not None


def _until_everywhere(
    public: httpx.Client, paths: Iterable[str], true: Callable[[str], bool], status: int = 200
) -> None:
    """Until each address answers with that status and a page that is as it should be."""

    def answers(path: str) -> bool:
        answer = public.get(path)
        return answer.status_code == status and true(answer.text.replace("<wbr>", ""))  # phrase breaks of titles

    for path in paths:
        _until(lambda path=path: answers(path), f"{path} as it should be")  # type: ignore[misc]


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


def _until(true: Callable[[], bool], what: str) -> None:
    end = time.perf_counter() + GIVE_UP
    while not true():
        if time.perf_counter() > end:
            raise TimeoutError(f"within {GIVE_UP:g} s not: {what}")
        time.sleep(0.01)


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        print(json.dumps([asdict(figure) for figure in inside()]))
    else:
        for figure in run():
            print(figure.as_json())
