"""The page that stands where something was withdrawn, should the room's own page for it fail."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from haihe.base.web.languages import html_lang, public_path, split_path
from haihe.releases.baking.domain.rendering import AnonymousRequest, Rendered, finished


def gone_page(path: str, *, keys: frozenset[str]) -> Rendered:
    """A 410 with an explanation in the language of the address; needs no database and no other template."""
    request = AnonymousRequest(path)
    language = split_path(path)[0]
    with translation.override(language):
        body = render_to_string("baking/gone.html", {"lang": html_lang(language), "home": public_path("/", language)})
    response = HttpResponse(body, status=410)
    response.headers["Content-Language"] = html_lang(language)
    return finished(request, response, keys)
