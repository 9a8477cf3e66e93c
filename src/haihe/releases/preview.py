"""How a draft looks to the public, before it is public.

The portal (a floor above) registers one renderer per kind, or one for all; a room only asks for a rendering:

    from haihe.releases import preview
    preview.register("story", render_story)      # in AppConfig.ready()
    preview.register("*", render_anything)

A renderer takes (request, content) and returns an HttpResponse; `content` is canonical content.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template

Renderer = Callable[[HttpRequest, dict[str, Any]], HttpResponse]

_renderers: dict[str, Renderer] = {}


def register(kind: str, renderer: Renderer) -> None:
    """Let `renderer` show previews of `kind`; "*" for every kind without one of its own."""
    _renderers[kind] = renderer


def render(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    """A draft's content in its public look; a plain page where no portal registered one."""
    renderer = _renderers.get(content["kind"]) or _renderers.get("*") or _plain
    return renderer(request, content)


def _plain(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    return render_template(request, "releases/plain_preview.html", {"content": content})
