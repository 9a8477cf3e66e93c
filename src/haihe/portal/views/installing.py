"""What makes the portal an app: manifest, service worker, reading list, the page without a network; and wall mode."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _

from haihe.base.web.assets import BUILT, asset_file, asset_url
from haihe.base.web.chrome import Link
from haihe.base.web.colours import themes
from haihe.base.web.identity import shown_identity
from haihe.base.web.languages import PREFIXES, absolute, html_lang, interface_language, public_path
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain import sharing
from haihe.portal.domain.listing import for_readers, published, teasers
from haihe.portal.models import CityLook
from haihe.releases.baking import baked, depends_on

ON_THE_WALL = 12


@baked
@in_its_language
def manifest(request: HttpRequest) -> HttpResponse:
    """W3C Web Application Manifest."""
    depends_on("navigation", "look")
    identity = shown_identity()
    look = CityLook.objects.first()
    sizes = {"192x192": "icon-192.png", "512x512": "icon-512.png"}
    found = {
        "id": public_path("/"),
        "name": identity.name,
        "short_name": identity.name[:12],
        "description": identity.tagline,
        "lang": html_lang(interface_language()),
        "start_url": public_path("/"),
        "scope": "/",
        "display": "standalone",
        "background_color": themes()["light"]["paper"],
        "theme_color": (look.colour if look else "") or themes()["light"]["river"],
        "icons": [
            *({"src": static(f"haihe/{name}"), "sizes": size, "type": "image/png"} for size, name in sizes.items()),
            {"src": static("haihe/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            {"src": static("haihe/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
        "shortcuts": [
            {"name": _("Search"), "url": public_path("/search/")},
            {"name": _("Reading list"), "url": public_path("/reading-list/")},
            {"name": _("Map of the city"), "url": public_path("/map/")},
        ],
    }
    return JsonResponse(
        found, content_type="application/manifest+json; charset=utf-8", json_dumps_params={"ensure_ascii": False}
    )


@baked
def service_worker(request: HttpRequest) -> HttpResponse:
    """The built worker behind the addresses it keeps; served from the root, whose pages it looks after."""
    depends_on("navigation", "look")
    file = asset_file("worker.js")
    known = {
        "version": file.rsplit("-", 1)[-1].removesuffix(".js"),
        "offline": {prefix: public_path("/reading-list/", language) for language, prefix in PREFIXES.items()},
        "parts": [asset_url(name) for name in ("site.css", "early.js", "islands.js", "saved.js")],
    }
    body = (BUILT / file).read_text(encoding="utf-8")
    return HttpResponse(f"const HAIHE = {json.dumps(known)};\n{body}", content_type="text/javascript; charset=utf-8")


@baked
@in_its_language
def reading_list(request: HttpRequest) -> HttpResponse:
    depends_on("navigation")
    crumbs = [Link(_("Reading list"), public_path("/reading-list/"))]
    return render(request, "portal/reading_list.html", {"crumbs": crumbs})


@baked
@in_its_language
def wall(request: HttpRequest) -> HttpResponse:
    """For screens in lobbies: the newest with a picture, one at a time, each with a code that a phone reads."""
    depends_on("navigation", "releases")
    newest = for_readers(published())[: ON_THE_WALL * 3]
    pictured = [one for one in teasers(newest) if one.picture][:ON_THE_WALL]
    slides = [(teaser, sharing.qr_svg(absolute(teaser.path))) for teaser in pictured]
    return render(request, "portal/wall.html", {"slides": slides})
