"""What of a public content its Masters' rights let the public see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from haihe.archive.domain import granting
from haihe.base.search.changes import journal_many
from haihe.releases.content import is_notice, pictures
from haihe.releases.models import Citation, Publication


def shown(content: dict[str, Any]) -> dict[str, Any]:
    """The content without pictures that the public must not see; itself where there are none.

    Whoever bakes a page with it depends on the rights of all its pictures, also of those left out.
    """
    if not content or is_notice(content):
        return content
    masters = {one["master"] for one in pictures(content) if _is_key(one.get("master"))}
    if not masters:
        return content
    _depend_on(masters)
    refused = granting.refused_to_public(masters)
    return _without(content, refused) if refused else content


def _is_key(master: Any) -> bool:
    try:
        return str(uuid.UUID(master)) == master
    except (ValueError, TypeError, AttributeError):
        return False


def _without(content: dict[str, Any], refused: set[str]) -> dict[str, Any]:
    lead = content.get("lead_picture")
    body: list[dict[str, Any]] = []
    for block in content.get("body", []):
        if block["type"] == "picture" and block.get("master") in refused:
            continue
        if block["type"] == "gallery":
            kept = [one for one in block["pictures"] if one.get("master") not in refused]
            if not kept:
                continue
            block = {**block, "pictures": kept}
        body.append(block)
    return {**content, "lead_picture": None if lead and lead.get("master") in refused else lead, "body": body}


def _depend_on(masters: Iterable[str]) -> None:
    from haihe.releases.baking.domain.collecting import depends_on

    depends_on(*(key_of(master) for master in masters))


def key_of(master: str) -> str:
    """The key under which baked pages depend on the rights of a Master."""
    return f"master:{master}"


def public_uses(masters: Iterable[str]) -> set[str]:
    """Those of these Masters that the current Release of something public shows."""
    found = Citation.objects.filter(
        master_id__in=list(masters),
        role__in=("picture", "embed"),
        release__current_of__state=Publication.State.PUBLISHED,
    )
    return {str(key) for key in found.values_list("master_id", flat=True)}


def index_again(masters: Iterable[str]) -> None:
    """What the index holds of stories that show these Masters is made anew."""
    stories = Publication.objects.filter(current__citations__master_id__in=list(masters)).distinct()
    journal_many(Publication, stories.values_list("pk", flat=True))
