"""What a room's page shows of its guestbook."""

from __future__ import annotations

from typing import Any

from django import template

from haihe.base.web.languages import public_path
from haihe.releases.models import Publication
from haihe.voices.domain import saying

register = template.Library()


@register.inclusion_tag("voices/entries.html")
def guestbook(publication: Publication) -> dict[str, Any]:
    """What stands in the guestbook of a publication, and the way to write: {% guestbook publication %}."""
    return {"entries": saying.shown(publication), "write": public_path(f"/guestbook{publication.path}")}
