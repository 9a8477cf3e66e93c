"""The language of a page is the language of its address, whoever asks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import translation

from haihe.base.web.headers import PUBLIC_HEADERS
from haihe.base.web.languages import html_lang, split_path

View = Callable[..., HttpResponse]


def in_its_language(view: View) -> View:
    """Run and render `view` in the language of the request's path; cookies and Accept-Language say nothing."""

    @functools.wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language, _path = split_path(request.path)
        with translation.override(language):
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        response.headers["Content-Language"] = html_lang(language)
        # on the response itself, so that baked files carry it too
        response.headers.setdefault("Content-Security-Policy", PUBLIC_HEADERS["Content-Security-Policy"])
        return response

    return speaking
