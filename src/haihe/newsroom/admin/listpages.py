"""The rule of a list page, tried while staff write it: which links would be taken."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from haihe.base.errors import HaiheError
from haihe.base.outbound import Validators
from haihe.city import organisations_for
from haihe.newsroom.domain.asking import ask, document_of
from haihe.newsroom.domain.listpages import Rule, links, propose
from haihe.newsroom.domain.problems import explain
from haihe.newsroom.domain.readers import Document

_KEPT = 600  # seconds for which a page is not asked for again, so that its host does not feel each letter typed
_SHOWN = 300


@require_POST
def try_rule(request: HttpRequest) -> HttpResponse:
    """The links of a page with what a rule does to them, and the rule that is proposed."""
    if not organisations_for(request.user, "manage_sources"):
        raise PermissionDenied
    said = _tried(request.POST.get("address", "").strip(), Rule.of(request.POST))
    html = render_to_string("newsroom/sources/_links.html", {"rule": said}, request)
    return JsonResponse({"html": html, "proposed": said.get("proposed", {})})


def shown(form: Any) -> dict[str, Any]:
    """The same for a form that was sent without scripts."""
    return _tried(form.cleaned_data["address"], Rule.of(form.cleaned_data))


def _tried(address: str, rule: Rule) -> dict[str, Any]:
    try:
        document = _page(address)
        proposed = propose(document)
        used = proposed if rule.empty else rule
        found = links(document, used)
    except HaiheError as error:
        return {"trouble": explain(type(error).__name__, error.message)}
    taken = [link for link in found if link.taken]
    return {
        "taken": taken[:_SHOWN],
        "left": [link for link in found if not link.taken][:_SHOWN],
        "taken_count": len(taken),
        "left_count": len(found) - len(taken),
        "by_itself": rule.empty,
        "proposed": {"selector": proposed.selector, "pattern": proposed.pattern},
    }


def _page(address: str) -> Document:
    """A list page as it is now, or was a moment ago."""
    key = "haihe.listpage:" + hashlib.sha256(address.encode()).hexdigest()
    kept = cache.get(key)
    if isinstance(kept, Document):
        return kept
    fetched, _ = ask(address, Validators(), accept="text/html, */*;q=0.5")
    document = document_of(fetched)
    cache.set(key, document, _KEPT)
    return document
