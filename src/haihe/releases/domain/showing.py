"""What of a public content its Masters' rights let the public see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from haihe.archive.domain import granting
from haihe.base.once import once
from haihe.base.search.changes import journal_many
from haihe.releases.content import films, is_notice, pictures
from haihe.releases.models import Citation, Publication


def shown(content: dict[str, Any]) -> dict[str, Any]:
    """The content without pictures and videos that the public must not see; itself where there are none.

    Whoever bakes a page with it depends on the rights of all of them, also of those left out.
    """
    if not content or is_notice(content):
        return content
    masters = _masters(content)
    if not masters:
        return content
    _depend_on(masters)
    edges = _limits(masters)
    return _within(content, edges) if edges else content


def withheld(content: dict[str, Any]) -> dict[str, int]:
    """The Masters of a content that the public must not see whole, each with the longest edge that it may see, in
    pixels; 0 for nothing."""
    if not content or is_notice(content):
        return {}
    return dict(sorted(_limits(_masters(content)).items()))


def look_ahead(publications: Iterable[Publication]) -> None:
    """Ask for the rights of all that these show in one question, where what is read is kept (haihe.base.once)."""
    contents = [one.current.content for one in publications if one.current and not is_notice(one.current.content)]
    _edges({master for content in contents for master in _masters(content)})


def _masters(content: dict[str, Any]) -> set[str]:
    named = [*pictures(content), *films(content)]
    return {one["master"] for one in named if _is_key(one.get("master"))}


def _edges(masters: set[str]) -> dict[str, int | None]:
    known: dict[str, int | None] = once("edges", dict)
    unknown = masters - known.keys()
    if unknown:
        known.update(granting.public_edges(unknown))
    return {master: known[master] for master in masters}


def _limits(masters: set[str]) -> dict[str, int]:
    """Of those that are not shown whole, the longest edge."""
    return {key: edge for key, edge in _edges(masters).items() if edge is not None}


def _is_key(master: Any) -> bool:
    try:
        return str(uuid.UUID(master)) == master
    except (ValueError, TypeError, AttributeError):
        return False


def _within(content: dict[str, Any], edges: dict[str, int]) -> dict[str, Any]:
    """The content with every picture only as large as it may be; without those of which no size is left."""
    body: list[dict[str, Any]] = []
    for block in content.get("body", []):
        if block["type"] == "picture":
            block = _smaller(block, edges)
        elif block["type"] == "gallery":
            kept = [one for one in (_smaller(one, edges) for one in block["pictures"]) if one]
            block = {**block, "pictures": kept} if kept else None
        elif block["type"] == "video":
            block = _film(block, edges)
        if block:
            body.append(block)
    lead = content.get("lead_picture")
    return {**content, "lead_picture": _smaller(lead, edges) if lead else None, "body": body}


def _smaller(picture: dict[str, Any], edges: dict[str, int]) -> dict[str, Any] | None:
    edge = edges.get(picture.get("master", ""))
    if edge is None:
        return picture
    renditions = [one for one in picture.get("renditions", []) if max(one["width"], one["height"]) <= edge]
    return {**picture, "renditions": renditions} if renditions else None


def _film(block: dict[str, Any], edges: dict[str, int]) -> dict[str, Any] | None:
    """A video without the captions that may not be shown; None where it, or its poster, may not be, or only small."""
    poster = _smaller(block["poster"], edges)
    if block["master"] in edges or poster is None:
        return None
    captions = [one for one in block["captions"] if one["master"] not in edges]
    return {**block, "poster": poster, "captions": captions}


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
        role__in=("picture", "embed", "video", "sound", "object"),
        release__current_of__state=Publication.State.PUBLISHED,
    )
    return {str(key) for key in found.values_list("master_id", flat=True)}


def stories_with(masters: Iterable[str]) -> QuerySet[Publication]:
    """Publications whose current Release names one of these Masters."""
    return Publication.objects.filter(current__citations__master_id__in=list(masters)).distinct()


def index_again(masters: Iterable[str]) -> None:
    """What the index holds of stories that show these Masters is made anew."""
    journal_many(Publication, stories_with(masters).values_list("pk", flat=True))
