"""Photo Sphere Viewer 5: nodes of its virtual tour plugin as JSON (photo-sphere-viewer.js.org, "VirtualTourPlugin")."""

from __future__ import annotations

import re
from typing import Any

from haihe.venues.domain.tours.document import MOST_HOTSPOTS, Hotspot, Scene, Tour, View
from haihe.venues.domain.tours.formats import Addresses, Read, Tiles
from haihe.venues.domain.tours.formats.carrying import (
    BESIDE,
    Names,
    address,
    beside,
    carried,
    degrees,
    field_of_view,
    in_order,
    line,
    listed,
    parsed,
    scenes_of,
    text,
    thousandths,
    together,
    written,
)

ANGLE = re.compile(r"(-?\d+(?:\.\d+)?)(deg|rad)?")


class PhotoSphereViewer:
    name, file, media_type = "Photo Sphere Viewer", "nodes.json", "application/json"

    def write(self, tour: Tour, addresses: Addresses) -> bytes:
        first = tour.first
        told = {
            "startNodeId": first.id if first else "",
            "nodes": [_node(scene, addresses(scene)) for scene in tour.scenes],
            BESIDE: beside(tour),
        }
        return written(told)

    def read(self, data: bytes) -> Read:
        told = parsed(data)
        whole = told if isinstance(told, dict) else {"nodes": told}
        found = scenes_of(whole.get("nodes"))
        names = Names()
        keys = [names.of(one.get("id") or number) for number, one in enumerate(found)]
        before = carried(whole.get(BESIDE))
        old = {scene.id: scene for scene in before.scenes} if before else {}
        read = [_scene(one, key, names, old.get(key)) for one, key in zip(found, keys, strict=True)]
        start = whole.get("startNodeId")
        tour = together(read, before, names.of(start) if isinstance(start, str) and start else "")
        return Read(tour, {key: _picture(one.get("panorama")) for one, key in zip(found, keys, strict=True)})


def _position(yaw: int, pitch: int) -> dict[str, str]:
    return {"yaw": f"{degrees(yaw)}deg", "pitch": f"{degrees(pitch)}deg"}


def _angle(value: Any, most: int = 180_000) -> int:
    if isinstance(value, str):
        found = ANGLE.fullmatch(value.strip())
        if not found:
            return 0
        number = float(found[1])
        return thousandths(number if found[2] == "deg" else number * 57.29577951308232, most)
    return thousandths(value * 57.29577951308232, most) if isinstance(value, int | float) else 0


def _node(scene: Scene, tiles: Tiles) -> dict[str, Any]:
    return {
        "id": scene.id,
        "name": scene.title,
        "caption": scene.title,
        "description": scene.text,
        "panorama": {"baseUrl": tiles.base, "faceSize": tiles.face, "nbTiles": max(1, tiles.face // 512)},
        "data": {"view": {**_position(scene.view.yaw, scene.view.pitch), "fov": f"{degrees(scene.view.fov)}deg"}},
        "links": [
            {
                "nodeId": spot.to,
                "name": spot.title,
                "position": _position(spot.yaw, spot.pitch),
                "data": {"id": spot.id},
            }
            for spot in scene.hotspots
            if spot.kind == "link"
        ],
        "markers": [
            {
                "id": spot.id,
                "position": _position(spot.yaw, spot.pitch),
                "tooltip": spot.title,
                "content": spot.text,
                **({"data": {"url": spot.to}} if spot.kind in ("page", "release") else {}),
            }
            for spot in scene.hotspots
            if spot.kind != "link"
        ],
    }


def _scene(told: dict[str, Any], key: str, names: Names, old: Scene | None) -> Scene:
    view = _part(_part(told, "data"), "view")
    ids = Names()
    spots = [_link(one, number, ids, names) for number, one in enumerate(listed(told.get("links"), MOST_HOTSPOTS), 1)]
    spots += [_marker(one, number, ids) for number, one in enumerate(listed(told.get("markers"), MOST_HOTSPOTS), 1)]
    return Scene(
        id=key,
        title=line(told.get("name") or told.get("caption")),
        panorama="",
        text=text(told.get("description")),
        view=View(
            _angle(view.get("yaw")), _angle(view.get("pitch"), 90_000), field_of_view(_angle(view.get("fov")) / 1000)
        ),
        hotspots=in_order(spots, old),
    )


def _link(one: dict[str, Any], number: int, ids: Names, names: Names) -> Hotspot:
    at, to = _part(one, "position"), one.get("nodeId")
    key = ids.of(_part(one, "data").get("id") or f"link-{number}")
    where = names.of(to) if isinstance(to, str) and to else ""
    return Hotspot(key, "link", _angle(at.get("yaw")), _angle(at.get("pitch"), 90_000), line(one.get("name")), where)


def _marker(one: dict[str, Any], number: int, ids: Names) -> Hotspot:
    at = _part(one, "position")
    tooltip = one.get("tooltip")
    title = tooltip.get("content") if isinstance(tooltip, dict) else tooltip
    kind, where = address(_part(one, "data").get("url"))
    words = (
        re.sub(r"<[^>]*>", "", text(one.get("content")))
        if "<" in text(one.get("content"))[:1]
        else text(one.get("content"))
    )
    key = ids.of(one.get("id") or f"marker-{number}")
    return Hotspot(
        key, kind or "text", _angle(at.get("yaw")), _angle(at.get("pitch"), 90_000), line(title), where, words
    )


def _part(told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _picture(told: Any) -> str:
    return line(told.get("baseUrl") if isinstance(told, dict) else told, 2000)
