"""Wagtail's embed button asks this finder; see `domain.embedding`. Our own releases need no request."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from wagtail.embeds.exceptions import EmbedException
from wagtail.embeds.finders.base import EmbedFinder

from haihe.base.errors import HaiheError
from haihe.base.outbound import shared_client
from haihe.portal.domain import embedding


class Finder(EmbedFinder):
    """Takes addresses of the hosts in `embed_hosts`; gives words and a link."""

    def accept(self, url: str) -> bool:
        return embedding.may_ask(url, settings.HAIHE.embed_hosts)

    def find_embed(self, url: str, max_width: int | None = None, max_height: int | None = None) -> dict[str, Any]:
        try:
            found = embedding.look_up(url, hosts=settings.HAIHE.embed_hosts, client=shared_client())
        except HaiheError as error:
            raise EmbedException(str(error)) from error
        return {
            "title": found.title,
            "author_name": found.author,
            "provider_name": found.provider,
            "type": "rich",
            "html": found.html,
            "width": None,
            "height": None,
        }


embed_finder_class = Finder
