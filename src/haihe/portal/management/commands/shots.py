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
from django.views.static import serve

from haihe.portal import shots
from haihe.portal.domain.listing import published
from haihe.portal.domain.sections import shown_sections
from haihe.portal.views.pages import PER_PAGE
from haihe.releases.models import Publication, Release


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
    """Named pages; of sections the first, the fullest, one that is empty; of stories the newest, the one with the
    longest title, one that was corrected, one that was withdrawn; of organisations the one with the longest name."""
    pages = {"home": "/"}
    sections = shown_sections()
    if sections:
        pages["section"] = f"/section/{sections[0].slug}/"
        counts = {one.slug: published().filter(section_id=one.id).count() for one in sections}
        fullest = max(counts, key=lambda slug: counts[slug])
        pages["section-full"] = f"/section/{fullest}/"
        if counts[fullest] > PER_PAGE:
            pages["section-second-page"] = f"/section/{fullest}/page/2/"
        if empty := next((slug for slug, count in counts.items() if not count), None):
            pages["section-empty"] = f"/section/{empty}/"
    if withdrawn := Publication.objects.filter(state=Publication.State.WITHDRAWN).first():
        pages["withdrawn"] = withdrawn.path
    if corrected := published().filter(current__action=Release.Action.CORRECT).first():
        pages["story-corrected"] = corrected.path
    newest = list(published().select_related("organisation").prefetch_related("topics")[:200])
    if newest:
        pages["story"] = newest[0].path
        pages["story-long-title"] = max(newest, key=lambda one: len(one.title)).path
        longest = max((one.organisation for one in newest), key=lambda organisation: len(organisation.name))
        pages["organisation"] = f"/organisation/{longest.slug}/"
    topic = next((topic for one in newest for topic in one.topics.all()), None)
    if topic:
        pages["topic"] = f"/topic/{topic.slug}/"
    return {
        **pages,
        "search": "/search/?q=%E6%B5%B7%E6%B2%B3",
        "search-empty": "/search/?q=%E9%BE%98%E9%BE%98",
        "about": "/about/",
        "design": "/design/",
        "not-found": "/nowhere-at-all/",
    }


def plant() -> None:
    """What a portal must bear, put into a home that is thrown away afterwards: it cannot be taken out again."""
    from haihe.portal.tests.conftest import LONG, build_small_city
    from haihe.portal.tests.factory import organisation, section, story

    build_small_city()
    desk = organisation(
        LONG[:200], slug="long-name", name_en="A desk with a name that nobody can say in one breath " * 3
    )
    full = section("full", LONG[:80], "A section whose name is as long as a name may be at all", order=90)
    for number in range(PER_PAGE * 2 + 5):
        story(f"第{number + 1}篇：{LONG[: number * 7]}", section=full, organisation=desk)


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
