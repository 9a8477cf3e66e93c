"""What every format needs: angles, names fit for a document, and what is carried beside a format's own words."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from haihe.base.words import gettext_noop as _
from haihe.venues.domain.tours.document import FORMAT, FOV, MOST_HOTSPOTS, MOST_SCENES, Hotspot, Scene, Tour, View
from haihe.venues.domain.tours.errors import TourFormatUnknown, TourUnreadable
from haihe.venues.domain.tours.reading import from_json, to_json

LARGEST = 8_000_000  # bytes
BESIDE = "haihe"


def parsed(data: bytes) -> Any:
    """JSON of a bounded size. Raises TourFormatUnknown."""
    if len(data) > LARGEST:
        raise TourFormatUnknown(_("The file is larger than a tour's description can be."))
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TourFormatUnknown(_("The file is no JSON.")) from error


def written(told: Any) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def degrees(angle: int) -> float:
    """Degrees of thousandths."""
    return angle / 1000


def thousandths(value: Any, most: int = 180_000) -> int:
    """Thousandths of a degree from degrees; what is no number is 0, what lies beyond a turn is turned back."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0
    if abs(value) > 1e9:
        return 0
    found = round(value * 1000)
    if most == 180_000 and abs(found) > most:
        found = (found + 180_000) % 360_000 - 180_000
    return max(-most, min(most, found))


def field_of_view(value: Any) -> int:
    return max(FOV[0], min(FOV[1], thousandths(value, 180_000) or View.fov))


def text(value: Any, most: int = 20_000) -> str:
    """Plain text of a bounded length; anything else is empty."""
    if not isinstance(value, str):
        return ""
    clean = re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", value)
    return clean.strip()[:most]


def line(value: Any, most: int = 200) -> str:
    return " ".join(text(value).split())[:most].strip()


class Names:
    """Names of other programs as names of ours: the same where it is fit, else made of it, never one twice."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, theirs: Any) -> str:
        key = str(theirs)
        if key not in self._ours:
            wish = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:36] or "scene"
            wish = key if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", key) else wish
            found, number = wish, 2
            while found in self._taken:
                found, number = f"{wish[:34]}-{number}", number + 1
            self._ours[key] = found
            self._taken.add(found)
        return self._ours[key]


def beside(tour: Tour) -> dict[str, Any]:
    """All that is carried with a whole tour: its document, without what the format says itself."""
    return {"format": FORMAT, "document": to_json(tour)}


def carried(told: Any) -> Tour | None:
    """The document that was carried beside a format's own words; None where there is none that can be read."""
    try:
        return from_json(told["document"]) if isinstance(told, dict) and told.get("format") == FORMAT else None
    except (TourUnreadable, KeyError):
        return None


def together(told: list[Scene], before: Tour | None, start: str) -> Tour:
    """The scenes a format tells, with what was carried for those that are still there.

    What the format says wins: the carried document gives what it cannot say, and the exact value where the format's is
    the same to its precision.
    """
    old = {scene.id: scene for scene in before.scenes} if before else {}
    scenes = tuple(_scene(one, old.get(one.id)) for one in told)
    merged = Tour(
        scenes,
        start if start in {one.id for one in scenes} else "",
        before.plan if before else None,
        before.routes if before else (),
        before.words if before else {},
    )
    if before and not before.start and merged.first and merged.start == merged.scenes[0].id:
        merged = Tour(scenes, "", merged.plan, merged.routes, merged.words)
    return from_json(to_json(merged))


def _scene(told: Scene, old: Scene | None) -> Scene:
    if old is None:
        return told
    before = {spot.id: spot for spot in old.hotspots}
    return Scene(
        id=told.id,
        title=told.title,
        panorama=old.panorama,
        alt=old.alt,
        text=told.text or old.text,
        view=told.view,
        north=told.north if told.north is not None else old.north,
        at=old.at,
        spot=old.spot,
        variant=old.variant,
        hotspots=tuple(_hotspot(one, before.get(one.id)) for one in told.hotspots),
        film=old.film,
    )


def _hotspot(told: Hotspot, old: Hotspot | None) -> Hotspot:
    if old is None or (told.kind == "link") != (old.kind == "link"):
        return told
    to = told.to or old.to
    text = told.text or old.text
    return replace(old, id=told.id, yaw=told.yaw, pitch=told.pitch, title=told.title, to=to, text=text)


def in_order(hotspots: Iterable[Hotspot], old: Scene | None) -> tuple[Hotspot, ...]:
    """Hotspots of a format that keeps kinds apart, in the order in which they are read."""
    places = {spot.id: place for place, spot in enumerate(old.hotspots)} if old else {}
    return tuple(sorted(hotspots, key=lambda spot: places.get(spot.id, MOST_HOTSPOTS)))


def listed(value: Any, most: int) -> list[dict[str, Any]]:
    """The objects of a list, at most so many. Raises TourFormatUnknown for a longer one."""
    if not isinstance(value, list):
        return []
    if len(value) > most:
        raise TourFormatUnknown(_("There are more than %(most)s."), most=most)
    return [one for one in value if isinstance(one, dict)]


def scenes_of(value: Any) -> list[dict[str, Any]]:
    found = listed(value, MOST_SCENES)
    if not found:
        raise TourFormatUnknown(_("The file holds no scene."))
    return found


def address(value: Any) -> tuple[str, str]:
    """(kind, where) of a way out of a tour: a piece published here, a page on the web; ("", "") for anything else."""
    where = line(value, 2000)
    if re.fullmatch(r"/[a-z]+/\d{8}-[0-9a-z]{5}/", where):
        return "release", where
    return ("page", where) if where.startswith(("https://", "http://")) else ("", "")
