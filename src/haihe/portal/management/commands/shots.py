"""haihe shots: look at the portal of this home folder, or of a running city, and write a contact sheet."""

from __future__ import annotations

import os
import threading
from argparse import ArgumentParser
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.contrib.staticfiles.views import serve as serve_static
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.static import serve

from haihe.portal import shots
from haihe.portal.domain.days import counts_by_day, day_path
from haihe.portal.domain.listing import published
from haihe.portal.domain.places import public_places
from haihe.portal.domain.sections import shown_sections
from haihe.releases.content import plain_text
from haihe.releases.models import Publication


class Command(BaseCommand):
    help = "Contact sheet of the portal's pages: phone, laptop, wall; light, dark; Chinese, English."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="", help="a running city; default: this home, served here")
        parser.add_argument("--out", type=Path, default=Path("shots"))
        parser.add_argument(
            "--plant", action="store_true", help="no look: put long names, full and empty lists into this home first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["plant"]:
            plant()
            return
        server = None if options["address"] else _serve_here()
        # playwright's loop runs in this thread; the pages to look at are read before it starts
        with translation.override(settings.LANGUAGE_CODE):  # whatever the terminal speaks: the addresses of the city
            pages = _pages()
        address = options["address"].rstrip("/") or f"http://127.0.0.1:{server.server_port}"  # type: ignore[union-attr]
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        taken = []
        for shot in shots.take(address, pages):
            self.stdout.write(shot.name)
            taken.append(shot)
        self.stdout.write(str(shots.save(taken, options["out"])))
        if server:
            server.shutdown()


def _pages() -> dict[str, str]:
    """Thirteen named pages: each kind once, of each the one that is hardest to bear in this home."""
    newest = list(published().select_related("organisation").prefetch_related("topics")[:600])
    sections = {one.slug: published().filter(section_id=one.id).count() for one in shown_sections()}
    full = max(sections, key=lambda slug: sections[slug], default="")
    empty = next((slug for slug, count in sections.items() if not count), full)
    longest = max((one.organisation for one in newest), key=lambda one: len(one.name), default=None)
    topic = next((topic for one in newest for topic in one.topics.all()), None)
    days = counts_by_day()
    busiest = max(days, key=lambda day: days[day], default=None)
    place = public_places().exclude(longitude=None).first()
    withdrawn = Publication.objects.filter(state=Publication.State.WITHDRAWN).first()
    live = next((one for one in newest if any(block["type"] == "entry" for block in one.content.get("body", []))), None)
    chinese = [one for one in newest if one.language.startswith("zh")]
    # of those with a picture: what is planted is longer, and no read
    pictured = [one for one in chinese if one.content.get("lead_picture")]
    long_read = max(pictured or chinese, key=lambda one: len(plain_text(one.content)), default=None)
    found = {
        "home": "/",
        "section-full": f"/section/{full}/" if full else "",
        "section-empty": f"/section/{empty}/" if empty else "",
        "story": long_read.path if long_read else "",
        "story-live": live.path if live else "",
        "topic": f"/topic/{topic.slug}/" if topic else "",
        "organisation": f"/organisation/{longest.slug}/" if longest else "",
        "place": f"/place/{place.slug}/" if place else "",
        "day": day_path(busiest) if busiest else "",
        "events": "/events/",
        "search": "/search/?q=%E6%B5%B7%E6%B2%B3",
        "search-empty": "/search/?q=haihe%20bowuguan",
        "withdrawn": withdrawn.path if withdrawn else "/nowhere-at-all/",
    }
    return {name: path for name, path in found.items() if path}


FULL = 500  # items of the fullest section, and of one day


def plant() -> None:
    """What a portal must bear, put into a home that is thrown away afterwards: it cannot be taken out again."""
    from haihe.portal.tests.conftest import LONG, build_live_story, build_small_city
    from haihe.portal.tests.factory import organisation, section, story

    build_small_city()
    build_live_story()
    desk = organisation(
        LONG[:200], slug="long-name", name_en="A desk with a name that nobody can say in one breath " * 3
    )
    full = section("full", LONG[:80], "A section whose name is as long as a name may be at all", order=90)
    for number in range(FULL):
        story(f"第{number + 1}篇：{LONG[: number % 45 * 7]}", section=full, organisation=desk)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Files(StaticFilesHandler):  # type: ignore[misc]
    """Static files from the source tree, pictures from the media folder, everything else from Django."""

    def _should_handle(self, path: str) -> bool:
        return super()._should_handle(path) or path.startswith(settings.MEDIA_URL)

    def serve(self, request: HttpRequest) -> HttpResponseBase:  # type: ignore[override]  # as Django's view returns it
        if request.path.startswith(settings.MEDIA_URL):
            return serve(request, request.path[len(settings.MEDIA_URL) :], document_root=str(settings.MEDIA_ROOT))
        return serve_static(request, self.file_path(request.path), insecure=True)


def _serve_here() -> WSGIServer:
    settings.ALLOWED_HOSTS = ["*"]
    server = make_server("127.0.0.1", 0, _Files(WSGIHandler()), server_class=_Server, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
